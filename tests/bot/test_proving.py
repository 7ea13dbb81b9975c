"""Training certifies when something was judged, and keeps the certificate when nothing was."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.nlu.hashing import HashingEncoder
from bot.training import index, load_brain, train
from bot.vocabulary import AuditSource
from storage.audits import judge_draft
from storage.certificates import newest_certificate, revoke
from storage.tables import certificates
from tests.bot.values import a_mention
from tests.storage.outcomes import drafted, heard, put, rows


async def trained(settings, database, *, force=False):
    return await train(settings, database, HashingEncoder(), force=force)


@pytest.fixture
async def proof(settings, database):
    """What a first training proves of the small knowledge base."""
    await index(settings, database, HashingEncoder())
    return (await trained(settings, database)).proof


async def judged(database, count=1):
    """Have drafts for questions of the small knowledge base settled."""
    taken = await heard(database, *(a_mention("laptop battery dies quickly") for _ in range(count)))
    await put(database, *map(drafted, taken))
    async with database.begin() as connection:
        for one in taken:
            await judge_draft(connection, one.mention.id, AuditSource.APPROVED, right=True, by="Ann")


async def test_training_again_keeps_the_certificate(settings, database, proof):
    assert (await trained(settings, database)).proof == proof
    assert len(await rows(database, certificates)) == 1


async def test_what_was_judged_since_makes_a_new_certificate(settings, database, proof):
    await judged(database)
    newer = (await trained(settings, database)).proof

    assert newer.id > proof.id
    assert newer.made_from == proof.made_from
    assert newer.certification.judged_until is not None
    assert (await trained(settings, database)).proof == newer


async def test_a_revoked_certificate_is_not_made_again_from_the_same_audits(settings, database, proof):
    async with database.begin() as connection:
        await revoke(connection, proof.id, "Too many were wrong.")
    again = (await trained(settings, database)).proof
    loaded = (await load_brain(settings, database, HashingEncoder())).proof

    assert (again.id, again.revoked, loaded.revoked) == (proof.id, True, True)


async def test_after_a_revocation_only_later_judgements_count(settings, database, proof):
    await judged(database, 2)
    made = (await trained(settings, database)).proof
    async with database.begin() as connection:
        await revoke(connection, made.id, "Too many were wrong.")
    await judged(database, 3)
    renewed = (await trained(settings, database)).proof
    async with database.begin() as connection:
        stored = await newest_certificate(connection)

    assert (renewed.id, renewed.revoked) == (stored.id, False)
    assert renewed.certification.since == next(
        row.made_at for row in await rows(database, certificates) if row.id == made.id
    )


async def test_other_limits_do_not_make_old_audits_count_again(settings, database, proof):
    async with database.begin() as connection:
        await revoke(connection, proof.id, "Too many were wrong.")
    stricter = settings.deciding.model_copy(update={"irate_threshold": 0.4})
    other = (await trained(settings.model_copy(update={"deciding": stricter}), database)).proof

    assert other.made_from != proof.made_from
    assert other.certification.since is not None


async def test_by_force_all_audits_count_again(settings, database, proof):
    async with database.begin() as connection:
        await revoke(connection, proof.id, "Too many were wrong.")
        await connection.execute(update(certificates).values(demoted=["wifi"]))
    forced = (await trained(settings, database, force=True)).proof

    assert (forced.revoked, forced.demoted, forced.certification.since) == (False, frozenset(), None)
    assert forced.id > proof.id
