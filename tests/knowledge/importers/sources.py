"""Terms of an import, and the invented dump and rows that the tests read."""

from __future__ import annotations

import json
from datetime import date
from xml.sax.saxutils import quoteattr

from knowledge.importers.admitting import Terms

TODAY = date(2026, 6, 15)


def detect(text):
    """English, unless it looks German or like nothing."""
    if "?!" in text:
        return None
    return "de" if " der " in f" {text} " else "en"


def some_terms(**given):
    return Terms(**{"origin": "kettles", "languages": ("en", "de"), "detect": detect, "today": TODAY, **given})


def a_row(row_id="1", **given):
    return {"id": row_id, "question": "Why does my kettle hum?", "answer": "The plate warms up.", **given}


def as_json_lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def a_question(post_id, **given):
    return {
        "Id": post_id,
        "PostTypeId": 1,
        "CreationDate": "2019-03-01T10:00:00.000",
        "Score": 3,
        "Title": f"Why does kettle {post_id} hum?",
        "Tags": "<noise><plate>",
        "Body": "<p>It hums.</p>",
        **given,
    }


def an_answer(post_id, parent_id, **given):
    return {
        "Id": post_id,
        "PostTypeId": 2,
        "ParentId": parent_id,
        "CreationDate": "2019-03-02T10:00:00.000",
        "Score": 2,
        "Body": f"<p>Answer {post_id}: the plate warms up.</p>",
        **given,
    }


def as_xml(root, rows):
    lines = [
        "  <row " + " ".join(f"{name}={quoteattr(str(value))}" for name, value in row.items()) + " />" for row in rows
    ]
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', f"<{root}>", *lines, f"</{root}>", ""])
