from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from knowledge.importers.admitting import printable
from knowledge.importers.comma_separated import DELIMITERS, read_comma_separated
from tests.knowledge.importers.sources import some_terms


@pytest.fixture
def file(tmp_path):
    return tmp_path / "faq.csv"


def articles(file):
    return [found.article for found in read_comma_separated(file, some_terms(language="en"))]


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_row_becomes_an_article_whatever_parts_the_columns(file, delimiter):
    lines = [
        "question|id|answer|ask|votes",
        '"Why, oh; why?"|5|"First\nSecond"|"it hums\nhums loud"|3',
        "",
        "How?|6|So.||",
    ]
    file.write_text("\n".join(lines).replace("|", delimiter), encoding="utf-8-sig")

    assert [(a.id, a.question, a.full_answer, a.ask, a.votes) for a in articles(file)] == [
        ("kettles-5", "Why, oh; why?", "First\nSecond", ("it hums", "hums loud"), 3),
        ("kettles-6", "How?", "So.", (), 0),
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "first line is empty"),
        ("id,question\n1,Why?\n", 1, "no column 'answer'.*The first line names the columns"),
        ("id,question,answer,id\n", 1, "the column 'id' is there twice"),
        ("id,question,answer,stars\n1,Why?,So.,5\n", 2, "no field 'stars'"),
        ("id,question,answer\n1,Why?,So.\n2,Why,So,more\n", 3, "4 values for 3 columns"),
        ('id,question,answer\n1,"a\nb",So.\n1,How?,So.\n', 4, r"the id '1' is at .*faq\.csv:2 already"),
        ('id,question,answer\n1,Why?,So.\n2,"Why?,So.\n3,How?,So.\n', 3, "broken CSV: unexpected end of data"),
        ('id,question,answer\n1,"Why"s?,So.\n', 2, "broken CSV"),
        ("id,question,answer\n1,Why?," + "x" * 200_000 + "\n", 2, "broken CSV: field larger"),
        ("id,question,answer\n1,,So.\n", 2, "question: field required"),
    ],
    ids=range(10),
)
def test_a_fault_is_named_by_file_and_line_before_anything_is_imported(file, text, line, said):
    file.write_text(text)

    with pytest.raises(DataError, match=said) as caught:
        next(read_comma_separated(file, some_terms()))
    assert (caught.value.file, caught.value.line) == (str(file), line)


def test_bytes_that_are_no_text_are_named_by_line(file):
    file.write_bytes(b"id,question,answer\n1,caf\xe9,So.\n")

    with pytest.raises(DataError, match="not UTF-8") as caught:
        next(read_comma_separated(file, some_terms()))
    assert caught.value.line == 2


def test_a_head_without_rows_is_an_error(file):
    file.write_text("id,question,answer\n")

    with pytest.raises(DataError, match="holds no article"):
        articles(file)


def words(text):
    return " ".join(printable(text).split())


values = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60).filter(words)


@given(rows=st.lists(st.tuples(values, values), min_size=1, max_size=5))
def test_what_a_csv_writer_wrote_is_read_as_it_was(tmp_path_factory, rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["id", "question", "answer"])
    writer.writerows([number, *row] for number, row in enumerate(rows))
    file = tmp_path_factory.mktemp("rows") / "faq.csv"
    file.write_bytes(text.getvalue().encode())

    assert [(words(a.question), words(a.full_answer)) for a in articles(file)] == [
        (words(question), words(answer)) for question, answer in rows
    ]
