from __future__ import annotations

from storage.artifacts import Artifact, artifact_fingerprint, find_artifact, put_artifact

HEADS = Artifact(name="heads", fingerprint="f1", payload=b"\x00\xff", card={"examples": 3})


async def test_what_was_never_trained_is_not_found(database):
    async with database.begin() as connection:
        assert await find_artifact(connection, "heads") is None


async def test_an_artifact_comes_back_as_it_was_put(database):
    async with database.begin() as connection:
        await put_artifact(connection, HEADS)

        assert await find_artifact(connection, "heads") == HEADS


async def test_a_new_artifact_takes_the_place_of_the_former(database):
    newer = Artifact(name="heads", fingerprint="f2", payload=b"2", card={})
    async with database.begin() as connection:
        await put_artifact(connection, HEADS)
        await put_artifact(connection, newer)

        assert await find_artifact(connection, "heads") == newer


async def test_the_fingerprint_can_be_asked_without_the_thing(database):
    async with database.begin() as connection:
        await put_artifact(connection, HEADS)

        assert await artifact_fingerprint(connection, "heads") == "f1"
        assert await artifact_fingerprint(connection, "confidence") is None
