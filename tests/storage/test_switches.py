from __future__ import annotations

from bot.vocabulary import Switch
from storage.switches import switches_on, turn


async def test_no_switch_is_on_at_first(database):
    async with database.begin() as connection:
        assert await switches_on(connection) == frozenset()


async def test_a_switch_is_on_until_it_is_turned_off(database):
    async with database.begin() as connection:
        await turn(connection, Switch.PAUSED, on=True, by="Ops")
        await turn(connection, Switch.PAUSED, on=True, by="Ann")

        assert await switches_on(connection) == {Switch.PAUSED}
        await turn(connection, Switch.PAUSED, on=False, by="Ops")
        assert await switches_on(connection) == frozenset()
