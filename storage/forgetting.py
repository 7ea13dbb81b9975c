"""Erases what private conversations leave beside the posts themselves: contacts, cases, words to and from the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from bot.vocabulary import Audience, EscalationState, ReplyState
from storage import contacts
from storage.dialogue import forget_events
from storage.tables import conversations, desk_events, drafts, escalations, feedback, handoffs, mentions, replies

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

UNDER_WAY = (ReplyState.QUEUED, ReplyState.SENDING)

WITHDRAWN = "Erased before a help desk had it."
"""Why a case that was on its way needs no desk any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased of one customer, each kind by its number."""

    posts: int = 0
    contacts: int = 0
    cases: int = 0
    desk_events: int = 0  #: What help desks said of the cases.
    replies: int = 0  #: Private ones, to the customer, also those that people wrote in the channel's own app.
    feedback: int = 0
    dialogue_events: int = 0  #: What Rasa kept.
    under_way: int = 0  #: Private replies that are being sent now and stay; erase again when they are.
    at_desks: tuple[str, ...] = ()  #: References of cases that a help desk has, which has to erase its own copy.


async def forget_customer(connection: AsyncConnection, channel: str, author_ids: Collection[str]) -> Erased:
    """Erase all that belongs to customers beside their posts, and say what that was.

    A case stays with its reference, its state and when leave was given; one that no desk has is closed.
    """
    own = (conversations.c.channel == channel, conversations.c.author_id.in_(author_ids))
    places = (await connection.scalars(select(conversations.c.id).where(*own))).all()
    desks_have = await _at_desks(connection, places)
    return Erased(
        contacts=await contacts.drop(connection, channel, author_ids),
        desk_events=await _erase_desk_events(connection, places),
        cases=await _erase_cases(connection, places),
        replies=await _erase_replies(connection, places),
        feedback=await _drop_feedback(connection, places),
        under_way=await _count_under_way(connection, places),
        at_desks=desks_have,
    )


async def forget_words(connection: AsyncConnection, mention_ids: Sequence[int], places: Collection[int]) -> None:
    """Take the words of single posts out of cases and handoffs, and drop what Rasa keeps of the conversations *places*.

    Call it while the posts still have their words.
    """
    said = await connection.scalars(select(mentions.c.text).where(mentions.c.id.in_(mention_ids)))
    lines = {line.strip() for text in said for line in text.splitlines()}
    about = or_(escalations.c.conversation_id.in_(places), escalations.c.public_mention_id.in_(mention_ids))
    for case in (await connection.execute(select(escalations.c.id, escalations.c.words).where(about))).all():
        left = "\n".join(line for line in case.words.splitlines() if line.strip() not in lines)
        if left != case.words:
            # The goal is made of the words.
            shorter = {"words": left, "goal": ""}
            await connection.execute(update(escalations).where(escalations.c.id == case.id).values(shorter))
    talked = select(mentions.c.id).where(mentions.c.id.in_(mention_ids), mentions.c.audience == Audience.PRIVATE)
    await connection.execute(update(handoffs).where(handoffs.c.mention_id.in_(talked)).values(goal=""))
    await forget_events(connection, places)


async def _at_desks(connection: AsyncConnection, places: Collection[int]) -> tuple[str, ...]:
    had = or_(escalations.c.sent_at.is_not(None), escalations.c.state == EscalationState.OPEN)
    statement = select(escalations.c.reference).where(escalations.c.conversation_id.in_(places), had)
    return tuple(await connection.scalars(statement.order_by(escalations.c.id)))


async def _erase_cases(connection: AsyncConnection, places: Collection[int]) -> int:
    own = escalations.c.conversation_id.in_(places)
    undelivered = escalations.c.state.in_([EscalationState.QUEUED, EscalationState.DEAD])
    closed = {"state": EscalationState.RESOLVED, "problem": WITHDRAWN, "resolved_at": func.clock_timestamp()}
    await connection.execute(update(escalations).where(own, undelivered).values(**closed))
    without_purpose = escalations.c.consent.concat(cast({"purpose": ""}, JSONB))
    blank = {"goal": "", "words": "", "contact": contacts.BLANK, "consent": without_purpose}
    return (await connection.execute(update(escalations).where(own).values(**blank))).rowcount


async def _erase_desk_events(connection: AsyncConnection, places: Collection[int]) -> int:
    cases = select(escalations.c.id).where(escalations.c.conversation_id.in_(places))
    own = (desk_events.c.escalation_id.in_(cases), or_(desk_events.c.text != "", desk_events.c.author != ""))
    return (await connection.execute(update(desk_events).where(*own).values(text="", author=""))).rowcount


async def _erase_replies(connection: AsyncConnection, places: Collection[int]) -> int:
    """Blank what was said in private, here or by people in the channel's own app, and what was to be said.

    But a reply that may be on its way is looked for by its words.
    """
    private = select(conversations.c.id).where(
        conversations.c.id.in_(places), conversations.c.audience == Audience.PRIVATE
    )
    await connection.execute(
        update(drafts).where(drafts.c.conversation_id.in_(private)).values(text="", final_text=None)
    )
    await connection.execute(
        update(handoffs).where(handoffs.c.conversation_id.in_(private)).values(goal="", suggestion="")
    )
    by_hand = (mentions.c.conversation_id.in_(private), mentions.c.ours, mentions.c.erased_at.is_(None))
    blank = {"text": "", "parents": [], "erased_at": func.clock_timestamp()}
    written = await connection.execute(update(mentions).where(*by_hand).values(blank))
    settled = (replies.c.state.not_in(UNDER_WAY), replies.c.text != "")
    statement = update(replies).where(replies.c.conversation_id.in_(private), *settled).values(text="")
    return written.rowcount + (await connection.execute(statement)).rowcount


async def _drop_feedback(connection: AsyncConnection, places: Collection[int]) -> int:
    own = select(mentions.c.id).where(mentions.c.conversation_id.in_(places))
    return (await connection.execute(delete(feedback).where(feedback.c.mention_id.in_(own)))).rowcount


async def _count_under_way(connection: AsyncConnection, places: Collection[int]) -> int:
    sending = (replies.c.state.in_(UNDER_WAY), replies.c.audience == Audience.PRIVATE)
    statement = select(func.count()).select_from(replies).where(replies.c.conversation_id.in_(places), *sending)
    return int(await connection.scalar(statement) or 0)
