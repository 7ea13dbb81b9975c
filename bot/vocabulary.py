"""The words of Heed as frozen values. Read this first: every step takes some of these and gives others.

HEAR gives Mention, ADMIT a Conversation, UNDERSTAND an Understanding, RETRIEVE Candidates of Passages, DECIDE a
Decision, ACT a Reply, a Draft or a Handoff, and DELIVER a Receipt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Vector: TypeAlias = NDArray[np.float32]
"""One text as a unit vector of the encoder's dimension."""

Vectors: TypeAlias = NDArray[np.float32]
"""Several texts, one unit vector a row: shape (texts, dimension)."""


class Kind(StrEnum):
    """What sort of post a mention is."""

    POST = "post"  #: Says something of its own, at the top of a thread or as a reply.
    QUOTE = "quote"  #: Says something of its own about another post.
    REPOST = "repost"  #: Repeats another post unchanged.


class Audience(StrEnum):
    """Who reads an answer. What was proved for one proves nothing for the other."""

    PUBLIC = "public"  #: Everybody who passes by.
    PRIVATE = "private"  #: The customer alone, in direct messages.


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A post that a mention replies to or quotes: read-only context for whoever reads the mention."""

    post_id: str
    author_handle: str  #: Without "@"; empty where the channel does not say.
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One immutable post that reached us, as the channel gave it and with its text made plain."""

    channel: str  #: The channel's name, such as "x".
    post_id: str  #: The channel's own id of this version of the post.
    chain_id: str  #: The id of the first version; equal for all edits of one post.
    author_id: str  #: The channel's own id of the author.
    author_handle: str  #: The author's handle without "@".
    text: str  #: Full text, entities unescaped.
    posted_at: datetime  #: Timezone-aware.
    root_id: str  #: The id of the post that started the thread.
    author_name: str = ""  #: The author's display name.
    in_reply_to: str | None = None  #: The post that this one replies to.
    kind: Kind = Kind.POST
    addressed: bool = True  #: False for a post that only matched a keyword.
    summoned: bool = True  #: Whether the channel lets a program reply, given how the author turned to us.
    audience: Audience = Audience.PUBLIC
    account: str = ""  #: The channel's own id of the account of ours that heard it.
    parents: tuple[Parent, ...] = ()  #: What it replies to or quotes, as far as the channel shows it; nearest first.
    masked: tuple[str, ...] = ()  #: Kinds of personal data that were taken out of its text.
    followers: int = 0  #: The author's reach.
    ours: bool = False  #: The brand's own account wrote it, by us or by a person.
    erased: bool = False  #: Its words are not kept here any more, since it was deleted or its author asked us.
    id: int = 0  #: Our own id once stored; 0 before.

    def __post_init__(self) -> None:
        if self.posted_at.tzinfo is None:
            raise ValueError("Mention.posted_at must be timezone-aware")


class ConversationState(StrEnum):
    """Who has a conversation."""

    PENDING = "pending"  #: The bot has it.
    OPEN = "open"  #: A person is needed.
    SNOOZED = "snoozed"  #: Put aside until a time or the next post.
    RESOLVED = "resolved"  #: Nothing is left to do.


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The unit of work: what one author says to us under one root post."""

    id: int
    channel: str
    author_id: str
    author_handle: str
    root_id: str
    state: ConversationState
    priority: float = 0.0  #: The fixed parts of its priority, added up; the larger the sooner.
    owner: str | None = None  #: The agent who took it over, by name.
    team: str | None = None  #: The people's side that it belongs to; None before the first decision.
    waiting_since: datetime | None = None  #: When the oldest post that a person owes an answer was posted.
    due_at: datetime | None = None  #: When the team should have answered.


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known about a mention besides its text."""

    answered: bool = False  #: The same post, in whatever version, has or is getting a reply of ours.
    superseded: bool = False  #: A newer version of the same post has reached us.
    continued: bool = False  #: It is read together with another post of its author, and decided there.
    opted_out: bool = False  #: Its author wants no automated replies.
    with_agent: bool = False  #: An agent has the conversation.
    introduced: bool = True  #: Everybody reads it, or its author has had a direct message of ours.


ONE_BREATH = timedelta(minutes=1)
"""Posts of one author that are no further apart are said in one go: a thread, not a second try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A stored mention on its way to a decision."""

    mention: Mention
    circumstances: Circumstances = Circumstances()
    conversation_id: int = 0
    earlier: tuple[Mention, ...] = ()  #: Posts of the same author that nobody has answered, oldest first; read with it.

    @classmethod
    def supposed(cls, text: str, posted_at: datetime, *, audience: Audience = Audience.PUBLIC) -> Admitted:
        """Give *text* as if somebody had written it to us, for a decision that is stored nowhere."""
        return cls(
            mention=Mention(
                channel="supposed",
                post_id="supposed",
                chain_id="supposed",
                author_id="somebody",
                author_handle="somebody",
                text=text,
                posted_at=posted_at,
                root_id="supposed",
                audience=audience,
            )
        )

    @property
    def words(self) -> str:
        """All that the author says: the earlier posts and this one, a paragraph each."""
        return "\n".join(mention.text for mention in (*self.earlier, self.mention))

    @property
    def insistence(self) -> int:
        """How often the author has come back to what nobody has answered; posts of one minute are one."""
        posted = sorted(mention.posted_at for mention in (*self.earlier, self.mention))
        return sum(later - sooner > ONE_BREATH for sooner, later in pairwise(posted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One label and its probability."""

    label: str
    probability: float  #: 0 to 1.


class Danger(StrEnum):
    """What makes a text one that is never answered without a person, whatever its tone."""

    FIRE = "fire"  #: Smoke, sparks, flames, something melted or exploded.
    BATTERY = "battery"  #: A swollen or leaking one.
    INJURY = "injury"
    DATA_LOSS = "data_loss"  #: Data gone for good, or in wrong hands.
    FRAUD = "fraud"
    SELF_HARM = "self_harm"
    LEGAL = "legal"
    PRESS = "press"


class EntityKind(StrEnum):
    """What a piece of a text can name; Rasa's domain has the same."""

    CONTACT = "contact"  #: An e-mail address or a phone number.
    ERROR_CODE = "error_code"
    ORDER_NUMBER = "order_number"
    PRODUCT = "product"
    SERIAL_NUMBER = "serial_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A piece of a text that names something, such as an order number."""

    kind: str  #: One of `EntityKind`; training examples of a team's own may mark others.
    text: str  #: As it is written.
    start: int  #: Place of its first character in the text, from 0.
    end: int  #: Place after its last character.


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What one text says: its vector, what its author wants, in which mood and language."""

    text: str  #: The text without handles, links and emoji.
    vector: Vector = field(compare=False, repr=False)
    intents: tuple[Ranked, ...]  #: All intents, most probable first; with `strange` they add up to 1.
    mood: float  #: Probability that a person must take it because of its tone, 0 to 1.
    danger: float  #: Probability of any danger, 0 to 1.
    language: str | None  #: ISO 639-1 code; None where the detector is unsure.
    strange: float = 0.0  #: Probability that it is none of the intents, 0 to 1.
    dangers: tuple[Ranked, ...] = ()  #: All kinds of danger, most probable first.
    entities: tuple[Entity, ...] = ()  #: What the text as it was posted names, in order and without overlap.

    @property
    def intent(self) -> str:
        """The most probable intent."""
        return self.intents[0].label

    def probability(self, *intents: str) -> float:
        """Add up the probabilities of the named intents."""
        return sum(ranked.probability for ranked in self.intents if ranked.label in intents)


class Part(StrEnum):
    """Which part of an article a passage was made from."""

    QUESTION = "question"
    ASK = "ask"
    SHORT = "short_answer"
    FULL = "full_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of an article small enough for one vector."""

    article_id: str
    language: str  #: ISO 639-1 code.
    part: Part
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article that may answer a mention, and why it is thought to."""

    article_id: str
    language: str
    topic: str
    question: str  #: The article's title.
    short_answer: str  #: Reviewed text where `reviewed`, else an unreviewed proposal.
    reviewed: bool
    passage: str  #: The passage that matched best.
    score: float  #: Fused score, 0 to 1; only the order means something.
    parts: Mapping[str, float]  #: The parts of the score by name, such as "dense" and "lexical".
    confidence: float = 0.0  #: Calibrated probability that the article answers the mention, 0 to 1.
    audited: bool = True  #: Whether the certificate was made with the article as it is now.
    source: str = ""  #: Who stands behind it: "official", "community" or "agent".
    author: str = ""  #: Who wrote it, by name.
    url: str = ""  #: Where it was published; empty where nowhere.
    full_answer: str = field(default="", repr=False)  #: Markdown; for composing a draft, not kept with the decision.


class Route(StrEnum):
    """Where a mention goes."""

    ANSWER = "answer"  #: The bot replies alone.
    DRAFT = "draft"  #: A reply waits for a person.
    HANDOFF = "handoff"  #: A person takes it.
    IGNORE = "ignore"  #: Nothing is owed.


class Reason(StrEnum):
    """Why a decision took its route."""

    CONFIDENT = "confident"
    UNCERTAIN = "uncertain"
    AMBIGUOUS = "ambiguous"
    NOTHING_FOUND = "nothing_found"
    NOTHING_ASKED = "nothing_asked"
    IRATE = "irate"
    SAFETY = "safety"
    ASKED_FOR_PERSON = "asked_for_person"
    NOT_ADDRESSED = "not_addressed"
    OURSELVES = "ourselves"
    REPOST = "repost"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted_out"
    POLICY = "policy"
    LANGUAGE = "language"
    INCIDENT = "incident"
    PAUSED = "paused"
    BREAKER = "breaker"
    NO_CERTIFICATE = "no_certificate"
    DRAFT_MODE = "draft_mode"
    OTHER_BRAND = "other_brand"
    CASE_NUMBER = "case_number"
    NOT_A_QUESTION = "not_a_question"
    OVER_LENGTH = "over_length"
    STALE = "stale"
    CONTINUED = "continued"
    NOT_SUMMONED = "not_summoned"
    OVERTAKEN = "overtaken"
    EDITED = "edited"
    GONE = "gone"
    CONVERSATION_WITH_AGENT = "conversation_with_agent"
    CHANNEL_BUSY = "channel_busy"
    UNREADABLE = "unreadable"
    IN_DIALOGUE = "in_dialogue"
    NOT_UNDERSTOOD = "not_understood"
    NOT_HELPED = "not_helped"
    ESCALATED = "escalated"
    DIALOGUE_DOWN = "dialogue_down"


HELD_BACK = frozenset(
    {Reason.UNCERTAIN, Reason.NO_CERTIFICATE, Reason.DRAFT_MODE, Reason.PAUSED, Reason.BREAKER, Reason.CONFIDENT}
)
"""Reasons of an answer that the bot would send alone, or does, were the threshold low enough and ops let it.

What people make of such an answer is an audit; with any other reason it tells nothing about what goes out alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """One rule of the decision and whether it applied."""

    rule: str
    applied: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """How soon a person should look, as a sum whose parts can be shown: each goes from 0 to its weight.

    The first three are fixed with the decision; age and deadline are 0 there and grow while somebody waits.
    """

    mood: float = 0.0
    urgency: float = 0.0  #: Danger, and what breaks for many.
    reach: float = 0.0  #: The author's followers.
    age: float = 0.0  #: How long the oldest post waits.
    deadline: float = 0.0  #: How much of the team's time to answer is gone.

    @property
    def total(self) -> float:
        """The sum of the parts, 0 to 1."""
        return self.mood + self.urgency + self.reach + self.age + self.deadline


PRIORITY_WEIGHTS = Priority(mood=0.20, urgency=0.46, reach=0.03, age=0.14, deadline=0.17)
"""The most that each part can be; they add up to 1."""

FULL_AGE = timedelta(hours=24)
"""The wait from which the age of a post weighs all that it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The route of one mention and everything needed to explain it. Made once, never changed."""

    route: Route
    reasons: tuple[Reason, ...]
    rules: tuple[RuleOutcome, ...]  #: Every rule in order, applied or not.
    priority: Priority = Priority()  #: Its fixed parts.
    team: str = ""  #: The people's side that it belongs to; empty where nothing was assigned.
    deadline: datetime | None = None  #: When that team should have answered.
    confidence: float = 0.0  #: Of the best candidate; 0 without one.
    threshold: float | None = None  #: The answer threshold in force; None where none is.
    certified: bool = False  #: Whether a valid certificate stands behind the threshold.
    candidates: tuple[Candidate, ...] = ()  #: Best first.
    understanding: Understanding | None = None  #: None where a guard decided before reading.


class ReplyKind(StrEnum):
    """Who stands behind a reply."""

    AUTOMATIC = "automatic"  #: The bot alone.
    APPROVED = "approved"  #: A draft that an agent approved.
    AGENT = "agent"  #: An agent's own words.


class ReplyState(StrEnum):
    """How far a reply has come."""

    QUEUED = "queued"  #: Waits to be sent.
    SENDING = "sending"  #: Handed to the channel; the outcome is not known yet.
    SENT = "sent"  #: The receipt is stored.
    FAILED = "failed"  #: The channel refused it for good.
    CANCELLED = "cancelled"  #: Withdrawn before it was sent.
    RETRACTED = "retracted"  #: Deleted again after it was sent.


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text that goes out as an answer to one post."""

    channel: str
    in_reply_to: str  #: The post that is answered.
    text: str  #: Final text, signature included.
    kind: ReplyKind = ReplyKind.AUTOMATIC
    audience: Audience = Audience.PUBLIC
    addressee: str = ""  #: The channel's own id of the customer; a direct message goes there.
    invites: bool = False  #: Whether it offers a link that opens a direct message to us.
    author: str = ""  #: The agent's name; empty for the bot.
    id: int = 0  #: Our own id once stored; 0 before.
    mention_id: int = 0
    conversation_id: int = 0


class DraftState(StrEnum):
    """What became of a draft."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  #: What it answers has changed: the customer wrote again, or somebody answered.


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply that waits for a person."""

    text: str
    article_id: str | None = None
    confidence: float = 0.0
    state: DraftState = DraftState.PENDING
    id: int = 0
    mention_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A mention given to a person, with what that person needs to go on."""

    goal: str  #: One line: what the customer wants, as far as we know.
    mood: float  #: 0 to 1.
    reasons: tuple[Reason, ...]
    suggestion: str = ""  #: A text to start from; empty where none is fit.
    priority: float = 0.0  #: The fixed parts of its priority, added up.
    id: int = 0
    mention_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The channel's proof that a reply was posted."""

    channel: str
    post_id: str  #: The channel's own id of our post.
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A decided mention and what was made of it: a reply, a draft, a handoff, or nothing."""

    admitted: Admitted
    decision: Decision
    made: Reply | Draft | Handoff | None = None
    said: Reply | None = None  #: What the bot tells the customer of a handoff, in private.
    opts_out: bool = False  #: Whether the mention asks for no more automated replies.


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A customer's leave to keep how they can be reached, as they gave it."""

    purpose: str  #: What they were asked, word for word.
    keep_days: int  #: How long they were told that it is kept.
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a customer wants to be reached, and what their case is about, as far as they said; empty where they did not.

    It is kept with a consent only.
    """

    name: str = ""
    email: str = ""
    phone: str = ""  #: International form, such as +4930123456.
    number: str = ""  #: Of an order or a device.


class EscalationState(StrEnum):
    """How far a case has come on its way to the offline channel and back."""

    QUEUED = "queued"  #: Waits to be handed over, perhaps for another try.
    OPEN = "open"  #: The help desk has it.
    RESOLVED = "resolved"  #: The help desk is done with it.
    DEAD = "dead"  #: Could not be handed over within its time, or was refused; people hand it over again by hand.


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A case that leaves the network for an offline channel, with everything that the help desk needs."""

    reference: str  #: What the customer calls it by, such as "H7K-2QF-9".
    conversation_id: int
    mention_id: int  #: The private post with which it was opened.
    channel: str
    handle: str  #: The customer's, without "@".
    language: str  #: ISO 639-1 code in which the customer writes.
    goal: str  #: One line: what the customer wants.
    words: str  #: What the customer wrote, as far as it belongs to the case.
    contact: Contact
    consent: Consent
    opened_at: datetime


class DeskEventKind(StrEnum):
    """What a help desk tells of a case."""

    REPLY = "reply"  #: Something to tell the customer.
    RESOLVED = "resolved"  #: It is done, perhaps with a last word.


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskEvent:
    """What a help desk tells of a case; the same event may come again."""

    id: str  #: The help desk's own id of it, unique for each desk.
    reference: str
    kind: DeskEventKind
    text: str = ""  #: For the customer; empty where nothing is to be said.
    author: str = ""  #: Who wrote it, by name.


class AuditSource(StrEnum):
    """How an answer came to be judged."""

    APPROVED = "approved"  #: An agent sent the draft as it was.
    EDITED = "edited"  #: An agent sent the draft in other words.
    REJECTED = "rejected"  #: An agent put the draft aside.
    RANDOM = "random"  #: An automatic answer was drawn for a person to judge.


class Lane(StrEnum):
    """What a channel is used for; each may be in trouble of its own."""

    HEAR = "hear"  #: Reading what customers post.
    POST = "post"  #: Publishing replies.
    MESSAGE = "message"  #: Sending direct messages.
    TALK = "talk"  #: Leading private conversations; Rasa's part, whatever the channel.


class ChannelState(StrEnum):
    """How a channel is."""

    WORKING = "working"
    BUSY = "busy"  #: A rate limit is used up; waiting helps.
    DOWN = "down"  #: It cannot be reached, or fails by itself; waiting helps.
    SPENT = "spent"  #: Credits are used up; topping up helps.
    CAPPED = "capped"  #: A usage cap or a spending limit of the channel is reached; raising it helps.
    BUDGET = "budget"  #: Our own budget is used up; the next month or a larger one helps.
    REFUSED = "refused"  #: Our credentials are not accepted; new ones help.


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How one lane of a channel is, and for how long nothing is tried there."""

    channel: str
    lane: Lane
    state: ChannelState
    problem: str = ""  #: What is wrong and what helps; empty where it works.
    since: datetime
    until: datetime | None = None  #: When it is tried again; None where it works.


class Switch(StrEnum):
    """What ops can turn off by hand."""

    PAUSED = "paused"  #: The kill switch: the bot sends nothing alone.
