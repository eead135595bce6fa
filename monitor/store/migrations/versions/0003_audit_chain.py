"""The audit log is append-only, and its sealed lines are numbered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A line is born unsealed, sealed once, and then stays as it is. SQLite's REPLACE deletes without asking the trigger of
# DELETE; PostgreSQL's TRUNCATE too.
SQLITE = (
    """
    create trigger audit_born_unsealed before insert on audit
    when new.no is not null or new.prev is not null or new.hash is not null
        or exists (select 1 from audit where id = new.id)
    begin select raise(abort, 'the audit log is append-only'); end
    """,
    """
    create trigger audit_sealed_once before update on audit
    when old.hash is not null or old.id is not new.id or old.at is not new.at or old.actor is not new.actor
        or old.action is not new.action or old.object is not new.object or old.detail is not new.detail
    begin select raise(abort, 'the audit log is append-only'); end
    """,
    """
    create trigger audit_kept before delete on audit
    begin select raise(abort, 'the audit log is append-only'); end
    """,
)
POSTGRESQL = (
    """
    create function audit_append_only() returns trigger language plpgsql as $$
    begin raise exception 'the audit log is append-only'; end $$
    """,
    """
    create trigger audit_born_unsealed before insert on audit for each row
    when (new.no is not null or new.prev is not null or new.hash is not null)
    execute function audit_append_only()
    """,
    """
    create trigger audit_sealed_once before update on audit for each row
    when (old.hash is not null
        or (old.id, old.at, old.actor, old.action, old.object, old.detail)
            is distinct from (new.id, new.at, new.actor, new.action, new.object, new.detail))
    execute function audit_append_only()
    """,
    """
    create trigger audit_kept before delete on audit for each row execute function audit_append_only()
    """,
    """
    create trigger audit_not_emptied before truncate on audit for each statement execute function audit_append_only()
    """,
)


def upgrade() -> None:
    op.add_column("audit", sa.Column("no", sa.Integer(), nullable=True))
    op.create_index("uq_audit_no", "audit", ["no"], unique=True)
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)
