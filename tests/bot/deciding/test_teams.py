"""Which team gets what, by lane rules in their order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.deciding.rules import decide
from bot.deciding.teams import LaneRule, Matter, Teams, check_intents, matter_of
from bot.errors import SettingsError
from bot.nlu.examples import read_examples
from bot.settings import DataSettings, LaneRuleSettings, TeamsSettings
from bot.vocabulary import Danger, Ranked, Reason
from tests.bot.values import NOW, a_candidate, a_case, a_mention, an_understanding, the_limits

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)


def a_rule(team="sales", *, answer_within=HOUR, least=0.5, **lists):
    named = {name: frozenset(values) for name, values in lists.items()}
    return LaneRule(team=team, answer_within=answer_within, least=least, **named)


def ranked(**probabilities):
    return tuple(Ranked(label=label, probability=probability) for label, probability in probabilities.items())


def a_matter(**values):
    given = {"channel": "x", "intents": ranked(question=0.7, outage=0.3), "topic": "wifi", "language": "en"}
    return Matter(**{**given, **values})


def the_teams(*rules):
    return Teams(default="customer service", answer_within=HOUR, rules=rules)


def shipped():
    return Teams.from_settings(TeamsSettings())


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (a_rule(intents=["question"]), True),
        (a_rule(intents=["outage"]), False),
        (a_rule(intents=["outage"], least=0.3), True),
        (a_rule(intents=["outage", "question"], least=1.0), True),
        (a_rule(intents=["praise"]), False),
        (a_rule(topics=["wifi", "dock"]), True),
        (a_rule(topics=["dock"]), False),
        (a_rule(languages=["en"]), True),
        (a_rule(languages=["de"]), False),
        (a_rule(channels=["x"]), True),
        (a_rule(channels=["email"]), False),
        (a_rule(dangers=["fire"]), False),
        (a_rule(intents=["question"], topics=["wifi"], languages=["en"], channels=["x"]), True),
        (a_rule(intents=["question"], topics=["dock"]), False),
        (a_rule(intents=["question"], dangers=["fire"]), False),
    ],
)
def test_a_rule_matches_where_all_of_its_conditions_hold(rule, matches):
    assert rule.matches(a_matter()) is matches


def test_dangers_count_together():
    matter = a_matter(dangers=ranked(fire=0.3, battery=0.25, fraud=0.1))

    assert a_rule(dangers=["fire", "battery"]).matches(matter)
    assert not a_rule(dangers=["fire", "fraud"]).matches(matter)


def test_a_danger_whose_kind_is_unclear_goes_by_its_likeliest_kind():
    matter = a_matter(dangers=ranked(fire=0.2, fraud=0.1), danger=0.6)

    assert a_rule(dangers=["fire"]).matches(matter)
    assert not a_rule(dangers=["fraud"]).matches(matter)
    assert not a_rule(dangers=["fire"], least=0.7).matches(matter)


def test_the_first_rule_that_matches_gives_the_team():
    teams = the_teams(a_rule("dock", topics=["dock"]), a_rule("wifi", topics=["wifi"]), a_rule(languages=["en"]))

    assert teams.rule_of(a_matter()).team == "wifi"


def test_what_no_rule_matches_goes_to_nobody_but_the_default():
    assert the_teams(a_rule(languages=["de"])).rule_of(a_matter()) is None


def test_a_language_that_cannot_be_told_matches_no_language():
    assert not a_rule(languages=["en", "de"]).matches(a_matter(language=None))


def test_a_topic_counts_only_where_the_best_candidate_is_worth_a_draft():
    read = an_understanding()
    sure, unsure = ((a_candidate(confidence=confidence),) for confidence in (0.3, 0.29))

    assert matter_of("x", read, sure, draft_threshold=0.3).topic == "accounts"
    assert matter_of("x", read, unsure, draft_threshold=0.3).topic == ""
    assert matter_of("x", read, (), draft_threshold=0.3).topic == ""


def test_every_team_is_named_once_the_default_first():
    teams = the_teams(a_rule("safety", topics=["a"]), a_rule("customer service", topics=["b"]), a_rule("safety"))

    assert teams.names == ("customer service", "safety")


def test_a_team_that_a_person_names_answers_in_the_shortest_of_its_times():
    slow, fast = (a_rule("safety", topics=[topic], answer_within=time) for topic, time in (("a", HOUR), ("b", QUARTER)))

    assert the_teams(slow, fast).within("safety") == QUARTER
    assert the_teams(slow, fast).within("customer service") == HOUR


def test_a_decision_names_the_team_and_its_deadline():
    rule = a_rule("accounts desk", topics=["accounts"], answer_within=QUARTER)
    decision = decide(a_case(limits=the_limits(teams=the_teams(rule))))

    assert (decision.team, decision.deadline) == ("accounts desk", NOW + QUARTER)


def test_a_decision_that_no_rule_matches_names_the_default_team():
    decision = decide(a_case())

    assert (decision.team, decision.deadline) == ("customer service", NOW + HOUR)


def test_what_a_guard_held_back_goes_where_its_channel_says():
    teams = the_teams(a_rule("accounts desk", topics=["accounts"]), a_rule("x desk", channels=["x"]))
    case = a_case(guarded=Reason.STALE, understanding=None, candidates=(), limits=the_limits(teams=teams))

    assert decide(case).team == "x desk"


def test_the_deadline_counts_from_the_first_of_the_posts_that_are_read_together():
    decision = decide(a_case(earlier=(a_mention(posted_at=NOW - QUARTER),)))

    assert decision.deadline == NOW - QUARTER + HOUR


@pytest.mark.parametrize("danger", Danger)
def test_the_shipped_rules_have_a_team_for_every_danger(danger):
    unclear = a_matter(dangers=ranked(**{danger: 0.1}), danger=0.5)

    assert shipped().rule_of(a_matter(dangers=ranked(**{danger: 0.9}))).dangers >= {danger}
    assert shipped().rule_of(unclear).dangers >= {danger}


@pytest.mark.parametrize(
    ("matter", "team"),
    [
        ({"dangers": ranked(battery=0.8)}, "safety"),
        ({"dangers": ranked(fraud=0.8)}, "safety"),
        ({"dangers": ranked(legal=0.8)}, "legal"),
        ({"dangers": ranked(press=0.8)}, "marketing"),
        ({"intents": ranked(praise=0.8)}, "marketing"),
        ({"intents": ranked(purchase_interest=0.8)}, "sales"),
        ({"intents": ranked(outage=0.8)}, "technical"),
    ],
)
def test_the_shipped_rules_send_each_to_its_team(matter, team):
    assert shipped().rule_of(a_matter(**matter)).team == team


def test_the_shipped_rules_answer_dangers_within_a_quarter_of_an_hour():
    assert shipped().rule_of(a_matter(dangers=ranked(fire=0.9))).answer_within == QUARTER


def test_the_shipped_rules_name_only_intents_of_the_shipped_examples():
    known = {example.intent for example in read_examples(DataSettings().training)}
    rules = TeamsSettings(rules=TeamsSettings().rules)

    check_intents(rules, known)


def test_an_intent_that_nothing_was_trained_for_is_refused_with_its_rule():
    rules = (LaneRuleSettings(team="a", topics=("wifi",)), LaneRuleSettings(team="b", intents=("prise",)))

    with pytest.raises(SettingsError, match=r"^teams\.rules\.2\.intents: there is no intent 'prise'\. .*: praise\.$"):
        check_intents(TeamsSettings(rules=rules), {"praise"})


def test_shipped_rules_are_let_be_where_examples_of_ones_own_lack_their_intents():
    check_intents(TeamsSettings(), {"bestellung"})
