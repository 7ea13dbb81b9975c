"""What becomes of a private message by what the dialogue made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.actions.hand_off import PROMISES
from bot.actions.orders import Answered, Escalate, Feedback, HandOff, OptOut, to_message
from bot.dialogue.turns import FOR_A_PERSON, Manners, led, left_to_person, needs_person
from bot.personal import UNSET
from bot.ports import Turn
from bot.settings import ReplyingSettings
from bot.vocabulary import (
    Audience,
    Circumstances,
    Consent,
    Contact,
    Handoff,
    Outcome,
    Reason,
    Reply,
    ReplyKind,
    Route,
)
from knowledge.composing import Form
from responders.counting import fits
from tests.bot.values import a_candidate, a_decision, admitted, an_understanding

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REPLYING = ReplyingSettings(privacy_url="https://tarnwell.example/privacy")
MANNERS = Manners(
    replying=REPLYING,
    form=Form(signature="^Bot", fits=fits, is_link=lambda _: False),
    privacy=UNSET,
    has_desk=True,
)
CASE = Escalate(
    reference="H7K-2QF-9",
    contact=Contact(name="Ana", email="ana@mail.example", number="TN-123456"),
    consent=Consent(purpose="May we keep it?", keep_days=90, given_at=NOON),
    consent_mention_id=3,
)


def thought(*reasons, circumstances=None, **values):
    """What the pipeline made of a private message."""
    private = admitted(
        "it does not charge",
        id=5,
        conversation_id=9,
        audience=Audience.PRIVATE,
        circumstances=circumstances or Circumstances(introduced=True),
    )
    route = values.pop("route", Route.DRAFT)
    given = {"understanding": an_understanding(), **values}
    return Outcome(admitted=private, decision=a_decision(route, *(reasons or (Reason.UNCERTAIN,)), **given))


def said(*texts, orders=()):
    return Turn(texts=texts, orders=tuple(to_message(order) for order in orders))


def test_what_is_said_becomes_one_signed_private_reply():
    outcome = led(thought(), said("Hello.", "What is it about?"), MANNERS).outcome

    assert outcome.made == Reply(
        channel="x",
        in_reply_to=outcome.admitted.mention.post_id,
        text="Hello.\n\nWhat is it about? ^Bot",
        kind=ReplyKind.AUTOMATIC,
        audience=Audience.PRIVATE,
        addressee="7",
        mention_id=5,
        conversation_id=9,
    )
    assert (outcome.decision.route, outcome.decision.reasons) == (Route.ANSWER, (Reason.IN_DIALOGUE,))


def test_the_decision_keeps_what_the_rules_said_and_adds_the_dialogue():
    before = thought()
    rules = led(before, said("Hello."), MANNERS).outcome.decision.rules

    assert rules[:-1] == before.decision.rules
    assert (rules[-1].rule, rules[-1].applied) == ("dialogue", True)


def test_an_answered_article_is_the_first_candidate_and_gives_its_confidence():
    two = (a_candidate("dock"), a_candidate("hub"))
    order = Answered(article_id="hub", confidence=0.83)
    decision = led(thought(candidates=two), said("Unplug it.", orders=[order]), MANNERS).outcome.decision

    assert decision.reasons == (Reason.CONFIDENT,)
    assert [candidate.article_id for candidate in decision.candidates] == ["hub", "dock"]
    assert decision.confidence == 0.83


def test_the_first_reply_of_all_says_that_a_program_writes():
    reply = led(thought(circumstances=Circumstances(introduced=False)), said("Hello."), MANNERS).outcome.made

    assert "STOP" in reply.text
    assert REPLYING.privacy_url in reply.text
    assert reply.text.endswith("^Bot")


def test_an_order_for_a_person_makes_a_handoff_and_tells_the_customer():
    outcome = led(
        thought(), said("A colleague takes over.", orders=[HandOff(reason=Reason.NOT_HELPED)]), MANNERS
    ).outcome

    assert isinstance(outcome.made, Handoff)
    assert outcome.made.reasons == (Reason.NOT_HELPED,)
    assert outcome.said.text == "A colleague takes over. ^Bot"
    assert outcome.decision.route is Route.HANDOFF


def test_a_person_is_promised_where_the_dialogue_has_no_words_for_it():
    outcome = led(thought(), said(orders=[HandOff(reason=Reason.ASKED_FOR_PERSON)]), MANNERS).outcome

    assert outcome.said.text == f"{PROMISES['en']} ^Bot"


def test_a_promise_is_made_in_the_language_of_the_conversation():
    german = replace(MANNERS, language="de")
    outcome = led(thought(), said(orders=[HandOff(reason=Reason.ASKED_FOR_PERSON)]), german).outcome

    assert outcome.said.text.startswith(PROMISES["de"])


def test_a_dialogue_that_says_nothing_leaves_the_message_to_a_person():
    outcome = led(thought(), Turn(texts=()), MANNERS).outcome

    assert outcome.made.reasons == (Reason.NOT_UNDERSTOOD,)


def test_an_order_that_cannot_be_read_leaves_the_message_to_a_person():
    outcome = led(thought(), Turn(texts=("Done!",), orders=({"heed": "dance"},)), MANNERS).outcome

    assert isinstance(outcome.made, Handoff)


def test_a_case_is_opened_with_the_reply_that_names_it():
    made = led(thought(), said("Your reference is H7K-2QF-9.", orders=[CASE]), MANNERS)

    assert made.escalate == CASE
    assert isinstance(made.outcome.made, Reply)
    assert made.outcome.decision.reasons == (Reason.ESCALATED,)


def test_a_case_without_a_help_desk_goes_to_a_person_here():
    here = Manners(replying=REPLYING, form=MANNERS.form, privacy=UNSET, has_desk=False)
    made = led(thought(), said("Your reference is H7K-2QF-9.", orders=[CASE]), here)

    assert made.escalate == CASE
    assert made.outcome.made.reasons == (Reason.ESCALATED,)
    assert made.outcome.said.text == "Your reference is H7K-2QF-9. ^Bot"


def test_who_opts_out_hears_nothing_more():
    made = led(thought(), said("You will hear no more of me.", orders=[OptOut()]), MANNERS)

    assert made.outcome.opts_out
    assert (made.outcome.decision.route, made.outcome.decision.reasons) == (Route.IGNORE, (Reason.OPTED_OUT,))
    assert (made.outcome.made, made.outcome.said) == (None, None)


def test_a_conversation_is_over_where_the_answer_helped():
    assert led(thought(), said("Glad.", orders=[Feedback(helped=True)]), MANNERS).is_over
    assert not led(thought(), said("Hello."), MANNERS).is_over


def test_nothing_is_said_to_who_wants_no_automated_messages():
    outcome = led(thought(circumstances=Circumstances(opted_out=True)), said("Hello."), MANNERS).outcome

    assert outcome.made.reasons == (Reason.OPTED_OUT,)
    assert outcome.said is None


@pytest.mark.parametrize("reason", sorted(FOR_A_PERSON))
def test_some_messages_are_none_for_the_dialogue(reason):
    assert needs_person(thought(reason, route=Route.HANDOFF), with_people=False)


def test_a_message_is_none_for_the_dialogue_while_people_have_the_conversation():
    assert needs_person(thought(), with_people=True)
    assert not needs_person(thought(), with_people=False)


def test_a_word_that_steers_has_no_tone():
    assert not needs_person(thought(Reason.IRATE, route=Route.HANDOFF), with_people=False, is_control=True)


def test_an_order_number_is_no_matter_for_a_person_in_private():
    assert not needs_person(thought(Reason.CASE_NUMBER, route=Route.HANDOFF), with_people=False)


def test_an_angry_customer_hears_that_a_person_takes_over():
    outcome = left_to_person(thought(Reason.IRATE, route=Route.HANDOFF), MANNERS).outcome

    assert outcome.made.reasons == (Reason.IRATE,)
    assert outcome.said.text == f"{PROMISES['en']} ^Bot"


def test_where_there_is_danger_no_program_says_a_word():
    outcome = left_to_person(thought(Reason.SAFETY, route=Route.HANDOFF), MANNERS).outcome

    assert outcome.made.reasons == (Reason.SAFETY,)
    assert outcome.said is None


def test_the_bot_is_silent_while_a_person_has_the_conversation():
    outcome = left_to_person(thought(), MANNERS, silent=True).outcome

    assert outcome.made.reasons == (Reason.CONVERSATION_WITH_AGENT,)
    assert outcome.said is None


def test_who_wants_no_automated_messages_has_that_as_the_reason():
    outcome = left_to_person(thought(circumstances=Circumstances(opted_out=True)), MANNERS).outcome

    assert outcome.made.reasons == (Reason.OPTED_OUT,)
    assert outcome.said is None


def test_a_message_for_a_dialogue_that_is_down_is_promised_to_a_person():
    outcome = left_to_person(thought(), MANNERS, reason=Reason.DIALOGUE_DOWN).outcome

    assert outcome.made.reasons == (Reason.DIALOGUE_DOWN,)
    assert outcome.said is not None


def test_what_a_guard_holds_back_stays_as_it_is():
    held = thought(Reason.GONE, route=Route.IGNORE, understanding=None)

    assert left_to_person(held, MANNERS).outcome == held
