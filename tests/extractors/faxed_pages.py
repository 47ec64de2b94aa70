"""Pages as a fax server would hold them, made of blank forms with a geometry that the tests know."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.model import Gray, ReceivedPage
from form_templates.catalog import Catalog, load_catalog

WIDTH_PX = 1728
ROWS = {98: 1078, 196: 2156}


def small_catalog() -> Catalog:
    """Three forms of five pages, two of them versions of one form: quick to draw."""
    whole = load_catalog()
    wanted = {("patient_status", "2015-11"), ("patient_status", "2019-10"), ("prescription_order", "2015-11")}
    return Catalog(tuple(t for t in whole.templates if (t.form, t.version) in wanted), whole.folders)


@dataclass(frozen=True, eq=False)
class Faxed:
    """A page and where the form's pixels went on it."""

    page: ReceivedPage
    to_received: NDArray[np.float64]
    kept_rows: NDArray[np.intp]

    def true_places(self, form_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Received pixels of form pixels, rows lost on the line taken into account."""
        sent = form_px @ self.to_received[:, :2].T + self.to_received[:, 2]
        row = np.searchsorted(self.kept_rows, sent[:, 1])
        return np.column_stack([sent[:, 0], row])


def faxed(
    form: Gray,
    *,
    y_dpi: int = 196,
    quarter_turns: int = 0,
    skew_degrees: float = 0.0,
    scale: float = 1.0,
    shift_px: tuple[float, float] = (0.0, 0.0),
    keep: float = 1.0,
    lost_share: float = 0.0,
    damaged_share: float = 0.0,
    writing: int = 60,
    seed: int = 1,
) -> Faxed:
    """A blank (204 dpi) filled with strokes, scanned and sent over a bad line.

    Args:
        form: the blank in form pixels.
        y_dpi: rows to the inch, 98 or 196.
        quarter_turns: counterclockwise; a sideways sheet keeps its size on a long roll.
        skew_degrees: of the sheet on the glass.
        scale: of the machine.
        shift_px: of the sheet, at 204 dpi.
        keep: share of the rows received.
        lost_share: share of rows that vanish.
        damaged_share: share of rows that copy the one above, with a streak.
        writing: number of strokes of a pen.
        seed: decides all of it.
    """
    rng = np.random.default_rng(seed)
    sheet = np.ascontiguousarray(np.rot90(form, quarter_turns))
    height, width = sheet.shape
    for _ in range(writing):
        x, y = int(rng.integers(50, width - 150)), int(rng.integers(50, height - 50))
        points = np.cumsum(np.vstack([[x, y], rng.integers(-9, 22, (8, 2)) - [0, 6]]), axis=0)
        cv2.polylines(sheet, [points.astype(np.int32)], False, 0, 3)
    matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), skew_degrees, scale))
    matrix[:, 2] += shift_px
    squash = np.array([[1.0, 1.0, 1.0], [y_dpi / 204] * 3])
    matrix = matrix * squash
    rows = int(height * y_dpi / 204 * keep)
    columns = max(WIDTH_PX, width) if quarter_turns % 2 else WIDTH_PX
    soft = cv2.blur(sheet, (1, 2)) if y_dpi == 98 else sheet
    gray = cv2.warpAffine(soft, matrix, (columns, rows), borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    ink = gray < 140
    kept = np.sort(rng.choice(rows, rows - int(lost_share * rows), replace=False))
    ink = ink[kept]
    for row in rng.choice(np.arange(1, len(ink)), int(damaged_share * len(ink)), replace=False):
        start = int(rng.integers(0, columns))
        ink[row] = ink[row - 1]
        ink[row, start : start + int(rng.integers(20, 300))] ^= True
    page = ReceivedPage(1, np.packbits(ink, axis=1), columns, 204.0, float(y_dpi))
    return Faxed(page, matrix, kept)


def picture(page: ReceivedPage) -> Image.Image:
    """The page as a 1-bit picture."""
    return Image.fromarray(page.pixels).convert("1")


def tiff_bytes(pages: list[Image.Image], compression: str, dpi: tuple[int, int] | None = (204, 196)) -> bytes:
    """A TIFF of several pages of one resolution."""
    out = io.BytesIO()
    stated = {"dpi": dpi} if dpi else {}
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression=compression, **stated)
    return out.getvalue()
