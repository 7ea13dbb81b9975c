"""The outbox: replies on their way, and the receipts that prove they arrived.

A reply is `sending` before it is posted and stays so until its outcome is known. Each try has a number, and whoever
settles a try names it: a worker that was thought dead cannot undo what happened after it.
"""

from storage.outbox.knowing import is_known
from storage.outbox.moving import NEXT
from storage.outbox.queueing import Outgoing, find, queue
from storage.outbox.retracting import note_problem, note_retracted, retract
from storage.outbox.sweeping import Unsent, unsent
from storage.outbox.trying import cancel, claim, doubt, fail, go_on, requeue, settle_sent
from storage.outbox.using import Counts, counted, line_up, nth_latest
from storage.outbox.withdrawing import hand_back, hand_back_queued, take_back

__all__ = [
    "NEXT",
    "Counts",
    "Outgoing",
    "Unsent",
    "cancel",
    "claim",
    "counted",
    "doubt",
    "fail",
    "find",
    "go_on",
    "hand_back",
    "hand_back_queued",
    "is_known",
    "line_up",
    "note_problem",
    "note_retracted",
    "nth_latest",
    "queue",
    "requeue",
    "retract",
    "settle_sent",
    "take_back",
    "unsent",
]
