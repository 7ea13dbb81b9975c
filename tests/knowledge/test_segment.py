"""What a segment measures of an article, feature by feature, and which articles it nominates."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.vocabulary import Part
from knowledge import segment as segment_module
from knowledge.article import Source
from knowledge.lexical import words
from knowledge.passages import split
from knowledge.segment import FEATURES, Query, Segment
from knowledge.trust import quality
from tests.knowledge.shelves import ENCODER, LIBRARY, a_plain_article, an_article

ENGLISH = [article for article in LIBRARY if article.language == "en"]
PLAIN = [
    a_plain_article("hum", "Why does my kettle hum?", "The plate warms up."),
    a_plain_article("leak", "Why does my kettle leak?", "The seal is worn."),
    a_plain_article("noise", "Why does my fan hum?", "The bearing is dry."),
    a_plain_article("told", "", "Descale the kettle with vinegar every month."),
]


def segment_of(articles, weighing=None):
    passages = split(articles)
    return Segment(articles, passages, ENCODER.encode([passage.text for passage in passages]), weighing=weighing)


def measure(segment, text, reach=8):
    """The features of each nominated article by its id."""
    query = query_of(segment, text)
    (found,) = segment.nominate([query], reach)
    rows = [dict(zip(FEATURES, row, strict=True)) for row in found.features.tolist()]
    return {segment.articles[number].id: row for number, row in zip(found.articles, rows, strict=True)}


def query_of(segment, text):
    rarities = {word: segment.rarity[word] for word in words(text, "en")}
    return Query(ENCODER.encode([text])[0], text, rarities)


def cosines(article, text, *parts):
    """The cosines of *text* to the passages of *article* that are one of *parts*, or to all."""
    own = [passage.text for passage in split([article]) if passage.part in (parts or tuple(Part))]
    return np.sort(ENCODER.encode(own) @ ENCODER.encode([text])[0])[::-1]


@pytest.fixture(scope="module")
def taught():
    """Articles with several ways to ask."""
    return segment_of(ENGLISH)


@pytest.fixture(scope="module")
def plain():
    """Articles with one question at most."""
    return segment_of(PLAIN)


ASKED = "the battery of my laptop dies"


def test_dense_is_the_cosine_of_the_nearest_passage(taught):
    for article in ENGLISH:
        assert measure(taught, ASKED)[article.id]["dense"] == pytest.approx(cosines(article, ASKED)[0], abs=1e-5)


def test_question_is_the_cosine_of_the_nearest_question_or_way_to_ask(taught):
    for article in ENGLISH:
        nearest = cosines(article, ASKED, Part.QUESTION, Part.ASK)[0]
        assert measure(taught, ASKED)[article.id]["question"] == pytest.approx(nearest, abs=1e-5)


def test_top_is_the_mean_of_the_three_nearest_ways_to_ask(taught):
    for article in ENGLISH:
        three = cosines(article, ASKED, Part.QUESTION, Part.ASK)[:3]
        assert measure(taught, ASKED)[article.id]["top"] == pytest.approx(three.mean(), abs=1e-5)


def test_gist_is_the_cosine_to_the_mean_question_and_the_mean_answer_added_up(taught):
    for article in ENGLISH:
        asked, told = (
            ENCODER.encode([p.text for p in split([article]) if (p.part in (Part.QUESTION, Part.ASK)) is is_asked])
            for is_asked in (True, False)
        )
        gist = asked.mean(axis=0) + told.mean(axis=0)
        wanted = gist @ ENCODER.encode([ASKED])[0] / np.linalg.norm(gist)
        assert measure(taught, ASKED)[article.id]["gist"] == pytest.approx(wanted, abs=1e-5)


def test_lexical_is_the_share_of_what_the_words_could_give_at_most(plain):
    found = measure(plain, "kettle hum plate")

    assert 1 > found["hum"]["lexical"] > found["leak"]["lexical"] > 0


def test_wording_counts_the_best_way_to_ask_alone(plain):
    found = measure(plain, "plate")

    assert found["hum"]["lexical"] > 0
    assert found["hum"]["wording"] == 0


def test_letters_find_what_words_miss(plain):
    found = measure(plain, "ketle humming")

    assert found["hum"]["letters"] > found["leak"]["letters"] > 0


def test_coverage_is_whole_where_an_article_has_every_word(plain):
    assert measure(plain, "kettle hum plate")["hum"]["coverage"] == pytest.approx(1.0)


def test_a_rare_word_covers_more_than_a_common_one(plain):
    found = measure(plain, "kettle bearing")

    assert found["noise"]["coverage"] > 0.5 > found["leak"]["coverage"] > 0


def test_quality_is_how_far_an_article_is_to_be_trusted():
    doubtful = a_plain_article("doubtful", "Why does my kettle hum?", source=Source.COMMUNITY, reviewed=False)
    trusted = a_plain_article("trusted", "Why does my kettle hum?")
    found = measure(segment_of([doubtful, trusted]), "kettle hum")
    today = datetime.now(UTC).date()

    assert found["trusted"]["quality"] == pytest.approx(quality(trusted, today), abs=0.001)
    assert found["trusted"]["quality"] > found["doubtful"]["quality"]


def test_belonging_says_which_article_was_taught_the_way_to_ask(taught):
    found = measure(taught, "laptop battery dies quickly")

    assert found["battery-drains"]["belonging"] > 0.6
    assert max(row["belonging"] for name, row in found.items() if name != "battery-drains") < 0.4


def test_articles_with_one_question_each_teach_nothing(plain):
    assert {row["belonging"] for row in measure(plain, "kettle hum").values()} == {0.0}


def test_more_ways_to_ask_than_can_be_learnt_in_time_teach_nothing(monkeypatch):
    monkeypatch.setattr(segment_module, "LARGEST", 15)

    assert {row["belonging"] for row in measure(segment_of(ENGLISH), ASKED).values()} == {0.0}


def test_one_article_without_a_way_to_ask_is_measured_beside_those_that_have_some():
    told = a_plain_article("told", "", "Descale the kettle with vinegar every month.")
    found = measure(segment_of([*ENGLISH, told]), "descale the kettle")

    assert max(found, key=lambda name: found[name]["dense"]) == "told"


def test_of_an_article_that_is_nothing_but_an_answer_the_gist_stands_for_its_question(plain):
    told = measure(plain, "vinegar for the kettle")["told"]

    assert told["question"] == told["top"] == told["gist"] == pytest.approx(told["dense"], abs=1e-5)
    assert told["wording"] > 0
    assert told["letters"] > 0


def test_of_an_article_that_is_nothing_but_a_question_the_gist_is_that_question():
    asked = measure(segment_of([a_plain_article("hum", "Why does my kettle hum?")]), "my kettle hums")["hum"]

    assert asked["gist"] == pytest.approx(asked["question"], abs=1e-5)


def test_an_article_without_a_single_passage_is_never_nominated():
    empty = a_plain_article("empty", "", "***")
    segment = segment_of([*PLAIN, empty])

    for text in ("kettle hum", "***", "", "quasar"):
        assert "empty" not in measure(segment, text)


@pytest.mark.parametrize(
    ("text", "article"),
    [("laptop battery dies quickly", "battery-drains"), ("Lower the brightness", "battery-drains")],
)
def test_the_nearest_passage_is_that_with_the_largest_cosine(taught, text, article):
    (found,) = taught.nominate([query_of(taught, text)], 8)
    near = {taught.articles[n].id: taught.passages[p] for n, p in zip(found.articles, found.passages, strict=True)}
    wanted = max(split([next(a for a in ENGLISH if a.id == article)]), key=lambda p: similarity(p.text, text))

    assert near[article] == wanted


def similarity(one, other):
    return float(np.dot(*ENCODER.encode([one, other])))


@pytest.mark.parametrize("reach", [1, 2])
def test_each_of_the_five_arms_nominates_no_more_than_it_may(taught, reach):
    (found,) = taught.nominate([query_of(taught, ASKED)], reach)

    assert 1 <= len(found.articles) <= 5 * reach


def test_words_alone_nominate_what_the_vector_does_not():
    # Four fillers near the query's vector, and one article that only shares its rare word.
    fillers = [a_plain_article(f"kettle-{n}", f"Why does my kettle do number {n}?") for n in range(4)]
    rare = a_plain_article("rare", "Zylindertrommel quietscht beim Drehen im Waschgang immer wieder")
    found = measure(segment_of([*fillers, rare]), "why does my kettle do zylindertrommel", reach=1)

    assert "rare" in found


SAID = st.lists(st.sampled_from("battery dock wifi password picture quasar my 13".split())).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30) | SAID)
def test_every_feature_of_every_nominee_is_of_the_size_of_a_cosine(taught, text):
    for row in measure(taught, text).values():
        assert all(np.isfinite(value) and -1 <= value <= 1.5 for value in row.values())


def test_a_segment_beside_another_takes_over_how_much_words_tell():
    beside = segment_of([a_plain_article("new", "Why does my kettle whistle?")], segment_of(PLAIN))
    together = segment_of([*PLAIN, a_plain_article("new", "Why does my kettle whistle?")])

    assert [beside.rarity[word] for word in ("kettl", "whistl", "quasar")] == [
        together.rarity[word] for word in ("kettl", "whistl", "quasar")
    ]


def test_the_vectors_are_those_of_the_passages_in_their_order(taught):
    assert np.array_equal(taught.vectors, ENCODER.encode([passage.text for passage in taught.passages]))


def test_an_article_verified_long_ago_is_of_less_quality_than_one_verified_now():
    old = an_article("old", last_verified=date(2001, 1, 1))
    found = measure(segment_of([an_article("new"), old]), "password")

    assert found["new"]["quality"] > found["old"]["quality"]
