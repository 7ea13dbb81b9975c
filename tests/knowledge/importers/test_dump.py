from __future__ import annotations

from datetime import date

import pytest

from bot.errors import DataError
from knowledge.importers.dump import read_rows
from tests.knowledge.importers.sources import as_xml

LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE posts [
  <!ENTITY a "haha">
  <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
  <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<posts><row Id="1" Body="&c;" /></posts>
"""


@pytest.fixture
def written(tmp_path):
    """Writes Posts.xml and gives its path."""

    def write(text):
        file = tmp_path / "Posts.xml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


def read(file):
    return list(read_rows(file, "posts", "Reading"))


def test_rows_come_with_their_lines_and_attributes(written):
    file = written("\ufeff" + as_xml("posts", [{"Id": 1, "Body": '<p>"Tea" & more</p>\n'}, {"Id": 2}]))
    first, second = read(file)

    assert (first.where, first.number("Id"), first.text("Body")) == (f"{file}:3", 1, '<p>"Tea" & more</p>')
    assert (second.where, second.number("Score", 7), second.text("Body")) == (f"{file}:4", 7, "")


def test_a_moment_gives_its_day(written):
    (row,) = read(written(as_xml("posts", [{"CreationDate": "2019-03-01T10:00:00.123"}])))

    assert row.day("CreationDate") == date(2019, 3, 1)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "broken XML: no element found"),
        ("<users />", 1, "outermost element is <users>, not <posts>"),
        ('<posts>\n<row Id="1" />\n<row Id="2>\n</posts>', 4, "broken XML"),
        ('<posts>\n<row Id="1" />\n', 3, "broken XML: no element found"),
        ('<posts>\n<row Id="&c;" /></posts>', 2, "broken XML: undefined entity"),
        (b'<posts>\n<row Id="\xe9" /></posts>', 2, "broken XML: not well-formed"),
        (LAUGHS, 2, "it has a document type"),
        ('<!DOCTYPE posts SYSTEM "file:///etc/hostname"><posts />', 1, "it has a document type"),
    ],
    ids=["empty", "another root", "broken", "cut off", "unknown entity", "not UTF-8", "billion laughs", "outside"],
)
def test_a_fault_is_named_by_file_and_line(written, text, line, said):
    file = written(text)

    with pytest.raises(DataError, match=said) as caught:
        read(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)


@pytest.mark.parametrize("value", ["", "two", "1.5", str(2**63), "9" * 5000])
def test_what_is_no_number_is_named(written, value):
    (row,) = read(written(as_xml("posts", [{"Id": value}])))

    with pytest.raises(DataError, match=r"Posts\.xml:3: Id '.*' is no number"):
        row.number("Id")


def test_what_is_no_moment_is_named(written):
    (row,) = read(written(as_xml("posts", [{"CreationDate": "yesterday"}])))

    with pytest.raises(DataError, match=r"Posts\.xml:3: CreationDate 'yesterday' is no moment"):
        row.day("CreationDate")


def test_progress_is_told_in_bytes(written):
    file = written(as_xml("posts", [{"Id": 1}]))
    told = []
    list(read_rows(file, "posts", "Reading", lambda *given: told.append(given)))

    assert told == [("Reading", file.stat().st_size, file.stat().st_size)]
