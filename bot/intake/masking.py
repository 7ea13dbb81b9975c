"""Masks personal data that customers post in public, before it is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.personal import mask
from bot.vocabulary import Audience

if TYPE_CHECKING:
    from bot.personal import Privacy
    from bot.vocabulary import Mention


def masked(mention: Mention, privacy: Privacy) -> Mention:
    """Give *mention* with personal data in its text and its parents' taken out, and the kinds of it named.

    Direct messages stay as they are: only we read them, and an agent may need what they hold.
    """
    if mention.audience is Audience.PRIVATE or mention.ours:
        return mention
    text, kinds = mask(mention.text, privacy)
    parents = tuple(replace(parent, text=mask(parent.text, privacy)[0]) for parent in mention.parents)
    return replace(mention, text=text, parents=parents, masked=kinds)
