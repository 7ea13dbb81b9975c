"""Our own posts, as they come back through the feed: the outbox's are told from a person's in the channel's app."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.vocabulary import Audience, Mention, Receipt
from storage import outbox
from tests.responders.outbox_rows import TEXT, leave_sending, put_reply


@pytest.fixture
def now():
    return datetime.now(UTC) + timedelta(seconds=1)


def own(post_id="900", *, text=f"@mara_k {TEXT}", in_reply_to="1", **changes):
    return Mention(
        channel="x",
        post_id=post_id,
        chain_id=post_id,
        author_id="1",
        author_handle="TarnwellHelp",
        text=text,
        posted_at=datetime.now(UTC),
        root_id="1",
        in_reply_to=in_reply_to,
        ours=True,
        **changes,
    )


async def is_known(database, post):
    async with database.begin() as connection:
        return await outbox.is_known(connection, post)


async def settle(database, reply, now, *, part=1, is_last=True):
    attempt = await leave_sending(database, reply, now) if part == 1 else None
    async with database.begin() as connection:
        receipt = Receipt(channel="x", post_id=f"90{part}", sent_at=now)
        await outbox.settle_sent(connection, reply.id, receipt, part=part, is_last=is_last)
    return attempt


async def test_a_post_with_a_receipt_is_the_outboxs(database, now):
    await settle(database, await put_reply(database), now)
    assert await is_known(database, own("901", text="whatever X made of it"))


async def test_a_persons_answer_to_another_post_is_not(database, now):
    await settle(database, await put_reply(database), now)
    assert not await is_known(database, own(in_reply_to="2"))


async def test_a_persons_other_words_to_the_same_post_are_not(database, now):
    await settle(database, await put_reply(database), now)
    assert not await is_known(database, own(text="@mara_k Let me look."))


async def test_while_a_reply_is_being_sent_a_post_to_the_same_question_is_taken_for_it(database, now):
    await leave_sending(database, await put_reply(database), now)
    assert await is_known(database, own(text="cut by X"))


async def test_a_reply_that_was_given_up_is_known_by_its_words(database, now):
    reply = await put_reply(database)
    attempt = await leave_sending(database, reply, now)
    async with database.begin() as connection:
        await outbox.fail(connection, reply.id, attempt=attempt, problem="refused")
    assert await is_known(database, own(text=f"@mara_k  {TEXT}"))


async def test_a_person_who_says_by_hand_what_was_withdrawn_is_a_person(database):
    reply = await put_reply(database)
    async with database.begin() as connection:
        await outbox.cancel(connection, reply.id, problem="Not sent.")
    assert not await is_known(database, own())


async def test_the_next_part_of_a_thread_is_known_by_the_part_before(database, now):
    reply = await put_reply(database)
    await settle(database, reply, now, is_last=False)
    assert await is_known(database, own(text="2/3 and so on", in_reply_to="901"))


@pytest.mark.parametrize(("root_id", "known"), [("7", True), ("8", False)])
async def test_a_direct_message_is_known_by_its_conversation(database, now, root_id, known):
    await leave_sending(database, await put_reply(database, "7", audience="private"), now)
    message = own(text=TEXT, in_reply_to=None, audience=Audience.PRIVATE)
    assert await is_known(database, Mention(**{**fields(message), "root_id": root_id})) is known


def fields(mention):
    return {name: getattr(mention, name) for name in mention.__dataclass_fields__}
