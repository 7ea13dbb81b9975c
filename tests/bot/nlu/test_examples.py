from __future__ import annotations

import pytest

from bot.errors import DataError
from bot.nlu.examples import Example, read_examples, read_file

GOOD = """version: "3.1"
nlu:
- intent: complaint
  metadata:
    mood: irate
  examples: |
    - my [Book 13](product) is [dead]{"entity": "fault"}

    - third time now
- synonym: dock
  examples: |
    - Dock 2
"""


@pytest.fixture
def written(tmp_path):
    """Writes a file of examples and gives its path."""

    def write(text, name="care.de.yml"):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


def test_examples_are_read_without_entity_marks(written):
    assert read_file(written(GOOD)) == (
        Example(text="my Book 13 is dead", intent="complaint", irate=True, language="de"),
        Example(text="third time now", intent="complaint", irate=True, language="de"),
    )


def test_brackets_that_mark_no_entity_stay(written):
    text = "nlu:\n- intent: greet\n  examples: |\n    - hi [all] (you)\n"

    assert read_file(written(text))[0].text == "hi [all] (you)"


def test_an_example_without_a_mood_is_calm(written):
    text = "nlu:\n- intent: greet\n  examples: |\n    - hi\n"

    assert [example.irate for example in read_file(written(text))] == [False]


def test_a_file_that_names_no_language_is_english(written):
    assert {example.language for example in read_file(written(GOOD, "nlu.yml"))} == {"en"}


def test_a_file_of_comments_has_no_examples(written):
    assert read_file(written("# nothing yet\n")) == ()


def test_all_files_of_a_folder_are_read(written, tmp_path):
    written(GOOD, "care.en.yml")
    written(GOOD, "care.es.yml")

    assert {example.language for example in read_examples(tmp_path)} == {"en", "es"}


def test_a_folder_without_examples_is_named_with_a_remedy(tmp_path):
    with pytest.raises(DataError, match=r"no training examples.*data\.training"):
        read_examples(tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("nlu:\n- intent: a\n  examples: [\n", 4, "broken YAML"),
        ("nlu:\n- intent: a\n  examples: |\n    - \x00\n", None, "does not allow"),
        ("stories: []\n", 1, "no list under 'nlu:'"),
        ("- intent: a\n", 1, "expected 'key: value'"),
        ("nlu:\n- intent: a\n- just words\n", 2, "intent 'a' has no examples"),
        ("nlu:\n- intent:\n  examples: |\n    - hi\n", 2, "an intent without a name"),
        ("nlu:\n- intent: a\n  examples:\n  - hi\n", 2, "intent 'a' has no examples"),
        ("nlu:\n- intent: a\n  examples: |\n    - hi\n\n    hello\n", 6, "an example of 'a' does not begin with '- '"),
        ("nlu:\n- intent: a\n  examples: |\n    -hi\n", 4, "does not begin with '- '"),
        (b"nlu:\n- intent: a\n  examples: |\n    - caf\xe9\n", None, "not UTF-8"),
    ],
)
def test_a_fault_is_named_by_file_and_line(written, text, line, said):
    file = written(text)

    with pytest.raises(DataError, match=said) as caught:
        read_file(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)
