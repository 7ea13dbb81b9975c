from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.actions.references import ALPHABET, find_references, is_reference, reference_for

IDS = st.integers(min_value=0, max_value=10**12)


@given(IDS)
def test_a_reference_is_one(mention_id):
    assert is_reference(reference_for(mention_id))


@given(IDS, IDS)
def test_no_two_posts_have_the_same_reference(one, other):
    assume(one != other)
    assert reference_for(one) != reference_for(other)


@given(st.lists(st.integers(min_value=0, max_value=29**6 + 10), min_size=2, max_size=50, unique=True))
def test_references_of_the_usual_and_the_next_length_are_all_different(ids):
    assert len({reference_for(mention_id) for mention_id in ids}) == len(ids)


def test_a_reference_is_grouped_to_be_said():
    groups = reference_for(1234).split("-")

    assert [len(group) for group in groups] == [3, 3, 1]


def test_a_reference_holds_nothing_that_is_mistaken_for_something_else():
    assert set("0O1ILU5S") & set(ALPHABET) == {"5"}


def test_cases_in_a_row_look_nothing_alike():
    first, second = reference_for(100), reference_for(101)

    assert sum(one == other for one, other in zip(first, second, strict=True) if one != "-") <= 2


@given(IDS, st.data())
def test_a_wrong_character_is_noticed(mention_id, data):
    reference = reference_for(mention_id)
    place = data.draw(st.sampled_from([n for n, one in enumerate(reference) if one != "-"]))
    other = data.draw(st.sampled_from([one for one in ALPHABET if one != reference[place]]))

    assert not is_reference(reference[:place] + other + reference[place + 1 :])


@given(IDS, st.data())
def test_two_neighbours_swapped_are_noticed(mention_id, data):
    bare = reference_for(mention_id).replace("-", "")
    place = data.draw(st.integers(0, len(bare) - 2))
    assume(bare[place] != bare[place + 1])

    assert not is_reference(bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :])


@given(IDS)
def test_a_reference_is_found_however_it_is_typed(mention_id):
    reference = reference_for(mention_id)
    typed = f"hi, {reference.lower()}, or {reference.replace('-', ' ')}? thanks"

    assert reference in find_references(typed)
    assert find_references(f"about {reference}.") == (reference,)


def test_a_word_that_happens_to_be_made_like_a_reference_is_none():
    letters = next(one for one in map(reference_for, range(100_000)) if not any(map(str.isdigit, one)))

    assert find_references(f"my {letters.replace('-', '')} is broken") == ()


def test_nothing_is_found_in_ordinary_text():
    assert find_references("order TN-482913 of 12-11-2026, serial TW66D0KPA2, thanks a lot") == ()
