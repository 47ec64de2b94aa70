import csv
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from faxed_pages import tiff_bytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractors.errors import (
    DamagedFax,
    EmptyFile,
    EncryptedPdf,
    FileTooLarge,
    ImageTooLarge,
    NotAFax,
    TooManyPages,
    UnreadableFax,
)
from extractors.opening import OpeningLimits, open_fax

SHARED = (
    Path(os.environ.get("REMSFAX_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "fax_tiff"
)


def sheet(rows: int = 2156, seed: int = 1) -> Image.Image:
    """A page of short dashes, unlike itself upside down or inverted."""
    rng = np.random.default_rng(seed)
    pixels = np.full((rows, 1728), 255, np.uint8)
    for _ in range(300):
        top, left = int(rng.integers(0, rows - 30)), int(rng.integers(0, 1600))
        pixels[top : top + 6, left : left + int(rng.integers(10, 90))] = 0
    return Image.fromarray(pixels).convert("1")


def same(page_pixels: np.ndarray, image: Image.Image) -> bool:
    return bool(np.array_equal(page_pixels < 128, ~np.asarray(image)))


def set_tag(data: bytes, tag: int, value: int) -> bytes:
    changed = bytearray(data)
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, entry)[0] == tag:
            kind = struct.unpack_from("<H", data, entry + 2)[0]
            struct.pack_into("<I" if kind == 4 else "<H", changed, entry + 8, value)
    return bytes(changed)


@pytest.mark.parametrize(
    ("compression", "expected"),
    [("group3", "tiff-g3"), ("group4", "tiff-g4"), ("tiff_lzw", "tiff"), (None, "tiff")],
)
def test_every_page_of_a_tiff_comes_out_bit_for_bit(compression: str, expected: str) -> None:
    pages = [sheet(seed=1), sheet(1078, seed=2)]
    fax = open_fax(tiff_bytes(pages, compression))
    assert fax.format == expected
    assert [page.number for page in fax.pages] == [1, 2]
    assert all(same(page.pixels, image) for page, image in zip(fax.pages, pages, strict=True))
    assert fax.problems == ()


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_the_order_of_bits_is_told_from_the_pixels(compression: str) -> None:
    page = sheet()
    out = io.BytesIO()
    page.save(out, "TIFF", compression=compression, dpi=(204, 196), tiffinfo={266: 2})
    lying = set_tag(out.getvalue(), 266, 1)
    (opened,) = open_fax(lying).pages
    assert same(opened.pixels, page)


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_a_page_without_a_word_stays_white(compression: str) -> None:
    (opened,) = open_fax(tiff_bytes([Image.new("1", (1728, 2156), 1)], compression)).pages
    assert not opened.bits.any()


def test_polarity_is_told_from_the_pixels() -> None:
    page = sheet()
    data = tiff_bytes([page], "group4")
    lying = set_tag(data, 262, 1 - struct.unpack_from("<H", data, _entry(data, 262) + 8)[0])
    assert same(open_fax(lying).pages[0].pixels, page)


def _entry(data: bytes, tag: int) -> int:
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    return next(
        e for e in range(at + 2, at + 2 + 12 * count, 12) if struct.unpack_from("<H", data, e)[0] == tag
    )


@pytest.mark.parametrize(("rows", "y_dpi"), [(1078, 98), (1143, 98), (2156, 196), (2188, 196), (4312, 391)])
def test_rows_alone_tell_the_resolution_of_a_fax_page(rows: int, y_dpi: int) -> None:
    page = open_fax(tiff_bytes([sheet(rows)], "group4", dpi=None)).pages[0]
    assert (page.x_dpi, page.y_dpi) == (204, y_dpi)


@pytest.mark.parametrize("stated", [(72, 72), (96, 96), (300, 300), (1, 1)])
def test_tags_that_no_fax_machine_writes_are_not_believed(stated: tuple[int, int]) -> None:
    page = open_fax(tiff_bytes([sheet(1078)], "group4", dpi=stated)).pages[0]
    assert (page.x_dpi, page.y_dpi) == (204, 98)


def test_each_page_has_its_own_resolution() -> None:
    out = io.BytesIO()
    first, second = sheet(1078), sheet(2156)
    second.encoderinfo = {"dpi": (204, 196), "compression": "group4"}
    first.save(out, "TIFF", save_all=True, append_images=[second], compression="group4", dpi=(204, 98))
    assert [round(page.y_dpi) for page in open_fax(out.getvalue()).pages] == [98, 196]


@pytest.mark.parametrize("share", [0.45, 0.7, 0.95])
def test_a_cut_file_keeps_what_came_before_the_cut_and_says_so(share: float) -> None:
    pages = [sheet(seed=number) for number in range(3)]
    data = tiff_bytes(pages, "group4")
    fax = open_fax(data[: int(len(data) * share)])
    assert same(fax.pages[0].pixels, pages[0])
    assert fax.problems
    for page, image in zip(fax.pages, pages, strict=False):
        rows = len(page.bits) - 8
        assert np.array_equal((page.pixels < 128)[:rows], ~np.asarray(image)[:rows])


def test_a_cut_file_of_one_page_is_refused_or_a_part_of_that_page() -> None:
    page = sheet()
    data = tiff_bytes([page], "group4")
    with pytest.raises(DamagedFax):
        open_fax(data[: len(data) // 2])


def test_a_giant_page_is_refused_by_what_it_declares() -> None:
    data = set_tag(set_tag(tiff_bytes([sheet(100)], "group4"), 256, 60_000), 257, 60_000)
    with pytest.raises(ImageTooLarge, match="60000 x 60000"):
        open_fax(data)


def test_a_giant_picture_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 9_000), 1).save(out, "PNG")
    with pytest.raises(ImageTooLarge):
        open_fax(out.getvalue())


@pytest.mark.parametrize(
    ("data", "name", "error", "words"),
    [
        (b"", "a.tif", EmptyFile, "empty"),
        (b"Dear all, see attached.", "a.tif", NotAFax, "named .tif"),
        (b"II*\0", "a.tif", UnreadableFax, "fax it again"),
        (b"%PDF-1.4\nnothing", "a.pdf", DamagedFax, "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "a.png", DamagedFax, "picture"),
    ],
)
def test_refusals_name_the_remedy(data: bytes, name: str, error: type[UnreadableFax], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        open_fax(data, name)
    assert "\n" not in str(caught.value)
    assert caught.value.code


def test_limits_on_pages_and_bytes() -> None:
    data = tiff_bytes([sheet(40)] * 3, "group4")
    with pytest.raises(TooManyPages):
        open_fax(data, limits=OpeningLimits(most_pages=2))
    with pytest.raises(FileTooLarge):
        open_fax(data, limits=OpeningLimits(most_bytes=100))
    assert len(open_fax(data, limits=OpeningLimits(most_pages=3)).pages) == 3


def _pdf(image: Image.Image | None, encrypt: bool = False) -> bytes:
    out = io.BytesIO()
    encryption = StandardEncryption("secret", ownerPassword="owner") if encrypt else None
    canvas = Canvas(out, pagesize=(612, 792), encrypt=encryption)
    if image is not None:
        canvas.drawImage(ImageReader(image), 0, 0, 612, 792)
    else:
        canvas.drawString(100, 600, "typed")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_scanned_pdf_keeps_the_dots_of_its_scan() -> None:
    page = sheet(1078)
    fax = open_fax(_pdf(page.convert("L")))
    received = fax.pages[0]
    assert fax.format == "pdf"
    assert received.pixels.shape == (1078, 1728)
    assert round(received.y_dpi) == 98
    # poppler fits the scan to its own page of one row more, so one row in the middle comes twice.
    ink, sent = received.pixels < 128, ~np.asarray(page)
    assert np.array_equal(ink[:300], sent[:300])
    assert np.array_equal(ink[-250:], sent[-251:-1])


def test_a_typed_pdf_is_drawn_at_the_working_resolution() -> None:
    received = open_fax(_pdf(None)).pages[0]
    assert received.pixels.shape == (2244, 1734)
    assert (received.pixels < 128).any()


def test_an_encrypted_pdf_is_named_as_such() -> None:
    with pytest.raises(EncryptedPdf, match="password"):
        open_fax(_pdf(None, encrypt=True))


def test_shadow_on_a_photo_is_not_ink() -> None:
    page = np.asarray(sheet(2244).convert("L"), np.float32)
    shade = np.linspace(1.0, 0.35, page.shape[1])[None, :]
    out = io.BytesIO()
    Image.fromarray((page * shade).astype(np.uint8)).convert("RGB").save(out, "JPEG", quality=90)
    ink = open_fax(out.getvalue()).pages[0].pixels < 128
    true = page < 128
    assert np.mean(ink[true]) > 0.9
    assert np.mean(ink[~true]) < 0.02


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12),
    cut=st.floats(0.05, 1.0),
    compression=st.sampled_from(["group3", "group4"]),
)
def test_damage_ends_in_pages_or_in_a_named_refusal(
    flips: list[tuple[int, int]], cut: float, compression: str
) -> None:
    data = bytearray(tiff_bytes([sheet(300), sheet(200, seed=2)], compression))
    for at, value in flips:
        data[8 + at % (len(data) - 8)] = value
    try:
        fax = open_fax(bytes(data[: int(len(data) * cut)]))
    except UnreadableFax as error:
        assert str(error)
    else:
        assert 1 <= len(fax.pages) <= 3


def _is_bilevel(data: bytes, frame: int) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        image.seek(frame)
        return image.mode == "1"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of real fax TIFFs is not here")
def test_real_fax_files_decode_as_two_other_decoders_do() -> None:
    wrong = []
    for row in csv.DictReader((SHARED / "index.csv").read_text(encoding="utf-8").splitlines()):
        data = (SHARED / "files" / row["file"]).read_bytes()
        try:
            fax = open_fax(data, row["file"])
        except UnreadableFax:
            if row["class"].startswith("valid"):
                wrong.append(row["file"])
            continue
        assert len(fax.pages) <= max(1, int(row["pages"] or 1)), row["file"]
        for page in fax.pages:
            reference = SHARED / "reference" / f"{row['file']}__p{page.number - 1:02d}.png"
            if reference.exists() and _is_bilevel(data, page.number - 1):
                ink = np.asarray(Image.open(reference).convert("L")) < 128
                # Pictures of dark things have no paper to tell polarity by; all others must agree.
                if ink.mean() < 0.5 and not np.array_equal(page.pixels < 128, ink):
                    wrong.append(row["file"])
    # Its FillOrder tag is lost: both other decoders show a white page where it says "26 of 27".
    assert wrong == ["python-pillow__Pillow__crash-0da013a13571cc8eb457a39fee8db18f8a3c7127.tif"]
