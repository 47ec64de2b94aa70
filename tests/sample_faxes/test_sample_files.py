"""What the makers write, other people's decoders must read dot by dot."""

import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf2image import convert_from_bytes
from PIL import Image

from sample_faxes import tiff
from sample_faxes.ink import CANVAS_DPI, lay, stroke
from sample_faxes.paper import RASTERS, Dots, Paper, Raster, SentPage, scan
from sample_faxes.pdf import PdfCoding, write_pdf


def scribbles(rows: int, columns: int) -> np.ndarray:
    sheet = np.full((rows, columns), 255, np.uint8)
    rng = np.random.default_rng(rows)
    for _ in range(30):
        stroke(sheet, rng.uniform(0, columns * 72 / CANVAS_DPI, (5, 2)), 1.0)
    return sheet < 128


@pytest.mark.parametrize("coding", ["g3", "g3-2d", "g4"])
@pytest.mark.parametrize("reverse_bits", [False, True])
@pytest.mark.parametrize("rows_per_strip", [None, 64])
def test_every_tiff_coding_comes_back(
    coding: tiff.Coding, reverse_bits: bool, rows_per_strip: int | None
) -> None:
    ink = scribbles(300, 1728)
    page = tiff.code_page(ink, 98, coding, rows_per_strip=rows_per_strip, reverse_bits=reverse_bits)
    data = tiff.write_pages((page, page))
    with Image.open(BytesIO(data)) as image:
        assert getattr(image, "n_frames", 1) == 2
        assert tuple(round(float(dpi)) for dpi in image.info["dpi"]) == (204, 98)
        for frame in range(2):
            image.seek(frame)
            assert np.array_equal(np.asarray(image.convert("1")), ~ink)


def test_a_file_taken_apart_and_written_again_is_the_same() -> None:
    data = tiff.write_pages((tiff.code_page(scribbles(120, 1728), 196, "g3", rows_per_strip=50),))
    assert tiff.write_pages(tiff.read_pages(data)) == data


@pytest.mark.parametrize("coding", ["ccitt", "jbig2", "flate"])
def test_every_pdf_coding_comes_back(coding: PdfCoding, tmp_path: Path) -> None:
    ink = scribbles(440, 340)
    page = SentPage(ink, Dots(340, 40, 40), np.zeros((2, 3)))
    data = write_pdf([page, page], coding)
    assert data == write_pdf([page, page], coding)
    (tmp_path / "fax.pdf").write_bytes(data)
    subprocess.run(["pdfimages", "-png", tmp_path / "fax.pdf", tmp_path / "p"], check=True, timeout=60)
    shown = sorted(tmp_path.glob("p*.png"))
    assert len(shown) == 2
    for picture in shown:
        assert np.array_equal(np.asarray(Image.open(picture).convert("L")) < 128, ink)
    assert [page.size for page in convert_from_bytes(data, dpi=40)] == [(340, 440)] * 2


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    turns=st.integers(0, 3),
    raster=st.sampled_from(list(RASTERS)),
    at=st.tuples(st.floats(120, 490), st.floats(150, 640)),
)
def test_a_scanned_page_knows_where_every_point_of_the_sheet_went(
    seed: int, turns: int, raster: Raster, at: tuple[float, float]
) -> None:
    rng = np.random.default_rng(seed)
    canvas = np.full((round(11 * CANVAS_DPI), round(8.5 * CANVAS_DPI)), 255, np.uint8)
    spot = np.zeros((25, 25), np.uint8)
    lay(canvas, spot, at[0] * CANVAS_DPI / 72 - 12, at[1] * CANVAS_DPI / 72 - 12)
    made = Paper.of(rng)
    paper = Paper(
        turns=turns, skew_degrees=made.skew_degrees, scale=made.scale, shift_pt=made.shift_pt, specks=0
    )
    page = scan(canvas, paper, raster, rng)
    rows, columns = np.nonzero(page.ink)
    found = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
    told = page.from_points @ np.array([at[0], at[1], 1.0])
    assert np.abs(found - told).max() < 1.6
