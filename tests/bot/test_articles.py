"""`heed articles` on a real database."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import date

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli.articles import Wanted, list_articles, quarantine_article, release_article, show_article
from bot.cli.main import app
from bot.errors import IllegalMove
from bot.settings import DatabaseSettings, LogSettings, Settings
from storage import library
from tests.knowledge.shelves import an_article

REVIEWED = an_article("reviewed")
GERMAN = an_article("reviewed", language="de", question="Wie geht das?")
FORUM = an_article("forum-1", origin="forum", reviewed=False, question="Why so loud?")
OLD = an_article("old", valid_until=date(2020, 1, 1))


@pytest.fixture(autouse=True)
def logging_as_before():
    """Commands set up logging for the whole process."""
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture
async def settings(database_url, database):
    """Settings of a database with four articles."""
    async with database.begin() as connection:
        await library.put_articles(connection, [article.to_row() for article in (REVIEWED, GERMAN, FORUM, OLD)])
    return Settings(database=DatabaseSettings(url=database_url), log=LogSettings(level="error"))


@pytest.fixture
def listed(settings, capsys):
    """Give id, language and state of the articles that are listed."""

    async def ask(**wanted):
        capsys.readouterr()
        await list_articles(settings, Wanted(**wanted), as_json=True)
        rows = json.loads(capsys.readouterr().out.splitlines()[-1])["articles"]
        return [(row["id"], row["language"], row["state"]) for row in rows]

    return ask


async def test_the_list_says_of_each_article_whether_it_can_be_used(listed):
    assert await listed() == [
        ("forum-1", "en", "unreviewed"),
        ("old", "en", "expired"),
        ("reviewed", "de", "usable"),
        ("reviewed", "en", "usable"),
    ]


async def test_the_list_can_be_narrowed(listed, settings):
    await quarantine_article(settings, "forum-1", language=None, reason="wrong")

    assert await listed(expired=True) == [("old", "en", "expired")]
    assert await listed(unreviewed=True) == await listed(quarantined=True) == [("forum-1", "en", "quarantined")]
    assert await listed(quarantined=True, expired=True) == []


async def test_a_person_reads_the_question_and_the_reason(settings, capsys):
    await quarantine_article(settings, "forum-1", language=None, reason="burns batteries")
    await list_articles(settings, Wanted(quarantined=True), as_json=False)

    assert "Why so loud? [burns batteries]" in capsys.readouterr().out


async def test_an_article_is_shown_in_all_its_languages(settings, capsys):
    await show_article(settings, "reviewed", as_json=True)
    shown = json.loads(capsys.readouterr().out)["articles"]

    assert [document["question"] for document in shown] == ["Wie geht das?", "How do I reset my password?"]


async def test_a_person_reads_every_field_of_an_article(settings, capsys):
    await show_article(settings, "forum-1", as_json=False)
    lines = capsys.readouterr().out.splitlines()

    assert {line.split()[0] for line in lines if line} >= FORUM.to_document().keys()


async def test_a_quarantine_of_one_language_leaves_the_others(settings, listed):
    await quarantine_article(settings, "reviewed", language="de", reason="badly translated")

    assert await listed(quarantined=True) == [("reviewed", "de", "quarantined")]


async def test_a_released_article_is_as_before(settings, listed):
    before = await listed()
    await quarantine_article(settings, "reviewed", language=None, reason="wrong")
    await release_article(settings, "reviewed", language=None)

    assert await listed() == before


@pytest.mark.parametrize("language", [None, "es"])
async def test_an_article_that_is_not_there_is_named(settings, language):
    name = "reviewed" if language else "absent"
    with pytest.raises(IllegalMove, match=f"no article '{name}'"):
        await quarantine_article(settings, name, language=language, reason="wrong")
    with pytest.raises(IllegalMove, match=f"'{name}'.* is not in quarantine"):
        await release_article(settings, name, language=language)


async def test_what_is_not_there_cannot_be_shown(settings):
    with pytest.raises(IllegalMove, match=r"no article 'absent'.*heed articles list"):
        await show_article(settings, "absent", as_json=False)


async def test_a_quarantine_needs_a_reason(settings):
    with pytest.raises(IllegalMove, match="needs a reason"):
        await quarantine_article(settings, "reviewed", language=None, reason=" ")


async def test_an_expired_article_that_is_reviewed_still_counts_as_expired(settings, database, listed):
    async with database.begin() as connection:
        await library.put_articles(connection, [replace(REVIEWED, valid_until=date(2020, 1, 1)).to_row()])

    assert ("reviewed", "en", "expired") in await listed()


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("list --quarantined --expired --unreviewed --json", None),
        ("show absent --json", IllegalMove),
        ("quarantine absent --language de --reason wrong", IllegalMove),
        ("release absent --language de", IllegalMove),
    ],
)
def test_the_command_line_has_these_commands(database_url, monkeypatch, words, refused):
    monkeypatch.setenv("HEED_DATABASE_URL", database_url)
    result = CliRunner().invoke(app, ["articles", *words.split()])

    assert type(result.exception) is (refused or type(None))
    assert refused or json.loads(result.stdout) == {"articles": []}
