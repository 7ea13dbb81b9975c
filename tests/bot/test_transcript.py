"""What the demo shows of a conversation that goes from place to place, and how it joins the service to the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count

import pytest
from rich.console import Console

from bot.cli.help_desk import with_help_desk
from bot.cli.transcript import Line, said, table
from bot.settings import Settings
from sandbox.post_office import PostOffice
from sandbox.world import NewPost, World
from tests.sandbox.mails import send_case


@pytest.fixture
def clock():
    """A clock that moves by a second with each reading."""
    seconds = count()
    return lambda: datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(seconds=next(seconds))


async def test_everything_that_was_said_is_listed_in_order_wherever_it_was_said(clock):
    world, desk, heed = World(clock=clock), PostOffice(clock=clock), PostOffice()
    async with desk.open(), heed.open():
        desk.send_replies_to("127.0.0.1", heed.port)
        began = clock()
        root = world.post(NewPost(author="mara_k", text="angry"))
        world.post(NewPost(author=world.brand.handle, text="sorry", reply_to=root.id))
        world.send("mara_k", world.brand.handle, "hello")
        await send_case(desk.port, subject="a case")
        await desk.answer("1", "done", resolves=True)
        world.send(world.brand.handle, "mara_k", "it is done")

    lines = said(world, desk, since=began)

    assert [(line.who, line.where, line.text) for line in lines] == [
        ("@mara_k", "public", "angry"),
        ("@TarnwellHelp", "public", "sorry"),
        ("@mara_k", "private", "hello"),
        ("Heed", "e-mail", "a case"),
        ("the help desk", "e-mail", "#resolved done"),
        ("@TarnwellHelp", "private", "it is done"),
    ]


def test_what_was_said_before_is_left_out(clock):
    world = World(clock=clock)
    world.post(NewPost(author="mara_k", text="yesterday"))

    assert said(world, PostOffice(), since=clock()) == []


def test_each_line_of_the_table_is_one_line_on_the_screen(clock):
    lines = [Line(at=clock(), who="@mara_k", where="private", text="one\ntwo [bold]" + " long" * 200)]
    screen = Console(width=120, file=StringIO())

    screen.print(table(lines))

    shown = screen.file.getvalue().splitlines()
    assert len(shown) == 2
    assert "one two [bold] long" in shown[1]


def test_the_service_is_told_where_the_help_desk_is_and_how_answers_are_signed():
    settings = with_help_desk(Settings(), PostOffice(port=2525))

    assert (settings.dialogue.rasa, settings.offline.desk, settings.email.port) == ("child", "email", 2525)
    assert settings.email.reply_key.get_secret_value()
    assert settings.replying.privacy_url


def test_a_privacy_policy_of_ones_own_stays():
    own = Settings(replying={"privacy_url": "https://example.org/privacy"})

    assert with_help_desk(own, PostOffice(port=2525)).replying.privacy_url == "https://example.org/privacy"
