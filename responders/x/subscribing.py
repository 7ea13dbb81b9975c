"""The webhooks of the app and what is delivered to them, as frozen values.

https://docs.x.com/x-api/webhooks/introduction and https://docs.x.com/x-api/activity/introduction
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices, Field, ValidationError

from bot.errors import ChannelDown, ChannelError
from responders.x.payloads import Id, Shape, as_list, as_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import XSettings
    from responders.x.client import XClient

PATH = "/webhooks/x"
"""Where the service takes deliveries of X."""

MENTIONED = "post.mention.create"


class Webhook(Shape):
    """An address that X delivers events to."""

    id: Id
    url: str
    valid: bool = False  #: Whether it answered X's last challenge.


class Filter(Shape):
    """What a subscription is about."""

    user_id: str = ""


class Subscription(Shape):
    """One kind of event about one account, delivered to one webhook."""

    id: Id = Field(validation_alias=AliasChoices("subscription_id", "id"))
    event_type: str  #: Such as "post.mention.create".
    filter: Filter = Filter()
    webhook_id: str = ""  #: Empty where it is only streamed.


def read_webhooks(answer: Mapping[str, Any]) -> tuple[Webhook, ...]:
    """Read the list of webhooks."""
    return tuple(_webhook(raw) for raw in as_list(answer.get("data")))


def read_webhook(answer: Mapping[str, Any]) -> Webhook:
    """Read a webhook that was just registered; X gives it bare, its guides show it wrapped."""
    return _webhook(answer.get("data", answer))


def read_subscriptions(answer: Mapping[str, Any]) -> tuple[Subscription, ...]:
    """Read one page of subscriptions."""
    return tuple(_subscription(raw) for raw in as_list(answer.get("data")))


def read_subscription(answer: Mapping[str, Any]) -> Subscription:
    """Read a subscription that was just made."""
    data = as_object(answer.get("data"))
    return _subscription(data.get("subscription", data))


def _webhook(raw: object) -> Webhook:
    try:
        return Webhook.model_validate(raw)
    except ValidationError as error:
        raise ChannelDown("X describes a webhook in an unknown shape. Try again.") from error


def _subscription(raw: object) -> Subscription:
    try:
        return Subscription.model_validate(raw)
    except ValidationError as error:
        raise ChannelDown("X describes a subscription in an unknown shape. Try again.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """What X delivers to one address of ours."""

    url: str
    events: tuple[str, ...]  #: Subscribed to, now or before.
    refused: Mapping[str, str] = field(default_factory=dict)  #: Events that X does not offer this app, and its words.


def wanted_events(settings: XSettings) -> tuple[str, ...]:
    """Give the types of event that Heed has a use for."""
    posts = (MENTIONED, "post.reply.create", "post.quote.create")
    return (*posts, "dm.received") if settings.messages else posts


async def set_up(client: XClient, url: str, events: tuple[str, ...]) -> Deliveries:
    """Register *url* and subscribe to *events* about our account, as far as that is not done. Raises ChannelError.

    Only mentions must be had; polling hears whatever else X does not deliver.
    """
    us, webhook_id = await client.me(), await _registered(client, url)
    made = await client.subscriptions()
    present = {each.event_type for each in made if (each.filter.user_id, each.webhook_id) == (us.id, webhook_id)}
    refused: dict[str, str] = {}
    for event in events:
        try:
            if event not in present:
                await client.subscribe(event, us.id, webhook_id)
        except ChannelError as error:
            if event == MENTIONED or error.retryable:
                raise
            refused[event] = str(error)
    return Deliveries(url=url, events=tuple(event for event in events if event not in refused), refused=refused)


async def _registered(client: XClient, url: str) -> str:
    """Give the id of the webhook with this address, made or checked again where that is needed."""
    known = next((webhook for webhook in await client.webhooks() if webhook.url == url), None)
    if known is None:
        return await client.register_webhook(url)
    if not known.valid:
        await client.check_webhook(known.id)
    return known.id
