"""Index, train and load on a database, with a small knowledge base and an encoder that needs no model."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from bot.errors import DataError, NotTrained
from bot.intake.guards import Watch
from bot.nlu.hashing import HashingEncoder
from bot.pipeline import think
from bot.settings import DecidingSettings, Settings
from bot.training import drop_former_vectors, index, load_brain, train
from bot.training.certifying import Proof, limits_in_force
from bot.training.progress import CHUNK
from bot.training.shelving import load_knowledge
from bot.vocabulary import Route
from storage import library
from tests.bot.folders import write_article
from tests.bot.nlu.schooling import CountingEncoder
from tests.bot.values import NOW, admitted
from tests.knowledge.shelves import LIBRARY, an_article

UNPROVEN = Proof.of(Settings(), "nothing", None)


class EncoderBroke(Exception):
    """As if the machine had stopped."""


class BreakingEncoder(CountingEncoder):
    """Stops the work after a number of passes."""

    def __init__(self, passes):
        super().__init__()
        self._left = passes

    def encode(self, texts):
        if len(self.passes) == self._left:
            raise EncoderBroke
        return super().encode(texts)


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


async def test_indexing_leaves_imported_articles_alone(settings, database):
    imported = an_article("forum-1", origin="forum", question="Why is it loud?")
    async with database.begin() as connection:
        await library.put_articles(connection, [imported.to_row()])
    done = await index(settings, database, HashingEncoder())

    assert done.articles == len(LIBRARY) + 1
    assert done.encoded == done.passages
    assert (await index(settings, database, HashingEncoder())).changed == 0


async def test_a_file_whose_id_an_imported_article_has_is_reported(settings, database):
    async with database.begin() as connection:
        await library.put_articles(connection, [an_article("wifi-drops", origin="forum").to_row()])
    done = await index(settings, database, HashingEncoder())

    assert (done.articles, done.changed) == (len(LIBRARY), len(LIBRARY) - 1)
    assert [problem.file for problem in done.problems] == [str(settings.data.articles / "en" / "wifi-drops.md")]


async def test_an_article_in_quarantine_stays_there_when_it_is_indexed_anew(settings, database):
    await index(settings, database, HashingEncoder())
    async with database.begin() as connection:
        await library.quarantine(connection, "wifi-drops", reason="wrong")
    write_article(settings.data.articles, an_article("wifi-drops", question="Why is my network gone?"))
    done = await index(settings, database, HashingEncoder())
    knowledge = await load_knowledge(database, HashingEncoder())

    assert done.changed == 1
    assert ("wifi-drops", "en") not in knowledge.articles


async def test_expired_articles_are_on_no_shelf(settings, database):
    write_article(settings.data.articles, an_article("old", question="What was before?", valid_until=date(2020, 1, 1)))
    await index(settings, database, HashingEncoder())
    knowledge = await load_knowledge(database, HashingEncoder())

    assert len(knowledge.articles) == len(LIBRARY)


async def test_another_encoder_stands_beside_the_former_one_until_it_is_trained(settings, database):
    former, new = HashingEncoder(512), HashingEncoder(256)
    await index(settings, database, former)
    before = await train(settings, database, former)
    done = await index(settings, database, new)
    loaded = await load_brain(settings, database, former)

    assert done.encoded == done.passages
    assert loaded.versions == before.versions


async def test_the_vectors_of_former_encoders_are_dropped_once_all_passages_have_new_ones(settings, database):
    former, new = HashingEncoder(512), HashingEncoder(256)
    done = await index(settings, database, former)
    too_early = await drop_former_vectors(database, new)
    await index(settings, database, new)

    assert too_early == 0
    assert await drop_former_vectors(database, new) == done.passages
    assert await drop_former_vectors(database, new) == 0
    assert (await index(settings, database, new)).encoded == 0


async def test_an_interrupted_encoding_goes_on_where_it_was(settings, database):
    for number in range(CHUNK // 2):
        write_article(settings.data.articles, an_article(f"part-{number}", question=f"Where is part {number}?"))
    with pytest.raises(EncoderBroke):
        await index(settings, database, BreakingEncoder(passes=1))
    again = CountingEncoder()
    done = await index(settings, database, again)

    assert done.encoded == sum(map(len, again.passes)) == done.passages - CHUNK


async def test_what_is_not_encoded_yet_is_left_for_later(settings, database):
    await index(settings, database, HashingEncoder())
    async with database.begin() as connection:
        await library.put_articles(connection, [an_article("new", question="What is new?").to_row()])
        last = (await library.changes_since(connection, 0))[-1].revision
    knowledge = await load_knowledge(database, HashingEncoder())

    assert ("new", "en") not in knowledge.articles
    assert knowledge.revision < last


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


async def test_the_articles_that_were_trained_with_are_audited_and_no_others(settings, database):
    await index(settings, database, HashingEncoder())
    await train(settings, database, HashingEncoder())
    brain = await load_brain(settings, database, HashingEncoder())

    assert all(brain.is_audited(article) for article in brain.knowledge.articles.values())
    assert not brain.is_audited(an_article("new"))
    assert not brain.is_audited(replace(LIBRARY[0], short_answer="Something else."))


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
    limits = limits_in_force(Settings(deciding=DecidingSettings(mode="auto")), UNPROVEN)

    assert (limits.answer, limits.certified, limits.alone) == (None, False, True)


def test_a_threshold_set_by_hand_is_never_called_certified():
    by_hand = DecidingSettings(mode="auto", answer_threshold=0.9)
    limits = limits_in_force(Settings(deciding=by_hand), UNPROVEN)

    assert (limits.answer, limits.certified) == (0.9, False)


def test_in_draft_mode_the_bot_is_never_alone():
    assert not limits_in_force(Settings(), UNPROVEN).alone
