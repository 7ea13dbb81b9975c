"""What delivering on one channel needs, and what can come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from bot.personal import UNSET, Privacy
from responders.budget import Budget

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.ports import Responder
    from bot.settings import ReplyingSettings
    from bot.vocabulary import Receipt
    from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What delivering on one channel needs."""

    database: Database
    responder: Responder
    rules: ReplyingSettings
    clock: Callable[[], datetime]
    settle_seconds: float
    """From claiming a reply until our own posts can prove it absent: no request may still be on its way then, so at
    least the channel's timeout, and the time that the channel takes to show a post."""
    budget: Budget = field(default_factory=Budget)
    privacy: Privacy = UNSET  #: `Settings.privacy`.


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The reply is on the channel, and its receipt is stored."""

    receipt: Receipt  #: Of its last part.


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The reply still waits; deliver it again in so many seconds."""

    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The reply waits with all others of its lane, which is in trouble; the sweep knows when its time has come."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The reply will not be sent."""

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """The posts of the reply are gone from the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToDo:
    """The reply is settled already, was withdrawn, or is in other hands."""


Outcome: TypeAlias = Delivered | Later | Held | Refused | Retracted | NothingToDo
