"""All tables. A repository module holds the statements of each group; nothing else writes SQL."""

from __future__ import annotations

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def _now(name: str) -> Column[object]:
    # Not now(): that is the moment the transaction began, before the work whose end this marks.
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())


def _reference(name: str, target: str, *, unique: bool = False, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, ForeignKey(target, ondelete="CASCADE"), unique=unique, nullable=nullable)


conversations = Table(
    "conversations",
    metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False, server_default="", comment="Our account that the author turned to."),
    Column("author_id", Text, nullable=False),
    Column("author_handle", Text, nullable=False),
    Column("author_name", Text, nullable=False, server_default=""),
    Column("root_id", Text, nullable=False),
    Column("episode", Integer, nullable=False, server_default="1", comment="Counts on after a long silence."),
    Column("audience", Text, nullable=False, server_default="public"),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("priority", Float, nullable=False, server_default="0"),
    Column("owner", Text),
    Column("team", Text),
    Column("moved_by", Text, comment="The agent who gave it to its team; decisions leave that alone."),
    Column(
        "waiting_since",
        DateTime(timezone=True),
        comment="When the oldest post that a person owes an answer was posted.",
    ),
    Column("due_at", DateTime(timezone=True)),
    _now("opened_at"),
    _now("updated_at"),
    UniqueConstraint("channel", "account", "author_id", "root_id", "episode"),
    CheckConstraint("audience in ('public', 'private')", name="audience"),
    CheckConstraint("state in ('pending', 'open', 'snoozed', 'resolved')", name="state"),
    Index("ix_conversations_queue", "state", "priority", "updated_at"),
)

mentions = Table(
    "mentions",
    metadata,
    _id(),
    _reference("conversation_id", "conversations.id"),
    Column("channel", Text, nullable=False),
    Column("post_id", Text, nullable=False),
    Column("chain_id", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("author_handle", Text, nullable=False),
    Column("author_name", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    Column("root_id", Text, nullable=False),
    Column("in_reply_to", Text),
    Column("kind", Text, nullable=False),
    Column("addressed", Boolean, nullable=False),
    Column("followers", Integer, nullable=False, server_default="0"),
    Column("ours", Boolean, nullable=False, server_default="false"),
    Column("account", Text, nullable=False, server_default=""),
    Column("audience", Text, nullable=False, server_default="public"),
    Column("summoned", Boolean, nullable=False, server_default="true"),
    Column("parents", JSONB, nullable=False, server_default="[]"),
    Column("masked", ARRAY(Text), nullable=False, server_default="{}"),
    _now("heard_at"),
    Column("text_hash", LargeBinary, comment="SHA-256 of the text, once that is erased."),
    Column("erased_at", DateTime(timezone=True)),
    CheckConstraint("audience in ('public', 'private')", name="audience"),
    UniqueConstraint("channel", "post_id"),
    Index("ix_mentions_chain", "channel", "chain_id"),
    Index("ix_mentions_conversation", "conversation_id", "id"),
)

originals = Table(
    "originals",
    metadata,
    Column(
        "mention_id", BigInteger, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("sealed", LargeBinary, nullable=False, comment="Encrypted with intake.originals_key."),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_originals_expires_at", "expires_at"),
    comment="What masked posts said, for as long as a person has the case.",
)

disclosures = Table(
    "disclosures",
    metadata,
    _id(),
    _reference("mention_id", "mentions.id"),
    Column("by", Text, nullable=False),
    _now("shown_at"),
    Index("ix_disclosures_mention_id", "mention_id"),
    comment="Who looked at what was masked, and when.",
)

inbox = Table(
    "inbox",
    metadata,
    Column(
        "mention_id", BigInteger, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    _now("due_at"),
    Column(
        "earlier",
        ARRAY(BigInteger),
        nullable=False,
        server_default="{}",
        comment="Mentions whose draft or reply this one overtook; they are read with it.",
    ),
    Column("turned_at", DateTime(timezone=True), comment="When the dialogue engine was first given it."),
    Index("ix_inbox_due_at", "due_at"),
    comment="Admitted mentions that wait for their decision.",
)

cursors = Table(
    "cursors",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("value", Text, nullable=False),
    _now("updated_at"),
)

gaps = Table(
    "gaps",
    metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("why", Text, nullable=False),
    _now("found_at"),
    comment="Stretches of time of which a channel cannot give everything any more.",
)

conditions = Table(
    "conditions",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("problem", Text, nullable=False, server_default=""),
    _now("since"),
    Column("until", DateTime(timezone=True)),
    CheckConstraint("lane in ('hear', 'post', 'message', 'talk')", name="lane"),
    CheckConstraint("state in ('working', 'busy', 'down', 'spent', 'capped', 'budget', 'refused')", name="state"),
    comment="How each lane of a channel is, for every process and for the console.",
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False, comment="Encrypted with x.token_key."),
    _now("updated_at"),
    comment="OAuth 2.0 tokens that rotate; a row is locked while it is renewed.",
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("author_id", Text, primary_key=True),
    _now("since"),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _reference("mention_id", "mentions.id", unique=True),
    Column("route", Text, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("priority", Float, nullable=False),
    Column("priority_parts", JSONB, nullable=False, server_default="{}"),
    Column("team", Text),
    Column("deadline", DateTime(timezone=True)),
    Column("confidence", Float, nullable=False),
    Column("threshold", Float),
    Column("certified", Boolean, nullable=False),
    Column("candidates", JSONB, nullable=False),
    Column("understanding", JSONB),
    Column("versions", JSONB, nullable=False),
    Column(
        "together", ARRAY(BigInteger), nullable=False, server_default="{}", comment="Earlier mentions read with it."
    ),
    _now("decided_at"),
    CheckConstraint("route in ('answer', 'draft', 'handoff', 'ignore')", name="route"),
    comment="One row a mention, never changed: a trigger refuses updates, but for erasing what was read.",
)

replies = Table(
    "replies",
    metadata,
    _id(),
    _reference("mention_id", "mentions.id"),
    _reference("conversation_id", "conversations.id"),
    Column("channel", Text, nullable=False),
    Column("chain_id", Text, nullable=False),
    Column("in_reply_to", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("audience", Text, nullable=False, server_default="public"),
    Column("addressee", Text, nullable=False, server_default="", comment="The channel's own id of the customer."),
    Column("invites", Boolean, nullable=False, server_default="false"),
    Column("author", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("problem", Text, comment="Why it failed or was cancelled."),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _now("queued_at"),
    Column("not_before", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("tried_at", DateTime(timezone=True)),
    CheckConstraint("state in ('queued', 'sending', 'sent', 'failed', 'cancelled', 'retracted')", name="state"),
    CheckConstraint("kind in ('automatic', 'approved', 'agent')", name="kind"),
    CheckConstraint("audience in ('public', 'private')", name="audience"),
    Index(
        "uq_replies_one_per_post",
        "channel",
        "chain_id",
        unique=True,
        postgresql_where=text("state <> 'cancelled' and kind <> 'agent'"),
    ),
    Index(
        "ix_replies_unsent",
        "state",
        postgresql_where=text("state in ('queued', 'sending', 'failed', 'retracted')"),
    ),
    Index("ix_replies_chain", "channel", "chain_id"),
    Index("ix_replies_conversation", "conversation_id"),
    Index("ix_replies_tried_at", "channel", "tried_at"),
    comment="The outbox: written before the post, settled after it.",
)

receipts = Table(
    "receipts",
    metadata,
    Column("reply_id", BigInteger, ForeignKey("replies.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, server_default="1", autoincrement=False),
    Column("channel", Text, nullable=False),
    Column("post_id", Text, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("retracted_at", DateTime(timezone=True)),
    UniqueConstraint("channel", "post_id"),
)

drafts = Table(
    "drafts",
    metadata,
    _id(),
    _reference("mention_id", "mentions.id", unique=True),
    _reference("conversation_id", "conversations.id"),
    Column("text", Text, nullable=False),
    Column("article_id", Text),
    Column("confidence", Float, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("final_text", Text, comment="What was approved, edits included."),
    Column("settled_by", Text),
    Column("settled_at", DateTime(timezone=True)),
    _now("drafted_at"),
    CheckConstraint("state in ('pending', 'approved', 'rejected', 'withdrawn')", name="state"),
    Index("ix_drafts_conversation", "conversation_id"),
)

handoffs = Table(
    "handoffs",
    metadata,
    _id(),
    _reference("mention_id", "mentions.id", unique=True),
    _reference("conversation_id", "conversations.id"),
    Column("goal", Text, nullable=False),
    Column("mood", Float, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("suggestion", Text, nullable=False, server_default=""),
    Column("priority", Float, nullable=False),
    _now("handed_at"),
    Index("ix_handoffs_conversation", "conversation_id"),
)

moves = Table(
    "moves",
    metadata,
    _id(),
    _reference("conversation_id", "conversations.id"),
    Column("team", Text, nullable=False),
    Column("by", Text, nullable=False),
    _now("at"),
    Index("ix_moves_conversation_id", "conversation_id"),
    comment="Conversations that agents gave to another team.",
)

corrections = Table(
    "corrections",
    metadata,
    Column(
        "mention_id", BigInteger, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("by", Text, primary_key=True),
    Column("irate", Boolean, nullable=False, comment="Whether the customer is, as that agent finds."),
    _now("corrected_at"),
    comment="What agents say of the mood that was read in a mention. Its words and its mood are not repeated here.",
)

switches = Table(
    "switches",
    metadata,
    Column("name", Text, primary_key=True),
    Column("on", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    _now("since"),
)

agents = Table(
    "agents",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("initials", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    CheckConstraint("role in ('agent', 'ops')", name="role"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _reference("agent_id", "agents.id"),
    Column("csrf", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

article_revisions = Sequence("article_revisions", metadata=metadata)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("origin", Text, Computed("coalesce(document ->> 'origin', 'files')", persisted=True), nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column(
        "revision",
        BigInteger,
        nullable=False,
        server_default=article_revisions.next_value(),
        comment="Number of its last change; the numbers become visible in their order.",
    ),
    _now("updated_at"),
    Index("ix_articles_revision", "revision"),
)

article_removals = Table(
    "article_removals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False, server_default=article_revisions.next_value()),
    Index("ix_article_removals_revision", "revision"),
    comment="Articles that are gone, so that every process learns of it; a row leaves when its article comes back.",
)

quarantines = Table(
    "quarantines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    _now("since"),
    CheckConstraint("reason <> ''", name="reason"),
    comment="Articles that must not be used for now. Apart from the articles, so that writing those lifts nothing.",
)

contradictions = Table(
    "contradictions",
    metadata,
    Column("language", Text, primary_key=True),
    Column("winner_id", Text, primary_key=True),
    Column("loser_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("winner_says", Text, nullable=False),
    Column("loser_says", Text, nullable=False),
    Column("fingerprint", Text, nullable=False, comment="Of what both articles say."),
    _now("found_at"),
    Column("kept_by", Text, comment="Who found that both may stay."),
    Column("kept_at", DateTime(timezone=True)),
    CheckConstraint("(kept_by is null) = (kept_at is null)", name="kept"),
    comment="Articles that answer the same question differently, and which of them counts until a person has looked.",
)

vectors = Table(
    "vectors",
    metadata,
    Column("model", Text, primary_key=True),
    Column("revision", Text, primary_key=True),
    Column("text_hash", LargeBinary, primary_key=True),
    Column("vector", Vector, nullable=False),
    comment="Vectors of passages by the text they were made from, so that equal text is encoded once.",
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("card", JSONB, nullable=False),
    _now("made_at"),
    comment="Trained heads as plain arrays, each with its model card.",
)

certificates = Table(
    "certificates",
    metadata,
    _id(),
    Column("fingerprint", Text, nullable=False, comment="Of the confidence, the rules and the limits it holds for."),
    Column("document", JSONB, nullable=False),
    _now("made_at"),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_because", Text, nullable=False, server_default=""),
    Column(
        "demoted",
        ARRAY(Text),
        nullable=False,
        server_default="{}",
        comment="Topics that are not answered alone any more, though the certificate holds for the others.",
    ),
    Index("ix_certificates_fingerprint", "fingerprint", "id"),
    comment="Each round of certifying; the newest of a fingerprint is in force, unless it is revoked.",
)

audits = Table(
    "audits",
    metadata,
    _id(),
    _reference("mention_id", "mentions.id"),
    _reference("decision_id", "decisions.id", unique=True),
    Column("article_id", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("audience", Text, nullable=False, server_default="public"),
    Column("confidence", Float, nullable=False),
    Column("source", Text, nullable=False),
    Column("right", Boolean, comment="Empty while a drawn answer waits for a person."),
    Column("judged_by", Text),
    _now("drawn_at"),
    Column("judged_at", DateTime(timezone=True)),
    CheckConstraint("audience in ('public', 'private')", name="audience"),
    CheckConstraint("source in ('approved', 'edited', 'rejected', 'random')", name="source"),
    CheckConstraint('("right" is null) = (judged_at is null)', name="judged"),
    Index("ix_audits_waiting", "id", postgresql_where=text('"right" is null')),
    Index("ix_audits_judged_at", "judged_at"),
    Index("ix_audits_mention_id", "mention_id"),
    comment="Answers that the bot would have given or gave alone, and what people found them: right or wrong.",
)

feedback = Table(
    "feedback",
    metadata,
    Column(
        "mention_id", BigInteger, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("helped", Boolean, nullable=False),
    _now("given_at"),
    comment="Whether a private answer helped, as the customer says. It proves nothing: who is silent is not asked.",
)

contacts = Table(
    "contacts",
    metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("phone", Text, nullable=False, server_default=""),
    Column("purpose", Text, nullable=False, comment="What the customer was asked and agreed to, word for word."),
    Column("keep_days", Integer, nullable=False),
    _reference("mention_id", "mentions.id"),
    Column("consented_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("channel", "author_id"),
    Index("ix_contacts_expires_at", "expires_at"),
    comment="Who a handle is, from what the customer said and agreed to have kept.",
)

escalations = Table(
    "escalations",
    metadata,
    _id(),
    Column("reference", Text, nullable=False, unique=True),
    _reference("conversation_id", "conversations.id"),
    _reference("mention_id", "mentions.id", unique=True),
    Column(
        "public_mention_id",
        BigInteger,
        ForeignKey("mentions.id", ondelete="SET NULL"),
        comment="The post with which it began in public, if it did.",
    ),
    Column("desk", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("language", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("contact", JSONB, nullable=False),
    Column("consent", JSONB, nullable=False),
    Column("delivery_id", Text, nullable=False, unique=True),
    Column("desk_id", Text, comment="The desk's own id of the case."),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("problem", Text, comment="Why the last try failed."),
    _now("opened_at"),
    _now("next_try_at"),
    Column("sent_at", DateTime(timezone=True)),
    Column("resolved_at", DateTime(timezone=True)),
    CheckConstraint("state in ('queued', 'open', 'resolved', 'dead')", name="state"),
    Index("ix_escalations_due", "next_try_at", postgresql_where=text("state = 'queued'")),
    Index("ix_escalations_conversation_id", "conversation_id"),
    comment="Cases that left the network for an offline channel.",
)

desk_events = Table(
    "desk_events",
    metadata,
    _reference("escalation_id", "escalations.id"),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("author", Text, nullable=False, server_default=""),
    _now("heard_at"),
    UniqueConstraint("escalation_id", "event_id"),
    CheckConstraint("kind in ('reply', 'resolved')", name="kind"),
    comment="What help desks said of cases, each thing once.",
)
