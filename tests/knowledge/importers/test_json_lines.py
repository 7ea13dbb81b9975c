from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from knowledge.article import Article, Source
from knowledge.importers.admitting import printable
from knowledge.importers.found import Imported, Skipped, Why
from knowledge.importers.json_lines import read_json_lines
from knowledge.importers.reading import LONGEST_LINE
from tests.knowledge.importers.sources import a_row, as_json_lines, some_terms


@pytest.fixture
def file(tmp_path):
    return tmp_path / "faq.jsonl"


def articles(file, **terms):
    return [found.article for found in read_json_lines(file, some_terms(**terms)) if isinstance(found, Imported)]


def test_a_row_becomes_an_article_with_all_that_it_says(file):
    row = a_row(
        "hum",
        language="de-AT",
        topic="noise",
        ask=["it hums", "humming"],
        short_answer="It is normal.",
        products=["Kettle 2"],
        source="official",
        author="Ines",
        votes=12,
        last_verified="2026-02-03T10:00:00Z",
        valid_until="2026-12-31",
        url="https://example.org/hum",
        accepted=True,
        reputation=77,
        reviewed=True,
    )
    file.write_text(as_json_lines(row))

    assert articles(file) == [
        Article(
            id="kettles-hum",
            language="de",
            topic="noise",
            question="Why does my kettle hum?",
            ask=("it hums", "humming"),
            short_answer="It is normal.",
            full_answer="The plate warms up.",
            products=("Kettle 2",),
            source=Source.OFFICIAL,
            author="Ines",
            votes=12,
            reviewed=False,
            last_verified=date(2026, 2, 3),
            valid_until=date(2026, 12, 31),
            origin="kettles",
            url="https://example.org/hum",
            accepted=True,
            reputation=77,
        )
    ]


def test_an_article_of_ours_can_be_read_back(file):
    row = {
        "id": 5,
        "title": "Why?",
        "full_answer": "So.",
        "short_answer": "",
        "topic": None,
        "ask": "why\nhow come | why so",
    }
    file.write_text(as_json_lines(row))

    assert [(a.id, a.question, a.full_answer, a.ask) for a in articles(file)] == [
        ("kettles-5", "Why?", "So.", ("why", "how come", "why so"))
    ]


def test_empty_lines_and_a_byte_order_mark_are_passed_over(file):
    file.write_bytes(
        b"\xef\xbb\xbf" + as_json_lines(a_row("1")).encode() + b"\n \r\n" + as_json_lines(a_row("2")).encode()
    )

    assert [article.id for article in articles(file)] == ["kettles-1", "kettles-2"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"nonsense", "not JSON"),
        (b'{"id": "2"', "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": "2", "answer": "a"}', "question: field required"),
        (b'{"id": "2", "question": " ", "answer": "a"}', "question: field required"),
        (b'{"id": "\\u0000", "question": "q", "answer": "a"}', "id: field required"),
        (b'{"id": "2", "question": "q", "answer": ["a"]}', "answer: .*valid string"),
        (b'{"id": "2", "question": "q", "answer": "a", "star": 1}', "no field 'star'.*--ignore star"),
        (b'{"id": "2", "question": "q", "answer": "a", "votes": "many"}', "votes: .*integer"),
        (b'{"id": "2", "question": "q", "answer": "a", "votes": 1e300}', "votes: "),
        (b'{"id": "2", "question": "q", "answer": "a", "language": "klingon"}', "language: "),
        (b'{"id": "2", "question": "q", "answer": "a", "last_verified": "soon"}', "last_verified: "),
        (b'{"id": "1", "question": "q", "answer": "a"}', r"the id '1' is at .*faq\.jsonl:1 already"),
        (b'{"id": "' + b"x" * 201 + b'", "question": "q", "answer": "a"}', "id: .*at most 200"),
        (b"caf\xe9", "not UTF-8"),
        (b"x" * LONGEST_LINE, "longer than"),
    ],
    ids=range(17),
)
def test_a_wrong_line_is_named_and_nothing_before_it_is_imported(file, bad, said):
    file.write_bytes(as_json_lines(a_row("1"), a_row("3")).encode() + bad + b"\n")
    found = read_json_lines(file, some_terms())

    with pytest.raises(DataError, match=said) as caught:
        next(found)
    assert (caught.value.file, caught.value.line) == (str(file), 3)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_a_row_is_an_error(file, text):
    file.write_text(text)

    with pytest.raises(DataError, match="holds no article"):
        next(read_json_lines(file, some_terms()))


def test_a_file_that_is_not_there_is_an_error(file):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        next(read_json_lines(file, some_terms()))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [("en", "de", False), ("en", "en", True), ("en", "", True), ("", "en", True), ("", "", True)],
)
def test_one_id_may_be_there_once_for_each_language_that_is_named(file, first, second, same):
    file.write_text(as_json_lines(a_row(language=first), a_row(language=second)))

    if same:
        with pytest.raises(DataError, match="already"):
            articles(file)
    else:
        assert [article.language for article in articles(file)] == [first, second]


def test_a_field_can_be_ignored(file):
    file.write_text(as_json_lines(a_row(stars=5)))

    assert len(list(read_json_lines(file, some_terms(), ignored=["stars"]))) == 1


def test_what_is_skipped_is_named_by_file_and_line(file):
    file.write_text(as_json_lines(a_row("1"), a_row("2", language="fr"), a_row("3", answer="x" * 100_000)))

    assert list(read_json_lines(file, some_terms()))[1:] == [
        Skipped(where=f"{file}:2", why=Why.LANGUAGE_UNSUPPORTED),
        Skipped(where=f"{file}:3", why=Why.TOO_LONG),
    ]


def test_progress_is_told_in_bytes_for_both_readings(file):
    file.write_text(as_json_lines(a_row("1"), a_row("2")))
    told = []
    list(read_json_lines(file, some_terms(), progress=lambda *given: told.append(given)))

    size = file.stat().st_size
    assert told == [("Checking", size, size), ("Importing", size, size)]


texts = st.text(max_size=50)
rows = st.fixed_dictionaries(
    {"id": texts, "question": texts, "answer": texts},
    optional={"ask": st.lists(texts, max_size=3), "author": texts, "topic": texts, "short_answer": texts, "url": texts},
)


@given(row=rows)
def test_any_row_is_imported_storable_or_refused_by_its_line(tmp_path_factory, row):
    file = tmp_path_factory.mktemp("rows") / "faq.jsonl"
    file.write_text(as_json_lines(row))
    blank = any(not printable(row[name]).strip() for name in ("id", "question", "answer"))
    with pytest.raises(DataError, match=r"faq\.jsonl:1: ") if blank else nullcontext():
        (found,) = read_json_lines(file, some_terms(language="en"))
        document = json.dumps(found.article.to_document(), ensure_ascii=False)
        assert "\\u0000" not in document
        document.encode()
