"""Autonomy is earned topic by topic: thresholds from a topic's own audits, and one from all for the others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.deciding.certificate import Certificate, certify, lower_bound, upper_bound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.deciding.certificate import Audit, Target


class Standing(StrEnum):
    """How far a topic has come."""

    OWN = "own"  #: Answered alone from a threshold that its own audits certify.
    WHOLE = "whole"  #: Answered alone from the threshold of all topics together.
    DEMOTED = "demoted"  #: Its own audits speak against answering it alone; a person sees every answer.
    OPEN = "open"  #: Not certifiable yet.


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is certified of one topic."""

    name: str
    standing: Standing
    threshold: float | None  #: In force for it; None where nothing is answered alone.
    own: Certificate  #: From its own audits alone, valid or not.
    answers: int  #: Its audited answers at or above that threshold; where there is none, those that decided so.
    wrong: int  #: Wrong ones among them.


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """What is certified for one audience: all topics as a whole, and each topic that was audited.

    The whole one bounds the wrong rate over all topics together. An own one holds, with the same certainty, for its
    topic; of many own ones a few may be wrong, as certainty says.
    """

    whole: Certificate
    topics: tuple[Topic, ...]  #: By name.
    answers: int  #: Audited answers that would be given alone at the thresholds in force.
    wrong: int  #: Wrong ones among them.
    upper_bound: float  #: Of their wrong rate. A check, not a promise: these audits have chosen the thresholds.

    @property
    def valid(self) -> bool:
        """Whether anything is certified."""
        return self.whole.valid or any(topic.threshold is not None for topic in self.topics)


def certify_topics(audits: Sequence[Audit], target: Target, *, lowest: float = 0.0) -> Certificates:
    """Certify all topics together and each for itself, and settle which threshold holds where.

    The whole's threshold holds for every topic. One whose own audits certify a lower one gets that. One whose own
    audits prove that at the whole's threshold it is wrong more often than the target allows gets its own higher one,
    or is demoted where it has none. Where the answers of all topics together would miss the target because of what
    the lower thresholds let through, these are not used.
    """
    whole = certify(audits, target, lowest=lowest)
    by_topic = defaultdict(list)
    for audit in audits:
        by_topic[audit.topic].append(audit)
    topics = tuple(_topic(name, by_topic[name], whole, lowest) for name in sorted(by_topic))
    certificates = _together(whole, topics, audits)
    if whole.valid and certificates.upper_bound > target.max_wrong:
        return _together(whole, tuple(_held(topic, whole, by_topic[topic.name]) for topic in topics), audits)
    return certificates


def given_alone(audits: Sequence[Audit], topics: Sequence[Topic]) -> list[Audit]:
    """Give the audited answers that would be given alone at the thresholds of *topics*, which name all of theirs."""
    thresholds = {topic.name: topic.threshold for topic in topics}
    return [audit for audit in audits if (least := thresholds[audit.topic]) is not None and audit.confidence >= least]


def _topic(name: str, audits: Sequence[Audit], whole: Certificate, lowest: float) -> Topic:
    own = certify(audits, whole.target, lowest=lowest)
    if whole.threshold is None:
        return _alone(name, own)
    shared = _sharing(name, own, whole.threshold, audits)
    if lower_bound(shared.answers, shared.wrong, whole.target.certainty) > whole.target.max_wrong:
        return _alone(name, own) if own.valid else replace(shared, standing=Standing.DEMOTED, threshold=None)
    is_lower = own.threshold is not None and own.threshold < whole.threshold
    return _alone(name, own) if is_lower else shared


def _alone(name: str, own: Certificate) -> Topic:
    standing = Standing.OWN if own.valid else Standing.OPEN
    return Topic(name=name, standing=standing, threshold=own.threshold, own=own, answers=own.answers, wrong=own.wrong)


def _sharing(name: str, own: Certificate, threshold: float, audits: Sequence[Audit]) -> Topic:
    counted = [audit for audit in audits if audit.confidence >= threshold]
    wrong = sum(not audit.right for audit in counted)
    return Topic(name=name, standing=Standing.WHOLE, threshold=threshold, own=own, answers=len(counted), wrong=wrong)


def _held(topic: Topic, whole: Certificate, audits: Sequence[Audit]) -> Topic:
    """Take a lower threshold than the whole's away from *topic*."""
    if topic.threshold is None or whole.threshold is None or topic.threshold >= whole.threshold:
        return topic
    return _sharing(topic.name, topic.own, whole.threshold, audits)


def _together(whole: Certificate, topics: tuple[Topic, ...], audits: Sequence[Audit]) -> Certificates:
    given = given_alone(audits, topics)
    wrong = sum(not audit.right for audit in given)
    return Certificates(
        whole=whole,
        topics=topics,
        answers=len(given),
        wrong=wrong,
        upper_bound=upper_bound(len(given), wrong, whole.target.certainty),
    )
