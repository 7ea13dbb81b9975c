"""Who looks at the page, and what stands in its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sandbox.page.cast import player
from sandbox.posts import Post, User
from sandbox.world import World

_SHOWN = 50  #: Threads on the page at first.
_MOST_DIGITS = 4  #: Of the number of threads that an address may ask for.

Fields = Mapping[str, str]  #: Of an address or a form.


class Part(StrEnum):
    """Where on the page something went wrong."""

    PAGE = "page"
    COMPOSER = "composer"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What was refused, for the person who asked."""

    where: Part
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the composer; at most one of the references is there."""

    text: str
    reply_to: Post | None = None
    quote_of: Post | None = None
    edit_of: Post | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One look at the page."""

    me: User
    is_brand: bool  #: The visitor plays the brand's own people.
    partner: User | None  #: Whose messages with `me` are shown; None while the brand's people have chosen nobody.
    draft: Draft
    message: str  #: What stands in the field for a message.
    shown: int  #: How many threads.
    trouble: Trouble | None = None

    @property
    def query(self) -> str:
        """The part of an address that keeps who looks."""
        return f"as={self.me.handle}" + (f"&with={self.partner.handle}" if self.partner else "")


def visit(world: World, fields: Fields, trouble: Trouble | None = None) -> Visit:
    """Read who looks and what is typed from an address, or from a form that was refused."""
    me = player(world, fields.get("as", ""))
    return Visit(
        me=me,
        is_brand=me.id == world.brand.id,
        partner=_partner(world, me, fields),
        draft=_draft(world, fields),
        message=fields.get("message", ""),
        shown=_shown(fields.get("shown", "")),
        trouble=trouble,
    )


def _partner(world: World, me: User, fields: Fields) -> User | None:
    if me.id != world.brand.id:
        return world.brand
    chosen = world.accounts.named(fields.get("with", ""))
    return chosen if chosen and chosen.id != me.id else None


def _draft(world: World, fields: Fields) -> Draft:
    given = {name: world.find(fields.get(name, "")) for name in ("reply_to", "quote_of", "edit_of")}
    edited = given["edit_of"]
    opening = edited.body if edited else "" if given["reply_to"] else f"@{world.brand.handle} "
    return Draft(text=fields.get("text", opening), **given)


def _shown(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) <= _MOST_DIGITS else _SHOWN
