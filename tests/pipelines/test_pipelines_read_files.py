"""Reading without a store: a fault names the file and its place, and its words stay inside."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from extractors.readers.null import NullReader
from extractors.readers.protocol import ReaderError, Readers
from form_templates.catalog import load_catalog
from pipelines.engine import ReadingEngine
from pipelines.logs import log, start_log
from pipelines.read_files import ReadingStopped, read_file
from pipelines.settings import PipelineSettings
from pipelines.version import software_version


class BrokenBlanks:
    """Blank forms that fail at the first touch."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


def engine(blanks: Any, log_file: Path) -> ReadingEngine:
    settings = PipelineSettings.model_validate({"batch": {"log": str(log_file)}})
    return ReadingEngine(settings, load_catalog(), blanks, Readers(NullReader(), NullReader()))


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    before, log.handlers = log.handlers, []
    start_log(str(tmp_path / "log.jsonl"))
    yield tmp_path / "log.jsonl"
    for handler in log.handlers:
        handler.close()
    log.handlers = before


@pytest.fixture
def fax(tmp_path: Path) -> Path:
    page, out = Image.new("1", (1728, 2156), 1), io.BytesIO()
    ImageDraw.Draw(page).rectangle((300, 300, 900, 330), fill=0)
    page.save(out, "TIFF", compression="group4", dpi=(204, 196))
    (tmp_path / "a fax.tif").write_bytes(out.getvalue())
    return tmp_path / "a fax.tif"


def test_a_fault_of_the_program_is_told_by_type_and_place_and_logged(fax: Path, log_file: Path) -> None:
    read = read_file(fax, engine(BrokenBlanks(KeyError("Ferreira-Lund")), log_file))
    assert read["set_aside"]["code"] == "internal"
    told = read["set_aside"]["message"]
    assert "KeyError at " in told
    assert ".py:" in told
    assert str(log_file) in told
    assert "Ferreira" not in told
    logged = [json.loads(line) for line in log_file.read_text().splitlines()]
    assert [line["failure"]["type"] for line in logged] == ["KeyError"]
    assert logged[0]["fax"] == read["fax"]["sha256"]
    assert any("reading.py" in place for place in logged[0]["failure"]["at"])
    assert "Ferreira" not in log_file.read_text()


def test_a_fault_of_the_machine_names_the_file_and_the_remedy(fax: Path, log_file: Path) -> None:
    broken = engine(BrokenBlanks(ReaderError("The model is gone; install it again.")), log_file)
    with pytest.raises(ReadingStopped) as stopped:
        read_file(fax, broken)
    assert str(stopped.value) == "a fax.tif: The model is gone; install it again."
    assert "the machine cannot go on" in log_file.read_text()


def test_every_reader_s_name_has_a_version(log_file: Path) -> None:
    models = engine(None, log_file).models
    assert set(models) == {"handwriting", "print", "mark", "signature", "none"}
    assert models["print"] == "null 1"
    assert models["mark"] == models["signature"] == f"remsfax {software_version()}"
