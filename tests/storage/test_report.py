from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import insert

from bot.vocabulary import Reason, Reply, ReplyKind, Route
from storage import outbox
from storage.report import count_open_work, courses
from storage.tables import receipts
from tests.bot.values import a_mention
from tests.storage.outcomes import drafted, handed, heard, ignored, put, replied


async def told(database, *post_ids):
    async with database.begin() as connection:
        return await courses(connection, "x", post_ids)


async def test_a_course_tells_what_became_of_each_post(database):
    admitted = await heard(database, *[a_mention(f"text {n}", post_id=str(n)) for n in range(4)])
    makers = (replied, drafted, handed, ignored)
    await put(database, *[make(one) for make, one in zip(makers, admitted, strict=True)])
    found = await told(database, "0", "1", "2", "3", "absent")

    assert {post_id: (course.route, course.said) for post_id, course in found.items()} == {
        "0": (Route.ANSWER, "Hold the key. ^Bot"),
        "1": (Route.DRAFT, "Hold the key. ^Bot"),
        "2": (Route.HANDOFF, "Wants it right."),
        "3": (Route.IGNORE, ""),
    }
    assert found["2"].reasons == (Reason.IRATE,)
    assert found["0"].text == "text 0"
    assert all(course.milliseconds >= 0 for course in found.values())


async def test_a_post_without_a_decision_has_no_course_yet(database):
    await heard(database, a_mention(post_id="5"))

    assert await told(database, "5") == {}


async def test_a_course_is_delivered_once_its_receipt_is_there(database):
    [admitted] = await heard(database, a_mention(post_id="5"))
    [reply] = await put(database, replied(admitted))
    before = await told(database, "5")
    async with database.begin() as connection:
        row = {"reply_id": reply, "channel": "x", "post_id": "900", "sent_at": datetime.now(UTC)}
        await connection.execute(insert(receipts).values(row))
    after = await told(database, "5")

    assert (before["5"].delivered, after["5"].delivered) == (False, True)


async def test_a_course_tells_of_the_newest_reply_that_was_not_withdrawn(database):
    [admitted] = await heard(database, a_mention(post_id="5"))
    for text in ("first", "second", "third"):
        reply = Reply(channel="x", in_reply_to="5", text=text, kind=ReplyKind.AGENT, mention_id=admitted.mention.id)
        async with database.begin() as connection:
            queued = await outbox.queue(
                connection, replace(reply, conversation_id=admitted.conversation_id), chain_id="5"
            )
    await put(database, ignored(admitted))
    async with database.begin() as connection:
        await outbox.cancel(connection, queued.id, problem="Taken back.")

    assert (await told(database, "5"))["5"].said == "second"


async def test_open_work_is_what_waits_to_be_decided_or_sent(database):
    first, *_ = await heard(database, a_mention(), a_mention())
    await put(database, replied(first))

    async with database.begin() as connection:
        assert await count_open_work(connection) == 2
