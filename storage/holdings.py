"""What is held of one customer, for whoever asks for their own data: found by handle, in every table that has any."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, func, or_, select, text, union

from storage.contacts import KeptContact
from storage.contacts import find as find_contacts
from storage.dialogue import find_events
from storage.tables import (
    audits,
    conversations,
    decisions,
    desk_events,
    drafts,
    escalations,
    feedback,
    handoffs,
    mentions,
    opt_outs,
    originals,
    receipts,
    replies,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

BY_ID = "id:"
"""Begins the channel's own id of an account, where its handle is not known any more."""

Row: TypeAlias = "Mapping[str, Any]"
"""One row as the customer may read it: column by column, with plain values."""

_QUOTES = text("""
    select mentions.post_id, mentions.posted_at, parent ->> 'text' as text
    from mentions, jsonb_array_elements(mentions.parents) as given (parent)
    where mentions.channel = :channel and lower(parent ->> 'author_handle') = any(:handles)
    order by mentions.id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """Where to look for what belongs to one customer."""

    channel: str
    author_ids: Sequence[str]
    places: Sequence[int]  #: Their conversations.


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All that is stored of one customer, oldest first in each kind."""

    channel: str
    author_ids: tuple[str, ...]  #: The channel's own ids of the accounts that go, or went, by the handle.
    posts: tuple[Row, ...]
    quotes: tuple[Row, ...]  #: Their words, where posts of others carry them.
    contacts: tuple[KeptContact, ...]
    cases: tuple[Row, ...]
    desk_events: tuple[Row, ...]
    replies: tuple[Row, ...]  #: To them, public and private.
    own_posts: tuple[Row, ...]  #: What people wrote to them in the channel's own app.
    drafts: tuple[Row, ...]
    handoffs: tuple[Row, ...]
    decisions: tuple[Row, ...]
    judgements: tuple[Row, ...]  #: What people found answers to them.
    feedback: tuple[Row, ...]
    originals: tuple[Row, ...]  #: Posts whose masked words are kept encrypted; not the words.
    opt_outs: tuple[Row, ...]
    dialogue_events: tuple[Row, ...]  #: What Rasa keeps.

    def counts(self) -> dict[str, int]:
        """Say how much there is of each kind."""
        kinds = (each.name for each in fields(self) if each.name not in {"channel", "author_ids"})
        return {name: len(getattr(self, name)) for name in kinds}

    @property
    def is_any(self) -> bool:
        """Whether there is anything at all."""
        return any(self.counts().values())


async def find_authors(connection: AsyncConnection, channel: str, who: str) -> tuple[str, ...]:
    """Give the channel's own ids of who goes, or went, by a handle, with "@" or without; none where nobody does.

    *who* may also be "id:" with such an id, for somebody whose handle is not stored any more.
    """
    if who.startswith(BY_ID):
        return (who.removeprefix(BY_ID),)
    named = [
        select(table.c.author_id).where(table.c.channel == channel, func.lower(table.c.author_handle) == _bare(who))
        for table in (mentions, conversations)
    ]
    return tuple(sorted(await connection.scalars(union(*named))))


async def find_handles(
    connection: AsyncConnection, channel: str, author_ids: Collection[str], who: str
) -> tuple[str, ...]:
    """Give all handles that accounts are known by, and the one they were asked for with; in small letters."""
    statement = select(func.lower(mentions.c.author_handle)).distinct()
    known = await connection.scalars(
        statement.where(
            mentions.c.channel == channel, mentions.c.author_id.in_(author_ids), mentions.c.author_handle != ""
        )
    )
    asked = () if who.startswith(BY_ID) else (_bare(who),)
    return tuple(sorted({*known, *asked}))


async def find_holdings(connection: AsyncConnection, channel: str, who: str) -> Holdings:
    """Give all that is stored of a customer; *who* is as `find_authors` takes it."""
    author_ids = await find_authors(connection, channel, who)
    handles = await find_handles(connection, channel, author_ids, who)
    own = (conversations.c.channel == channel, conversations.c.author_id.in_(author_ids))
    places = (await connection.scalars(select(conversations.c.id).where(*own))).all()
    theirs = Theirs(channel=channel, author_ids=author_ids, places=places)
    asked = {**_posted(theirs), **_answered(theirs), **_agreed(theirs)}
    quotes = await connection.execute(_QUOTES, {"channel": channel, "handles": list(handles)})
    return Holdings(
        channel=channel,
        author_ids=author_ids,
        quotes=tuple({**row} for row in quotes.mappings()),
        contacts=await find_contacts(connection, channel, author_ids),
        dialogue_events=await find_events(connection, places),
        **{name: await _rows(connection, statement) for name, statement in asked.items()},
    )


def _posted(theirs: Theirs) -> dict[str, Select[Any]]:
    """Ask for what belongs to single posts."""
    read = decisions.c.understanding
    mood, language = read["mood"].astext.label("mood"), read["language"].astext.label("language")
    post, own = mentions.c.post_id, _own(theirs)
    said = (mentions.c.text, mentions.c.author_handle, mentions.c.author_name, mentions.c.masked, mentions.c.erased_at)
    decided = (decisions.c.route, decisions.c.reasons, read["text"].astext.label("read"), mood, language)
    of_post = select(post, decisions.c.decided_at, *decided).join_from(decisions, mentions)
    judged = select(post, audits.c.article_id, audits.c.right, audits.c.judged_at).join_from(audits, mentions)
    helped = select(post, feedback.c.helped, feedback.c.given_at).join_from(feedback, mentions)
    kept = select(post, originals.c.expires_at).join_from(originals, mentions)
    return {
        "posts": select(post, mentions.c.audience, mentions.c.posted_at, *said).where(*own).order_by(mentions.c.id),
        "decisions": of_post.where(*own).order_by(decisions.c.id),
        "judgements": judged.where(*own).order_by(audits.c.id),
        "feedback": helped.where(*own).order_by(feedback.c.mention_id),
        "originals": kept.where(*own).order_by(originals.c.mention_id),
    }


def _answered(theirs: Theirs) -> dict[str, Select[Any]]:
    """Ask for what was said, or was to be said, to them."""
    to_them = or_(replies.c.conversation_id.in_(theirs.places), replies.c.addressee.in_(theirs.author_ids))
    sent = select(replies.c.audience, replies.c.kind, replies.c.state, replies.c.text, receipts.c.sent_at)
    first_part = and_(receipts.c.reply_id == replies.c.id, receipts.c.part == 1)
    drafted = select(drafts.c.text, drafts.c.final_text, drafts.c.state, drafts.c.drafted_at)
    handed = select(handoffs.c.goal, handoffs.c.suggestion, handoffs.c.reasons, handoffs.c.handed_at)
    return {
        "replies": sent.join_from(replies, receipts, first_part, isouter=True)
        .where(to_them, replies.c.channel == theirs.channel)
        .order_by(replies.c.id),
        "own_posts": select(mentions.c.post_id, mentions.c.audience, mentions.c.posted_at, mentions.c.text)
        .where(mentions.c.conversation_id.in_(theirs.places), mentions.c.ours)
        .order_by(mentions.c.id),
        "drafts": drafted.where(drafts.c.conversation_id.in_(theirs.places)).order_by(drafts.c.id),
        "handoffs": handed.where(handoffs.c.conversation_id.in_(theirs.places)).order_by(handoffs.c.id),
    }


def _agreed(theirs: Theirs) -> dict[str, Select[Any]]:
    """Ask for cases, and for what they wish."""
    case = escalations.c
    told = select(case.reference, case.state, case.opened_at, case.resolved_at, case.goal, case.words)
    heard = select(case.reference, *(desk_events.c[name] for name in ("kind", "text", "author", "heard_at")))
    own = case.conversation_id.in_(theirs.places)
    wished = select(opt_outs.c.author_id, opt_outs.c.since)
    return {
        "cases": told.add_columns(case.contact, case.consent).where(own).order_by(case.id),
        "desk_events": heard.join_from(desk_events, escalations).where(own).order_by(desk_events.c.heard_at),
        "opt_outs": wished.where(opt_outs.c.channel == theirs.channel, opt_outs.c.author_id.in_(theirs.author_ids)),
    }


def _own(theirs: Theirs) -> tuple[ColumnElement[bool], ...]:
    return mentions.c.channel == theirs.channel, mentions.c.author_id.in_(theirs.author_ids), ~mentions.c.ours


async def _rows(connection: AsyncConnection, statement: Select[Any]) -> tuple[Row, ...]:
    return tuple({**row} for row in (await connection.execute(statement)).mappings())


def _bare(handle: str) -> str:
    return handle.removeprefix("@").lower()
