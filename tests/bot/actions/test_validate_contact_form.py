from __future__ import annotations

import pytest

from bot.actions.contact_form import Field
from bot.actions.validate_contact_form import REQUESTED, ValidateContactForm
from bot.personal import UNSET
from tests.bot.actions.stage import a_tracker, run

FORM = ValidateContactForm(90, UNSET)
ASKING = "May we keep it for 90 days?"
ASKED_FOR_CONSENT = {"event": "bot", "text": ASKING, "metadata": {"utter_action": "utter_ask_case_consent"}}
SAID_AT = "2026-11-20T12:00:00+00:00"


async def answered(field, text, intent="inform", **more):
    slots = {REQUESTED: field, "case_misses": 0, **more.pop("slots", {})}
    return await run(FORM, a_tracker(text, intent, slots=slots, **more))


async def test_the_form_begins_with_consent_and_forgets_an_earlier_one():
    done = await run(FORM, a_tracker("open a case", "open_case", slots={Field.NAME: "Petra", REQUESTED: None}))

    assert done.slots[REQUESTED] == Field.CONSENT
    assert [done.slots[field] for field in Field] == [None] * len(Field)
    assert (done.slots["keep_days"], done.slots["case_ready"], done.slots["case_misses"]) == (90, False, 0)


async def test_a_number_that_was_said_before_is_not_asked_for():
    slots = {"serial_number": "TW66D0KPA2", REQUESTED: None}
    done = await run(FORM, a_tracker("open a case", "open_case", slots=slots))

    assert done.slots[Field.NUMBER] == "TW66D0KPA2"


async def test_consent_is_kept_with_the_words_that_asked_for_it():
    done = await answered(
        Field.CONSENT,
        "yes",
        "affirm",
        events=[ASKED_FOR_CONSENT, {"event": "bot", "text": "…", "metadata": {}}],
        metadata={"mention_id": 12, "said_at": SAID_AT},
    )

    assert done.slots[Field.CONSENT] == {
        "purpose": ASKING, "keep_days": 90, "given_at": SAID_AT, "mention_id": 12
    }  # fmt: skip
    assert done.slots[REQUESTED] == Field.NAME


async def test_in_a_shell_consent_has_the_time_of_rasa():
    done = await answered(Field.CONSENT, "yes", "affirm", events=[ASKED_FOR_CONSENT], metadata={})

    assert done.slots[Field.CONSENT]["given_at"] == "2023-11-14T22:13:20+00:00"
    assert done.slots[Field.CONSENT]["mention_id"] == 0


async def test_no_consent_leaves_the_form():
    done = await answered(Field.CONSENT, "no", "deny")

    assert done.slots == {"because": "asked_for_person", "case_ready": False, REQUESTED: None}


async def test_the_last_yes_completes_the_form():
    known = dict.fromkeys((Field.CONSENT, Field.NAME, Field.CONTACT, Field.NUMBER), "x")
    done = await answered(Field.CONFIRMED, "yes", "affirm", slots=known)

    assert (done.slots["case_ready"], done.slots[REQUESTED]) == (True, None)


async def test_a_wrong_answer_is_explained_and_asked_for_again():
    done = await answered(Field.CONTACT, "ana@example")

    assert done.responses == ["utter_wrong_email"]
    assert done.slots == {"case_misses": 1, "case_ready": False, REQUESTED: Field.CONTACT}


async def test_the_second_wrong_answer_to_a_field_leaves_the_form():
    done = await answered(Field.CONTACT, "ana@example", slots={"case_misses": 1})

    assert done.responses == []
    assert done.slots == {"because": "not_understood", "case_ready": False, REQUESTED: None}


async def test_a_right_answer_forgives_the_wrong_one():
    done = await answered(Field.CONTACT, "ana@example.org", slots={"case_misses": 1, Field.NAME: "Ana"})

    assert done.slots["case_misses"] == 0


async def test_a_change_empties_the_field_and_asks_for_it():
    known = dict.fromkeys((Field.CONSENT, Field.NAME, Field.CONTACT, Field.NUMBER), "x")
    done = await answered(Field.CONFIRMED, "change the e-mail", "change", slots=known)

    assert (done.slots[Field.CONTACT], done.slots[REQUESTED]) == (None, Field.CONTACT)


async def test_after_a_change_the_rest_is_kept():
    known = dict.fromkeys((Field.CONSENT, Field.NAME, Field.NUMBER), "x")
    done = await answered(Field.CONTACT, "ana@example.org", slots=known)

    assert done.slots[REQUESTED] == Field.CONFIRMED


@pytest.mark.parametrize("intent", ["question", "ask_person", "stop"])
async def test_what_is_no_answer_is_left_to_the_rules(intent):
    done = await answered(Field.CONTACT, "what about my order then", intent)

    assert done.slots == {REQUESTED: Field.CONTACT}


async def test_a_message_that_an_action_has_answered_is_not_read_again():
    tracker = a_tracker("ana@example.org", "inform", slots={REQUESTED: Field.CONTACT})
    tracker.events.insert(-1, {"event": "action", "name": "action_answer"})

    assert (await run(FORM, tracker)).slots == {REQUESTED: Field.CONTACT}


async def test_a_bare_name_does_not_change_the_language():
    events = [{"event": "slot", "name": "language", "value": "de"}]
    done = await answered(Field.NAME, "María José Pérez", events=events, slots={"language": "es"})

    assert done.slots["language"] == "de"


async def test_a_sentence_in_another_language_does():
    done = await answered(Field.NAME, "me llamo María José Pérez", slots={"language": "es"})

    assert "language" not in done.slots
