"""Answers as they go over the wire: JSON with X's headers, connections cut, and pages made short."""

import socket
import struct

from aiohttp import web

from sandbox.problems import Answer, Json
from sandbox.query import page_token

_KEPT = {"cache-control": "no-cache, no-store, max-age=0", "api-version": "2.166"}
_JSON = "application/json"
_PROBLEM = "application/problem+json"  #: What OpenAPI 2.166 says of every error.


def json_response(status: int, payload: Json, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with JSON, compressed as X does."""
    response = web.json_response(
        payload,
        status=status,
        headers=_KEPT | (headers or {}),
        content_type=_PROBLEM if _is_problem(payload) else _JSON,
    )
    response.enable_compression()
    return response


def problem_response(answer: Answer, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with an error."""
    return json_response(answer.status, answer.body, headers)


def shortened(payload: Json) -> Json:
    """Leave the older half of a page of posts to the next page, as X does at times without being asked."""
    posts, meta = payload.get("data"), payload.get("meta", {})
    if not isinstance(posts, list) or not posts[1:] or "newest_id" not in meta:
        return payload
    kept = posts[: len(posts) // 2]
    last = str(kept[-1]["id"])
    ends = {"result_count": len(kept), "oldest_id": last, "next_token": page_token(last)}
    return payload | {"data": kept, "meta": meta | ends}


def drop(request: web.Request) -> None:
    """Cut the connection without an answer."""
    if request.transport:
        request.transport.abort()


def reset(request: web.Request) -> None:
    """Cut the connection with a TCP reset rather than an orderly end."""
    if request.transport:
        at_once = struct.pack("ii", 1, 0)
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        request.transport.abort()


def _is_problem(payload: Json) -> bool:
    return "type" in payload and "title" in payload
