"""The accounts of the sandbox and what passes between them unseen: blocks, protection, direct messages."""

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.accounts import Accounts
from sandbox.changes import Change, ChangeKind, Changes, Listener
from sandbox.messages import Mailbox, Message, conversation_between
from sandbox.posts import User
from sandbox.refusals import BadText, NotPossible
from sandbox.relations import Relations
from sandbox.snowflake import Clock, Snowflakes

LONGEST_MESSAGE = 10_000  #: Characters in a direct message.


def utc_now() -> datetime:
    """Read the real clock."""
    return datetime.now(UTC)


class Society:
    """The part of a world that needs no posts."""

    def __init__(
        self, *, brand: str = "TarnwellHelp", brand_name: str = "Tarnwell Support", clock: Clock = utc_now
    ) -> None:
        self.clock = clock
        self.accounts = Accounts(clock)
        self.brand = self.accounts.open(brand, name=brand_name)
        self._ids = Snowflakes(clock)
        self._changes = Changes()
        self._relations = Relations()
        self._mailbox = Mailbox()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call *listener* on every change, inside the change; the function returned ends that."""
        return self._changes.subscribe(listener)

    def block(self, blocker: str, blocked: str, *, on: bool = True) -> None:
        """Let one account shut another out, or in again; raises `BadHandle`, `NotPossible`."""
        by, whom = self._pair(blocker, blocked)
        self._relations.block(by, whom, on=on)
        self._changes.tell(Change(kind=ChangeKind.BLOCKED))

    def blocks(self, blocker: User, blocked: User) -> bool:
        """Whether *blocker* has shut *blocked* out."""
        return self._relations.blocks(blocker, blocked)

    def blocked_by(self, blocker: User) -> list[User]:
        """List whom *blocker* has shut out, the latest first."""
        return self._relations.blocked_by(blocker)

    def protect(self, handle: str, *, on: bool = True) -> None:
        """Hide an account's posts from everybody else, or show them again; raises `BadHandle`."""
        self._relations.protect(self.accounts.open(handle), on=on)
        self._changes.tell(Change(kind=ChangeKind.PROTECTED))

    def is_protected(self, user: User) -> bool:
        """Whether nobody else may see the account's posts."""
        return self._relations.is_protected(user)

    def may_see(self, viewer: User, author: User) -> bool:
        """Whether *viewer* may see what *author* posts: it neither blocks the viewer nor is protected."""
        return self._relations.may_see(viewer, author)

    def send(self, author: str, to: str, text: str, *, by_app: bool = False) -> Message:
        """Send a direct message between two handles; raises `BadHandle`, `BadText`, `NotPossible`."""
        sender, recipient = self._pair(author, to)
        message = Message(
            id=self._ids.next(),
            sender=sender,
            recipient=recipient,
            text=checked(text, "message", longest=LONGEST_MESSAGE),
            sent_at=self.clock(),
            conversation=conversation_between(sender.id, recipient.id),
            by_app=by_app,
        )
        self._mailbox.add(message)
        self._changes.tell(Change(kind=ChangeKind.MESSAGED, conversation=message.conversation, message=message))
        return message

    def messages_of(self, user_id: str, *, before: int | None = None) -> list[Message]:
        """Messages that the account sent or received, newest first, with ids below *before* if that is given."""
        return self._mailbox.of(user_id, before=before)

    def message_thread(self, user_id: str, other_id: str) -> list[Message]:
        """Messages between two accounts, oldest first."""
        wanted = conversation_between(user_id, other_id)
        return [message for message in reversed(self._mailbox.of(user_id)) if message.conversation == wanted]

    def accepts_message(self, user: User, sender: User) -> bool:
        """Whether the app may write to *user* for *sender*: the user wrote first and has not shut the sender out."""
        written = any(message.sender.id == user.id for message in self.message_thread(user.id, sender.id))
        return written and not self.blocks(user, sender)

    def _pair(self, handle: str, other: str) -> tuple[User, User]:
        first, second = self.accounts.open(handle), self.accounts.open(other)
        if first.id == second.id:
            raise NotPossible(f"@{first.handle} is one and the same account; name two.")
        return first, second


def checked(text: str, thing: str, *, longest: int) -> str:
    """Return the text of a post or a message; raises `BadText`."""
    if not text.strip():
        raise BadText(f"Write something: a {thing} needs a text.")
    if len(text) > longest:
        raise BadText(f"A {thing} holds at most {longest:,} characters; this one has {len(text):,}.")
    return text
