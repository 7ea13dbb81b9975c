"""Single posts: looked up, published, deleted, and replies hidden."""

from aiohttp import web

from sandbox.api.bodies import read_hidden, read_object, read_post
from sandbox.gate import Body
from sandbox.limits import Endpoint
from sandbox.payloads import includes_json, look_up, post_json
from sandbox.problems import (
    DELETE_NOT_ALLOWED,
    FORBIDDEN,
    HIDE_NOT_ALLOWED,
    REPLY_TARGET_DELETED,
    Json,
    Problem,
)
from sandbox.query import Fields, read_fields, read_id, read_ids
from sandbox.refusals import NoSuchPost
from sandbox.rules import refusal
from sandbox.state import Sandbox


async def _look_up(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, number = read_fields(request.query), read_id(request.match_info["id"])
    posts, errors = look_up(sandbox.world, [number], "id")
    if errors:
        return 200, {"errors": errors}
    return 200, {"data": post_json(sandbox.world, posts[0], fields)} | includes_json(sandbox.world, posts, fields)


async def _look_up_many(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields = read_fields(request.query, also=frozenset({"ids"}))
    posts, missing = look_up(sandbox.world, dict.fromkeys(read_ids(request.query)), "ids")
    payload = includes_json(sandbox.world, posts, fields)
    data = [post_json(sandbox.world, post, fields) for post in posts]
    errors = [*missing, *payload.pop("errors", [])]
    return 200, ({"data": data} if data else {}) | payload | ({"errors": errors} if errors else {})


async def _create(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    new = read_post(await read_object(request), sandbox.world)
    refused = refusal(sandbox.world, new, sandbox.config)
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


async def _hide(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    """Hide a reply below a thread that the brand began, or show it again."""
    number = read_id(request.match_info["tweet_id"], parameter="tweet_id")
    hidden = read_hidden(await read_object(request))
    post = sandbox.world.find(number)
    if post is None:
        raise Problem(FORBIDDEN)
    root = sandbox.world.root(post.conversation)
    if post.reply_to is None or root is None or root.author.id != sandbox.world.brand.id:
        raise Problem(HIDE_NOT_ALLOWED)
    sandbox.world.hide(number, on=hidden)
    return 200, {"data": {"hidden": hidden}}


BODIES: dict[Endpoint, Body] = {
    Endpoint.LOOK_UP: _look_up,
    Endpoint.LOOK_UP_MANY: _look_up_many,
    Endpoint.CREATE: _create,
    Endpoint.DELETE: _delete,
    Endpoint.HIDE: _hide,
}
