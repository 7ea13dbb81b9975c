"""Opens cases in the database, as a private conversation would, and looks at what became of them."""

from __future__ import annotations

from itertools import count

from sqlalchemy import select, update

from bot.vocabulary import Audience
from storage import escalations
from storage.tables import conversations, replies
from storage.tables import escalations as rows
from tests.responders.desks.values import an_escalation
from tests.responders.outbox_rows import put_mention

numbers = count(1)
AUTHOR = "42"


async def put_post(database, *, author_id=AUTHOR, state="pending", **changes):
    """Store a public post in a conversation of its own; give the conversation's id and its own."""
    async with database.begin() as connection:
        place, mention_id = await put_mention(connection, f"post-{next(numbers)}", author_id=author_id, **changes)
        await connection.execute(update(conversations).where(conversations.c.id == place).values(state=state))
    return place, mention_id


async def put_message(database, *, author_id=AUTHOR, conversation_id=None):
    """Store a direct message; give the conversation's id and its own."""
    async with database.begin() as connection:
        return await put_mention(
            connection,
            f"message-{next(numbers)}",
            author_id=author_id,
            audience=Audience.PRIVATE,
            conversation_id=conversation_id,
        )


async def put_case(database, *, author_id=AUTHOR, conversation_id=None, desk="email", **changes):
    """Open a case from a fresh direct message and give its id."""
    place, mention_id = await put_message(database, author_id=author_id, conversation_id=conversation_id)
    given = {"reference": f"AAA-BBB-{next(numbers)}", "conversation_id": place, "mention_id": mention_id}
    escalation = an_escalation(**(given | changes))
    async with database.begin() as connection:
        return await escalations.open_case(connection, escalation, consent_mention_id=mention_id, desk=desk)


async def row_of(database, case_id):
    async with database.begin() as connection:
        return (await connection.execute(select(rows).where(rows.c.id == case_id))).one()


async def case_of(database, case_id):
    """Give the case as the code sees it."""
    row = await row_of(database, case_id)
    async with database.begin() as connection:
        return await escalations.find(connection, row.reference)


async def state_of_conversation(database, conversation_id):
    async with database.begin() as connection:
        own = conversations.c.id == conversation_id
        return await connection.scalar(select(conversations.c.state).where(own))


async def change_conversation(database, conversation_id, **values):
    async with database.begin() as connection:
        await connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(**values))


async def replies_of(database):
    async with database.begin() as connection:
        return (await connection.execute(select(replies).order_by(replies.c.id))).all()
