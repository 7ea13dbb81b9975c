"""How people, texts and moments look on the page."""

import re
from itertools import pairwise

from sandbox.posts import MENTION, User

_COLOURS = 12  #: Avatar colours in the style sheet.
_SPREAD = 9  #: Chosen so that the first customers differ in colour.
_MARKED = re.compile(rf"{MENTION.pattern}|https?://\S+|(?<!\w)#\w+")
#: Posts to try, each with the words on its button.
IDEAS = (
    ("a question", "my Book 13 will not wake up when I open the lid. What can I do?"),
    ("the warranty", "how long is the warranty on a Slate 11 battery?"),
    ("an angry one", "third repair, SAME fault, nobody calls back. I want to talk to a person, now!"),
    ("in Spanish", "¿cómo conecto el Dock 2 a dos pantallas?"),
    ("only thanks", "that worked, thank you!"),
)


def initials(user: User) -> str:
    """One or two letters for the avatar."""
    words = user.name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def colour(user: User) -> int:
    """Return the number of the avatar's colour, always the same for one account."""
    return int(user.id) // _SPREAD % _COLOURS


def pieces(text: str) -> list[tuple[str, bool]]:
    """Cut the text at its mentions, links and hashtags, which true marks."""
    marked = [match.span() for match in _MARKED.finditer(text)]
    starts = {start for start, _ in marked}
    edges = sorted({0, len(text), *(edge for span in marked for edge in span)})
    return [(text[start:end], start in starts) for start, end in pairwise(edges)]
