"""The knowledge base changes while it is searched: origins, numbered changes, quarantines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEXT = sa.text("nextval('article_revisions')")


def upgrade() -> None:
    op.execute("create sequence article_revisions")
    op.add_column(
        "articles",
        sa.Column(
            "origin", sa.Text(), sa.Computed("coalesce(document ->> 'origin', 'files')", persisted=True), nullable=False
        ),
    )
    op.add_column(
        "articles",
        sa.Column(
            "revision",
            sa.BigInteger(),
            server_default=NEXT,
            nullable=False,
            comment="Number of its last change; the numbers become visible in their order.",
        ),
    )
    op.create_index("ix_articles_revision", "articles", ["revision"])
    op.create_table(
        "article_removals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=NEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", "language", name=op.f("pk_article_removals")),
        comment="Articles that are gone, so that every process learns of it; a row leaves when its article comes back.",
    )
    op.create_index("ix_article_removals_revision", "article_removals", ["revision"])
    op.create_table(
        "quarantines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_quarantines_reason")),
        sa.PrimaryKeyConstraint("id", "language", name=op.f("pk_quarantines")),
        comment="Articles that must not be used for now. Apart from the articles, so that writing those lifts nothing.",
    )


def downgrade() -> None:
    op.drop_table("quarantines")
    op.drop_table("article_removals")
    op.drop_index("ix_articles_revision", table_name="articles")
    op.drop_column("articles", "revision")
    op.drop_column("articles", "origin")
    op.execute("drop sequence article_revisions")
