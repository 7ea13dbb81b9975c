"""What can happen in the world, and who is told."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sandbox.messages import Message


class ChangeKind(StrEnum):
    """What can happen."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    INDEXED = "indexed"  #: A late post has reached the timelines, the search and the streams.
    HIDDEN = "hidden"  #: A reply was hidden by the author of its thread, or shown again.
    MESSAGED = "messaged"
    BLOCKED = "blocked"  #: An account shut another out, or in again.
    PROTECTED = "protected"  #: An account's posts were hidden from everybody else, or shown again.
    MAILED = "mailed"  #: The help desk got a mail, or answered one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something happened: to a post, or with `message` in a private conversation, or between accounts."""

    kind: ChangeKind
    post_id: str = ""
    conversation: str = ""
    message: Message | None = None


Listener = Callable[[Change], None]


class Changes:
    """Tells every listener of every change, inside the change."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call *listener* on every change from now on; the function returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, change: Change) -> None:
        """Call every listener."""
        for listener in tuple(self._listeners):
            listener(change)
