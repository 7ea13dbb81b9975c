"""Hands cases to Chatwoot over its public API for API inboxes, which needs no token but the inbox's identifier.

https://developers.chatwoot.com/api-reference/contacts-api/create-a-contact and its neighbours
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession
from yarl import URL

from bot.errors import DeskDown, SettingsError
from responders.cases import as_text
from responders.webhook.desk import check_status

if TYPE_CHECKING:
    from bot.settings import ChatwootSettings
    from bot.vocabulary import Escalation

REFERENCE = "heed_reference"
"""The custom attribute of a conversation that names its case; webhooks bring it back."""

HINT = "The customer gets your messages here as direct messages, and is told when you resolve the conversation."

LARGEST_ANSWER = 1_048_576
"""Bytes; lists of conversations come with their messages."""


class ChatwootDesk:
    """Makes a conversation of each case. A help desk in the sense of `bot.ports`."""

    name = "chatwoot"

    def __init__(self, session: ClientSession, settings: ChatwootSettings) -> None:
        self._session = session
        self._settings = settings
        try:
            self._inbox = URL(settings.url).origin() / "public/api/v1/inboxes" / settings.inbox
        except ValueError as error:
            raise SettingsError(
                f"chatwoot.url: {settings.url!r} is not an address; write https://host or http://host:port"
            ) from error

    async def open(self, escalation: Escalation, delivery_id: str) -> str:
        """Make what is missing of contact, conversation and first message, and give the conversation's number.

        The delivery is the contact's own id in the inbox, so that a second try finds what a first one made. Raises
        DeskDown, DeskRefused.
        """
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                return await self._open(escalation, delivery_id)
        except TimeoutError as error:
            raise DeskDown(f"Chatwoot gave no answer in {self._settings.timeout_seconds:g} s.") from error
        except (ClientError, OSError) as error:
            raise DeskDown(f"Chatwoot cannot be reached: {type(error).__name__}; see chatwoot.url.") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DeskDown("Chatwoot gave an answer that is none of its API; see chatwoot.url.") from error

    async def _open(self, escalation: Escalation, delivery_id: str) -> str:
        await self._ask("POST", self._inbox / "contacts", _contact(escalation, delivery_id))
        conversations = self._inbox / "contacts" / delivery_id / "conversations"
        known = await self._ask("GET", conversations)
        conversation = known[0] if known else await self._ask("POST", conversations, _conversation(escalation))
        number = str(int(conversation["id"]))
        if not conversation.get("messages"):
            await self._ask("POST", conversations / number / "messages", {"content": as_text(escalation, HINT)})
        return number

    async def _ask(self, method: str, url: URL, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        async with self._session.request(method, url, json=body, allow_redirects=False) as answer:
            check_status(answer.status)
            return json.loads(await _whole(answer.content.iter_chunked(65_536)))


async def _whole(chunks: Any) -> bytes:  # noqa: ANN401 - aiohttp does not name the type
    read = b""
    async for chunk in chunks:
        read += chunk
        if len(read) > LARGEST_ANSWER:
            raise ValueError("an answer larger than any of Chatwoot's")
    return read


def _contact(escalation: Escalation, delivery_id: str) -> dict[str, Any]:
    contact = escalation.contact
    given = {"email": contact.email, "phone_number": contact.phone}
    return {
        "source_id": delivery_id,
        "name": contact.name or f"@{escalation.handle}",
        **{name: value for name, value in given.items() if value},
    }


def _conversation(escalation: Escalation) -> dict[str, Any]:
    attributes = {
        REFERENCE: escalation.reference,
        "heed_channel": escalation.channel,
        "heed_handle": escalation.handle,
        "heed_language": escalation.language,
    }
    return {"custom_attributes": attributes}
