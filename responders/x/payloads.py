"""The JSON of X API v2 as frozen values, in the names of both dialects, with one malformed post never costing a page.

OpenAPI 2.167 of 2026-08-07 renamed tweet to post in fields; both names are read, whichever comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Id = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,19}$")]
"""An id of X, always as text: as a number it would lose digits in other languages' hands."""


class _Shape(BaseModel):
    """A part of an answer; what Heed does not use of it is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _given(cls, raw: object) -> object:
        """Take a null for what it means: not given."""
        return {name: value for name, value in raw.items() if value is not None} if isinstance(raw, dict) else raw


class Metrics(_Shape):
    """The counts of an account."""

    followers_count: int = 0


class User(_Shape):
    """An account."""

    id: Id
    username: str  #: The handle without "@".
    name: str = ""
    public_metrics: Metrics = Metrics()


class Address(_Shape):
    """A link in a text, as X shortened it."""

    url: str
    expanded_url: str | None = None


class Naming(_Shape):
    """A handle that stands in a text."""

    start: int
    username: str


class Entities(_Shape):
    """What X recognised in a text."""

    urls: tuple[Address, ...] = ()
    mentions: tuple[Naming, ...] = ()


class Note(_Shape):
    """The whole text of a long post, whose `text` is cut."""

    text: str
    entities: Entities = Entities()


class Reference(_Shape):
    """Another post that a post replies to, quotes or repeats."""

    type: str  #: "replied_to", "quoted" or "retweeted".
    id: Id


class Post(_Shape):
    """One version of one post."""

    id: Id
    text: str
    author_id: Id
    created_at: AwareDatetime
    conversation_id: Id | None = None
    in_reply_to_user_id: Id | None = None
    display_text_range: tuple[int, int] | None = None
    entities: Entities = Entities()
    versions: tuple[Id, ...] = Field(
        (), validation_alias=AliasChoices("edit_history_tweet_ids", "edit_history_post_ids")
    )
    references: tuple[Reference, ...] = Field(
        (), validation_alias=AliasChoices("referenced_tweets", "referenced_posts")
    )
    note: Note | None = Field(None, validation_alias=AliasChoices("note_tweet", "note_post"))

    def referenced(self, kind: str) -> str | None:
        """Give the id of the post that this one refers to in the way *kind*."""
        return next((reference.id for reference in self.references if reference.type == kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A post that does not have the shape X promises; without its text, because it is reported."""

    post_id: str  #: Empty where even the id cannot be read.
    problems: tuple[str, ...]  #: Each names a field and what is wrong with it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a timeline, newest first, with the accounts and posts that its posts refer to, by id."""

    posts: tuple[Post, ...] = ()
    malformed: tuple[Malformed, ...] = ()
    users: Mapping[str, User]
    parents: Mapping[str, Post]
    next_token: str | None = None  #: A page may be short and yet have one.


def read_page(answer: Mapping[str, Any]) -> Page:
    """Read one page of a timeline; a malformed post is set aside, and the rest goes on."""
    read = [read_post(raw) for raw in _list(answer.get("data"))]
    includes = _object(answer.get("includes"))
    parents = [read_post(raw) for name in ("tweets", "posts") for raw in _list(includes.get(name))]
    return Page(
        posts=tuple(post for post in read if isinstance(post, Post)),
        malformed=tuple(post for post in read if isinstance(post, Malformed)),
        users={user.id: user for user in _users(_list(includes.get("users")))},
        parents={post.id: post for post in parents if isinstance(post, Post)},
        next_token=_object(answer.get("meta")).get("next_token") or None,
    )


def read_post(raw: object) -> Post | Malformed:
    """Read one post, or say what is wrong with it."""
    try:
        return Post.model_validate(raw)
    except ValidationError as error:
        problems = tuple(f"{'.'.join(map(str, each['loc'])) or 'post'}: {each['type']}" for each in error.errors())
        return Malformed(post_id=str(_object(raw).get("id", ""))[:19], problems=problems)


def _users(raws: Iterable[object]) -> Iterable[User]:
    for raw in raws:
        try:
            yield User.model_validate(raw)
        except ValidationError:
            continue


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
