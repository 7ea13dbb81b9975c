"""What Heed asks of the outside, as protocols, each with a contract suite for its fake and its real adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from bot.vocabulary import (
        Candidate,
        Escalation,
        EscalationState,
        Mention,
        Receipt,
        Reply,
        Understanding,
        Vector,
        Vectors,
    )


class Encoder(Protocol):
    """Turns texts into vectors that lie near each other where the texts mean the same."""

    name: str  #: The model's name, stored beside every vector.
    revision: str  #: Changes whenever the same text would give another vector.
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, in order: shape (texts, dimension), float32. Blocks its thread."""
        ...


class Nearest(Protocol):
    """Finds passages by their vectors. A passage has the number that its place among the indexed ones gives it."""

    size: int  #: Passages in it.

    def search(self, queries: Vectors, nearest: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give for each query the cosines and the numbers of its *nearest* passages, best first. Blocks its thread.

        Both have the shape (queries, nearest), or fewer columns where there are fewer passages. Raises NotTrained where
        the queries come from another encoder than the passages, StorageDown where they are in a database that is gone.
        """
        ...

    def cosines(self, query: Vector, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the cosine of *query* with each passage in *numbers*, in their shape. Blocks its thread.

        Raises StorageDown as a search does.
        """
        ...

    def vectors(self, numbers: NDArray[np.int64]) -> Vectors:
        """Give the vectors of the passages in *numbers*, a row each. Blocks its thread; raises StorageDown likewise."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of time of which a channel cannot give everything any more."""

    since: datetime
    until: datetime
    why: str  #: A sentence for ops: what is lost, and what they can do.


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One look at a channel: what was there, oldest first, and where to look from next time."""

    mentions: tuple[Mention, ...]
    cursor: str | None  #: Opaque to everybody but the listener; store it only after the mentions.
    gaps: tuple[Gap, ...] = ()  #: What can never be heard; the cursor has moved past it.
    rest: float = 0.0  #: Seconds to leave the channel alone at least, so that its rate limit lasts.


class Listener(Protocol):
    """Hears one stream of what a channel has for us, such as mentions or direct messages."""

    channel: str
    stream: str  #: Unique among all listeners; the cursor is kept under it.
    pause: float  #: Seconds between two looks.

    async def hear(self, cursor: str | None) -> Heard:
        """Give everything newer than *cursor*, and what may have been late; None starts with new posts only.

        The same post may come again. Raises ChannelError.
        """
        ...


class Responder(Protocol):
    """Delivers replies on one channel."""

    channel: str

    async def send(self, reply: Reply) -> Receipt:
        """Post *reply* once.

        Raises OutcomeUnknown when it may have been posted, another ChannelError when it certainly was not.
        """
        ...

    async def find_sent(self, reply: Reply) -> Receipt | None:
        """Look through our own posts for an answer to the same post; None proves that there is none.

        Raises ChannelError when that cannot be known now.
        """
        ...

    async def newest_version(self, reply: Reply) -> str:
        """Give the id of the newest version of the post that *reply* answers.

        Raises PostGone where it is deleted or not visible to us, another ChannelError when that cannot be known now.
        """
        ...

    async def retract(self, receipt: Receipt) -> None:
        """Delete a post of ours; nothing happens where it is gone. Raises ChannelError."""
        ...


class HelpDesk(Protocol):
    """Takes cases where customers are helped off the network: a mailbox, a CRM, a help desk."""

    name: str  #: Such as "email"; kept with each case.

    async def open(self, escalation: Escalation, delivery_id: str) -> str:
        """Hand a case over and give the desk's own id of it.

        *delivery_id* stays the same for all tries of one case, so that the desk can tell a second try from a second
        case. Raises DeskDown where another try may help, DeskRefused where none does.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What the dialogue engine made of one private message."""

    texts: tuple[str, ...]  #: What it says, in order, without signature.
    orders: tuple[Mapping[str, Any], ...] = ()  #: What our actions want done, in order; see `bot.actions.orders`.


class Dialogue(Protocol):
    """Leads private conversations."""

    async def turn(self, conversation_id: int, mention: Mention, *, repeated: bool) -> Turn:
        """Take one private message of a conversation and give what is to be said and done.

        *repeated* says that the same message may have been taken before; it is not taken twice then, and what was made
        of it is given again. Raises DialogueDown.
        """
        ...

    async def is_up(self) -> bool:
        """Say whether the engine answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """An answer that may be said in private without a person."""

    article_id: str
    text: str  #: The reviewed short answer, without signature.
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """How far a customer's case is."""

    reference: str
    state: EscalationState
    opened_at: datetime


class Adviser(Protocol):
    """What custom actions ask the service; it only reads."""

    async def answer(self, text: str, *, besides: Collection[str] = ()) -> Advice | None:
        """Give what the rules let the bot answer alone in private; None where a person is needed.

        *besides* are articles that were said before and did not help. Raises StorageDown, NotTrained.
        """
        ...

    async def cases(self, conversation_id: int) -> tuple[KnownCase, ...]:
        """Give the cases of the customer of a conversation, newest first. Raises StorageDown."""
        ...


class Retriever(Protocol):
    """Finds the articles that may answer."""

    def retrieve(self, understandings: Sequence[Understanding]) -> list[tuple[Candidate, ...]]:
        """Give for each understanding its candidates with calibrated confidence, best first; pure."""
        ...
