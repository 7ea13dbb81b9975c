from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deciding.certificate import Audit, Target
from bot.deciding.topics import Standing, certify_topics, given_alone

FIVE = Target(max_wrong=0.05, certainty=0.95)


def audits(topic, confidence, *, right, wrong=0):
    return [Audit(confidence=confidence, right=n >= wrong, topic=topic) for n in range(right + wrong)]


def topic_of(certificates, name):
    return next(topic for topic in certificates.topics if topic.name == name)


def test_a_topic_with_few_audits_falls_back_to_the_whole():
    certificates = certify_topics(audits("wifi", 0.9, right=100) + audits("sound", 0.9, right=5), FIVE)
    sound = topic_of(certificates, "sound")

    assert (sound.standing, sound.threshold) == (Standing.WHOLE, 0.9)
    assert sound.own.missing == 54


def test_a_good_topic_gets_a_lower_threshold_of_its_own():
    hard = audits("bios", 0.9, right=300) + audits("bios", 0.5, right=0, wrong=50)
    certificates = certify_topics(hard + audits("wifi", 0.6, right=100), FIVE)
    wifi = topic_of(certificates, "wifi")

    assert certificates.whole.threshold == 0.6
    assert topic_of(certificates, "bios").threshold == 0.6
    assert (wifi.standing, wifi.threshold) == (Standing.WHOLE, 0.6)

    between = audits("wifi", 0.4, right=200)
    wifi = topic_of(certify_topics(hard + between, FIVE), "wifi")

    assert (wifi.standing, wifi.threshold) == (Standing.OWN, 0.4)


def test_more_evidence_for_a_topic_never_raises_its_threshold():
    few = audits("wifi", 0.9, right=59)
    certificates = certify_topics(few + audits("bios", 0.5, right=300), FIVE)

    assert topic_of(certificates, "wifi").threshold == certificates.whole.threshold == 0.5


def test_a_topic_whose_audits_speak_against_it_is_demoted_though_the_whole_holds():
    certificates = certify_topics(audits("wifi", 0.9, right=300) + audits("bios", 0.9, right=10, wrong=3), FIVE)
    bios = topic_of(certificates, "bios")

    assert certificates.whole.valid
    assert (bios.standing, bios.threshold) == (Standing.DEMOTED, None)


def test_one_wrong_answer_of_many_demotes_nobody():
    certificates = certify_topics(audits("wifi", 0.9, right=300) + audits("bios", 0.9, right=60, wrong=1), FIVE)

    assert topic_of(certificates, "bios").standing is Standing.WHOLE


def test_a_topic_that_fails_at_the_threshold_of_the_whole_may_hold_at_its_own_higher_one():
    bios = audits("bios", 0.95, right=100) + audits("bios", 0.8, right=10, wrong=12)
    certificates = certify_topics(audits("wifi", 0.8, right=900) + bios, FIVE)

    assert certificates.whole.threshold == 0.8
    assert (topic_of(certificates, "bios").standing, topic_of(certificates, "bios").threshold) == (Standing.OWN, 0.95)


def test_a_good_topic_is_certified_where_the_whole_is_not():
    certificates = certify_topics(audits("wifi", 0.9, right=80) + audits("bios", 0.9, right=50, wrong=50), FIVE)

    assert not certificates.whole.valid
    assert certificates.valid
    assert topic_of(certificates, "wifi").standing is Standing.OWN
    assert topic_of(certificates, "bios").standing is Standing.OPEN


def test_lower_thresholds_are_not_used_where_all_answers_together_would_miss_the_target():
    # The whole just holds from 0.9 on; what "wifi" adds below is within its own limit and too much for the whole.
    whole = audits("bios", 0.9, right=118, wrong=6) + audits("wifi", 0.9, right=120)
    below = audits("wifi", 0.6, right=95, wrong=5) + audits("bios", 0.6, right=0, wrong=40)
    certificates = certify_topics(whole + below, FIVE)
    wifi = topic_of(certificates, "wifi")

    assert wifi.own.threshold == 0.6
    assert (wifi.standing, wifi.threshold) == (Standing.WHOLE, 0.9)
    assert certificates.upper_bound <= FIVE.max_wrong


def test_without_audits_nothing_is_certified():
    certificates = certify_topics((), FIVE)

    assert not certificates.valid
    assert (certificates.topics, certificates.whole.missing) == ((), 59)


samples = st.lists(
    st.builds(
        Audit,
        confidence=st.sampled_from([0.3, 0.5, 0.7, 0.8, 0.9, 0.95]),
        right=st.integers(0, 20).map(bool),
        topic=st.sampled_from(["wifi", "bios", "sound"]),
    ),
    max_size=400,
)


@settings(max_examples=60)
@given(samples)
def test_a_threshold_in_force_has_a_certificate_behind_it(sample):
    certificates = certify_topics(sample, FIVE)
    for topic in certificates.topics:
        certified = [one.threshold for one in (certificates.whole, topic.own) if one.threshold is not None]
        assert topic.threshold is None or topic.threshold in certified


@settings(max_examples=60)
@given(samples)
def test_what_would_be_given_alone_is_counted(sample):
    certificates = certify_topics(sample, FIVE)
    given_ones = given_alone(sample, certificates.topics)

    assert certificates.answers == len(given_ones)
    assert certificates.wrong == sum(not audit.right for audit in given_ones)


@pytest.mark.parametrize("standing", [Standing.DEMOTED, Standing.OPEN])
@settings(max_examples=40)
@given(sample=samples)
def test_a_topic_that_is_demoted_or_open_has_no_threshold(standing, sample):
    assert all(topic.threshold is None for topic in certify_topics(sample, FIVE).topics if topic.standing is standing)
