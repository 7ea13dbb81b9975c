"""Draft: the best candidate's text, for a person to approve, edit or reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import Draft
from knowledge.composing import propose

if TYPE_CHECKING:
    from bot.vocabulary import Admitted, Decision
    from knowledge.composing import Form


def draft(admitted: Admitted, decision: Decision, form: Form) -> Draft:
    """Make the draft of a decision whose route is `draft`."""
    best = decision.candidates[0]
    asked = decision.understanding.text if decision.understanding else admitted.words
    return Draft(
        text=propose(best, asked, form),
        article_id=best.article_id,
        confidence=decision.confidence,
        mention_id=admitted.mention.id,
    )
