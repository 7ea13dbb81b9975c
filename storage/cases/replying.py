"""What people let out: drafts that they approve, drafts that they reject, and their own words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Text, and_, cast, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.errors import IllegalMove
from bot.vocabulary import Audience, AuditSource, ConversationState, DraftState, Reason, Reply, ReplyKind
from storage import audits, outbox
from storage.cases.settling import AlreadySettled, NotFound, claim, hold
from storage.notices import Notice, Subject, notify
from storage.tables import conversations, decisions, drafts, handoffs, mentions, replies
from storage.threads import UNANSWERED, rest
from storage.waiting import waiting_after

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.agents import Agent


async def approve_draft(
    connection: AsyncConnection, draft_id: int, *, text: str, by: Agent, undo_seconds: float = 0.0
) -> int:
    """Queue *text*, the draft or what *by* made of it, and give the reply's id; it was checked to fit the channel.

    It leaves after *undo_seconds*, and can be taken back until then.

    Raises AlreadySettled naming who was faster, TakenByOther, IllegalMove where the post is answered, NotFound.
    """
    draft = await _settle(connection, draft_id, by=by, state=DraftState.APPROVED, final_text=text)
    await _audit(connection, draft, sent=text, by=by)
    mention = await _mention(connection, mentions.c.id == draft.mention_id)
    reply = await outbox.queue(
        connection,
        _reply(mention, text, kind=ReplyKind.APPROVED, by=by),
        chain_id=mention.chain_id,
        wait_seconds=undo_seconds,
    )
    if reply is None:
        raise IllegalMove("This post is answered already; a second reply is not allowed.")
    await _no_longer_waits(connection, draft.conversation_id, draft.mention_id)
    await rest(connection, [draft.conversation_id])
    await _announce(connection, draft.conversation_id, draft.mention_id)
    return reply.id


async def reject_draft(connection: AsyncConnection, draft_id: int, *, note: str, by: Agent) -> None:
    """Put the draft aside and hand the conversation to people, with *note* as the handoff's goal.

    Raises AlreadySettled naming who was faster, TakenByOther, NotFound.
    """
    draft = await _settle(connection, draft_id, by=by, state=DraftState.REJECTED)
    await audits.judge_draft(connection, draft.mention_id, AuditSource.REJECTED, right=False, by=by.name)
    await _hand_off(connection, draft, goal=note)
    await connection.execute(
        update(conversations)
        .where(conversations.c.id == draft.conversation_id)
        .values(state=ConversationState.OPEN, updated_at=func.now())
    )
    await _announce(connection, draft.conversation_id, draft.mention_id)


async def write_reply(
    connection: AsyncConnection,
    conversation_id: int,
    *,
    text: str,
    by: Agent,
    undo_seconds: float = 0.0,
    invites: bool = False,
) -> int:
    """Queue the agent's own *text* to the newest mention and give the reply's id; it was checked to fit the channel.

    With *invites* it offers a direct message. It leaves after *undo_seconds*, and can be taken back until then. The
    conversation becomes the agent's, and a draft that waited is put aside. Raises TakenByOther, NotFound, and
    IllegalMove where the same words already answer that post, as after a double click.
    """
    await claim(connection, conversation_id, by=by)
    mention = await _mention(connection, and_(mentions.c.conversation_id == conversation_id, _may_be_answered()))
    await _refuse_twice(connection, mention.id, text)
    await _put_drafts_aside(connection, conversation_id, sent=text, by=by)
    reply = await outbox.queue(
        connection,
        replace(_reply(mention, text, kind=ReplyKind.AGENT, by=by), invites=invites),
        chain_id=mention.chain_id,
        wait_seconds=undo_seconds,
    )
    if reply is None:
        raise IllegalMove("This post is answered already.")
    await _no_longer_waits(connection, conversation_id, mention.id)
    await _announce(connection, conversation_id, mention.id)
    return reply.id


async def _settle(connection: AsyncConnection, draft_id: int, *, by: Agent, **values: object) -> Row[Any]:
    where = await connection.scalar(select(drafts.c.conversation_id).where(drafts.c.id == draft_id))
    if where is None:
        raise NotFound("There is no such draft.")
    await hold(connection, where, by=by)
    statement = (
        update(drafts)
        .where(drafts.c.id == draft_id, drafts.c.state == DraftState.PENDING)
        .values(**values, settled_by=by.name, settled_at=func.now())
        .returning(drafts)
    )
    row: Row[Any] | None = (await connection.execute(statement)).first()
    if row is None:
        raise await _who_settled(connection, draft_id)
    return row


async def _who_settled(connection: AsyncConnection, draft_id: int) -> AlreadySettled:
    statement = select(drafts.c.state, drafts.c.settled_by).where(drafts.c.id == draft_id)
    row = (await connection.execute(statement)).one()
    if row.state == DraftState.WITHDRAWN:
        return AlreadySettled(f"This draft was withdrawn. {row.settled_by.removeprefix('the bot: ')}")
    return AlreadySettled(f"{row.settled_by or 'Somebody'} {row.state} this draft already.")


async def _mention(connection: AsyncConnection, condition: ColumnElement[bool]) -> Row[Any]:
    newest = select(mentions).where(condition).order_by(mentions.c.id.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    if row is None:
        raise NotFound("There is no post to reply to.")
    return row


def _may_be_answered() -> ColumnElement[bool]:
    """A customer's post that is not read together with another."""
    continued = exists().where(
        decisions.c.mention_id == mentions.c.id, decisions.c.reasons == cast([Reason.CONTINUED], ARRAY(Text))
    )
    return and_(~mentions.c.ours, ~continued)


def _reply(mention: Row[Any], text: str, *, kind: ReplyKind, by: Agent) -> Reply:
    return Reply(
        channel=mention.channel,
        in_reply_to=mention.post_id,
        text=text,
        kind=kind,
        audience=Audience(mention.audience),
        addressee=mention.author_id,
        author=by.name,
        mention_id=mention.id,
        conversation_id=mention.conversation_id,
    )


async def _hand_off(connection: AsyncConnection, draft: Row[Any], *, goal: str) -> None:
    mood = func.coalesce(decisions.c.understanding["mood"].as_float(), 0.0)
    decided = select(mood.label("mood"), decisions.c.reasons, decisions.c.priority)
    row = (await connection.execute(decided.where(decisions.c.mention_id == draft.mention_id))).first()
    values = {
        "mention_id": draft.mention_id,
        "conversation_id": draft.conversation_id,
        "goal": goal or "The draft was not fit to send.",
        "mood": row.mood if row else 0.0,
        "reasons": row.reasons if row else [],
        "priority": row.priority if row else 0.0,
    }
    statement = insert(handoffs).values(values)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["mention_id"], set_={"goal": statement.excluded.goal, "handed_at": func.now()}
        )
    )


async def _refuse_twice(connection: AsyncConnection, mention_id: int, text: str) -> None:
    same = exists().where(
        replies.c.mention_id == mention_id,
        replies.c.text == text,
        replies.c.state.not_in(UNANSWERED),
    )
    if await connection.scalar(select(same)):
        raise IllegalMove("Exactly this reply is on its way already.")


async def _put_drafts_aside(connection: AsyncConnection, conversation_id: int, *, sent: str, by: Agent) -> None:
    put_aside = await connection.execute(
        update(drafts)
        .where(drafts.c.conversation_id == conversation_id, drafts.c.state == DraftState.PENDING)
        .values(state=DraftState.REJECTED, settled_by=by.name, settled_at=func.now())
        .returning(drafts)
    )
    for draft in put_aside.all():
        await _audit(connection, draft, sent=sent, by=by)


async def _audit(connection: AsyncConnection, draft: Row[Any], *, sent: str, by: Agent) -> None:
    """Take what the agent sent in the place of *draft* for a judgement on it."""
    source, right = audits.judgement(draft.text, sent)
    await audits.judge_draft(connection, draft.mention_id, source, right=right, by=by.name)


async def _no_longer_waits(connection: AsyncConnection, conversation_id: int, answered: int) -> None:
    """End the wait for an answer to the mention *answered* and to all before it."""
    own = conversations.c.id == conversation_id
    await connection.execute(update(conversations).where(own).values(**waiting_after(answered)))


async def _announce(connection: AsyncConnection, conversation_id: int, mention_id: int) -> None:
    await notify(connection, Notice(subject=Subject.SETTLED, conversation_id=conversation_id, mention_id=mention_id))
