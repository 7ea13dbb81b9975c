from __future__ import annotations

from datetime import date

import pytest

from bot.errors import DataError
from bot.settings import ROOT
from knowledge.article import read_library
from knowledge.importers.markdown import read_markdown
from tests.knowledge.importers.sources import some_terms

WHOLE = """---
id: hum
question: Why does it hum?
topic: noise
last_verified: 2026-02-03
---

The plate warms up.
"""


@pytest.fixture
def written(tmp_path):
    """Writes a file and gives its path."""

    def write(text, name="hum.md"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


def articles(folder, **terms):
    return [found.article for found in read_markdown(folder, some_terms(**terms))]


def test_front_matter_and_text_become_an_article(written, tmp_path):
    written(WHOLE)

    (article,) = articles(tmp_path)
    assert (article.id, article.question, article.topic) == ("kettles-hum", "Why does it hum?", "noise")
    assert (article.full_answer, article.last_verified) == ("The plate warms up.", date(2026, 2, 3))


def test_without_front_matter_the_heading_is_the_question_and_the_path_the_id(written, tmp_path):
    written("# Why does it hum? #\n\nThe plate warms up.\n\n## More\n", "noise/hum.md")

    (article,) = articles(tmp_path)
    assert (article.id, article.question) == ("kettles-noise-hum", "Why does it hum?")
    assert article.full_answer == "The plate warms up.\n\n## More"


def test_a_folder_with_the_name_of_a_language_tells_it(written, tmp_path):
    written(WHOLE, "de/hum.md")
    written(WHOLE, "docs/en/hum.md")

    assert {(article.id, article.language) for article in articles(tmp_path)} == {
        ("kettles-hum", "de"),
        ("kettles-hum", "en"),
    }


def test_windows_line_ends_and_other_files_do_no_harm(written, tmp_path):
    written(WHOLE.replace("\n", "\r\n"))
    written(b"\xff\xd8", "picture.jpg")

    assert articles(tmp_path)[0].full_answer == "The plate warms up."


def test_our_own_articles_can_be_imported_and_are_unreviewed_then():
    folder = ROOT / "knowledge" / "articles"
    imported = articles(folder, languages=("en", "es", "de"))

    assert {(a.id.removeprefix("kettles-"), a.language, a.full_answer, a.ask) for a in imported} == {
        (a.id, a.language, a.full_answer, a.ask) for a in read_library(folder).articles
    }
    assert not any(article.reviewed for article in imported)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "question: field required"),
        ("Just text.\n", 1, "question: field required"),
        ("# Why?\n", 1, "answer: field required"),
        ("---\nid: hum\n", 1, "front matter without an end"),
        ("---\n- id\n---\n", 1, "no list of fields"),
        ("---\nid: hum\nproducts: [one\n---\n# Why?\nSo.", 3, "broken YAML"),
        ("---\nid: hum\nlast_verified: 2026-02-30\n---\n# Why?\nSo.", 1, "broken YAML: day is out of range"),
        ("---\nid: hum\ntext: \x07\n---\n# Why?\nSo.", 1, "broken YAML"),
        ("---\nid: " + "[" * 5000 + "\n---\n# Why?\nSo.", 1, "broken YAML"),
        ("---\nid: hum\nlayout: page\n---\n# Why?\nSo.", 3, "no field 'layout'.*--ignore layout"),
        ("---\nid: hum\nquestion: Why?\nvotes: many\n---\nSo.", 4, "votes: "),
        (b"# Why?\ncaf\xe9\n", 2, "not UTF-8"),
    ],
    ids=range(12),
)
def test_a_fault_is_named_by_file_and_line_before_anything_is_imported(written, tmp_path, text, line, said):
    written(WHOLE, "a-good-one.md")
    file = written(text)

    with pytest.raises(DataError, match=said) as caught:
        next(read_markdown(tmp_path, some_terms()))
    assert (caught.value.file, caught.value.line) == (str(file), line)


def test_two_files_with_one_id_are_both_named(written, tmp_path):
    written(WHOLE, "a.md")
    written(WHOLE, "b.md")

    with pytest.raises(DataError, match=r"b\.md:2: the id 'hum' is at .*a\.md:1 already"):
        articles(tmp_path)


def test_a_folder_without_articles_is_an_error(tmp_path):
    with pytest.raises(DataError, match="holds no article"):
        articles(tmp_path)
    with pytest.raises(DataError, match="is no folder"):
        articles(tmp_path / "absent")
