"""What X says when it refuses, and what each of it means to us: tables by type, title, words, number and status.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import (
    ChannelBusy,
    ChannelCapped,
    ChannelDown,
    ChannelError,
    ChannelSpent,
    CredentialsRefused,
    DuplicateRefused,
    NotSummoned,
    PostGone,
    PostRefused,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKENS = "x.consumer_key, x.consumer_secret, x.access_token and x.access_token_secret"
_LOG_IN = "with x.auth = 'oauth2', run `heed x login`"
CONSOLE = "in X's developer console"

Meaning = tuple[type[ChannelError], str]

#: The last part of a problem's type; what stands before it changed with OpenAPI 2.167.
TYPES: Mapping[str, Meaning] = {
    "credits": (ChannelSpent, f"Top up {CONSOLE}."),
    "usage-capped": (ChannelCapped, f"Raise the plan {CONSOLE}, or wait for the next period."),
    "unsupported-authentication": (
        CredentialsRefused,
        f"A user's tokens are needed, not an app's: check {_TOKENS}, or, {_LOG_IN}.",
    ),
    "oauth1-permissions": (
        CredentialsRefused,
        f"Give the app 'Read and write' {CONSOLE}, then make new tokens and set {_TOKENS}.",
    ),
    "client-forbidden": (CredentialsRefused, f"Attach the app to a project {CONSOLE}."),
}

#: A problem's title, where its type is shared with another problem.
TITLES: Mapping[str, Meaning] = {
    "SpendCapReached": (ChannelCapped, f"Raise the spending limit {CONSOLE}, or wait for the next period."),
}

_BUSY: Meaning = (ChannelBusy, "Heed waits and goes on.")
GONE: Meaning = (PostGone, "Nothing can be replied to it; look whether the customer wrote again.")
_DUPLICATE: Meaning = (DuplicateRefused, "Reword the reply.")
_TOO_LONG: Meaning = (PostRefused, "Shorten the reply.")
_RESTRICTED: Meaning = (PostRefused, "Only a person can answer, if at all, by a direct message.")
_NO_MESSAGES: Meaning = (
    PostRefused,
    "The customer accepts no direct messages from us; only a public reply reaches them.",
)
_UNAUTHORISED: Meaning = (
    CredentialsRefused,
    f"Check {_TOKENS}, and this machine's clock; or, {_LOG_IN}. Heed goes on when they are accepted.",
)

#: A part of X's sentence, in small letters, because the type of these is always about:blank.
WORDS: Mapping[str, Meaning] = {
    "duplicate content": _DUPLICATE,
    "deleted or not visible": GONE,
    "not been mentioned or otherwise engaged": (NotSummoned, "Only a person can answer, on X itself."),
    "restricted who can reply": _RESTRICTED,
    "text is too long": _TOO_LONG,
    "permission to dm": _NO_MESSAGES,
}

#: The numbers of the older error shape, {"errors": [{"code": ...}]}.
#: https://docs.x.com/x-api/fundamentals/response-codes-and-errors
CODES: Mapping[int, Meaning] = {
    32: _UNAUTHORISED,
    64: (CredentialsRefused, "The account is suspended; a person must appeal on X."),
    88: _BUSY,
    89: _UNAUTHORISED,
    130: (ChannelDown, "Heed tries again."),
    131: (ChannelDown, "Heed tries again."),
    144: GONE,
    186: _TOO_LONG,
    187: _DUPLICATE,
    215: _UNAUTHORISED,
    326: (CredentialsRefused, "The account is locked; a person must log in on X and unlock it."),
    349: _NO_MESSAGES,
    385: GONE,
    433: _RESTRICTED,
}

STATUSES: Mapping[int, Meaning] = {
    401: _UNAUTHORISED,
    402: (ChannelSpent, f"Top up {CONSOLE}."),
    404: (ChannelError, "Check x.base_url."),
    408: (ChannelDown, "Heed tries again."),
    420: _BUSY,
    429: _BUSY,
}

#: Types of a 404 that is about one post.
UNSEEN = frozenset({"resource-not-found", "not-authorized-for-resource"})
