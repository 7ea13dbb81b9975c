"""Direct messages between two accounts, kept in the order in which they were sent."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sandbox.posts import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One direct message."""

    id: str
    sender: User
    recipient: User
    text: str
    sent_at: datetime
    conversation: str  #: The ids of both accounts, the smaller first: "12-345".
    by_app: bool  #: Sent through the API, not by a person on the page.


class Mailbox:
    """Keeps every message and finds those of one account or between two."""

    def __init__(self) -> None:
        self._of: defaultdict[str, list[Message]] = defaultdict(list)

    def add(self, message: Message) -> None:
        """Keep *message*, newer than all before."""
        for user in (message.sender, message.recipient):
            self._of[user.id].append(message)

    def of(self, user_id: str, *, before: int | None = None) -> list[Message]:
        """Messages that the account sent or received, newest first, with ids below *before* if that is given."""
        kept = self._of.get(user_id, [])
        end = len(kept) if before is None else bisect_left(kept, before, key=lambda message: int(message.id))
        return kept[:end][::-1]


def conversation_between(user_id: str, other_id: str) -> str:
    """Return the id of the conversation between two accounts, the same from either side."""
    return "-".join(sorted((user_id, other_id), key=int))
