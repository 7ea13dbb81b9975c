"""The rules of a decision, in order. The first that applies fixes the route; every one's outcome is recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from bot.deciding.priority import fixed_priority
from bot.deciding.teams import Matter, Teams, matter_of
from bot.vocabulary import (
    Audience,
    Candidate,
    Decision,
    Mention,
    Priority,
    Reason,
    Route,
    RuleOutcome,
    Understanding,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime


class Patterns:
    """Some regular expressions, found in a text as whole words whatever their case."""

    def __init__(self, patterns: Iterable[str]) -> None:
        any_of = "|".join(patterns)
        self._pattern = re.compile(rf"\b(?:{any_of})\b", re.IGNORECASE) if any_of else None

    def found_in(self, text: str) -> bool:
        """Say whether *text* holds one of them."""
        return self._pattern is not None and self._pattern.search(text) is not None


class Names(Patterns):
    """Some names, found in a text as whole words whatever their case."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(re.escape(name) for name in names)


QUESTIONS = ("question", "purchase_interest")
"""Intents that an article can answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Autonomy:
    """From which confidence on the bot answers one audience alone, and what stands behind that."""

    answer: float | None  #: Answer threshold of all topics; None where nothing may be answered alone.
    certified: bool  #: Whether a valid certificate stands behind it.
    alone: bool  #: Whether ops let the bot answer alone at all.
    topics: Mapping[str, float | None] = field(default_factory=dict)
    """Certified answer thresholds of single topics; None where a topic is not answered alone."""

    def answer_for(self, topic: str) -> float | None:
        """Give the answer threshold of *topic*; None where nothing of it may be answered alone."""
        return self.topics.get(topic, self.answer)

    def certified_for(self, topic: str) -> bool:
        """Say whether a valid certificate stands behind the answer threshold of *topic*."""
        return self.topics[topic] is not None if topic in self.topics else self.certified

    def demoting(self, topics: Iterable[str]) -> Self:
        """Give the same with none of *topics* answered alone any more."""
        return replace(self, topics={**self.topics, **dict.fromkeys(topics)})

    def without_certificate(self) -> Self:
        """Give what remains when the certificate is revoked: nothing, or the threshold that ops set by hand."""
        return replace(self, answer=None if self.certified else self.answer, certified=False, topics={})


NO_AUTONOMY = Autonomy(answer=None, certified=False, alone=False)
"""A person sees everything first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Autonomy):
    """The numbers that the rules compare with. Its own autonomy is that of public answers."""

    private: Autonomy = NO_AUTONOMY
    draft: float
    ambiguity: float
    irate: float
    question: float
    danger: float
    person: float
    nothing_asked: float
    languages: frozenset[str]
    own_products: Names
    other_brands: Names
    case_numbers: Patterns
    teams: Teams
    paused: bool = False

    def towards(self, audience: Audience) -> Autonomy:
        """Give how far the bot may go alone before *audience*."""
        return self.private if audience is Audience.PRIVATE else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that one decision may look at."""

    mention: Mention
    limits: Limits
    earlier: tuple[Mention, ...] = ()  #: Posts of the same author that are read with it.
    guarded: Reason | None = None  #: The guard that holds, if any.
    amended: bool = False  #: Its author edited it after it was answered.
    with_agent: bool = False
    understanding: Understanding | None = None  #: None only where a guard holds.
    candidates: tuple[Candidate, ...] = ()  #: Best first.
    refusals: tuple[Reason, ...] = ()  #: What the platform's rules hold against posting the best candidate's answer.

    @property
    def confidence(self) -> float:
        """Confidence of the best candidate; 0 without one."""
        return self.candidates[0].confidence if self.candidates else 0.0

    @property
    def autonomy(self) -> Autonomy:
        """How far the bot may go alone before who reads the answer."""
        return self.limits.towards(self.mention.audience)

    @property
    def threshold(self) -> float | None:
        """The answer threshold of the best candidate's topic; of all topics without a candidate."""
        return self.autonomy.answer_for(self.candidates[0].topic) if self.candidates else self.autonomy.answer

    @property
    def certified(self) -> bool:
        """Whether a valid certificate stands behind that threshold."""
        return self.autonomy.certified_for(self.candidates[0].topic) if self.candidates else self.autonomy.certified

    @property
    def read(self) -> Understanding:
        """The understanding of a mention that no guard held back."""
        if self.understanding is None:
            raise ValueError("a mention without a guard needs an understanding")
        return self.understanding

    @property
    def matter(self) -> Matter:
        """What the lane rules look at."""
        channel, draft = self.mention.channel, self.limits.draft
        return matter_of(channel, self.understanding, self.candidates, draft_threshold=draft)

    @property
    def said_at(self) -> datetime:
        """When the first of the posts that are read together was posted."""
        return min(mention.posted_at for mention in (self.mention, *self.earlier))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A rule's word: this route, for these reasons."""

    route: Route
    reasons: tuple[Reason, ...]


def guards(case: Case) -> Verdict | None:
    """Our own post, a repost, a duplicate, an opt-out, too old: nothing is owed; but a person sees an amended post."""
    if case.guarded is None:
        return None
    to_see = case.amended and case.guarded is Reason.DUPLICATE
    return Verdict(route=Route.HANDOFF if to_see else Route.IGNORE, reasons=(case.guarded,))


def agent_has_it(case: Case) -> Verdict | None:
    """While an agent has the conversation the bot is silent."""
    return Verdict(route=Route.HANDOFF, reasons=(Reason.CONVERSATION_WITH_AGENT,)) if case.with_agent else None


def danger(case: Case) -> Verdict | None:
    """Safety, legal, press, self-harm: a person, and no automatic text."""
    if case.read.danger < case.limits.danger:
        return None
    return Verdict(route=Route.HANDOFF, reasons=(Reason.SAFETY,))


def irate(case: Case) -> Verdict | None:
    """Give an angry or desperate author a person, never a cheerful answer; the noise of spam is no anger."""
    if case.read.mood < case.limits.irate or case.read.probability("spam") >= case.limits.nothing_asked:
        return None
    return Verdict(route=Route.HANDOFF, reasons=(Reason.IRATE,))


def asks_for_person(case: Case) -> Verdict | None:
    """Whoever asks for a person gets one."""
    if case.read.probability("ask_person") < case.limits.person:
        return None
    return Verdict(route=Route.HANDOFF, reasons=(Reason.ASKED_FOR_PERSON,))


def not_addressed(case: Case) -> Verdict | None:
    """A post that only matched a keyword is never answered. X: no replies to people who did not turn to us."""
    return None if case.mention.addressed else Verdict(route=Route.IGNORE, reasons=(Reason.NOT_ADDRESSED,))


def language(case: Case) -> Verdict | None:
    """A language without reviewed answers goes to a person."""
    spoken = case.read.language
    if spoken is None or spoken in case.limits.languages:
        return None
    return Verdict(route=Route.HANDOFF, reasons=(Reason.LANGUAGE,))


def about_a_case(case: Case) -> Verdict | None:
    """Hand off a post that gives an order, serial or repair number: somebody has to look the case up."""
    said = (case.mention, *case.earlier)
    if not any(case.limits.case_numbers.found_in(mention.text) for mention in said):
        return None
    return Verdict(route=Route.HANDOFF, reasons=(Reason.CASE_NUMBER,))


def other_brand(case: Case) -> Verdict | None:
    """Hand off a post about another maker's product: our articles only seem to answer it."""
    text = case.read.text
    if not case.limits.other_brands.found_in(text) or case.limits.own_products.found_in(text):
        return None
    return Verdict(route=Route.HANDOFF, reasons=(Reason.OTHER_BRAND,))


def nothing_asked(case: Case) -> Verdict | None:
    """Spam, small talk and thanks need no answer; praise goes to a person who may thank."""
    if case.confidence >= case.limits.draft and case.read.intent != "praise":
        return None
    if case.read.probability("spam", "small_talk", "thank") >= case.limits.nothing_asked:
        return Verdict(route=Route.IGNORE, reasons=(Reason.NOTHING_ASKED,))
    if case.read.intent == "praise":
        return Verdict(route=Route.HANDOFF, reasons=(Reason.NOTHING_ASKED,))
    return None


def confident(case: Case) -> Verdict | None:
    """Sure enough, reviewed, certified and allowed: the bot answers alone. Whatever is missing makes it a draft."""
    if not case.candidates or case.threshold is None or case.confidence < case.threshold:
        return None
    hurdles = (*_hurdles(case), *_brakes(case))
    if hurdles:
        return Verdict(route=Route.DRAFT, reasons=hurdles)
    return Verdict(route=Route.ANSWER, reasons=(Reason.CONFIDENT,))


def worth_a_look(case: Case) -> Verdict | None:
    """Not sure enough to answer alone, but a person may find the proposal right."""
    if not case.candidates or case.confidence < case.limits.draft:
        return None
    unsure = Reason.UNCERTAIN if case.threshold is not None else Reason.NO_CERTIFICATE
    return Verdict(route=Route.DRAFT, reasons=(unsure, *_hurdles(case)))


def otherwise(case: Case) -> Verdict | None:
    """Nothing in the knowledge base answers it: a person, with the nearest candidates attached."""
    return Verdict(route=Route.HANDOFF, reasons=(Reason.UNCERTAIN if case.candidates else Reason.NOTHING_FOUND,))


RULES: tuple[Callable[[Case], Verdict | None], ...] = (
    guards,
    agent_has_it,
    danger,
    irate,
    asks_for_person,
    not_addressed,
    language,
    nothing_asked,
    other_brand,
    about_a_case,
    confident,
    worth_a_look,
    otherwise,
)


def decide(case: Case) -> Decision:
    """Choose the route of one mention. Pure: same case, same decision, no clock, no network."""
    outcomes: list[RuleOutcome] = []
    verdict: Verdict | None = None
    for rule in RULES[:1] if case.guarded else RULES:
        said = rule(case)
        outcomes.append(RuleOutcome(rule=rule.__name__, applied=said is not None, reasons=said.reasons if said else ()))
        verdict = verdict or said
    if verdict is None:
        raise ValueError("the last rule always applies")
    teams, lane = case.limits.teams, case.limits.teams.rule_of(case.matter)
    return Decision(
        route=verdict.route,
        reasons=verdict.reasons,
        rules=tuple(outcomes),
        priority=priority(case, verdict),
        team=lane.team if lane else teams.default,
        deadline=case.said_at + (lane or teams).answer_within,
        confidence=case.confidence,
        threshold=case.threshold,
        certified=case.certified,
        candidates=case.candidates,
        understanding=case.understanding,
    )


def priority(case: Case, verdict: Verdict) -> Priority:
    """Say how soon a person should look, as far as that is fixed now; nothing where none needs to."""
    if case.understanding is None or verdict.route in {Route.IGNORE, Route.ANSWER}:
        return Priority()
    in_danger = Reason.SAFETY in verdict.reasons
    return fixed_priority(
        case.understanding, irate=case.limits.irate, followers=case.mention.followers, in_danger=in_danger
    )


def _hurdles(case: Case) -> tuple[Reason, ...]:
    """Give what stands in the mention or the answer itself against sending it alone, however sure the bot is."""
    hurdles = list(case.refusals)
    if case.read.probability(*QUESTIONS) < case.limits.question:
        hurdles.append(Reason.NOT_A_QUESTION)
    if _is_ambiguous(case):
        hurdles.append(Reason.AMBIGUOUS)
    if case.candidates and not case.candidates[0].reviewed:
        hurdles.append(Reason.POLICY)
    if not case.mention.summoned:
        hurdles.append(Reason.NOT_SUMMONED)
    return tuple(dict.fromkeys(hurdles))


def _brakes(case: Case) -> tuple[Reason, ...]:
    """Give what holds the bot back for now: ops, or a certificate that knows nothing of the article as it is."""
    brakes = []
    if case.limits.paused:
        brakes.append(Reason.PAUSED)
    if not case.autonomy.alone:
        brakes.append(Reason.DRAFT_MODE)
    if case.certified and not case.candidates[0].audited:
        brakes.append(Reason.NO_CERTIFICATE)
    return tuple(brakes)


def _is_ambiguous(case: Case) -> bool:
    if not case.candidates[1:]:
        return False
    first, second = case.candidates[:2]
    return second.score > (1 - case.limits.ambiguity) * first.score
