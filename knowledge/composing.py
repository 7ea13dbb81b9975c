"""Makes the text of a reply from an article: what people reviewed word for word, of the rest the best sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.excerpting import excerpt
from knowledge.importers.admitting import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.vocabulary import Candidate

COMMUNITY = "community"
"""The source whose authors are named where their unreviewed words are used; official text is the brand's own."""

_SITE = re.compile(r"https?://(?:www\.)?([^\s/:?#]+)\.[^\s./:?#]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a channel asks of a text."""

    signature: str
    fits: Callable[[str], bool]  #: Whether one post takes a whole text.
    is_link: Callable[[str], bool]  #: Whether a word is a link that the text must not hold.


def is_reviewed(candidate: Candidate) -> bool:
    """Say whether *candidate* has a text that a person approved for posting as it stands."""
    return candidate.reviewed and bool(candidate.short_answer.strip())


def compose(short_answer: str, signature: str) -> str:
    """Give the short answer, verbatim, signed."""
    return f"{short_answer.strip()} {signature}"


def propose(candidate: Candidate, asked: str, form: Form) -> str:
    """Give a text for a person to approve: the reviewed answer, or the best sentences about *asked* with their author.

    Only the verbatim answer may be longer than the channel takes. Empty where the article has nothing that fits.
    """
    if is_reviewed(candidate):
        return compose(candidate.short_answer, form.signature)
    end = f"{_credit(candidate, form)} {form.signature}"
    body = excerpt(
        candidate.short_answer.strip() or candidate.full_answer or candidate.passage,
        f"{asked} {candidate.question}",
        language=candidate.language,
        fits=lambda text: form.fits(text + end),
        is_link=form.is_link,
    )
    return body + end if body else ""


def _credit(candidate: Candidate, form: Form) -> str:
    """Say on a line of its own who wrote it and where: the site by its name, for its address would be a link."""
    if candidate.source != COMMUNITY:
        return ""
    site = _SITE.match(candidate.url)
    names = [candidate.author.replace("@", "").strip(), site[1] if site else ""]
    named = ", ".join(name for name in names if name not in {"", UNKNOWN} and not form.is_link(name))
    return f"\n— {named}" if named else ""
