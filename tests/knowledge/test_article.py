from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from bot.errors import DataError
from knowledge.article import Article, Library, Source, read_article, read_library
from tests.knowledge.shelves import LIBRARY, an_article

LAST_DAY = date(2028, 8, 1)

GOOD = """---
id: bios-enter
topic: bios
question: How do I enter the BIOS?
ask:
  - which key opens the bios
  - F2 does nothing
short_answer: >-
  Switch on and tap F2
  at the logo.
products: [Book 13]
source: official
author: Tarnwell Support
votes: 5
reviewed: true
last_verified: 2026-08-11
valid_until: 2028-08-11
---
1. Switch on.

Tap **F2**.
"""


@pytest.fixture
def written(tmp_path):
    """Writes the file of an article and gives its path."""

    def write(text=GOOD, name="bios-enter", language="de"):
        file = tmp_path / language / f"{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


def test_an_article_is_read_from_its_file(written):
    assert read_article(written()) == Article(
        id="bios-enter",
        language="de",
        topic="bios",
        question="How do I enter the BIOS?",
        ask=("which key opens the bios", "F2 does nothing"),
        short_answer="Switch on and tap F2 at the logo.",
        full_answer="1. Switch on.\n\nTap **F2**.",
        products=("Book 13",),
        source=Source.OFFICIAL,
        author="Tarnwell Support",
        votes=5,
        reviewed=True,
        last_verified=date(2026, 8, 11),
        valid_until=date(2028, 8, 11),
    )


FAULTS = [
    ("", 1, "no front matter"),
    ("id: bios-enter\n", 1, "no front matter"),
    ("---\nid: bios-enter\n", 1, "front matter without an end"),
    (GOOD.replace("products: [Book 13]", "products: [Book 13"), 12, "broken YAML"),
    (GOOD.replace("2026-08-11", "2026-02-30"), 1, "broken YAML: day is out of range"),
    (GOOD.replace("Tarnwell Support", "Tarn\x07well"), 1, "broken YAML"),
    ("---\n---\nText\n", 1, "id: field required"),
    ("---\n- a list\n---\nText\n", 1, "front matter"),
    (GOOD.replace("short_answer: >-\n  Switch on and tap F2\n  at the logo.\n", ""), 1, "short_answer: field required"),
    (GOOD.replace(">-\n  Switch on and tap F2\n  at the logo.", "' '"), 8, "short_answer: .*at least 1 character"),
    (GOOD.replace("source: official", "source: rumour"), 12, "source: "),
    (GOOD.replace("votes: 5", "votes: many"), 14, "votes: "),
    (GOOD.replace("votes: 5", "stars: 5"), 14, "stars: extra inputs are not permitted"),
    (GOOD.replace("2028-08-11", "soon"), 17, "valid_until: "),
    (GOOD.replace("id: bios-enter", "id: bios-exit"), None, "its id is 'bios-exit'"),
    (b"---\nid: caf\xe9\n---\n", None, "not UTF-8"),
]


@pytest.mark.parametrize(("text", "line", "said"), FAULTS)
def test_a_fault_is_named_by_file_and_line(written, text, line, said):
    file = written(text)

    with pytest.raises(DataError, match=said) as caught:
        read_article(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)


@pytest.mark.parametrize("text", [text for text, _, _ in FAULTS])
def test_a_bad_file_does_not_stop_the_others(written, tmp_path, text):
    bad = written(text)
    written(language="en")
    library = read_library(tmp_path)

    assert [article.language for article in library.articles] == ["en"]
    assert [problem.file for problem in library.problems] == [str(bad)]


def test_a_folder_without_a_readable_article_is_an_error(written, tmp_path):
    written("")

    with pytest.raises(DataError, match=r"no article could be read here\. Set data\.articles"):
        read_library(tmp_path)


@pytest.mark.parametrize("article", LIBRARY, ids=lambda article: f"{article.id}-{article.language}")
def test_an_article_survives_a_round_trip_through_its_document(article):
    assert Article.from_document(article.to_document()) == article
    assert Article.from_document(article.to_document()).fingerprint == article.fingerprint


OTHER = an_article(
    "another",
    language="de",
    topic="other",
    question="Other?",
    ask=("other",),
    short_answer="Other.",
    full_answer="Other.",
    products=(),
    source=Source.AGENT,
    author="Other",
    votes=0,
    reviewed=False,
    last_verified=date(2000, 1, 1),
    valid_until=date(2000, 1, 1),
    origin="other",
    url="https://example.org/other",
    accepted=True,
    reputation=7,
    quarantined="other",
)


@pytest.mark.parametrize("name", [field.name for field in fields(Article)])
def test_a_fingerprint_changes_with_anything_in_the_article(name):
    changed = replace(an_article(), **{name: getattr(OTHER, name)})

    assert changed.fingerprint != an_article().fingerprint
    assert Library(articles=(changed,), problems=()).fingerprint != Library(articles=(OTHER,), problems=()).fingerprint


@pytest.mark.parametrize(
    ("reviewed", "day", "usable"),
    [
        (True, LAST_DAY, True),
        (True, LAST_DAY + timedelta(days=1), False),
        (False, LAST_DAY, False),
    ],
)
def test_only_a_reviewed_article_that_has_not_expired_is_usable_alone(reviewed, day, usable):
    assert an_article(reviewed=reviewed, valid_until=LAST_DAY).usable_on(day) is usable
