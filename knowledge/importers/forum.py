"""The part of Discourse's API that an import needs: lists of solved topics, one topic, one post."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import BaseModel, ValidationError
from yarl import URL

from bot.errors import DataError
from knowledge.importers.payloads import Post, Site, Topic, TopicList, TopicPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import ClientResponse

TRIES = 6
TIMEOUT_SECONDS = 30.0
LONGEST_WAIT = 120.0
"""Seconds that a forum may tell us to wait; more is left to the next import, which goes on from there."""

_MISSING = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

_Payload = TypeVar("_Payload", bound=BaseModel)


class Forum:
    """A Discourse forum. Every method raises DataError where it cannot be reached or answers something else."""

    def __init__(self, session: ClientSession, address: URL, *, pause: float = 1.0) -> None:
        self.address = address
        self._session = session
        self._pause = pause

    async def topics(self, page: int, category: str = "") -> TopicPage:
        """Give one page, from 0, of the solved topics, oldest first so that new ones do not move the pages."""
        path = f"c/{category}.json" if category else "latest.json"
        wanted = {"page": str(page), "solved": "yes", "order": "created", "ascending": "true"}
        answer = await self._read(TopicList, path, wanted)
        if answer is None:
            raise DataError("is not there, or needs a key that may see it.", file=str(self.address / path))
        return answer.topic_list

    async def topic(self, topic_id: int) -> Topic | None:
        """Give a topic; None where it is deleted or not visible to us."""
        return await self._read(Topic, f"t/{topic_id}.json")

    async def post(self, topic_id: int, post_number: int) -> Post | None:
        """Give one post of a topic; None where it is deleted or not visible to us."""
        return await self._read(Post, f"posts/by_number/{topic_id}/{post_number}.json")

    async def categories(self) -> Mapping[int, str]:
        """Give the short name of each category by its id."""
        site = await self._read(Site, "site.json") or Site()
        return {category.id: category.slug for category in site.categories}

    async def _read(self, kind: type[_Payload], path: str, query: Mapping[str, str] | None = None) -> _Payload | None:
        url = self.address / path
        payload = await self._get(url.with_query(query or {}))
        try:
            return None if payload is None else kind.model_validate_json(payload)
        except ValidationError as error:
            problem = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, problem["loc"])) or "the answer"
            raise DataError(
                f"{where}: {problem['msg'].lower()}.", file=str(url), remedy="Is this the address of a Discourse forum?"
            ) from error

    async def _get(self, url: URL) -> bytes | None:
        """Give what stands at *url*, tried again while the forum is busy or down; None where nothing does."""
        problem = ""
        for attempt in range(TRIES):
            wait = self._pause * 2**attempt
            try:
                # A redirect is refused: our key must not go to another host.
                async with self._session.get(url, allow_redirects=False) as response:
                    if response.status in _MISSING:
                        return None
                    if response.status == HTTPStatus.OK:
                        return await response.read()
                    problem = _problem(response)
                    wait = _wait(response, wait)
            except (ClientError, TimeoutError) as error:
                problem = f"cannot be reached: {error or type(error).__name__}"
            if attempt < TRIES - 1:
                await asyncio.sleep(wait)
        raise DataError(f"{problem}, {TRIES} times in a row.", file=str(url), remedy="Try again later.")


@asynccontextmanager
async def open_forum(address: str, key: str = "", *, pause: float = 1.0) -> AsyncIterator[Forum]:
    """Open the forum at *address*, and close it at the end.

    *key* is an API key; where it is one for all users, the name of one follows on the next line. *pause* is the seconds
    before the second try, doubling. Raises DataError where *address* is none.
    """
    url = _address(address)
    names = ("Api-Key", "Api-Username")  # https://docs.discourse.org
    headers = dict(zip(names, key.split(), strict=False))
    async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_SECONDS), headers=headers) as session:
        yield Forum(session, url, pause=pause)


def _address(text: str) -> URL:
    try:
        url = URL(text).with_query(None).with_fragment(None)
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise DataError("is no address.", file=text, remedy="Write https://forum.example.org.")
    return url


def _problem(response: ClientResponse) -> str:
    """Say what is wrong with an answer that may be right later. Raises DataError where it will not be."""
    url = str(response.url)
    if "Location" in response.headers:
        raise DataError(f"leads to {response.headers['Location']}.", file=url, remedy="Give that address.")
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "asks for fewer requests"
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"answers {response.status}"
    raise DataError(f"answers {response.status} {response.reason}.", file=url)


def _wait(response: ClientResponse, otherwise: float) -> float:
    """Give the seconds that *response* asks us to wait. Raises DataError where they are too many."""
    asked = response.headers.get("Retry-After", "")
    seconds = float(asked) if asked.isdecimal() else otherwise
    if seconds > LONGEST_WAIT:
        remedy = "Import again then; it goes on from here."
        raise DataError(f"asks to wait for {seconds:.0f} seconds.", file=str(response.url), remedy=remedy)
    return seconds
