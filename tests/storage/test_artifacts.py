from __future__ import annotations

from storage.artifacts import Artifact, find_artifact, find_certificate, put_artifact, put_certificate

HEADS = Artifact(name="heads", fingerprint="f1", payload=b"\x00\xff", card={"examples": 3})


async def test_what_was_never_trained_is_not_found(database):
    async with database.begin() as connection:
        assert await find_artifact(connection, "heads") is None
        assert await find_certificate(connection, "f1") is None


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


async def test_the_newest_certificate_of_a_fingerprint_counts(database):
    async with database.begin() as connection:
        for fingerprint, threshold in (("f1", 0.7), ("f1", 0.6), ("f2", 0.9)):
            await put_certificate(connection, fingerprint, {"threshold": threshold})

        assert await find_certificate(connection, "f1") == {"threshold": 0.6}
