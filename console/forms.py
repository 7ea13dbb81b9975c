"""Reads forms: what browsers send, made harmless for the database and the channel."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from aiohttp import web

from bot.errors import HeedError
from bot.vocabulary import Audience
from responders.counting import MAX_WEIGHT, fits, weighted_length
from responders.policy import LONGEST_MESSAGE
from responders.splitting import MOST_PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    signature = _initials(agent)
    own = text.removesuffix(bot).removesuffix(signature).rstrip()
    return f"{own} {signature}" if own else ""


def introduced(text: str, privacy_url: str) -> str:
    """Give the first private message to a customer with the link to the privacy policy, once."""
    return f"{text}\n\n{privacy_url}" if text and privacy_url and privacy_url not in text else text


def unsigned(text: str, agent: Agent) -> str:
    """Give *text* without the agent's initials at its end, as it was typed."""
    return text.removesuffix(_initials(agent)).rstrip()


def check_text(text: str, audience: Audience = Audience.PUBLIC) -> None:
    """Do nothing if *text* fits into one post, or one message. Raises TextRefused, saying what to change."""
    if not text:
        raise TextRefused("There is nothing to send. Write a text first.")
    if audience is Audience.PRIVATE:
        _check_message(text)
    elif (weight := weighted_length(text)) > MAX_WEIGHT:
        raise TextRefused(f"Too long by {weight - MAX_WEIGHT}: it weighs {weight} of {MAX_WEIGHT}, signature included.")
    elif not fits(text):
        raise TextRefused("The text holds characters that the channel refuses.")


def check_parts(parts: Sequence[str]) -> None:
    """Do nothing if the channel takes all *parts*. Raises TextRefused, saying what to change."""
    if len(parts) > MOST_PARTS:
        raise TextRefused(
            f"Too long: it would take {len(parts)} posts, and {MOST_PARTS} is the most. "
            "Shorten it, or move to private messages."
        )
    for part in parts:
        check_text(part)


def _initials(agent: Agent) -> str:
    return f"^{agent.initials}"


def _check_message(text: str) -> None:
    if len(text) > LONGEST_MESSAGE:
        raise TextRefused(f"Too long by {len(text) - LONGEST_MESSAGE}: a message takes {LONGEST_MESSAGE} characters.")


def _plain(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}).strip()
