from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.encoder import SentenceEncoder
from bot.settings import ROOT, EncoderSettings
from knowledge.article import Article, Source, read_library
from knowledge.trust import WEIGHTS, find_contradictions, quality

TODAY = date(2026, 11, 20)

SAME, NEAR, FAR = (np.array(v, dtype=np.float32) for v in ([1, 0], [0.7, 0.714], [0.6, 0.8]))


def an_article(article_id="official", **values):
    given = {
        "language": "en",
        "topic": "warranty",
        "question": "How long is the warranty?",
        "ask": (),
        "short_answer": "The warranty is 24 months from the day of purchase.",
        "full_answer": "",
        "products": (),
        "source": Source.OFFICIAL,
        "author": "Tarnwell Support",
        "votes": 3,
        "reviewed": True,
        "last_verified": date(2026, 8, 1),
        "valid_until": date(2999, 12, 31),
    }
    return Article(id=article_id, **{**given, **values})


def a_forum_article(article_id="forum", **values):
    given = {
        "question": "What is the warranty period?",
        "short_answer": "There is a warranty of 12 months from purchase.",
        "source": Source.COMMUNITY,
        "author": "ada",
        "last_verified": date(2026, 10, 1),
    }
    return an_article(article_id, **{**given, **values})


def found(*articles, vectors=None):
    texts = {text for article in articles for text in (article.question, *article.ask)}
    return find_contradictions(articles, {**dict.fromkeys(texts, SAME), **(vectors or {})})


def compared(language, question, one, other, *, asked=""):
    """Give what two articles disagree on that answer the same question."""
    pair = (
        an_article(language=language, question=question, short_answer=one),
        a_forum_article(language=language, question=asked or question, short_answer=other),
    )
    return [contradiction.kind for contradiction in found(*pair)]


CONTRADICTING = [
    (
        "en",
        "How long does a full charge take?",
        "A full charge takes about 2 hours with the 65 W charger.",
        "With the original charger a full charge takes 5 hours.",
        ["time"],
    ),
    (
        "en",
        "How long does the Slate 11 get updates?",
        "The Slate 11 gets security updates for 6 years.",
        "Slate 11 owners get security updates for 36 months only.",
        ["months"],
    ),
    (
        "en",
        "What does express shipping cost?",
        "Express shipping costs 12 euro.",
        "Express shipping costs 9 € per parcel.",
        ["money"],
    ),
    (
        "en",
        "How do I open the BIOS?",
        "Press F2 at the logo to open the BIOS.",
        "Switch on and press F12 at the logo, then the BIOS opens.",
        ["key"],
    ),
    (
        "en",
        "How do I turn on the Fn lock?",
        "Press Fn + Esc to turn the Fn lock on or off.",
        "You turn the Fn lock on with Fn+Shift.",
        ["key"],
    ),
    (
        "en",
        "Where do I find my serial number?",
        "The serial number is shown in Hub > About.",
        "Look in Hub > Settings > Device for the serial number.",
        ["path"],
    ),
    (
        "en",
        "Is water damage covered by the warranty?",
        "No, water damage is not covered by the warranty.",
        "Yes, water damage is covered by the warranty in the first year.",
        ["denial"],
    ),
    (
        "en",
        "Can I use Dock 2 with a laptop of another maker?",
        "Dock 2 is supported with laptops of other makers.",
        "Dock 2 is unsupported with laptops of other makers.",
        ["denial"],
    ),
    (
        "en",
        "Can I upgrade the memory of Book 15?",
        "The memory of Book 15 can be upgraded up to 32 GB.",
        "The memory of Book 15 cannot be upgraded.",
        ["denial"],
    ),
    (
        "es",
        "¿Cuántos días tengo para devolver un producto?",
        "Puedes devolver un producto en un plazo de 30 días.",
        "Un producto se puede devolver durante 2 semanas.",
        ["time"],
    ),
    (
        "es",
        "¿Qué tecla abre la BIOS?",
        "Pulsa F2 al ver el logo para abrir la BIOS.",
        "Para abrir la BIOS pulsa F12 al ver el logo.",
        ["key"],
    ),
    (
        "es",
        "¿Se puede ampliar la memoria del Book 15?",
        "La memoria del Book 15 no se puede ampliar.",
        "Sí, la memoria del Book 15 se puede ampliar.",
        ["denial"],
    ),
    (
        "de",
        "Wie lange dauert der Versand?",
        "Der Standardversand dauert 2 bis 4 Werktage.",
        "Der Standardversand dauert 10 Werktage.",
        ["time"],
    ),
    (
        "de",
        "Wo finde ich den Pflegemodus des Akkus?",
        "Der Pflegemodus ist unter Hub > Akku > Pflegemodus.",
        "Schalten Sie den Pflegemodus unter Hub > Energie > Pflegemodus ein.",
        ["path"],
    ),
    (
        "de",
        "Ist Dock 2 mit fremden Laptops kompatibel?",
        "Dock 2 ist mit fremden Laptops kompatibel.",
        "Dock 2 ist mit fremden Laptops inkompatibel.",
        ["denial"],
    ),
]

COMPATIBLE = [
    ("en", "How long is the warranty?", "The warranty is 24 months.", "You have a warranty of 2 years."),
    (
        "en",
        "How long is the warranty?",
        "The warranty is 24 months. The battery has a warranty of 12 months.",
        "The battery has a warranty of 12 months against defects.",
    ),
    (
        "en",
        "How long does a repair take?",
        "A repair takes 5 to 7 working days.",
        "A repair takes 7 days on average. With Care Plus an express repair takes 3 days.",
    ),
    (
        "en",
        "How do I take a screenshot?",
        "Press Windows+Shift+S and choose the part of the screen.",
        "Press the Print key, or Windows+Print to save the whole screen as a file.",
    ),
    (
        "en",
        "How do I open the BIOS?",
        "Press F2 at the logo to open the BIOS.",
        "Press F2 as soon as the logo appears. If that does not help, hold power for 15 seconds.",
    ),
    (
        "en",
        "Does the warranty cover water damage?",
        "No, the warranty does not cover water damage, but Care Plus does.",
        "Water damage is not covered by the warranty. It is covered by Care Plus.",
    ),
    (
        "en",
        "Which SIM does the Slate 11 take?",
        "The Slate 11 takes one nano-SIM.",
        "The Slate 11 takes a nano-SIM; an eSIM does not work.",
    ),
    (
        "en",
        "How do I update the BIOS?",
        "Open Hub > Updates and install the BIOS update. Don't switch off meanwhile.",
        "Plug in the charger, then open Hub > Updates > BIOS. Keep it switched on.",
    ),
    (
        "en",
        "Where do I see the state of the battery?",
        "The state of the battery is in Hub > Battery.",
        "On the Slate 11 the state of the battery is in Settings > Tarnwell > Battery.",
    ),
    ("es", "¿Cómo reinicio el equipo?", "Mantén pulsado el botón 10 segundos.", "Espera 15 segundos y enciéndelo."),
    (
        "de",
        "Deckt die Garantie Stürze ab?",
        "Stürze sind von der Garantie nicht abgedeckt.",
        "Mit Care Plus sind Stürze abgedeckt.",
    ),
]


@pytest.mark.parametrize(("language", "question", "one", "other", "kinds"), CONTRADICTING)
def test_answers_that_cannot_both_be_right_contradict_each_other(language, question, one, other, kinds):
    assert compared(language, question, one, other) == kinds
    assert compared(language, question, other, one) == kinds


@pytest.mark.parametrize(("language", "question", "one", "other"), COMPATIBLE)
def test_answers_that_can_both_be_right_do_not(language, question, one, other):
    assert compared(language, question, one, other) == []
    assert compared(language, question, other, one) == []


def test_a_step_of_the_full_answer_counts_as_well():
    official = an_article(
        question="How do I open the BIOS?",
        short_answer="Use the key for it at the logo.",
        full_answer="Do this:\n\n1. Switch off.\n2. Press **F2** at the logo until the BIOS opens.",
    )
    forum = a_forum_article(question="Which key opens the BIOS?", short_answer="Press F12 at the logo for the BIOS.")

    [contradiction] = found(official, forum)
    assert contradiction.winner_says == "Press F2 at the logo until the BIOS opens."
    assert contradiction.loser_says == "Press F12 at the logo for the BIOS."


def test_an_official_article_wins_over_a_later_one_of_the_community():
    [contradiction] = found(a_forum_article(), an_article())

    assert (contradiction.winner_id, contradiction.loser_id, contradiction.language) == ("official", "forum", "en")


@pytest.mark.parametrize("source", Source)
def test_of_two_from_the_same_source_the_one_verified_later_wins(source):
    older, newer = an_article("a", source=source), a_forum_article("b", source=source)

    assert found(older, newer)[0].winner_id == "b"
    assert found(replace(older, last_verified=date(2026, 10, 2)), newer)[0].winner_id == "a"


def test_the_same_pair_is_found_once_whatever_the_order():
    articles = (an_article(ask=("warranty how long", "guarantee?")), a_forum_article(ask=("years of warranty",)))

    assert found(*articles) == found(*reversed(articles))
    assert len(found(*articles)) == 1


NO_PAIR = [
    {"language": "de"},
    {"products": ("Slate 11",)},
    {"quarantined": "wrong"},
    {"short_answer": "", "full_answer": ""},
]


@pytest.mark.parametrize("values", NO_PAIR)
def test_articles_that_cannot_be_compared_contradict_nothing(values):
    assert found(an_article(products=("Book 13",)), a_forum_article(**values)) == []


@pytest.mark.parametrize("products", [(), ("Slate 11", "Book 13")])
def test_articles_about_a_common_product_or_any_are_compared(products):
    assert len(found(an_article(products=("Book 13",)), a_forum_article(products=products))) == 1


@pytest.mark.parametrize(("vector", "pairs"), [(NEAR, 1), (FAR, 0)])
def test_only_articles_whose_questions_are_near_each_other_are_compared(vector, pairs):
    forum = a_forum_article()

    assert len(found(an_article(), forum, vectors={forum.question: vector})) == pairs


def test_a_way_to_ask_that_is_the_others_question_makes_them_comparable():
    official, forum = an_article(ask=("warranty period?",)), a_forum_article()

    assert len(found(official, forum, vectors={official.question: FAR, "warranty period?": SAME})) == 1


def test_its_fingerprint_changes_with_what_one_of_them_says_and_not_with_its_votes():
    official, forum = an_article(), a_forum_article()
    [before] = found(official, forum)

    assert found(official, replace(forum, votes=99))[0].fingerprint == before.fingerprint
    assert found(official, replace(forum, full_answer="I read so."))[0].fingerprint != before.fingerprint


def test_there_is_nothing_to_find_in_nothing():
    assert found() == []


def test_the_sample_knowledge_base_contradicts_itself_nowhere():
    articles = [replace(article, ask=()) for article in read_library(ROOT / "knowledge" / "articles").articles]
    questions = [article.question for article in articles]
    vectors = SentenceEncoder(EncoderSettings()).encode(questions)

    assert find_contradictions(articles, dict(zip(questions, vectors, strict=True))) == []


ARTICLES = st.builds(
    an_article,
    source=st.sampled_from(Source),
    votes=st.integers(-50, 10_000),
    accepted=st.booleans(),
    reputation=st.integers(0, 10_000_000),
    reviewed=st.booleans(),
    last_verified=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
)


@given(ARTICLES)
def test_quality_is_a_share(article):
    assert 0 <= quality(article, TODAY) <= 1


@given(ARTICLES, st.integers(1, 500), st.integers(1, 500_000))
def test_more_votes_and_a_better_reputation_never_lower_quality(article, votes, reputation):
    assert quality(replace(article, votes=article.votes + votes), TODAY) >= quality(article, TODAY)
    assert quality(replace(article, reputation=article.reputation + reputation), TODAY) >= quality(article, TODAY)


@given(ARTICLES)
def test_being_accepted_and_being_reviewed_raise_quality(article):
    plain = replace(article, accepted=False, reviewed=False)

    assert quality(replace(plain, accepted=True), TODAY) > quality(plain, TODAY)
    assert quality(replace(plain, reviewed=True), TODAY) > quality(plain, TODAY)


@given(ARTICLES, st.integers(1, 2000))
def test_having_been_verified_later_never_lowers_quality(article, days):
    later = replace(article, last_verified=article.last_verified + timedelta(days=days))

    assert quality(later, TODAY) >= quality(article, TODAY)


@given(ARTICLES)
def test_official_articles_come_before_agents_and_agents_before_the_community(article):
    official, agent, community = (
        quality(replace(article, source=source), TODAY) for source in (Source.OFFICIAL, Source.AGENT, Source.COMMUNITY)
    )

    assert official > agent > community


def test_the_best_article_has_all_the_quality_there_is():
    best = an_article(votes=100, accepted=True, reputation=100_000, last_verified=TODAY)

    assert quality(best, TODAY) == pytest.approx(sum(WEIGHTS.values())) == pytest.approx(1)
