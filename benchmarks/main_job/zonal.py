"""The rival for single fields: plain zonal tesseract on the page as received, without cleaning."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import pytesseract

from extractors.model import BoxPx
from extractors.opening import open_fax


def zonal_texts(file: Path, zones: Sequence[tuple[int, BoxPx]]) -> list[str]:
    """What tesseract reads in each zone: received page and box in received pixels; squared, one line each."""
    if not zones:
        return []
    pages = {page.number: page for page in open_fax(file.read_bytes(), file.name).pages}
    with tempfile.TemporaryDirectory() as scratch:
        names = []
        for index, (number, (left, top, right, bottom)) in enumerate(zones):
            page = pages[number]
            crop = page.pixels[max(0, top) : bottom, max(0, left) : right]
            height = max(8, round(crop.shape[0] * page.x_dpi / page.y_dpi))
            square = cv2.resize(crop, (max(8, crop.shape[1]), height)) if crop.size else crop
            name = Path(scratch) / f"{index:04d}.png"
            cv2.imwrite(str(name), cv2.copyMakeBorder(square, 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=255))
            names.append(str(name))
        listing = Path(scratch) / "zones.txt"
        listing.write_text("\n".join(names))
        text = pytesseract.image_to_string(str(listing), config="--psm 7")
    texts = [part.strip() for part in text.split("\f")]
    return (texts + [""] * len(zones))[: len(zones)]
