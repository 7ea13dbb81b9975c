"""What agents say of the mood that was read in a mention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("mention_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("irate", sa.Boolean(), nullable=False, comment="Whether the customer is, as that agent finds."),
        sa.Column(
            "corrected_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_corrections_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", "by", name=op.f("pk_corrections")),
        comment=(
            "What agents say of the mood that was read in a mention. Its words and its mood are not repeated here."
        ),
    )


def downgrade() -> None:
    op.drop_table("corrections")
