"""Types that pass between the steps of reading a fax.

Two frames of coordinates are used, and names say which: *received* pixels are those of the page as it came
(a fax pixel is not square); *form* pixels are those of the blank form drawn at ``WORK_DPI``, upright and
square, so that a point of the template at (x, y) lies at (x, y) * WORK_DPI / 72.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from form_templates.model import Kind

WORK_DPI = 204
"""Resolution of every page after squaring: the fax's own across, so that no column is resampled twice."""

Gray = NDArray[np.uint8]
"""Rows x columns, 0 is ink, 255 is paper."""

Matrix = NDArray[np.float64]
"""2 x 3, maps (x, y, 1) of one frame to (x, y) of another."""

BoxPx = tuple[int, int, int, int]
"""left, top, right, bottom in pixels; right and bottom exclusive."""

FaxFormat = Literal["tiff-g3", "tiff-g3-2d", "tiff-g4", "tiff", "pdf", "image"]
PageKind = Literal["form", "cover", "lab_report", "blank", "unknown"]
Decision = Literal["accept", "review", "empty"]
Value = str | bool | tuple[str, ...] | None
"""A normal value: text (dates YYYY-MM-DD, times HH:MM, yes/no, option), ticks of a ``choices``, or none."""


@dataclass(frozen=True)
class Problem:
    """Something about a file or a page that a person should know; ``message`` names the remedy."""

    code: str
    message: str
    page: int | None = None


@dataclass(frozen=True, eq=False)
class ReceivedPage:
    """One page as it came: 1 bit a pixel, kept packed so that a long fax stays small in memory."""

    number: int
    bits: NDArray[np.uint8]
    width_px: int
    x_dpi: float
    y_dpi: float
    bad_rows: int | None = None

    @property
    def pixels(self) -> Gray:
        """The page unpacked, received pixels."""
        ink = np.unpackbits(self.bits, axis=1, count=self.width_px)
        return np.subtract(ink, np.uint8(1), out=ink)  # 1 is 0, and 0 runs round to 255


@dataclass(frozen=True, eq=False)
class OpenedFax:
    """A file opened: its pages and what the file itself says about the call."""

    sha256: str
    format: FaxFormat
    pages: tuple[ReceivedPage, ...]
    sender: str | None = None
    sent_at: datetime | None = None
    announced_pages: int | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class HeaderLine:
    """The line that the sender's machine prints above a page."""

    text: str
    sender: str | None
    sent_at: datetime | None
    page: int | None
    pages: int | None
    bottom_px: int


@dataclass(frozen=True, eq=False)
class Sighting:
    """Where the print of a form was seen on a page.

    Attributes:
        key: form, version, page of the form.
        scale: by how much the straight page was enlarged across and down to be compared.
        matrix: form pixels to pixels of the enlarged page.
    """

    key: tuple[str, str, int]
    scale: tuple[float, float]
    matrix: Matrix


@dataclass(frozen=True, eq=False)
class StraightPage:
    """A page laid straight: square pixels at ``WORK_DPI``, upright as far as that is sure.

    ``sighting`` spares registration the search that identification has made; none does no harm.
    """

    received: ReceivedPage
    pixels: Gray
    to_received: Matrix
    quarter_turns: int
    skew_degrees: float
    sure: bool
    header: HeaderLine | None = None
    sighting: Sighting | None = None


@dataclass(frozen=True)
class PageIdentity:
    """What a page is: a form's page, or one of the pages that are no form."""

    kind: PageKind
    form: str | None = None
    version: str | None = None
    form_page: int | None = None
    probability: float = 0.0


@dataclass(frozen=True)
class FormPages:
    """The pages of one transmission that make one form: received page number by page of the form."""

    form: str
    version: str
    pages: dict[int, int]
    missing_pages: tuple[int, ...]
    doubled_pages: tuple[int, ...]
    identified: float


@dataclass(frozen=True, eq=False)
class RegisteredPage:
    """A form's page laid over its blank, pixel on pixel.

    Attributes:
        pixels: the page in form pixels, warped.
        blank: the blank form in form pixels, same shape.
        form_to_received: for each form row the received (x, y) of its left and right end, so that a box
            can be shown on the page as received in spite of lost and doubled lines.
        residual_px: median distance of matched printed patches after fitting, in form pixels.
        matched: share of printed patches that were found.
        doubtful: the fit is not good enough to trust any field of the page, or much of the page never came.
        received_size_px: width and height of the received page, to know what was cut off.
        came_rows: the first form row that came and the one behind the last, where the page was filled up with
            white instead of being shorter; none for all.
    """

    form: str
    version: str
    form_page: int
    received_page: int
    pixels: Gray
    blank: Gray
    form_to_received: NDArray[np.float64]
    residual_px: float
    matched: float
    doubtful: bool
    received_size_px: tuple[int, int] | None = None
    came_rows: tuple[int, int] | None = None

    def on_page(self, box_px: BoxPx) -> bool:
        """Whether a box of form pixels was received: false where the page was cut short before its middle."""
        if self.came_rows is not None:
            first, behind = self.came_rows
            if not first <= (box_px[1] + box_px[3]) / 2 < behind:
                return False
        if self.received_size_px is None:
            return True
        left, top, right, bottom = self.received_box(box_px)
        width, height = self.received_size_px
        return 0 <= (left + right) / 2 < width and 0 <= (top + bottom) / 2 < height

    def received_box(self, box_px: BoxPx) -> BoxPx:
        """The box of form pixels as a box of received pixels."""
        left, top, right, bottom = box_px
        rows, width = len(self.form_to_received), self.pixels.shape[1]
        points = []
        for y in (top, bottom - 1):
            (x0, y0), (x1, y1) = self.form_to_received[min(max(y, 0), rows - 1)]
            for x in (left, right):
                share = x / width
                points.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
        xs, ys = zip(*points, strict=True)
        return round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys)) + 1


@dataclass(frozen=True)
class Candidate:
    """One thing that a reader may have seen, with the probability that it is right."""

    value: Value
    probability: float
    reader: str


@dataclass(frozen=True)
class FieldReading:
    """What was read in one field.

    Attributes:
        value: normal value; none for empty.
        raw: what was read, as it stood.
        confidence: probability that ``value`` is right (for an empty field: that it is empty).
        reader: handwriting, print, mark, signature, or none where nothing was read.
        page: received page number; none when the field's page is missing.
        box_px: received pixels.
        reasons: why a person should look, short codes: illegible, disagree, implausible, crossed_out,
            two_marked, outside_box, not_applicable, faint, registration, ...
    """

    name: str
    kind: Kind
    value: Value
    raw: str
    confidence: float
    decision: Decision
    reader: str
    page: int | None
    box_px: BoxPx | None
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ()
    handwritten: bool = False


@dataclass(frozen=True)
class StrayText:
    """Writing outside every field, or on a page that is no form: screened, never thrown away."""

    page: int
    box_px: BoxPx
    text: str
    confidence: float
    handwritten: bool


@dataclass(frozen=True)
class DocumentReading:
    """One form of a transmission, read."""

    pages: FormPages
    fields: tuple[FieldReading, ...]
    stray: tuple[StrayText, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class OtherPage:
    """A page that is no form, with the text found on it."""

    page: int
    kind: PageKind
    text: tuple[StrayText, ...] = ()
    probability: float = 0.0


@dataclass(frozen=True)
class TransmissionReading:
    """A whole fax, read: what the reading contract prints, less the findings."""

    fax: OpenedFax
    documents: tuple[DocumentReading, ...]
    other_pages: tuple[OtherPage, ...]
    sender: str | None
    sent_at: datetime | None
    announced_pages: int | None
    problems: tuple[Problem, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
