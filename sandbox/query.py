"""Reads the query of a request into values, refusing with X's words what X would refuse.

X renamed `tweet.fields` to `post.fields` in OpenAPI 2.167 (2026-08-07); both are understood, and the answer
comes in the names that were asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.problems import invalid_request
from sandbox.snowflake import snowflake_at
from sandbox.timeline import Span

_ID = re.compile(r"[0-9]{1,19}")
_TOKEN_PREFIX = "7140dibdnow9c7"  # noqa: S105  # looks like X's tokens, opens nothing
_MOST_IDS = 100
_PAGE_SIZES = range(5, 101)
_PAGING = frozenset({"since_id", "until_id", "start_time", "end_time", "max_results", "pagination_token"})
_FIELDS = frozenset(
    {"tweet.fields", "post.fields", "user.fields", "expansions", "media.fields", "poll.fields", "place.fields"}
)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


POST_FIELDS = _names(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at"
    " display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang"
    " matched_media_notes media_metadata non_public_metrics note_request_suggestions note_tweet organic_metrics"
    " paid_partnership possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes"
    " source suggested_source_links suggested_source_links_with_counts text withheld"
)
USER_FIELDS = _names(
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified"
    " location most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected"
    " public_metrics receives_your_dm subscription subscription_type url username verified"
    " verified_followers_count verified_type withheld"
)
EXPANSIONS = _names(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet"
    " attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username"
    " entities.note.mentions.username geo.place_id in_reply_to_user_id referenced_tweets.id"
    " referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id"
)
_OLD_NAMES = {
    "referenced_posts": "referenced_tweets",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "note_post": "note_tweet",
    "referenced_posts.id": "referenced_tweets.id",
    "referenced_posts.id.author_id": "referenced_tweets.id.author_id",
    "most_recent_post_id": "most_recent_tweet_id",
    "pinned_post_id": "pinned_tweet_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the answer shall hold, in the older names."""

    post: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()
    renamed: bool = False  #: Answer in the names of OpenAPI 2.167.


Query = Mapping[str, str]


def read_fields(query: Query, *, also: frozenset[str] = frozenset()) -> Fields:
    """Read the fields asked for; *also* are further parameters that this endpoint knows."""
    for name in query:
        if name not in _FIELDS | also:
            known = ",".join(sorted(_FIELDS | also))
            raise invalid_request(name, query[name], f"The query parameter [{name}] is not one of [{known}]")
    renamed = "post.fields" in query or "_posts" in query.get("expansions", "")
    return Fields(
        post=_listed(query, "post.fields" if "post.fields" in query else "tweet.fields", POST_FIELDS),
        user=_listed(query, "user.fields", USER_FIELDS),
        expansions=_listed(query, "expansions", EXPANSIONS),
        renamed=renamed,
    )


def read_timeline(query: Query, *, also: frozenset[str] = frozenset()) -> tuple[Fields, Span]:
    """Read the fields and the part of a timeline asked for; an id beats a time for the same bound, as on X."""
    fields = read_fields(query, also=_PAGING | also)
    since, start = _id(query, "since_id"), _time(query, "start_time")
    until, end = _id(query, "until_id"), _time(query, "end_time")
    after = since if since is not None else max(0, start - 1) if start is not None else 0
    bounds = [bound for bound in (until if until is not None else end, _token(query)) if bound is not None]
    return fields, Span(since=after, until=min(bounds, default=None), limit=_max_results(query))


def read_id(value: str, *, parameter: str = "id") -> str:
    """Check an id of the path or of a list."""
    if not _ID.fullmatch(value):
        raise invalid_request(parameter, value, f"The `{parameter}` query parameter value [{value}] is not valid")
    return value


def read_ids(query: Query) -> list[str]:
    """Read the ids of a look-up of up to 100 posts."""
    ids = query.get("ids", "").split(",")
    if len(ids) > _MOST_IDS:
        raise invalid_request("ids", query["ids"], "The number of values in the `ids` query parameter exceeds 100")
    return [read_id(number, parameter="ids") for number in ids]


def page_token(oldest_id: str) -> str:
    """Return the token of the page after the one that ends with *oldest_id*."""
    return f"{_TOKEN_PREFIX}{int(oldest_id):016x}"


def _listed(query: Query, parameter: str, known: frozenset[str]) -> frozenset[str]:
    given = [name for name in query.get(parameter, "").split(",") if name]
    names = [_OLD_NAMES.get(name, name) for name in given]
    for name in names:
        if name not in known:
            message = f"The `{parameter}` query parameter value [{name}] is not one of [{','.join(sorted(known))}]"
            raise invalid_request(parameter, query[parameter], message)
    return frozenset(names)


def _id(query: Query, parameter: str) -> int | None:
    if parameter not in query:
        return None
    number = int(read_id(query[parameter], parameter=parameter))
    if number == 0:
        raise invalid_request(parameter, "0", f"The `{parameter}` query parameter value [0] is not valid")
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


def _token(query: Query) -> int | None:
    if "pagination_token" not in query:
        return None
    token = query["pagination_token"]
    digits = token.removeprefix(_TOKEN_PREFIX)
    if digits == token or not re.fullmatch("[0-9a-f]{16}", digits):
        message = f"The `pagination_token` query parameter value [{token}] is not valid"
        raise invalid_request("pagination_token", token, message)
    return int(digits, 16)


def _max_results(query: Query) -> int:
    value = query.get("max_results", "10")
    if not value.isdecimal() or int(value) not in _PAGE_SIZES:
        message = f"The `max_results` query parameter value [{value}] is not between 5 and 100"
        raise invalid_request("max_results", value, message)
    return int(value)
