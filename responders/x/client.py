"""The only file that knows tweepy: a few verbs over one session, in values and errors of ours."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, ClientTimeout
from pydantic import ValidationError
from tweepy.asynchronous import AsyncClient
from yarl import URL

from bot.errors import ChannelDown, ChannelError, OutcomeUnknown, PostGone, SettingsError
from responders.x.line import Line
from responders.x.payloads import Page, Post, User, read_page, read_post
from responders.x.posts import Account

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from pydantic import SecretStr

    from bot.settings import XSettings

PAGE = 100  #: Posts a page, the most that X gives.

_POST_FIELDS = (
    "author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,in_reply_to_user_id,"
    "note_tweet,referenced_tweets"
)
_POST = {"tweet_fields": _POST_FIELDS}
_THREAD = _POST | {"expansions": "author_id,referenced_tweets.id", "user_fields": "name,public_metrics,username"}


class XClient:
    """X as Heed uses it. Every method raises ChannelError, with a message that names the thing and the remedy."""

    def __init__(self, tweepy: AsyncClient) -> None:
        self._tweepy = tweepy

    async def me(self) -> Account:
        """Give the account that the tokens belong to."""
        answer = await self._tweepy.get_me(user_auth=True)
        try:
            user = User.model_validate(_data(answer))
        except ValidationError as error:
            raise ChannelError("X describes the account in an unknown shape. Check x.base_url.") from error
        return Account(id=user.id, handle=user.username)

    async def mentions(self, user_id: str, since_id: str, pagination_token: str | None = None) -> Page:
        """Give one page of the posts that mention *user_id* and are newer than *since_id*, newest first.

        X never gives more than the newest 800 in all. https://docs.x.com/x-api/posts/timelines/introduction
        """
        paging = {"since_id": since_id, "pagination_token": pagination_token, "max_results": PAGE}
        return _page(await self._tweepy.get_users_mentions(user_id, user_auth=True, **_THREAD, **paging))

    async def own_posts(self, user_id: str, since_id: str, pagination_token: str | None = None) -> Page:
        """Give one page of the posts by *user_id* that are newer than *since_id*, newest first; 3,200 in all."""
        paging = {"since_id": since_id, "pagination_token": pagination_token, "max_results": PAGE}
        return _page(await self._tweepy.get_users_tweets(user_id, user_auth=True, **_POST, **paging))

    async def post(self, post_id: str) -> Post:
        """Give one post. Raises PostGone where it is deleted or not visible to us."""
        answer = await self._tweepy.get_tweet(post_id, user_auth=True, **_POST)
        if answer.get("data") is None:
            raise PostGone(f"X shows no post {post_id}: it is deleted, or not visible to this account.")
        read = read_post(answer["data"])
        if not isinstance(read, Post):
            raise ChannelError(f"X's post {post_id} has an unknown shape ({', '.join(read.problems)}).")
        return read

    async def create_reply(self, text: str, in_reply_to: str) -> str:
        """Post *text* as a reply and give the new post's id.

        Raises OutcomeUnknown when it may have been posted, another ChannelError when it certainly was not.
        """
        answer = await self._tweepy.create_tweet(text=text, in_reply_to_tweet_id=in_reply_to, user_auth=True)
        post_id = _data(answer).get("id") if isinstance(answer.get("data"), dict) else None
        if not isinstance(post_id, str) or not post_id.isdecimal():
            raise OutcomeUnknown("X took a reply and gave no id for it. Heed looks at the account's own posts.")
        return post_id

    async def delete(self, post_id: str) -> None:
        """Delete a post of ours; nothing happens where it is gone already."""
        await self._tweepy.delete_tweet(post_id, user_auth=True)


def utc_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_client(settings: XSettings, clock: Callable[[], datetime] = utc_now) -> AsyncIterator[XClient]:
    """Open the one session to X that *settings* name, and close it at the end. Raises SettingsError."""
    # Below INFO they write request headers, and with them our signature and access token.
    for name in ("tweepy", "oauthlib"):
        logging.getLogger(name).setLevel(logging.INFO)
    seconds = settings.timeout_seconds
    # Connecting ends first, so that a reply that timed out before it left is known not to have been posted.
    timeout = ClientTimeout(total=seconds, connect=seconds / 2)
    origin = _origin(settings.base_url)
    async with ClientSession(timeout=timeout) as session:
        tweepy = AsyncClient(
            consumer_key=_plain(settings.consumer_key),
            consumer_secret=_plain(settings.consumer_secret),
            access_token=_plain(settings.access_token),
            access_token_secret=_plain(settings.access_token_secret),
            return_type=dict,
            wait_on_rate_limit=False,
        )
        tweepy.session = Line(session, origin, clock)
        yield XClient(tweepy)


def _origin(base_url: str) -> URL:
    try:
        return URL(base_url).origin()
    except ValueError as error:
        raise SettingsError(
            f"x.base_url: {base_url!r} is not an address; write https://host or http://host:port"
        ) from error


def _plain(secret: SecretStr) -> str:
    return secret.get_secret_value().strip()


def _page(answer: dict[str, Any]) -> Page:
    """X says in one answer what it has and what it lacks; errors alone, without even a count, are a refusal."""
    if "errors" in answer and not answer.keys() & {"data", "meta"}:
        raise ChannelError(f"X gave no timeline: {_first_detail(answer)}. Check whose tokens x.access_token holds.")
    return read_page(answer)


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    if not isinstance(data, dict):
        raise ChannelDown("X gave an answer without the data asked for. Heed tries again.")
    return data


def _first_detail(answer: dict[str, Any]) -> str:
    errors = answer["errors"]
    first = errors[0] if isinstance(errors, list) and errors else {}
    return str(first.get("detail", "no reason given")).rstrip(".") if isinstance(first, dict) else "no reason given"
