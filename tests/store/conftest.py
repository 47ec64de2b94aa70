"""The store's tests run on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from store.database import open_database
from store.schema import upgrade


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, of one kind and then of the other."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def opened() -> Iterator[Callable[..., Engine]]:
    """``open_database``, whose engines are closed when the test ends."""
    engines: list[Engine] = []

    def open_one(url: str, **options: float) -> Engine:
        engines.append(open_database(url, **options))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(database_url: str, opened: Callable[..., Engine]) -> Engine:
    """An engine for a store with its tables."""
    engine = opened(database_url)
    upgrade(engine)
    return engine
