"""How words colour a text: lexicons of valence and anger by language, with negation and emphasis around each word."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bot.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

WORDS = "words"
SECTIONS = (WORDS, "negations", "boosters", "softeners")
"""Sections of a lexicon's file: coloured words, and what turns, strengthens or weakens the word after it."""

LEXICONS = Path(__file__).parent / "lexicons"
"""Where the lexicons are that ship."""

NAMES = ("good", "bad", "angry", "sum", "best", "worst", "last", "good_share", "bad_share", "angry_share")
"""What `Lexicons.colour` gives of a text, each between -1 and 1."""

STRONGEST = 4.0
"""Largest valence and anger of a word."""

BEFORE = 3
"""Words before a coloured one in which a negation turns it; emphasis must stand in the last two."""

TURNED, STRENGTHENED, WEAKENED = -0.6, 1.3, 0.7
"""What is left of a word's colour after a negation ("not great" is milder than "bad"), a booster, a softener."""

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[\U0001f000-\U0001faff\u2600-\u27bf]|[:;]-?[()D/P]|<3|xD")
_SHORTEST_STEM = 3
_REMEMBERED = 50_000


class Colour(NamedTuple):
    """How one entry colours a text."""

    valence: float  #: -4 for the worst to 4 for the best.
    anger: float  #: 0 to 4.


class Known(NamedTuple):
    """What a lexicon has of a word."""

    colour: Colour | None  #: Its own; None where it has none.
    lengths: tuple[int, ...]  #: Words in the phrases that it begins, the longest first.


class Lexicon:
    """The coloured words of one language."""

    def __init__(self, entries: Mapping[str, Colour], around: Mapping[str, frozenset[str]]) -> None:
        """Take *entries*, of which "stem*" stands for all words that begin so, and the words *around*, by section."""
        self._words = {entry: colour for entry, colour in entries.items() if " " not in entry and entry[-1] != "*"}
        self._stems = {entry[:-1]: colour for entry, colour in entries.items() if " " not in entry and entry[-1] == "*"}
        self._phrases = {tuple(entry.split()): colour for entry, colour in entries.items() if " " in entry}
        self._lengths: dict[str, set[int]] = {}
        for phrase in self._phrases:
            self._lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._negations, self._boosters, self._softeners = (around[name] for name in SECTIONS[1:])
        self._look_up = lru_cache(_REMEMBERED)(self._known)

    def colours(self, words: Sequence[str]) -> Iterator[Colour]:
        """Give the colour of each coloured word or phrase, as it stands among the others."""
        done = 0
        for place, known in enumerate(map(self._look_up, words)):
            if known is None or place < done:
                continue
            taken, colour = self._longest(words, place, known)
            done = place + taken
            if colour is not None:
                yield self._as_said(colour, words[max(0, place - BEFORE) : place])

    def _longest(self, words: Sequence[str], place: int, known: Known) -> tuple[int, Colour | None]:
        """Give how many words from *place* on colour the text together, and how."""
        for length in known.lengths:
            colour = self._phrases.get(tuple(words[place : place + length]))
            if colour is not None:
                return length, colour
        return 1, known.colour

    def _known(self, word: str) -> Known | None:
        """Give what there is of a word: None for the many that neither have a colour nor begin a phrase."""
        known = Known(self._find(word), tuple(sorted(self._lengths.get(word, ()), reverse=True)))
        return known if any(known) else None

    def _find(self, word: str) -> Colour | None:
        """Give the colour of a word: its own, else that of its longest stem, else None."""
        if word in self._words:
            return self._words[word]
        stems = (word[:length] for length in range(len(word), _SHORTEST_STEM - 1, -1))
        return next((self._stems[stem] for stem in stems if stem in self._stems), None)

    def _as_said(self, colour: Colour, before: Sequence[str]) -> Colour:
        valence, anger = colour
        if any(word in self._negations for word in before):
            # Nothing nice is said of who is "not helpful"; what is "not terrible" angers nobody.
            return Colour(TURNED * valence, 0.5 if valence > 0 else 0.0)
        if any(word in self._boosters for word in before[-2:]):
            return Colour(STRENGTHENED * valence, STRENGTHENED * anger)
        if any(word in self._softeners for word in before[-2:]):
            return Colour(WEAKENED * valence, WEAKENED * anger)
        return colour


@dataclass(frozen=True, slots=True)
class Lexicons:
    """Lexicons by language."""

    by_language: Mapping[str, Lexicon] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Lexicons:
        """Read each `xx.txt` of *folder*, xx being a language. Raises DataError, naming file and line."""
        return cls({file.stem: read_lexicon(file) for file in sorted(folder.glob("*.txt"))})

    def colour(self, texts: Sequence[str], languages: Sequence[str | None]) -> NDArray[np.float32]:
        """Give how words colour raw texts: shape (texts, len(NAMES)), all 0 where no lexicon knows a word.

        Where a language is None or has no lexicon, the lexicon that knows the most words of the text counts.
        """
        rows = [self._colour(text, language) for text, language in zip(texts, languages, strict=True)]
        return np.array(rows, dtype=np.float32).reshape(len(texts), len(NAMES))

    def _colour(self, text: str, language: str | None) -> tuple[float, ...]:
        words = _TOKEN.findall(text.lower().replace("’", "'"))
        if language is not None and language in self.by_language:
            return _summed(list(self.by_language[language].colours(words)), len(words))
        found = [list(lexicon.colours(words)) for lexicon in self.by_language.values()]
        return _summed(max(found, key=len, default=[]), len(words))


@cache
def load_lexicons() -> Lexicons:
    """Give the lexicons that ship, read once a process."""
    return Lexicons.read(LEXICONS)


def read_lexicon(file: Path) -> Lexicon:
    """Read one lexicon. Raises DataError, naming file and line."""
    section = WORDS
    listed: dict[str, list[tuple[int, str]]] = {name: [] for name in SECTIONS}
    for number, line in enumerate(_lines(file), start=1):
        if line.startswith("["):
            section = line.strip("[] ")
            if section not in SECTIONS:
                raise DataError(
                    f"no section '{section}' in a lexicon.", file=str(file), line=number, remedy=f"Use {SECTIONS}."
                )
        elif line:
            listed[section].append((number, line))
    entries = dict(_entry(line, file, number) for number, line in listed[WORDS])
    return Lexicon(entries, {name: frozenset(line for _, line in listed[name]) for name in SECTIONS[1:]})


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8").split("\n")]
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8.", file=str(file), remedy="Save it as UTF-8.") from error


def _entry(line: str, file: Path, number: int) -> tuple[str, Colour]:
    try:
        entry, valence, anger = line.split("\t")
        colour = Colour(float(valence), float(anger))
    except ValueError as error:
        raise DataError(
            "not 'entry, tab, valence, tab, anger'.", file=str(file), line=number, remedy="Give both as numbers."
        ) from error
    if not (-STRONGEST <= colour.valence <= STRONGEST and 0 <= colour.anger <= STRONGEST):
        raise DataError(
            f"a colour of '{entry}' is out of range.",
            file=str(file),
            line=number,
            remedy="Valence is -4 to 4, anger 0 to 4.",
        )
    if entry.endswith("*") and len(entry) <= _SHORTEST_STEM:
        raise DataError(f"the stem '{entry}' is too short.", file=str(file), line=number, remedy="Give three letters.")
    return entry, colour


def _summed(colours: Sequence[Colour], words: int) -> tuple[float, ...]:
    good = sum(colour.valence for colour in colours if colour.valence > 0)
    bad = -sum(colour.valence for colour in colours if colour.valence < 0)
    angry = sum(colour.anger for colour in colours)
    share = 3 * STRONGEST / max(1, words)  # a word in twelve is a third of the strongest colour
    return (
        _damped(good),
        _damped(bad),
        _damped(angry),
        _damped(good - bad),
        max((colour.valence for colour in colours), default=0.0) / STRONGEST,
        max((-colour.valence for colour in colours), default=0.0) / STRONGEST,
        colours[-1].valence / STRONGEST if colours else 0.0,
        _damped(share * good),
        _damped(share * bad),
        _damped(share * angry),
    )


def _damped(sum_of_colours: float) -> float:
    return sum_of_colours / math.hypot(sum_of_colours, STRONGEST)
