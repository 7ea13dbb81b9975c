"""`heed privacy`: shows, hands out, corrects and erases what is stored of one customer."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from bot import service
from bot.cli.output import emit, out
from bot.errors import IllegalMove
from bot.personal import UNSET, Personal, find
from storage import contacts
from storage.erasing import erase_author, erase_posts
from storage.forgetting import Erased
from storage.holdings import Holdings, find_authors, find_holdings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bot.settings import Settings
    from storage.contacts import KeptContact
    from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose data a command is about."""

    who: str  #: A handle, or "id:" with the channel's own id.
    channel: str = "x"


async def show(settings: Settings, asked: Asked, *, as_json: bool) -> int:
    """Say what is stored of a customer, without their words. Raises IllegalMove where nothing is, StorageDown."""
    summary = as_summary(await _held(settings, asked))
    if as_json:
        emit(summary)
        return 0
    for name, value in summary.items():
        out.print(f"{name:18} {_told(value)}", markup=False)
    return 0


async def export(settings: Settings, asked: Asked, file: Path | None, *, as_json: bool) -> int:
    """Write all that is stored of a customer, as one JSON object that only its owner can read where it is a *file*.

    Raises IllegalMove where nothing is stored, StorageDown.
    """
    held = await _held(settings, asked)
    document = as_document(held)
    if file is None:
        emit(document)
        return 0
    written = json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        os.fchmod(opened.fileno(), 0o600)  # the file may have been there
        opened.write(written)
    if as_json:
        emit({"file": str(file), **held.counts()})
    else:
        out.print(
            f"Written to {file}. Hand it over so that only the customer can open it, then delete it.", markup=False
        )
    return 0


async def erase(settings: Settings, asked: Asked | None, posts: Sequence[str], *, channel: str, as_json: bool) -> int:
    """Erase a customer, or single *posts* by their ids, and say what that was by kind. Raises StorageDown."""
    async with service.open_database(settings) as database:
        erased = await erase_all(database, asked, posts=posts, channel=channel)
    if as_json:
        emit(asdict(erased))
        return 0
    counted = {field.name: getattr(erased, field.name) for field in fields(Erased) if field.type == "int"}
    for name, value in counted.items():
        out.print(f"{name:18} {value}", markup=False)
    if erased.at_desks:
        out.print(f"Erase these cases at your help desk too: {', '.join(erased.at_desks)}.", markup=False)
    if erased.under_way:
        out.print("Some replies are on their way and stay; run this again in a minute.")
    return 0


async def erase_all(
    database: Database, asked: Asked | None = None, *, posts: Sequence[str] = (), channel: str = "x"
) -> Erased:
    """Erase *posts* by their ids, or the customer who is *asked* about, and say what that was."""
    async with database.begin() as connection:
        if asked is not None:
            return await erase_author(connection, asked.channel, asked.who)
        return Erased(posts=await erase_posts(connection, channel, posts))


async def correct(settings: Settings, asked: Asked, changed: Mapping[str, str], *, as_json: bool) -> int:
    """Correct how a customer can be reached.

    Raises IllegalMove where nothing is kept, or what is given is no e-mail address or phone number; StorageDown.
    """
    for part, kind in _KINDS.items():
        _check(changed.get(part, ""), kind)
    async with service.open_database(settings) as database, database.begin() as connection:
        author_ids = await find_authors(connection, asked.channel, asked.who)
        kept = await contacts.correct(connection, asked.channel, author_ids, changed)
    if as_json:
        emit(_contact(kept))
    else:
        out.print(f"{_told(_contact(kept))}", markup=False)
    return 0


def as_summary(held: Holdings) -> dict[str, Any]:
    """Give what is stored as numbers, with the contact, the consent and the cases."""
    moments = [row["posted_at"] for row in held.posts]
    return {
        "channel": held.channel,
        "author_ids": list(held.author_ids),
        **{f"{audience}_posts": sum(row["audience"] == audience for row in held.posts) for audience in _AUDIENCES},
        "first_post": min(moments, default=None),
        "last_post": max(moments, default=None),
        "contacts": [_contact(kept) for kept in held.contacts],
        "cases": [{name: row[name] for name in ("reference", "state", "opened_at")} for row in held.cases],
        "opted_out_since": min((row["since"] for row in held.opt_outs), default=None),
        **{name: count for name, count in held.counts().items() if name in _COUNTED},
    }


def as_document(held: Holdings) -> dict[str, Any]:
    """Give all that is stored, with its words."""
    rows = {name: [dict(row) for row in getattr(held, name)] for name in (*_COUNTED, "posts", "cases", "opt_outs")}
    return {
        "channel": held.channel,
        "author_ids": list(held.author_ids),
        "contacts": [_contact(kept) for kept in held.contacts],
        **rows,
    }


async def _held(settings: Settings, asked: Asked) -> Holdings:
    async with service.open_database(settings) as database, database.begin() as connection:
        held = await find_holdings(connection, asked.channel, asked.who)
    if not held.is_any:
        raise IllegalMove(f"Nothing is stored of {asked.who} on {asked.channel}.")
    return held


def _check(given: str, kind: Personal) -> None:
    if given and [found.kind for found in find(given, UNSET)] != [kind]:
        raise IllegalMove(f"'{given}' is no {kind}; a phone number begins with + and the country's code.")


def _contact(kept: KeptContact) -> dict[str, Any]:
    return {
        **{name: getattr(kept.contact, name) for name in contacts.REACHED_BY},
        "agreed_to": kept.consent.purpose,
        "agreed_at": kept.consent.given_at,
        "kept_until": kept.expires_at,
    }


def _told(value: object) -> str:
    match value:
        case None | [] | "":
            return "none"
        case dict():
            return ", ".join(f"{name} {_told(each)}" for name, each in value.items())
        case list():
            return "; ".join(map(_told, value))
        case _:
            return str(value)


_KINDS = {"email": Personal.EMAIL, "phone": Personal.PHONE}

_AUDIENCES = ("public", "private")

_COUNTED = (
    "quotes", "replies", "own_posts", "drafts", "handoffs", "decisions", "judgements", "desk_events", "feedback",
    "originals", "dialogue_events",
)  # fmt: skip
