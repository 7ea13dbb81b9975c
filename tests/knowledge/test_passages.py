from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.vocabulary import Part
from knowledge.passages import LONGEST, split
from tests.knowledge.shelves import LIBRARY, an_article


def test_an_article_gives_its_question_each_ask_its_short_and_its_full_answer():
    parts = [(passage.part, passage.text) for passage in split([an_article()])]

    assert parts == [
        (Part.QUESTION, "How do I reset my password?"),
        (Part.ASK, "forgot my password"),
        (Part.ASK, "password reset link expired"),
        (Part.ASK, "cannot log in to my account"),
        (Part.SHORT, "How do I reset my password? Choose Forgotten password on the log-in page."),
        (Part.FULL, "How do I reset my password? Open the page. Choose Forgotten password."),
    ]


def full_texts(answer):
    """The passages of an answer without a question before it."""
    return [p.text for p in split([an_article(question="", full_answer=answer)]) if p.part is Part.FULL]


def test_passages_name_their_article_and_stay_side_by_side():
    owners = [(passage.article_id, passage.language) for passage in split(LIBRARY)]

    assert list(dict.fromkeys(owners)) == [(article.id, article.language) for article in LIBRARY]
    assert owners == sorted(owners, key=[(a.id, a.language) for a in LIBRARY].index)


def test_a_long_answer_is_cut_between_its_paragraphs():
    answer = "\n\n".join(f"Paragraph {number}. {'word ' * 40}" for number in range(10))
    full = [p.text for p in split([an_article(full_answer=answer)]) if p.part is Part.FULL]
    question = len("How do I reset my password? ")

    assert len(full) > 1
    assert all(len(text) - question <= LONGEST for text in full)
    assert [n for n in range(10) if sum(f"Paragraph {n}." in text for text in full) != 1] == []


LENGTHS = st.integers(1, 40).flatmap(lambda longest: st.lists(st.integers(1, longest), min_size=1, max_size=400))


@settings(max_examples=60, deadline=None)
@given(LENGTHS)
def test_no_passage_of_an_answer_is_longer_than_allowed_and_no_word_is_lost(lengths):
    answer = " ".join("w" * length for length in lengths)
    full = full_texts(answer)

    assert max(map(len, full)) <= LONGEST
    assert " ".join(full) == answer


@pytest.mark.parametrize("answer", ["word " * 20_000, "w" * 100_000, "word\n" * 20_000, "two words\n\n" * 10_000])
def test_an_answer_of_100_kb_gives_passages_of_the_usual_length(answer):
    assert max(map(len, full_texts(answer))) <= LONGEST


def test_a_paragraph_that_is_a_little_too_long_leaves_no_short_rest():
    short, long = sorted(len(text) for text in full_texts("word " * 145))

    assert short > long / 2


@pytest.mark.parametrize("mark", ["# Title", "- item", "1. item", "> quote", "`code`", "**bold**"])
def test_marks_of_markdown_are_left_out(mark):
    full = split([an_article(full_answer=mark)])[-1].text

    assert full == f"How do I reset my password? {mark.strip('#*`>-1. ')}"


def test_an_article_without_a_full_answer_has_no_passage_of_it():
    assert Part.FULL not in {passage.part for passage in split([an_article(full_answer="")])}


def test_an_article_that_is_nothing_but_an_answer_is_found_by_it():
    bare = an_article(question="", ask=(), short_answer="", full_answer="Open the page.")

    assert [(passage.part, passage.text) for passage in split([bare])] == [(Part.FULL, "Open the page.")]
