"""Articles that contradict each other are listed for review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contradictions",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("winner_id", sa.Text(), nullable=False),
        sa.Column("loser_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("winner_says", sa.Text(), nullable=False),
        sa.Column("loser_says", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="Of what both articles say."),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("kept_by", sa.Text(), comment="Who found that both may stay."),
        sa.Column("kept_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(kept_by is null) = (kept_at is null)", name=op.f("ck_contradictions_kept")),
        sa.PrimaryKeyConstraint("language", "winner_id", "loser_id", name=op.f("pk_contradictions")),
        comment=(
            "Articles that answer the same question differently, and which of them counts until a person has looked."
        ),
    )


def downgrade() -> None:
    op.drop_table("contradictions")
