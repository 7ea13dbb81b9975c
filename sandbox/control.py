"""The control API under /sandbox: play the customers, break things on demand, and listen to every change."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import ClientConnectionResetError, web

from responders.counting import MAX_WEIGHT, weighted_length
from sandbox.orders import BadOrder, PostOrder, read_fault, read_object, read_post
from sandbox.payloads import timestamp
from sandbox.posts import Post
from sandbox.refusals import NoSuchPost, Refused
from sandbox.state import SANDBOX, Stream
from sandbox.threads import Branch, branch, threads
from sandbox.world import Change, World

_SHOWN = 200  #: Threads in an answer unless `limit` says otherwise.
_MOST_STREAMS = 100
_HEARTBEAT_SECONDS = 15.0

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
    return web.json_response(_post_json(post), status=201)


async def _delete(request: web.Request) -> web.Response:
    request.app[SANDBOX].world.delete(request.match_info["id"])
    return web.json_response({"deleted": True})


async def _list(request: web.Request) -> web.Response:
    limit = request.query.get("limit", str(_SHOWN))
    if not limit.isdecimal():
        raise BadOrder("limit must be a whole number of threads.")
    found = threads(request.app[SANDBOX].world, limit=int(limit))
    return web.json_response({"posts": [_branch_json(one) for one in found]})


async def _replies(request: web.Request) -> web.Response:
    world = request.app[SANDBOX].world
    grown = branch(world, world.get(request.match_info["id"]))
    return web.json_response({"replies": [_branch_json(one) for one in grown.replies] if grown else []})


async def _weigh(request: web.Request) -> web.Response:
    body = await read_object(request)
    return web.json_response({"weight": weighted_length(str(body.get("text", ""))), "limit": MAX_WEIGHT})


async def _add_fault(request: web.Request) -> web.Response:
    fault = read_fault(await read_object(request))
    request.app[SANDBOX].faults.add(fault)
    return web.json_response(asdict(fault), status=201)


async def _list_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": [asdict(fault) for fault in request.app[SANDBOX].faults]})


async def _clear_faults(request: web.Request) -> web.Response:
    """Disarm every fault, and let held answers go."""
    request.app[SANDBOX].faults.clear()
    await request.app[SANDBOX].release()
    return web.json_response({"faults": []})


async def _revoke(request: web.Request) -> web.Response:
    request.app[SANDBOX].credentials.revoked = True
    return web.json_response({"revoked": True})


async def _restore(request: web.Request) -> web.Response:
    request.app[SANDBOX].credentials.revoked = False
    return web.json_response({"revoked": False})


async def _events(request: web.Request) -> web.StreamResponse:
    """Send every change as a server-sent event until the client leaves."""
    sandbox = request.app[SANDBOX]
    if len(sandbox.streams) >= _MOST_STREAMS:
        raise web.HTTPServiceUnavailable(text="Too many pages listen already; close one.")
    stream: Stream = asyncio.Queue()
    unsubscribe = sandbox.world.subscribe(stream.put_nowait)
    sandbox.streams.add(stream)
    try:
        return await _stream_to(request, stream)
    except ClientConnectionResetError:
        # The page was closed; there is nobody left to tell.
        return web.Response()
    finally:
        unsubscribe()
        sandbox.streams.discard(stream)


async def _stream_to(request: web.Request, stream: Stream) -> web.StreamResponse:
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await response.write(b"retry: 1000\n\n")
    while (event := await _next_event(stream)) is not None:
        await response.write(event)
    return response


async def _next_event(stream: Stream) -> bytes | None:
    try:
        async with asyncio.timeout(_HEARTBEAT_SECONDS):
            change = await stream.get()
    except TimeoutError:
        return b": still here\n\n"
    return _event(change) if change else None


def _event(change: Change) -> bytes:
    return f"event: change\ndata: {json.dumps(asdict(change))}\n\n".encode()


def _post_json(post: Post) -> dict[str, Any]:
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
    }


def _branch_json(grown: Branch) -> dict[str, Any]:
    replies = [_branch_json(reply) for reply in grown.replies]
    return _post_json(grown.post) | {"deleted": grown.deleted, "replies": replies}


def _spoken(handler: Handler) -> Handler:
    """Turn a refusal into 404 or 400 with its sentence."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refused as refused:
            status = 404 if isinstance(refused, NoSuchPost) and request.match_info.get("id") else 400
            return web.json_response({"error": str(refused)}, status=status)

    return handle


def routes() -> list[web.RouteDef]:
    """Every endpoint of the control API."""
    return [
        web.post("/sandbox/posts", _spoken(_create)),
        web.get("/sandbox/posts", _spoken(_list)),
        web.delete("/sandbox/posts/{id}", _spoken(_delete)),
        web.get("/sandbox/posts/{id}/replies", _spoken(_replies)),
        web.post("/sandbox/weight", _spoken(_weigh)),
        web.get("/sandbox/faults", _spoken(_list_faults)),
        web.post("/sandbox/faults", _spoken(_add_fault)),
        web.delete("/sandbox/faults", _spoken(_clear_faults)),
        web.delete("/sandbox/tokens", _spoken(_revoke)),
        web.post("/sandbox/tokens", _spoken(_restore)),
        web.get("/sandbox/events", _events),
    ]
