from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.vocabulary import Part
from knowledge.confidence import PRECEDENT_SIGNS, SIGNS
from knowledge.fitting import fit, fit_confidence, hold_out, precedents_of, put, signs_of
from knowledge.precedents import Precedents
from knowledge.ranking import believed
from knowledge.segment import FEATURES
from knowledge.shelf import Shelf
from tests.bot.values import an_understanding
from tests.knowledge.shelves import (
    a_plain_article,
    asked,
    chatter,
    fitted,
    fitted_to_judged,
    judged,
    judged_questions,
    shelves,
    vectors_of,
)

DENSE = FEATURES.index("dense")
BEFORE = slice(-len(PRECEDENT_SIGNS), None)


def held_out(language="en"):
    return list(hold_out(shelves()[language], asked()))


def test_every_way_to_ask_is_held_out_once_and_must_find_its_own_article():
    shelf = shelves()["en"]
    asks = [(p.text, p.article_id) for p in shelf.passages if p.part is Part.ASK]
    tried = [(t.understanding.text, shelf.articles[next(iter(t.right))].id) for t in held_out()]

    assert sorted(tried) == sorted(asks)


def test_a_way_to_ask_gets_no_help_from_itself():
    for trial in held_out():
        assert trial.nominees.features[:, DENSE].max() < 0.999


def test_of_all_articles_the_same_number_of_ways_to_ask_is_missing_at_a_time():
    shelf = shelves()["en"]
    turns = [[p.text for p in shelf.passages if p.part is Part.ASK][n::3] for n in range(3)]
    tried = [trial.understanding.text for trial in held_out()]

    assert [tried[n : n + 4] for n in (0, 4, 8)] == turns


def test_articles_without_ways_to_ask_give_no_trial():
    plain = [a_plain_article("hum", "Why does my kettle hum?"), a_plain_article("told", "", "Descale it.")]

    assert list(hold_out(Shelf.of(plain, vectors_of(plain)), {})) == []


def test_judged_questions_are_put_to_the_shelf_of_their_language():
    both = [judged("my battery dies", "battery-drains"), judged("Akku leer", "battery-drains", language="de")]

    assert [trial.understanding.text for trial in put(shelves()["en"], both)] == ["my battery dies"]
    assert [trial.understanding.text for trial in put(shelves()["de"], both)] == ["Akku leer"]


def test_what_is_right_is_named_by_its_number_on_the_shelf():
    shelf = shelves()["en"]
    (trial,) = put(shelf, [judged("my battery dies", "battery-drains", "wifi-drops")])

    assert {shelf.articles[number].id for number in trial.right} == {"battery-drains", "wifi-drops"}


def test_an_article_that_the_shelf_lacks_cannot_be_found_right():
    (trial,) = put(shelves()["en"], [judged("my battery dies", "no-such-article")])

    assert trial.right == frozenset()


def test_nothing_judged_gives_no_trial():
    assert list(put(shelves()["en"], [])) == []


def test_a_question_without_a_text_gets_no_nominee():
    empty, full = put(shelves()["en"], [judged(""), judged("my battery dies")])

    assert len(empty.nominees.articles) == 0
    assert len(full.nominees.articles) > 0


def test_precedents_keep_the_order_of_the_judged_questions():
    both = [judged("my battery dies", "battery-drains"), judged("Akku leer", "battery-drains", language="de")]

    assert [trial.own for trial in put(shelves()["de"], both, precedents=True)] == [1]
    assert precedents_of(both).right == (frozenset({"battery-drains"}), frozenset({"battery-drains"}))


def signs_with(precedents, *, own):
    """The signs of one question that was judged right, judged with *precedents*."""
    (trial,) = put(shelves()["en"], [judged("my battery dies", "battery-drains")], precedents=own)
    signs, _ = signs_of(replace(fitted().confidence, precedents=precedents), [trial])
    return signs[0]


def test_a_judged_question_is_not_its_own_precedent():
    itself = precedents_of([judged("my battery dies", "battery-drains")])

    assert signs_with(itself, own=True)[BEFORE].tolist() == [0, 0, 0]
    assert signs_with(itself, own=False)[BEFORE] == pytest.approx([1, 0, 0], abs=1e-5)


def test_the_same_question_judged_another_time_is_a_precedent():
    twice = precedents_of([judged("my battery dies", "battery-drains"), judged("my battery dies")])

    assert signs_with(twice, own=True)[BEFORE] == pytest.approx([0, 1, 1], abs=1e-5)


def test_a_question_without_a_nominee_is_left_out_of_the_signs():
    trials = list(put(shelves()["en"], [judged(""), judged("my battery dies", "battery-drains")]))
    signs, right = signs_of(fitted().confidence, trials)

    assert signs.shape == (1, len(SIGNS))
    assert right.tolist() == [True]


def test_fitting_twice_gives_the_same():
    again = fit_confidence(shelves(), asked(), chatter(), judged_questions())

    assert again.confidence.to_bytes() == fitted_to_judged().confidence.to_bytes()
    assert again.card == fitted_to_judged().card


@pytest.mark.parametrize("made", [fitted, fitted_to_judged])
def test_no_feature_counts_against_an_article(made):
    assert set(made().confidence.rankers) == {"de", "en"}
    assert all((ranker.weights >= 0).all() for ranker in made().confidence.rankers.values())


def calibrator(made):
    return dict(zip(SIGNS, made().confidence.calibrator.weights, strict=True))


def test_it_is_learnt_what_precedents_are_worth():
    weights = calibrator(fitted_to_judged)

    assert weights["answered_before"] > 0.5
    assert weights["other_before"] < -0.5
    assert weights["nothing_before"] < -0.5


def test_without_judged_questions_precedents_are_worth_nothing():
    weights = calibrator(fitted)

    assert [weights[name] for name in PRECEDENT_SIGNS] == [0, 0, 0]


def test_each_judged_question_is_also_tried_as_if_there_were_no_precedent():
    # With precedents that are always right, only the trials without them leave something to the other signs.
    trials = list(put(shelves()["en"], judged_questions(), precedents=True))
    sure = fit(held_out(), trials, precedents_of(judged_questions()))
    blind = replace(sure, precedents=Precedents.none())
    signs, right = signs_of(blind, trials)
    said = sure.calibrator.probability(signs)

    assert said[right].mean() > said[~right].mean() + 0.3


def test_judged_questions_weigh_more_than_what_the_knowledge_base_says_of_itself():
    never = [judged(text, "no-such-article") for language, text in asked() if language == "en"]
    doubtful = fit_confidence(shelves(), asked(), chatter(), never).confidence
    signs, _ = signs_of(replace(doubtful, precedents=Precedents.none()), held_out())

    assert (
        doubtful.calibrator.probability(signs).mean() < fitted().confidence.calibrator.probability(signs).mean() - 0.2
    )


def test_with_nothing_to_fit_to_nothing_is_thought_likely_or_unlikely():
    plain = [a_plain_article("hum", "Why does my kettle hum?"), a_plain_article("leak", "Why does my kettle leak?")]
    shelf = Shelf.of(plain, vectors_of(plain))
    trials = list(put(shelf, [judged("my kettle hums", "hum")]))
    confidence = fit([], [], Precedents.none())
    signs, _ = signs_of(confidence, trials)

    assert confidence.rankers == {}
    assert confidence.calibrator.probability(signs).tolist() == [0.5]


def test_two_answers_to_one_question_do_not_compete():
    hum = a_plain_article("hum", "Why does my kettle hum?", "The plate warms up.")
    other = a_plain_article("other", "Why does my fan stop?", "The bearing is dry.")
    again = replace(hum, id="hum-again", question="why does my kettle HUM?", full_answer="Chalk on the plate.")
    elsewhere = replace(again, question="Why does a kettle of mine hum?")

    assert margin([hum, again, other]) == pytest.approx(margin([hum, other]), abs=0.3)
    assert margin([hum, elsewhere, other]) < margin([hum, other]) - 1


def test_answers_without_a_question_compete_with_each_other():
    hum = a_plain_article("hum", "", "The plate of the kettle hums while it warms up.")
    other = a_plain_article("other", "", "The bearing of the fan is dry.")
    nearly = a_plain_article("nearly", "", "The plate of the kettle hums when there is chalk on it.")

    assert margin([hum, nearly, other]) < margin([hum, other]) - 1


def margin(articles):
    shelf = Shelf.of(articles, vectors_of(articles))
    trials = list(put(shelf, [judged("why does my kettle hum", "hum")]))
    signs, _ = signs_of(fit([], [], Precedents.none()), trials)
    return signs[0, SIGNS.index("margin")]


def test_the_card_tells_how_well_it_does():
    card = fitted_to_judged().card

    assert 0 <= card["held_out_precision_at_1"] <= 1
    assert 0 <= card["calibration_error"] <= 1
    assert card["held_out"] == len(asked())
    assert card["judged"] == card["precedents"] == len(judged_questions())
    assert list(card["calibrator"]) == list(SIGNS)


def test_an_understanding_in_no_language_is_put_to_no_shelf():
    unsure = [replace(judged("my battery dies"), understanding=an_understanding("my battery dies", language=None))]

    assert [trial for shelf in shelves().values() for trial in put(shelf, unsure)] == []


def test_without_ways_to_ask_the_weights_stay_as_they_are_believed():
    plain = [a_plain_article("hum", "Why does my kettle hum?"), a_plain_article("leak", "Why does my kettle leak?")]
    shelf = Shelf.of(plain, vectors_of(plain))
    confidence = fit([], list(put(shelf, [judged("kettle hums", "hum")] * 30)), Precedents.none())
    nominees = next(put(shelf, [judged("kettle hums", "hum")])).nominees

    assert confidence.rankers == {}
    assert np.array_equal(confidence.score(nominees, "en"), believed("en", taught=False).probability(nominees.features))


def test_ranking_is_learnt_for_each_language_apart():
    rankers = fitted_to_judged().confidence.rankers

    assert not np.allclose(rankers["en"].weights, rankers["de"].weights)
