"""The story that the demo tells: one angry customer, from a public post to an e-mail with a reference, and back."""

from __future__ import annotations

import pytest

from bot.cli.demo import sandboxed
from bot.cli.help_desk import with_help_desk
from bot.cli.story import Story, tell
from bot.cli.transcript import said
from bot.dialogue.server import lacking
from bot.settings import load_settings
from bot.vocabulary import EscalationState
from sandbox.config import SandboxConfig
from sandbox.post_office import PostOffice
from sandbox.server import running as sandbox_running
from sandbox.world import World
from storage import escalations
from storage.agents import Role, ensure_agent
from storage.database import Database
from tests.acceptance.stage import Stage, serving

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking() or "Rasa is here")


@pytest.fixture
async def story(trained_url, brain):
    """The story before its first step, on a sandbox with a help desk and a service with Rasa."""
    world, post_office = World(), PostOffice()
    async with (
        sandbox_running(world, SandboxConfig(port=0, limit_scale=100.0), post_office=post_office) as address,
        Database(trained_url) as database,
    ):
        settings = with_help_desk(sandboxed(load_settings(environ={}), address.url), post_office)
        stage = Stage(world=world, url=address.url, settings=settings, database=database).under(web={"port": 0})
        async with database.begin() as connection:
            agent = await ensure_agent(connection, "demo", "DM", Role.OPS, "correct horse battery staple")
        async with serving(stage, brain) as running:
            post_office.send_replies_to("127.0.0.1", running.reply_port)
            yield Story(service=running, world=world, post_office=post_office, agent=agent, since=world.clock())


async def test_the_story_comes_to_its_end(story):
    began = story.world.clock()

    assert await tell(story) == 0

    lines = said(story.world, story.post_office, since=began)
    private, public = (" ".join(line.text for line in lines if line.where == where) for where in ("private", "public"))
    async with story.service.database.begin() as connection:
        (case,) = await escalations.listing(connection)
    assert case.state is EscalationState.RESOLVED
    assert case.escalation.reference in private
    assert case.escalation.reference not in public
