"""What befalls private conversations: Rasa is killed, the service starts again, the mail server refuses."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import aiohttp
import pytest

from bot.vocabulary import EscalationState
from storage.mentions import mention_of
from storage.tables import decisions, escalations, handoffs, mentions
from tests.acceptance.stage import until
from tests.acceptance.theatre import LACKING, Customer, a_mailbox, playing, rasa_is_up, with_dialogue

pytestmark = pytest.mark.skipif(bool(LACKING), reason=LACKING)


@pytest.fixture
async def mailbox():
    """A mailbox and its port."""
    async with a_mailbox() as opened:
        yield opened


@pytest.fixture
def talking(stage, mailbox):
    """A stage on which private conversations can be led."""
    return with_dialogue(stage, mailbox[1])


def kill_rasa():
    """Kill the Rasa of this process, and nobody else's."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _is_our_rasa(entry):
            os.kill(int(entry.name), signal.SIGKILL)


def _is_our_rasa(entry):
    try:
        command = (entry / "cmdline").read_bytes().split(b"\0")
        parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return False
    return parent == os.getpid() and b"run" in command and any(part.endswith(b"/rasa") for part in command)


async def ready(running):
    """Ask the service how it is."""
    async with aiohttp.ClientSession() as session, session.get(f"{running.url}/readyz") as answer:
        return await answer.json()


async def test_while_rasa_is_dead_people_get_the_messages_and_then_it_recovers(talking, brain):
    async with playing(talking, brain) as running:
        before, late = Customer(talking, "early_bird"), Customer(talking, "late_bird")
        assert (await ready(running))["dialogue"] == "up"
        kill_rasa()
        promised = await before.says("hello")
        down = await until(lambda: is_down(running))
        [made] = await talking.all(handoffs)
        await rasa_is_up(talking, running)
        greeted = await late.says("hello")
        up = await ready(running)

    assert made.reasons == ["dialogue_down"]
    assert "team" in promised
    assert down["dialogue"].startswith("down: Rasa")
    assert "person" in greeted.splitlines()[0]
    assert up["dialogue"] == "up"


async def is_down(running):
    """Give what the service says of itself once it knows that Rasa is down."""
    said = await ready(running)
    return said if said["dialogue"].startswith("down") else None


async def test_a_form_goes_on_after_rasa_and_the_service_have_started_again(talking, brain):
    ana = Customer(talking, "ana")
    async with playing(talking, brain):
        await ana.says("I would like to open a case")
        await ana.says("yes")
    async with playing(talking, brain) as running:
        contact = await ana.says("Ana Ruiz")
        kill_rasa()
        await until(lambda: is_down(running))
        await rasa_is_up(talking, running)
        number = await ana.says("ana@mail.example")
        await ana.says("TN-123456")
        done = await ana.says("yes")
    [case] = await talking.all(escalations)

    assert "mail" in contact
    assert "number" in number
    assert case.reference in done
    assert case.contact["name"] == "Ana Ruiz"
    assert len(ana.heard) == 6


async def test_a_turn_that_was_under_way_at_a_crash_is_not_taken_twice(talking, brain):
    ana = Customer(talking, "ana")
    async with playing(talking, brain) as running:
        dialogue = running.workshop.dialogue
        await ana.says("hello")
        (first,) = await talking.all(decisions)
        taken = await dialogue.turn(1, await the_mention(talking, first.mention_id), repeated=True)
        again = await dialogue.turn(1, await the_mention(talking, first.mention_id), repeated=True)

    assert taken == again
    assert taken.texts[0] in ana.heard[0]


async def the_mention(stage, mention_id):
    """Give a stored mention."""
    async with stage.database.begin() as connection:
        found = await connection.execute(mentions.select().where(mentions.c.id == mention_id))
    return mention_of(found.mappings().one())


async def test_a_case_waits_while_the_mail_server_refuses_and_arrives_once(talking, mailbox, brain):
    ana = Customer(talking, "ana")
    box, _ = mailbox
    box.refuses = "451 come back later"
    async with playing(talking, brain):
        await ana.says("open a case")
        for said in ("yes", "Ana Ruiz", "ana@mail.example", "TN-123456", "yes"):
            await ana.says(said)
        [waiting] = await until(lambda: talking.all(escalations, escalations.c.problem.is_not(None)))
        box.refuses = ""
        await until(lambda: box.about(waiting.reference))
        [sent] = await until(lambda: talking.all(escalations, escalations.c.state == EscalationState.OPEN))

    assert waiting.state == EscalationState.QUEUED
    assert "451" in waiting.problem
    assert sent.problem is None
    assert len(box.about(waiting.reference)) == 1
