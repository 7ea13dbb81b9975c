from __future__ import annotations

import numpy as np

from bot.nlu.hashing import HashingEncoder
from storage.library import (
    BATCH,
    article_documents,
    article_fingerprints,
    drop_articles,
    find_vectors,
    put_articles,
    put_vectors,
)

MODEL = {"model": "m", "revision": "1"}


def row(article_id, language="en", fingerprint="f1"):
    return {
        "id": article_id,
        "language": language,
        "topic": "wifi",
        "fingerprint": fingerprint,
        "document": {"id": article_id, "language": language, "fingerprint": fingerprint},
    }


async def test_an_article_is_known_by_id_and_language(database):
    async with database.begin() as connection:
        await put_articles(connection, [row("a"), row("a", "de", "f2")])

        assert await article_fingerprints(connection) == {("a", "en"): "f1", ("a", "de"): "f2"}


async def test_a_changed_article_takes_the_place_of_its_former_form(database):
    async with database.begin() as connection:
        await put_articles(connection, [row("a")])
        await put_articles(connection, [row("a", fingerprint="f2")])

        assert [document["fingerprint"] for document in await article_documents(connection)] == ["f2"]


async def test_articles_come_in_the_order_of_their_ids(database):
    async with database.begin() as connection:
        await put_articles(connection, [row("c"), row("a"), row("b", "es"), row("b", "de")])
        found = [(document["id"], document["language"]) for document in await article_documents(connection)]

    assert found == [("a", "en"), ("b", "de"), ("b", "es"), ("c", "en")]


async def test_a_dropped_article_is_gone_in_its_language_only(database):
    async with database.begin() as connection:
        await put_articles(connection, [row("a"), row("a", "de")])
        await drop_articles(connection, [("a", "de"), ("absent", "en")])
        await drop_articles(connection, [])

        assert list(await article_fingerprints(connection)) == [("a", "en")]


async def test_vectors_come_back_as_they_were_put(database):
    texts = [f"text {number}" for number in range(BATCH + 10)]
    made = HashingEncoder(16).encode(texts)
    async with database.begin() as connection:
        await put_vectors(connection, texts, made, **MODEL)
        found = await find_vectors(connection, [*texts, "absent"], **MODEL)

    assert set(found) == set(texts)
    assert np.array_equal(np.stack([found[text] for text in texts]), made)


async def test_another_revision_has_no_vectors(database):
    async with database.begin() as connection:
        await put_vectors(connection, ["a"], HashingEncoder(16).encode(["a"]), **MODEL)

        assert await find_vectors(connection, ["a"], model="m", revision="2") == {}
        assert await find_vectors(connection, ["a"], model="n", revision="1") == {}


async def test_a_vector_that_is_stored_stays(database):
    first, second = HashingEncoder(16).encode(["a", "b"])
    async with database.begin() as connection:
        await put_vectors(connection, ["a"], [first], **MODEL)
        await put_vectors(connection, ["a"], [second], **MODEL)
        await put_vectors(connection, [], [], **MODEL)

        assert np.array_equal((await find_vectors(connection, ["a"], **MODEL))["a"], first)
