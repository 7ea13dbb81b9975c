from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text, update

from bot.vocabulary import Audience, Entity, Parent
from storage import inbox as repository
from storage.decisions import record
from storage.erasing import claim_recheck, erase_author, erase_posts, posts_since, settle_recheck
from storage.tables import conversations, decisions, drafts, mentions, replies
from tests.bot.values import a_decision, a_mention, an_understanding
from tests.storage.locks import blocked
from tests.storage.outcomes import drafted, heard, ignored, put, replied, rows

SECRET = "my cat Mephisto types"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def erased(database, *post_ids):
    async with database.begin() as connection:
        return await erase_posts(connection, "x", post_ids)


async def everything(database):
    """Give all that every table holds, as one text."""
    async with database.begin() as connection:
        names = await connection.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        found = [
            await connection.scalars(text(f"select t::text from {name} t"))  # noqa: S608 - the database's own names
            for name in names.all()
        ]
        return "\n".join(row for each in found for row in each)


def read(outcome, words=SECRET):
    entity = Entity(kind="product", text=words, start=0, end=len(words))
    understanding = an_understanding(words, entities=(entity,))
    decision = a_decision(outcome.decision.route, *outcome.decision.reasons, understanding=understanding)
    return type(outcome)(admitted=outcome.admitted, decision=decision, made=outcome.made)


def secret(**values):
    return a_mention(SECRET, **{"author_handle": "mara_k", "author_name": "Mara Klein", **values})


async def test_of_an_erased_post_nothing_is_left_but_its_hash_and_its_decision(database):
    [admitted] = await heard(database, secret(post_id="5"))
    await put(database, read(replied(admitted)))

    assert await erased(database, "5") == 1
    [mention], [decision] = await rows(database, mentions), await rows(database, decisions)
    assert (mention.text, mention.text_hash) == ("", sha256(SECRET.encode()).digest())
    assert (decision.route, decision.understanding["text"], decision.understanding["mood"]) == ("answer", "", 0.1)
    held = await everything(database)
    assert not any(word in held for word in ("Mephisto", "mara_k", "Mara"))


async def test_erasing_again_and_erasing_what_is_unknown_change_nothing(database):
    await heard(database, secret(post_id="5"))
    await erased(database, "5")

    assert await erased(database, "5", "404") == 0
    assert [row.text_hash for row in await rows(database, mentions)] == [sha256(SECRET.encode()).digest()]


async def test_all_versions_of_a_post_are_erased(database):
    await heard(database, secret(post_id="5", chain_id="5"), secret(post_id="6", chain_id="5"))

    assert await erased(database, "6") == 2
    assert SECRET not in await everything(database)


async def test_other_posts_stay(database):
    await heard(database, secret(post_id="5", author_id="7"), secret(post_id="6", author_id="8"))
    await erased(database, "5")

    assert {row.post_id: row.text for row in await rows(database, mentions)} == {"5": "", "6": SECRET}
    assert {row.author_handle for row in await rows(database, conversations)} == {"", "mara_k"}


async def test_a_customer_keeps_the_name_while_other_posts_in_the_conversation_stay(database):
    await heard(database, secret(post_id="5", root_id="5"), secret(post_id="6", root_id="5"))
    await erased(database, "5")

    assert [row.author_handle for row in await rows(database, conversations)] == ["mara_k"]


async def test_an_erased_post_is_gone_where_others_quote_it_too(database):
    parents = (
        Parent(post_id="5", author_handle="mara_k", text=SECRET),
        Parent(post_id="4", author_handle="bo", text="b"),
    )
    await heard(database, a_mention("look at this", parents=parents, author_id="8"))

    assert await erased(database, "5") == 0
    [row] = await rows(database, mentions)
    assert row.parents == [
        {"post_id": "5", "author_handle": "", "text": ""},
        {"post_id": "4", "author_handle": "bo", "text": "b"},
    ]


async def test_what_was_read_together_with_an_erased_post_is_erased_too(database):
    first, second = await heard(database, secret(post_id="5", root_id="5"), a_mention("how?", root_id="5"))
    await put(database, ignored(first), read(replied(second), f"{SECRET} how?"))
    await erased(database, "5")

    assert [row.understanding["text"] for row in await rows(database, decisions)][1] == ""


async def test_nothing_is_sent_to_an_erased_post_any_more(database):
    first, second = await heard(database, secret(post_id="5", root_id="5"), secret(post_id="6", root_id="6"))
    await put(database, replied(first), drafted(second))
    await erased(database, "5", "6")

    assert [row.state for row in await rows(database, replies)] == ["cancelled"]
    assert [row.state for row in await rows(database, drafts)] == ["withdrawn"]
    assert [row.state for row in await rows(database, conversations)] == ["pending", "pending"]


async def test_an_erased_post_that_waits_is_taken_as_erased_and_read_with_nothing(database):
    async with database.begin() as connection:
        await repository.admit(connection, [secret(post_id="5", root_id="5"), a_mention("how?", root_id="5")])
    await erased(database, "5")
    async with database.begin() as connection:
        gone, kept = await repository.take(connection, 64)

    assert gone.mention.erased
    assert (kept.words, gone.circumstances.continued) == ("how?", False)


async def test_erasing_waits_for_a_batch_under_way_and_erases_what_that_read(database):
    async with database.begin() as connection:
        await repository.admit(connection, [secret(post_id="5")])
    async with database.begin() as connection:
        [admitted] = await repository.take(connection, 64)
        later = asyncio.create_task(erased(database, "5"))
        await blocked(database, by="transactionid")
        await record(connection, [read(replied(admitted))], {})
    await later

    assert SECRET not in await everything(database)


async def test_a_decision_is_unchangeable_again_after_erasing(database):
    [admitted] = await heard(database, secret(post_id="5"))
    await put(database, replied(admitted))
    async with database.begin() as connection:
        await erase_posts(connection, "x", ["5"])
        with pytest.raises(Exception, match="never changed"):
            await connection.execute(update(decisions).values(understanding=None))
        await connection.rollback()


async def test_a_post_that_was_erased_is_not_stored_again_when_it_is_heard_again(database):
    await heard(database, secret(post_id="5"))
    await erased(database, "5")
    await heard(database, secret(post_id="5"))

    assert SECRET not in await everything(database)


async def test_an_author_is_erased_under_all_their_handles_and_where_others_quote_them(database):
    parents = (Parent(post_id="99", author_handle="Mara_K", text=SECRET),)
    mine = [secret(author_id="7"), secret(author_id="7", author_handle="mara_new")]
    await heard(
        database, *mine, a_mention("look", author_id="8", parents=parents), secret(author_id="9", author_handle="jo")
    )
    async with database.begin() as connection:
        assert (await erase_author(connection, "x", "@MARA_K")).posts == 2

    held = await everything(database)
    assert not any(word in held.lower() for word in ("mara_k", "mara_new"))
    assert sorted(row.text for row in await rows(database, mentions)) == ["", "", "look", SECRET]


async def test_posts_to_look_for_are_public_recent_and_not_erased(database):
    posts = [secret(post_id=str(n), audience=Audience.PRIVATE if n == 2 else Audience.PUBLIC) for n in range(1, 6)]
    await heard(database, *posts)
    await erased(database, "3")
    async with database.begin() as connection:
        first = await posts_since(connection, "x", LONG_AGO, after=0, limit=2)
        rest = await posts_since(connection, "x", LONG_AGO, after=first[-1].id, limit=2)
        later = await posts_since(connection, "x", datetime.now(UTC) + timedelta(days=1), after=0, limit=2)

    assert [post.post_id for post in (*first, *rest)] == ["1", "4", "5"]
    assert later == []


async def test_one_process_looks_for_deleted_posts_until_its_time_is_over(database):
    now, hour = datetime.now(UTC), timedelta(hours=1)
    async with database.begin() as connection:
        assert await claim_recheck(connection, "x", now=now, until=now + hour)
        assert not await claim_recheck(connection, "x", now=now, until=now + hour)
        assert await claim_recheck(connection, "x", now=now + hour, until=now + 2 * hour)
        await settle_recheck(connection, "x", due=now + 24 * hour)
        assert not await claim_recheck(connection, "x", now=now + 23 * hour, until=now + 25 * hour)
