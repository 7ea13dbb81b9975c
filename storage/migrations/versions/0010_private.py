"""Private conversations: turns of a dialogue, contacts with consent, cases that leave the network, and feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, _MOMENT, server_default=sa.text("clock_timestamp()"), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


_LANES = "lane in ('hear', 'post', 'message')"
_WITH_TALK = "lane in ('hear', 'post', 'message', 'talk')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_conditions_lane"), "conditions")
    op.create_check_constraint(op.f("ck_conditions_lane"), "conditions", _WITH_TALK)
    op.add_column("inbox", sa.Column("turned_at", _MOMENT, comment="When the dialogue engine was first given it."))
    op.create_table(
        "feedback",
        sa.Column("mention_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        _now("given_at"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_feedback_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_feedback")),
        comment="Whether a private answer helped, as the customer says. It proves nothing: who is silent is not asked.",
    )
    op.create_table(
        "contacts",
        _id(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        _text("name"),
        _text("email"),
        _text("phone"),
        sa.Column(
            "purpose", sa.Text(), nullable=False, comment="What the customer was asked and agreed to, word for word."
        ),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("consented_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_contacts_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("channel", "author_id", name=op.f("uq_contacts_channel_author_id")),
        comment="Who a handle is, from what the customer said and agreed to have kept.",
    )
    op.create_index("ix_contacts_expires_at", "contacts", ["expires_at"])
    op.create_table(
        "escalations",
        _id(),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("mention_id", sa.BigInteger(), nullable=False),
        sa.Column("public_mention_id", sa.BigInteger(), comment="The post with which it began in public, if it did."),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contact", JSONB(), nullable=False),
        sa.Column("consent", JSONB(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("desk_id", sa.Text(), comment="The desk's own id of the case."),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), comment="Why the last try failed."),
        _now("opened_at"),
        _now("next_try_at"),
        sa.Column("sent_at", _MOMENT),
        sa.Column("resolved_at", _MOMENT),
        sa.CheckConstraint("state in ('queued', 'open', 'resolved', 'dead')", name="state"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_escalations_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_escalations_mention_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["public_mention_id"],
            ["mentions.id"],
            name=op.f("fk_escalations_public_mention_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("reference", name=op.f("uq_escalations_reference")),
        sa.UniqueConstraint("mention_id", name=op.f("uq_escalations_mention_id")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_escalations_delivery_id")),
        comment="Cases that left the network for an offline channel.",
    )
    op.create_index("ix_escalations_due", "escalations", ["next_try_at"], postgresql_where=sa.text("state = 'queued'"))
    op.create_index("ix_escalations_conversation_id", "escalations", ["conversation_id"])
    op.create_table(
        "desk_events",
        sa.Column("escalation_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _text("text"),
        _text("author"),
        _now("heard_at"),
        sa.CheckConstraint("kind in ('reply', 'resolved')", name="kind"),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_desk_events_escalation_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("escalation_id", "event_id", name=op.f("uq_desk_events_escalation_id_event_id")),
        comment="What help desks said of cases, each thing once.",
    )


def downgrade() -> None:
    for name in ("desk_events", "escalations", "contacts", "feedback"):
        op.drop_table(name)
    op.drop_column("inbox", "turned_at")
    op.execute("delete from conditions where lane = 'talk'")
    op.drop_constraint(op.f("ck_conditions_lane"), "conditions")
    op.create_check_constraint(op.f("ck_conditions_lane"), "conditions", _LANES)
