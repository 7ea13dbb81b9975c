"""Answer alone: the reviewed short answer, verbatim, signed as automated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.vocabulary import Reply, ReplyKind
from knowledge.composing import compose

if TYPE_CHECKING:
    from bot.vocabulary import Admitted, Decision


def answer(admitted: Admitted, decision: Decision, signature: str) -> Reply:
    """Make the reply of a decision whose route is `answer`."""
    return Reply(
        channel=admitted.mention.channel,
        in_reply_to=admitted.mention.post_id,
        text=compose(decision.candidates[0].short_answer, signature),
        kind=ReplyKind.AUTOMATIC,
        mention_id=admitted.mention.id,
        conversation_id=admitted.conversation_id,
    )
