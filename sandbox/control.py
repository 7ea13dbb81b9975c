"""The control API under /sandbox: play the customers and the help desk, break things, and listen to every change."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from responders.counting import MAX_WEIGHT, weighted_length
from sandbox import mailing, people, trouble
from sandbox.feed import feed
from sandbox.orders import BadOrder, PostOrder, read_object, read_post
from sandbox.payloads import timestamp
from sandbox.posts import Post
from sandbox.refusals import NoSuchMail, NoSuchPost, Refused
from sandbox.state import SANDBOX
from sandbox.threads import Branch, branch, threads
from sandbox.world import World

_SHOWN = 200  #: Threads in an answer unless `limit` says otherwise.

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def publish(world: World, order: PostOrder) -> Post:
    """Publish or edit what *order* says; raises `Refused`."""
    if order.edit_of:
        return world.edit(order.edit_of, order.new.text)
    if order.name:
        world.accounts.open(order.new.author, name=order.name)
    return world.post(order.new)


async def _create(request: web.Request) -> web.Response:
    world = request.app[SANDBOX].world
    post = publish(world, read_post(await read_object(request)))
    return web.json_response(_post_json(world, post), status=201)


async def _delete(request: web.Request) -> web.Response:
    request.app[SANDBOX].world.delete(request.match_info["id"])
    return web.json_response({"deleted": True})


async def _list(request: web.Request) -> web.Response:
    limit = request.query.get("limit", str(_SHOWN))
    if not limit.isdecimal():
        raise BadOrder("limit must be a whole number of threads.")
    world = request.app[SANDBOX].world
    found = threads(world, limit=int(limit))
    return web.json_response({"posts": [_branch_json(world, one) for one in found]})


async def _replies(request: web.Request) -> web.Response:
    world = request.app[SANDBOX].world
    grown = branch(world, world.get(request.match_info["id"]))
    return web.json_response({"replies": [_branch_json(world, one) for one in grown.replies] if grown else []})


async def _weigh(request: web.Request) -> web.Response:
    body = await read_object(request)
    return web.json_response({"weight": weighted_length(str(body.get("text", ""))), "limit": MAX_WEIGHT})


async def _index(request: web.Request) -> web.Response:
    """Let a late post reach timelines, search and streams."""
    world, number = request.app[SANDBOX].world, request.match_info["id"]
    world.index(number)
    return web.json_response(_post_json(world, world.get(number)))


def _post_json(world: World, post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "author": post.author.handle,
        "name": post.author.name,
        "text": post.body,
        "created_at": timestamp(post.created_at),
        "conversation": post.conversation,
        "in_reply_to": post.reply_to,
        "repost_of": post.repost_of,
        "quote_of": post.quote_of,
        "versions": list(post.versions),
        "language": post.language,
        "by_app": post.by_app,
        "late": not world.is_indexed(post),
    }


def _branch_json(world: World, grown: Branch) -> dict[str, Any]:
    replies = [_branch_json(world, reply) for reply in grown.replies]
    return _post_json(world, grown.post) | {"deleted": grown.deleted, "replies": replies}


def _spoken(handler: Handler) -> Handler:
    """Turn a refusal into 404 or 400 with its sentence."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refused as refused:
            is_gone = isinstance(refused, NoSuchPost | NoSuchMail) and request.match_info.get("id")
            status = 404 if is_gone else 400
            return web.json_response({"error": str(refused)}, status=status)

    return handle


def routes() -> list[web.RouteDef]:
    """Every endpoint of the control API."""
    return [
        web.post("/sandbox/posts", _spoken(_create)),
        web.get("/sandbox/posts", _spoken(_list)),
        web.delete("/sandbox/posts/{id}", _spoken(_delete)),
        web.get("/sandbox/posts/{id}/replies", _spoken(_replies)),
        web.post("/sandbox/posts/{id}/index", _spoken(_index)),
        web.post("/sandbox/weight", _spoken(_weigh)),
        web.post("/sandbox/messages", _spoken(people.send)),
        web.get("/sandbox/messages", _spoken(people.messages)),
        web.post("/sandbox/blocks", _spoken(people.block)),
        web.post("/sandbox/protections", _spoken(people.protect)),
        web.get("/sandbox/mails", _spoken(mailing.mails)),
        web.post("/sandbox/mails/{id}/answers", _spoken(mailing.answer)),
        web.post("/sandbox/replies", _spoken(mailing.send_replies)),
        web.get("/sandbox/faults", _spoken(trouble.armed)),
        web.post("/sandbox/faults", _spoken(trouble.arm)),
        web.delete("/sandbox/faults", _spoken(trouble.clear)),
        web.post("/sandbox/seed", _spoken(trouble.seed)),
        web.delete("/sandbox/tokens", _spoken(trouble.revoke)),
        web.post("/sandbox/tokens", _spoken(trouble.restore)),
        web.delete("/sandbox/streams", _spoken(trouble.disconnect)),
        web.get("/sandbox/traffic", _spoken(trouble.traffic)),
        web.get("/sandbox/deliveries", _spoken(trouble.deliveries)),
        web.get("/sandbox/events", feed),
    ]
