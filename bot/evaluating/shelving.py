"""Makes a searchable shelf of a corpus, and understands questions on it, with nothing but the encoder."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.cleaning import clean
from bot.vocabulary import Part, Understanding
from knowledge.article import Article, Source
from knowledge.fitting import Judged
from knowledge.passages import split
from knowledge.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.evaluating.files import Entry, Question
    from bot.ports import Encoder
    from bot.vocabulary import Vector, Vectors

    Progress = Callable[[str, int, int], None]

CHUNK = 256
"""Texts encoded between two tellings of the progress."""

SAMPLE = 200
"""Texts that the language is told from."""


def shelve(corpus: Sequence[Entry], encoder: Encoder, language: str, progress: Progress) -> Shelf:
    """Make an article of each entry, or of each label, and put them on a shelf."""
    groups: dict[str, list[Entry]] = {}
    for entry in corpus:
        groups.setdefault(entry.label or entry.id, []).append(entry)
    articles = [_article(name, own, language) for name, own in groups.items()]
    texts = list(dict.fromkeys(passage.text for passage in split(articles)))
    vectors = encode(texts, encoder, progress, "Encoding passages")
    return Shelf.of(articles, dict(zip(texts, vectors, strict=True)))


def judge(questions: Sequence[Question], encoder: Encoder, language: str, progress: Progress) -> list[Judged]:
    """Read each question, by itself, and what is right for it."""
    texts = [clean(question.text) for question in questions]
    vectors = encode(texts, encoder, progress, "Encoding questions")
    return [
        Judged(understanding=bare(text, vector, language), right=question.right)
        for text, vector, question in zip(texts, vectors, questions, strict=True)
    ]


def asked_of(shelf: Shelf) -> dict[tuple[str, str], Understanding]:
    """Give the understanding of each way to ask on *shelf* by (language, text)."""
    return {
        (shelf.language, passage.text): bare(passage.text, vector, shelf.language)
        for passage, vector in zip(shelf.passages, shelf.vectors, strict=True)
        if passage.part is Part.ASK
    }


def bare(text: str, vector: Vector, language: str) -> Understanding:
    """Give an understanding of nothing but the text's place and language."""
    return Understanding(text=text, vector=vector, intents=(), mood=0.0, danger=0.0, language=language)


def encode(texts: Sequence[str], encoder: Encoder, progress: Progress, stage: str) -> Vectors:
    """Encode *texts* and tell the progress: shape (texts, dimension)."""
    made = [np.zeros((0, encoder.dimension), dtype=np.float32)]
    for start in range(0, len(texts), CHUNK):
        made.append(encoder.encode(texts[start : start + CHUNK]))
        progress(stage, min(start + CHUNK, len(texts)), len(texts))
    return np.concatenate(made)


def spoken(corpus: Sequence[Entry], detect: Callable[[str], str | None], otherwise: str = "en") -> str:
    """Give the language that most of the corpus's first texts are in; *otherwise* where none can be told."""
    told = Counter(filter(None, (detect(entry.said) for entry in islice(corpus, SAMPLE))))
    return told.most_common(1)[0][0] if told else otherwise


def _article(name: str, entries: Sequence[Entry], language: str) -> Article:
    asked = [entry.question for entry in entries if entry.question.strip()]
    return Article(
        id=name,
        language=language,
        topic="",
        question=asked[0] if asked else "",
        ask=tuple(asked[1:]),
        short_answer="",
        full_answer="\n\n".join(f"{entry.answer} {entry.text}".strip() for entry in entries).strip(),
        products=(),
        source=Source.OFFICIAL,
        author="",
        votes=0,
        reviewed=True,
        last_verified=date.min,
        valid_until=date.max,
    )
