"""Says in plain words what the bot stores as codes and numbers."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.vocabulary import ConversationState, Reason, ReplyKind, ReplyState, Route
from responders.counting import MAX_WEIGHT, weighted_length
from storage.cases import View

MINUTE, HOUR, DAY = 60, 3600, 86400

ROUTES = {
    Route.ANSWER: "answered",
    Route.DRAFT: "draft",
    Route.HANDOFF: "to a person",
    Route.IGNORE: "ignored",
}

REASONS = {
    Reason.CONFIDENT: ("confident", "The best answer is at or above the threshold."),
    Reason.UNCERTAIN: ("uncertain", "No answer is confident enough to go out alone."),
    Reason.AMBIGUOUS: ("ambiguous", "Two answers are nearly as good as each other."),
    Reason.NOTHING_FOUND: ("nothing found", "No article comes near this."),
    Reason.NOTHING_ASKED: ("nothing asked", "The post asks for nothing."),
    Reason.IRATE: ("angry", "The tone says that a person should take it."),
    Reason.SAFETY: ("safety or legal", "It touches safety, the law, the press or somebody's well-being."),
    Reason.ASKED_FOR_PERSON: ("wants a person", "The customer asks for a person."),
    Reason.NOT_ADDRESSED: ("not to us", "The post only mentions a keyword; it does not speak to us."),
    Reason.OURSELVES: ("our own post", "We wrote this ourselves."),
    Reason.REPOST: ("repost", "It repeats another post unchanged."),
    Reason.DUPLICATE: ("duplicate", "Another version of this post is answered, or is decided instead."),
    Reason.OPTED_OUT: ("opted out", "The author asked us to stop automatic replies."),
    Reason.POLICY: ("channel rules", "The channel's rules do not allow an automatic reply here."),
    Reason.LANGUAGE: ("language", "There are no reviewed answers in this language."),
    Reason.INCIDENT: ("incident", "There is a known incident on this topic."),
    Reason.PAUSED: ("paused", "Ops paused automatic replies."),
    Reason.BREAKER: ("circuit breaker", "Too much went wrong lately; automatic replies stopped by themselves."),
    Reason.NO_CERTIFICATE: ("no certificate", "No valid certificate stands behind automatic answers yet."),
    Reason.DRAFT_MODE: ("draft mode", "Every answer is shown to a person first."),
    Reason.OVER_LENGTH: ("too long", "The answer does not fit into one post."),
    Reason.STALE: ("too old", "The post is older than we still answer."),
    Reason.CONVERSATION_WITH_AGENT: ("with an agent", "An agent has this conversation, so the bot keeps out."),
    Reason.CHANNEL_BUSY: ("channel busy", "The channel does not take more replies at the moment."),
    Reason.OTHER_BRAND: ("other brand", "It speaks of another maker's product and of none of ours."),
    Reason.CASE_NUMBER: ("case number", "It gives an order, serial or repair number that somebody has to look up."),
    Reason.NOT_A_QUESTION: ("not a question", "It may be a complaint or something else than a question."),
    Reason.UNREADABLE: ("unreadable", "The bot could not read this post."),
}

STATES = {
    ConversationState.PENDING: "with the bot",
    ConversationState.OPEN: "open",
    ConversationState.SNOOZED: "snoozed",
    ConversationState.RESOLVED: "resolved",
}

REPLY_STATES = {
    ReplyState.QUEUED: "queued",
    ReplyState.SENDING: "sending",
    ReplyState.SENT: "sent",
    ReplyState.FAILED: "failed",
    ReplyState.CANCELLED: "withdrawn",
}

REPLY_KINDS = {
    ReplyKind.AUTOMATIC: "automated",
    ReplyKind.APPROVED: "approved",
    ReplyKind.AGENT: "by hand",
}

VIEWS = {
    View.NEEDS_PERSON: "Needs a person",
    View.DRAFTS: "Drafts to approve",
    View.MINE: "Mine",
    View.ANSWERED: "Bot answered",
    View.IGNORED: "Ignored",
    View.ALL: "All",
}

EMPTY_VIEWS = {
    View.NEEDS_PERSON: "Nobody is waiting for a person.",
    View.DRAFTS: "No draft is waiting for a look.",
    View.MINE: "You have no conversation. Open one and take it over.",
    View.ANSWERED: "The bot has not answered anything alone yet.",
    View.IGNORED: "Nothing was ignored.",
    View.ALL: "No post has reached us yet.",
}

#: What a page says after an action, by the code that the redirect carries.
DONE = {
    "approved": "Approved. The reply is on its way.",
    "rejected": "Draft rejected. The conversation is open for a person.",
    "taken": "This conversation is yours. The bot keeps out of it.",
    "returned": "The bot has this conversation again.",
    "resolved": "Resolved.",
    "replied": "Your reply is on its way.",
    "paused": "Paused. The bot sends nothing alone.",
    "resumed": "The bot works again.",
}


def short(reason: Reason) -> str:
    """Give a chip's words for *reason*."""
    return REASONS[reason][0]


def sentence(reason: Reason) -> str:
    """Give a sentence for *reason*."""
    return REASONS[reason][1]


def plain(code: str) -> str:
    """Make a code readable: "ask_for_person" → "Ask for person"."""
    return code.replace("_", " ").replace(".", " ").strip().capitalize()


def percent(share: float) -> str:
    """Write a share of 0 to 1 as a whole percentage; only exactly 1 is 100 %."""
    return f"{min(round(share * 100), 99 if share < 1 else 100)}%"


def age(since: datetime) -> str:
    """Say briefly how long ago *since* is."""
    seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} d"


def clock(moment: datetime) -> str:
    """Write *moment* for people, in UTC; the browser makes it local."""
    return moment.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC")


def urgency(priority: float) -> str:
    """Say how soon: "high", "medium" or "low"."""
    high, medium = 0.7, 0.4
    if priority >= high:
        return "high"
    return "medium" if priority >= medium else "low"


def initials(name: str) -> str:
    """Give one or two letters that stand for *name* in a round badge."""
    words = [word for word in name.replace("_", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


FILTERS = {
    "age": age,
    "clock": clock,
    "initials": initials,
    "percent": percent,
    "plain": plain,
    "sentence": sentence,
    "short": short,
    "urgency": urgency,
    "weight": weighted_length,
}

GLOBALS = {
    "DONE": DONE,
    "EMPTY_VIEWS": EMPTY_VIEWS,
    "MAX_WEIGHT": MAX_WEIGHT,
    "REPLY_KINDS": REPLY_KINDS,
    "REPLY_STATES": REPLY_STATES,
    "ROUTES": ROUTES,
    "STATES": STATES,
    "VIEWS": VIEWS,
}
