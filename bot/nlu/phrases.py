"""Short words that steer a dialogue, read for sure: "yes", "stop", "skip" mean one thing, whatever a head may think."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.nlu.cleaning import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.nlu.examples import Example

CONTROLS = frozenset(
    {
        "affirm",
        "ask_person",
        "change",
        "check_case",
        "deny",
        "greet",
        "open_case",
        "skip",
        "stop",
        "thank",
    }
)
"""Intents by which a customer steers, rather than tells."""

MOST_WORDS = 4
"""What is longer says more than one thing."""

LANGUAGELESS = frozenset({"affirm", "change", "deny", "skip", "stop", "thank"})
"""Intents whose words people borrow: an "ok" is no English, and a "merci" no French."""

_WORD = re.compile(r"\w+")


class Phrases:
    """The short training examples of the controls, each with what it means."""

    def __init__(self, examples: Iterable[Example] = ()) -> None:
        intents: defaultdict[str, set[str]] = defaultdict(set)
        languages: defaultdict[str, set[str]] = defaultdict(set)
        for example in examples:
            folded = _folded(example.text)
            if example.intent in CONTROLS and 0 < len(folded.split()) <= MOST_WORDS:
                intents[folded].add(example.intent)
                languages[folded].add(example.language)
        self._intents = {folded: each.pop() for folded, each in intents.items() if len(each) == 1}
        self._languages = {folded: each.pop() for folded, each in languages.items() if len(each) == 1}

    def intent_of(self, text: str) -> str | None:
        """Give the control that *text* is word for word, whatever its case, punctuation and emoji; None for others."""
        return self._intents.get(_folded(text))

    def language_of(self, text: str) -> str | None:
        """Give the only language in which *text* is such a phrase; None for others, and for words of all languages."""
        folded = _folded(text)
        tells = folded in self._intents and self._intents[folded] not in LANGUAGELESS
        return self._languages.get(folded) if tells else None


NO_PHRASES = Phrases()
"""Knows nothing, so that the heads alone decide."""


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(clean(text).casefold()))
