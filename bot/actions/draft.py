"""Draft: the best candidate's text, for a person to approve, edit or reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import Draft
from knowledge.composing import compose

if TYPE_CHECKING:
    from bot.vocabulary import Admitted, Decision


def draft(admitted: Admitted, decision: Decision, signature: str) -> Draft:
    """Make the draft of a decision whose route is `draft`."""
    best = decision.candidates[0]
    return Draft(
        text=compose(best.short_answer, signature),
        article_id=best.article_id,
        confidence=decision.confidence,
        mention_id=admitted.mention.id,
    )
