from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.importers.spool import Spool

numbers = st.integers(min_value=-(2**62), max_value=2**62)


@given(st.lists(st.tuples(numbers, st.text(st.characters(exclude_categories=("Cs",)))), unique_by=lambda pair: pair[0]))
def test_what_was_put_comes_back_whatever_the_order_of_the_keys(pairs):
    with Spool() as spool:
        for key, text in pairs:
            place = spool.put(key, [text, key])
            assert spool.place(key) == place
            assert spool.at(place) == [text, key]

        keys = sorted(key for key, _ in pairs)
        assert [spool.place(key) for key in keys] == list(range(len(spool)))
        assert [spool.at(place)[1] for place in range(len(spool))] == keys


def test_a_key_that_was_not_put_has_no_place():
    with Spool() as spool:
        spool.put(5, ["five"])

        assert (spool.place(4), spool.place(6)) == (None, None)
