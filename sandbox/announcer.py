"""Tells of every change to those who subscribed: on webhooks and on the activity stream, with the faults asked for."""

import json
from collections import deque
from datetime import datetime

from sandbox.activity import Subscription, Subscriptions, envelope
from sandbox.changes import Change
from sandbox.deliveries import Courier, Parcel
from sandbox.events import Event, events_of
from sandbox.faults import FaultKind, Faults
from sandbox.snowflake import Snowflakes
from sandbox.taps import Taps
from sandbox.world import World

_REMEMBERED = 10_000  #: Events that can be replayed.


class Announcer:
    """Listens to the world; what nobody subscribed to when it happened is not an event."""

    def __init__(
        self, world: World, *, subscriptions: Subscriptions, courier: Courier, stream: Taps, faults: Faults
    ) -> None:
        self._world = world
        self._subscriptions = subscriptions
        self._courier = courier
        self._stream = stream
        self._faults = faults
        self._uuids = Snowflakes(world.clock)
        self._happened: deque[Event] = deque(maxlen=_REMEMBERED)
        self._late: list[Event] = []

    def hear(self, change: Change) -> None:
        """Announce the events that *change* makes."""
        if not self._subscriptions.all():
            return
        for event in events_of(self._world, change, self._uuids):
            if self._subscriptions.wanting(event):
                self._happened.append(event)
                self._announce(event)

    def release(self) -> None:
        """Deliver the events that a fault holds back."""
        late, self._late = self._late, []
        for event in late:
            self._deliver(event)

    def replay(self, webhook_id: str, since: datetime, until: datetime) -> None:
        """Deliver the events of that time to a webhook once more, under the same uuids."""
        for event in self._happened:
            for subscription in self._subscriptions.wanting(event):
                if subscription.webhook_id == webhook_id and since <= event.happened_at <= until:
                    self._courier.send(_parcel(event, subscription, webhook_id))

    def _announce(self, event: Event) -> None:
        fault = self._faults.take_event(event.kind)
        match fault.kind if fault else None:
            case FaultKind.EVENT_DROPPED:
                return
            case FaultKind.EVENT_LATE:
                self._late.append(event)
                return
            case FaultKind.EVENT_TWICE:
                self._deliver(event)
                self._deliver(event)
            case FaultKind.EVENT_FORGED:
                self._deliver(event, forged=True)
            case _:
                self._deliver(event)
        self.release()

    def _deliver(self, event: Event, *, forged: bool = False) -> None:
        for subscription in self._subscriptions.wanting(event):
            if subscription.webhook_id:
                self._courier.send(_parcel(event, subscription, subscription.webhook_id, forged=forged))
            if not forged:
                self._stream.pour(envelope(event, subscription))


def _parcel(event: Event, subscription: Subscription, webhook_id: str, *, forged: bool = False) -> Parcel:
    content = json.dumps(envelope(event, subscription), ensure_ascii=False, separators=(",", ":"))
    return Parcel(
        webhook_id=webhook_id,
        event_uuid=event.uuid,
        event_type=event.kind.value,
        content=content.encode(),
        forged=forged,
    )
