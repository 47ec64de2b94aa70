"""Opening database and archive as the settings name them."""

from sqlalchemy.engine import Engine

from store.archive import Archive, open_archive
from store.database import open_database
from store.settings import StoreSettings


def store_database(settings: StoreSettings) -> Engine:
    """The store's database as the settings name it."""
    return open_database(settings.database, busy_seconds=settings.busy_seconds)


def store_archive(settings: StoreSettings) -> Archive:
    """The store's archive as the settings name it."""
    return open_archive(settings.archive, endpoint_url=settings.archive_endpoint)
