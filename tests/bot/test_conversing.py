"""Private messages are led one after the other, and all that follows from one is stored at once or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.actions.orders import Answered, Escalate, Feedback, HandOff, to_message
from bot.conversing import Parlour
from bot.errors import DialogueDown
from bot.ports import Turn
from bot.settings import Settings
from bot.vocabulary import Audience, Consent, Contact, Outcome, Reason, Route
from storage.inbox import admit, conversations_waiting, next_due, take
from storage.tables import contacts, conversations, decisions, escalations, feedback, handoffs, inbox, replies
from tests.bot.values import a_decision, a_mention, an_understanding

SETTINGS = Settings.model_validate(
    {
        "dialogue": {"rasa": "child"},
        "offline": {"desk": "email"},
        "email": {"sender": "us@t.example", "recipient": "desk@t.example"},
        "replying": {"privacy_url": "https://t.example/p"},
    }
)
CASE = Escalate(
    reference="H7K-2QF-9",
    contact=Contact(name="Ana", email="ana@mail.example"),
    consent=Consent(purpose="May we keep it?", keep_days=90, given_at=datetime.now(UTC)),
    consent_mention_id=1,
)


class Script:
    """A dialogue that says what a test has written down."""

    def __init__(self, *turns):
        self.turns = list(turns)
        self.asked = []

    async def turn(self, conversation_id, mention, *, repeated):
        self.asked.append((mention.text, repeated))
        made = self.turns.pop(0)
        if isinstance(made, Exception):
            raise made
        return made

    async def is_up(self):
        return True


def said(*texts, orders=()):
    return Turn(texts=texts, orders=tuple(to_message(order) for order in orders))


async def think(admitted):
    reading = an_understanding(admitted.mention.text)
    decision = a_decision(Route.DRAFT, Reason.UNCERTAIN, understanding=reading, confidence=0.2)
    return Outcome(admitted=admitted, decision=decision)


@pytest.fixture
def parlour(database):
    def led_by(*turns):
        return Parlour(
            settings=SETTINGS, database=database, dialogue=Script(*turns), think=think, versions=lambda: {"brain": "1"}
        )

    return led_by


@pytest.fixture
def rows(database):
    async def found(table):
        async with database.begin() as connection:
            return (await connection.execute(select(table))).mappings().all()

    return found


async def hear(database, *texts):
    """Hear direct messages of one customer, and give their conversation."""
    async with database.begin() as connection:
        messages = [a_mention(text, audience=Audience.PRIVATE, root_id="7") for text in texts]
        await admit(connection, messages, talked=True)
        (place,) = await conversations_waiting(connection, 10)
        return place


async def test_messages_are_led_in_the_order_in_which_they_were_written(database, parlour, rows):
    place = await hear(database, "hi", "my dock is dead")
    talk = parlour(said("Hello."), said("Unplug it."))
    while await talk.lead_next(place):
        pass

    assert [text for text, _ in talk.dialogue.asked] == ["hi", "my dock is dead"]
    assert [row["text"].split("\n")[0] for row in await rows(replies)] == ["Hello.", "Unplug it."]
    assert [row["reasons"] for row in await rows(decisions)] == [["in_dialogue"]] * 2
    assert await rows(inbox) == []


async def test_a_message_that_comes_meanwhile_takes_back_no_answer(database, parlour, rows):
    place = await hear(database, "hi")
    talk = parlour(said("Hello."), said("Unplug it."))
    await talk.lead_next(place)
    await hear(database, "my dock is dead")
    await talk.lead_next(place)

    assert [row["state"] for row in await rows(replies)] == ["queued", "queued"]


async def test_a_message_whose_turn_was_lost_is_asked_for_as_repeated(database, parlour):
    place = await hear(database, "hi")
    talk = parlour(RuntimeError("killed"), said("Hello."))
    with pytest.raises(RuntimeError):
        await talk.lead_next(place)
    await talk.lead_next(place)

    assert talk.dialogue.asked == [("hi", False), ("hi", True)]


async def test_a_person_gets_the_message_when_the_dialogue_is_down(database, parlour, rows):
    place = await hear(database, "hi")
    await parlour(DialogueDown()).lead_next(place)

    assert [row["reasons"] for row in await rows(handoffs)] == [["dialogue_down"]]
    assert [row["state"] for row in await rows(conversations)] == ["open"]
    assert len(await rows(replies)) == 1


async def test_the_dialogue_is_not_asked_while_a_person_is_awaited(database, parlour, rows):
    place = await hear(database, "I want a person", "hello?")
    talk = parlour(said("A colleague comes.", orders=[HandOff(reason=Reason.ASKED_FOR_PERSON)]))
    while await talk.lead_next(place):
        pass

    assert len(talk.dialogue.asked) == 1
    assert [row["reasons"] for row in await rows(handoffs)] == [["asked_for_person"], ["conversation_with_agent"]]
    assert len(await rows(replies)) == 1


async def test_a_conversation_is_over_when_the_answer_helped(database, parlour, rows):
    place = await hear(database, "my dock is dead", "yes")
    talk = parlour(
        said("Unplug it.", orders=[Answered(article_id="reset-password", confidence=0.9)]),
        said("Glad.", orders=[Feedback(helped=True)]),
    )
    while await talk.lead_next(place):
        pass
    first, _ = await rows(decisions)

    assert [(row["mention_id"], row["helped"]) for row in await rows(feedback)] == [(first["mention_id"], True)]
    assert [row["state"] for row in await rows(conversations)] == ["resolved"]


async def test_who_comes_back_finds_the_bot_again(database, parlour, rows):
    place = await hear(database, "yes")
    talk = parlour(said("Glad.", orders=[Feedback(helped=True)]), said("Hello again."))
    await talk.lead_next(place)
    assert await hear(database, "hi") == place
    await talk.lead_next(place)

    assert [row["state"] for row in await rows(conversations)] == ["pending"]
    assert len(talk.dialogue.asked) == 2


async def test_a_case_is_stored_with_its_contact_and_with_the_reply_that_names_it(database, parlour, rows):
    place = await hear(database, "my dock smells odd, order TN-123456", "yes")
    talk = parlour(said("May I keep it?"), said("It is H7K-2QF-9.", orders=[CASE]))
    await talk.lead_next(place)
    (first,) = await rows(decisions)
    talk.dialogue.turns[0].orders[0]["consent_mention_id"] = first["mention_id"] + 1
    followed = await talk.lead_next(place)
    (case,), (contact,) = await rows(escalations), await rows(contacts)

    assert followed.escalation == case["id"]
    assert (case["reference"], case["words"], case["state"]) == (
        "H7K-2QF-9",
        "my dock smells odd, order TN-123456",
        "queued",
    )
    assert (contact["name"], contact["email"]) == ("Ana", "ana@mail.example")
    assert "H7K-2QF-9" in (await rows(replies))[-1]["text"]


async def test_what_another_process_decided_is_left_to_it(database, parlour, rows):
    place = await hear(database, "hi")
    talk = parlour(said("Hello."))

    async def meanwhile(admitted):
        async with database.begin() as connection:
            await connection.execute(inbox.delete())
        return await think(admitted)

    talk = Parlour(
        settings=SETTINGS, database=database, dialogue=talk.dialogue, think=meanwhile, versions=lambda: {"brain": "1"}
    )
    followed = await talk.lead_next(place)

    assert followed.replies == ()
    assert await rows(decisions) == []


async def test_the_bot_is_silent_while_an_agent_has_the_conversation(database, parlour, rows):
    place = await hear(database, "hi")
    async with database.begin() as connection:
        await connection.execute(update(conversations).values(owner="ana", state="open"))
    talk = parlour()
    await talk.lead_next(place)

    assert talk.dialogue.asked == []
    assert await rows(replies) == []


async def test_a_message_that_waits_for_its_turn_is_nothing_for_a_batch(database):
    await hear(database, "hi")
    async with database.begin() as connection:
        batch, due = await take(connection, 64, talked=True), await next_due(connection, talked=True)

    assert (batch, due) == ([], None)
