"""Conversations belong to teams, and a priority has parts that grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("decisions", sa.Column("priority_parts", JSONB(), server_default="{}", nullable=False))
    op.add_column("decisions", sa.Column("team", sa.Text()))
    op.add_column("decisions", sa.Column("deadline", _MOMENT))
    for column in (
        sa.Column("team", sa.Text()),
        sa.Column("moved_by", sa.Text(), comment="The agent who gave it to its team; decisions leave that alone."),
        sa.Column("waiting_since", _MOMENT, comment="When the oldest post that a person owes an answer was posted."),
        sa.Column("due_at", _MOMENT),
    ):
        op.add_column("conversations", column)
    # Until now the parts that are fixed with a decision were all of a priority.
    op.execute("update conversations set priority = 0.69 * priority")
    op.execute(
        "update conversations set waiting_since = opened_at, due_at = opened_at + interval '1 hour' "
        "where state = 'open'"
    )
    op.create_table(
        "moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_moves_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
        comment="Conversations that agents gave to another team.",
    )
    op.create_index("ix_moves_conversation_id", "moves", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("moves")
    op.execute("update conversations set priority = priority / 0.69")
    for name in ("due_at", "waiting_since", "moved_by", "team"):
        op.drop_column("conversations", name)
    for name in ("deadline", "team", "priority_parts"):
        op.drop_column("decisions", name)
