"""Since when a conversation waits for a person, and until when it should have an answer, as values of its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from bot.vocabulary import Route
from storage.tables import conversations, decisions, mentions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ScalarSelect, Select


NOT_WAITING: Mapping[str, Any] = {"waiting_since": None, "due_at": None}
"""Somebody has answered everything."""


def waiting_after(mention_id: int) -> Mapping[str, Any]:
    """Give the values of a conversation in which the mention *mention_id*, and all before it, have got an answer."""
    owed = (mentions.c.id > mention_id, decisions.c.route.in_((Route.DRAFT, Route.HANDOFF)))
    return {
        "waiting_since": _of_decided(select(func.min(mentions.c.posted_at)).where(*owed)),
        "due_at": _of_decided(select(func.min(decisions.c.deadline)).where(*owed)),
    }


def waiting_again() -> Mapping[str, Any]:
    """Give the values of a conversation whose newest mention got no answer after all, unless it waits already."""
    newest = ~mentions.c.ours
    since = _of_decided(select(mentions.c.posted_at).where(newest).order_by(mentions.c.id.desc()).limit(1))
    due = _of_decided(select(decisions.c.deadline).where(newest).order_by(mentions.c.id.desc()).limit(1))
    return {
        "waiting_since": func.coalesce(conversations.c.waiting_since, since),
        "due_at": func.coalesce(conversations.c.due_at, due),
    }


def _of_decided(statement: Select[Any]) -> ScalarSelect[Any]:
    own = mentions.c.conversation_id == conversations.c.id
    joined = mentions.join(decisions, decisions.c.mention_id == mentions.c.id)
    return statement.select_from(joined).where(own).correlate(conversations).scalar_subquery()
