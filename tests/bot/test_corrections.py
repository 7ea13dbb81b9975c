"""`heed corrections` lists what agents said of moods, and training is tested with it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.cli.correcting import show_corrections
from bot.cli.preparing import report_brain
from bot.errors import DataError
from bot.evaluating.files import read_toned
from bot.nlu.hashing import HashingEncoder
from bot.settings import DatabaseSettings, DecidingSettings
from bot.training import index, load_brain, train
from bot.training.examining import CORRECTIONS
from bot.vocabulary import Audience
from storage.corrections import correct
from tests.bot.nlu.schooling import CountingEncoder
from tests.bot.values import a_mention, an_understanding
from tests.storage.outcomes import heard, put, replied

ANGRY, CALM, PRAISE = "worst support ever, third time now", "how do I reset my password", "love my new laptop, thanks"


@pytest.fixture
def settings(settings, database_url):
    """Settings of a small knowledge base, and of the database of this test."""
    return settings.model_copy(update={"database": DatabaseSettings(url=database_url)})


async def corrected(database, text, *, irate, mood=0.5, **values):
    """Let a post be read in a mood, and an agent say what the customer is."""
    admitted = (await heard(database, a_mention(text, **values)))[-1]
    outcome = replied(admitted)
    decision = replace(outcome.decision, understanding=an_understanding(mood=mood, language="en"))
    await put(database, replace(outcome, decision=decision))
    async with database.begin() as connection:
        await correct(connection, admitted.mention.id, irate=irate, by="Ann")


async def told(settings, capsys, file=None):
    assert await show_corrections(settings, file, as_json=True) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])["corrections"]


# The command


async def test_programs_read_text_label_language_mood_and_moment(settings, database, capsys):
    await corrected(database, "you [b]never[/b] answer", irate=True, mood=0.3)
    (case,) = await told(settings, capsys)

    assert case.pop("corrected_at")
    assert case == {"text": "you [b]never[/b] answer", "label": 1, "language": "en", "mood": 0.3}


async def test_people_read_a_line_for_each(settings, database, capsys):
    await corrected(database, "you [b]never[/b]\nanswer", irate=True, mood=0.3)
    await corrected(database, "so what", irate=False)
    await show_corrections(settings, None, as_json=False)

    assert capsys.readouterr().out.splitlines() == [
        "angry      mood 0.30  en  you [b]never[/b] answer",
        "not angry  mood 0.50  en  so what",
        "2 corrections.",
    ]


async def test_the_file_is_what_the_evaluation_of_the_mood_reads(settings, database, tmp_path, capsys):
    await corrected(database, "nächstes Mal\u2028woanders", irate=True)
    await corrected(database, CALM, irate=False)
    file = tmp_path / "corrections.jsonl"
    await show_corrections(settings, file, as_json=False)

    assert [(row.text, row.label) for row in read_toned(file)] == [("nächstes Mal\u2028woanders", 1), (CALM, 0)]
    assert [set(json.loads(line)) for line in file.read_text("utf-8").strip("\n").split("\n")] == [
        {"text", "label"}
    ] * 2
    assert "2 corrections written to" in capsys.readouterr().out


async def test_a_file_and_an_object_can_be_had_at_once(settings, database, tmp_path, capsys):
    await corrected(database, CALM, irate=False)
    file = tmp_path / "corrections.jsonl"

    assert len(await told(settings, capsys, file)) == len(read_toned(file)) == 1


async def test_personal_data_of_private_messages_is_masked(settings, database, capsys):
    await corrected(database, "call me at 020 7946 0958", irate=False, audience=Audience.PRIVATE)

    assert [case["text"] for case in await told(settings, capsys)] == ["call me at [phone]"]


async def test_a_file_that_cannot_be_written_is_named(settings, database, tmp_path):
    with pytest.raises(DataError, match=r"nowhere/c\.jsonl: cannot be written"):
        await show_corrections(settings, tmp_path / "nowhere" / "c.jsonl", as_json=False)


# Training


async def test_training_says_on_its_card_and_in_one_line_how_many_corrections_hold(settings, database, capsys):
    await index(settings, database, HashingEncoder())
    before = await train(settings, database, HashingEncoder())
    threshold = settings.deciding.irate_threshold
    first, second, third = before.steps.understander.understand([ANGRY, CALM, PRAISE])
    await corrected(database, ANGRY, irate=first.mood >= threshold)
    await corrected(database, CALM, irate=second.mood >= threshold)
    await corrected(database, PRAISE, irate=third.mood < threshold)
    trained = await train(settings, database, HashingEncoder())
    loaded = await load_brain(settings, database, HashingEncoder())
    report_brain(trained)

    card = trained.cards["heads"][CORRECTIONS]
    assert (card["held"], card["of"], card["threshold"]) == (2, 3, threshold)
    assert loaded.cards["heads"] == trained.cards["heads"]
    assert "2 of 3 corrections of agents hold." in capsys.readouterr().out


async def test_without_corrections_nothing_is_said_of_them(settings, database, capsys):
    await index(settings, database, HashingEncoder())
    report_brain(await train(settings, database, HashingEncoder()))

    assert "corrections" not in capsys.readouterr().out


async def test_a_correction_teaches_nothing(settings, database):
    await index(settings, database, HashingEncoder())
    before = await train(settings, database, HashingEncoder())
    (read,) = before.steps.understander.understand([CALM])
    await corrected(database, CALM, irate=read.mood < settings.deciding.irate_threshold)
    after = await train(settings, database, HashingEncoder(), force=True)

    assert after.versions["heads"] == before.versions["heads"]
    assert after.cards["heads"]["examples"] == before.cards["heads"]["examples"]
    assert after.cards["heads"][CORRECTIONS]["held"] == 0


async def test_corrections_are_read_again_only_when_they_or_the_threshold_changed(settings, database):
    await corrected(database, CALM, irate=False)
    await index(settings, database, HashingEncoder())
    await train(settings, database, HashingEncoder())
    same, strict, more = CountingEncoder(), CountingEncoder(), CountingEncoder()
    lower = settings.model_copy(update={"deciding": DecidingSettings(irate_threshold=0.0)})
    await train(settings, database, same)
    below = await train(lower, database, strict)
    await corrected(database, ANGRY, irate=True)
    await train(settings, database, more)

    assert (same.passes, strict.passes) == ([], [[CALM]])
    assert below.cards["heads"][CORRECTIONS]["held"] == 0
    assert [len(texts) for texts in more.passes] == [2]
