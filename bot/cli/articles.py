"""`heed articles`: look at what is stored, and take single articles out of use at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot import service
from bot.cli.output import emit, out
from bot.errors import IllegalMove
from bot.telemetry import set_up_logging
from knowledge.article import Article
from storage import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import Settings
    from storage.library import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles are listed: those for which everything holds that is set here."""

    quarantined: bool = False
    expired: bool = False
    unreviewed: bool = False

    def fits(self, article: Article, today: date) -> bool:
        """Say whether *article* is among them."""
        return (
            (not self.quarantined or bool(article.quarantined))
            and (not self.expired or article.valid_until < today)
            and (not self.unreviewed or not article.reviewed)
        )


async def list_articles(settings: Settings, wanted: Wanted, *, as_json: bool) -> int:
    """List the stored articles that are wanted, a line each."""
    _be_quiet(settings)
    async with service.open_database(settings) as database, database.begin() as connection:
        documents = await library.article_documents(connection)
    today = datetime.now(UTC).date()
    articles = [Article.from_document(document) for document in documents]
    found = [article for article in articles if wanted.fits(article, today)]
    if as_json:
        emit({"articles": [_summary(article, today) for article in found]})
    else:
        _print_table(found, today)
    return 0


async def show_article(settings: Settings, article_id: str, *, as_json: bool) -> int:
    """Show one article in all its languages. Raises IllegalMove where there is none."""
    _be_quiet(settings)
    async with service.open_database(settings) as database, database.begin() as connection:
        documents = await library.translations(connection, article_id)
    if not documents:
        raise _no_article(article_id)
    if as_json:
        emit({"articles": documents})
        return 0
    for document in documents:
        for name, value in document.items():
            shown = "; ".join(value) if isinstance(value, list) else value
            out.print(f"{name:14} {shown}", markup=False, highlight=False, soft_wrap=True)
        out.print()
    return 0


async def quarantine_article(settings: Settings, article_id: str, *, language: str | None, reason: str) -> int:
    """Take an article out of use in every process until it is released. Raises IllegalMove where there is none."""
    if not reason.strip():
        raise IllegalMove("A quarantine needs a reason; whoever finds it later will ask for one.")
    _be_quiet(settings)
    async with service.open_database(settings) as database, database.begin() as connection:
        taken = await library.quarantine(connection, article_id, reason=reason.strip(), language=language)
    if not taken:
        raise _no_article(article_id, language)
    out.print(f"{_names(taken)}: in quarantine, and used no more.", markup=False, soft_wrap=True)
    return 0


async def release_article(settings: Settings, article_id: str, *, language: str | None) -> int:
    """Let a quarantined article be used again. Raises IllegalMove where none is in quarantine."""
    _be_quiet(settings)
    async with service.open_database(settings) as database, database.begin() as connection:
        released = await library.release(connection, article_id, language=language)
    if not released:
        where = f" in '{language}'" if language else ""
        raise IllegalMove(f"'{article_id}'{where} is not in quarantine; see `heed articles list --quarantined`.")
    out.print(f"{_names(released)}: released.", markup=False, soft_wrap=True)
    return 0


def _be_quiet(settings: Settings) -> None:
    set_up_logging(settings.log.model_copy(update={"level": "error", "format": "console"}))


def _no_article(article_id: str, language: str | None = None) -> IllegalMove:
    where = f" in '{language}'" if language else ""
    return IllegalMove(f"There is no article '{article_id}'{where}; `heed articles list` shows those that there are.")


def _names(keys: Sequence[Key]) -> str:
    return ", ".join(f"{article_id} ({language})" for article_id, language in keys)


def _state(article: Article, today: date) -> str:
    if article.quarantined:
        return "quarantined"
    if article.valid_until < today:
        return "expired"
    return "usable" if article.reviewed else "unreviewed"


def _summary(article: Article, today: date) -> dict[str, str]:
    return {
        "id": article.id,
        "language": article.language,
        "topic": article.topic,
        "origin": article.origin,
        "state": _state(article, today),
        "reason": article.quarantined,
        "valid_until": article.valid_until.isoformat(),
        "question": article.question,
    }


def _print_table(articles: Sequence[Article], today: date) -> None:
    width = max((len(article.id) for article in articles), default=0)
    for article in articles:
        said = f"{article.question} [{article.quarantined}]" if article.quarantined else article.question
        row = f"{article.id:{width}}  {article.language}  {_state(article, today):11}  {said}"
        out.print(row, markup=False, highlight=False, soft_wrap=True)
    out.print(f"{len(articles)} articles.")
