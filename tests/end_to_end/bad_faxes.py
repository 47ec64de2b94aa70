"""Files that a fax server should never hand over, and sometimes does."""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

WIDTH_PX, FINE_ROWS = 1728, 2200


def form_page(folder: Path, *, fine: bool = True) -> Image.Image:
    """A blank prescription order as a fax machine would send it."""
    from pdf2image import convert_from_path

    blank = Path(__file__).parents[2] / "form_templates" / "prescription_order" / "2015-11" / "blank.pdf"
    (page,) = convert_from_path(blank, dpi=204, grayscale=True, output_folder=folder)
    sheet = Image.new("L", (WIDTH_PX, FINE_ROWS), 255)
    sheet.paste(page.crop((0, 0, WIDTH_PX, FINE_ROWS)))
    rows = FINE_ROWS if fine else FINE_ROWS // 2
    return (
        sheet.resize((WIDTH_PX, rows), Image.Resampling.BOX)
        .point(lambda gray: 255 * (gray > 140))
        .convert("1")
    )


def tiff(pages: list[Image.Image], dpis: list[tuple[float, float] | None]) -> bytes:
    """A Group 4 TIFF; a page of no resolution has no such tags."""
    frames = []
    for page, dpi in zip(pages, dpis, strict=True):
        frame = page.copy()
        frame.encoderinfo = {"compression": "group4", **({"dpi": dpi} if dpi else {})}
        frames.append(frame)
    out = io.BytesIO()
    first = frames[0]
    first.save(
        out,
        "TIFF",
        save_all=True,
        append_images=frames[1:],
        compression="group4",
        **({"dpi": dpis[0]} if dpis[0] else {}),
    )
    return out.getvalue()


def with_tag(data: bytes, tag: int, value: int) -> bytes:
    """The TIFF with one SHORT tag of its first page changed where it stands; the bits stay as they are."""
    changed = bytearray(data)
    (offset,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, offset)
    for entry in range(offset + 2, offset + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, entry)[0] == tag:
            before = struct.unpack_from("<H", data, entry + 8)[0]
            if before == value:
                raise ValueError(f"tag {tag} says {value} already")
            struct.pack_into("<HHIHH", changed, entry, tag, 3, 1, value, 0)
            return bytes(changed)
    raise ValueError(f"the TIFF has no tag {tag}")


def wrong_fill_order(page: Image.Image) -> bytes:
    """A TIFF whose bits are written the lowest first, and whose FillOrder says the highest."""
    out = io.BytesIO()
    page.save(out, "TIFF", compression="group4", dpi=(204, 196), tiffinfo={266: 2})
    return with_tag(out.getvalue(), 266, 1)


def many_pages(count: int) -> bytes:
    """A fax of very many, very small pages."""
    page = Image.new("1", (64, 16), 1)
    out = io.BytesIO()
    page.save(out, "TIFF", save_all=True, append_images=[page] * (count - 1), compression="group4")
    return out.getvalue()


def huge_declared(side_px: int = 60_000) -> bytes:
    """A TIFF of under 2 kB that says it holds a square of ``side_px``."""
    entries = [
        (256, 4, 1, side_px),
        (257, 4, 1, side_px),
        (258, 3, 1, 1),
        (259, 3, 1, 4),
        (262, 3, 1, 0),
        (273, 4, 1, 200),
        (278, 4, 1, side_px),
        (279, 4, 1, 1500),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return (b"II*\0" + struct.pack("<I", 8) + directory + b"\0\0\0\0").ljust(200, b"\0") + b"\0" * 1500


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password."""
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(72, 720, "made up")
    canvas.save()
    return out.getvalue()


def pdf_without_pages() -> bytes:
    """A PDF whose tree of pages is empty."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 3\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    out += b"trailer << /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def phone_photo(page: Image.Image) -> bytes:
    """The page on a table, in color, a little askew, lit from one side."""
    gray = np.asarray(page.convert("L").resize((1240, 1600)), np.float32)
    light = np.linspace(0.55, 1.0, gray.shape[1], dtype=np.float32)[None, :, None]
    warm = np.stack([gray * 0.95 + 8, gray * 0.9 + 8, gray * 0.8 + 8], axis=-1) * light
    paper = Image.fromarray(warm.clip(0, 255).astype(np.uint8))
    table = Image.new("RGB", (1500, 1900), (96, 70, 48))
    table.paste(paper.rotate(1.5, Image.Resampling.BICUBIC, fillcolor=(96, 70, 48)), (120, 140))
    out = io.BytesIO()
    table.save(out, "JPEG", quality=85)
    return out.getvalue()
