"""The readers' door: the shipped net, recordings, the null reader, Tesseract, strangers."""

import shutil
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractors.model import Gray
from extractors.readers import registry
from extractors.readers.null import NullReader
from extractors.readers.ppocr import HEIGHT_PX, MODELS, SMALL, STEP_PX, ModelDamaged, PpOcr, net_input
from extractors.readers.protocol import LineCrop, LineReader, PageReader, ReaderError
from extractors.readers.recorded import CropNotRecorded, RecordedReader, RecordingReader, crop_key
from extractors.readers.registry import UnknownReader, open_reader, open_readers, reader_names
from extractors.readers.tesseract import Tesseract, TesseractFailed, TesseractMissing

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def typed(text: str, size: int = 28) -> Gray:
    """A line of type, cut tight."""
    font = ImageFont.load_default(size)
    image = Image.new("L", (int(font.getlength(text)) + 20, size * 2), 255)
    ImageDraw.Draw(image).text((10, size // 3), text, font=font, fill=0)
    pixels = np.where(np.asarray(image) < 140, np.uint8(0), np.uint8(255))
    rows, columns = np.nonzero(pixels == 0)
    return pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


@pytest.fixture(scope="module")
def ppocr() -> PpOcr:
    return PpOcr()


def test_the_net_reads_type(ppocr: PpOcr) -> None:
    texts = ["03/14/2026", "Ferreira-Lund", "(206) 555-0112", "1043 Quarry Rd"]
    readings = ppocr.read([LineCrop(typed(text)) for text in texts])
    assert [reading.text for reading in readings] == texts
    assert all(reading.probability > 0.5 for reading in readings)
    assert all(len(r.letter_probabilities) == len(r.text) for r in readings)


def test_a_mask_of_letters_binds_the_net(ppocr: PpOcr) -> None:
    assert ppocr.read([LineCrop(typed("OO"), letters="0123456789")])[0].text.isdigit()


def test_white_and_empty_crops_read_as_nothing(ppocr: PpOcr) -> None:
    white = np.full((20, 50), 255, np.uint8)
    assert [r.text for r in ppocr.read([LineCrop(white), LineCrop(white[:0])])] == ["", ""]


def test_net_input_has_the_shape_that_the_net_was_trained_on() -> None:
    batch = net_input(typed("abc"))
    assert batch.shape[:3] == (1, 3, HEIGHT_PX)
    assert batch.shape[3] % STEP_PX == 0
    assert batch.min() >= -1
    assert batch.max() <= 1


def test_a_damaged_model_is_refused_with_a_remedy(tmp_path: Path) -> None:
    data = bytearray((MODELS / SMALL.file).read_bytes())
    data[1000] ^= 1
    damaged = tmp_path / "model.onnx"
    damaged.write_bytes(bytes(data))
    with pytest.raises(ModelDamaged, match="reinstall"):
        PpOcr(damaged, sha256="0" * 64)
    with pytest.raises(ModelDamaged, match="install"):
        PpOcr(tmp_path / "absent.onnx")


def test_a_recording_answers_as_the_engine_did(ppocr: PpOcr, tmp_path: Path) -> None:
    crops = [LineCrop(typed("Okonkwo")), LineCrop(typed("12"), letters="0123456789")]
    recording = RecordingReader(ppocr)
    said = recording.read(crops)
    recording.save(tmp_path / "crops.json")
    again = RecordedReader(tmp_path / "crops.json").read(crops)
    assert [(r.text, r.probability) for r in again] == [(r.text, r.probability) for r in said]
    assert crop_key(crops[1]) != crop_key(LineCrop(crops[1].pixels))
    with pytest.raises(CropNotRecorded):
        RecordedReader(tmp_path / "crops.json").read([LineCrop(typed("new"))])


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "crops.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ReaderError, match="record it again"):
        RecordedReader(tmp_path / "crops.json")


def test_the_null_reader_reads_nothing_surely() -> None:
    reader = NullReader()
    assert isinstance(reader, LineReader)
    assert isinstance(reader, PageReader)
    reading = reader.read([LineCrop(typed("abc"))])[0]
    assert (reading.text, reading.probability) == ("", 0.0)
    assert reader.read_page(typed("abc"), 204) == ()


@needs_tesseract
def test_tesseract_reads_all_crops_in_order() -> None:
    texts = ["Ferreira", "Springfield", "Infusion"]
    readings = Tesseract().read([LineCrop(typed(text)) for text in texts])
    assert [reading.text for reading in readings] == texts
    assert Tesseract().read([]) == ()


@needs_tesseract
def test_tesseract_reads_a_page_by_lines() -> None:
    page = np.full((400, 900), 255, np.uint8)
    for row, text in ((60, "Laboratory report"), (200, "Creatinine normal")):
        line = typed(text, 36)
        page[row : row + line.shape[0], 50 : 50 + line.shape[1]] = line
    lines = Tesseract().read_page(page, 204)
    assert [line.text for line in lines] == ["Laboratory report", "Creatinine normal"]
    assert abs(lines[1].box_px[1] - 200) < 5


@needs_tesseract
def test_tesseract_that_does_not_end_is_named() -> None:
    with pytest.raises(TesseractFailed, match="within"):
        Tesseract(timeout_s=0.001).read([LineCrop(typed("slow"))])


def test_missing_tesseract_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytesseract.get_tesseract_version", _not_found)
    with pytest.raises(TesseractMissing, match="apt-get install tesseract-ocr"):
        Tesseract()


def _not_found() -> str:
    import pytesseract

    raise pytesseract.TesseractNotFoundError


def test_an_unknown_reader_names_those_there_are() -> None:
    with pytest.raises(UnknownReader, match="ppocr"):
        open_reader("oracle")
    assert {"null", "ppocr", "ppocr_tiny", "tesseract"} <= set(reader_names())


class Stranger:
    """A reader from another package that reads lines only."""

    name = "stranger"
    version = "7"
    read = NullReader.read


def test_strangers_enter_through_the_same_door(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("stranger", f"{__name__}:Stranger", registry.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda _: Stranger)
    found = {"stranger": [point], None: [point]}
    monkeypatch.setattr(
        registry, "entry_points", lambda group, name=None: found.get(name, []) if group else []
    )
    readers = open_readers(hand="stranger", typed="null", second=None, page="null")
    assert readers.version == "null 1, stranger 7, calibration none"
    with pytest.raises(UnknownReader, match="whole pages"):
        open_readers(hand="null", typed="null", second=None, page="stranger")
