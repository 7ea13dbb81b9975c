"""Mentions on their way in: stored once each, put into their conversation, and held until their burst is decided."""

from storage.inbox.admitting import AT_ONCE, admit, alone
from storage.inbox.cursors import find_cursor, save_cursor
from storage.inbox.taking import count_waiting, next_due, take

__all__ = ["AT_ONCE", "admit", "alone", "count_waiting", "find_cursor", "next_due", "save_cursor", "take"]
