"""Reads forms: what browsers send, made harmless for the database and the channel."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import HeedError
from responders.counting import MAX_WEIGHT, fits, weighted_length

if TYPE_CHECKING:
    from storage.agents import Agent


class TextRefused(HeedError):
    """The text cannot be posted."""


async def field(request: web.Request, name: str) -> str:
    """Give one text field without control characters and outer spaces, "" where missing. Raises HTTPBadRequest."""
    return _plain(await secret(request, name))


async def secret(request: web.Request, name: str) -> str:
    """Give one text field exactly as it was typed; empty where it is missing. Raises HTTPBadRequest."""
    try:
        value = (await request.post()).get(name, "")
    except (UnicodeError, LookupError, ValueError) as error:
        raise web.HTTPBadRequest from error
    return value if isinstance(value, str) else ""


def signed(text: str, agent: Agent, *, bot: str) -> str:
    """Give *text* with the agent's initials at its end, once; *bot*, the bot's signature, goes: a person wrote this."""
    signature = f"^{agent.initials}"
    own = text.removesuffix(bot).removesuffix(signature).rstrip()
    return f"{own} {signature}" if own else ""


def check_text(text: str) -> None:
    """Do nothing if the channel takes *text*. Raises TextRefused, saying what to change."""
    if not text:
        raise TextRefused("There is nothing to send. Write a text first.")
    weight = weighted_length(text)
    if weight > MAX_WEIGHT:
        raise TextRefused(f"Too long by {weight - MAX_WEIGHT}: it weighs {weight} of {MAX_WEIGHT}, signature included.")
    if not fits(text):
        raise TextRefused("The text holds characters that the channel refuses.")


def _plain(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}).strip()
