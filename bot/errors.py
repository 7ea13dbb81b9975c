"""Everything that can go wrong, as one tree.

HeedError
├── SettingsError               a setting is missing, unknown or out of range
├── DataError                   a file of ours is malformed; carries file and line
├── StorageDown                 the database cannot be reached                        retryable
├── NotTrained                  heads or index are missing
├── IllegalMove                 a state machine was asked for a step it does not have
├── PortTaken                   another program listens on a port we need
├── DialogueDown                Rasa cannot be reached, or fails                       retryable
├── DeskError                   the help desk did not take a case
│   ├── DeskDown                unreachable, slow, or answers with a failure of its own   retryable
│   └── DeskRefused             refused for good
├── Forged                      something came in without the signature that it needs
└── ChannelError                a channel could not do what it was asked
    ├── ChannelDown             unreachable, or answers 5xx                            retryable
    ├── ChannelBusy             a rate limit; carries retry_after                      retryable
    │   └── NotYetVisible       the channel does not show so fresh a post to everybody yet  retryable
    ├── ChannelSpent            credits are used up
    ├── ChannelCapped           a usage cap or a spending limit is reached
    ├── CredentialsRefused      tokens are wrong, expired or lack a right
    ├── PostGone                the post is deleted or not visible to us
    ├── PostRefused             the channel refused a reply for good
    │   ├── DuplicateRefused    the channel says that we said this already
    │   └── NotSummoned         the channel lets no program reply to this post
    └── OutcomeUnknown          a post may or may not have been made; never send again unread
"""

from __future__ import annotations


class HeedError(Exception):
    """Something went wrong in Heed."""

    retryable = False

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class SettingsError(HeedError):
    """A setting is missing, unknown or out of range."""


class DataError(HeedError):
    """A file is malformed."""

    def __init__(self, problem: str, *, file: str, line: int | None = None, remedy: str = "") -> None:
        where = f"{file}:{line}" if line is not None else file
        super().__init__(f"{where}: {problem}" + (f" {remedy}" if remedy else ""))
        self.file = file
        self.line = line


class StorageDown(HeedError):
    """The database cannot be reached."""

    retryable = True


class NotTrained(HeedError):
    """The heads or the index are missing; run `heed train` first."""


class IllegalMove(HeedError):
    """That step is not possible in the present state."""


class PortTaken(HeedError):
    """Another program listens on a port that Heed needs."""


class DialogueDown(HeedError):
    """Rasa cannot be reached, or failed; private messages go to people meanwhile."""

    retryable = True


class DeskError(HeedError):
    """The help desk did not take a case."""


class DeskDown(DeskError):
    """The help desk cannot be reached, is too slow, or failed; later it may work."""

    retryable = True


class DeskRefused(DeskError):
    """The help desk refused a case for good; something has to be changed first."""


class Forged(HeedError):
    """The signature is missing, wrong or too old."""


class ChannelError(HeedError):
    """The channel could not do what it was asked."""


class ChannelDown(ChannelError):
    """The channel cannot be reached, or answers with a server error."""

    retryable = True


class ChannelBusy(ChannelError):
    """The channel asked us to slow down."""

    retryable = True

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  #: Seconds; None where the channel did not say.


class NotYetVisible(ChannelBusy):
    """The channel does not show so fresh a post yet; nothing is wrong with it or with the channel."""


class ChannelSpent(ChannelError):
    """Credits of the channel are used up; waiting does not help, topping up does."""


class ChannelCapped(ChannelError):
    """A usage cap or a spending limit of the channel is reached; raising it helps, or the next period."""


class CredentialsRefused(ChannelError):
    """The channel refused our credentials; check the tokens and the app's permissions."""


class PostGone(ChannelError):
    """The post is deleted or no longer visible to us."""


class PostRefused(ChannelError):
    """The channel refused the reply for good."""


class DuplicateRefused(PostRefused):
    """The channel says that we said exactly this already."""


class NotSummoned(PostRefused):
    """The channel lets no program reply to this post; a person may, in the channel's own app."""


class OutcomeUnknown(ChannelError):
    """The reply may or may not have been posted; look before sending again."""
