"""Masks personal data before it is stored: all of it in public, and in private what pays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.personal import PAYMENT, Personal, mask
from bot.vocabulary import Audience

if TYPE_CHECKING:
    from bot.personal import Privacy
    from bot.vocabulary import Mention


def masked(mention: Mention, privacy: Privacy) -> Mention:
    """Give *mention* with personal data in its text and its parents' taken out, and the kinds of it named.

    Of direct messages only cards and bank accounts are: nobody needs these to help, and all else an agent may need.
    """
    if mention.ours:
        return mention
    kept_out = PAYMENT if mention.audience is Audience.PRIVATE else frozenset(Personal)
    text, kinds = mask(mention.text, privacy, kept_out)
    parents = tuple(replace(parent, text=mask(parent.text, privacy, kept_out)[0]) for parent in mention.parents)
    return replace(mention, text=text, parents=parents, masked=kinds)
