"""Reads the bodies of the control API, refusing what is wrong with a sentence that says what to send."""

from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from aiohttp import web

from sandbox.posts import ReplySettings
from sandbox.refusals import Refused
from sandbox.world import NewPost

_POST_FIELDS = (
    "author",
    "text",
    "in_reply_to",
    "repost_of",
    "quote_of",
    "edit_of",
    "name",
    "language",
    "reply_settings",
    "late",
)
_REFERENCES = ("in_reply_to", "repost_of", "edit_of")


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
    refuse_unknown(body, _POST_FIELDS, "A post")
    fields = {name: _text(body, name) for name in _POST_FIELDS if name != "late"}
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
        reply_settings=_reply_settings(fields["reply_settings"]),
        late=read_switch(body, "late", default=False),
    )
    return PostOrder(new=new, name=fields["name"], edit_of=fields["edit_of"] or None)


def read_texts(body: dict[str, Any], fields: tuple[str, ...], thing: str, *, also: tuple[str, ...] = ()) -> list[str]:
    """Read *fields*, of which each must be there, from a body that may hold *also* others; raises `BadOrder`."""
    refuse_unknown(body, fields + also, thing)
    values = [_text(body, name) for name in fields]
    for name, value in zip(fields, values, strict=True):
        check(bool(value), f"{thing} needs {name}.")
    return values


def read_switch(body: dict[str, Any], name: str, *, default: bool) -> bool:
    """Read a field that is true or false; raises `BadOrder`."""
    value = body.get(name, default)
    check(isinstance(value, bool), f"{name} must be true or false.")
    return bool(value)


def _reply_settings(value: str) -> ReplySettings:
    known = [setting.value for setting in ReplySettings]
    check(not value or value in known, f"reply_settings must be one of {', '.join(known)}.")
    return ReplySettings(value or ReplySettings.EVERYONE)


def check(right: bool, sentence: str) -> None:
    """Raise `BadOrder` with *sentence* unless *right*."""
    if not right:
        raise BadOrder(sentence)


def refuse_unknown(body: dict[str, Any], known: tuple[str, ...], thing: str) -> None:
    """Raise `BadOrder` for a field that *thing* does not have."""
    for name in body:
        check(name in known, f"Unknown field {name!r}. {thing} has: {', '.join(known)}.")


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name) or ""
    check(isinstance(value, str), f"{name} must be a text, in quotes.")
    return str(value)
