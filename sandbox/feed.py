"""Every change as a server-sent event, for the page and for tests."""

import asyncio
import json
from typing import Any

from aiohttp import ClientConnectionResetError, web

from sandbox.changes import Change
from sandbox.messages import Message
from sandbox.payloads import timestamp
from sandbox.state import SANDBOX, Stream

_MOST_STREAMS = 100
_HEARTBEAT_SECONDS = 15.0


async def feed(request: web.Request) -> web.StreamResponse:
    """Send every change as a server-sent event until the client leaves."""
    sandbox = request.app[SANDBOX]
    if len(sandbox.streams) >= _MOST_STREAMS:
        raise web.HTTPServiceUnavailable(text="Too many pages listen already; close one.")
    stream: Stream = asyncio.Queue()
    ends = [source.subscribe(stream.put_nowait) for source in (sandbox.world, sandbox.post_office)]
    sandbox.streams.add(stream)
    try:
        return await _stream_to(request, stream)
    except ClientConnectionResetError:
        # The page was closed; there is nobody left to tell.
        return web.Response()
    finally:
        for end in ends:
            end()
        sandbox.streams.discard(stream)


def message_json(message: Message) -> dict[str, Any]:
    """Render a direct message for the control API."""
    return {
        "id": message.id,
        "author": message.sender.handle,
        "to": message.recipient.handle,
        "text": message.text,
        "sent_at": timestamp(message.sent_at),
        "conversation": message.conversation,
        "by_app": message.by_app,
    }


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
    told = {"kind": change.kind, "post_id": change.post_id, "conversation": change.conversation}
    message = {"message": message_json(change.message)} if change.message else {}
    return f"event: change\ndata: {json.dumps(told | message)}\n\n".encode()
