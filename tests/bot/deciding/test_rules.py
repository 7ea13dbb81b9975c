from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deciding.rules import RULES, Names, Patterns, Verdict, decide, priority
from bot.vocabulary import Audience, Priority, Reason, Route
from tests.bot.values import a_candidate, a_case, a_mention, an_autonomy, an_understanding, the_limits

ANSWER, DRAFT, HANDOFF, IGNORE = Route

ONE = (a_candidate(),)
UNSURE = (a_candidate(confidence=0.5),)
LOST = (a_candidate(confidence=0.1),)
TIED = (a_candidate(), a_candidate("change-email", score=0.895))
UNREVIEWED = (a_candidate(reviewed=False),)
UNAUDITED = (a_candidate(audited=False),)

IRATE = an_understanding(mood=0.5)
GRUMBLING = an_understanding(intents={"complaint": 0.6, "question": 0.4})
DANGER = an_understanding(danger=0.35)
PERSON = an_understanding(intents={"ask_person": 0.5, "question": 0.5})
FRENCH = an_understanding(language="fr")
UNTOLD = an_understanding(language=None)
LOUD_SPAM = an_understanding(intents={"spam": 0.9, "question": 0.1}, mood=0.9)
SPAM = an_understanding(intents={"spam": 0.5, "small_talk": 0.3, "question": 0.2})
PRAISE = an_understanding(intents={"praise": 0.6, "question": 0.4})
IPHONE = an_understanding("my iPhone does not charge")
BOTH = an_understanding("my iPhone does not find my Book 13")
AMBIENT = a_mention(addressed=False)
ORDER = a_mention("where is my order TN-204817")
UNSUMMONED = a_mention(summoned=False)
PRIVATE = a_mention(audience=Audience.PRIVATE)

OPEN = the_limits(answer=None)
BY_HAND = the_limits(certified=False)
PAUSED = the_limits(paused=True)
DRAFTS_ONLY = the_limits(alone=False)
EASY_TOPIC = the_limits(topics={"accounts": 0.4})
HARD_TOPIC = the_limits(topics={"accounts": 0.95})
DEMOTED = the_limits(topics={"accounts": None})
ONE_TOPIC = the_limits(answer=None, certified=False, topics={"accounts": 0.8})
OTHER_TOPIC = the_limits(answer=None, certified=False, topics={"wifi": 0.1})

PRIVATELY = the_limits(answer=None, certified=False, private=an_autonomy())
PRIVATELY_BY_HAND = the_limits(private=an_autonomy(certified=False))
PRIVATE_DRAFTS = the_limits(private=an_autonomy(alone=False))
PRIVATE_TOPIC = the_limits(private=an_autonomy(topics={"accounts": 0.95}))

# Each row: what is unlike the plain case, the route, the reasons.
TABLE = [
    # The plain case: sure, certified, allowed.
    ({}, ANSWER, [Reason.CONFIDENT]),
    ({"candidates": ONE}, ANSWER, [Reason.CONFIDENT]),
    # A threshold that ops set by hand counts too; every page shows it as uncertified.
    ({"limits": BY_HAND}, ANSWER, [Reason.CONFIDENT]),
    # A language that cannot be told is searched in the first language.
    ({"understanding": UNTOLD}, ANSWER, [Reason.CONFIDENT]),
    # A topic may have a threshold of its own, with or without one for all.
    ({"limits": EASY_TOPIC, "candidates": UNSURE}, ANSWER, [Reason.CONFIDENT]),
    ({"limits": ONE_TOPIC}, ANSWER, [Reason.CONFIDENT]),
    # 1. A guard ends it, whatever else holds.
    ({"guarded": Reason.OPTED_OUT, "understanding": None, "candidates": ()}, IGNORE, [Reason.OPTED_OUT]),
    ({"guarded": Reason.STALE, "with_agent": True}, IGNORE, [Reason.STALE]),
    # A person sees what was edited after it was answered, unless something else ends it.
    ({"guarded": Reason.DUPLICATE, "amended": True}, HANDOFF, [Reason.DUPLICATE]),
    ({"guarded": Reason.OPTED_OUT, "amended": True}, IGNORE, [Reason.OPTED_OUT]),
    # 2. While an agent has the conversation the bot is silent, even about a danger.
    ({"with_agent": True}, HANDOFF, [Reason.CONVERSATION_WITH_AGENT]),
    ({"with_agent": True, "understanding": DANGER}, HANDOFF, [Reason.CONVERSATION_WITH_AGENT]),
    # 3. A danger outranks a bad mood, a wish for a person, and whether we were spoken to.
    ({"understanding": DANGER}, HANDOFF, [Reason.SAFETY]),
    ({"understanding": replace(DANGER, mood=0.9)}, HANDOFF, [Reason.SAFETY]),
    ({"understanding": DANGER, "mention": AMBIENT}, HANDOFF, [Reason.SAFETY]),
    # 4. A bad mood outranks what is asked.
    ({"understanding": IRATE}, HANDOFF, [Reason.IRATE]),
    ({"understanding": replace(IRATE, intents=PERSON.intents)}, HANDOFF, [Reason.IRATE]),
    # The noise of spam is no anger.
    ({"understanding": LOUD_SPAM, "candidates": LOST}, IGNORE, [Reason.NOTHING_ASKED]),
    # 5. Whoever asks for a person gets one.
    ({"understanding": PERSON}, HANDOFF, [Reason.ASKED_FOR_PERSON]),
    # 6. Whoever did not speak to us gets no reply.
    ({"mention": AMBIENT}, IGNORE, [Reason.NOT_ADDRESSED]),
    # 7. No reviewed answers in that language.
    ({"understanding": FRENCH}, HANDOFF, [Reason.LANGUAGE]),
    # 8. Nothing is asked; but what an article may answer is no small talk.
    ({"understanding": SPAM, "candidates": LOST}, IGNORE, [Reason.NOTHING_ASKED]),
    ({"understanding": SPAM, "candidates": ()}, IGNORE, [Reason.NOTHING_ASKED]),
    ({"understanding": SPAM, "candidates": UNSURE}, DRAFT, [Reason.UNCERTAIN, Reason.NOT_A_QUESTION]),
    ({"understanding": PRAISE, "candidates": LOST}, HANDOFF, [Reason.NOTHING_ASKED]),
    ({"understanding": PRAISE}, HANDOFF, [Reason.NOTHING_ASKED]),
    # 9. Another maker's product, unless ours is named as well.
    ({"understanding": IPHONE}, HANDOFF, [Reason.OTHER_BRAND]),
    ({"understanding": BOTH}, ANSWER, [Reason.CONFIDENT]),
    # 10. A case that somebody must look up.
    ({"mention": ORDER}, HANDOFF, [Reason.CASE_NUMBER]),
    ({"earlier": (ORDER,)}, HANDOFF, [Reason.CASE_NUMBER]),
    # 11. Sure, but something is missing: a person looks first.
    ({"limits": PAUSED}, DRAFT, [Reason.PAUSED]),
    ({"limits": DRAFTS_ONLY}, DRAFT, [Reason.DRAFT_MODE]),
    ({"understanding": GRUMBLING}, DRAFT, [Reason.NOT_A_QUESTION]),
    ({"candidates": TIED}, DRAFT, [Reason.AMBIGUOUS]),
    ({"candidates": UNREVIEWED}, DRAFT, [Reason.POLICY]),
    ({"refusals": (Reason.OVER_LENGTH,)}, DRAFT, [Reason.OVER_LENGTH]),
    ({"candidates": UNAUDITED}, DRAFT, [Reason.NO_CERTIFICATE]),
    ({"mention": UNSUMMONED}, DRAFT, [Reason.NOT_SUMMONED]),
    ({"mention": UNSUMMONED, "refusals": (Reason.NOT_SUMMONED,)}, DRAFT, [Reason.NOT_SUMMONED]),
    ({"mention": UNSUMMONED, "candidates": UNREVIEWED}, DRAFT, [Reason.POLICY, Reason.NOT_SUMMONED]),
    # A threshold that ops set by hand asks for no audits.
    ({"candidates": UNAUDITED, "limits": BY_HAND}, ANSWER, [Reason.CONFIDENT]),
    ({"refusals": (Reason.POLICY,), "limits": PAUSED}, DRAFT, [Reason.POLICY, Reason.PAUSED]),
    # 12. Not sure enough, or no certificate: a draft.
    ({"limits": OPEN}, DRAFT, [Reason.NO_CERTIFICATE]),
    ({"candidates": UNSURE}, DRAFT, [Reason.UNCERTAIN]),
    ({"limits": HARD_TOPIC}, DRAFT, [Reason.UNCERTAIN]),
    ({"limits": DEMOTED}, DRAFT, [Reason.NO_CERTIFICATE]),
    ({"limits": OTHER_TOPIC}, DRAFT, [Reason.NO_CERTIFICATE]),
    # Nothing that is proved or set for public answers reaches into direct messages, which have limits of their own.
    ({"mention": PRIVATE}, DRAFT, [Reason.NO_CERTIFICATE]),
    ({"mention": PRIVATE, "limits": BY_HAND}, DRAFT, [Reason.NO_CERTIFICATE]),
    ({"mention": PRIVATE, "limits": PRIVATELY}, ANSWER, [Reason.CONFIDENT]),
    ({"limits": PRIVATELY}, DRAFT, [Reason.NO_CERTIFICATE]),
    ({"mention": PRIVATE, "limits": PRIVATELY_BY_HAND, "candidates": UNAUDITED}, ANSWER, [Reason.CONFIDENT]),
    ({"mention": PRIVATE, "limits": PRIVATELY, "candidates": UNAUDITED}, DRAFT, [Reason.NO_CERTIFICATE]),
    ({"mention": PRIVATE, "limits": PRIVATE_DRAFTS}, DRAFT, [Reason.DRAFT_MODE]),
    ({"mention": PRIVATE, "limits": PRIVATE_TOPIC}, DRAFT, [Reason.UNCERTAIN]),
    ({"mention": PRIVATE, "limits": replace(PRIVATELY, paused=True)}, DRAFT, [Reason.PAUSED]),
    ({"mention": PRIVATE, "candidates": LOST}, HANDOFF, [Reason.UNCERTAIN]),
    ({"mention": PRIVATE, "understanding": DANGER}, HANDOFF, [Reason.SAFETY]),
    # What also stood against sending it alone is said, so that what people make of it is no audit.
    ({"candidates": UNSURE, "understanding": GRUMBLING}, DRAFT, [Reason.UNCERTAIN, Reason.NOT_A_QUESTION]),
    ({"limits": OPEN, "candidates": UNREVIEWED}, DRAFT, [Reason.NO_CERTIFICATE, Reason.POLICY]),
    ({"candidates": (*UNSURE, a_candidate(score=0.899))}, DRAFT, [Reason.UNCERTAIN, Reason.AMBIGUOUS]),
    # 13. Nothing fits: a person.
    ({"candidates": LOST}, HANDOFF, [Reason.UNCERTAIN]),
    ({"candidates": ()}, HANDOFF, [Reason.NOTHING_FOUND]),
    # Without a candidate there is nothing to say, whatever the thresholds are.
    ({"candidates": (), "limits": the_limits(answer=0.0, draft=0.0)}, HANDOFF, [Reason.NOTHING_FOUND]),
    ({"candidates": (), "limits": the_limits(answer=None, draft=0.0)}, HANDOFF, [Reason.NOTHING_FOUND]),
]


@pytest.mark.parametrize(("changes", "route", "reasons"), TABLE)
def test_a_case_takes_its_route(changes, route, reasons):
    decision = decide(a_case(**changes))

    assert (decision.route, list(decision.reasons)) == (route, reasons)


@pytest.mark.parametrize(
    ("number", "below"),
    [
        ("answer", {"candidates": (a_candidate(confidence=0.7999),)}),
        ("calm", {"understanding": an_understanding(mood=0.4999)}),
        ("danger", {"understanding": an_understanding(danger=0.3499)}),
        ("person", {"understanding": an_understanding(intents={"question": 0.5001, "ask_person": 0.4999})}),
        ("ambiguity", {"candidates": (a_candidate(score=1.0), a_candidate("b", score=0.9799))}),
    ],
)
def test_a_threshold_holds_from_its_own_value_on(number, below):
    assert (decide(a_case(**below)).route is ANSWER) == (number != "answer")


UNSEEN = np.zeros(1, dtype=np.float32)
"""No rule looks at a vector."""

unit = st.floats(0, 1)
maybe = st.booleans()


@st.composite
def understandings(draw):
    labels = ["question", "complaint", "praise", "spam", "ask_person"]
    weights = [draw(st.floats(0.01, 1)) for _ in labels]
    ranked = sorted(((w / sum(weights), label) for w, label in zip(weights, labels, strict=True)), reverse=True)
    return an_understanding(
        draw(st.sampled_from(["the dock", "my iphone", "my iphone and book 13"])),
        intents={label: probability for probability, label in ranked},
        mood=draw(unit),
        danger=draw(unit),
        language=draw(st.sampled_from(["en", "de", "fr", None])),
        vector=UNSEEN,
    )


@st.composite
def candidate_lists(draw):
    count = draw(st.integers(0, 3))
    confidences = sorted((draw(unit) for _ in range(count)), reverse=True)
    scores = sorted((draw(unit) for _ in range(count)), reverse=True)
    return tuple(
        a_candidate(str(n), confidence=c, score=s, reviewed=draw(maybe), audited=draw(maybe))
        for n, (c, s) in enumerate(zip(confidences, scores, strict=True))
    )


@st.composite
def cases(draw):
    return a_case(
        mention=a_mention(
            draw(st.sampled_from(["How do I?", "order TN-204817"])),
            addressed=draw(maybe),
            followers=draw(st.integers(0, 10**9)),
        ),
        limits=the_limits(
            answer=draw(st.none() | unit),
            certified=draw(maybe),
            topics=draw(st.dictionaries(st.sampled_from(["accounts", "wifi"]), st.none() | unit)),
            alone=draw(maybe),
            draft=draw(unit),
            ambiguity=draw(unit),
            irate=draw(unit),
            question=draw(unit),
            danger=draw(unit),
            person=draw(unit),
            nothing_asked=draw(unit),
            paused=draw(maybe),
        ),
        guarded=draw(st.none() | st.sampled_from([Reason.OPTED_OUT, Reason.OURSELVES, Reason.DUPLICATE])),
        with_agent=draw(maybe),
        understanding=draw(understandings()),
        candidates=draw(candidate_lists()),
        refusals=tuple(draw(st.sets(st.sampled_from([Reason.OVER_LENGTH, Reason.POLICY])))),
    )


AUTONOMY = [HANDOFF, DRAFT, ANSWER]


@settings(max_examples=60)
@given(cases(), unit, unit)
def test_more_confidence_never_means_less_autonomy(case, one, other):
    if not case.candidates:
        return
    first, *rest = case.candidates
    routes = [
        decide(replace(case, candidates=(replace(first, confidence=confidence), *rest))).route
        for confidence in sorted((one, other))
    ]
    if IGNORE in routes:
        assert routes[0] is IGNORE  # only what no article may answer is small talk
    else:
        assert AUTONOMY.index(routes[0]) <= AUTONOMY.index(routes[1])


@settings(max_examples=60)
@given(cases())
def test_a_decision_is_always_the_same(case):
    assert decide(case) == decide(case)


@settings(max_examples=60)
@given(cases())
def test_every_decision_records_every_rule_in_order(case):
    rules = [outcome.rule for outcome in decide(case).rules]

    assert rules == [rule.__name__ for rule in (RULES[:1] if case.guarded else RULES)]


@settings(max_examples=60)
@given(cases())
def test_the_first_rule_that_applies_gives_the_reasons(case):
    decision = decide(case)
    first = next(outcome for outcome in decision.rules if outcome.applied)

    assert first.reasons == decision.reasons
    assert decision.reasons


@settings(max_examples=60)
@given(cases())
def test_a_route_that_speaks_has_something_to_say(case):
    decision = decide(case)

    assert decision.route not in {ANSWER, DRAFT} or decision.candidates


@settings(max_examples=60)
@given(cases())
def test_a_priority_lies_between_nought_and_one(case):
    assert 0 <= decide(case).priority.total <= 1


# Each row: what may never be answered alone, as a change to any case at all.
NEVER = {
    "irate": lambda case: replace(case, understanding=replace(case.read, mood=case.limits.irate)),
    "perhaps no question": lambda case: replace(
        case,
        understanding=replace(case.read, intents=GRUMBLING.intents),
        limits=replace(case.limits, question=0.5),
    ),
    "a case number": lambda case: replace(case, mention=a_mention("order TN-204817")),
    "danger": lambda case: replace(case, understanding=replace(case.read, danger=case.limits.danger)),
    "asks for a person": lambda case: replace(
        case, limits=replace(case.limits, person=case.read.probability("ask_person"))
    ),
    "opted out": lambda case: replace(case, guarded=Reason.OPTED_OUT),
    "with an agent": lambda case: replace(case, with_agent=True),
    "not summoned": lambda case: replace(case, mention=UNSUMMONED),
    "in private, where only public answers are certified": lambda case: replace(case, mention=PRIVATE),
    "a case number in an earlier post": lambda case: replace(case, earlier=(ORDER,)),
    "not addressed": lambda case: replace(case, mention=a_mention(addressed=False)),
    "another language": lambda case: replace(case, understanding=replace(case.read, language="fr")),
    "paused": lambda case: replace(case, limits=replace(case.limits, paused=True)),
    "draft mode": lambda case: replace(case, limits=replace(case.limits, alone=False)),
    "no threshold": lambda case: replace(case, limits=replace(case.limits, answer=None, certified=False, topics={})),
    "a demoted topic": lambda case: replace(case, limits=case.limits.demoting(["accounts"])),
    "a revoked certificate": lambda case: replace(
        case, limits=replace(case.limits, certified=True).without_certificate()
    ),
    "unaudited": lambda case: replace(
        case,
        candidates=tuple(replace(c, audited=False) for c in case.candidates),
        limits=replace(case.limits, certified=True),
    ),
    "another brand": lambda case: replace(case, understanding=replace(case.read, text="my iphone is slow")),
    "over length": lambda case: replace(case, refusals=(Reason.OVER_LENGTH,)),
    "nothing found": lambda case: replace(case, candidates=()),
    "unreviewed": lambda case: replace(case, candidates=tuple(replace(c, reviewed=False) for c in case.candidates)),
    "ambiguous": lambda case: replace(
        case,
        candidates=(a_candidate(score=0.9), a_candidate("b", score=0.9)),
        limits=replace(case.limits, ambiguity=max(case.limits.ambiguity, 0.01)),
    ),
}


@pytest.mark.parametrize("what", NEVER)
@settings(max_examples=20)
@given(case=cases())
def test_this_is_never_answered_alone(what, case):
    assert decide(NEVER[what](case)).route is not ANSWER


@settings(max_examples=60)
@given(cases())
def test_an_answer_reaches_the_threshold_in_force(case):
    decision = decide(case)

    assert decision.route is not ANSWER or decision.confidence >= decision.threshold


def test_a_decision_carries_what_explains_it():
    case = a_case()
    decision = decide(case)

    assert (decision.confidence, decision.threshold, decision.certified) == (0.9, 0.8, True)
    assert (decision.candidates, decision.understanding) == (case.candidates, case.understanding)


def test_a_decision_carries_the_threshold_of_the_topic():
    limits = the_limits(answer=0.95, certified=False, topics={"accounts": 0.7})
    decision = decide(a_case(limits=limits))

    assert (decision.threshold, decision.certified) == (0.7, True)


@pytest.mark.parametrize(
    ("topic", "threshold", "certified"), [("wifi", 0.6, True), ("bios", None, False), ("sound", 0.8, True)]
)
def test_a_topic_without_a_threshold_of_its_own_has_that_of_all(topic, threshold, certified):
    limits = the_limits(topics={"wifi": 0.6, "bios": None})

    assert (limits.answer_for(topic), limits.certified_for(topic)) == (threshold, certified)


def test_demoting_a_topic_before_everybody_leaves_it_alone_in_private():
    limits = replace(PRIVATELY, answer=0.8).demoting(["accounts"])

    assert (limits.answer_for("accounts"), limits.private.answer_for("accounts")) == (None, 0.8)


def test_a_private_decision_carries_the_threshold_of_private_answers():
    decision = decide(a_case(mention=PRIVATE, limits=the_limits(answer=0.5, private=an_autonomy(answer=0.7))))

    assert (decision.threshold, decision.certified) == (0.7, True)


def test_a_threshold_set_by_hand_outlives_the_certificate():
    assert BY_HAND.without_certificate().answer == BY_HAND.answer
    assert the_limits().without_certificate().answer is None


def test_demoting_a_topic_leaves_the_others_alone():
    limits = EASY_TOPIC.demoting(["wifi"])

    assert (limits.answer_for("wifi"), limits.answer_for("accounts"), limits.answer_for("sound")) == (None, 0.4, 0.8)


def test_a_case_without_a_guard_needs_an_understanding():
    with pytest.raises(ValueError, match="needs an understanding"):
        decide(a_case(understanding=None))


HANDED = Verdict(route=HANDOFF, reasons=(Reason.SAFETY,))


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        (a_case(understanding=an_understanding(danger=0.9)), a_case(understanding=an_understanding(danger=0.4))),
        (a_case(understanding=an_understanding(mood=0.9)), a_case(understanding=an_understanding(mood=0.4))),
        (a_case(mention=a_mention(followers=50_000)), a_case(mention=a_mention(followers=10))),
    ],
)
def test_danger_mood_and_reach_each_bring_a_person_sooner(sooner, later):
    assert priority(sooner, HANDED).total > priority(later, HANDED).total


@pytest.mark.parametrize("route", [ANSWER, IGNORE])
def test_what_no_person_is_needed_for_has_no_priority(route):
    assert priority(a_case(), Verdict(route=route, reasons=())) == Priority()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my iPhone died", True),
        ("MY IPHONE!", True),
        ("t-mobile again", True),
        ("iphones are fine", False),  # another word
        ("the siphone", False),
        ("", False),
    ],
)
def test_names_are_found_as_whole_words_whatever_their_case(text, found):
    assert Names(["iphone", "t-mobile"]).found_in(text) is found


def test_no_names_are_found_in_nothing():
    assert not Names([]).found_in("anything")


def test_patterns_are_found_as_whole_words():
    numbers = Patterns([r"TN-\d{6}", r"serial"])

    assert numbers.found_in("order tn-204817!")
    assert not numbers.found_in("TN-2048170 serials")


def test_a_name_is_no_pattern():
    assert not Names(["a.c"]).found_in("abc")
