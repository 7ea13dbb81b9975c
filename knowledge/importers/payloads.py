"""What Discourse answers: of its many fields those that an import needs."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

_LIKE = 2


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Action(_Answer):
    id: int
    count: int = 0


class Post(_Answer):
    """One post of a topic."""

    post_number: int
    cooked: str  #: HTML.
    username: str = ""
    updated_at: Annotated[date, BeforeValidator(lambda moment: str(moment)[:10])]
    accepted_answer: bool = False
    actions_summary: tuple[_Action, ...] = ()

    @property
    def likes(self) -> int:
        """How many liked it."""
        return next((action.count for action in self.actions_summary if action.id == _LIKE), 0)


class _Stream(_Answer):
    posts: tuple[Post, ...]


class _Accepted(_Answer):
    post_number: int


class Topic(_Answer):
    """A topic with its first posts, and what the Solved plugin says about it: once one answer, later any number."""

    post_stream: _Stream
    accepted_answer: _Accepted | None = None
    accepted_answers: tuple[Post, ...] = ()


class ListedTopic(_Answer):
    """A topic as a list of topics shows it."""

    id: int
    title: str
    slug: str = ""
    category_id: int | None = None
    has_accepted_answer: bool = False


class TopicPage(_Answer):
    """One page of a list of topics."""

    topics: tuple[ListedTopic, ...]
    more_topics_url: str | None = None


class TopicList(_Answer):
    """What a list of topics is wrapped in."""

    topic_list: TopicPage


class _Category(_Answer):
    id: int
    slug: str


class Site(_Answer):
    """What holds for the whole forum."""

    categories: tuple[_Category, ...] = ()
