"""Runs the migrations on the connection that ``store.schema`` hands over, inside its transaction."""

from alembic import context

import store.desk.tables
import store.registers.tables
import store.triage.tables  # noqa: F401 - the tables of triage are part of the metadata
from store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # The caller's transaction holds the lock that keeps two starts apart, and covers all statements.
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
