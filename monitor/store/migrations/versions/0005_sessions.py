"""Sessions of platforms that people renew, encrypted."""

import sqlalchemy as sa
from alembic import op

from monitor.store.types import Utc, Verbatim

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", Verbatim(), nullable=False),
        sa.Column("place", Verbatim(), nullable=False),
        sa.Column("kind", Verbatim(), nullable=False),
        sa.Column("closed", Verbatim(), nullable=False),
        sa.Column("state", Verbatim(), nullable=False),
        sa.Column("put_at", Utc(), nullable=False),
        sa.Column("last_good_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("name", "place", name=op.f("uq_sessions_name_place")),
    )
