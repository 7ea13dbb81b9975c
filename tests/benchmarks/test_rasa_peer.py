import io
import json

import pytest

from benchmarks.rasa_peer import RasaPeer, _as_nlu
from bot.evaluating.files import read_lessons
from bot.nlu.examples import Example

EXAMPLES = [Example(text=text, intent="even") for text in ("a", "b")]


def test_what_rasa_is_trained_on_is_in_its_own_format(tmp_path):
    said = ('it\'s "fine": 100%', "two\nlines", "größer 😀", "# no comment", "{json}")
    file = tmp_path / "nlu.yml"
    file.write_text(_as_nlu([Example(text=text, intent="odd") for text in said] * 2 + EXAMPLES), encoding="utf-8")

    read = [example.text for example in read_lessons(file) if example.intent == "odd"]
    assert read[:5] == [text.replace("\n", " ") for text in said]


def test_rasa_is_asked_a_line_and_answers_a_line():
    answer = json.dumps({"labels": ["pay", "ship"], "confidence": [0.75, 0.5]})
    questions = io.StringIO()
    read = RasaPeer(questions, io.StringIO(answer + "\n")).read(["how do I pay", "send\nit"])

    assert json.loads(questions.getvalue()) == ["how do I pay", "send\nit"]
    assert (read.labels, read.strange.tolist()) == (["pay", "ship"], [0.25, 0.5])


def test_a_rasa_that_ended_is_told_of():
    with pytest.raises(OSError, match="Rasa ended"):
        RasaPeer(io.StringIO(), io.StringIO("")).read(["hello"])
