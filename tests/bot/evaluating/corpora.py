"""Small invented corpora, with questions whose right entries are known."""

from __future__ import annotations

import json

from bot.evaluating.files import Entry, Question
from bot.evaluating.shelving import judge, shelve
from bot.nlu.hashing import HashingEncoder
from bot.training.progress import silent

ENCODER = HashingEncoder()

THINGS = "kettle lamp drill camera printer radio heater fan mixer scale router clock".split()
TROUBLES = {
    "hum": "The plate of the {} warms up and shakes.",
    "leak": "The seal of the {} is worn and lets water out.",
    "smell": "Dust burns off the {} when it gets hot.",
    "stop": "The {} protects itself and rests for a minute.",
}

CORPUS = [
    Entry(id=f"{thing}-{trouble}", question=f"Why does my {thing} {trouble}?", answer=answer.format(thing))
    for thing in THINGS
    for trouble, answer in TROUBLES.items()
]

LABELLED = [
    Entry(id=f"{thing}-{trouble}", question=f"my {thing} will {trouble}", label=trouble)
    for thing in THINGS
    for trouble in TROUBLES
]

ANSWERABLE = [
    Question(id=f"{way}-{entry.id}", text=way.format(*entry.id.split("-")), relevant=frozenset({entry.id}))
    for entry in CORPUS
    for way in ("the {0} I bought starts to {1} every day", "does a {0} often {1} like this", "{1} of the {0} again")
]

UNANSWERABLE = [
    Question(id=f"{number}-{thing}", text=way.format(thing), relevant=frozenset())
    for thing in THINGS
    for number, way in enumerate(
        (
            "where is the {0} shipped from", "is the {0} sold in red", "I love my {0} so much", "price of a {0}?",
            "who designed this {0}", "can I rent a {0}", "{0} and toaster as a set", "my {0} arrived today, thanks",
            "does the {0} fit into a cupboard", "which {0} is the newest", "voucher for a second {0}", "{0} for export",
        )
    )
]  # fmt: skip

QUESTIONS = [question for pair in zip(ANSWERABLE, UNANSWERABLE, strict=True) for question in pair]


def write(file, rows):
    """Write *rows* as JSON lines; a text is written as it is."""
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def document(row):
    """An entry or a question as it stands in a file."""
    return json.loads(row.model_dump_json(exclude_none=True))


def shelf_of(corpus, language="en"):
    return shelve(corpus, ENCODER, language, silent)


def judged(questions, language="en"):
    return judge(questions, ENCODER, language, silent)
