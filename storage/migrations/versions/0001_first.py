"""First form of the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFUSE_CHANGES = """
create function heed_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'a decision is never changed (mention %)', old.mention_id;
end $$;
create trigger decisions_are_final before update on decisions
  for each row execute function heed_refuse_change();
"""

DROP_JOBS = """
do $$
declare
  thing record;
begin
  for thing in select tablename from pg_tables where tablename like 'procrastinate\\_%' loop
    execute format('drop table %I cascade', thing.tablename);
  end loop;
  for thing in select oid::regprocedure as signature from pg_proc where proname like 'procrastinate\\_%' loop
    execute format('drop function %s cascade', thing.signature);
  end loop;
  for thing in select typname from pg_type where typname like 'procrastinate\\_%' and typtype in ('e', 'c') loop
    execute format('drop type %I cascade', thing.typname);
  end loop;
end $$;
"""


def upgrade() -> None:
    op.execute("create extension if not exists vector")
    op.create_table(
        "agents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("role in ('agent', 'ops')", name=op.f("ck_agents_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("name", name=op.f("uq_agents_name")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", "language", name=op.f("pk_articles")),
    )
    op.create_table(
        "artifacts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("card", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_artifacts")),
        comment="Trained heads as plain arrays, each with its model card.",
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "fingerprint", sa.Text(), nullable=False, comment="Of the articles, heads and audits it was made from."
        ),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_handle", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), server_default="", nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("priority", sa.Float(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("state in ('pending', 'open', 'snoozed', 'resolved')", name=op.f("ck_conversations_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("channel", "author_id", "root_id", name=op.f("uq_conversations_channel_author_id_root_id")),
    )
    op.create_index("ix_conversations_queue", "conversations", ["state", "priority", "updated_at"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_cursors")),
    )
    op.create_table(
        "opt_outs",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("channel", "author_id", name=op.f("pk_opt_outs")),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "vectors",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(), nullable=False),
        sa.Column("vector", Vector(), nullable=False),
        sa.PrimaryKeyConstraint("model", "revision", "text_hash", name=op.f("pk_vectors")),
        comment="Vectors of passages by the text they were made from, so that equal text is encoded once.",
    )
    op.create_table(
        "mentions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("chain_id", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_handle", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("addressed", sa.Boolean(), nullable=False),
        sa.Column("followers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ours", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_mentions_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("channel", "post_id", name=op.f("uq_mentions_channel_post_id")),
    )
    op.create_index("ix_mentions_chain", "mentions", ["channel", "chain_id"], unique=False)
    op.create_index("ix_mentions_conversation", "mentions", ["conversation_id", "id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_sessions_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("certified", sa.Boolean(), nullable=False),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("understanding", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("route in ('answer', 'draft', 'handoff', 'ignore')", name=op.f("ck_decisions_route")),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_decisions_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("mention_id", name=op.f("uq_decisions_mention_id")),
        comment="One row a mention, never changed: a trigger refuses updates.",
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("final_text", sa.Text(), nullable=True, comment="What was approved, edits included."),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "drafted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("state in ('pending', 'approved', 'rejected')", name=op.f("ck_drafts_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_drafts_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_drafts_mention_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("mention_id", name=op.f("uq_drafts_mention_id")),
    )
    op.create_index("ix_drafts_conversation", "drafts", ["conversation_id"], unique=False)
    op.create_table(
        "handoffs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("mood", sa.Float(), nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("suggestion", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_handoffs_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_handoffs_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
        sa.UniqueConstraint("mention_id", name=op.f("uq_handoffs_mention_id")),
    )
    op.create_index("ix_handoffs_conversation", "handoffs", ["conversation_id"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("mention_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_inbox_mention_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_inbox")),
        comment="Admitted mentions that wait for their decision.",
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chain_id", sa.Text(), nullable=False),
        sa.Column("in_reply_to", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True, comment="Why it failed or was cancelled."),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "not_before", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('automatic', 'approved', 'agent')", name=op.f("ck_replies_kind")),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'failed', 'cancelled')", name=op.f("ck_replies_state")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_replies_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_replies_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        comment="The outbox: written before the post, settled after it.",
    )
    op.create_index("ix_replies_conversation", "replies", ["conversation_id"], unique=False)
    op.create_index(
        "ix_replies_unsent",
        "replies",
        ["state"],
        unique=False,
        postgresql_where=sa.text("state in ('queued', 'sending')"),
    )
    op.create_index(
        "uq_replies_one_per_post",
        "replies",
        ["channel", "chain_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled' and kind <> 'agent'"),
    )
    op.create_table(
        "receipts",
        sa.Column("reply_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_receipts_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reply_id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("channel", "post_id", name=op.f("uq_receipts_channel_post_id")),
    )
    op.execute(REFUSE_CHANGES)
    _run_as_written(SchemaManager.get_schema())


def downgrade() -> None:
    _run_as_written(DROP_JOBS)
    op.drop_table("receipts")
    op.drop_index(
        "uq_replies_one_per_post",
        table_name="replies",
        postgresql_where=sa.text("state <> 'cancelled' and kind <> 'agent'"),
    )
    op.drop_index("ix_replies_unsent", table_name="replies", postgresql_where=sa.text("state in ('queued', 'sending')"))
    op.drop_index("ix_replies_conversation", table_name="replies")
    op.drop_table("replies")
    op.drop_table("inbox")
    op.drop_index("ix_handoffs_conversation", table_name="handoffs")
    op.drop_table("handoffs")
    op.drop_index("ix_drafts_conversation", table_name="drafts")
    op.drop_table("drafts")
    op.drop_table("decisions")
    op.drop_table("sessions")
    op.drop_index("ix_mentions_conversation", table_name="mentions")
    op.drop_index("ix_mentions_chain", table_name="mentions")
    op.drop_table("mentions")
    op.drop_table("vectors")
    op.drop_table("switches")
    op.drop_table("opt_outs")
    op.drop_table("cursors")
    op.drop_index("ix_conversations_queue", table_name="conversations")
    op.drop_table("conversations")
    op.drop_table("certificates")
    op.drop_table("artifacts")
    op.drop_table("articles")
    op.drop_table("agents")
    op.execute("drop function heed_refuse_change")


def _run_as_written(script: str) -> None:
    """Run a script of several statements in which % and : mean themselves."""
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
