"""What the commands about the registers share: the store opened, and whom they are about."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from store.registers.opening import Program


class Kind(StrEnum):
    """Whom a command is about."""

    PATIENT = "patient"
    FACILITY = "facility"
    PRESCRIBER = "prescriber"
    PHARMACY = "pharmacy"


def opened() -> "tuple[Engine, Program]":
    """The store of the settings, with its tables, and what the program's rules need."""
    from pipelines.registering import program_of
    from pipelines.stores import store_database
    from remsfax.settings import load_settings
    from store.schema import upgrade

    settings = load_settings().pipeline()
    database = store_database(settings.store)
    upgrade(database)
    return database, program_of(settings)
