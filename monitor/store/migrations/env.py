"""Run by Alembic: the connection, with its open transaction, comes from engine.upgrade."""

from alembic import context

from monitor.failpoints import passing
from monitor.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    on_version_apply=lambda **_: passing("C11"),
)
context.run_migrations()
