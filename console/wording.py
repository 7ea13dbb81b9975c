"""Says in plain words what the bot stores as codes and numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import ceil
from typing import TYPE_CHECKING

from bot.actions.hand_off import LANGUAGES
from bot.personal import Personal
from bot.vocabulary import ConversationState, Reason, ReplyKind, Route
from console import troubles
from console.cases import CASE_STATES, DESKS, EMPTY_CASES
from console.certificates import Freedom
from console.delivery import WORDS
from knowledge.plain import joined, pieces
from responders.counting import MAX_WEIGHT, weighted_length
from responders.policy import LONGEST_MESSAGE
from storage.cases import View
from storage.threads import ELSEWHERE
from storage.upkeep import Concern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.article import Article

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
    Reason.CONTINUED: ("goes on below", "The customer wrote on at once; all of it is read as one."),
    Reason.NOT_SUMMONED: ("person on X only", "The channel lets only a person reply to this, in its own app."),
    Reason.OVERTAKEN: ("overtaken", "The customer wrote again before the reply was sent."),
    Reason.EDITED: ("edited", "The customer edited the post; the new version counts."),
    Reason.GONE: ("deleted", "The customer deleted the post, or hides it from us."),
    Reason.CONVERSATION_WITH_AGENT: ("with an agent", "People have this conversation, so the bot keeps out."),
    Reason.CHANNEL_BUSY: ("channel busy", "The channel does not take more replies at the moment."),
    Reason.OTHER_BRAND: ("other brand", "It speaks of another maker's product and of none of ours."),
    Reason.CASE_NUMBER: ("case number", "It gives an order, serial or repair number that somebody has to look up."),
    Reason.NOT_A_QUESTION: ("not a question", "It may be a complaint or something else than a question."),
    Reason.UNREADABLE: ("unreadable", "The bot could not read this post."),
    Reason.IN_DIALOGUE: ("in conversation", "The bot leads this private conversation."),
    Reason.NOT_UNDERSTOOD: ("not understood", "The bot did not understand the customer, several times in a row."),
    Reason.NOT_HELPED: ("did not help", "The customer says that the bot's answers did not help."),
    Reason.ESCALATED: ("case opened", "The customer agreed to a case, which leaves the network."),
    Reason.DIALOGUE_DOWN: ("Rasa is down", "Rasa, which leads private conversations, cannot be reached."),
}

STATES = {
    ConversationState.PENDING: "with the bot",
    ConversationState.OPEN: "open",
    ConversationState.SNOOZED: "snoozed",
    ConversationState.RESOLVED: "resolved",
}

REPLY_KINDS = {
    ReplyKind.AUTOMATIC: "automated",
    ReplyKind.APPROVED: "approved",
    ReplyKind.AGENT: "by hand",
}

#: Kinds of personal data that were masked.
PERSONAL: Mapping[str, str] = {
    Personal.CARD: "a card number",
    Personal.IBAN: "an IBAN",
    Personal.PHONE: "a phone number",
    Personal.EMAIL: "an e-mail address",
    Personal.ADDRESS: "a street address",
    Personal.DOCUMENT: "the number of a document",
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

CONCERNS = {
    Concern.CONTRADICTIONS: "Contradictions",
    Concern.UNREVIEWED: "Often proposed",
    Concern.EXPIRING: "Expiring",
    Concern.QUARANTINED: "In quarantine",
}

CONCERN_SENTENCES = {
    Concern.CONTRADICTIONS: "These articles answer the same question differently. Until somebody decides, the one that "
    "is named first counts, and the other is not used beside it.",
    Concern.UNREVIEWED: "Nobody has reviewed these articles, but drafts are made from them. With a reviewed short "
    "answer the bot can use them alone.",
    Concern.EXPIRING: "An expired article is not found any more. Check it, set a later day where it comes from, and "
    "index again.",
    Concern.QUARANTINED: "These articles are not used at all until they are released.",
}

EMPTY_CONCERNS = {
    Concern.CONTRADICTIONS: "No two articles contradict each other.",
    Concern.UNREVIEWED: "No draft was made from an unreviewed article lately.",
    Concern.EXPIRING: "No article expires within 30 days.",
    Concern.QUARANTINED: "No article is in quarantine.",
}

#: What two articles disagree on, by the kind of their contradiction; of the others the amounts differ.
DISAGREEMENTS = {
    "denial": "one says that it is so, the other that it is not",
    "key": "different keys",
    "path": "different ways through the menus",
}

#: What a page says after an action, by the code that the redirect carries.
DONE = {
    "approved": "Approved. The reply is on its way.",
    "rejected": "Draft rejected. The conversation is open for a person.",
    "taken": "This conversation is yours. The bot keeps out of it.",
    "returned": "The bot has this conversation again.",
    "moved": "Moved to the other team. It stays there, whatever the bot decides.",
    "corrected": "Noted. From now on every training is tested with it.",
    "angry": "Noted. The conversation waits for a person, and the bot's reply is held back if it was not out yet.",
    "resolved": "Resolved.",
    "replied": "Your reply is on its way.",
    "undone": "Taken back. Nothing was sent.",
    "retracted": "It is being deleted.",
    "answered": "Resolved. Thank you for answering yourself.",
    "paused": "Paused. The bot sends nothing alone.",
    "resumed": "The bot works again.",
    "judged": "Noted. It counts from the next time that Heed certifies.",
    "kept": "Both stay. They are not asked about again until one of them changes.",
    "quarantined": "In quarantine. The bot does not use the article any more.",
    "released": "Released. The bot may use the article again.",
    "again": "The case waits to be handed over again.",
}


#: What the bot may do with a topic: the colour of its chip, its words, and a sentence.
FREEDOMS = {
    Freedom.OWN: ("good", "answer alone", "From a threshold that the topic's own audits certify."),
    Freedom.SHARED: ("good", "answer alone", "From the threshold of all topics together."),
    Freedom.DEMOTED: ("warn", "draft only", "Its audits show that too many of its answers are wrong."),
    Freedom.REVOKED: ("bad", "draft only", "The certificate is revoked."),
    Freedom.OPEN: ("plain", "draft only", "Too few answers are audited."),
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


def share(value: float) -> str:
    """Write a share of 0 to 1 as a percentage with as many decimals as tell it apart from its neighbours."""
    return f"{100 * value:.3g}%"


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


def left(until: datetime) -> int:
    """Give the whole seconds until *until*; 0 where it is over."""
    return max(0, ceil((until - datetime.now(UTC)).total_seconds()))


def span(seconds: int) -> str:
    """Write a time that is still to come: "8 s", "4 min", "3 h" or "2 d"."""
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{ceil(seconds / MINUTE)} min"
    return f"{ceil(seconds / HOUR)} h" if seconds < DAY else f"{ceil(seconds / DAY)} d"


def clock(moment: datetime) -> str:
    """Write *moment* for people, in UTC; the browser makes it local."""
    return moment.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC")


def day(when: date) -> str:
    """Write a day for people."""
    return when.strftime("%-d %b %Y")


def expiry(when: date) -> str:
    """Say when something that was valid until *when* expires, or that it has."""
    left = (when - datetime.now(UTC).date()).days
    if left < 0:
        return f"expired on {day(when)}"
    return {0: "expires today", 1: "expires tomorrow"}.get(left, f"expires in {left} days")


def language(code: str) -> str:
    """Give the name of a language, or its code where it has none here."""
    return LANGUAGES.get(code, code)


def readable(article: Article) -> str:
    """Give an article's full answer without markup."""
    return joined(pieces(article.full_answer, article.language))


def personal(kinds: Sequence[str]) -> str:
    """Name kinds of personal data in a sentence: "a card number and an IBAN"."""
    *others, last = [PERSONAL.get(kind, kind) for kind in kinds]
    return f"{', '.join(others)} and {last}" if others else last


def urgency(priority: float) -> str:
    """Say how soon: "high", "medium" or "low". Every danger is high, and whoever is angry or late at least medium."""
    high, medium = 0.4, 0.1
    if priority >= high:
        return "high"
    return "medium" if priority >= medium else "low"


def initials(name: str) -> str:
    """Give one or two letters that stand for *name* in a round badge."""
    words = [word for word in name.replace("_", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


FILTERS = {
    **troubles.FILTERS,
    "age": age,
    "clock": clock,
    "day": day,
    "expiry": expiry,
    "initials": initials,
    "language": language,
    "left": left,
    "percent": percent,
    "personal": personal,
    "plain": plain,
    "readable": readable,
    "sentence": sentence,
    "share": share,
    "short": short,
    "span": span,
    "urgency": urgency,
    "weight": weighted_length,
}

GLOBALS = {
    **troubles.GLOBALS,
    "CASE_STATES": CASE_STATES,
    "CONCERNS": CONCERNS,
    "CONCERN_SENTENCES": CONCERN_SENTENCES,
    "DESKS": DESKS,
    "DISAGREEMENTS": DISAGREEMENTS,
    "DONE": DONE,
    "ELSEWHERE": ELSEWHERE,
    "EMPTY_CASES": EMPTY_CASES,
    "EMPTY_CONCERNS": EMPTY_CONCERNS,
    "EMPTY_VIEWS": EMPTY_VIEWS,
    "FREEDOMS": FREEDOMS,
    "LONGEST_MESSAGE": LONGEST_MESSAGE,
    "MAX_WEIGHT": MAX_WEIGHT,
    "REPLY_KINDS": REPLY_KINDS,
    "REPLY_STATES": WORDS,
    "ROUTES": ROUTES,
    "STATES": STATES,
    "VIEWS": VIEWS,
}
