"""What an error answer of X is, as an error of ours with a sentence for people. Pure.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bot.errors import ChannelBusy, ChannelDown, ChannelError, OutcomeUnknown, PostRefused
from responders.x.meanings import CODES, CONSOLE, GONE, STATUSES, TITLES, TYPES, UNSEEN, WORDS
from responders.x.verbs import SPEAKING, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from responders.x.meanings import Meaning

IN_DOUBT = "Heed looks at what the account sent before it tries again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of X, as it came over the wire."""

    verb: Verb
    status: int
    headers: Mapping[str, str]  #: Looked up without regard to capitals.
    body: bytes


def refusal(answer: Answer, now: datetime) -> ChannelError | None:
    """Give the error that *answer* stands for; None where it is a success with a JSON object in it."""
    problem = _object(answer.body)
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None if problem is not None else _undecodable(answer)
    kind, remedy = _meaning(answer, problem or {})
    if kind is ChannelDown and answer.verb in SPEAKING:
        kind, remedy = OutcomeUnknown, f"{IN_DOUBT}."
    message = f"X answered {answer.status}{_detail(problem or {})}. {remedy}"
    return kind(message) if kind is not ChannelBusy else ChannelBusy(message, retry_after=_wait(answer, now))


def _meaning(answer: Answer, problem: Mapping[str, Any]) -> Meaning:
    """X's own words say more than its status: a 403 may be a spending limit, and a 429 a cap that no waiting ends."""
    kind = str(problem.get("type", "")).rpartition("/")[2]
    told = TITLES.get(str(problem.get("title", ""))) or TYPES.get(kind)
    if told is not None:
        return told
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ChannelDown, "Heed tries again."
    if answer.status == HTTPStatus.NOT_FOUND and kind in UNSEEN and problem.get("resource_type") in {"tweet", "post"}:
        return GONE
    return _worded(problem) or STATUSES.get(answer.status) or _unlisted(answer, problem)


def _worded(problem: Mapping[str, Any]) -> Meaning | None:
    said = _detail(problem).lower()
    in_words = next((meaning for words, meaning in WORDS.items() if words in said), None)
    code = _first_error(problem).get("code")
    return in_words or (CODES.get(code) if isinstance(code, int) else None)


def _unlisted(answer: Answer, problem: Mapping[str, Any]) -> Meaning:
    """Only X itself, in its own JSON, can refuse a reply for good; a page of HTML is somebody in between."""
    if problem and answer.verb in SPEAKING and answer.status in {400, 403}:
        return PostRefused, "A person must look at this reply."
    return ChannelError, f"Check x.base_url, any proxy between, and the app {CONSOLE}."


def _undecodable(answer: Answer) -> ChannelError:
    what = f"X answered {answer.status} with something that is not JSON"
    if answer.verb in SPEAKING:
        return OutcomeUnknown(f"{what}. {IN_DOUBT}.")
    return ChannelDown(f"{what}. Heed tries again; if it stays so, check x.base_url and any proxy between.")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        decoded = json.loads(body)
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) else None


def _detail(problem: Mapping[str, Any]) -> str:
    """Quote what X says is wrong; of an invalid request the first of its errors says more than the summary."""
    first = _first_error(problem)
    text = first.get("message") or first.get("detail") or problem.get("detail") or problem.get("title")
    return f": {' '.join(str(text).split()).rstrip('.')}" if text else ""


def _first_error(problem: Mapping[str, Any]) -> dict[str, Any]:
    errors = problem.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}


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
