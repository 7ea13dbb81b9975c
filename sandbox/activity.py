"""Subscriptions to the X Activity API: which events about which account go where.

https://docs.x.com/x-api/activity/quickstart
"""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.events import Event, EventType
from sandbox.payloads import timestamp
from sandbox.problems import Json, invalid_request
from sandbox.snowflake import Clock, Snowflakes

MOST_SUBSCRIPTIONS = 1_500  #: Of a self-serve app.


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A wish to hear of one type of event about one account, on the stream and, if one is named, on a webhook."""

    id: str
    kind: EventType
    user_id: str
    webhook_id: str | None
    tag: str | None
    created_at: datetime

    def wants(self, event: Event) -> bool:
        """Whether the event is one of those subscribed to."""
        return (self.kind, self.user_id) == (event.kind, event.user_id)


@dataclass(slots=True)
class Subscriptions:
    """The subscriptions of the app."""

    clock: Clock
    _by_id: dict[str, Subscription] = field(default_factory=dict)
    _ids: Snowflakes = field(init=False)

    def __post_init__(self) -> None:
        self._ids = Snowflakes(self.clock)

    def all(self) -> list[Subscription]:
        """Every subscription, oldest first."""
        return list(self._by_id.values())

    def wanting(self, event: Event) -> list[Subscription]:
        """List the subscriptions that *event* is delivered for."""
        return [subscription for subscription in self.all() if subscription.wants(event)]

    def add(self, kind: EventType, user_id: str, *, webhook_id: str | None, tag: str | None) -> Subscription:
        """Subscribe; raises `Problem` (400) for one that is there already, and beyond the most allowed."""
        if len(self._by_id) >= MOST_SUBSCRIPTIONS:
            raise invalid_request("event_type", kind, f"An app has at most {MOST_SUBSCRIPTIONS} subscriptions")
        wanted = (kind, user_id, webhook_id)
        if any((known.kind, known.user_id, known.webhook_id) == wanted for known in self.all()):
            raise invalid_request("event_type", kind, "A subscription to these events exists already")
        number, now = self._ids.next(), self.clock()
        subscription = Subscription(
            id=number, kind=kind, user_id=user_id, webhook_id=webhook_id, tag=tag, created_at=now
        )
        self._by_id[number] = subscription
        return subscription

    def remove(self, subscription_id: str) -> None:
        """Unsubscribe; raises `Problem` (400)."""
        if subscription_id not in self._by_id:
            raise invalid_request("subscription_id", subscription_id, "There is no subscription with this id")
        del self._by_id[subscription_id]


def subscription_json(subscription: Subscription) -> Json:
    """Render a subscription as X does."""
    optional = {"tag": subscription.tag, "webhook_id": subscription.webhook_id}
    written = timestamp(subscription.created_at)
    return {
        "subscription_id": subscription.id,
        "event_type": subscription.kind.value,
        "filter": {"user_id": subscription.user_id},
        "created_at": written,
        "updated_at": written,
    } | {name: value for name, value in optional.items() if value}


def envelope(event: Event, subscription: Subscription) -> Json:
    """Wrap an event for one subscription, as a webhook and the stream get it."""
    return {
        "data": {
            "event_uuid": event.uuid,
            "filter": {"user_id": event.user_id},
            "event_type": event.kind.value,
        }
        | ({"tag": subscription.tag} if subscription.tag else {})
        | {"payload": event.payload, "includes": event.includes}
    }
