"""The accounts of the sandbox: opened when they first do something or something is done to them, never closed."""

from dataclasses import replace

from sandbox.posts import HANDLE, User, handles_in
from sandbox.refusals import BadHandle
from sandbox.snowflake import Clock, user_id


class Accounts:
    """Finds accounts by handle or id, and opens new ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_handle: dict[str, User] = {}
        self._by_id: dict[str, User] = {}

    def open(self, handle: str, *, name: str = "") -> User:
        """Find the account *handle*, or open it; a *name* renames it. Raises `BadHandle`."""
        handle = handle.strip().removeprefix("@")
        if not HANDLE.fullmatch(handle):
            raise BadHandle(f"{handle!r} is no handle: use 1 to 15 letters, digits or underscores.")
        user = self.named(handle) or self._new(handle)
        return self._keep(replace(user, name=name) if name else user)

    def named(self, handle: str) -> User | None:
        """Return the account with this handle, whatever its capitals."""
        return self._by_handle.get(handle.lower())

    def numbered(self, user_id: str) -> User | None:
        """Return the account with this id."""
        return self._by_id.get(user_id)

    def all(self) -> list[User]:
        """Every account, in the order in which they were opened."""
        return list(self._by_id.values())

    def mentioned_in(self, text: str) -> list[User]:
        """Return the existing accounts that *text* names, in order, each once."""
        found = {user.id: user for handle in handles_in(text) if (user := self.named(handle))}
        return list(found.values())

    def _new(self, handle: str) -> User:
        number, name = user_id(handle), handle.replace("_", " ").strip().title()
        return User(
            id=number,
            handle=handle,
            name=name or handle,
            joined_at=self._clock(),
            followers=int(number) % 900,
        )

    def _keep(self, user: User) -> User:
        self._by_handle[user.handle.lower()] = self._by_id[user.id] = user
        return user
