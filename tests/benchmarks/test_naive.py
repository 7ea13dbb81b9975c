import numpy as np

from benchmarks.naive import LEXICAL, MEAN, QUESTION, RANKS, SUM, best_first, naive_arms
from bot.evaluating.files import Entry, Question
from bot.nlu.hashing import HashingEncoder

CORPUS = [
    Entry(id="a", question="How do I reset my password?", answer="Open the settings."),
    Entry(id="b", question="Where is my parcel?", answer="Follow the link in the mail."),
]


def arms(*texts):
    asked = [Question(id=str(n), text=text, relevant=frozenset()) for n, text in enumerate(texts)]
    return naive_arms(HashingEncoder(), CORPUS, asked, "en")


def test_equal_scores_stay_in_the_order_of_the_corpus():
    assert best_first(np.array([[1.0, 2.0, 2.0, 1.0]])).tolist() == [[1, 2, 0, 3]]


def test_every_naive_way_finds_what_shares_its_words():
    for name, scores in arms("reset password", "parcel").items():
        assert best_first(scores)[:, 0].tolist() == [0, 1], name


def test_words_that_no_entry_has_score_nothing():
    assert arms("qwertz")[LEXICAL].tolist() == [[0.0, 0.0]]


def test_a_query_without_a_known_word_leaves_the_sum_to_the_other_arm():
    found = arms("qwertz")
    assert np.isfinite(found[SUM]).all()
    assert best_first(found[SUM]).tolist() == best_first(found[MEAN]).tolist()


def test_ranks_count_by_one_over_sixty_and_the_place():
    assert arms("reset password")[RANKS].tolist() == [[2 / 61, 2 / 62]]


def test_an_exact_question_has_cosine_one():
    assert np.isclose(arms("Where is my parcel?")[QUESTION][0, 1], 1)
