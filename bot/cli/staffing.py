"""`heed agents add`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import service
from bot.cli.output import out
from bot.errors import SettingsError
from storage.agents import Role, create_agent

if TYPE_CHECKING:
    from bot.settings import Settings


async def add_agent(settings: Settings, name: str, initials: str, role: str, password: str) -> int:
    """Add a person to the console. Raises AgentRefused, SettingsError."""
    if role not in set(Role):
        raise SettingsError(f"--role {role}: write one of {', '.join(Role)}")
    async with service.open_database(settings) as database, database.begin() as connection:
        agent = await create_agent(connection, name, initials, Role(role), password)
    out.print(f"{agent.name} can log in now.", markup=False)
    return 0
