from __future__ import annotations

import asyncio

import numpy as np
import pytest

from bot.nlu.hashing import HashingEncoder
from storage.vectors import FEW, drop_other_models, find_vectors, missing_texts, other_models, put_vectors, take_turn
from tests.storage.locks import blocked

MODEL = {"model": "m", "revision": "1"}
OTHER = {"model": "m", "revision": "2"}


def encoded(*texts):
    return HashingEncoder(16).encode(texts)


async def ask(database, question, *given, **named):
    async with database.begin() as connection:
        return await question(connection, *given, **named)


@pytest.mark.parametrize("count", [3, FEW + 1])
async def test_vectors_come_back_as_they_were_put(database, count):
    texts = [f"text {number}" for number in range(count)]
    made = np.random.default_rng(1).standard_normal((count, 8), dtype=np.float32)
    await ask(database, put_vectors, texts, made, **MODEL)
    found = await ask(database, find_vectors, [*texts, "absent"], **MODEL)

    assert found.keys() == set(texts)
    assert np.array_equal(np.stack([found[text] for text in texts]), made)
    assert {vector.dtype for vector in found.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("count", [3, FEW + 1])
async def test_another_revision_has_no_vectors(database, count):
    texts = [f"text {number}" for number in range(count)]
    await ask(database, put_vectors, texts, np.ones((count, 8), np.float32), **MODEL)

    assert await ask(database, find_vectors, texts, **OTHER) == {}
    assert await ask(database, find_vectors, texts, model="n", revision="1") == {}


async def test_a_vector_that_is_stored_stays(database):
    async with database.begin() as connection:
        await put_vectors(connection, ["a"], encoded("a"), **MODEL)
        await put_vectors(connection, ["a", "b"], encoded("b", "b"), **MODEL)
        await put_vectors(connection, [], encoded(), **MODEL)
        found = await find_vectors(connection, ["a", "b"], **MODEL)

    assert np.array_equal(np.stack([found["a"], found["b"]]), encoded("a", "b"))


async def test_missing_texts_come_once_and_in_order(database):
    await ask(database, put_vectors, ["b"], encoded("b"), **MODEL)

    assert await ask(database, missing_texts, ["c", "b", "a", "c"], **MODEL) == ["c", "a"]
    assert await ask(database, missing_texts, ["b"], **OTHER) == ["b"]
    assert await ask(database, missing_texts, [], **MODEL) == []


async def test_dropping_the_others_keeps_the_own(database):
    for names in (MODEL, OTHER, {"model": "n", "revision": "1"}):
        await ask(database, put_vectors, ["a", "b"], encoded("a", "b"), **names)

    assert await ask(database, drop_other_models, **MODEL) == 4
    assert not await ask(database, other_models, **MODEL)
    assert await ask(database, missing_texts, ["a", "b"], **MODEL) == []


async def test_one_transaction_at_a_time_encodes_with_one_model(database):
    async with database.begin() as first:
        await take_turn(first, **MODEL)
        await ask(database, take_turn, **OTHER)
        second = asyncio.create_task(ask(database, take_turn, **MODEL))
        await blocked(database)

        assert not second.done()
    await second
