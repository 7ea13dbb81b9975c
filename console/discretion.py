"""Refuses to show everybody what is personal, before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.personal import find
from console.forms import TextRefused
from console.wording import personal

if TYPE_CHECKING:
    from bot.personal import Privacy


def check_privacy(text: str, privacy: Privacy) -> None:
    """Do nothing if everybody may read *text*. Raises TextRefused, naming the personal data that it shows."""
    kinds = dict.fromkeys(found.kind for found in find(text, privacy))
    if kinds:
        raise TextRefused(
            f"It would show {personal(tuple(kinds))} to everybody. Take it out, or move to private messages. "
            "What is the brand's own belongs into replying.own_contacts."
        )
