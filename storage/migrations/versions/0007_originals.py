"""What masked posts said, encrypted, and who looked at it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "originals",
        sa.Column("mention_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Encrypted with intake.originals_key."),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of_a_mention("originals"),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_originals")),
        comment="What masked posts said, for as long as a person has the case.",
    )
    op.create_index("ix_originals_expires_at", "originals", ["expires_at"])
    op.create_table(
        "disclosures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        _of_a_mention("disclosures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        comment="Who looked at what was masked, and when.",
    )
    op.create_index("ix_disclosures_mention_id", "disclosures", ["mention_id"])


def downgrade() -> None:
    op.drop_table("disclosures")
    op.drop_table("originals")


def _of_a_mention(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_mention_id")
    return sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=name, ondelete="CASCADE")
