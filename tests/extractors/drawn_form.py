"""A small form drawn for the tests of field reading, and the pens that fill it."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from extractors.model import WORK_DPI, Gray, RegisteredPage
from form_templates.model import FormField, Option, PageSize, Template

SCALE = WORK_DPI / 72
SHAPE = (round(792 * SCALE), round(612 * SCALE))


def form() -> Template:
    """A form with one field of every kind of reading."""
    return Template(
        form="test_form",
        version="2015-11",
        title="Test",
        code="TST",
        revision="TST 11/2015",
        reference_id="1",
        rems_version="2015",
        pages=(PageSize(), PageSize()),
        fields=(
            _field("patient_last_name", "name", (60, 80, 200, 22)),
            _field("patient_email", "email", (300, 80, 240, 22)),
            _field("date_of_birth", "date", (60, 130, 128, 20), comb=8),
            _field("prescriber_npi", "npi", (300, 130, 160, 20), comb=10),
            _field("comments", "free_text", (60, 180, 480, 48), lines=2),
            FormField(
                name="alive",
                label="Alive",
                kind="yes_no",
                page=1,
                section="s",
                options=(
                    Option(value="yes", label="Yes", box=(60, 260, 9, 9)),
                    Option(value="no", label="No", box=(100, 260, 9, 9)),
                ),
            ),
            _field("guide_given", "check", (200, 260, 9, 9)),
            FormField(
                name="credentials",
                label="Credentials",
                kind="choices",
                page=1,
                section="s",
                options=tuple(
                    Option(value=value, label=value.upper(), box=(60 + 45 * index, 300, 9, 9))
                    for index, value in enumerate(("md", "do", "np"))
                ),
            ),
            _field("signature", "signature", (60, 340, 240, 26)),
            _field("signature_date", "date", (320, 340, 128, 26), comb=8),
            _field("other_page", "text", (60, 80, 200, 22), page=2),
        ),
    )


def _field(name: str, kind: str, box: tuple[float, float, float, float], **more: object) -> FormField:
    asked = {"name": name, "label": name, "kind": kind, "page": 1, "section": "s", "box": box, **more}
    return FormField.model_validate(asked)


def blank() -> Gray:
    """The first page of the form, printed."""
    page = np.full(SHAPE, 255, np.uint8)
    for field in form().fields_on(1):
        for box in field.boxes:
            left, top, right, bottom = px(box)
            cv2.rectangle(page, (left, top), (right, bottom), 0, 2)
            for cell in range(1, field.comb or 0):
                x = left + round((right - left) * cell / (field.comb or 1))
                cv2.line(page, (x, top), (x, bottom), 0, 2)
            if field.box is not None:
                lay(page, field.label, (box[0], box[1] - 9), 15)
        for option in field.options:
            lay(page, option.label, (option.box[0] + 12, option.box[1]), 22)
    return page


def px(box: Sequence[float]) -> tuple[int, int, int, int]:
    """A box of points in pixels."""
    x, y, width, height = (value * SCALE for value in box)
    return round(x), round(y), round(x + width), round(y + height)


def lay(page: Gray, text: str, at_pt: tuple[float, float], size_px: int = 28) -> None:
    """Type a text with its top left corner at a point of the page."""
    font = ImageFont.load_default(size_px)
    image = Image.new("L", (int(font.getlength(text)) + 8, size_px * 2), 255)
    ImageDraw.Draw(image).text((4, 2), text, font=font, fill=0)
    patch = np.where(np.asarray(image) < 140, np.uint8(0), np.uint8(255))
    x, y = round(at_pt[0] * SCALE), round(at_pt[1] * SCALE)
    window = page[y : y + patch.shape[0], x : x + patch.shape[1]]
    np.minimum(window, patch, out=window)


def draw(page: Gray, *points_pt: tuple[float, float], thick_px: int = 3) -> None:
    """Draw a stroke through points of the page."""
    corners = np.round(np.array(points_pt) * SCALE).astype(np.int32)
    cv2.polylines(page, [corners.reshape(-1, 1, 2)], False, 0, thick_px)


def registered(page: Gray, *, doubtful: bool = False, rows_share: float = 196 / 204) -> RegisteredPage:
    """The page as registration hands it over, received upright at 204 x 196."""
    rows = np.arange(page.shape[0]) * rows_share
    ends = np.stack(
        [np.stack([np.zeros_like(rows), rows], 1), np.stack([np.full_like(rows, 1728.0), rows], 1)], axis=1
    )
    return RegisteredPage("test_form", "2015-11", 1, 4, page, blank(), ends, 0.8, 0.97, doubtful)
