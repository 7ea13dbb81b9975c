from __future__ import annotations

import asyncio

import numpy as np
import pytest

from bot.errors import StorageDown
from bot.nlu.hashing import HashingEncoder
from storage import loading
from storage.database import Database
from storage.loading import load_vectors
from storage.vectors import put_vectors

ENCODER = HashingEncoder(32)
TEXTS = [f"passage {n}" for n in range(100)]


async def put(database, texts, encoder=ENCODER):
    async with database.begin() as connection:
        await put_vectors(connection, texts, encoder.encode(texts), model=encoder.name, revision=encoder.revision)


async def load(database, texts):
    return await asyncio.to_thread(load_vectors, database, ENCODER, texts)


@pytest.mark.parametrize("block", [1, 1_000, 10_000_000])
async def test_each_text_gets_its_own_vector_however_the_rows_arrive(database, monkeypatch, block):
    monkeypatch.setattr(loading, "BLOCK_BYTES", block)
    await put(database, TEXTS)
    vectors, stored = await load(database, TEXTS[::-1])

    assert np.array_equal(vectors, ENCODER.encode(TEXTS[::-1]))
    assert stored.all()


async def test_a_text_that_stands_twice_gets_its_vector_twice(database):
    await put(database, TEXTS)
    vectors, stored = await load(database, ["passage 5", "passage 5"])

    assert np.array_equal(vectors, ENCODER.encode(["passage 5", "passage 5"]))
    assert stored.tolist() == [True, True]


async def test_a_text_without_a_vector_is_told_apart(database):
    await put(database, TEXTS)
    vectors, stored = await load(database, ["passage 1", "never encoded"])

    assert stored.tolist() == [True, False]
    assert not vectors[1].any()


async def test_vectors_of_another_encoder_are_not_taken(database):
    await put(database, TEXTS, HashingEncoder(64))
    wide = HashingEncoder(64)
    wide.revision = ENCODER.revision
    await put(database, TEXTS[:50], wide)  # under the same name, as when a model is replaced in its folder

    assert not (await load(database, TEXTS))[1].any()


async def test_nothing_stored_and_nothing_wanted_give_nothing(database):
    assert (await load(database, TEXTS))[1].tolist() == [False] * 100
    assert (await load(database, []))[0].shape == (0, 32)


def test_a_database_that_is_gone_is_said_to_be_gone():
    with pytest.raises(StorageDown, match="cannot be reached"):
        load_vectors(Database("postgresql://heed@127.0.0.1:9/heed"), ENCODER, TEXTS)
