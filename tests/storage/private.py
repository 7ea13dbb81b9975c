"""A customer of private messages with all that is ever stored of one, for tests of what is found and erased."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert, select, text, update

from bot.vocabulary import Audience, Consent, Contact, Draft, Outcome, Reply, Route
from storage import contacts
from storage.dialogue import make_schema, sender_of
from storage.mentions import row_of
from storage.tables import desk_events, escalations, feedback, mentions, opt_outs, replies
from tests.bot.values import a_decision, a_mention
from tests.storage.outcomes import drafted, heard, put

ASKED = "My Book 13 is broken, I am Mara Klein"
CONTACT = Contact(name="Mara Klein", email="mara@example.org", phone="+4930123456", number="TN-204817")
SECRETS = ("mara", "klein", "+4930123456", "204817", "broken")


def a_consent(**values):
    return Consent(**{"purpose": "May we keep this?", "keep_days": 90, "given_at": datetime.now(UTC), **values})


async def say(database, words=ASKED, **values):
    """Admit a private message of the customer and take it for its decision."""
    given = {"audience": Audience.PRIVATE, "author_id": "7", "author_handle": "mara_k", "root_id": "dm-7"}
    mention = a_mention(words, **{**given, **values})
    return next(a for a in await heard(database, mention) if a.mention.post_id == mention.post_id)


async def answer(database, admitted, words="Dear Mara Klein, we look. ^Bot", *, state="sent"):
    """Answer a private message, and leave the reply in *state*."""
    mention = admitted.mention
    reply = Reply(
        channel="x", in_reply_to=mention.post_id, text=words, audience=Audience.PRIVATE, addressee=mention.author_id
    )
    await put(database, Outcome(admitted=admitted, decision=a_decision(Route.ANSWER), made=reply))
    async with database.begin() as connection:
        await connection.execute(update(replies).values(state=state))


async def write_by_hand(database):
    """Write to the customer in the channel's own app, as a person of the brand."""
    ours = a_mention(
        "Hello Mara Klein", author_id="99", author_handle="brand", ours=True, root_id="dm-7", audience=Audience.PRIVATE
    )
    async with database.begin() as connection:
        place = await connection.scalar(select(mentions.c.conversation_id).where(mentions.c.root_id == "dm-7"))
        await connection.execute(insert(mentions).values(conversation_id=place, **row_of(ours)))


async def keep_contact(database, admitted, **values):
    async with database.begin() as connection:
        await contacts.keep(
            connection,
            channel="x",
            author_id=admitted.mention.author_id,
            contact=CONTACT,
            consent=a_consent(**values),
            mention_id=admitted.mention.id,
        )


async def escalate(database, admitted, *, state="open", reference="H7K-2QF-9", **values):
    """Write a case as it stands once a desk has it, and what the desk said."""
    consent = a_consent(**values)
    row = {
        "reference": reference,
        "conversation_id": admitted.conversation_id,
        "mention_id": admitted.mention.id,
        "desk": "email",
        "state": state,
        "language": "en",
        "goal": admitted.mention.text,
        "words": admitted.mention.text,
        "contact": {"name": CONTACT.name, "email": CONTACT.email, "phone": CONTACT.phone, "number": CONTACT.number},
        "consent": {
            "purpose": consent.purpose,
            "keep_days": consent.keep_days,
            "given_at": consent.given_at.isoformat(),
        },
        "delivery_id": reference,
        "sent_at": datetime.now(UTC) if state in {"open", "resolved"} else None,
    }
    async with database.begin() as connection:
        case_id = await connection.scalar(insert(escalations).values(row).returning(escalations.c.id))
        said = {"escalation_id": case_id, "event_id": "1", "kind": "reply", "text": "Hello Mara Klein", "author": "Bo"}
        await connection.execute(insert(desk_events).values(said))


async def talk(database, admitted, words=ASKED):
    """Write what Rasa writes of a message."""
    async with database.begin() as connection:
        await make_schema(connection)
        await connection.execute(
            text(
                "create table if not exists dialogue.events (id serial primary key, sender_id varchar(255) not null,"
                " type_name varchar(255) not null, timestamp float, intent_name varchar(255),"
                " action_name varchar(255), data text)"
            )
        )
        await connection.execute(
            text("insert into dialogue.events (sender_id, type_name, timestamp, data) values (:who, 'user', 1, :said)"),
            {"who": sender_of(admitted.conversation_id), "said": words},
        )


async def whole_customer(database):
    """Put everything into the database that is ever stored of one customer, and give their two messages."""
    first = await say(database)
    await answer(database, first)
    second = await say(database, "yes, mara@example.org")
    made = drafted(second)
    await put(database, Outcome(admitted=second, decision=made.decision, made=Draft(text="Dear Mara Klein")))
    await write_by_hand(database)
    await keep_contact(database, second)
    await escalate(database, first)
    await talk(database, first)
    async with database.begin() as connection:
        await connection.execute(insert(feedback).values(mention_id=first.mention.id, helped=True))
        await connection.execute(insert(opt_outs).values(channel="x", author_id="7"))
    return first, second
