"""Answers are audited as people work, and certificates can be revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    # Their documents have the former form; `heed train` makes new ones.
    op.execute("delete from certificates")
    op.add_column("certificates", sa.Column("revoked_at", sa.DateTime(timezone=True)))
    op.add_column("certificates", sa.Column("revoked_because", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "certificates",
        sa.Column(
            "demoted",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Topics that are not answered alone any more, though the certificate holds for the others.",
        ),
    )
    op.alter_column("certificates", "fingerprint", comment="Of the confidence, the rules and the limits it holds for.")
    op.create_table_comment(
        "certificates", "Each round of certifying; the newest of a fingerprint is in force, unless it is revoked."
    )
    op.create_index("ix_certificates_fingerprint", "certificates", ["fingerprint", "id"])
    _create_audits()


def _create_audits() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), server_default="public", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("right", sa.Boolean(), comment="Empty while a drawn answer waits for a person."),
        sa.Column("judged_by", sa.Text()),
        sa.Column("drawn_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("audience in ('public', 'private')", name=op.f("ck_audits_audience")),
        sa.CheckConstraint("source in ('approved', 'edited', 'rejected', 'random')", name=op.f("ck_audits_source")),
        sa.CheckConstraint('("right" is null) = (judged_at is null)', name=op.f("ck_audits_judged")),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_audits_mention_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_audits_decision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_audits_decision_id")),
        comment="Answers that the bot would have given or gave alone, and what people found them: right or wrong.",
    )
    op.create_index("ix_audits_waiting", "audits", ["id"], postgresql_where=sa.text('"right" is null'))
    op.create_index("ix_audits_judged_at", "audits", ["judged_at"])
    op.create_index("ix_audits_mention_id", "audits", ["mention_id"])


def downgrade() -> None:
    op.drop_table("audits")
    op.drop_index("ix_certificates_fingerprint", table_name="certificates")
    op.drop_table_comment(
        "certificates",
        existing_comment="Each round of certifying; the newest of a fingerprint is in force, unless it is revoked.",
    )
    op.alter_column("certificates", "fingerprint", comment="Of the articles, heads and audits it was made from.")
    op.drop_column("certificates", "demoted")
    op.drop_column("certificates", "revoked_because")
    op.drop_column("certificates", "revoked_at")
