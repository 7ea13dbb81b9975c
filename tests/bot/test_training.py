"""Index, train and load on a database, with a small knowledge base and an encoder that needs no model."""

from __future__ import annotations

import json

import pytest

from bot.deciding.certificate import Target, certify
from bot.errors import DataError, NotTrained
from bot.intake.guards import Watch
from bot.nlu.hashing import HashingEncoder
from bot.pipeline import think
from bot.settings import DataSettings, DecidingSettings, Settings
from bot.training import index, load_brain, train
from bot.training.certifying import limits_in_force
from bot.vocabulary import Route
from knowledge.article import FrontMatter
from tests.bot.nlu.schooling import LESSONS, CountingEncoder
from tests.bot.values import NOW, admitted
from tests.knowledge.shelves import LIBRARY

MODEST = Target(max_wrong=0.05, certainty=0.95)


@pytest.fixture
def settings(tmp_path):
    """Settings of a folder with a small knowledge base, a few lessons and no audits."""
    for article in LIBRARY:
        write_article(tmp_path / "articles", article)
    (tmp_path / "nlu").mkdir()
    lessons = [
        {
            "intent": intent,
            "metadata": {"mood": "irate" if irate else "calm"},
            "examples": "".join(f"- {t}\n" for t in ts),
        }
        for (intent, irate), ts in LESSONS.items()
    ]
    (tmp_path / "nlu" / "care.en.yml").write_text(json.dumps({"nlu": lessons}, indent=0), encoding="utf-8")
    data = DataSettings(
        folder=tmp_path, articles=tmp_path / "articles", training=tmp_path / "nlu", audits=tmp_path / "audits.jsonl"
    )
    return Settings(data=data)


def write_article(folder, article):
    front = {name: value for name, value in article.to_document().items() if name in FrontMatter.model_fields}
    file = folder / article.language / f"{article.id}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{json.dumps(front)}\n---\n{article.full_answer}\n", encoding="utf-8")


async def test_a_first_indexing_encodes_every_passage(settings, database):
    done = await index(settings, database, HashingEncoder())

    assert (done.articles, done.changed, done.problems) == (len(LIBRARY), len(LIBRARY), ())
    assert done.encoded == done.passages > len(LIBRARY)


async def test_indexing_again_encodes_nothing(settings, database):
    await index(settings, database, HashingEncoder())
    again = CountingEncoder()
    done = await index(settings, database, again)

    assert (done.changed, done.encoded, again.passes) == (0, 0, [])


async def test_a_changed_article_is_the_only_one_encoded_anew(settings, database):
    await index(settings, database, HashingEncoder())
    file = settings.data.articles / "en" / "wifi-drops.md"
    file.write_text(file.read_text(encoding="utf-8").replace("drops every hour", "drops each night"), encoding="utf-8")
    done = await index(settings, database, HashingEncoder())

    assert (done.changed, done.encoded) == (1, 1)


async def test_an_article_that_is_gone_is_dropped(settings, database):
    await index(settings, database, HashingEncoder())
    (settings.data.articles / "en" / "wifi-drops.md").unlink()
    done = await index(settings, database, HashingEncoder())

    assert (done.articles, done.changed) == (len(LIBRARY) - 1, 1)


async def test_a_bad_article_is_reported_and_the_others_indexed(settings, database):
    (settings.data.articles / "en" / "bad.md").write_text("no front matter", encoding="utf-8")
    done = await index(settings, database, HashingEncoder())

    assert done.articles == len(LIBRARY)
    assert [problem.line for problem in done.problems] == [1]


async def test_training_before_indexing_says_what_to_do(settings, database):
    with pytest.raises(NotTrained, match="heed index"):
        await train(settings, database, HashingEncoder())


async def test_loading_before_training_says_what_to_do(settings, database):
    await index(settings, database, HashingEncoder())

    with pytest.raises(NotTrained, match="heed train"):
        await load_brain(settings, database, HashingEncoder())


async def test_what_was_trained_is_loaded_and_thinks_the_same(settings, database):
    await index(settings, database, HashingEncoder())
    trained = await train(settings, database, HashingEncoder())
    loaded = await load_brain(settings, database, HashingEncoder())
    watch = Watch.from_settings(settings.deciding, settings.replying, NOW)
    batch = [admitted("my laptop battery dies quickly"), admitted("RIDICULOUS, useless!!!"), admitted("\U0001f600")]

    assert loaded.versions == trained.versions
    assert think(batch, loaded.steps, watch=watch, limits=loaded.limits) == think(
        batch, trained.steps, watch=watch, limits=trained.limits
    )


async def test_training_again_makes_nothing_anew(settings, database):
    await index(settings, database, HashingEncoder())
    await train(settings, database, HashingEncoder())
    again = CountingEncoder()
    await train(settings, database, again)

    assert again.passes == []


async def test_without_audits_nothing_is_certified_and_nothing_answered_alone(settings, database):
    await index(settings, database, HashingEncoder())
    auto = settings.model_copy(update={"deciding": DecidingSettings(mode="auto")})
    brain = await train(auto, database, HashingEncoder())
    watch = Watch.from_settings(auto.deciding, auto.replying, NOW)
    [outcome] = think([admitted("laptop battery dies quickly")], brain.steps, watch=watch, limits=brain.limits)

    assert not brain.certificate.valid
    assert brain.limits.answer is None
    assert outcome.decision.route is not Route.ANSWER


async def test_an_audit_that_is_no_question_is_named_by_file_and_line(settings, database):
    settings.data.audits.write_text(
        '{"id": "1", "language": "en", "text": "a", "article": null}\n{}\n', encoding="utf-8"
    )
    await index(settings, database, HashingEncoder())

    with pytest.raises(DataError, match=r"audits\.jsonl:2: not an audited question"):
        await train(settings, database, HashingEncoder())


async def test_an_audit_without_words_breaks_no_certificate(settings, database):
    rows = [{"id": str(n), "language": "en", "text": "\U0001f600", "article": None} for n in range(8)]
    settings.data.audits.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    await index(settings, database, HashingEncoder())

    assert not (await train(settings, database, HashingEncoder())).certificate.valid


def test_without_a_certificate_there_is_no_threshold():
    limits = limits_in_force(Settings(deciding=DecidingSettings(mode="auto")), certify((), MODEST))

    assert (limits.answer, limits.certified, limits.alone) == (None, False, True)


def test_a_threshold_set_by_hand_is_never_called_certified():
    by_hand = DecidingSettings(mode="auto", answer_threshold=0.9)
    limits = limits_in_force(Settings(deciding=by_hand), certify((), MODEST))

    assert (limits.answer, limits.certified) == (0.9, False)


def test_in_draft_mode_the_bot_is_never_alone():
    assert not limits_in_force(Settings(), certify((), MODEST)).alone
