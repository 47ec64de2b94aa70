"""What one process has at hand while it works on faxes, opened once."""

from dataclasses import dataclass

from sqlalchemy.engine import Engine

from pipelines.engine import ReadingEngine, load_engine
from pipelines.settings import PipelineSettings
from pipelines.stores import store_archive, store_database
from store.archive import Archive


@dataclass(frozen=True)
class Desk:
    """Everything that ``process_transmission`` needs."""

    settings: PipelineSettings
    engine: ReadingEngine
    database: Engine
    archive: Archive


def open_desk(settings: PipelineSettings) -> Desk:
    """Open everything. Takes seconds, since models and blank forms are loaded."""
    return Desk(
        settings, load_engine(settings), store_database(settings.store), store_archive(settings.store)
    )
