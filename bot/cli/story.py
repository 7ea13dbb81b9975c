"""The second part of the demo: one angry customer, from a public post to an e-mail with a reference, and back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.live import Live
from sqlalchemy import select

from bot.cli.output import out
from bot.cli.transcript import said, table
from bot.dialogue.client import RasaDialogue
from bot.dialogue.server import lacking
from bot.errors import HeedError
from bot.settings import ROOT
from console.forms import signed
from responders.x.posts import CHANNEL
from sandbox.refusals import Refused
from sandbox.scenario import DeskAct, Sign, load, perform
from sandbox.signs import has_come
from sandbox.timeline import Span
from storage import cases
from storage.erasing import erase_author
from storage.report import courses
from storage.tables import conversations, mentions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from rich.table import Table

    from bot.service import Service
    from sandbox.post_office import PostOffice
    from sandbox.scenario import Scenario, Step
    from sandbox.world import World
    from storage.agents import Agent
    from storage.report import Course

SCENARIO = ROOT / "sandbox/scenarios/offline.yml"

PATIENCE_SECONDS = 60.0
"""How long a step waits for what it needs."""

START_SECONDS = 120.0
"""How long Rasa may take to start."""

LOOK_SECONDS = 0.1


class Stuck(HeedError):
    """What a step of the story waits for did not come."""


@dataclass(slots=True, kw_only=True)
class Story:
    """A story under way."""

    service: Service
    world: World
    post_office: PostOffice
    agent: Agent  #: Who works in the console.
    since: datetime  #: When the last step that did something began.
    ids: dict[str, str] = field(default_factory=dict)

    async def go_on(self, step: Step) -> None:
        """Wait for what *step* needs, and do it. Raises Stuck."""
        if step.after is not None:
            await self._see(step.after, step)
        if step.only_waits:
            return
        self.since = self.world.clock()
        if step.invites:
            self.ids[step.case] = await self._invite(step)
        elif step.desk is not None:
            mail = self.post_office.mails()[0]
            await self.post_office.answer(mail.id, step.text, resolves=step.desk is DeskAct.RESOLVE)
        else:
            self.ids[step.case] = perform(self.world, step, self.ids)
        if step.expect is not None:
            await self._expect(step)

    async def _invite(self, step: Step) -> str:
        """Send the suggestion that offers a direct message, as the agent; the conversation is the bot's again."""
        post_id, database = self.ids[step.invites], self.service.database
        async with database.begin() as connection:
            of = select(mentions.c.conversation_id).where(mentions.c.channel == CHANNEL, mentions.c.post_id == post_id)
            place = (await connection.scalars(of)).one()
            case = await cases.find_case(connection, place)
            suggested = case.handoff.handoff.suggestion if case and case.handoff else ""
            text = signed(suggested or step.text, self.agent, bot=self.service.settings.replying.signature)
            reply_id = await cases.write_reply(connection, place, text=text, by=self.agent, invites=True)
            await cases.return_to_bot(connection, place, by=self.agent)
        await self.service.workshop.foreman.deliver(reply_id)
        await self._see(Sign.POST, step)
        return self.world.published(self.world.brand.id, Span()).ids[0]

    async def _see(self, sign: Sign, step: Step) -> None:
        async def come() -> bool:
            return has_come(sign, self.world, self.post_office, since=self.since)

        await _until(come, PATIENCE_SECONDS, f"Step {step.case}: no {sign} came within {PATIENCE_SECONDS:g} s.")

    async def _expect(self, step: Step) -> None:
        post_id = self.ids[step.case]
        course: dict[str, Course] = {}

        async def decided() -> bool:
            async with self.service.database.begin() as connection:
                course.update(await courses(connection, CHANNEL, [post_id]))
            return post_id in course

        await _until(decided, PATIENCE_SECONDS, f"Step {step.case}: not decided within {PATIENCE_SECONDS:g} s.")
        if course[post_id].route.value != step.expect:
            raise Stuck(f"Step {step.case}: {course[post_id].route} instead of {step.expect}.")


async def tell(story: Story) -> int:
    """Play the story and show what was said; 1 where it does not come to its end."""
    if problem := lacking():
        out.print(f"\nA private conversation and its e-mails are left out: {problem}", markup=False)
        return 0
    scenario, began = load(SCENARIO), story.world.clock()
    await _begin_anew(story, scenario)
    out.print("\nOne angry customer: from a public post to private messages, to the help desk by e-mail, and back.\n")
    with Live(
        console=out, refresh_per_second=4, transient=True, get_renderable=lambda: _shown(story, began, out.height)
    ):
        problem = await _play(story, scenario)
    out.print(_shown(story, began))
    out.print(f"\n{problem}" if problem else "\nThe story came to its end.", style="red" if problem else "bold")
    return 1 if problem else 0


async def _play(story: Story, scenario: Scenario) -> str:
    """Play all steps and give what stopped that; empty where nothing did."""
    try:
        await _rasa_up(story.service)
        for step in scenario.steps:
            await story.go_on(step)
    except (HeedError, Refused) as error:
        return str(error)
    return ""


def _shown(story: Story, began: datetime, height: int = 0) -> Table:
    return table(said(story.world, story.post_office, since=began), last=max(height - 6, 0))


async def _begin_anew(story: Story, scenario: Scenario) -> None:
    """Forget the story's customers, who said the same when it was told before; their conversations are the bot's."""
    async with story.service.database.begin() as connection:
        for handle in {step.author for step in scenario.steps if step.author}:
            await erase_author(connection, CHANNEL, handle)
            author = story.world.accounts.open(handle).id
            theirs = select(conversations.c.id).where(
                conversations.c.channel == CHANNEL, conversations.c.author_id == author
            )
            for place in (await connection.scalars(theirs)).all():
                await cases.return_to_bot(connection, place, by=story.agent)


async def _rasa_up(service: Service) -> None:
    dialogue = service.workshop.dialogue
    if not isinstance(dialogue, RasaDialogue):
        raise Stuck("Rasa is switched off: dialogue.rasa = 'off'.")
    await _until(dialogue.is_up, START_SECONDS, f"Rasa did not start within {START_SECONDS:g} s.")


async def _until(ask: Callable[[], Awaitable[bool]], seconds: float, problem: str) -> None:
    end = time.monotonic() + seconds
    while not await ask():
        if time.monotonic() > end:
            raise Stuck(problem)
        await asyncio.sleep(LOOK_SECONDS)
