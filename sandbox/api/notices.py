"""The endpoints by which an app arranges to be told of events: webhooks and subscriptions."""

from datetime import UTC, datetime

from aiohttp import web

from sandbox.activity import subscription_json
from sandbox.api.bodies import check_known, read_object
from sandbox.events import EventType
from sandbox.gate import Body
from sandbox.limits import Endpoint
from sandbox.payloads import timestamp
from sandbox.problems import Json, invalid_request
from sandbox.query import read_id
from sandbox.snowflake import snowflake_at
from sandbox.state import Sandbox
from sandbox.webhooks import webhook_json

_LONGEST_TAG = 200


async def read_body(request: web.Request, known: frozenset[str]) -> Json:
    """Read a body that may hold the *known* fields; raises `Problem` (400)."""
    body = await read_object(request)
    check_known("$", body, known)
    return body


async def _create_webhook(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    url = _text(await read_body(request, frozenset({"url"})), "url")
    return 200, webhook_json(await sandbox.notices.webhooks.register(url, sandbox.notices.session))


async def _list_webhooks(_: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    found = [webhook_json(webhook) for webhook in sandbox.notices.webhooks.all()]
    return 200, ({"data": found} if found else {}) | {"meta": {"result_count": len(found)}}


async def _check_webhook(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    number = read_id(request.match_info["webhook_id"], parameter="webhook_id")
    await sandbox.notices.webhooks.check_again(number, sandbox.notices.session)
    return 200, {"data": {"attempted": True}}


async def _delete_webhook(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    sandbox.notices.webhooks.remove(read_id(request.match_info["webhook_id"], parameter="webhook_id"))
    return 200, {"data": {"deleted": True}}


async def _replay(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    body = await read_body(request, frozenset({"webhook_id", "from_date", "to_date"}))
    webhook = sandbox.notices.webhooks.find(_text(body, "webhook_id"))
    since, until, now = _minute(body, "from_date"), _minute(body, "to_date"), sandbox.world.clock()
    sandbox.notices.announcer.replay(webhook.id, since, until)
    return 200, {"job_id": str(snowflake_at(now)), "created_at": timestamp(now)}


async def _subscribe(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    body = await read_body(request, frozenset({"event_type", "filter", "tag", "webhook_id"}))
    webhook_id = _text(body, "webhook_id") if "webhook_id" in body else None
    if webhook_id:
        sandbox.notices.webhooks.find(webhook_id)
    subscriptions = sandbox.notices.subscriptions
    made = subscriptions.add(_event_type(body), _user_id(body), webhook_id=webhook_id, tag=_tag(body))
    count = len(subscriptions.all())
    data = {"subscription": subscription_json(made), "total_subscriptions_for_instance_id": count}
    return 200, {"data": data, "meta": {"total_subscriptions": count}}


async def _list_subscriptions(_: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    found = [subscription_json(subscription) for subscription in sandbox.notices.subscriptions.all()]
    return 200, {"data": found, "meta": {"result_count": len(found)}}


async def _unsubscribe(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    sandbox.notices.subscriptions.remove(read_id(request.match_info["subscription_id"], parameter="subscription_id"))
    left = len(sandbox.notices.subscriptions.all())
    return 200, {"data": {"deleted": True}, "meta": {"total_subscriptions": left}}


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid_request(f"$.{name}", str(value), f"$.{name}: string expected")
    return value


def _event_type(body: Json) -> EventType:
    value, known = _text(body, "event_type"), [kind.value for kind in EventType]
    if value not in known:
        raise invalid_request("$.event_type", value, f"$.event_type: is not one of [{','.join(known)}]")
    return EventType(value)


def _user_id(body: Json) -> str:
    given = body.get("filter")
    if not isinstance(given, dict) or given.keys() != {"user_id"}:
        raise invalid_request("$.filter", str(given), "$.filter.user_id: is missing but it is required")
    return read_id(str(given["user_id"]), parameter="filter.user_id")


def _tag(body: Json) -> str | None:
    tag = _text(body, "tag") if "tag" in body else None
    if tag and len(tag) > _LONGEST_TAG:
        raise invalid_request("$.tag", tag, f"$.tag: may only be {_LONGEST_TAG} characters long")
    return tag


def _minute(body: Json, name: str) -> datetime:
    value = _text(body, name)
    try:
        return datetime.strptime(value, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        message = f"$.{name}: does not match yyyymmddhhmm"
        raise invalid_request(f"$.{name}", value, message) from None


BODIES: dict[Endpoint, Body] = {
    Endpoint.CREATE_WEBHOOK: _create_webhook,
    Endpoint.WEBHOOKS: _list_webhooks,
    Endpoint.CHECK_WEBHOOK: _check_webhook,
    Endpoint.DELETE_WEBHOOK: _delete_webhook,
    Endpoint.REPLAY: _replay,
    Endpoint.SUBSCRIBE: _subscribe,
    Endpoint.SUBSCRIPTIONS: _list_subscriptions,
    Endpoint.UNSUBSCRIBE: _unsubscribe,
}
