"""Makes the text of a reply from an article: the reviewed short answer as it stands, and a signature."""

from __future__ import annotations


def compose(short_answer: str, signature: str) -> str:
    """Give the short answer, verbatim, signed."""
    return f"{short_answer.strip()} {signature}"
