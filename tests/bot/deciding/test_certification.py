from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.deciding.certificate import Audit, Target
from bot.deciding.certification import Certification, certify_all, reliability
from bot.vocabulary import Audience

FIVE = Target(max_wrong=0.05, certainty=0.95)

AUDITS = [Audit(confidence=0.5 + n / 500, right=n % 60 > 0, topic="wifi" if n % 3 else "bios") for n in range(240)]


def test_the_audits_of_one_audience_say_nothing_to_the_other():
    found = certify_all({Audience.PUBLIC: AUDITS}, FIVE)

    assert found.public.valid
    assert not found.private.valid
    assert found.private.whole.missing == 59


def test_both_audiences_are_certified_from_their_own_audits():
    found = certify_all(
        {Audience.PUBLIC: AUDITS, Audience.PRIVATE: AUDITS[:100]}, FIVE, from_agents=40, private_from_agents=30
    )

    assert (found.from_file, found.from_agents) == (200, 40)
    assert (found.private_from_file, found.private_from_agents) == (70, 30)
    assert found.reference == certify_all({Audience.PUBLIC: AUDITS}, FIVE).reference


def test_a_document_from_before_private_audits_can_still_be_read():
    document = certify_all({Audience.PUBLIC: AUDITS}, FIVE).to_document()
    del document["private_from_file"], document["private_from_agents"]

    assert Certification.from_document(document).private_from_file == 0


def test_what_was_found_comes_back_from_its_document():
    found = certify_all(
        {Audience.PUBLIC: AUDITS}, FIVE, from_agents=40, judged_until=datetime(2026, 11, 20, 12, tzinfo=UTC)
    )

    assert Certification.from_document(json.loads(json.dumps(found.to_document()))) == found
    assert (found.from_file, found.from_agents) == (200, 40)


def test_a_document_of_another_form_is_refused():
    with pytest.raises(ValueError, match="target"):
        Certification.from_document({"threshold": 0.7})


def test_the_reference_is_made_of_what_would_be_answered_alone():
    found = certify_all({Audience.PUBLIC: AUDITS}, FIVE)

    assert found.reference.answers == found.public.answers
    assert min(found.reference.cuts) >= found.public.whole.threshold


def test_reliability_counts_every_audit_in_its_tenth():
    tenths = reliability(
        [Audit(confidence=c, right=r) for c, r in [(0.05, False), (0.91, True), (0.99, False), (1, True)]]
    )

    assert [(tenth.answers, tenth.right) for tenth in tenths] == [(1, 0), (3, 2)]
    assert tenths[1].confidence == pytest.approx((0.91 + 0.99 + 1) / 3)


def test_without_audits_there_is_no_reliability():
    assert certify_all({}, FIVE).reliability == ()
