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

from bot.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Id = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,19}$")]
"""An id of X, always as text: as a number it would lose digits in other languages' hands."""


class Shape(BaseModel):
    """A part of an answer; what Heed does not use of it is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _given(cls, raw: object) -> object:
        """Take a null for what it means: not given."""
        return {name: value for name, value in raw.items() if value is not None} if isinstance(raw, dict) else raw


class Metrics(Shape):
    """The counts of an account."""

    followers_count: int = 0


class Affiliation(Shape):
    """The label beside an account's name."""

    description: str = ""  #: Such as "Automated".


class User(Shape):
    """An account."""

    id: Id
    username: str  #: The handle without "@".
    name: str = ""
    description: str = ""  #: The bio.
    affiliation: Affiliation = Affiliation()
    public_metrics: Metrics = Metrics()


class Address(Shape):
    """A link in a text, as X shortened it."""

    url: str
    expanded_url: str | None = None


class Naming(Shape):
    """A handle that stands in a text."""

    start: int
    username: str


class Entities(Shape):
    """What X recognised in a text."""

    urls: tuple[Address, ...] = ()
    mentions: tuple[Naming, ...] = ()


class Note(Shape):
    """The whole text of a long post, whose `text` is cut."""

    text: str
    entities: Entities = Entities()


class Reference(Shape):
    """Another post that a post replies to, quotes or repeats."""

    type: str  #: "replied_to", "quoted" or "retweeted".
    id: Id


class Post(Shape):
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
    missing: tuple[str, ...] = ()  #: Ids that were asked for and that X does not show: deleted, protected or suspended.


def read_timeline(answer: Mapping[str, Any]) -> Page:
    """Read one page of a timeline or a search, as `read_page`.

    X says in one answer what it has and what it lacks; errors alone, without even a count, are a refusal: ChannelError.
    """
    if "errors" in answer and not answer.keys() & {"data", "meta"}:
        errors = as_list(answer["errors"])
        said = as_object(errors[0] if errors else None).get("detail") or "no reason given"
        raise ChannelError(f"X gave no timeline: {str(said).rstrip('.')}. Check whose tokens x.access_token holds.")
    return read_page(answer)


def read_page(answer: Mapping[str, Any]) -> Page:
    """Read one page of a timeline; a malformed post is set aside, and the rest goes on."""
    read = [read_post(raw) for raw in as_list(answer.get("data"))]
    includes = as_object(answer.get("includes"))
    parents = [read_post(raw) for name in ("tweets", "posts") for raw in as_list(includes.get(name))]
    return Page(
        posts=tuple(post for post in read if isinstance(post, Post)),
        malformed=tuple(post for post in read if isinstance(post, Malformed)),
        users=read_users(as_list(includes.get("users"))),
        parents={post.id: post for post in parents if isinstance(post, Post)},
        next_token=next_token(answer),
        missing=tuple(dict.fromkeys(_missing(answer))),
    )


def next_token(answer: Mapping[str, Any]) -> str | None:
    """Give the token of the page behind this one."""
    return as_object(answer.get("meta")).get("next_token") or None


def read_post(raw: object) -> Post | Malformed:
    """Read one post, or say what is wrong with it."""
    try:
        return Post.model_validate(raw)
    except ValidationError as error:
        problems = tuple(f"{'.'.join(map(str, each['loc'])) or 'post'}: {each['type']}" for each in error.errors())
        return Malformed(post_id=str(as_object(raw).get("id", ""))[:19], problems=problems)


def read_users(raws: Iterable[object]) -> dict[str, User]:
    """Read accounts, by id; in events X wraps some of them once more. Malformed ones are left out."""
    users = (_user(as_object(raw).get("data", raw)) for raw in raws)
    return {user.id: user for user in users if user is not None}


def _user(raw: object) -> User | None:
    try:
        return User.model_validate(raw)
    except ValidationError:
        return None


def _missing(answer: Mapping[str, Any]) -> Iterable[str]:
    """Only what was asked for by its id; a post in the page may lack its parent, which is named otherwise."""
    for error in map(as_object, as_list(answer.get("errors"))):
        if error.get("parameter") in {"id", "ids"} and error.get("resource_type") in {"tweet", "post"}:
            yield str(error.get("resource_id") or error.get("value") or "")


def as_list(value: object) -> list[object]:
    """Take anything but a list for an empty one."""
    return value if isinstance(value, list) else []


def as_object(value: object) -> dict[str, Any]:
    """Take anything but an object for an empty one."""
    return value if isinstance(value, dict) else {}
