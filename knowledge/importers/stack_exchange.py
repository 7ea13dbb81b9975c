"""Articles from a Stack Exchange dump: each question with its accepted answer, else with its best.

The files are read several times rather than held: once for the questions, once to choose among the answers, once to
import them. Memory grows by 40 bytes a question and 16 a user, whatever they wrote.
"""

from __future__ import annotations

import re
from array import array
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import DataError
from knowledge.importers.admitting import Entry
from knowledge.importers.dump import DumpRow, read_rows
from knowledge.importers.found import Skipped, Why, silent
from knowledge.importers.html_text import to_markdown
from knowledge.importers.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from knowledge.importers.admitting import Terms
    from knowledge.importers.found import Found, Progress

POSTS, USERS = "Posts.xml", "Users.xml"

_QUESTION, _ANSWER = 1, 2
"""Values of PostTypeId, from https://meta.stackexchange.com/questions/2677."""

_TAG = re.compile(r"[^<>|\s]+")
_ACCEPTED_SCORE = 2**62
_NONE, _REJECTED = -(2**63), 1 - 2**63
"""In place of an answer's id, and smaller than any: there is none, or none that is good enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    title: str
    tag: str
    where: str
    accepted: bool  #: Whether whoever asked accepted the answer that was chosen.


def read_stack_exchange(
    place: Path, terms: Terms, *, min_score: int = 1, site: str = "", progress: Progress = silent
) -> Iterator[Found]:
    """Give what becomes of each question of the dump at *place*, a folder or its Posts.xml.

    An answer counts if it is accepted and not voted down, else with a score of *min_score* at least. *site* is the
    host that the articles link to. Progress in bytes. Raises DataError, naming file and line, before the first article.
    """
    posts = place / POSTS if place.is_dir() else place
    with ExitStack() as stack:
        questions = _Questions(posts, stack.enter_context(Spool()))
        yield from questions.collect(read_rows(posts, "posts", "Reading questions", progress))
        questions.choose(read_rows(posts, "posts", "Choosing answers", progress), min_score)
        users = _Users(stack.enter_context(Spool()))
        if posts.with_name(USERS).exists():
            users.collect(read_rows(posts.with_name(USERS), "users", "Reading users", progress))
        yield from questions.left()
        for row in read_rows(posts, "posts", "Importing", progress):
            question = questions.chosen(row)
            if question is not None:
                yield terms.admit(_entry(row, question, users, site))


class _Questions:
    """The questions that may become articles, and the id of the best answer of each."""

    def __init__(self, posts: Path, spool: Spool) -> None:
        self._posts = posts
        self._spool = spool
        self._accepted = array("q")
        self._answers = array("q")
        self._scores = array("q")

    def collect(self, rows: Iterator[DumpRow]) -> Iterator[Skipped]:
        """Keep the questions among *rows*, and give those that are skipped. Raises DataError where there is none."""
        count = 0
        for row in rows:
            if row.number("PostTypeId") != _QUESTION:
                continue
            count += 1
            why = _refusal(row)
            if why is None:
                self._keep(row)
            else:
                yield Skipped(where=row.where, why=why)
        if not count:
            raise DataError("holds no question.", file=str(self._posts))

    def _keep(self, row: DumpRow) -> None:
        key = row.number("Id")
        earlier = self._spool.place(key)
        if earlier is not None:
            raise DataError(f"the id {key} is at {self._at(earlier).where} already.", file=str(row.file), line=row.line)
        tag = _TAG.search(row.text("Tags"))
        place = self._spool.put(key, [row.text("Title"), tag[0] if tag else "", row.line])
        self._accepted.insert(place, row.number("AcceptedAnswerId", _NONE))
        self._answers.append(_NONE)

    def choose(self, rows: Iterator[DumpRow], min_score: int) -> None:
        """Find the answer of each question among *rows*."""
        self._scores = array("q", [min_score - 1]) * len(self._spool)
        for row in rows:
            place = self._place(row)
            if place is not None:
                _check(row)
                self._weigh(row, place)

    def _weigh(self, row: DumpRow, place: int) -> None:
        key, score = row.number("Id"), row.number("Score", 0)
        if key == self._accepted[place] and score >= 0:
            score = _ACCEPTED_SCORE
        if score > self._scores[place]:
            self._answers[place], self._scores[place] = key, score
        elif self._answers[place] == _NONE:
            self._answers[place] = _REJECTED

    def left(self) -> Iterator[Skipped]:
        """Give the questions that have no good answer."""
        reasons = {_NONE: Why.NO_ANSWER, _REJECTED: Why.LOW_SCORE}
        for place, answer in enumerate(self._answers):
            if answer in reasons:
                yield Skipped(where=self._at(place).where, why=reasons[answer])

    def chosen(self, row: DumpRow) -> _Question | None:
        """Give the question that *row* is the best answer of, if it is one."""
        place = self._place(row)
        if place is None or self._answers[place] != row.number("Id"):
            return None
        return self._at(place)

    def _place(self, row: DumpRow) -> int | None:
        return self._spool.place(row.number("ParentId")) if row.number("PostTypeId") == _ANSWER else None

    def _at(self, place: int) -> _Question:
        title, tag, line = self._spool.at(place)
        accepted = self._answers[place] == self._accepted[place]
        return _Question(title=title, tag=tag, where=f"{self._posts}:{line}", accepted=accepted)


class _Users:
    """Names and reputations of those who answer."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def collect(self, rows: Iterator[DumpRow]) -> None:
        """Keep the users among *rows*; of those with one id the first."""
        for row in rows:
            key = row.number("Id")
            if self._spool.place(key) is None:
                self._spool.put(key, [row.text("DisplayName"), row.number("Reputation", 0)])

    def author(self, row: DumpRow) -> tuple[str, int]:
        """Give name and reputation of who wrote *row*."""
        place = self._spool.place(row.number("OwnerUserId", _NONE))
        if place is None:
            return row.text("OwnerDisplayName"), 0
        name, reputation = self._spool.at(place)
        return str(name), int(reputation)


def _refusal(row: DumpRow) -> Why | None:
    if row.text("ClosedDate"):
        return Why.CLOSED
    if row.number("Score", 0) < 0:
        return Why.NEGATIVE_SCORE
    return None if row.text("Title") else Why.EMPTY


def _check(row: DumpRow) -> None:
    """Read what is needed later, so that it is refused before anything is imported. Raises DataError."""
    _last_active(row)
    row.number("OwnerUserId", _NONE)


def _last_active(row: DumpRow) -> date:
    return row.day("LastActivityDate" if "LastActivityDate" in row.values else "CreationDate")


def _entry(row: DumpRow, question: _Question, users: _Users, site: str) -> Entry:
    author, reputation = users.author(row)
    key = row.number("Id")
    return Entry(
        where=row.where,
        id=str(row.number("ParentId")),
        question=question.title,
        answer=to_markdown(row.text("Body")),
        tag=question.tag,
        author=author,
        votes=row.number("Score", 0),
        last_verified=_last_active(row),
        url=f"https://{site}/a/{key}" if site else "",
        accepted=question.accepted,
        reputation=reputation,
    )
