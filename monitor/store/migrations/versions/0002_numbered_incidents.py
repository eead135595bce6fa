"""Incidents speak again until somebody takes them: each thing that happens to one is a numbered event."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def utc() -> sa.DateTime:
    return sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    for name in ("told_at", "escalated_at", "taken_at"):
        op.add_column("incidents", sa.Column(name, utc(), nullable=True))
    for name in ("taken_by", "taken_note"):
        op.add_column("incidents", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "incident_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_events_incident_id")),
        sa.UniqueConstraint("incident_id", "seq", name=op.f("uq_incident_events_incident_id_seq")),
    )
    into = "insert into incident_events (incident_id, seq, kind, at, detail) "
    op.execute(into + "select id, 1, 'opened', opened_at, detail from incidents")
    op.execute(into + "select id, 2, 'closed', closed_at, detail from incidents where closed_at is not null")
