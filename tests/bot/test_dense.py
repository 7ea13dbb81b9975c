from __future__ import annotations

import numpy as np

from bot.nlu.hashing import HashingEncoder
from bot.settings import load_settings
from bot.training.dense import dense_arm
from knowledge.article import read_library
from knowledge.passages import split
from knowledge.vectors import DenseIndex
from storage.nearest import StoredIndex
from storage.vectors import put_vectors


async def test_the_setting_pgvector_finds_what_faiss_finds(database):
    encoder = HashingEncoder()
    articles = read_library(load_settings(environ={}).data.articles).articles[:60]
    asked = encoder.encode([article.question for article in articles])
    texts = [passage.text for passage in split(articles)]
    vectors = encoder.encode(texts)
    async with database.begin() as connection:
        await put_vectors(connection, texts, vectors, model=encoder.name, revision=encoder.revision)
    found = {}
    for place in ("faiss", "pgvector"):
        settings = load_settings(environ={"HEED_DATA_INDEX": place})
        index = (await dense_arm(settings, database, encoder))(texts, vectors)
        found[type(index)] = index.search(asked, 5)

    assert set(found) == {DenseIndex, StoredIndex}
    assert np.allclose(found[DenseIndex][0], found[StoredIndex][0], atol=1e-5)
    assert np.array_equal(found[DenseIndex][1][:, 0], found[StoredIndex][1][:, 0])
