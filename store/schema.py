"""Bringing a database to this program's tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from store.database import READ_ONLY, named_error
from store.errors import StoreOutdated

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_366_733_297
"""Any number that no other program on the same Postgres is likely to lock."""


def upgrade(engine: Engine) -> bool:
    """Make the tables, or bring older ones up to date; nothing happens where they are.

    Two processes that start at once do not race: the second waits, then finds all done.

    Returns:
        Whether anything was changed.

    Raises:
        StoreOutdated: the database was made by a newer version of the program.
        StoreUnreachable, StoreBusy, DiskFull: nothing was changed.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    target = scripts.get_current_head()
    try:
        with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
            if _revision(connection) == target:
                return False
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            current = _revision(connection)
            if current == target:
                return False
            if current is not None and current not in {
                script.revision for script in scripts.walk_revisions()
            }:
                raise StoreOutdated(
                    "The database was made by a newer version of remsfax; install that version or newer."
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return True
    except DBAPIError as error:
        named = named_error(error, engine.url)
        if named is None:
            raise
        raise named from error


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
