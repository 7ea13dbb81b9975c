"""Guards: why a mention is not ours to answer, found without reading what it wants. The first one counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.vocabulary import Admitted, Audience, Kind, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.settings import DecidingSettings, ReplyingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the guards hold a mention against."""

    now: datetime
    max_age: timedelta
    stop_words: frozenset[str]

    @classmethod
    def from_settings(cls, deciding: DecidingSettings, replying: ReplyingSettings, now: datetime) -> Watch:
        """Take the guards' limits from the settings."""
        return cls(
            now=now,
            max_age=timedelta(hours=deciding.max_age_hours),
            stop_words=frozenset(word.casefold() for word in replying.stop_words),
        )


def is_ours(admitted: Admitted, _: Watch) -> bool:
    """The brand's own post; answering it would be talking to ourselves."""
    return admitted.mention.ours


def is_repost(admitted: Admitted, _: Watch) -> bool:
    """Somebody repeats a post; only its author can want something."""
    return admitted.mention.kind is Kind.REPOST


def is_duplicate(admitted: Admitted, _: Watch) -> bool:
    """The post is answered in an earlier version, or a newer one is here to be decided instead."""
    return admitted.circumstances.answered or admitted.circumstances.superseded


def is_amended(admitted: Admitted) -> bool:
    """Say whether a post was edited after it was answered: no second reply is owed, but a person should look."""
    known, mention = admitted.circumstances, admitted.mention
    return known.answered and not known.superseded and mention.post_id != mention.chain_id


def is_erased(admitted: Admitted, _: Watch) -> bool:
    """The post was deleted before it was read; nothing is left to answer."""
    return admitted.mention.erased


def is_continued(admitted: Admitted, _: Watch) -> bool:
    """The author went on, and another post of the burst is decided for all of them."""
    return admitted.circumstances.continued


def has_opted_out(admitted: Admitted, _: Watch) -> bool:
    """The author wants no automated replies. X's automation rules: honour opt-outs at once.

    Who writes to us in private still wants something; a person answers then.
    """
    return admitted.circumstances.opted_out and admitted.mention.audience is Audience.PUBLIC


def asks_to_stop(admitted: Admitted, watch: Watch) -> bool:
    """One of the posts is nothing but a word that opts its author out."""
    return any(is_stop(mention.text, watch.stop_words) for mention in (*admitted.earlier, admitted.mention))


def is_stale(admitted: Admitted, watch: Watch) -> bool:
    """Too old for an answer to be welcome."""
    return watch.now - admitted.mention.posted_at > watch.max_age


GUARDS: tuple[tuple[Callable[[Admitted, Watch], bool], Reason], ...] = (
    (is_ours, Reason.OURSELVES),
    (is_repost, Reason.REPOST),
    (is_erased, Reason.GONE),
    (is_duplicate, Reason.DUPLICATE),
    (is_continued, Reason.CONTINUED),
    (has_opted_out, Reason.OPTED_OUT),
    (asks_to_stop, Reason.OPTED_OUT),
    (is_stale, Reason.STALE),
)


def first_guard(admitted: Admitted, watch: Watch) -> Reason | None:
    """Give the reason of the first guard that holds, or None where the mention is to be read."""
    return next((reason for guard, reason in GUARDS if guard(admitted, watch)), None)


def is_stop(text: str, stop_words: frozenset[str]) -> bool:
    """Say whether *text* is a stop word and nothing else, handles and punctuation aside."""
    words: Sequence[str] = [word for word in text.split() if not word.startswith("@")]
    return " ".join(words).strip(" .,;:!¡…").casefold() in stop_words
