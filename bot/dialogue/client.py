"""Talks to a Rasa server: gives it a customer's message, and takes what is to be said and done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.errors import DialogueDown
from bot.ports import Turn
from storage.dialogue import sender_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from bot.vocabulary import Mention

CHANNEL = "heed"
"""The channel of `credentials.yml` on which Rasa takes messages; see `bot/dialogue/channel.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a Rasa server listens."""

    url: str
    token: str  #: Of our channel there.


class RasaDialogue:
    """Private conversations led by Rasa."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: Callable[[], Address | None],
        *,
        events: Callable[[int], Awaitable[Sequence[Mapping[str, Any]]]],
        timeout_seconds: float,
    ) -> None:
        """Talk to the server at *address*, asked for each message since a restarted one moves; None while none runs.

        *events* gives what Rasa keeps of a conversation, oldest first, in Rasa's own form.
        """
        self._session = session
        self._address = address
        self._events = events
        self._timeout = timeout_seconds

    async def turn(self, conversation_id: int, mention: Mention, *, repeated: bool) -> Turn:
        """Take one message; see `bot.ports.Dialogue`."""
        if repeated and (made := made_of(await self._events(conversation_id), mention.id)) is not None:
            return made
        about = {"mention_id": mention.id, "said_at": mention.posted_at.isoformat()}
        body = {"sender": sender_of(conversation_id), "message": mention.text, "metadata": about}
        return read_messages(await self._ask("POST", "webhook", json=body))

    async def is_up(self) -> bool:
        """Say whether the server answers."""
        try:
            await self._ask("GET", "")
        except DialogueDown:
            return False
        return True

    async def _ask(self, method: str, path: str, *, json: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        address = self._address()
        if address is None:
            raise DialogueDown("Rasa is not running.")
        url = f"{address.url.rstrip('/')}/webhooks/{CHANNEL}/{path}"
        shown = {"Authorization": f"Bearer {address.token}"}
        try:
            async with asyncio.timeout(self._timeout):
                async with self._session.request(method, url, json=json, headers=shown) as answer:
                    if answer.status != 200:  # noqa: PLR2004 - the only status that Rasa answers well with
                        raise DialogueDown(f"Rasa answered with status {answer.status}.")
                    return await answer.json(content_type=None)
        except TimeoutError as error:
            raise DialogueDown(f"Rasa did not answer within {self._timeout:g} seconds.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise DialogueDown(f"Rasa cannot be reached: {type(error).__name__}.") from error


def read_messages(messages: Iterable[Mapping[str, Any]]) -> Turn:
    """Read what Rasa answers on a message."""
    said = list(messages)
    return Turn(
        texts=tuple(str(message["text"]) for message in said if message.get("text")),
        orders=tuple(message["custom"] for message in said if isinstance(message.get("custom"), dict)),
    )


def made_of(events: Sequence[Mapping[str, Any]], mention_id: int) -> Turn | None:
    """Give what was made of a message of ours by the *events* of its conversation; None where Rasa never had it."""
    places = [
        place
        for place, event in enumerate(events)
        if event.get("event") == "user" and (event.get("metadata") or {}).get("mention_id") == mention_id
    ]
    if not places:
        return None
    said: list[Mapping[str, Any]] = []
    for event in events[places[-1] + 1 :]:
        if event.get("event") == "user":
            break
        if event.get("event") == "bot":
            said.append({"text": event.get("text"), "custom": (event.get("data") or {}).get("custom")})
    return read_messages(said)
