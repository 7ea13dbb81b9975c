from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.vocabulary import Part
from knowledge.segment import FEATURES
from knowledge.shelf import MERGED_AT, Shelf
from tests.knowledge.shelves import ENCODER, a_plain_article, an_article, nominees, shelves, vectors_of

ASKS = [
    (language, passage.article_id, passage.text)
    for language, shelf in shelves().items()
    for passage in shelf.passages
    if passage.part is Part.ASK
]


@pytest.mark.parametrize(("language", "article", "ask"), ASKS)
def test_an_article_is_nominated_first_by_its_own_ways_to_ask(language, article, ask):
    shelf, found = shelves()[language], nominees(ask, language)
    first = int(np.argmax(found.features[:, FEATURES.index("dense")]))

    assert shelf.articles[found.articles[first]].id == article
    assert shelf.passages[found.passages[first]].text == ask


def test_every_nominee_is_measured_once():
    found = nominees("battery of the dock")

    assert len(set(found.articles.tolist())) == len(found.articles)
    assert found.features.shape == (len(found.articles), len(FEATURES))
    assert np.isfinite(found.features).all()


def test_the_nearest_passage_belongs_to_its_article():
    shelf, found = shelves()["en"], nominees("battery of the dock")

    assert [shelf.owner[passage] for passage in found.passages] == found.articles.tolist()


def test_texts_are_nominated_for_in_their_order():
    texts = ["battery", "dock"]
    both = shelves()["en"].nominate(ENCODER.encode(texts), texts)

    for together, alone in zip(both, map(nominees, texts), strict=True):
        assert together.articles.tolist() == alone.articles.tolist()
        assert np.allclose(together.features, alone.features, atol=1e-6)


def test_no_texts_need_no_nominees():
    assert shelves()["en"].nominate(ENCODER.encode([]), []) == []


@pytest.mark.parametrize("text", ["", "ω", "😀😀", "\u200b", "how do I do this", "dock " * 20_000])
def test_a_text_that_says_little_breaks_nothing(text):
    found = nominees(text)

    assert found.words in {0, 1}
    assert np.isfinite(found.features).all()


@pytest.mark.parametrize(("text", "unknown"), [("battery dock", 0.0), ("quasar nebula", 1.0), ("", 1.0)])
def test_it_says_how_much_of_a_query_no_article_has(text, unknown):
    assert nominees(text).unknown == pytest.approx(unknown)


def test_nominees_can_do_without_one_article():
    found = nominees("battery of the dock")
    gone = int(found.articles[0])
    left = found.without(gone)

    assert left.articles.tolist() == found.articles.tolist()[1:]
    assert len(left.features) == len(left.passages) == len(left.articles)
    assert left.without(gone).articles.tolist() == left.articles.tolist()


def test_a_shelf_can_do_without_some_passages():
    shelf = shelves()["en"]
    hidden = frozenset(n for n, passage in enumerate(shelf.passages) if passage.part is not Part.QUESTION)
    smaller = shelf.without_passages(hidden)

    assert smaller.articles == shelf.articles
    assert [passage.text for passage in smaller.passages] == [article.question for article in shelf.articles]


THINGS = "kettle lamp drill camera printer radio heater fan".split()
TROUBLES = "hums leaks stinks sparks wobbles".split()

STOCK = [
    a_plain_article(f"{thing}-{trouble}", f"Why is it that my {thing} {trouble}?", f"Look under the {thing} for dust.")
    for thing in THINGS
    for trouble in TROUBLES
]
NEW = a_plain_article("router-blinks", "Why is it that my router blinks?", "Look under the router for dust.")
CHANGED = replace(STOCK[0], question="Why is it that my kettle screams?")


@pytest.fixture(scope="module")
def stock():
    """A shelf large enough that single changes go to a segment of their own."""
    return shelf_of(STOCK)


def shelf_of(articles):
    return Shelf.of(articles, vectors_of(articles))


def changed(shelf, *put, gone=()):
    return shelf.changed(put, gone, vectors_of(put))


def measured(shelf, text):
    """The features of each nominated article by its id."""
    (found,) = shelf.nominate(ENCODER.encode([text]), [text])
    ids = [shelf.articles[number].id for number in found.articles]
    assert len(set(ids)) == len(ids)
    return dict(zip(ids, found.features, strict=True))


def first(shelf, text):
    found = measured(shelf, text)
    return max(found, key=lambda name: found[name][FEATURES.index("question")])


def test_a_shelf_of_which_much_has_changed_is_as_if_indexed_anew():
    put, rest = (CHANGED, NEW), STOCK[2:10]
    after = changed(shelf_of(STOCK[:10]), *put, gone=[STOCK[1].id])
    anew = shelf_of([*rest, *put])

    assert after.articles == anew.articles
    assert after.passages == anew.passages
    assert np.array_equal(after.vectors, anew.vectors)
    assert all(np.array_equal(row, measured(anew, "kettle")[name]) for name, row in measured(after, "kettle").items())


def test_what_is_added_to_a_shelf_is_found_at_once(stock):
    after = changed(stock, NEW)

    assert first(after, NEW.question) == NEW.id
    assert NEW.id not in measured(stock, NEW.question)


def test_a_replaced_article_is_found_by_its_new_question_alone(stock):
    after = changed(stock, CHANGED)

    assert first(after, CHANGED.question) == CHANGED.id
    assert CHANGED.question in [passage.text for passage in nearest(after, CHANGED.question)]
    assert STOCK[0].question not in [passage.text for passage in nearest(after, STOCK[0].question)]


def nearest(shelf, text):
    (found,) = shelf.nominate(ENCODER.encode([text]), [text])
    return [shelf.passages[number] for number in found.passages]


def test_what_is_gone_is_never_nominated(stock):
    after = changed(stock, gone=[STOCK[0].id])

    assert all(STOCK[0].id not in measured(after, article.question) for article in STOCK)


def test_what_was_added_can_go_again(stock):
    after = changed(changed(stock, NEW), gone=[NEW.id])

    assert after.articles == stock.articles
    assert NEW.id not in measured(after, NEW.question)


def test_what_was_added_can_be_replaced(stock):
    louder = replace(NEW, question="Why is it that my router screams?")
    after = changed(changed(stock, NEW), louder)

    assert [article for article in after.articles if article.id == NEW.id] == [louder]
    assert first(after, louder.question) == NEW.id


def test_a_second_change_keeps_the_first(stock):
    after = changed(changed(stock, NEW, gone=[STOCK[0].id]), CHANGED_LAMP)

    assert first(after, NEW.question) == NEW.id
    assert first(after, CHANGED_LAMP.question) == CHANGED_LAMP.id
    assert all(STOCK[0].id not in measured(after, article.question) for article in STOCK)


CHANGED_LAMP = replace(STOCK[5], question="Why is it that my lamp screams?")


def test_an_id_that_no_article_has_changes_nothing(stock):
    after = changed(stock, gone=["no-such-article"])

    assert after.articles == stock.articles


def test_a_shelf_from_which_everything_goes_is_none(stock):
    assert changed(stock, gone=[article.id for article in STOCK]) is None


def test_the_old_shelf_answers_as_before(stock):
    before = measured(stock, "kettle hums")
    changed(stock, NEW, CHANGED, gone=[STOCK[1].id])

    assert measured(stock, "kettle hums").keys() == before.keys()


def test_a_shelf_measures_what_stands_beside_it_nearly_as_if_indexed_anew(stock):
    # Their words, though not together, are known from other articles: what no article had before has no weight yet.
    late, gone = (STOCK[0], STOCK[11]), STOCK[22]
    after = changed(shelf_of([article for article in STOCK if article not in late]), *late, gone=[gone.id])
    anew = shelf_of([article for article in STOCK if article not in (*late, gone)] + list(late))

    for article in (*late, *STOCK[2:40:7]):
        beside, whole = measured(after, article.question), measured(anew, article.question)
        both = beside.keys() & whole.keys()
        assert first(after, article.question) == first(anew, article.question) == article.id
        assert len(both) >= 0.8 * max(len(beside), len(whole))
        assert np.abs([beside[name] - whole[name] for name in both]).max() < 0.05


def test_the_numbers_of_nominees_point_at_the_right_articles_and_passages_of_both_segments(stock):
    after = changed(stock, NEW, CHANGED)
    dense = FEATURES.index("dense")

    for text in (NEW.question, CHANGED.question, STOCK[9].question, "dust under the router"):
        (vector,) = ENCODER.encode([text])
        (found,) = after.nominate(vector[None], [text])
        owners = [after.articles[number].id for number in found.articles]
        assert [after.passages[number].article_id for number in found.passages] == owners
        assert after.owner[found.passages].tolist() == found.articles.tolist()
        assert after.vectors[found.passages] @ vector == pytest.approx(found.features[:, dense], abs=1e-5)


def test_a_shelf_is_indexed_anew_when_the_eighth_part_of_it_has_changed(stock):
    eighth = len(STOCK) // MERGED_AT
    shelf, sizes = stock, []
    for number in range(eighth + 1):
        shelf = changed(shelf, a_plain_article(f"new-{number}", f"Why is it that my robot says {number}?"))
        sizes.append(len(shelf._segments))

    assert sizes == [2] * eighth + [1]
    assert len(shelf.articles) == len(STOCK) + eighth + 1


def test_a_shelf_is_indexed_anew_when_the_eighth_part_of_it_is_gone(stock):
    eighth = len(STOCK) // MERGED_AT
    nearly = changed(stock, gone=[article.id for article in STOCK[:eighth]])
    merged = changed(nearly, gone=[STOCK[eighth].id])

    assert len(nearly.articles) == len(STOCK)
    assert merged.articles == tuple(STOCK[eighth + 1 :])


def test_merging_loses_no_vector(stock):
    put = [a_plain_article(f"new-{number}", f"Why is it that my robot says {number}?") for number in range(7)]
    after = changed(changed(stock, *put[:3]), *put[3:])

    assert np.array_equal(after.vectors, ENCODER.encode([passage.text for passage in after.passages]))


STEPS = st.lists(
    st.tuples(st.sampled_from([article.id for article in STOCK[:12]]), st.sampled_from(["put", "gone"])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_whatever_is_put_and_taken_in_whatever_order_exactly_the_last_state_is_found(steps):
    shelf, wanted = shelf_of(STOCK[6:]), {article.id: article for article in STOCK[6:]}
    for number, (article_id, step) in enumerate(steps):
        put = [a_plain_article(article_id, f"Why is it that my {article_id} says {number}?")] * (step == "put")
        shelf = changed(shelf, *put, gone=[article_id] * (step == "gone"))
        wanted.pop(article_id, None)
        wanted |= {article.id: article for article in put}

    assert {name for article in wanted.values() for name in measured(shelf, article.question)} == set(wanted)
    assert all(first(shelf, article.question) == name for name, article in wanted.items())


def test_what_is_added_to_a_taught_shelf_is_taught_at_once():
    library = [an_article(f"{thing}-{n}", ask=(f"{thing} {n}", f"my {thing}")) for thing in THINGS for n in range(2)]
    after = changed(shelf_of(library), an_article("new", ask=("router", "my router")))
    belonging = FEATURES.index("belonging")

    assert measured(after, "router")["new"][belonging] > 0.5
    assert measured(after, "kettle 1")["kettle-1"][belonging] > 0.3
