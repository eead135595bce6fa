"""Answers to alerts: who is told next, what was done, what is to be heard no more; cards, launches that moved, self-tests and
keys of our own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def utc() -> sa.DateTime:
    return sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("alerts", sa.Column("step", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("alerts", sa.Column("escalate_at", utc(), nullable=True))
    op.create_index(op.f("ix_alerts_escalate_at"), "alerts", ["escalate_at"])
    for name in ("person_key", "label", "rule_place", "ended_by"):
        op.add_column("suppressions", sa.Column(name, sa.Text(), nullable=True))
    for name in ("warned_at", "ended_at"):
        op.add_column("suppressions", sa.Column(name, utc(), nullable=True))
    op.add_column("receivers", sa.Column("sent", sa.Text(), nullable=True))
    for name in ("told", "made_for"):
        op.add_column("deliveries", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "responses",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("step", "by_whom", "note")),
        sa.Column("at", utc(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_responses_alert_id")),
        sa.UniqueConstraint("alert_id", "step", name=op.f("uq_responses_alert_id_step")),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("receiver_key", "thread", "remote_id")),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.ForeignKeyConstraint(["receiver_key"], ["receivers.key"], name=op.f("fk_cards_receiver_key")),
        sa.UniqueConstraint("receiver_key", "thread", name=op.f("uq_cards_receiver_key_thread")),
    )
    op.create_index(op.f("ix_posts_first_seen_at"), "posts", ["first_seen_at"])
    op.create_table(
        "selftests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("hour_at", utc(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("passed", "failed")),
        sa.UniqueConstraint("hour_at", name=op.f("uq_selftests_hour_at")),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", utc(), nullable=False),
        sa.UniqueConstraint("name", name=op.f("uq_keys_name")),
    )
    op.create_table(
        "event_moves",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        *(sa.Column(name, utc(), nullable=False) for name in ("was_at", "starts_at", "moved_at")),
        sa.Column("told_at", utc(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("closed", "opened")),
        sa.UniqueConstraint("ref", "seq", name=op.f("uq_event_moves_ref_seq")),
    )
    op.create_table(
        "calendars",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("began_at", utc(), nullable=False),
        *(sa.Column(name, utc(), nullable=True) for name in ("tried_at", "read_at")),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.UniqueConstraint("source", name=op.f("uq_calendars_source")),
    )
