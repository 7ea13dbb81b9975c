from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.errors import SettingsError
from bot.intake.admitting import admit
from bot.settings import IntakeSettings, Settings, load_settings
from bot.vocabulary import Audience
from storage import inbox
from storage import originals as repository
from storage.erasing import erase_posts
from storage.sealing import cipher_of, new_key
from storage.tables import disclosures, originals
from tests.bot.values import a_mention
from tests.storage.outcomes import drafted, handed, ignored, put, replied, rows

KEY = new_key()
SAID = "call me at 020 7946 0958"
SETTINGS = Settings(intake=IntakeSettings(hold_seconds=0, originals_key=SecretStr(KEY)))


async def heard(database, *mentions, settings=SETTINGS):
    async with database.begin() as connection:
        await admit(connection, mentions, settings)
    async with database.begin() as connection:
        return await inbox.take(connection, 64)


async def kept(database):
    cipher = cipher_of(KEY, setting="intake.originals_key")
    return [cipher.decrypt(row.sealed).decode() for row in await rows(database, originals)]


async def test_without_a_key_nothing_is_kept(database):
    await heard(database, a_mention(SAID), settings=Settings(intake=IntakeSettings(hold_seconds=0)))

    assert await rows(database, originals) == []


async def test_what_is_masked_is_kept_encrypted_and_nothing_else_is(database):
    await heard(database, a_mention(SAID), a_mention("hello"))
    [row] = await rows(database, originals)

    assert await kept(database) == [SAID]
    assert b"7946" not in row.sealed
    assert timedelta(days=13) < row.expires_at - datetime.now(UTC) < timedelta(days=15)


async def test_what_is_masked_in_private_is_kept_nowhere(database):
    await heard(database, a_mention("my card is 4111 1111 1111 1111", audience=Audience.PRIVATE))

    assert await rows(database, originals) == []


@pytest.mark.parametrize(("made", "stays"), [(drafted, True), (handed, True), (replied, False), (ignored, False)])
async def test_it_stays_only_where_a_person_has_the_case(database, made, stays):
    [admitted] = await heard(database, a_mention(SAID))
    await put(database, made(admitted))

    assert await kept(database) == ([SAID] if stays else [])


async def test_a_post_that_is_heard_again_after_its_decision_is_not_kept_again(database):
    mention = a_mention(SAID)
    [admitted] = await heard(database, mention)
    await put(database, ignored(admitted))
    await heard(database, mention)

    assert await rows(database, originals) == []


async def test_it_goes_with_its_post_when_that_is_erased(database):
    [admitted] = await heard(database, a_mention(SAID, post_id="5"))
    await put(database, handed(admitted))
    async with database.begin() as connection:
        await erase_posts(connection, "x", ["5"])

    assert await rows(database, originals) == []


async def test_it_goes_when_its_time_is_over(database):
    await heard(database, a_mention(SAID), a_mention(SAID))
    first, second = await rows(database, originals)
    async with database.begin() as connection:
        over = originals.c.mention_id == first.mention_id
        await connection.execute(update(originals).where(over).values(expires_at=datetime.now(UTC)))
        assert await repository.disclose(connection, first.mention_id, by="Ann") is None
        await repository.drop_expired(connection)

    assert [row.mention_id for row in await rows(database, originals)] == [second.mention_id]
    assert await rows(database, disclosures) == []


async def test_every_look_is_noted_with_the_name(database):
    [admitted] = await heard(database, a_mention(SAID))
    async with database.begin() as connection:
        assert await repository.find_kept(connection, admitted.conversation_id) == {admitted.mention.id}
        await repository.disclose(connection, admitted.mention.id, by="Ann")
        await repository.disclose(connection, admitted.mention.id, by="Bo")
        looks = await repository.find_disclosures(connection, admitted.conversation_id)

    assert [(look.mention_id, look.by) for look in looks] == [(admitted.mention.id, "Ann"), (admitted.mention.id, "Bo")]


@pytest.mark.parametrize("key", ["secret", "ä" * 44, "a" * 60])
def test_what_is_no_key_is_refused_with_the_remedy(key):
    with pytest.raises(SettingsError, match="heed key"):
        load_settings(environ={"HEED_INTAKE_ORIGINALS_KEY": key})
