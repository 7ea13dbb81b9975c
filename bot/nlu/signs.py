"""Cheap signs of tone that a sentence vector does not show: shouting, stretched words, a few strong words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]{2,}")
_SHOUTED = re.compile(r"\b[A-ZÄÖÜÁÉÍÓÚÑ]{3,}\b")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_CROSS = re.compile("[\U0001f620-\U0001f624\U0001f92c\U0001f44e\U0001f644\U0001f621\U0001f926\U0001f595]")
_GLAD = re.compile("[\U0001f600-\U0001f60d\U0001f970\u2764\U0001f44d\U0001f64f\U0001f389\U0001f4af]")
_BITTER = re.compile(
    r"\b(worst|useless|ridiculous|disgrace\w*|scam\w*|unacceptable|pathetic|never (?:again|buying)|fed up|sick of|joke|"
    r"for the (?:third|fourth|fifth) time|still (?:no|not|waiting)|"
    r"peor|vergüenza|estaf\w*|inaceptable|hart[oa]|nunca más|llevo \w+ (?:días|semanas|meses)|"
    r"frechheit|unverschämt\w*|katastrophe|nie wieder|saftladen|abzocke|seit (?:tagen|wochen|monaten)|"
    r"reicht(?:'s|s| es))\b",
    re.IGNORECASE,
)
_FINE = re.compile(r"\b(thanks?|thx|love|awesome|great|gracias|genial|danke|super|toll|klasse)\b", re.IGNORECASE)

NAMES = ("shouted", "stretched", "exclaimed", "asked", "cross", "glad", "bitter", "fine")


def count_signs(texts: Sequence[str]) -> NDArray[np.float32]:
    """Give the signs of raw texts: shape (texts, len(NAMES)), each about 0 to 1."""
    return np.array([_signs(text) for text in texts], dtype=np.float32).reshape(len(texts), len(NAMES))


def _signs(text: str) -> tuple[float, ...]:
    words = len(_WORD.findall(text)) or 1
    return (
        min(1.0, 3 * len(_SHOUTED.findall(text)) / words),
        min(1.0, float(len(_STRETCHED.findall(text)))),
        min(1.0, text.count("!") / 3),
        min(1.0, text.count("?") / 3),
        min(1.0, float(len(_CROSS.findall(text)))),
        min(1.0, float(len(_GLAD.findall(text)))),
        min(1.0, len(_BITTER.findall(text)) / 2),
        min(1.0, len(_FINE.findall(text)) / 2),
    )
