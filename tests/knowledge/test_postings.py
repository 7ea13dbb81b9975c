from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from knowledge.postings import Postings

TERMS, ROWS = 5, 4

WEIGHTS = arrays(np.float32, (TERMS, ROWS), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0]))
QUERIES = st.dictionaries(st.integers(0, TERMS - 1), st.sampled_from([0.5, 1.0, 2.0]))


def postings_of(weights):
    terms, rows = np.nonzero(weights)
    return Postings(terms, rows, weights[terms, rows])


@given(WEIGHTS, QUERIES)
def test_a_row_gets_what_multiplying_the_whole_table_gives(weights, query):
    wanted = sum((weight * weights[term] for term, weight in query.items()), np.zeros(ROWS))
    known = [(term, weight) for term, weight in query.items() if weights[term:].any()]

    assert postings_of(weights).add_up(known, ROWS) == pytest.approx(wanted)


def test_the_order_in_which_terms_were_given_makes_no_difference():
    terms, rows, weights = np.array([2, 0, 2, 1]), np.array([3, 1, 0, 2]), np.array([0.1, 0.2, 0.3, 0.4])
    shuffled = np.array([3, 1, 0, 2])
    one, other = Postings(terms, rows, weights), Postings(terms[shuffled], rows[shuffled], weights[shuffled])
    query = [(0, 1.0), (2, 2.0)]

    assert one.add_up(query, ROWS).tolist() == other.add_up(query, ROWS).tolist()


def test_a_query_without_terms_gives_every_row_nothing():
    assert postings_of(np.ones((TERMS, ROWS), np.float32)).add_up([], ROWS).tolist() == [0, 0, 0, 0]


def test_an_index_of_nothing_gives_every_row_nothing():
    assert postings_of(np.zeros((TERMS, ROWS), np.float32)).add_up([], ROWS).tolist() == [0, 0, 0, 0]
