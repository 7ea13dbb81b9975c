"""Cases that leave the network: written when the customer agrees, handed over until a desk has them, and heard of."""

from storage.escalations.closing import close, find_thread
from storage.escalations.handing import bury, due, note_failed, note_sent, redeliver, take
from storage.escalations.hearing import Heard, hear
from storage.escalations.opening import open_case
from storage.escalations.reading import Case, NoSuchCase, count, find, listing, of_customer

__all__ = [
    "Case",
    "Heard",
    "NoSuchCase",
    "bury",
    "close",
    "count",
    "due",
    "find",
    "find_thread",
    "hear",
    "listing",
    "note_failed",
    "note_sent",
    "of_customer",
    "open_case",
    "redeliver",
    "take",
]
