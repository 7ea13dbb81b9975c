from __future__ import annotations

import asyncio

import pytest

from storage.certificates import demote, find_certificate, newest_certificate, put_certificate, revoke
from storage.notices import Notice, Subject, listening

PATIENCE_SECONDS = 10


@pytest.fixture
async def number(database):
    """The number of a certificate made from "f1"."""
    async with database.begin() as connection:
        return await put_certificate(connection, "f1", {"threshold": 0.7})


async def found(database, fingerprint="f1"):
    async with database.begin() as connection:
        return await find_certificate(connection, fingerprint)


async def test_what_was_never_certified_is_not_found(database):
    assert await found(database) is None


async def test_the_newest_certificate_of_a_fingerprint_counts(database, number):
    async with database.begin() as connection:
        newer = await put_certificate(connection, "f1", {"threshold": 0.6})
        other = await put_certificate(connection, "f2", {"threshold": 0.9})
        newest = await newest_certificate(connection)
    stored = await found(database)

    assert (stored.id, stored.document) == (newer, {"threshold": 0.6})
    assert newest.id == other


async def test_a_new_certificate_holds(database, number):
    stored = await found(database)

    assert (stored.revoked_at, stored.revoked_because, stored.demoted) == (None, "", frozenset())


async def test_a_revoked_certificate_says_why_and_stays_revoked(database, number):
    async with database.begin() as connection:
        assert await revoke(connection, number, "Too many were wrong.")
        assert not await revoke(connection, number, "Once more.")
    stored = await found(database)

    assert stored.revoked_at is not None
    assert stored.revoked_because == "Too many were wrong."


async def test_topics_are_demoted_one_after_the_other(database, number):
    async with database.begin() as connection:
        assert await demote(connection, number, {"wifi"})
        assert await demote(connection, number, {"wifi", "bios"})
        assert not await demote(connection, number, {"bios"})

    assert (await found(database)).demoted == {"wifi", "bios"}


async def test_every_process_hears_of_a_revocation(database, number):
    async with listening(database) as notices:
        async with database.begin() as connection:
            await revoke(connection, number, "Too many were wrong.")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await anext(notices) == Notice(subject=Subject.CERTIFICATE)
