"""Answer alone: the reviewed short answer, verbatim, signed as automated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import Reply, ReplyKind
from knowledge.composing import compose, is_reviewed

if TYPE_CHECKING:
    from bot.vocabulary import Admitted, Decision


def answer(admitted: Admitted, decision: Decision, signature: str) -> Reply:
    """Make the reply of a decision whose route is `answer`. Raises ValueError for text that nobody reviewed."""
    best = decision.candidates[0]
    if not is_reviewed(best):
        raise ValueError(f"article '{best.article_id}' has no reviewed short answer, so it cannot be posted alone")
    return Reply(
        channel=admitted.mention.channel,
        in_reply_to=admitted.mention.post_id,
        text=compose(best.short_answer, signature),
        kind=ReplyKind.AUTOMATIC,
        audience=admitted.mention.audience,
        addressee=admitted.mention.author_id,
        mention_id=admitted.mention.id,
        conversation_id=admitted.conversation_id,
    )
