"""`heed evaluate mood` and `heed evaluate intents` as a program calls them."""

from __future__ import annotations

import json

import pytest
from sklearn.metrics import roc_auc_score

from tests.bot.evaluating.corpora import write
from tests.bot.nlu.schooling import EXAMPLES

FIGURES = {
    "mood": ("n", "auroc", "average_precision", "recall", "false_alarm_rate", "threshold", "language"),
    "intents": ("n", "accuracy", "macro_f1", "oos_auroc"),
}
TONED = [
    {"text": "worst support ever, I am sick of it!!!", "label": 1},
    {"text": "thank you, great support", "label": 0},
    {"text": "how do I pair the dock", "label": 0},
]


@pytest.fixture
def little(settings, database_url, monkeypatch):
    """The program has a small knowledge base, a few lessons and an empty database; gives their folder."""
    named = {
        "HEED_DATABASE_URL": database_url,
        "HEED_DATA_FOLDER": settings.data.folder,
        "HEED_DATA_ARTICLES": settings.data.articles,
        "HEED_DATA_TRAINING": settings.data.training,
        "HEED_DATA_AUDITS": settings.data.audits,
        "HEED_DATA_PRIVATE_AUDITS": settings.data.private_audits,
        "HEED_DECIDING_IRATE_THRESHOLD": "0.3",
    }
    for name, value in named.items():
        monkeypatch.setenv(name, str(value))
    return settings.data.folder


def printed(told):
    return json.loads(told.out.splitlines()[-1])


@pytest.fixture
def files(tmp_path):
    """Examples and texts for intents, all good."""
    rows = [{"text": example.text, "label": example.intent} for example in EXAMPLES]
    return {"--train": write(tmp_path / "train.jsonl", rows), "--data": write(tmp_path / "data.jsonl", rows[:9])}


def test_the_mood_is_measured_with_heads_that_are_trained_first_where_there_are_none(heed, little, tmp_path):
    data, predictions = write(tmp_path / "data.jsonl", TONED), tmp_path / "moods.jsonl"
    code, told = heed("mood", {"--data": data, "--predictions": predictions, "--language": "en"}, "--json")
    assert code == 0, told.err
    figures = printed(told)
    moods = [json.loads(line)["mood"] for line in predictions.read_text().splitlines()]

    assert tuple(figures) == FIGURES["mood"]
    assert (figures["n"], figures["threshold"], figures["language"]) == (3, 0.3, "en")
    assert figures["auroc"] == roc_auc_score([1, 0, 0], moods)
    assert (figures["recall"], figures["false_alarm_rate"]) == (moods[0] >= 0.3, sum(m >= 0.3 for m in moods[1:]) / 2)

    code, told = heed("mood", {"--data": write(data, TONED[1:])}, "--json")

    assert (printed(told)["auroc"], printed(told)["recall"], printed(told)["language"]) == (None, None, None)
    assert "All texts have the label 0: an AUROC needs both." in told.err
    assert "Training heads" not in told.err


def test_intents_print_one_object(heed, files):
    code, told = heed("intents", files, "--json")
    assert code == 0, told.err
    figures = printed(told)

    assert tuple(figures) == FIGURES["intents"]
    assert (figures["n"], figures["oos_auroc"]) == (9, None)
    assert "nothing is out of scope" in told.err


@pytest.mark.parametrize("line", ["{", '{"text": "x"}', '{"text": "", "label": 1}', '{"text": "x", "label": 3}', "[]"])
def test_a_wrong_line_of_moods_is_named_by_file_and_line(refused, tmp_path, line):
    data = write(tmp_path / "data.jsonl", [TONED[0], line])

    assert f"heed: {data}:2: " in refused("mood", {"--data": data})


@pytest.mark.parametrize("option", ["--train", "--data"])
@pytest.mark.parametrize("line", ["{", '{"text": "x"}', '{"text": "x", "label": 7}', '{"text": "", "label": "pay"}'])
def test_a_wrong_line_of_intents_is_named_by_file_and_line(refused, files, option, line):
    file = write(files[option], [*files[option].read_text().splitlines(), line])

    assert f"heed: {file}:{len(file.read_text().splitlines())}: " in refused("intents", files)


@pytest.mark.parametrize("option", ["--train", "--data"])
def test_a_file_that_is_not_there_is_named(refused, files, option):
    files[option].unlink()

    assert f"heed: {files[option]}: cannot be read: No such file or directory." in refused("intents", files)


def test_a_label_with_one_example_is_named_by_file_and_line(refused, files):
    file = write(files["--train"], [*files["--train"].read_text().splitlines(), '{"text": "x", "label": "rare"}'])

    assert f"heed: {file}:{len(EXAMPLES) + 1}: 'rare' has one example only." in refused("intents", files)


@pytest.mark.parametrize(("command", "option"), [("mood", "--data"), ("intents", "--train"), ("intents", "--data")])
def test_what_is_not_given_is_asked_for(refused, files, command, option):
    given = {name: file for name, file in files.items() if name != option and command == "intents"}

    assert option in refused(command, given)


@pytest.mark.parametrize("language", ["german", "DE", "d", ""])
def test_a_language_that_is_no_code_is_refused(refused, files, language):
    assert "no code of two letters" in refused("mood", {"--data": files["--data"], "--language": language})
