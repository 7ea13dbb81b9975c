from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.pipeline import Steps, think
from bot.settings import ReplyingSettings
from bot.vocabulary import Audience, Circumstances, Draft, Handoff, Kind, Reason, Reply, Route
from responders.counting import fits
from tests.bot.nlu.schooling import CountingEncoder, an_understander
from tests.bot.values import NOW, a_candidate, a_mention, a_watch, admitted, the_limits

OPEN = the_limits(irate=1.1, question=0.0, danger=1.1)
"""Limits that no mood of a handful of lessons reaches."""


@dataclass
class ScriptedRetriever:
    """Finds what the script says for a text, and nothing for any other."""

    script: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def retrieve(self, understandings):
        self.asked.append([understanding.text for understanding in understandings])
        return [self.script.get(understanding.text, ()) for understanding in understandings]


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture
def retriever():
    return ScriptedRetriever({"how do I pair the pen": (a_candidate("pen-pairing", short_answer="Hold the button."),)})


@pytest.fixture
def steps(encoder, retriever):
    return Steps(understander=an_understander(encoder), retriever=retriever, replying=ReplyingSettings())


def thought(batch, steps, limits=OPEN):
    return think(batch, steps, watch=a_watch(), limits=limits)


QUESTION = "@TarnwellHelp how do I pair the pen"


def test_a_sure_question_becomes_a_signed_reply(steps):
    made = thought([admitted(QUESTION)], steps)[0].made

    assert isinstance(made, Reply)
    assert made.text == "Hold the button. ^Bot"


def test_without_a_threshold_it_becomes_a_draft(steps):
    outcome = thought([admitted(QUESTION)], steps, replace(OPEN, answer=None))[0]

    assert isinstance(outcome.made, Draft)
    assert outcome.decision.reasons == (Reason.NO_CERTIFICATE,)


def test_what_nothing_answers_becomes_a_handoff(steps):
    assert isinstance(thought([admitted("why is the sky blue")], steps)[0].made, Handoff)


def test_an_answer_that_the_platform_forbids_becomes_a_draft(steps, retriever):
    retriever.script["how do I pair the pen"] = (a_candidate(short_answer="word " * 60),)

    outcome = thought([admitted(QUESTION)], steps)[0]
    assert (outcome.decision.route, outcome.decision.reasons) == (Route.DRAFT, (Reason.OVER_LENGTH,))


def test_an_answer_with_a_link_becomes_a_draft(steps, retriever):
    retriever.script["how do I pair the pen"] = (a_candidate(short_answer="See https://tarnwell.example"),)

    assert thought([admitted(QUESTION)], steps)[0].decision.reasons == (Reason.POLICY,)


@pytest.mark.parametrize("values", [{"reviewed": False}, {"short_answer": "  ", "full_answer": "Hold the button."}])
def test_text_that_no_person_approved_is_never_posted_alone(steps, retriever, values):
    retriever.script["how do I pair the pen"] = (a_candidate(confidence=1.0, **values),)

    outcome = thought([admitted(QUESTION)], steps)[0]
    assert (outcome.decision.route, outcome.decision.reasons) == (Route.DRAFT, (Reason.POLICY,))
    assert isinstance(outcome.made, Draft)
    assert outcome.made.text.endswith(" ^Bot")


def test_a_draft_from_an_unreviewed_article_fits_one_post_and_names_its_author(steps, retriever):
    found = a_candidate(reviewed=False, short_answer="", full_answer="Hold the button. " * 50, source="community")
    retriever.script["how do I pair the pen"] = (replace(found, author="Ada", url="https://forum.example/1"),)

    made = thought([admitted(QUESTION)], steps)[0].made
    assert made.text.endswith("\n— Ada, forum ^Bot")
    assert fits(made.text)


@pytest.mark.parametrize(("links", "kept"), [("never", False), ("draft", True), ("always", True)])
def test_a_draft_from_an_unreviewed_article_holds_a_link_only_where_ops_allow_it(steps, retriever, links, kept):
    found = a_candidate(reviewed=False, short_answer="Get it at https://tarnwell.example/pen now.")
    retriever.script["how do I pair the pen"] = (found,)

    made = thought([admitted(QUESTION)], replace(steps, replying=ReplyingSettings(links=links)))[0].made
    assert ("https://" in made.text) is kept


def test_an_answer_in_another_language_than_the_customers_becomes_a_draft(steps, retriever):
    retriever.script["how do I pair the pen"] = (a_candidate(language="de"),)

    outcome = thought([admitted(QUESTION)], steps)[0]
    assert (outcome.decision.route, outcome.decision.reasons) == (Route.DRAFT, (Reason.LANGUAGE,))


def test_a_batch_takes_one_pass_of_the_encoder_and_one_search(steps, encoder, retriever):
    thought([admitted(QUESTION) for _ in range(64)], steps)

    assert (len(encoder.passes), len(retriever.asked)) == (1, 1)


GUARDED = [
    ({"ours": True}, Reason.OURSELVES),
    ({"kind": Kind.REPOST}, Reason.REPOST),
    ({"circumstances": Circumstances(answered=True)}, Reason.DUPLICATE),
    ({"circumstances": Circumstances(opted_out=True)}, Reason.OPTED_OUT),
    ({"text": "stop"}, Reason.OPTED_OUT),
    ({"posted_at": NOW - timedelta(days=3)}, Reason.STALE),
]


@pytest.mark.parametrize(("given", "reason"), GUARDED)
def test_a_guarded_mention_is_neither_read_nor_answered(steps, encoder, given, reason):
    outcome = thought([admitted(**given)], steps)[0]

    assert not any(encoder.passes)
    assert (outcome.decision.route, outcome.decision.reasons, outcome.made) == (Route.IGNORE, (reason,), None)
    assert outcome.decision.understanding is None


def test_outcomes_come_in_the_order_of_the_batch(steps, encoder):
    texts = ["stop", QUESTION, "why is the sky blue", "Stop", "@a where is the driver"]
    outcomes = thought([admitted(text) for text in texts], steps)

    assert [outcome.admitted.mention.text for outcome in outcomes] == texts
    assert [o.decision.understanding and o.decision.understanding.text for o in outcomes] == [
        None,
        "how do I pair the pen",
        "why is the sky blue",
        None,
        "where is the driver",
    ]
    assert [bool(outcome.decision.candidates) for outcome in outcomes] == [False, True, False, False, False]


def test_an_empty_batch_has_no_outcomes(steps):
    assert thought([], steps) == []


def test_a_stop_word_opts_its_author_out_and_nobody_else(steps):
    outcomes = thought([admitted("@TarnwellHelp STOP"), admitted(QUESTION)], steps)

    assert [outcome.opts_out for outcome in outcomes] == [True, False]


def test_a_stop_word_counts_even_when_an_earlier_guard_holds(steps):
    assert thought([admitted("stop", circumstances=Circumstances(answered=True))], steps)[0].opts_out


def test_a_conversation_that_an_agent_has_is_read_and_left_to_the_agent(steps, encoder):
    outcome = thought([admitted(QUESTION, circumstances=Circumstances(with_agent=True))], steps)[0]

    assert outcome.decision.reasons == (Reason.CONVERSATION_WITH_AGENT,)
    assert outcome.decision.candidates


def test_a_post_of_nothing_but_emoji_reaches_a_route(steps):
    assert thought([admitted("\U0001f600\U0001f44d")], steps)[0].decision.route in {Route.HANDOFF, Route.IGNORE}


def burst(*texts, **values):
    *earlier, last = texts
    return replace(admitted(last, **values), earlier=tuple(a_mention(text) for text in earlier))


def test_a_burst_is_read_as_one_text(steps, encoder):
    outcome = thought([burst("@TarnwellHelp how do I", "@TarnwellHelp pair the pen")], steps)[0]

    assert outcome.decision.understanding.text == "how do I pair the pen"
    assert isinstance(outcome.made, Reply)


def test_what_is_read_with_another_post_is_not_read_alone(steps, encoder):
    outcome = thought([admitted(QUESTION, circumstances=Circumstances(continued=True))], steps)[0]

    assert not any(encoder.passes)
    assert (outcome.decision.route, outcome.decision.reasons) == (Route.IGNORE, (Reason.CONTINUED,))


def test_a_reply_goes_to_the_customer_and_to_the_same_audience(steps):
    made = thought([admitted(QUESTION, author_id="7")], steps)[0].made

    assert (made.audience, made.addressee) == (Audience.PUBLIC, "7")


def test_a_direct_message_is_never_answered_alone(steps):
    outcome = thought([admitted(QUESTION, audience=Audience.PRIVATE)], steps)[0]

    assert isinstance(outcome.made, Draft)
    assert Reason.NO_CERTIFICATE in outcome.decision.reasons


def test_a_direct_message_of_who_opted_out_still_reaches_a_person(steps):
    known = Circumstances(opted_out=True)
    outcome = thought([admitted(QUESTION, audience=Audience.PRIVATE, circumstances=known)], steps)[0]

    assert outcome.decision.route in {Route.DRAFT, Route.HANDOFF}
    assert not outcome.opts_out


def test_a_post_that_no_program_may_reply_to_becomes_a_draft(steps):
    outcome = thought([admitted(QUESTION, summoned=False)], steps)[0]

    assert (outcome.decision.route, outcome.decision.reasons) == (Route.DRAFT, (Reason.NOT_SUMMONED,))


def test_an_edit_of_an_answered_post_is_handed_to_a_person_unread(steps, encoder):
    edited = admitted(QUESTION, post_id="2", chain_id="1", circumstances=Circumstances(answered=True))
    outcome = thought([edited], steps)[0]

    assert not any(encoder.passes)
    assert (outcome.decision.route, outcome.decision.reasons) == (Route.HANDOFF, (Reason.DUPLICATE,))
    assert outcome.made.goal.startswith("Edited a post that is answered")
