"""Makes the text of a post plain: what is left is what the author says."""

from __future__ import annotations

import html
import re
import unicodedata

_LINK = re.compile(r"https?://\S+|\bt\.co/\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@])@\w{1,20}\b")
_HASHTAG = re.compile(r"#(?=\w)")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3\U000e0020-\U000e007f]+")
# Controls, marks of width and direction, and halves of characters, which no encoder takes.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_SPACE = re.compile(r"\s+")

LONGEST = 2_000
"""Characters that are read of one post; what follows adds nothing to its meaning."""


def clean(text: str) -> str:
    """Give *text* without handles, links, emoji and what nobody sees, its hashtags as words, and "soooo" as "soo"."""
    plain = unicodedata.normalize("NFC", _UNSEEN.sub("", html.unescape(text[:LONGEST])))
    plain = _HANDLE.sub(" ", _LINK.sub(" ", plain))
    plain = _EMOJI.sub(" ", _HASHTAG.sub("", plain))
    return _SPACE.sub(" ", _ELONGATED.sub(r"\1\1", plain)).strip()
