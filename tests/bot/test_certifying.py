"""From audits to a certificate, and from a certificate to the limits in force."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.deciding.certification import certify_all
from bot.settings import DataSettings, DialogueSettings
from bot.training.certifying import (
    Proof,
    certificate_fingerprint,
    certify_steps,
    counts_from,
    limits_in_force,
    target,
)
from bot.vocabulary import Audience
from storage.audits import JudgedAnswer
from storage.certificates import StoredCertificate
from tests.bot.certified import MADE_FROM, right_answers, settings_with, steps_with
from tests.bot.values import a_candidate

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCRIPT = {
    "how do I pair the pen": (a_candidate("pen-pairing", topic="pen", confidence=0.9),),
    "how do I charge the pen": (a_candidate("pen-charging", topic="pen", confidence=0.3),),
}


def judged(count, *, right=True, article_id="pen-pairing", asked="how do I pair the pen"):
    return [
        JudgedAnswer(id=n, asked=asked, article_id=article_id, right=right, judged_at=NOW + timedelta(minutes=n))
        for n in range(count)
    ]


@pytest.fixture
def settings(tmp_path):
    """Settings with a file of one audited question that certifies."""
    settings = settings_with(draft_threshold=0.2)
    rows = [
        {"id": f"a{n}", "language": "en", "text": "how do I pair the pen", "article": "pen-pairing"} for n in range(30)
    ]
    file = tmp_path / "audits.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return settings.model_copy(update={"data": DataSettings(audits=file, private_audits=tmp_path / "private.jsonl")})


def certify(settings, answers, **values):
    judged = answers if isinstance(answers, dict) else {Audience.PUBLIC: answers}
    return certify_steps(settings, steps_with(SCRIPT, settings), judged, **values)


def test_what_people_found_right_and_wrong_certifies(settings):
    found = certify(settings, [*judged(40), *judged(20, right=False)], since=NOW)

    assert (found.from_agents, found.from_file) == (60, 0)
    assert (found.public.whole.answers, found.public.whole.wrong) == (60, 20)
    assert [topic.name for topic in found.public.topics] == ["pen"]


def test_an_answer_that_nobody_judged_counts_as_wrong(settings):
    found = certify(settings, judged(60, article_id="pen-care"), since=NOW)

    assert found.public.whole.wrong == 60


def test_the_file_of_audits_helps_while_few_answers_are_judged(settings):
    found = certify(settings, judged(40))

    assert found.from_agents == 40
    assert 0 < found.from_file < 30  # the others calibrate


def test_enough_judged_answers_take_the_place_of_the_file(settings):
    found = certify(settings, judged(118))

    assert (found.from_agents, found.from_file) == (118, 0)


def test_after_a_revocation_the_file_counts_no_more(settings):
    found = certify(settings, judged(3), since=NOW)

    assert (found.from_agents, found.from_file, found.since) == (3, 0, NOW)


def test_nothing_below_the_draft_threshold_is_certified(settings):
    strict = settings.model_copy(update={"deciding": settings.deciding.model_copy(update={"draft_threshold": 0.5})})
    low = judged(100, article_id="pen-charging", asked="how do I charge the pen")

    assert certify(settings, low, since=NOW).public.whole.threshold == 0.3
    assert not certify(strict, low, since=NOW).public.valid


def ask_in_private(settings, count):
    rows = [
        {"id": f"p{n}", "language": "en", "text": "how do I pair the pen", "article": "pen-pairing"}
        for n in range(count)
    ]
    settings.data.private_audits.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_all_private_questions_of_the_file_certify_private_answers_and_nothing_else(settings):
    ask_in_private(settings, 70)
    found = certify(settings, [])

    assert (found.private_from_file, found.private.whole.answers, found.private.whole.threshold) == (70, 70, 0.9)
    assert not found.public.valid


def test_judged_answers_count_for_the_audience_that_they_were_given_to(settings):
    found = certify(
        settings, {Audience.PUBLIC: [], Audience.PRIVATE: [*judged(60), *judged(2, right=False)]}, since=NOW
    )

    assert (found.private_from_agents, found.private.whole.wrong, found.from_agents) == (62, 2, 0)
    assert found.judged_until == NOW + timedelta(minutes=59)


def test_the_private_file_counts_until_enough_private_answers_are_judged(settings):
    ask_in_private(settings, 70)
    few = certify(settings, {Audience.PUBLIC: judged(118), Audience.PRIVATE: judged(117)})
    many = certify(settings, {Audience.PRIVATE: judged(118)})

    assert (few.private_from_file, few.from_file) == (70, 0)
    assert (many.private_from_file, many.from_file > 0) == (0, True)


def test_other_private_questions_make_another_certificate(settings):
    before = certificate_fingerprint(settings, "confidence")
    ask_in_private(settings, 1)

    assert certificate_fingerprint(settings, "confidence") != before


def proof(audits, private=(), **values):
    found = certify_all({Audience.PUBLIC: audits, Audience.PRIVATE: private}, target(settings_with()))
    return replace(Proof(id=1, made_from=MADE_FROM, certification=found), **values)


MIXED = [
    *right_answers(100, confidence=0.9, topics=("wifi",)),
    *right_answers(60, confidence=0.6, topics=("sound",)),
    *(replace(audit, right=False) for audit in right_answers(30, confidence=0.8, topics=("bios",))),
]


def test_the_limits_in_force_are_those_of_the_certificate():
    limits = limits_in_force(settings_with(), proof(MIXED))

    assert (limits.answer, limits.certified) == (0.9, True)
    assert (limits.answer_for("wifi"), limits.answer_for("sound"), limits.answer_for("bios")) == (0.9, 0.6, 0.9)


def test_a_demoted_topic_is_not_answered_alone():
    limits = limits_in_force(settings_with(), proof(MIXED, demoted=frozenset({"wifi"})))

    assert limits.answer_for("wifi") is None
    assert limits.answer_for("sound") == 0.6


def test_a_revoked_certificate_leaves_nothing():
    limits = limits_in_force(settings_with(), proof(MIXED, revoked=True))

    assert (limits.answer, limits.certified, limits.topics) == (None, False, {})


def test_a_threshold_by_hand_takes_the_place_of_all_others():
    by_hand = limits_in_force(settings_with(answer_threshold=0.7), proof(MIXED, revoked=True))

    assert (by_hand.answer_for("sound"), by_hand.certified_for("sound")) == (0.7, False)


def talking(**dialogue):
    return settings_with().model_copy(update={"dialogue": DialogueSettings(rasa="child", **dialogue)})


def test_private_answers_have_the_limits_of_their_own_certificate():
    private = limits_in_force(talking(), proof(MIXED, right_answers(70, confidence=0.7))).private

    assert (private.answer, private.certified, private.alone) == (0.7, True, True)


def test_what_is_certified_before_everybody_allows_nothing_in_private():
    private = limits_in_force(talking(), proof(MIXED)).private

    assert (private.answer, private.certified, private.topics) == (None, False, {})


def test_without_rasa_the_bot_is_not_alone_in_private():
    limits = limits_in_force(settings_with(), proof(MIXED, right_answers(70, confidence=0.7)))

    assert (limits.alone, limits.private.alone, limits.private.answer) == (True, False, 0.7)


def test_a_public_topic_that_is_demoted_is_not_demoted_in_private():
    private = limits_in_force(
        talking(), proof(MIXED, right_answers(70, topics=("wifi",)), demoted=frozenset({"wifi"}))
    ).private

    assert private.answer_for("wifi") == 0.8


def test_a_revoked_certificate_leaves_nothing_in_private_either():
    private = limits_in_force(talking(), proof(MIXED, right_answers(70), revoked=True)).private

    assert (private.answer, private.certified) == (None, False)


def test_each_audience_has_a_threshold_by_hand_of_its_own():
    limits = limits_in_force(talking(answer_threshold=0.6), proof(MIXED, right_answers(70)))

    assert (limits.private.answer, limits.private.certified) == (0.6, False)
    assert (limits.answer, limits.certified) == (0.9, True)


def a_stored(**values):
    given = {"id": 1, "document": {}, "made_at": NOW, "revoked_at": None, "revoked_because": "", "demoted": frozenset()}
    return StoredCertificate(**{**given, **values})


@pytest.mark.parametrize(
    "changes", [{"id": 2}, {"revoked_at": NOW}, {"demoted": frozenset({"wifi"})}], ids=["newer", "revoked", "demoted"]
)
def test_a_proof_knows_when_something_has_happened_to_it(changes):
    assert proof(MIXED).is_of(a_stored())
    assert not proof(MIXED).is_of(a_stored(**changes))


def test_without_a_stored_certificate_nothing_is_certified():
    unproven = Proof.of(settings_with(), MADE_FROM, None)

    assert unproven.is_of(None)
    assert not unproven.certification.public.valid


def test_only_what_was_judged_since_counts_after_a_revocation_and_ever_after():
    later = replace(proof(MIXED).certification, since=NOW).to_document()

    assert counts_from(None) is None
    assert counts_from(a_stored()) is None
    assert counts_from(a_stored(revoked_at=NOW + timedelta(days=1))) == NOW
    assert counts_from(a_stored(document=later, made_at=NOW + timedelta(days=3))) == NOW


def test_a_proof_lacks_what_was_judged_after_it():
    known = proof(MIXED)
    known = replace(known, certification=replace(known.certification, judged_until=NOW + timedelta(minutes=1)))

    assert not known.lacks({Audience.PUBLIC: judged(2), Audience.PRIVATE: judged(1)})
    assert known.lacks({Audience.PUBLIC: judged(3)})
    assert known.lacks({Audience.PUBLIC: [], Audience.PRIVATE: judged(3)})
    assert proof(MIXED).lacks({Audience.PUBLIC: judged(1)})
