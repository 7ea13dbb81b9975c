"""`heed import`: articles from elsewhere, unreviewed, into the knowledge base."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bot import service
from bot.cli.output import err, progress_bars, report
from bot.errors import SettingsError
from bot.nlu.cleaning import clean
from bot.nlu.language import LanguageDetector
from bot.telemetry import set_up_logging
from knowledge.article import FILES
from knowledge.importers.admitting import Terms
from knowledge.importers.discourse import read_discourse
from knowledge.importers.forum import open_forum
from knowledge.importers.loading import find_cursor, load, off_the_loop
from knowledge.importers.stack_exchange import read_stack_exchange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterator
    from pathlib import Path

    from bot.settings import Settings
    from knowledge.importers.found import Found, Progress
    from knowledge.importers.reporting import Report

    Reading: TypeAlias = Callable[[str, Progress], AsyncIterator[Found]]

_ORIGIN = re.compile(r"[a-z0-9][a-z0-9._]{0,49}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line may ask of any import; what is empty is found out."""

    language: str = ""  #: Of what does not say its own.
    topic: str = ""
    origin: str = ""
    prune: bool = False
    as_json: bool = False


class RowReader(Protocol):
    """Reads Markdown, JSON lines or CSV."""

    def __call__(
        self, place: Path, terms: Terms, /, *, ignored: Collection[str], progress: Progress
    ) -> Iterator[Found]:
        """Give what becomes of each row at *place*."""
        ...


async def import_rows(
    settings: Settings, read: RowReader, place: Path, wishes: Wishes, *, ignored: Collection[str] = ()
) -> int:
    """Import what *read* reads at *place*. Raises DataError, SettingsError, StorageDown."""
    terms = _terms(settings, wishes, _name(place))

    def reading(_: str, progress: Progress) -> AsyncIterator[Found]:
        return off_the_loop(read(place, terms, ignored=ignored, progress=progress))

    return await _import(settings, wishes, terms, reading)


async def import_dump(settings: Settings, place: Path, wishes: Wishes, *, min_score: int, site: str) -> int:
    """Import a Stack Exchange dump. Raises DataError, SettingsError, StorageDown."""
    terms = _terms(settings, wishes, _name(place if place.suffix != ".xml" else place.parent))

    def reading(_: str, progress: Progress) -> AsyncIterator[Found]:
        return off_the_loop(read_stack_exchange(place, terms, min_score=min_score, site=site, progress=progress))

    return await _import(settings, wishes, terms, reading)


async def import_forum(
    settings: Settings, address: str, wishes: Wishes, *, category: str, key_file: Path | None
) -> int:
    """Import a Discourse forum, or the rest of it. Raises DataError, SettingsError, StorageDown."""
    async with open_forum(address, _key(key_file)) as forum:
        terms = _terms(settings, wishes, f"{forum.address.host}_{category.partition('/')[0]}")

        def reading(cursor: str, progress: Progress) -> AsyncIterator[Found]:
            return read_discourse(forum, terms, category=category, cursor=cursor, progress=progress)

        return await _import(settings, wishes, terms, reading)


async def _import(settings: Settings, wishes: Wishes, terms: Terms, reading: Reading) -> int:
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))
    async with service.open_database(settings) as database:
        # Only who has read everything knows what is absent.
        cursor = "" if wishes.prune else await find_cursor(database, terms.origin)
        with progress_bars() as progress:
            done = await load(
                database,
                reading(cursor, progress),
                origin=terms.origin,
                today=terms.today,
                whole=not cursor,
                prune=wishes.prune,
            )
    if cursor:
        err.print("Went on where an interrupted import had stopped; the next one begins anew.")
    _show(done, as_json=wishes.as_json)
    return 0


def _name(place: Path) -> str:
    return place.resolve().name.removesuffix(place.suffix)


def _terms(settings: Settings, wishes: Wishes, name: str) -> Terms:
    languages = settings.deciding.languages
    if wishes.language and wishes.language not in languages:
        raise SettingsError(f"--language {wishes.language}: deciding.languages has {', '.join(languages)} only")
    origin = wishes.origin or re.sub(r"[^a-z0-9._]+", "_", name.lower()).strip("._")[:50]
    # Without a hyphen, so that ids of two origins differ before their first one.
    if not _ORIGIN.fullmatch(origin) or origin == FILES:
        raise SettingsError(f"--origin '{origin}': write up to 50 of a-z, 0-9, '.' and '_', and not '{FILES}'")
    return Terms(
        origin=origin,
        languages=languages,
        detect=_detect,
        today=datetime.now(UTC).date(),
        language=wishes.language,
        topic=wishes.topic,
    )


@cache
def _detector() -> LanguageDetector:
    return LanguageDetector()


def _detect(text: str) -> str | None:
    return _detector().detect(clean(text))


def _key(file: Path | None) -> str:
    try:
        return file.read_text(encoding="ascii") if file else ""
    except OSError as error:
        raise SettingsError(f"--api-key-file: cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"--api-key-file: {file} holds no key: not plain ASCII") from error


def _show(done: Report, *, as_json: bool) -> None:
    for skipped in done.examples:
        err.print(f"skipped, {skipped.why}: {skipped.where}", style="yellow", markup=False, soft_wrap=True)
    if done.absent > done.removed:
        err.print(f"{done.absent} articles of this origin are no longer in the source; --prune removes them.")
    if done.added + done.changed + done.removed:
        err.print("Run `heed index` to make the change searchable; a running service does so by itself.")
    figures = asdict(done)
    del figures["examples"]
    if not as_json:
        figures |= {f"skipped, {why}": count for why, count in figures.pop("skipped").items()}
    report(figures, as_json=as_json)
