from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.nlu.examples import Example, Mood, read_examples, read_file
from bot.vocabulary import Danger, Entity

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
    file = written(GOOD)

    assert read_file(file) == (
        Example(
            text="my Book 13 is dead",
            intent="complaint",
            mood=Mood.IRATE,
            language="de",
            entities=(
                Entity(kind="product", text="Book 13", start=3, end=10),
                Entity(kind="fault", text="dead", start=14, end=18),
            ),
            file=str(file),
            line=7,
        ),
        Example(text="third time now", intent="complaint", mood=Mood.IRATE, language="de", file=str(file), line=9),
    )


def test_a_synonym_in_a_mark_is_left_aside(written):
    text = "nlu:\n- intent: inform\n  examples: |\n    - the [book](product:Book 13)\n"

    assert [entity.kind for entity in read_file(written(text))[0].entities] == ["product"]


def test_brackets_that_mark_no_entity_stay(written):
    text = "nlu:\n- intent: greet\n  examples: |\n    - hi [all] (you) :]\n"

    assert read_file(written(text))[0].text == "hi [all] (you) :]"


@pytest.mark.parametrize(
    ("intent", "mood"),
    [
        ("question", Mood.CALM),
        ("praise", Mood.GLAD),
        ("thank", Mood.GLAD),
        ("complaint", Mood.DISPLEASED),
        ("outage", Mood.TROUBLED),
        ("safety", Mood.TROUBLED),
    ],
)
def test_an_example_without_a_mood_has_that_of_its_intent(written, intent, mood):
    text = f"nlu:\n- intent: {intent}\n  examples: |\n    - hi\n"

    assert [example.mood for example in read_file(written(text))] == [mood]


@pytest.mark.parametrize(("intent", "danger"), [("legal", Danger.LEGAL), ("press", Danger.PRESS), ("safety", None)])
def test_an_intent_may_be_a_danger_of_itself(written, intent, danger):
    text = f"nlu:\n- intent: {intent}\n  examples: |\n    - hi\n"

    assert [example.danger for example in read_file(written(text))] == [danger]


def test_metadata_say_the_danger_and_to_whom_it_is_said(written):
    text = """nlu:
- intent: small_talk
  metadata:
    danger: fire
    addressed: false
  examples: |
    - my neighbour's charger went up in flames
"""
    (example,) = read_file(written(text))

    assert (example.danger, example.addressed) == (Danger.FIRE, False)


def test_an_example_in_a_list_has_metadata_of_its_own(written):
    text = """nlu:
- intent: complaint
  metadata: {mood: calm, addressed: false}
  examples:
  - text: |
      - third time now
    metadata: {mood: irate}
  - text: still slow
"""
    first, second = read_file(written(text))

    assert (first.text, first.mood, first.addressed, first.line) == ("third time now", Mood.IRATE, False, 5)
    assert (second.text, second.mood, second.addressed) == ("still slow", Mood.CALM, False)


def test_metadata_for_others_are_left_alone(written):
    text = "nlu:\n- intent: greet\n  metadata: {author: ana, mood: glad}\n  examples: |\n    - hi\n"

    assert [example.mood for example in read_file(written(text))] == [Mood.GLAD]


def test_a_file_that_names_no_language_is_english(written):
    assert {example.language for example in read_file(written(GOOD, "nlu.yml"))} == {"en"}


def test_a_file_of_comments_has_no_examples(written):
    assert read_file(written("# nothing yet\n")) == ()


def test_all_files_of_all_folders_are_read(written, tmp_path):
    (tmp_path / "own").mkdir()
    written(GOOD, "care.en.yml")
    written(GOOD, "own/care.es.yml")

    assert {example.language for example in read_examples(tmp_path, tmp_path / "own")} == {"en", "es"}


def test_a_folder_without_examples_is_named_with_a_remedy(tmp_path):
    with pytest.raises(DataError, match=r"no training examples.*data\.training"):
        read_examples(tmp_path)


def test_an_intent_with_one_example_is_named_by_file_and_line(written, tmp_path):
    file = written(GOOD + "- intent: greet\n  examples: |\n    - hi\n")

    with pytest.raises(DataError, match=r"'greet' has one example only.*Give every intent 2 at least") as caught:
        read_examples(tmp_path)
    assert (caught.value.file, caught.value.line) == (str(file), 15)


def test_two_folders_may_share_an_intent(written, tmp_path):
    (tmp_path / "own").mkdir()
    for name in ("care.en.yml", "own/care.en.yml"):
        written("nlu:\n- intent: greet\n  examples: |\n    - hi\n", name)

    assert len(read_examples(tmp_path, tmp_path / "own")) == 2


A_BLOCK = "nlu:\n- intent: a\n  "


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (A_BLOCK + "examples: [\n", 4, r"broken YAML.*Rasa"),
        ("nlu:\n\t- intent: a\n", 2, r"broken YAML.*\\t"),
        (A_BLOCK + "examples: |\n    - \x00\n", None, "does not allow.*Remove it"),
        ("[" * 5_000, None, "nested too deeply"),
        (b"nlu:\n- intent: a\n  examples: |\n    - caf\xe9\n", None, "not UTF-8.*Save it as UTF-8"),
        ("stories: []\n", 1, "no list under 'nlu:'"),
        ("nlu:\n", 1, "no list under 'nlu:'"),
        ("nlu: many\n", 1, "no list under 'nlu:'"),
        ("- intent: a\n", 1, "expected 'key: value'"),
        ("nlu:\n- just words\n", 2, "expected 'key: value'"),
        ("version: 3\nnul: []\n", 2, "unknown key 'nul'.*Known here: .*nlu"),
        (A_BLOCK + "example: |\n    - hi\n", 3, "unknown key 'example'.*Known here: .*examples"),
        (A_BLOCK + "examples:\n  - text: hi\n    mood: glad\n", 5, "unknown key 'mood'.*Known here: metadata, text"),
        ("? [nlu]\n: []\n", 1, "unknown key"),
        ("nlu:\n- examples: |\n    - hi\n", 2, "of no kind that Rasa has.*intent"),
        ("nlu:\n- intent:\n  examples: |\n    - hi\n", 2, "an intent without a name"),
        ("nlu:\n- intent: a\n- intent: b\n", 2, "intent 'a' has no examples.*Add 'examples"),
        (A_BLOCK + "examples: {}\n", 2, "intent 'a' has no examples"),
        (A_BLOCK + "examples:\n  - hi\n", 4, "expected 'key: value'"),
        (A_BLOCK + "examples:\n  - metadata: {}\n", 4, "an example of 'a' has no text"),
        (A_BLOCK + "examples:\n  - text:\n", 4, "an example of 'a' has no text"),
        (A_BLOCK + "examples:\n  - text: [hi]\n", 4, "an example of 'a' has no text"),
        (A_BLOCK + "examples: |\n    - hi\n\n    hello\n", 6, "an example of 'a' does not begin with '- '"),
        (A_BLOCK + "examples: |\n    -hi\n", 4, "does not begin with '- '"),
        (A_BLOCK + "examples: |\n    - hi\n    -\thello\n", 5, "does not begin with '- '"),
        (A_BLOCK + "metadata: {mood: angry}\n  examples: |\n    - hi\n", 5, "unknown mood 'angry'.*Use glad, calm"),
        (A_BLOCK + "metadata: {danger: rain}\n  examples: |\n    - hi\n", 5, "unknown danger 'rain'.*Use fire"),
        (A_BLOCK + "examples:\n  - text: hi\n    metadata: {mood: [sad]}\n", 4, "unknown mood"),
        (A_BLOCK + "metadata: !new x\n  examples: |\n    - hi\n", 3, "a value that cannot be read"),
        (A_BLOCK + "metadata: 2026-13-45\n  examples: |\n    - hi\n", 3, "a value that cannot be read"),
        (A_BLOCK + "examples: |\n    - [Book 13](product is dead\n", 4, "mark is not closed"),
        (A_BLOCK + 'examples: |\n    - [Book 13]{"entity": "product" is dead\n', 4, "mark is not closed"),
        (A_BLOCK + "examples: |\n    - hi\n    - [Book 13]{entity: product}\n", 5, "names no entity"),
        (A_BLOCK + 'examples: |\n    - [Book 13]{"kind": "product"}\n', 4, "names no entity"),
    ],
)
def test_a_fault_is_named_by_file_and_line(written, text, line, said):
    file = written(text)

    with pytest.raises(DataError, match=said) as caught:
        read_file(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    (tmp_path / "care.en.yml").mkdir()

    with pytest.raises(DataError, match=r"care\.en\.yml: cannot be read"):
        read_examples(tmp_path)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("nlu:intexampls-|>[]{}()&*!? \n\t\"'a#%@`,"), max_size=60))
def test_whatever_a_file_holds_is_read_or_refused(tmp_path_factory, text):
    file = tmp_path_factory.getbasetemp() / "any.en.yml"
    file.write_text("nlu:\n- intent: a\n  examples: |\n    - hi\n" + text, encoding="utf-8")

    with suppress(DataError):
        read_file(file)
