"""Reads the query of a request into values, refusing with X's words what X would refuse."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.dialect import OLD_NAMES
from sandbox.fields import MESSAGE_FIELDS, POST_EXPANSIONS, POST_FIELDS, USER_FIELDS
from sandbox.posts import HANDLE
from sandbox.problems import Problem, invalid_request
from sandbox.snowflake import snowflake_at
from sandbox.timeline import Span

_ID = re.compile(r"[0-9]{1,19}")
_TOKEN_PREFIX = "7140dibdnow9c7"  # noqa: S105  # looks like X's tokens, opens nothing
_MOST_VALUES = 100
_PAGING = frozenset({"since_id", "until_id", "start_time", "end_time", "max_results", "pagination_token"})
_FIELDS = frozenset(
    {"tweet.fields", "post.fields", "user.fields", "expansions", "media.fields", "poll.fields", "place.fields"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the answer shall hold, in the older names."""

    post: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    message: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()


Query = Mapping[str, str]


def read_fields(
    query: Query, *, also: frozenset[str] = frozenset(), expansions: frozenset[str] = POST_EXPANSIONS
) -> Fields:
    """Read the fields and *expansions* asked for; *also* are further parameters that this endpoint knows."""
    for name in query:
        if name not in _FIELDS | also:
            known = ",".join(sorted(_FIELDS | also))
            raise invalid_request(name, query[name], f"The query parameter [{name}] is not one of [{known}]")
    return Fields(
        post=read_names(query, "post.fields" if "post.fields" in query else "tweet.fields", POST_FIELDS),
        user=read_names(query, "user.fields", USER_FIELDS),
        message=read_names(query, "dm_event.fields", MESSAGE_FIELDS),
        expansions=read_names(query, "expansions", expansions),
    )


def read_names(query: Query, parameter: str, known: frozenset[str]) -> frozenset[str]:
    """Read a list of names, each of which must be *known*."""
    given = [name for name in query.get(parameter, "").split(",") if name]
    names = [OLD_NAMES.get(name, name) for name in given]
    for name in names:
        if name not in known:
            message = f"The `{parameter}` query parameter value [{name}] is not one of [{','.join(sorted(known))}]"
            raise invalid_request(parameter, query[parameter], message)
    return frozenset(names)


def read_timeline(
    query: Query, *, also: frozenset[str] = frozenset(), sizes: range = range(5, 101)
) -> tuple[Fields, Span]:
    """Read the fields and the part of a timeline asked for; an id beats a time for the same bound, as on X."""
    fields = read_fields(query, also=_PAGING | also)
    since, start = _id(query, "since_id"), _time(query, "start_time")
    until, end = _id(query, "until_id"), _time(query, "end_time")
    after = since if since is not None else max(0, start - 1) if start is not None else 0
    before = until if until is not None else end
    bounds = [bound for bound in (before, read_token(query), read_token(query, "next_token")) if bound is not None]
    limit = read_size(query, sizes, default=10)
    return fields, Span(since=after, until=min(bounds, default=None), limit=limit)


def read_id(value: str, *, parameter: str = "id") -> str:
    """Check an id of the path or of a list."""
    if not _ID.fullmatch(value):
        raise _invalid(parameter, value)
    return value


def read_ids(query: Query) -> list[str]:
    """Read the ids of a look-up of up to 100."""
    return [read_id(number, parameter="ids") for number in _values(query, "ids")]


def read_handles(query: Query) -> list[str]:
    """Read the handles of a look-up of up to 100."""
    handles = _values(query, "usernames")
    for handle in handles:
        if not HANDLE.fullmatch(handle):
            message = f"The `usernames` query parameter value [{handle}] does not match ^[A-Za-z0-9_]{{1,15}}$"
            raise invalid_request("usernames", query["usernames"], message)
    return handles


def read_size(query: Query, sizes: range, *, default: int) -> int:
    """Read how many results are asked for."""
    value = query.get("max_results", str(default))
    if not value.isdecimal() or int(value) not in sizes:
        between = f"is not between {sizes[0]} and {sizes[-1]}"
        raise invalid_request("max_results", value, f"The `max_results` query parameter value [{value}] {between}")
    return int(value)


def read_token(query: Query, parameter: str = "pagination_token") -> int | None:
    """Read the id below which the page begins, out of the token that the page before gave."""
    if parameter not in query:
        return None
    token = query[parameter]
    digits = token.removeprefix(_TOKEN_PREFIX)
    if digits == token or not re.fullmatch("[0-9a-f]{16}", digits):
        raise _invalid(parameter, token)
    return int(digits, 16)


def page_token(oldest_id: str) -> str:
    """Return the token of the page after the one that ends with *oldest_id*."""
    return f"{_TOKEN_PREFIX}{int(oldest_id):016x}"


def _values(query: Query, parameter: str) -> list[str]:
    values = query.get(parameter, "").split(",")
    if len(values) > _MOST_VALUES:
        message = f"The number of values in the `{parameter}` query parameter exceeds {_MOST_VALUES}"
        raise invalid_request(parameter, query[parameter], message)
    return values


def _invalid(parameter: str, value: str) -> Problem:
    return invalid_request(parameter, value, f"The `{parameter}` query parameter value [{value}] is not valid")


def _id(query: Query, parameter: str) -> int | None:
    if parameter not in query:
        return None
    number = int(read_id(query[parameter], parameter=parameter))
    if number == 0:
        raise _invalid(parameter, "0")
    return number


def _time(query: Query, parameter: str) -> int | None:
    if parameter not in query:
        return None
    value = query[parameter]
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        message = f"The `{parameter}` query parameter value [{value}] is not a valid RFC3339 date-time"
        raise invalid_request(parameter, value, message) from None
    return snowflake_at(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
