"""Reads the bodies of the control API, refusing what is wrong with a sentence that says what to send."""

from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from aiohttp import web

from sandbox.faults import Fault, FaultKind
from sandbox.refusals import Refused
from sandbox.world import NewPost

_POST_FIELDS = ("author", "text", "in_reply_to", "repost_of", "quote_of", "edit_of", "name", "language")
_REFERENCES = ("in_reply_to", "repost_of", "edit_of")
_ERRORS = range(400, 600)
_FAULT_FIELDS: dict[str, tuple[type, str]] = {
    "kind": (str, "a kind"),
    "method": (str, "an HTTP method"),
    "path": (str, "the beginning of a path"),
    "times": (int, "a whole number"),
    "seconds": (float, "a number of seconds"),
    "status": (int, "an HTTP status"),
    "html": (bool, "true or false"),
    "headers": (bool, "true or false"),
}


class BadOrder(Refused):
    """The body of a control request cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOrder:
    """A post to publish, or with *edit_of* a new version of one."""

    new: NewPost
    name: str  #: The author's display name; empty leaves it as it is.
    edit_of: str | None


async def read_object(request: web.Request) -> dict[str, Any]:
    """Read the JSON object in the body; raises `BadOrder`."""
    if request.content_type != "application/json":
        raise BadOrder("Send JSON, with the header Content-Type: application/json.")
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        raise BadOrder("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise BadOrder('The body must be a JSON object, such as {"author": "mara", "text": "Hello"}.')
    return body


def read_post(body: dict[str, Any]) -> PostOrder:
    """Read the post that the body describes; raises `BadOrder`."""
    _refuse_unknown(body, _POST_FIELDS, "A post")
    fields = {name: _text(body, name) for name in _POST_FIELDS}
    given = [name for name in _REFERENCES if fields[name]]
    if len(given) > 1:
        raise BadOrder(f"Give only one of {' and '.join(given)}: a post is one thing at a time.")
    if not fields["author"] and not fields["edit_of"]:
        raise BadOrder("Say who writes: author is a handle, such as mara_k.")
    new = NewPost(
        author=fields["author"],
        text=fields["text"],
        reply_to=fields["in_reply_to"] or None,
        repost_of=fields["repost_of"] or None,
        quote_of=fields["quote_of"] or None,
        language=fields["language"] or None,
    )
    return PostOrder(new=new, name=fields["name"], edit_of=fields["edit_of"] or None)


def read_fault(body: dict[str, Any]) -> Fault:
    """Read the fault that the body describes; raises `BadOrder`."""
    _refuse_unknown(body, tuple(_FAULT_FIELDS), "A fault")
    kinds = [kind.value for kind in FaultKind]
    if body.get("kind") not in kinds:
        raise BadOrder(f"kind must be one of {', '.join(kinds)}.")
    for name, value in body.items():
        _check_type(name, value)
    fault = Fault(**body | {"kind": FaultKind(body["kind"]), "method": body.get("method", "*").upper()})
    _check(fault.times >= 1, "times must be 1 or more.")
    _check(fault.seconds >= 0, "seconds must be 0 or more.")
    _check(fault.status in _ERRORS, "status must be an error, 400 to 599.")
    return fault


def _check_type(name: str, value: object) -> None:
    wanted, words = _FAULT_FIELDS[name]
    fits = isinstance(value, (int, float)) if wanted is float else isinstance(value, wanted)
    _check(fits and isinstance(value, bool) == (wanted is bool), f"{name} must be {words}.")


def _check(right: bool, sentence: str) -> None:
    if not right:
        raise BadOrder(sentence)


def _refuse_unknown(body: dict[str, Any], known: tuple[str, ...], thing: str) -> None:
    for name in body:
        _check(name in known, f"Unknown field {name!r}. {thing} has: {', '.join(known)}.")


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name) or ""
    _check(isinstance(value, str), f"{name} must be a text, in quotes.")
    return str(value)
