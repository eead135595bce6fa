"""Pictures are evidence: those of each text, those that are fetched, and what stays of a deleted post."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def utc() -> sa.DateTime:
    return sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("after_deletion", sa.Text(), nullable=True))
    op.add_column("revisions", sa.Column("media", sa.Text(), nullable=True))
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "url", "host", "state", "note")),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("wanted_at", utc(), nullable=False),
        *(sa.Column(name, utc(), nullable=True) for name in ("fetched_at", "due_at", "claimed_until")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("claim_no", "attempts")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_media_post_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_media_revision_id")),
        sa.UniqueConstraint("post_id", "position", name=op.f("uq_media_post_id_position")),
    )
    op.create_index(op.f("ix_media_state_due_at"), "media", ["state", "due_at"])
    op.create_index(op.f("ix_media_sha256"), "media", ["sha256"])
