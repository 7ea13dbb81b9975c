from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.actions.action_answer import ActionAnswer
from bot.actions.action_check_case import ActionCheckCase, conversation_id_of
from bot.actions.action_escalate_offline import ActionEscalateOffline
from bot.actions.action_hand_off import ActionHandOff
from bot.actions.action_misunderstood import MOST, ActionMisunderstood
from bot.actions.action_opt_out import ActionOptOut
from bot.actions.action_record_feedback import ActionRecordFeedback
from bot.actions.contact_form import Field
from bot.actions.orders import Answered, Escalate, Feedback, HandOff, OptOut, read_order
from bot.actions.references import reference_for
from bot.ports import KnownCase
from bot.vocabulary import Consent, Contact, EscalationState, Reason
from tests.bot.actions.stage import Shelf, a_tracker, run

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LEFT = {"event": "active_loop", "timestamp": None, "name": None}
CONSENT = {"purpose": "May we?", "keep_days": 90, "given_at": NOW.isoformat(), "mention_id": 3}


def orders(done):
    return [read_order(order) for order in done.orders]


def case(state, number=1):
    return KnownCase(reference=reference_for(number), state=state, opened_at=NOW)


async def test_an_answer_is_said_and_noted():
    done = await run(ActionAnswer(Shelf(("reset",))), a_tracker("how do I reset it?", "question"))

    assert done.texts == ["Answer reset."]
    assert orders(done) == [Answered(article_id="reset", confidence=0.97)]
    assert done.slots == {"tried": ["reset"], "question": "how do I reset it?", "answered": True}


async def test_without_an_answer_nothing_is_said():
    done = await run(ActionAnswer(Shelf()), a_tracker("what now?", "question"))

    assert (done.texts, done.orders) == ([], [])
    assert done.slots == {"because": "uncertain", "numbered": False, "answered": False}


@pytest.mark.parametrize("kind", ["order_number", "serial_number"])
async def test_what_nobody_answers_but_names_a_number_is_one_to_look_up(kind):
    done = await run(ActionAnswer(Shelf()), a_tracker("where is it", "question", entities=[(kind, "TN-482913")]))

    assert done.slots["numbered"] is True


async def test_where_an_answer_did_not_help_the_same_question_is_answered_otherwise():
    shelf, slots = Shelf(("reset", "unlock")), {"tried": ["reset"], "question": "how?"}
    done = await run(ActionAnswer(shelf), a_tracker("no", "deny", slots=slots))

    assert (shelf.asked, done.texts) == (["how?"], ["Answer unlock."])
    assert done.slots == {"tried": ["reset", "unlock"], "question": None, "answered": True}


async def test_after_the_second_answer_a_person_takes_over():
    slots = {"tried": ["reset", "unlock"], "question": None}
    done = await run(ActionAnswer(Shelf(("third",))), a_tracker("no", "deny", slots=slots))

    assert done.slots == {"because": "not_helped", "numbered": False, "answered": False}


async def test_an_answer_that_did_not_help_is_not_given_to_the_next_question():
    done = await run(
        ActionAnswer(Shelf(("reset", "unlock"))), a_tracker("and now?", "question", slots={"tried": ["reset"]})
    )

    assert done.texts == ["Answer unlock."]


@pytest.mark.parametrize(("intent", "helped"), [("affirm", True), ("thank", True), ("praise", True), ("deny", False)])
async def test_feedback_is_what_the_customer_said(intent, helped):
    done = await run(ActionRecordFeedback(), a_tracker("…", intent))

    assert orders(done) == [Feedback(helped=helped)]
    assert done.slots == ({"tried": [], "question": None} if helped else {})


async def test_a_person_is_ordered_for_the_reason_that_was_noted():
    done = await run(ActionHandOff(), a_tracker("no", "deny", slots={"because": "not_helped"}))

    assert orders(done) == [HandOff(reason=Reason.NOT_HELPED)]
    assert (done.slots["handed_off"], done.slots["because"]) == (True, None)


async def test_a_person_is_ordered_for_who_asks():
    assert orders(await run(ActionHandOff(), a_tracker("agent", "ask_person"))) == [
        HandOff(reason=Reason.ASKED_FOR_PERSON)
    ]


@pytest.mark.parametrize("intent", ["safety", "legal", "press"])
async def test_danger_is_its_own_reason(intent):
    done = await run(ActionHandOff(), a_tracker("…", intent, slots={"because": "uncertain"}))

    assert orders(done) == [HandOff(reason=Reason.SAFETY)]


@pytest.mark.parametrize("action", [ActionHandOff(), ActionOptOut()])
async def test_who_leaves_the_form_leaves_nothing_in_it(action):
    done = await run(action, a_tracker("…", "stop", slots={Field.NAME: "Petra"}))

    assert LEFT in done.events
    assert [done.slots[name] for name in ("requested_slot", *Field)] == [None] * (1 + len(Field))


async def test_stop_opts_out():
    done = await run(ActionOptOut(), a_tracker("stop", "stop"))

    assert (orders(done), done.responses) == ([OptOut()], [])


async def test_what_was_not_understood_is_asked_for_in_other_words():
    done = await run(ActionMisunderstood(), a_tracker("blub", "nlu_fallback", slots={"misunderstood": 0}))

    assert (done.responses, done.slots) == (["utter_rephrase"], {"misunderstood": 1})


async def test_the_third_in_a_row_goes_to_a_person():
    done = await run(ActionMisunderstood(), a_tracker("blub", "nlu_fallback", slots={"misunderstood": MOST - 1}))

    assert done.responses == []
    assert done.slots == {"misunderstood": 0, "because": "not_understood", "at_a_loss": True}


@pytest.mark.parametrize(
    ("state", "response"),
    [
        (EscalationState.QUEUED, "utter_case_queued"),
        (EscalationState.OPEN, "utter_case_open"),
        (EscalationState.RESOLVED, "utter_case_resolved"),
        (EscalationState.DEAD, "utter_case_queued"),
    ],
)
async def test_the_state_of_a_case_is_told_with_its_reference(state, response):
    shelf = Shelf(known=(case(state),))
    done = await run(ActionCheckCase(shelf), a_tracker("where is my case", "check_case"))

    assert shelf.asked == ["5"]
    assert [(one["response"], one["case_reference"]) for one in done.messages] == [(response, reference_for(1))]


async def test_without_a_case_that_is_said():
    assert (await run(ActionCheckCase(Shelf()), a_tracker("my case?", "check_case"))).responses == ["utter_no_case"]


async def test_only_the_case_that_is_named_is_told_of():
    known = tuple(case(EscalationState.OPEN, number) for number in (1, 2))
    done = await run(ActionCheckCase(Shelf(known=known)), a_tracker(f"and {reference_for(2).lower()}?", "check_case"))

    assert [one["case_reference"] for one in done.messages] == [reference_for(2)]


async def test_a_reference_of_somebody_else_tells_nothing_of_their_case():
    known = (case(EscalationState.OPEN, 1),)
    done = await run(ActionCheckCase(Shelf(known=known)), a_tracker(f"and {reference_for(9)}?", "check_case"))

    assert [one["case_reference"] for one in done.messages] == [reference_for(1)]


@pytest.mark.parametrize(("sender", "number"), [("heed-7", 7), ("default", 0), ("heed-", 0), ("", 0), ("heed-²", 0)])
def test_a_sender_is_a_conversation_of_ours_or_none(sender, number):
    assert conversation_id_of(sender) == number


async def test_a_case_goes_out_with_contact_and_consent():
    slots = {
        Field.CONSENT: CONSENT, Field.NAME: "Petra", Field.CONTACT: "+34612345678", Field.NUMBER: "–",
        Field.CONFIRMED: "yes",
    }  # fmt: skip
    done = await run(ActionEscalateOffline(), a_tracker("yes", "affirm", slots=slots, metadata={"mention_id": 9}))

    assert orders(done) == [
        Escalate(
            reference=reference_for(9),
            contact=Contact(name="Petra", phone="+34612345678"),
            consent=Consent(purpose="May we?", keep_days=90, given_at=NOW),
            consent_mention_id=3,
        )
    ]
    assert (done.slots["reference"], done.slots["escalated"]) == (reference_for(9), True)
    assert [done.slots[name] for name in Field] == [None] * len(Field)


async def test_without_consent_nothing_goes_out():
    done = await run(ActionEscalateOffline(), a_tracker("yes", "affirm", slots={Field.NAME: "Petra"}))

    assert (done.orders, done.slots) == ([], {})
