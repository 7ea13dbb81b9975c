from __future__ import annotations

import asyncio
from contextlib import closing

import numpy as np
import psycopg
import pytest

from bot.errors import StorageDown
from bot.nlu.hashing import HashingEncoder
from storage import nearest
from storage.database import Database
from storage.graphs import graph_name, make_graph
from storage.nearest import StoredIndex, StoredVectors
from storage.vectors import put_vectors
from tests.knowledge.nearest_contract import DIMENSION, NearestContract, recall, unit_vectors

SMALL = HashingEncoder(DIMENSION)

RENAMED = HashingEncoder(DIMENSION)
RENAMED.revision = "another"


@pytest.fixture
def stored(database):
    """The stored vectors of the small encoder."""
    with closing(StoredVectors(database, SMALL)) as opened:
        yield opened


async def put(database, texts, vectors, encoder=SMALL):
    async with database.begin() as connection:
        await put_vectors(connection, texts, vectors, model=encoder.name, revision=encoder.revision)


def texts_for(vectors):
    return [f"passage {n}" for n in range(len(vectors))]


class TestWithoutGraph(NearestContract):
    @pytest.fixture
    def opened(self, database, stored):
        async def open_index(vectors):
            await put(database, texts_for(vectors), vectors)
            return StoredIndex(stored, texts_for(vectors))

        return open_index


class TestWithGraph(NearestContract):
    @pytest.fixture
    def opened(self, database, stored):
        async def open_index(vectors):
            await put(database, texts_for(vectors), vectors)
            await make_graph(database, SMALL)
            return StoredIndex(stored, texts_for(vectors))

        return open_index


async def has_graph(database, encoder=SMALL):
    async with await psycopg.AsyncConnection.connect(database.conninfo) as connection:
        query = "select indisvalid from pg_index where indexrelid = to_regclass(%s)"
        return await (await connection.execute(query, [graph_name(encoder)])).fetchone() == (True,)


async def test_a_search_takes_the_graph(database, stored):
    await put(database, texts_for(unit_vectors(500, 1)), unit_vectors(500, 1))
    await make_graph(database, SMALL)
    plan = stored._ask(f"explain {nearest._SEARCH}", {"query": unit_vectors(1, 2)[0], "limit": 96})

    assert f"Index Scan using {graph_name(SMALL)}" in str(plan)


async def test_vectors_of_another_encoder_are_never_found(database, stored):
    passages = unit_vectors(200, 1)
    await put(database, [f"stranger {n}" for n in range(200)], passages, HashingEncoder(64))
    await put(database, texts_for(passages), passages)
    await put(database, texts_for(passages), -passages, RENAMED)
    cosines, numbers = StoredIndex(stored, texts_for(passages)).search(passages[:5], 1)

    assert cosines[:, 0] == pytest.approx(1.0, abs=1e-4)
    assert numbers[:, 0].tolist() == [0, 1, 2, 3, 4]


async def test_texts_of_others_between_the_nearest_do_not_hide_them(database, stored):
    """A small shelf finds its own, however many nearer texts of other shelves share the table."""
    passages, asked = unit_vectors(3_000, 2), unit_vectors(3, 3)
    await put(database, texts_for(passages), passages)
    await make_graph(database, SMALL)
    own = np.sort(np.argsort(-(passages @ asked[0]))[1_000:1_040])
    _, numbers = StoredIndex(stored, [f"passage {n}" for n in own]).search(asked, 10)

    assert recall(numbers, passages[own], asked) == 1.0


async def test_each_of_two_passages_with_the_same_text_is_found(database, stored):
    passages = unit_vectors(20, 4)
    await put(database, texts_for(passages), passages)
    _, numbers = StoredIndex(stored, [*texts_for(passages), "passage 7"]).search(passages[7:8], 2)

    assert sorted(numbers[0].tolist()) == [7, 20]


async def test_a_passage_without_a_vector_is_like_nothing(database, stored):
    passages = unit_vectors(5, 5)
    await put(database, texts_for(passages), passages)
    cosines, numbers = StoredIndex(stored, [*texts_for(passages), "never encoded"]).search(passages[:1], 6)

    assert (numbers[0, -1], cosines[0, -1]) == (5, -1.0)


async def test_what_is_stored_later_enters_the_graph(database, stored):
    passages = unit_vectors(300, 6)
    await put(database, texts_for(passages)[:100], passages[:100])
    await make_graph(database, SMALL)
    await put(database, texts_for(passages)[100:], passages[100:])
    _, numbers = StoredIndex(stored, texts_for(passages)).search(passages, 1)

    assert numbers[:, 0].tolist() == list(range(300))


async def test_a_graph_is_built_once_however_many_ask(database):
    await put(database, texts_for(unit_vectors(500, 7)), unit_vectors(500, 7))
    await asyncio.gather(*(make_graph(database, SMALL) for _ in range(3)))

    assert await has_graph(database)


async def test_the_remains_of_an_interrupted_build_are_replaced(database):
    await put(database, texts_for(unit_vectors(100, 8)), unit_vectors(100, 8))
    await make_graph(database, SMALL)
    async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as connection:
        spoil = "update pg_index set indisvalid = false where indexrelid = to_regclass(%s)"
        await connection.execute(spoil, [graph_name(SMALL)])
    await make_graph(database, SMALL)

    assert await has_graph(database)


async def test_a_build_tells_when_it_is_done(database):
    heard = []
    await put(database, texts_for(unit_vectors(100, 9)), unit_vectors(100, 9))
    await make_graph(database, SMALL, lambda *told: heard.append(told))

    assert heard[-1] == ("Building the graph", 1, 1)


async def test_a_search_goes_on_after_its_connection_was_lost(database, stored):
    passages = unit_vectors(50, 10)
    await put(database, texts_for(passages), passages)
    index = StoredIndex(stored, texts_for(passages))
    index.search(passages[:1], 1)
    async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid()"
        )

    with pytest.raises(StorageDown, match="cannot be searched"):
        index.search(passages[:1], 1)
    assert index.search(passages[:1], 1)[1].tolist() == [[0]]


async def test_a_database_that_is_gone_is_said_to_be_gone():
    nowhere = Database("postgresql://heed@127.0.0.1:9/heed")
    with pytest.raises(StorageDown):
        StoredVectors(nowhere, SMALL).nearest(unit_vectors(1, 1)[0], 1)
    with pytest.raises(StorageDown):
        await make_graph(nowhere, SMALL)
