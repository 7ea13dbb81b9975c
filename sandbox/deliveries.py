"""Takes events to webhooks, signed, and comes again when they are not acknowledged; keeps a log of every attempt."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from sandbox.snowflake import Clock
from sandbox.webhooks import ACKNOWLEDGING, ANSWER_WITHIN, Webhooks, sign

Pause = Callable[[float], Awaitable[None]]  #: Waits for so many seconds.

PAUSES = (1.0, 4.0, 16.0, 64.0, 256.0)  #: Seconds before each further attempt; then the event is given up.
_REMEMBERED = 10_000  #: Attempts in the log.


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An event on its way to one webhook."""

    webhook_id: str
    event_uuid: str
    event_type: str
    content: bytes  #: The body as it goes over the wire; the signature covers these very bytes.
    forged: bool = False  #: The signature is wrong, and there is no second attempt.


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt to deliver an event."""

    webhook_id: str
    event_uuid: str
    event_type: str
    attempt: int  #: 1 for the first.
    status: int | None  #: What the receiver answered; None when nothing came within ten seconds.
    at: datetime

    @property
    def acknowledged(self) -> bool:
        """Whether the receiver took the event."""
        return self.status in ACKNOWLEDGING


class Courier:
    """Delivers parcels in the order in which they were sent; further attempts go their own way."""

    def __init__(self, webhooks: Webhooks, clock: Clock, pause: Pause) -> None:
        self.log: deque[Delivery] = deque(maxlen=_REMEMBERED)
        self._webhooks = webhooks
        self._clock = clock
        self._pause = pause
        self._parcels: asyncio.Queue[Parcel] = asyncio.Queue()

    def send(self, parcel: Parcel) -> None:
        """Let a parcel be delivered soon."""
        self._parcels.put_nowait(parcel)

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as further:
            while True:
                parcel = await self._parcels.get()
                if not await self._attempt(parcel, 1, session) and not parcel.forged:
                    further.create_task(self._insist(parcel, session))

    async def _insist(self, parcel: Parcel, session: aiohttp.ClientSession) -> None:
        for attempt, seconds in enumerate(PAUSES, start=2):
            await self._pause(seconds)
            if await self._attempt(parcel, attempt, session):
                return

    async def _attempt(self, parcel: Parcel, attempt: int, session: aiohttp.ClientSession) -> bool:
        """Try once; true when nothing remains to be done, also because the webhook is gone or no longer valid."""
        webhook = self._webhooks.valid(parcel.webhook_id)
        if webhook is None:
            return True
        delivery = Delivery(
            webhook_id=webhook.id,
            event_uuid=parcel.event_uuid,
            event_type=parcel.event_type,
            attempt=attempt,
            status=await self._post(webhook.url, parcel, session),
            at=self._clock(),
        )
        self.log.append(delivery)
        return delivery.acknowledged

    async def _post(self, url: str, parcel: Parcel, session: aiohttp.ClientSession) -> int | None:
        signature = sign("forged" if parcel.forged else self._webhooks.secret, parcel.content)
        headers = {"Content-Type": "application/json", "x-twitter-webhooks-signature": signature}
        sending = session.post(url, data=parcel.content, headers=headers, allow_redirects=False, timeout=ANSWER_WITHIN)
        try:
            async with sending as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return None
