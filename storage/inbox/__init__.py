"""Mentions on their way in: stored once each, put into their conversation, and held until their burst is decided."""

from storage.inbox.admitting import AT_ONCE, admit, alone
from storage.inbox.cursors import find_cursor, save_cursor
from storage.inbox.taking import count_waiting, next_due, take
from storage.inbox.talking import Spoken, conversations_waiting, still_waits, take_spoken

__all__ = [
    "AT_ONCE",
    "Spoken",
    "admit",
    "alone",
    "conversations_waiting",
    "count_waiting",
    "find_cursor",
    "next_due",
    "save_cursor",
    "still_waits",
    "take",
    "take_spoken",
]
