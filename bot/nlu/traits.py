"""What the heads read of a text: its vector, its spelling and the signs of its tone, each beside the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu import alarms, lexicon, signs
from bot.nlu.alarms import find_alarms
from bot.nlu.cleaning import LONGEST
from bot.nlu.signs import count_signs
from bot.nlu.spelling import spell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from bot.nlu.lexicon import Lexicons
    from bot.vocabulary import Vectors


SIGNS = (*signs.NAMES, *lexicon.NAMES, *alarms.NAMES)
"""Names of the signs, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One text to be read, in each form that something reads."""

    text: str  #: As it was posted.
    plain: str  #: See `cleaning.clean`.
    language: str | None  #: ISO 639-1 code; None where it cannot be told.


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """The traits of some texts, a row each."""

    vectors: Vectors  #: Shape (texts, dimension).
    spelling: csr_matrix  #: Shape (texts, BUCKETS).
    signs: NDArray[np.float32]  #: Shape (texts, signs), as `SIGNS` names them.
    languages: tuple[str | None, ...]  #: ISO 639-1 codes; None where one cannot be told.


def read_traits(said: Sequence[Said], vectors: Vectors, lexicons: Lexicons) -> Traits:
    """Read the traits of texts, whose plain forms have *vectors*."""
    texts, languages = [one.text[:LONGEST] for one in said], tuple(one.language for one in said)
    counted = np.hstack(
        [count_signs(texts), lexicons.colour(texts, languages), find_alarms([one.plain for one in said])]
    )
    return Traits(vectors=vectors, spelling=spell([one.plain for one in said]), signs=counted, languages=languages)
