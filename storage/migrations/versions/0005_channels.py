"""Conversations in episodes, bursts, private replies in parts, and how each channel is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")
IDS = postgresql.ARRAY(sa.BigInteger())

ONLY_ERASING = """
create or replace function heed_refuse_change() returns trigger language plpgsql as $$
begin
  if current_setting('heed.erasing', true) = 'on'
    and to_jsonb(new) - 'understanding' = to_jsonb(old) - 'understanding' then
    return new;
  end if;
  raise exception 'a decision is never changed (mention %)', old.mention_id;
end $$;
"""

NEVER = """
create or replace function heed_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'a decision is never changed (mention %)', old.mention_id;
end $$;
"""


def upgrade() -> None:
    _conversations()
    _mentions()
    _decisions()
    _replies()
    _states("drafts", "pending", "approved", "rejected", "withdrawn")
    op.alter_column("cursors", "channel", new_column_name="stream")
    _channels()


def _conversations() -> None:
    op.add_column(
        "conversations",
        _text("account", "", comment="Our account that the author turned to."),
    )
    op.add_column(
        "conversations",
        sa.Column(
            "episode", sa.Integer(), server_default="1", nullable=False, comment="Counts on after a long silence."
        ),
    )
    op.add_column("conversations", _text("audience", "public"))
    op.create_check_constraint(op.f("ck_conversations_audience"), "conversations", "audience in ('public', 'private')")
    op.drop_constraint(op.f("uq_conversations_channel_author_id_root_id"), "conversations")
    columns = ["channel", "account", "author_id", "root_id", "episode"]
    op.create_unique_constraint(op.f(f"uq_conversations_{'_'.join(columns)}"), "conversations", columns)


def _mentions() -> None:
    op.add_column("mentions", _text("account", ""))
    op.add_column("mentions", _text("audience", "public"))
    op.add_column("mentions", sa.Column("summoned", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("mentions", sa.Column("parents", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("mentions", sa.Column("masked", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column(
        "mentions", sa.Column("text_hash", sa.LargeBinary(), comment="SHA-256 of the text, once that is erased.")
    )
    op.add_column("mentions", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(op.f("ck_mentions_audience"), "mentions", "audience in ('public', 'private')")
    op.add_column("inbox", sa.Column("due_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False))
    op.add_column(
        "inbox",
        sa.Column(
            "earlier",
            IDS,
            server_default="{}",
            nullable=False,
            comment="Mentions whose draft or reply this one overtook; they are read with it.",
        ),
    )
    op.create_index("ix_inbox_due_at", "inbox", ["due_at"])


def _decisions() -> None:
    op.add_column(
        "decisions",
        sa.Column("together", IDS, server_default="{}", nullable=False, comment="Earlier mentions read with it."),
    )
    op.create_table_comment(
        "decisions", "One row a mention, never changed: a trigger refuses updates, but for erasing what was read."
    )
    op.execute(ONLY_ERASING)


def _replies() -> None:
    op.add_column("replies", _text("audience", "public"))
    op.add_column("replies", _text("addressee", "", comment="The channel's own id of the customer."))
    op.create_check_constraint(op.f("ck_replies_audience"), "replies", "audience in ('public', 'private')")
    _states("replies", "queued", "sending", "sent", "failed", "cancelled", "retracted")
    op.create_index("ix_replies_tried_at", "replies", ["channel", "tried_at"])
    op.create_index("ix_replies_chain", "replies", ["channel", "chain_id"])
    _unsent("queued", "sending", "failed", "retracted")
    op.add_column("receipts", sa.Column("part", sa.Integer(), server_default="1", nullable=False))
    op.add_column("receipts", sa.Column("retracted_at", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("pk_receipts"), "receipts")
    op.create_primary_key(op.f("pk_receipts"), "receipts", ["reply_id", "part"])


def _channels() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
        comment="Stretches of time of which a channel cannot give everything any more.",
    )
    op.create_table(
        "conditions",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        _text("problem", ""),
        sa.Column("since", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.CheckConstraint("lane in ('hear', 'post', 'message')", name=op.f("ck_conditions_lane")),
        sa.CheckConstraint(
            "state in ('working', 'busy', 'down', 'spent', 'capped', 'budget', 'refused')",
            name=op.f("ck_conditions_state"),
        ),
        sa.PrimaryKeyConstraint("channel", "lane", name=op.f("pk_conditions")),
        comment="How each lane of a channel is, for every process and for the console.",
    )
    op.create_table(
        "tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Encrypted with x.token_key."),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tokens")),
        comment="OAuth 2.0 tokens that rotate; a row is locked while it is renewed.",
    )


def _text(name: str, default: str, *, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False, comment=comment)


def _unsent(*states: str) -> None:
    op.drop_index("ix_replies_unsent", "replies")
    given = ", ".join(f"'{state}'" for state in states)
    op.create_index("ix_replies_unsent", "replies", ["state"], postgresql_where=sa.text(f"state in ({given})"))


def _states(table: str, *states: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_state"), table)
    allowed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f(f"ck_{table}_state"), table, f"state in ({allowed})")


def downgrade() -> None:
    for table in ("tokens", "conditions", "gaps"):
        op.drop_table(table)
    op.alter_column("cursors", "stream", new_column_name="channel")
    op.execute("update drafts set state = 'rejected' where state = 'withdrawn'")
    _states("drafts", "pending", "approved", "rejected")
    op.execute("delete from receipts where part > 1")
    op.drop_constraint(op.f("pk_receipts"), "receipts")
    op.create_primary_key(op.f("pk_receipts"), "receipts", ["reply_id"])
    _drop("receipts", "part", "retracted_at")
    _unsent("queued", "sending")
    op.drop_index("ix_replies_chain", "replies")
    op.drop_index("ix_replies_tried_at", "replies")
    op.execute("update replies set state = 'sent' where state = 'retracted'")
    _states("replies", "queued", "sending", "sent", "failed", "cancelled")
    _drop("replies", "audience", "addressee")
    op.execute(NEVER)
    op.create_table_comment("decisions", "One row a mention, never changed: a trigger refuses updates.")
    _drop("decisions", "together")
    op.drop_index("ix_inbox_due_at", "inbox")
    _drop("inbox", "due_at", "earlier")
    _drop("mentions", "account", "audience", "summoned", "parents", "masked", "text_hash", "erased_at")
    op.execute("delete from conversations where episode > 1")
    _drop("conversations", "account", "episode", "audience")
    columns = ["channel", "author_id", "root_id"]
    op.create_unique_constraint(op.f(f"uq_conversations_{'_'.join(columns)}"), "conversations", columns)


def _drop(table: str, *columns: str) -> None:
    for column in columns:
        op.drop_column(table, column)
