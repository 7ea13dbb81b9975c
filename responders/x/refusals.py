"""What X's error answers mean, as errors of ours: a table of status, problem type and X's own words. Pure.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bot.errors import (
    ChannelBusy,
    ChannelDown,
    ChannelError,
    ChannelSpent,
    CredentialsRefused,
    DuplicateRefused,
    OutcomeUnknown,
    PostGone,
    PostRefused,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_TOKENS = "x.consumer_key, x.consumer_secret, x.access_token and x.access_token_secret"

#: The last part of a problem's type; what stands before it changed with OpenAPI 2.167.
_TYPES: Mapping[str, tuple[type[ChannelError], str]] = {
    "credits": (ChannelSpent, "Top up or raise the spending limit in X's developer console."),
    "usage-capped": (ChannelSpent, "Raise the plan in X's developer console, or wait for the next period."),
    "unsupported-authentication": (CredentialsRefused, f"Check {_TOKENS}: a user's tokens are needed, not an app's."),
    "oauth1-permissions": (
        CredentialsRefused,
        f"Give the app 'Read and write' in X's developer console, then make new tokens and set {_TOKENS}.",
    ),
    "client-forbidden": (CredentialsRefused, "Attach the app to a project in X's developer console."),
}

#: A part of X's sentence, in small letters, because the type of these is always about:blank.
_WORDS: Mapping[str, tuple[type[ChannelError], str]] = {
    "duplicate content": (DuplicateRefused, "Reword the reply."),
    "deleted or not visible": (PostGone, "Nothing can be replied to it; look whether the customer wrote again."),
    "not been mentioned or otherwise engaged": (PostRefused, "Only a person can answer, on X itself."),
    "restricted who can reply": (PostRefused, "Only a person can answer, if at all, by a direct message."),
    "text is too long": (PostRefused, "Shorten the reply."),
}

_STATUSES: Mapping[int, tuple[type[ChannelError], str]] = {
    401: (CredentialsRefused, f"Check {_TOKENS}, and this machine's clock; Heed goes on when they are accepted."),
    402: (ChannelSpent, "Top up in X's developer console."),
    404: (ChannelError, "Check x.base_url."),
    408: (ChannelDown, "Heed tries again."),
    420: (ChannelBusy, "Heed waits and goes on."),
    429: (ChannelBusy, "Heed waits and goes on."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of X, as it came over the wire."""

    method: str
    status: int
    headers: Mapping[str, str]  #: Looked up without regard to capitals.
    body: bytes


def refusal(answer: Answer, now: datetime) -> ChannelError | None:
    """Give the error that *answer* stands for; None where it is a success with a JSON object in it."""
    problem = _object(answer.body)
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None if problem is not None else _undecodable(answer)
    kind, remedy = _meaning(answer, problem or {})
    if kind is ChannelDown and answer.method == "POST":
        kind, remedy = OutcomeUnknown, "Heed looks at the account's own posts before it tries again."
    message = f"X answered {answer.status}{_detail(problem or {})}. {remedy}"
    return kind(message) if kind is not ChannelBusy else ChannelBusy(message, retry_after=_wait(answer, now))


def _meaning(answer: Answer, problem: Mapping[str, Any]) -> tuple[type[ChannelError], str]:
    known = _TYPES.get(str(problem.get("type", "")).rpartition("/")[2])
    if known is not None:
        return known
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ChannelDown, "Heed tries again."
    said = _detail(problem).lower()
    worded = next((meaning for words, meaning in _WORDS.items() if words in said), None)
    return worded or _STATUSES.get(answer.status) or _unlisted(answer, problem)


def _unlisted(answer: Answer, problem: Mapping[str, Any]) -> tuple[type[ChannelError], str]:
    """Only X itself, in its own JSON, can refuse a reply for good; a page of HTML is somebody in between."""
    if problem and answer.method == "POST" and answer.status in {400, 403}:
        return PostRefused, "A person must look at this reply."
    return ChannelError, "Check x.base_url, any proxy between, and the app in X's developer console."


def _undecodable(answer: Answer) -> ChannelError:
    what = f"X answered {answer.status} with something that is not JSON"
    if answer.method == "POST":
        return OutcomeUnknown(f"{what}. Heed looks at the account's own posts before it tries again.")
    return ChannelDown(f"{what}. Heed tries again; if it stays so, check x.base_url and any proxy between.")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        decoded = json.loads(body)
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) else None


def _detail(problem: Mapping[str, Any]) -> str:
    """Quote what X says is wrong; of an invalid request the first of its errors says more than the summary."""
    errors = problem.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    said = first.get("message") or first.get("detail") if isinstance(first, dict) else None
    text = said or problem.get("detail") or problem.get("title")
    return f": {' '.join(str(text).split()).rstrip('.')}" if text else ""


def _wait(answer: Answer, now: datetime) -> float | None:
    """Give the seconds until the window that is used up opens again; None where X does not say, or says a past time.

    The 24-hour headers count only when their own rest is 0; then the 15-minute ones mislead.
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    daily = ("x-user-limit-24hour", "x-app-limit-24hour")
    spent = [f"{name}-reset" for name in daily if headers.get(f"{name}-remaining") == "0"]
    resets = [_number(headers.get(name)) for name in spent or ["x-rate-limit-reset"]]
    waits = [reset - now.timestamp() for reset in resets if reset is not None]
    waits += [after] if (after := _number(headers.get("retry-after"))) is not None else []
    return max(waits) if waits and max(waits) > 0 else None


def _number(value: str | None) -> float | None:
    return float(value) if value is not None and value.isdecimal() else None
