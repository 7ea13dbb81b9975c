import json

import pytest

from benchmarks.evaluation_files import body, question, read_mood_set, read_set, relevance
from bot.errors import DataError
from bot.evaluating.files import Entry, Question


def entry(name, **fields):
    return Entry(id=name, **({"question": name} | fields))


def test_by_id_only_what_is_named_is_right():
    corpus = [entry("a"), entry("b"), entry("c")]
    asked = [
        Question(id="1", text="x", relevant=frozenset({"a", "c"})),
        Question(id="2", text="y", relevant=frozenset()),
    ]
    assert relevance(corpus, asked).tolist() == [[True, False, True], [False, False, False]]


def test_by_label_every_entry_of_the_label_is_right():
    corpus = [entry("a", label="pay"), entry("b", label="ship"), entry("c", label="pay")]
    asked = [Question(id="1", text="x", label="pay"), Question(id="2", text="y", label="unheard of")]
    assert relevance(corpus, asked).tolist() == [[True, False, True], [False, False, False]]


def test_a_text_without_a_question_stands_for_itself():
    text = Entry(id="a", text="Press the button.")
    assert question(text) == body(text) == "Press the button."


def test_question_and_answer_stay_two_words_when_joined():
    assert body(Entry(id="a", question="How?", answer="So.")) == "How? So."


def test_a_folder_is_english_unless_it_says_otherwise(tmp_path):
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "question": "How?"}\n')
    (tmp_path / "queries.jsonl").write_text('{"id": "1", "text": "how", "relevant": ["a"]}\n')
    assert read_set(str(tmp_path)).language == "en"
    assert read_set(f"{tmp_path}:de").language == "de"


def test_a_wrong_line_is_named(tmp_path):
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "question": "How?"}\n')
    (tmp_path / "queries.jsonl").write_text('{"id": "1", "text": "how", "relevant": ["a"]}\nnonsense\n')
    with pytest.raises(DataError) as refused:
        read_set(str(tmp_path))
    assert "queries.jsonl" in str(refused.value)
    assert "2" in str(refused.value)


def write(file, **row):
    file.write_text(json.dumps(row), encoding="utf-8")


def test_the_language_of_moods_is_detected_unless_a_folder_says_it(tmp_path):
    write(tmp_path / "data.jsonl", text="hallo", label=0)
    assert read_mood_set(str(tmp_path)).language is None
    assert read_mood_set(f"{tmp_path}:de").language == "de"


def test_other_texts_of_the_same_data_are_read_where_there_are_some(tmp_path):
    write(tmp_path / "data.jsonl", text="hallo", label=0)
    assert read_mood_set(str(tmp_path)).train == ()
    write(tmp_path / "train.jsonl", text="servus", label=1)
    assert [row.text for row in read_mood_set(str(tmp_path)).train] == ["servus"]


def test_a_wrong_line_of_moods_is_named(tmp_path):
    write(tmp_path / "data.jsonl", text="hallo", label="angry")
    with pytest.raises(DataError, match=r"data\.jsonl:1"):
        read_mood_set(str(tmp_path))
