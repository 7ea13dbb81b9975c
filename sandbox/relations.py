"""Who has shut out whom: blocks between accounts, and accounts that show their posts to nobody else."""

from sandbox.posts import User


class Relations:
    """Remembers blocks and protected accounts by user id."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[str, str], User] = {}
        self._protected: set[str] = set()

    def block(self, blocker: User, blocked: User, *, on: bool) -> None:
        """Let *blocker* shut *blocked* out, or in again."""
        if on:
            self._blocks[blocker.id, blocked.id] = blocked
        else:
            self._blocks.pop((blocker.id, blocked.id), None)

    def blocks(self, blocker: User, blocked: User) -> bool:
        """Whether *blocker* has shut *blocked* out."""
        return (blocker.id, blocked.id) in self._blocks

    def blocked_by(self, blocker: User) -> list[User]:
        """List whom *blocker* has shut out, the latest first."""
        return [blocked for (number, _), blocked in reversed(self._blocks.items()) if number == blocker.id]

    def protect(self, user: User, *, on: bool) -> None:
        """Let the account's posts be seen by nobody else, or by everybody again."""
        (self._protected.add if on else self._protected.discard)(user.id)

    def is_protected(self, user: User) -> bool:
        """Whether nobody else may see the account's posts."""
        return user.id in self._protected

    def may_see(self, viewer: User, author: User) -> bool:
        """Whether *viewer* may see what *author* posts."""
        return viewer.id == author.id or not (self.is_protected(author) or self.blocks(author, viewer))
