"""Addresses on a channel that a person opens in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from bot.vocabulary import Audience
from responders.x.links import reply_by_hand

if TYPE_CHECKING:
    from bot.settings import XSettings
    from bot.vocabulary import Mention, Reply

REAL = frozenset({"api.twitter.com", "api.x.com"})
"""Hosts of X's own API; behind any other stands a sandbox, whose posts nobody finds on X."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where people see and answer posts; every address is empty where there is none."""

    site: str  #: Origin of X for people; empty with a sandbox.

    @classmethod
    def from_settings(cls, settings: XSettings) -> Self:
        """Give the addresses that belong to the API that is used."""
        return cls(site="https://x.com" if urlsplit(settings.base_url).hostname in REAL else "")

    def post(self, reply: Reply, post_id: str) -> str:
        """Give the address of a post that *reply* became; a direct message has none."""
        is_shown = self.site and reply.channel == "x" and reply.audience is Audience.PUBLIC
        return f"{self.site}/i/web/status/{post_id}" if is_shown else ""

    def answer(self, mention: Mention, text: str) -> str:
        """Give the address where a person answers *mention* with *text* in the channel's own app.

        A program may fill the box, a person presses the button: https://docs.x.com/x-for-websites/web-intents/overview.
        """
        if not self.site or mention.channel != "x":
            return ""
        return reply_by_hand(mention.post_id, text)
