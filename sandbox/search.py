"""The query language of recent search and of filtered streams: words, phrases, operators, OR, - and parentheses.

Blanks mean "and", which binds closer than OR.
https://docs.x.com/x-api/posts/search/integrate/build-a-query
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.posts import HANDLE, Post, User, names

Matches = Callable[[Post], bool]

_TOKEN = re.compile(r'\s*(?:([()])|(-(?=[^\s)]))|(OR)(?=[\s()]|$)|("[^"]+")|([^\s()"]+))')
_OPERATOR = re.compile(r"([a-z_]+):(.+)", re.DOTALL)
_WORD = re.compile(r"\w+")
_DEEPEST = 50  #: Parentheses within each other.
_ERRORS = "There were errors processing your request: "


class QueryInvalid(ValueError):
    """The query cannot be read; the message is X's."""

    def __init__(self, detail: str) -> None:
        super().__init__(_ERRORS + detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A query, or a part of one, that has been read."""

    matches: Matches
    stands_alone: bool  #: Whether it names what is wanted, rather than only narrowing or leaving out.


def read_query(query: str) -> Matches:
    """Read a query into a test of posts; raises `QueryInvalid` for one that X would refuse."""
    reader = _Reader(_tokens(query))
    rule = reader.alternatives()
    if reader.ahead:
        raise _unexpected(reader.ahead)
    if not rule.stands_alone:
        raise QueryInvalid("Rules must contain at least one positive, non-stopword clause (at position 1)")
    return rule.matches


class _Reader:
    """Goes through the tokens once, one rule of the grammar a method."""

    def __init__(self, tokens: list[str]) -> None:
        self._rest = tokens
        self._depth = 0

    @property
    def ahead(self) -> str:
        """The next token; empty at the end."""
        return self._rest[0] if self._rest else ""

    def alternatives(self) -> _Rule:
        rules = [self._together()]
        while self.ahead == "OR":
            self._rest.pop(0)
            rules.append(self._together())
        return _Rule(
            matches=lambda post: any(rule.matches(post) for rule in rules),
            stands_alone=all(rule.stands_alone for rule in rules),
        )

    def _together(self) -> _Rule:
        rules = [self._one()]
        while self.ahead not in {"", ")", "OR"}:
            rules.append(self._one())
        return _Rule(
            matches=lambda post: all(rule.matches(post) for rule in rules),
            stands_alone=any(rule.stands_alone for rule in rules),
        )

    def _one(self) -> _Rule:
        part = self._rest.pop(0) if self._rest else ""
        if part in {"", ")", "OR"} or (part == "-" and self.ahead == "-"):
            raise _unexpected(part)
        if part == "-":
            left_out = self._one()
            return _Rule(matches=lambda post: not left_out.matches(post), stands_alone=False)
        return self._group() if part == "(" else _leaf(part)

    def _group(self) -> _Rule:
        self._depth += 1
        rule = self.alternatives() if self._depth < _DEEPEST else None
        if rule is None or self.ahead != ")":
            raise _unexpected(self.ahead)
        self._rest.pop(0)
        self._depth -= 1
        return rule


def _tokens(query: str) -> list[str]:
    tokens, place, end = [], 0, len(query.rstrip())
    while place < end:
        match = _TOKEN.match(query, place)
        if match is None:
            raise _unexpected(query[place:].strip())
        tokens.append(match[0].strip())
        place = match.end()
    return tokens


def _unexpected(token: str) -> QueryInvalid:
    return QueryInvalid(f"no viable alternative at input '{token or '<EOF>'}'")


def _leaf(token: str) -> _Rule:
    if operator := _OPERATOR.fullmatch(token):
        return _operated(operator[1], operator[2])
    if token.startswith("@") and HANDLE.fullmatch(token[1:]):
        return _Rule(matches=lambda post: names(post.text, token[1:]), stands_alone=True)
    wanted = _spelled(token)
    if not wanted.strip():
        return _Rule(matches=lambda post: token.strip('"') in post.text, stands_alone=True)
    return _Rule(matches=lambda post: wanted in _spelled(post.text), stands_alone=True)


def _operated(name: str, value: str) -> _Rule:
    if name in _NAMING:
        find = _NAMING[name]
        return _Rule(matches=lambda post: find(post, value), stands_alone=True)
    if name == "lang":
        return _Rule(matches=lambda post: post.language == value, stands_alone=False)
    if name == "is" and value in _KINDS:
        return _Rule(matches=_KINDS[value], stands_alone=False)
    operator = f"{name}:{value}" if name == "is" else name
    raise QueryInvalid(f"Reference to invalid operator '{operator}'. Operator is not available in current product.")


def _spelled(text: str) -> str:
    """Return the words of a text between single blanks, so that whole words can be found in it."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _is(user: User | None, value: str) -> bool:
    return user is not None and value.removeprefix("@").lower() in {user.handle.lower(), user.id}


_NAMING: dict[str, Callable[[Post, str], bool]] = {
    "from": lambda post, value: _is(post.author, value),
    "to": lambda post, value: _is(post.reply_to_author, value),
    "conversation_id": lambda post, value: post.conversation == value,
    "in_reply_to_tweet_id": lambda post, value: post.reply_to == value,
}
_KINDS: dict[str, Matches] = {
    "reply": lambda post: post.reply_to is not None,
    "quote": lambda post: post.quote_of is not None,
    "retweet": lambda post: post.repost_of is not None,
}
