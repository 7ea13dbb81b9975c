"""Posts in pages, newest first: mentions of an account, its own posts, and those that a search finds."""

from datetime import timedelta
from itertools import islice

from aiohttp import web

from sandbox.gate import Body
from sandbox.limits import Endpoint
from sandbox.payloads import includes_json, post_json
from sandbox.posts import Post
from sandbox.problems import Json, Problem, invalid_request, not_authorized, not_found
from sandbox.query import Fields, page_token, read_id, read_timeline
from sandbox.search import Matches, QueryInvalid, read_query
from sandbox.snowflake import moment_of, snowflake_at
from sandbox.state import Sandbox
from sandbox.timeline import Slice
from sandbox.world import World

SEARCHED = timedelta(days=7)  #: How far back the recent search reaches.
LONGEST_QUERY = 512  #: Characters in the query of a self-serve app.


async def _mentions(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, span = read_timeline(request.query)
    world, number = sandbox.world, read_id(request.match_info["id"])
    return 200, _timeline(world, number, world.mentions(number, span), fields, leaving_out=frozenset())


async def _published(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, span = read_timeline(request.query, also=frozenset({"exclude"}))
    world, number = sandbox.world, read_id(request.match_info["id"])
    leaving_out = frozenset(request.query.get("exclude", "").split(","))
    return 200, _timeline(world, number, world.published(number, span), fields, leaving_out=leaving_out)


async def _search(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    also = frozenset({"query", "next_token", "sort_order"})
    fields, span = read_timeline(request.query, also=also, sizes=range(10, 101))
    matches = _query(request)
    _check_recent(request, sandbox.world, span.since)
    world = sandbox.world
    hits = (post for number in world.everything(span) if (post := _found(world, number)) and matches(post))
    posts = list(islice(hits, span.limit + 1))
    return 200, _page(world, posts[: span.limit], fields, more=len(posts) > span.limit)


def _timeline(world: World, user_id: str, part: Slice, fields: Fields, *, leaving_out: frozenset[str]) -> Json:
    """One page of an account's timeline; posts deleted or edited since make it shorter, as on X."""
    user = world.accounts.numbered(user_id)
    if user is None:
        return {"errors": [not_found("user", user_id, "id")]}
    if not world.may_see(world.brand, user):
        return {"errors": [not_authorized("user", user_id, "id")]}
    found = [post for number in part.ids if (post := _found(world, number))]
    posts = [post for post in found if not _is_left_out(post, leaving_out)]
    page = _page(world, posts, fields, more=False)
    return page | {"meta": page["meta"] | ({"next_token": page_token(part.ids[-1])} if part.more else {})}


def _page(world: World, posts: list[Post], fields: Fields, *, more: bool) -> Json:
    data = {"data": [post_json(world, post, fields) for post in posts]} if posts else {}
    ends = {"newest_id": posts[0].id, "oldest_id": posts[-1].id} if posts else {}
    token = {"next_token": page_token(posts[-1].id)} if more else {}
    return data | includes_json(world, posts, fields) | {"meta": {"result_count": len(posts)} | ends | token}


def _found(world: World, number: str) -> Post | None:
    """Find a post of a page, unless it was deleted or edited since or may not be seen."""
    post = world.find(number)
    return post if post and world.is_latest(post) and world.is_visible(post, world.brand) else None


def _is_left_out(post: Post, kinds: frozenset[str]) -> bool:
    return ("replies" in kinds and post.reply_to is not None) or ("retweets" in kinds and post.repost_of is not None)


def _query(request: web.Request) -> Matches:
    """Read what to search for; reposts are never found since 2026-05-04. https://docs.x.com/changelog."""
    query = request.query.get("query", "")
    if not 0 < len(query) <= LONGEST_QUERY:
        message = f"Rules must have between 1 and {LONGEST_QUERY} characters"
        raise _refused(query, message)
    try:
        matches = read_query(query)
    except QueryInvalid as invalid:
        raise _refused(query, str(invalid)) from invalid
    return lambda post: post.repost_of is None and matches(post)


def _refused(query: str, message: str) -> Problem:
    return invalid_request("query", query, message)


def _check_recent(request: web.Request, world: World, since: int) -> None:
    """Raise `Problem` (400) for a beginning more than a week ago."""
    oldest = snowflake_at(world.clock() - SEARCHED)
    at = f"{moment_of(oldest):%Y-%m-%dT%H:%MZ}"
    if "since_id" in request.query and since <= oldest:
        message = (
            f"'since_id' must be a tweet id created after {at}. Please use a 'since_id' that is larger than {oldest}"
        )
        raise invalid_request("since_id", request.query["since_id"], message)
    if "start_time" in request.query and since <= oldest:
        start = request.query["start_time"]
        raise invalid_request(
            "start_time", start, f"Invalid 'start_time':'{start}'. 'start_time' must be on or after {at}"
        )


BODIES: dict[Endpoint, Body] = {
    Endpoint.MENTIONS: _mentions,
    Endpoint.PUBLISHED: _published,
    Endpoint.SEARCH: _search,
}
