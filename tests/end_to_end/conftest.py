"""Fixtures of the end-to-end tests."""

from pathlib import Path

import pytest
from office import Office, open_office


@pytest.fixture(scope="session")
def blank_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is computed from the blank forms, once for all offices."""
    return tmp_path_factory.mktemp("blanks")


@pytest.fixture
def office(tmp_path: Path, blank_cache: Path) -> Office:
    """An empty office."""
    return open_office(tmp_path, blank_cache)
