"""A desk for each test, empty but for its accounts."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_house import make_desk

from review.context import DeskContext

# Forms in the registers are placed as the store's own tests do it.
sys.path.append(str(Path(__file__).parents[1] / "store"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskContext]:
    """A desk of its own; its database is closed when the test ends."""
    made = make_desk(tmp_path)
    yield made
    made.database.dispose()
