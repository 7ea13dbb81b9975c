"""What this process takes of the machine's processor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def sharing_cores() -> AbstractContextManager[object]:
    """Multiply matrices with one thread until the context ends, as is best for those of few texts.

    The threads of BLAS wait for each other by spinning, which takes the cores from all else: ADR 0047.
    """
    held: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return held
