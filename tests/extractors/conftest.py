"""Blank forms, drawn once for all tests of this room."""

from pathlib import Path

import pytest
from faxed_pages import small_catalog

from extractors.blanks import Blanks, load_blanks


@pytest.fixture(scope="session")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> Blanks:
    folder: Path = tmp_path_factory.mktemp("blanks")
    return load_blanks(small_catalog(), folder)
