from __future__ import annotations

import json

import pytest

from bot.errors import DataError
from bot.evaluating.files import Entry, read_corpus, read_labelled, read_lessons, read_questions, read_toned
from tests.bot.evaluating.corpora import write

GOOD = {"id": "1", "question": "Why does my kettle hum?"}
CORPUS = [Entry(id="1", question="Why does my kettle hum?"), Entry(id="2", text="Descale the kettle.")]
LABELLED = [Entry(id="1", text="it hums", label="noise"), Entry(id="2", text="it drips", label="leak")]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "rows.jsonl"


def refused(read, *arguments):
    with pytest.raises(DataError) as caught:
        read(*arguments)
    return caught.value


def test_a_corpus_is_read_in_its_order(file):
    write(file, [GOOD, {"id": "2", "answer": "Descale it."}, {"id": "3", "text": "Whole text.", "extra": [1]}])

    assert [(entry.id, entry.said) for entry in read_corpus(file)] == [
        ("1", "Why does my kettle hum?"),
        ("2", "Descale it."),
        ("3", "Whole text."),
    ]


def test_empty_lines_are_passed_over_but_counted(file):
    write(file, ["", json.dumps(GOOD), "   ", '{"id": "2"}'])

    assert refused(read_corpus, file).line == 4


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "invalid json"),
        ("not json", "invalid json"),
        ("[]", "should be an object"),
        ("null", "should be an object"),
        ('{"question": "Why?"}', "id: field required"),
        ('{"id": "", "question": "Why?"}', "id: string should have at least 1 character"),
        ('{"id": 7, "question": "Why?"}', "id: input should be a valid string"),
        ('{"id": "9", "text": ["a"]}', "text: input should be a valid string"),
        ('{"id": "9"}', "without a text"),
        ('{"id": "9", "question": "", "answer": " ", "text": "\\n"}', "without a text"),
        ('{"id": "9", "text": "half a pair: \\ud800"}', "invalid json"),
    ],
)
def test_a_wrong_entry_is_named_by_file_and_line_with_the_form_to_write(file, line, says):
    write(file, [GOOD, line])
    error = refused(read_corpus, file)

    assert (error.file, error.line) == (str(file), 2)
    assert says in str(error)
    assert '"answer"?' in str(error)


def test_an_id_that_stands_twice_is_named_with_its_second_line(file):
    write(file, [GOOD, {"id": "2", "text": "Descale it."}, GOOD])
    error = refused(read_corpus, file)

    assert error.line == 3
    assert "the id '1' stands twice" in str(error)


@pytest.mark.parametrize("rows", [[], ["", "  "], [{"id": "1", "text": "***"}, {"id": "2", "text": "?!"}]])
def test_a_corpus_without_a_word_is_refused(file, rows):
    write(file, rows)

    assert "no entry with a word in it" in str(refused(read_corpus, file))


@pytest.mark.parametrize("labels", [("noise", None), (None, "noise")])
def test_labels_on_some_entries_only_are_named_by_the_line_where_that_begins(file, labels):
    write(file, [{"id": str(n), "text": "it hums", "label": label} for n, label in enumerate(labels)])
    error = refused(read_corpus, file)

    assert error.line == 2
    assert "some entries have a label and some not" in str(error)


def test_bytes_that_are_not_utf_8_are_named_by_their_line(file):
    file.write_bytes(json.dumps(GOOD).encode() + b'\n{"id": "2", "text": "caf\xe9"}\n')
    error = refused(read_corpus, file)

    assert error.line == 2
    assert "Save it as UTF-8" in str(error)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\x0b"])
def test_a_line_separator_inside_a_text_ends_no_line(file, separator):
    text = f"first{separator}second"
    raw = separator if separator.isprintable() or ord(separator) > 0x1F else json.dumps(separator).strip('"')
    write(file, ['{"id": "1", "text": "first' + raw + 'second"}', '{"id": "2", "text": "third"}'])

    assert [entry.text for entry in read_corpus(file)] == [text, "third"]


def test_lines_may_end_as_on_windows(file):
    file.write_bytes(b'{"id": "1", "text": "a"}\r\n{"id": "2", "text": "b"}\r\n')

    assert [entry.text for entry in read_corpus(file)] == ["a", "b"]


@pytest.mark.parametrize("name", ["missing.jsonl", ""])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    error = refused(read_corpus, tmp_path / name)

    assert error.file == str(tmp_path / name)
    assert "cannot be read" in str(error)


def test_a_question_names_what_answers_it(file):
    write(file, [{"id": "a", "text": "it hums", "relevant": ["1", "2"]}, {"id": "b", "text": "red?", "relevant": []}])
    both, nothing = read_questions(file, CORPUS)

    assert both.right == {"1", "2"}
    assert nothing.right == frozenset()


def test_a_question_about_labels_names_the_right_one(file):
    write(file, [{"id": "a", "text": "it hums", "label": "noise"}, {"id": "b", "text": "red?", "label": "colour"}])

    assert [question.right for question in read_questions(file, LABELLED)] == [{"noise"}, {"colour"}]


def test_an_id_that_the_corpus_lacks_is_named_with_its_line(file):
    write(
        file, [{"id": "a", "text": "it hums", "relevant": ["1"]}, {"id": "b", "text": "red?", "relevant": ["2", "9"]}]
    )
    error = refused(read_questions, file, CORPUS)

    assert error.line == 2
    assert "no entry '9'" in str(error)


@pytest.mark.parametrize(
    ("corpus", "row", "says"),
    [
        (CORPUS, {"id": "b", "text": "red?"}, "no 'relevant'"),
        (CORPUS, {"id": "b", "text": "red?", "label": "noise"}, "no 'relevant'"),
        (LABELLED, {"id": "b", "text": "red?", "relevant": ["1"]}, "no 'label'"),
        (LABELLED, {"id": "b", "text": "red?", "label": ""}, "label: string should have at least 1 character"),
        (CORPUS, {"id": "b", "relevant": []}, "text: field required"),
        (CORPUS, {"id": "b", "text": "red?", "relevant": "1"}, "relevant: input should be a valid array"),
        (CORPUS, {"text": "red?", "relevant": []}, "id: field required"),
    ],
)
def test_a_wrong_question_is_named_by_file_and_line(file, corpus, row, says):
    good = {"id": "a", "text": "it hums", "relevant": ["1"], "label": "noise"}
    write(file, [good, row])
    error = refused(read_questions, file, corpus)

    assert (error.file, error.line) == (str(file), 2)
    assert says in str(error)


def test_a_question_that_stands_twice_is_named_with_its_second_line(file):
    row = {"id": "a", "text": "it hums", "relevant": ["1"]}
    write(file, [row, {**row, "id": "b"}, row])

    assert refused(read_questions, file, CORPUS).line == 3


def test_an_empty_file_of_questions_has_none(file):
    write(file, [])

    assert read_questions(file, CORPUS) == []


def test_a_question_may_be_empty(file):
    write(file, [{"id": "a", "text": "", "relevant": []}])

    assert [question.text for question in read_questions(file, CORPUS)] == [""]


def test_texts_with_a_mood_are_read_in_their_order_and_other_fields_are_passed_over(file):
    write(file, [{"text": "WHY", "label": 1, "kind": "furious"}, {"id": "2", "text": "hi", "label": 0}])

    assert [(row.text, row.label) for row in read_toned(file)] == [("WHY", 1), ("hi", 0)]


@pytest.mark.parametrize("label", [2, -1, "1", "angry", 0.5, None])
def test_a_mood_is_0_or_1_and_nothing_else(file, label):
    write(file, [{"text": "hi", "label": 0}, {"text": "WHY", "label": label}])
    error = refused(read_toned, file)

    assert error.line == 2
    assert "1 where a person must take it" in str(error)


@pytest.mark.parametrize(
    "row", [{"label": 0}, {"text": "", "label": 0}, {"text": " ", "label": 0}, {"text": "hi"}, "{"]
)
@pytest.mark.parametrize("read", [read_toned, read_labelled])
def test_a_line_without_a_text_or_a_label_is_named(file, read, row):
    write(file, ["", row])

    assert refused(read, file).line == 2


@pytest.mark.parametrize("read", [read_toned, read_labelled, read_lessons])
def test_a_file_without_a_text_is_refused(file, read):
    write(file, [])

    assert "no text in it" in str(refused(read, file))


def test_examples_keep_the_place_where_they_stand(file):
    write(file, [{"text": f"{label} {n}", "label": label} for n in (1, 2) for label in ("pay", "ship")])

    assert [(example.intent, example.file, example.line) for example in read_lessons(file)][:2] == [
        ("pay", str(file), 1),
        ("ship", str(file), 2),
    ]


def test_a_label_with_one_example_is_named_by_its_line(file):
    write(file, [{"text": text, "label": label} for text, label in (("a", "pay"), ("b", "ship"), ("c", "pay"))])
    error = refused(read_lessons, file)

    assert error.line == 2
    assert "'ship' has one example only." in str(error)


def test_a_single_label_leaves_nothing_to_tell_apart(file):
    write(file, [{"text": text, "label": "pay"} for text in "ab"])

    assert "fewer than two labels" in str(refused(read_lessons, file))


RASA = """nlu:
- intent: pay
  examples: |
    - how do I pay
    - pay by [card](method)
- intent: ship
  examples: |
    - send it
"""


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_file_or_folder_of_rasas_is_read_too(tmp_path, as_folder):
    file = tmp_path / "nlu.yml"
    file.write_text(RASA + "    - ship it\n")

    assert [(example.text, example.intent) for example in read_lessons(tmp_path if as_folder else file)] == [
        ("how do I pay", "pay"),
        ("pay by card", "pay"),
        ("send it", "ship"),
        ("ship it", "ship"),
    ]


@pytest.mark.parametrize("as_folder", [False, True])
def test_an_intent_with_one_example_in_rasas_form_is_named_by_file_and_line(tmp_path, as_folder):
    file = tmp_path / "nlu.yml"
    file.write_text(RASA)
    error = refused(read_lessons, tmp_path if as_folder else file)

    assert (error.file, error.line) == (str(file), 8)
