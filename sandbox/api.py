"""The endpoints of X API v2 that a bot needs, over the sandbox's world."""

from collections.abc import Callable
from datetime import timedelta
from json import JSONDecodeError

from aiohttp import web

from sandbox.gate import Body, endpoint
from sandbox.limits import Endpoint
from sandbox.payloads import in_dialect, includes_json, post_json, user_json
from sandbox.posts import Post
from sandbox.problems import (
    DELETE_NOT_ALLOWED,
    REPLY_TARGET_DELETED,
    Json,
    Problem,
    invalid_request,
    not_found,
)
from sandbox.query import Fields, page_token, read_fields, read_id, read_ids, read_timeline
from sandbox.refusals import NoSuchPost
from sandbox.rules import refusal
from sandbox.state import Sandbox
from sandbox.timeline import Slice, Span
from sandbox.world import NewPost, World

Read = Callable[[str, Span], Slice]

_BODY = frozenset({"text", "reply", "quote_tweet_id", "reply_settings", "made_with_ai"})


async def _me(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields = read_fields(request.query)
    return 200, {"data": user_json(sandbox.world.brand, fields)}


async def _mentions(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, span = read_timeline(request.query)
    return 200, _page(request, sandbox.world, sandbox.world.mentions, fields=fields, span=span)


async def _published(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, span = read_timeline(request.query, also=frozenset({"exclude"}))
    return 200, _page(request, sandbox.world, sandbox.world.published, fields=fields, span=span)


async def _look_up(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, number = read_fields(request.query), read_id(request.match_info["id"])
    post = sandbox.world.find(number)
    if post is None:
        return 200, {"errors": [not_found("tweet", number, "id")]}
    found = {"data": post_json(sandbox.world, post, fields)}
    return 200, in_dialect(found | includes_json(sandbox.world, [post], fields), fields)


async def _look_up_many(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields = read_fields(request.query, also=frozenset({"ids"}))
    wanted = {number: sandbox.world.find(number) for number in read_ids(request.query)}
    posts = [post for post in wanted.values() if post]
    missing = [not_found("tweet", number, "ids") for number, post in wanted.items() if post is None]
    payload = includes_json(sandbox.world, posts, fields)
    data = [post_json(sandbox.world, post, fields) for post in posts]
    errors = [*missing, *payload.pop("errors", [])]
    filled = ({"data": data} if data else {}) | payload | ({"errors": errors} if errors else {})
    return 200, in_dialect(filled, fields)


async def _create(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    new = _new_post(await _json_body(request), sandbox.world)
    within = timedelta(seconds=sandbox.config.duplicate_seconds)
    refused = refusal(sandbox.world, new, duplicate_within=within)
    if refused:
        raise Problem(refused)
    try:
        post = sandbox.world.post(new)
    except NoSuchPost:
        raise Problem(REPLY_TARGET_DELETED) from None
    return 201, {"data": post_json(sandbox.world, post, Fields())}


async def _delete(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    post = sandbox.world.find(read_id(request.match_info["id"]))
    if post is None:
        return 200, {"data": {"deleted": False}}
    if post.author.id != sandbox.world.brand.id:
        raise Problem(DELETE_NOT_ALLOWED)
    sandbox.world.delete(post.id)
    return 200, {"data": {"deleted": True}}


def _page(request: web.Request, world: World, read: Read, *, fields: Fields, span: Span) -> Json:
    """One page of a timeline; posts deleted or edited since make it shorter, as on X."""
    user_id = read_id(request.match_info["id"])
    if world.accounts.numbered(user_id) is None:
        return {"errors": [not_found("user", user_id, "id")]}
    part = read(user_id, span)
    excluded = request.query.get("exclude", "").split(",")
    found = [post for number in part.ids if (post := world.find(number)) and world.is_latest(post)]
    posts = [post for post in found if not _is_excluded(post, excluded)]
    data = {"data": [post_json(world, post, fields) for post in posts]} if posts else {}
    meta = _meta(posts) | ({"next_token": page_token(part.ids[-1])} if part.more else {})
    return in_dialect(data | includes_json(world, posts, fields) | {"meta": meta}, fields)


def _is_excluded(post: Post, excluded: list[str]) -> bool:
    return ("replies" in excluded and post.reply_to is not None) or (
        "retweets" in excluded and post.repost_of is not None
    )


def _meta(posts: list[Post]) -> Json:
    ends = {"newest_id": posts[0].id, "oldest_id": posts[-1].id} if posts else {}
    return {"result_count": len(posts)} | ends


async def _json_body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        raise invalid_request("body", "", "The request body is not a valid JSON object")
    return body


def _new_post(body: Json, world: World) -> NewPost:
    """Return what the app wants to publish; raises `Problem` (400) for a body that does not fit X's schema."""
    for name in body.keys() - _BODY:
        raise invalid_request(f"$.{name}", str(body[name]), f"$.{name}: is not defined in the schema")
    reply = body.get("reply") or {}
    if not isinstance(body.get("text", ""), str) or not isinstance(reply, dict):
        raise invalid_request("$.text", str(body.get("text")), "$.text: string expected, $.reply: object expected")
    if reply == {} and "reply" in body:
        missing = "$.reply.in_reply_to_tweet_id: is missing but it is required"
        raise invalid_request("$.reply", "{}", missing)
    return NewPost(
        author=world.brand.handle,
        text=body.get("text", ""),
        reply_to=_reference(reply, "in_reply_to_tweet_id"),
        quote_of=_reference(body, "quote_tweet_id"),
        by_app=True,
        without=frozenset(map(str, reply.get("exclude_reply_user_ids", []))),
    )


def _reference(body: Json, name: str) -> str | None:
    return read_id(str(body[name]), parameter=name) if name in body else None


_BODIES: dict[Endpoint, Body] = {
    Endpoint.ME: _me,
    Endpoint.MENTIONS: _mentions,
    Endpoint.PUBLISHED: _published,
    Endpoint.LOOK_UP: _look_up,
    Endpoint.LOOK_UP_MANY: _look_up_many,
    Endpoint.CREATE: _create,
    Endpoint.DELETE: _delete,
}


def routes() -> list[web.RouteDef]:
    """Every endpoint of the API, ready to add to an application."""
    found = []
    for name, body in _BODIES.items():
        method, path = name.value.replace(":id", "{id}").split(" ")
        found.append(web.route(method, path, endpoint(name, body)))
    return found
