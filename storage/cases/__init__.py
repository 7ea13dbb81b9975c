"""Conversations as agents see them, and what agents do to them."""

from storage.cases.listing import PAGE, View, count_cases, count_open, list_cases
from storage.cases.reading import find_case, find_draft_case, find_pause
from storage.cases.replying import approve_draft, reject_draft, write_reply
from storage.cases.settling import (
    AlreadySettled,
    NotFound,
    TakenByOther,
    move_to_team,
    resolve,
    return_to_bot,
    take_over,
)
from storage.cases.values import (
    Case,
    CaseRow,
    DecisionRecord,
    DraftRecord,
    HandoffRecord,
    Move,
    Pause,
    Reading,
    ReplyRecord,
)

__all__ = [
    "PAGE",
    "AlreadySettled",
    "Case",
    "CaseRow",
    "DecisionRecord",
    "DraftRecord",
    "HandoffRecord",
    "Move",
    "NotFound",
    "Pause",
    "Reading",
    "ReplyRecord",
    "TakenByOther",
    "View",
    "approve_draft",
    "count_cases",
    "count_open",
    "find_case",
    "find_draft_case",
    "find_pause",
    "list_cases",
    "move_to_team",
    "reject_draft",
    "resolve",
    "return_to_bot",
    "take_over",
    "write_reply",
]
