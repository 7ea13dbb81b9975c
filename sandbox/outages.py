"""What X answers when it is down, when a limit is reached, and when the account's money is used up.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from datetime import datetime, timedelta

from aiohttp import web

from sandbox.faults import Fault, FaultKind
from sandbox.limits import WINDOW, Quota
from sandbox.problems import TOO_MANY_REQUESTS, TYPES, Answer, unavailable
from sandbox.wire import problem_response

_ACCOUNT = 1_501_844_017
_HTML = "<html><head><title>X / Over capacity</title></head><body><p>Over capacity</p></body></html>"

CREDITS_DEPLETED = Answer(
    402,
    {
        "account_id": _ACCOUNT,
        "title": "CreditsDepleted",
        "detail": f"Your enrolled account [{_ACCOUNT}] does not have any credits to fulfill this request.",
        "type": f"{TYPES}credits",
    },
)
USAGE_CAPPED = Answer(
    429,
    {
        "account_id": _ACCOUNT,
        "product_name": "standard-basic",
        "title": "UsageCapExceeded",
        "period": "Monthly",
        "scope": "Product",
        "detail": "Usage cap exceeded: Monthly product cap",
        "type": f"{TYPES}usage-capped",
    },
)


def spend_capped(now: datetime) -> Answer:
    """Say that the month's spending limit is reached, until the first day of the next month."""
    next_month = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Answer(
        403,
        {
            "account_id": _ACCOUNT,
            "title": "SpendCapReached",
            "detail": "Your enrolled account has reached its billing cycle spend cap.",
            "reset_date": next_month.date().isoformat(),
            "type": f"{TYPES}credits",
        },
    )


def outage(fault: Fault, now: datetime) -> web.Response:
    """Answer in the place of the endpoint; nothing was stored."""
    if fault.kind is FaultKind.EMPTY_401:
        return web.Response(status=401, content_type="application/json")
    if fault.kind is FaultKind.STATUS and fault.html:
        return web.Response(status=fault.status, text=_HTML, content_type="text/html")
    told = fault.kind is FaultKind.RATE_LIMIT and fault.headers
    return problem_response(_answer(fault, now), _exhausted(now) if told else None)


def _answer(fault: Fault, now: datetime) -> Answer:
    match fault.kind:
        case FaultKind.RATE_LIMIT:
            return TOO_MANY_REQUESTS
        case FaultKind.CREDITS:
            return CREDITS_DEPLETED
        case FaultKind.USAGE_CAP:
            return USAGE_CAPPED
        case FaultKind.SPEND_CAP:
            return spend_capped(now)
        case _:
            return unavailable(fault.status)


def _exhausted(now: datetime) -> dict[str, str]:
    return Quota(limit=300, remaining=0, resets_at=now + WINDOW - timedelta(minutes=1)).headers()
