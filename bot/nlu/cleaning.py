"""Makes the text of a post plain: what is left is what the author says."""

from __future__ import annotations

import html
import re
import unicodedata

_LINK = re.compile(r"https?://\S+|\bt\.co/\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@])@\w{1,20}\b")
_HASHTAG = re.compile(r"#(?=\w)")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f\u20e3\U000e0020-\U000e007f]+")
_SPACE = re.compile(r"\s+")

LONGEST = 2_000
"""Characters that are read of one post; what follows adds nothing to its meaning."""


def clean(text: str) -> str:
    """Give *text* without handles, links and emoji, its hashtags as words, and "soooo" as "soo"."""
    plain = unicodedata.normalize("NFC", html.unescape(text[:LONGEST]))
    plain = _HANDLE.sub(" ", _LINK.sub(" ", plain))
    plain = _EMOJI.sub(" ", _HASHTAG.sub("", plain))
    return _SPACE.sub(" ", _ELONGATED.sub(r"\1\1", plain)).strip()
