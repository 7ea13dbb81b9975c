"""A public reply may offer a direct message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("replies", sa.Column("invites", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("replies", "invites")
