"""Reads the JSON bodies of requests, refusing with X's words what does not fit its schemas."""

from json import JSONDecodeError

from aiohttp import web

from sandbox.posts import ReplySettings
from sandbox.problems import Json, invalid_request
from sandbox.query import read_id
from sandbox.world import NewPost, World

_POST = frozenset(
    {"text", "reply", "quote_tweet_id", "reply_settings", "made_with_ai", "direct_message_deep_link", "nullcast"}
)
_REPLY = frozenset({"in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"})
_SETTINGS = frozenset(ReplySettings) - {ReplySettings.EVERYONE}


async def read_object(request: web.Request) -> Json:
    """Read the JSON object in the body; raises `Problem` (400)."""
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise invalid_request("body", "", "The request body is not a valid JSON object")
    return body


def read_post(body: Json, world: World) -> NewPost:
    """Return what the app wants to publish as the brand; raises `Problem` (400)."""
    check_known("$", body, _POST)
    reply, text, link = body.get("reply", {}), body.get("text", ""), body.get("direct_message_deep_link", "")
    _check_type("$.text", text, str, "string")
    _check_type("$.direct_message_deep_link", link, str, "string")
    _check_type("$.reply", reply, dict, "object")
    check_known("$.reply", reply, _REPLY)
    if "reply" in body and "in_reply_to_tweet_id" not in reply:
        missing = "$.reply.in_reply_to_tweet_id: is missing but it is required"
        raise invalid_request("$.reply", str(reply), missing)
    without = reply.get("exclude_reply_user_ids", [])
    _check_type("$.reply.exclude_reply_user_ids", without, list, "array")
    return NewPost(
        author=world.brand.handle,
        text=text,
        reply_to=_reference(reply, "in_reply_to_tweet_id"),
        quote_of=_reference(body, "quote_tweet_id"),
        by_app=True,
        reply_settings=_reply_settings(body),
        message_link=link,
        without=frozenset(map(str, without)),
    )


def read_message(body: Json) -> str:
    """Return the text of a direct message; raises `Problem` (400)."""
    check_known("$", body, frozenset({"text"}))
    if not body.get("text"):
        raise invalid_request("$.text", "", "$.text: is missing but it is required")
    _check_type("$.text", body["text"], str, "string")
    return str(body["text"])


def read_hidden(body: Json) -> bool:
    """Return whether a reply shall be hidden; raises `Problem` (400)."""
    check_known("$", body, frozenset({"hidden"}))
    _check_type("$.hidden", body.get("hidden"), bool, "boolean")
    return bool(body["hidden"])


def check_known(place: str, value: Json, known: frozenset[str]) -> None:
    """Raise `Problem` (400) for a field that is not one of *known*; *place* is where *value* stands."""
    for name in value.keys() - known:
        where = f"{place}.{name}"
        raise invalid_request(where, str(value[name]), f"{where}: is not defined in the schema")


def _check_type(place: str, value: object, wanted: type, word: str) -> None:
    if not isinstance(value, wanted):
        raise invalid_request(place, str(value), f"{place}: {type(value).__name__} found, {word} expected")


def _reference(body: Json, name: str) -> str | None:
    return read_id(str(body[name]), parameter=name) if name in body else None


def _reply_settings(body: Json) -> ReplySettings:
    value = body.get("reply_settings", ReplySettings.EVERYONE.value)
    if "reply_settings" in body and value not in _SETTINGS:
        known = ", ".join(sorted(_SETTINGS))
        raise invalid_request("$.reply_settings", str(value), f"$.reply_settings: must be one of [{known}]")
    return ReplySettings(value)
