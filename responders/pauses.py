"""How long to leave a channel alone after an error of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ChannelBusy, ChannelCapped, ChannelError, ChannelSpent, CredentialsRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 300.0

#: Nothing is won by asking again soon; these end when a person has done something.
_FOR_A_PERSON: Mapping[type[ChannelError], float] = {
    ChannelSpent: 900.0,
    ChannelCapped: 900.0,
    CredentialsRefused: 300.0,
}


def pause_seconds(error: ChannelError, attempt: int) -> float:
    """Give the seconds to wait after *error* in the try number *attempt*, which counts from 1.

    What the channel says counts most; else a doubling pause, or a long one where only a person can help.
    """
    if isinstance(error, ChannelBusy) and error.retry_after is not None:
        return max(SHORTEST_SECONDS, error.retry_after)
    for kind, seconds in _FOR_A_PERSON.items():
        if isinstance(error, kind):
            return seconds
    return float(min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(max(attempt, 0), 16)))
