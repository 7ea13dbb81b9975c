"""`heed evaluate` as a program calls it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bot.cli.evaluating import _write
from bot.errors import DataError
from bot.evaluating.answering import Predicted
from tests.bot.evaluating.corpora import CORPUS, QUESTIONS, document, write

FIGURES = (
    "queries", "answered", "coverage", "wrong", "wrong_rate", "threshold", "certified", "upper_bound", "missing",
    "oracle_coverage", "aurc", "auroc", "calibration_error", "language",
)  # fmt: skip


@pytest.fixture
def files(tmp_path):
    """A corpus, calibration and queries, all good."""
    return {
        "--corpus": write(tmp_path / "corpus.jsonl", map(document, CORPUS[:8])),
        "--calibration": write(tmp_path / "calibration.jsonl", asked("c", "1", [CORPUS[0].id])),
        "--queries": write(tmp_path / "queries.jsonl", asked("q", "3", [CORPUS[1].id])),
    }


def asked(name, number, relevant):
    return [{"id": f"{name}{number}", "text": "why does it hum", "relevant": relevant}]


def without(given, option):
    return {name: file for name, file in given.items() if name != option}


@pytest.mark.parametrize("option", ["--corpus", "--calibration", "--queries"])
@pytest.mark.parametrize("line", ["{", '{"id": "c1"}', '{"id": "x", "text": 7, "relevant": []}', '"text"'])
def test_a_wrong_line_of_any_file_is_named_by_file_and_line(refused, files, option, line):
    file = files[option]
    write(file, [*file.read_text().splitlines(), line])

    assert f"heed: {file}:{len(file.read_text().splitlines())}: " in refused("answering", files)


@pytest.mark.parametrize("option", ["--corpus", "--calibration", "--queries"])
def test_a_file_that_is_not_there_is_named(refused, files, option):
    files[option].unlink()

    assert f"heed: {files[option]}: cannot be read: No such file or directory." in refused("answering", files)


@pytest.mark.parametrize("option", ["--calibration", "--queries"])
def test_an_id_that_the_corpus_lacks_is_named(refused, files, option):
    write(files[option], asked("a", "1", ["no-such-entry"]))

    assert f"{files[option]}:1: the corpus has no entry 'no-such-entry'" in refused("answering", files)


@pytest.mark.parametrize("command", ["retrieval", "answering"])
def test_an_empty_corpus_is_refused(refused, files, command):
    write(files["--corpus"], [])
    given = files if command == "answering" else without(files, "--calibration")

    assert "no entry with a word in it" in refused(command, given)


def test_queries_that_are_none_are_refused(refused, files):
    write(files["--queries"], [])

    assert "no query in it" in refused("retrieval", without(files, "--calibration"))


def test_bytes_that_are_not_utf_8_are_named(refused, files):
    files["--queries"].write_bytes(b'\n{"id": "q", "text": "\xff", "relevant": []}\n')

    assert f"{files['--queries']}:2: not UTF-8" in refused("retrieval", without(files, "--calibration"))


@pytest.mark.parametrize("option", ["--corpus", "--calibration", "--queries"])
def test_a_file_that_is_not_given_is_asked_for(refused, files, option):
    assert option in refused("answering", without(files, option))


@pytest.mark.parametrize(("option", "value"), [("--max-wrong", "0"), ("--max-wrong", "0.6"), ("--confidence", "1.5")])
def test_a_target_that_makes_no_sense_is_refused(refused, files, option, value):
    assert option in refused("answering", files, option, value)


def test_predictions_that_cannot_be_written_are_named(tmp_path):
    nothing = Predicted(confidence=np.zeros(0), right=np.zeros(0, dtype=bool))

    with pytest.raises(DataError, match="cannot be written: Is a directory"):
        _write(tmp_path, [], nothing)


def test_answering_prints_one_object_and_writes_a_line_for_each_query(heed, tmp_path):
    asked = QUESTIONS[120:150]
    given = {
        "--corpus": write(tmp_path / "corpus.jsonl", map(document, CORPUS)),
        "--calibration": write(tmp_path / "calibration.jsonl", map(document, QUESTIONS[:120])),
        "--queries": write(tmp_path / "queries.jsonl", map(document, asked)),
        "--max-wrong": "0.1",
        "--predictions": tmp_path / "predictions.jsonl",
    }
    code, told = heed("answering", given, "--json")
    assert code == 0, told.err
    figures = json.loads(told.out.splitlines()[-1])
    predictions = [json.loads(line) for line in given["--predictions"].read_text().splitlines()]

    assert tuple(figures) == FIGURES
    assert (figures["queries"], figures["language"], figures["certified"]) == (30, "en", True)
    assert [row["id"] for row in predictions] == [question.id for question in asked]
    sure = [row for row in predictions if row["confidence"] >= figures["threshold"]]
    assert (len(sure), sum(not row["right"] for row in sure)) == (figures["answered"], figures["wrong"])
