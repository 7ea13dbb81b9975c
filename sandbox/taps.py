"""Open connections of one stream: what is poured in reaches each of them, in lines of JSON.

https://docs.x.com/x-api/posts/filtered-stream/integrate/consume-streaming-data
"""

import asyncio
import json
from dataclasses import dataclass, field

from sandbox.problems import TYPES, Answer, Json, Problem

TOO_MANY_CONNECTIONS = Answer(
    429,
    {
        "title": "ConnectionException",
        "detail": "This stream is currently at the maximum allowed connection limit.",
        "connection_issue": "TooManyConnections",
        "type": f"{TYPES}streaming-connection",
    },
)
_DISCONNECT = {
    "errors": [
        {
            "title": "operational-disconnect",
            "disconnect_type": "UpstreamOperationalDisconnect",
            "detail": "This stream has been disconnected upstream for operational reasons.",
            "type": f"{TYPES}operational-disconnect",
        }
    ]
}


@dataclass(frozen=True, slots=True, eq=False)
class Tap:
    """One open connection."""

    transport: asyncio.Transport | None
    lines: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)  #: None ends the connection.

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self.transport is None or self.transport.is_closing()


class Taps:
    """The connections of one stream, at most *most* at a time."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._open: set[Tap] = set()

    def open(self, transport: asyncio.Transport | None) -> Tap:
        """Open one more; raises `Problem` (429) when there are as many as may be."""
        self._open = {tap for tap in self._open if not tap.gone}
        if len(self._open) >= self._most:
            raise Problem(TOO_MANY_CONNECTIONS)
        tap = Tap(transport)
        self._open.add(tap)
        return tap

    def close(self, tap: Tap) -> None:
        """Forget a connection that ended."""
        self._open.discard(tap)

    def pour(self, payload: Json) -> None:
        """Send *payload* to every open connection."""
        for tap in self._open:
            tap.lines.put_nowait(json.dumps(payload).encode() + b"\r\n")

    def disconnect(self) -> None:
        """End every connection as X does for reasons of its own, which it tells first."""
        self.pour(_DISCONNECT)
        self.end()

    def end(self) -> None:
        """End every connection."""
        for tap in self._open:
            tap.lines.put_nowait(None)
