from __future__ import annotations

from sqlalchemy import func, select

from bot.intake.admitting import admit
from bot.settings import IntakeSettings, Settings
from bot.vocabulary import Parent
from storage.tables import inbox, mentions
from tests.bot.values import a_mention
from tests.storage.outcomes import rows


async def admitted(database, mention, **intake):
    async with database.begin() as connection:
        return await admit(connection, [mention], Settings(intake=IntakeSettings(**intake)))


async def test_personal_data_is_masked_before_anything_is_stored(database):
    parent = Parent(post_id="1", author_handle="bo", text="bo@example.com")
    await admitted(database, a_mention("charge 4111 1111 1111 1111 for TN-204817", parents=(parent,)))
    [row] = await rows(database, mentions)

    assert (row.text, row.masked) == ("charge [card] for TN-204817", ["card"])
    assert row.parents[0]["text"] == "[e-mail]"


async def test_the_settings_say_how_long_a_mention_is_held(database):
    await admitted(database, a_mention(), hold_seconds=60)

    async with database.begin() as connection:
        held = await connection.scalar(select(func.max(inbox.c.due_at) - func.now()))
    assert 50 < held.total_seconds() <= 60
