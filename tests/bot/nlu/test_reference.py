"""What the reference says of training examples and lexicons is so."""

from __future__ import annotations

import re

import pytest

from bot.nlu.examples import Mood, read_file
from bot.nlu.lexicon import Lexicons
from bot.settings import ROOT
from bot.vocabulary import Danger, EntityKind

REFERENCE = (ROOT / "docs/reference/training-examples.md").read_text(encoding="utf-8")
HOW_TO = (ROOT / "docs/how-to/add-training-examples.md").read_text(encoding="utf-8")

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page, kind):
    return [block for named, block in _BLOCK.findall(page) if named == kind]


def column_under(head):
    table = REFERENCE.partition(f"| {head} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize("page", [REFERENCE, HOW_TO], ids=["reference", "how-to"])
def test_the_examples_on_the_page_are_read(page, tmp_path):
    for block in blocks(page, "yaml"):
        file = tmp_path / "page.en.yml"
        file.write_text(block, encoding="utf-8")

        assert {example.mood for example in read_file(file)} > {Mood.IRATE}


def test_the_lexicon_on_the_page_is_read(tmp_path):
    (block,) = blocks(REFERENCE, "")
    (tmp_path / "en.txt").write_text(block, encoding="utf-8")

    assert list(Lexicons.read(tmp_path).by_language) == ["en"]


def test_all_moods_and_dangers_are_explained():
    assert column_under("Mood") == list(Mood)
    assert column_under("Danger") == list(Danger)


def test_all_kinds_of_entities_are_named():
    said = REFERENCE.partition("## Entities")[2].partition("\n## ")[0]

    assert [kind for kind in EntityKind if f"`{kind}`" not in said] == []
