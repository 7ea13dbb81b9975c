"""The webhooks of the app: addresses that proved, by the challenge-response check, that they know its secret.

https://docs.x.com/x-api/webhooks/quickstart
"""

import base64
import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from json import JSONDecodeError

import aiohttp
from yarl import URL

from sandbox.payloads import timestamp
from sandbox.problems import Json, Problem, invalid_request
from sandbox.snowflake import Clock, Snowflakes

MOST_WEBHOOKS = 5  #: X's own number depends on the plan.
ANSWER_WITHIN = aiohttp.ClientTimeout(total=10)  #: What X gives a receiver to answer.
ACKNOWLEDGING = range(200, 300)  #: Statuses by which a receiver says that it understood.
_LONGEST_URL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that events are sent to while it is valid."""

    id: str
    url: str
    created_at: datetime
    valid: bool = True


@dataclass(slots=True)
class Webhooks:
    """Registers addresses and checks them; every method that checks raises `Problem` (400) with X's reason."""

    clock: Clock
    secret: str = field(repr=False)  #: The consumer secret.
    _by_id: dict[str, Webhook] = field(default_factory=dict)
    _ids: Snowflakes = field(init=False)

    def __post_init__(self) -> None:
        self._ids = Snowflakes(self.clock)

    def all(self) -> list[Webhook]:
        """Every webhook, oldest first."""
        return list(self._by_id.values())

    def find(self, webhook_id: str) -> Webhook:
        """Return the webhook with this id; raises `Problem`."""
        if webhook_id not in self._by_id:
            raise _refused("WebhookIdInvalid", "webhook_id", webhook_id, "no webhook of this app has it")
        return self._by_id[webhook_id]

    def valid(self, webhook_id: str) -> Webhook | None:
        """Return the webhook when events may be sent to it."""
        webhook = self._by_id.get(webhook_id)
        return webhook if webhook and webhook.valid else None

    def remove(self, webhook_id: str) -> None:
        """Forget a webhook; raises `Problem`."""
        del self._by_id[self.find(webhook_id).id]

    async def register(self, url: str, session: aiohttp.ClientSession) -> Webhook:
        """Check *url* and keep it."""
        _check_url(url)
        if any(webhook.url == url for webhook in self.all()):
            raise _refused("DuplicateUrlFailed", "url", url, "it is registered already")
        if len(self._by_id) >= MOST_WEBHOOKS:
            raise _refused("WebhookLimitExceeded", "url", url, f"an app has at most {MOST_WEBHOOKS} webhooks")
        await self._challenge(url, session)
        webhook = Webhook(id=self._ids.next(), url=url, created_at=self.clock())
        self._by_id[webhook.id] = webhook
        return webhook

    async def check_again(self, webhook_id: str, session: aiohttp.ClientSession) -> None:
        """Challenge a webhook anew: valid again when it answers right, invalid when it does not."""
        webhook = self.find(webhook_id)
        self._by_id[webhook_id] = replace(webhook, valid=False)
        await self._challenge(webhook.url, session)
        self._by_id[webhook_id] = replace(webhook, valid=True)

    async def _challenge(self, url: str, session: aiohttp.ClientSession) -> None:
        token = secrets.token_urlsafe(24)
        address = URL(url).update_query(crc_token=token)
        try:
            async with session.get(address, allow_redirects=False, timeout=ANSWER_WITHIN) as answer:
                body = await answer.json(content_type=None) if answer.status in ACKNOWLEDGING else None
        except (aiohttp.ClientError, TimeoutError, JSONDecodeError, UnicodeDecodeError) as error:
            raise _refused("CrcValidationFailed", "url", url, f"{type(error).__name__} {error}".strip()) from error
        given = body.get("response_token") if isinstance(body, dict) else None
        if not hmac.compare_digest(str(given).encode(), sign(self.secret, token.encode()).encode()):
            raise _refused("CrcValidationFailed", "url", url, f"Invalid response_token, status {answer.status}")


def sign(secret: str, content: bytes) -> str:
    """Sign the bytes of a check or of an event as X does."""
    return "sha256=" + base64.b64encode(hmac.digest(secret.encode(), content, "sha256")).decode()


def webhook_json(webhook: Webhook) -> Json:
    """Render a webhook as X does."""
    written = timestamp(webhook.created_at)
    return {"id": webhook.id, "url": webhook.url, "valid": webhook.valid, "created_at": written}


def _refused(reason: str, parameter: str, value: str, detail: str) -> Problem:
    return invalid_request(parameter, value, f"{reason}: {detail}")


def _check_url(url: str) -> None:
    """Accept what X accepts, and because this X is a local one, http and ports on this machine too."""
    try:
        address = URL(url)
    except ValueError:
        address = URL()
    public = address.scheme == "https" and address.host and address.explicit_port is None
    local = address.scheme in {"http", "https"} and _is_this_machine(address.host)
    if len(url) > _LONGEST_URL or not (public or local):
        raise _refused("UrlValidationFailed", "url", url, "it must be https, without a port, at most 200 characters")


def _is_this_machine(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
