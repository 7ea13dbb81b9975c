"""The only file that knows tweepy: a few verbs over one session, in values and errors of ours."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from tweepy.asynchronous import AsyncClient

from bot.errors import ChannelDown, ChannelError, OutcomeUnknown, PostGone, SettingsError
from responders.x.asking import Asking
from responders.x.bearer import Bearer
from responders.x.events import MESSAGE_CREATED, MessagePage, read_messages
from responders.x.line import Line
from responders.x.oauth2 import OAuth2
from responders.x.payloads import Page, Post, User, next_token, read_page, read_post, read_timeline
from responders.x.posts import Account
from responders.x.session import open_session, origin_of
from responders.x.subscribing import (
    Subscription,
    Webhook,
    read_subscription,
    read_subscriptions,
    read_webhook,
    read_webhooks,
)
from responders.x.tokens import Vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from pydantic import SecretStr

    from bot.settings import XSettings
    from responders.x.windows import Allowance

PAGE = 100  #: Posts a page, the most that X gives.

_POST_FIELDS = (
    "author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,in_reply_to_user_id,"
    "note_tweet,referenced_tweets"
)
_POST = {"tweet_fields": _POST_FIELDS}
_AUTHOR_FIELDS = "name,public_metrics,username"
_THREAD = _POST | {
    "expansions": "author_id,referenced_tweets.id,referenced_tweets.id.author_id",
    "user_fields": _AUTHOR_FIELDS,
}
_MESSAGE = {
    "dm_event_fields": "created_at,dm_conversation_id,entities,event_type,id,sender_id,text",
    "event_types": MESSAGE_CREATED,
    "expansions": "sender_id",
    "user_fields": _AUTHOR_FIELDS,
    "max_results": PAGE,
}


class XClient:
    """X as Heed uses it. Every method raises ChannelError, with a message that names the thing and the remedy."""

    def __init__(self, line: Line, settings: XSettings, bearer: Bearer | None) -> None:
        """With *bearer* requests carry its OAuth 2.0 token, else the OAuth 1.0a signature that *settings* allow."""
        self._line = line
        self._settings = settings
        seconds = settings.timeout_seconds
        self._tweepy = _tweepy(
            line,
            consumer_key=_plain(settings.consumer_key),
            consumer_secret=_plain(settings.consumer_secret),
            access_token=_plain(settings.access_token),
            access_token_secret=_plain(settings.access_token_secret),
        )
        account = Asking(self._tweepy, seconds, signed=bearer is None, bearer=bearer)
        self._read, self._write = account.read, account.write
        self._app_tweepy = _tweepy(line, bearer_token=_plain(settings.bearer_token))
        self._app = Asking(self._app_tweepy, seconds)

    @property
    def access(self) -> str:
        """What X last said that our tokens may do, such as "read-write"; empty before the first answer."""
        return self._line.access

    def allowance(self, verb: str) -> Allowance:
        """Give what X still allows of a method of this class, by its name, without asking X."""
        return self._line.windows.allowance(verb)

    async def me(self) -> Account:
        """Give the account that the tokens belong to."""
        user = await self.profile()
        also_ours = frozenset(handle.lower().removeprefix("@") for handle in self._settings.also_ours)
        return Account(id=user.id, handle=user.username, also_ours=also_ours, summoned_by=self._settings.summoned_by)

    async def profile(self) -> User:
        """Give that account as others see it, with its bio and label."""
        answer = await self._read(self._tweepy.get_me, user_fields=f"affiliation,description,{_AUTHOR_FIELDS}")
        try:
            return User.model_validate(_data(answer))
        except ValidationError as error:
            raise ChannelError("X describes the account in an unknown shape. Check x.base_url.") from error

    async def mentions(self, user_id: str, since_id: str, pagination_token: str | None = None) -> Page:
        """Give one page of the posts that mention *user_id* and are newer than *since_id*, newest first.

        X never gives more than the newest 800 in all. https://docs.x.com/x-api/posts/timelines/introduction
        """
        paging = {"since_id": since_id, "pagination_token": pagination_token, "max_results": PAGE}
        return read_timeline(await self._read(self._tweepy.get_users_mentions, user_id, **_THREAD, **paging))

    async def own_posts(self, user_id: str, since_id: str, pagination_token: str | None = None) -> Page:
        """Give one page of the posts by *user_id* that are newer than *since_id*, newest first; 3,200 in all."""
        paging = {"since_id": since_id, "pagination_token": pagination_token, "max_results": PAGE}
        return read_timeline(await self._read(self._tweepy.get_users_tweets, user_id, **_POST, **paging))

    async def search(
        self, query: str, *, since_id: str | None = None, until_id: str | None = None, next_token: str | None = None
    ) -> Page:
        """Give one page of the posts of the last seven days that match *query*, newest first.

        An older *since_id* is refused. https://docs.x.com/x-api/posts/search/introduction
        """
        bounds = {"since_id": since_id, "until_id": until_id, "next_token": next_token, "max_results": PAGE}
        return read_timeline(await self._read(self._tweepy.search_recent_tweets, query, **_THREAD, **bounds))

    async def post(self, post_id: str) -> Post:
        """Give one post. Raises PostGone where it is deleted or not visible to us."""
        answer = await self._read(self._tweepy.get_tweet, post_id, **_POST)
        if answer.get("data") is None:
            raise PostGone(f"X shows no post {post_id}: it is deleted, or not visible to this account.")
        read = read_post(answer["data"])
        if not isinstance(read, Post):
            raise ChannelError(f"X's post {post_id} has an unknown shape ({', '.join(read.problems)}).")
        return read

    async def posts(self, ids: Sequence[str]) -> Page:
        """Give up to 100 posts; those that X does not show are in `missing`."""
        return read_page(await self._read(self._tweepy.get_tweets, list(ids), **_THREAD) if ids else {})

    async def create_reply(self, text: str, in_reply_to: str, message_link: str | None = None) -> str:
        """Post *text* as a reply, with *message_link* as a button where it is given, and give the new post's id.

        Raises OutcomeUnknown when it may have been posted, another ChannelError when it certainly was not.
        """
        given = {"text": text, "in_reply_to_tweet_id": in_reply_to, "direct_message_deep_link": message_link}
        return _new_id(await self._write(self._tweepy.create_tweet, **given), "id")

    async def delete(self, post_id: str) -> None:
        """Delete a post of ours; nothing happens where it is gone already."""
        with suppress(PostGone):
            await self._write(self._tweepy.delete_tweet, post_id)

    async def messages(self, pagination_token: str | None = None) -> MessagePage:
        """Give one page of the direct messages of the last 30 days, ours and those to us, newest first.

        X lets this be asked 15 times in 15 minutes. https://docs.x.com/x-api/direct-messages/lookup/introduction
        """
        return read_messages(
            await self._read(self._tweepy.get_direct_message_events, pagination_token=pagination_token, **_MESSAGE)
        )

    async def messages_with(self, user_id: str, pagination_token: str | None = None) -> MessagePage:
        """Give one page of the direct messages between us and *user_id*, newest first."""
        return read_messages(
            await self._read(
                self._tweepy.get_direct_message_events,
                participant_id=user_id,
                pagination_token=pagination_token,
                **_MESSAGE,
            )
        )

    async def send_message(self, user_id: str, text: str) -> str:
        """Send *text* to *user_id* alone and give the new message's id; raises what `create_reply` raises."""
        return _new_id(
            await self._write(self._tweepy.create_direct_message, participant_id=user_id, text=text),
            "dm_event_id",
        )

    async def webhooks(self) -> tuple[Webhook, ...]:
        """Give the webhooks of the app. This and all below need x.bearer_token and raise SettingsError without it."""
        return read_webhooks(await self._ask("GET", "/2/webhooks"))

    async def register_webhook(self, url: str) -> str:
        """Register *url* and give the webhook's id; X challenges the address at once, and refuses one it knows."""
        return read_webhook(await self._ask("POST", "/2/webhooks", json={"url": url})).id

    async def check_webhook(self, webhook_id: str) -> None:
        """Let X challenge the webhook anew, which makes it valid again if it answers right."""
        await self._ask("PUT", f"/2/webhooks/{webhook_id}")

    async def subscriptions(self) -> tuple[Subscription, ...]:
        """Give all subscriptions of the app."""
        found: tuple[Subscription, ...] = ()
        token, used = "", set[str]()
        while token not in used:
            used.add(token)
            paging = {"pagination_token": token} if token else {}
            answer = await self._ask("GET", "/2/activity/subscriptions", params=paging)
            found, token = found + read_subscriptions(answer), next_token(answer) or ""
        return found

    async def subscribe(self, event_type: str, user_id: str, webhook_id: str) -> str:
        """Let X deliver events of one type about *user_id* to a webhook, and give the subscription's id."""
        wanted = {"event_type": event_type, "filter": {"user_id": user_id}, "webhook_id": webhook_id}
        return read_subscription(await self._ask("POST", "/2/activity/subscriptions", json=wanted)).id

    async def _ask(self, method: str, route: str, **wanted: object) -> dict[str, Any]:
        """Ask as the app what tweepy has no method for."""
        if not self._app_tweepy.bearer_token:
            raise SettingsError("x.bearer_token is empty. Set the app's bearer token from X's developer console.")
        make = self._app.read if method == "GET" else self._app.write
        answer = await make(self._app_tweepy.request, method, route, **wanted)
        return dict(await answer.json())


def utc_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_client(
    settings: XSettings, clock: Callable[[], datetime] = utc_now, *, vault: Vault | None = None
) -> AsyncIterator[XClient]:
    """Open the one session to X that *settings* name, and close it at the end. Raises SettingsError.

    With x.auth = "oauth2" the tokens come from *vault*.
    """
    # Below INFO they write request headers, and with them our signature and access token.
    for name in ("tweepy", "oauthlib"):
        logging.getLogger(name).setLevel(logging.INFO)
    origin = origin_of(settings)
    async with open_session(settings) as session:
        bearer = _bearer(settings, OAuth2(session, settings, clock), vault)
        yield XClient(Line(session, origin, clock), settings, bearer)


def _bearer(settings: XSettings, oauth2: OAuth2, vault: Vault | None) -> Bearer | None:
    if settings.auth == "oauth1":
        return None
    if vault is None:
        raise SettingsError("x.auth is 'oauth2', which needs the database with the tokens of `heed x login`")
    return Bearer(vault, oauth2.refresh, oauth2.clock)


def _tweepy(line: Line, **secrets: str) -> AsyncClient:
    tweepy = AsyncClient(return_type=dict, wait_on_rate_limit=False, **secrets)
    tweepy.session = line
    return tweepy


def _plain(secret: SecretStr) -> str:
    return secret.get_secret_value().strip()


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    if not isinstance(data, dict):
        raise ChannelDown("X gave an answer without the data asked for. Heed tries again.")
    return data


def _new_id(answer: dict[str, Any], name: str) -> str:
    data = answer.get("data")
    made = data.get(name) if isinstance(data, dict) else None
    if not isinstance(made, str) or not made.isdecimal():
        raise OutcomeUnknown("X took a reply and gave no id for it. Heed looks at what the account sent.")
    return made
