from __future__ import annotations

import json

import psycopg
import pytest
from aiohttp.test_utils import TestServer
from typer.testing import CliRunner

from bot.cli.importing import Wishes, import_forum
from bot.cli.main import app
from bot.errors import DataError, SettingsError
from bot.settings import Settings
from tests.knowledge.importers.board import Board, a_topic
from tests.knowledge.importers.sources import a_question, a_row, an_answer, as_json_lines, as_xml

RUNNER = CliRunner()

CSV = "id,question,answer,stars\n1,Why does my kettle hum?,The plate warms up.,5\n"
MARKDOWN = "---\nlayout: page\n---\n# Why does my kettle hum?\nThe plate warms up.\n"


@pytest.fixture
def heed(database_url, monkeypatch):
    """Runs one command against a database of this test's own."""
    monkeypatch.setenv("HEED_DATABASE_URL", database_url)
    return lambda *words: RUNNER.invoke(app, [str(word) for word in words])


@pytest.fixture
def stored(database_url):
    """Gives id and language of all stored articles."""

    def look():
        with psycopg.connect(database_url) as connection:
            return connection.execute("select id, language from articles order by id").fetchall()

    return look


@pytest.fixture
def file(tmp_path):
    """Three rows: one in English, one in German, one in neither."""
    rows = [
        a_row("1"),
        a_row("2", question="Warum summt mein Wasserkocher?", answer="Weil sich die Platte erwärmt."),
        a_row("3", question="Pourquoi la bouilloire fait-elle du bruit ?", answer="Parce que la plaque chauffe."),
    ]
    file = tmp_path / "Kettle FAQ-2026.jsonl"
    file.write_text(as_json_lines(*rows))
    return file


def report(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_rows_are_stored_in_the_language_that_is_detected(heed, stored, file):
    done = report(heed("import", "jsonl", file, "--json"))

    assert stored() == [("kettle_faq_2026-1", "en"), ("kettle_faq_2026-2", "de")]
    assert done == {
        "origin": "kettle_faq_2026",
        "read": 3,
        "added": 2,
        "changed": 0,
        "unchanged": 0,
        "kept": 0,
        "expired": 0,
        "absent": 0,
        "removed": 0,
        "skipped": {"language_unsupported": 1},
    }


def test_what_was_skipped_and_what_to_do_next_is_said_beside_the_report(heed, file):
    result = heed("import", "jsonl", file)

    assert f"skipped, language_unsupported: {file}:3" in result.stderr
    assert "Run `heed index`" in result.stderr
    assert "skipped, language_unsupported 1" in " ".join(result.stdout.split())


def test_a_second_import_says_that_nothing_changed(heed, file):
    heed("import", "jsonl", file)
    result = heed("import", "jsonl", file, "--json")

    assert report(result)["unchanged"] == 2
    assert "Run `heed index`" not in result.stderr


def test_what_is_absent_is_named_until_it_is_pruned(heed, stored, file):
    heed("import", "jsonl", file, "--origin", "faq")
    file.write_text(as_json_lines(a_row("1")))

    assert (
        "1 articles of this origin are no longer in the source"
        in heed("import", "jsonl", file, "--origin", "faq").stderr
    )
    assert report(heed("import", "jsonl", file, "--origin", "faq", "--prune", "--json"))["removed"] == 1
    assert stored() == [("faq-1", "en")]


def test_a_table_is_imported(heed, stored, tmp_path):
    file = tmp_path / "faq.csv"
    file.write_text(CSV)

    assert report(heed("import", "csv", file, "--ignore", "stars", "--language", "de", "--json"))["added"] == 1
    assert stored() == [("faq-1", "de")]


def test_a_folder_of_markdown_is_imported(heed, stored, tmp_path):
    folder = tmp_path / "help"
    folder.mkdir()
    (folder / "hum.md").write_text(MARKDOWN)

    assert report(heed("import", "markdown", folder, "--ignore", "layout", "--json"))["added"] == 1
    assert stored() == [("help-hum", "en")]


@pytest.mark.parametrize("name", ["", "Posts.xml"])
def test_a_dump_is_imported_by_its_folder_or_its_file(heed, stored, tmp_path, name):
    folder = tmp_path / "kettles.com"
    folder.mkdir()
    (folder / "Posts.xml").write_text(as_xml("posts", [a_question(1), an_answer(2, 1, Score=4)]))

    assert report(heed("import", "stack-exchange", folder / name, "--min-score", 5, "--json"))["added"] == 0
    assert report(heed("import", "stack-exchange", folder / name, "--min-score", 4, "--json"))["added"] == 1
    assert stored() == [("kettles-1", "en")]


async def test_a_forum_is_imported_and_goes_on_where_it_was_interrupted(database_url, stored, tmp_path, capsys):
    settings = Settings(database={"url": database_url})
    key = tmp_path / "key"
    key.write_text("secret\n")
    board = Board([a_topic(1), a_topic(2), a_topic(3)])
    good, board.topics[3]["whole"] = board.topics[3]["whole"], {"post_stream": "broken"}
    async with TestServer(board.app()) as server:

        async def once():
            await import_forum(settings, str(server.make_url("/")), Wishes(as_json=True), category="", key_file=key)
            return capsys.readouterr()

        with pytest.raises(DataError, match="post_stream"):
            await once()
        board.topics[3]["whole"] = good
        second, third = await once(), await once()

    assert [json.loads(said.out.splitlines()[-1])["unchanged"] for said in (second, third)] == [0, 3]
    assert "an interrupted import had stopped" in second.err
    assert "an interrupted import had stopped" not in third.err
    assert stored() == [(f"127.0.0.1-{number}", "en") for number in (1, 2, 3)]
    assert all(headers["Api-Key"] == "secret" for headers in board.headers)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--origin", "files"], "--origin 'files': write up to 50"),
        (["--origin", "super-user"], "--origin 'super-user'"),
        (["--language", "fr"], "--language fr: deciding.languages has en, es, de only"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_the_remedy(heed, stored, file, words, said):
    result = heed("import", "jsonl", file, *words)

    assert isinstance(result.exception, SettingsError)
    assert said in str(result.exception)
    assert stored() == []


@pytest.mark.parametrize(
    ("name", "said"), [("absent", "cannot read .*absent: No such file"), ("odd", ".*odd holds no key")]
)
async def test_a_key_that_cannot_be_read_is_an_error(tmp_path, name, said):
    (tmp_path / "odd").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=f"--api-key-file: {said}"):
        await import_forum(Settings(), "http://127.0.0.1", Wishes(), category="", key_file=tmp_path / name)


def test_nothing_of_a_wrong_file_is_stored(heed, stored, file):
    file.write_text(file.read_text() + "nonsense\n")
    result = heed("import", "jsonl", file)

    assert isinstance(result.exception, DataError)
    assert f"{file}:4: not JSON." in str(result.exception)
    assert stored() == []
