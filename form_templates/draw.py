"""Draws the blank form from its template alone; the same template gives the same bytes."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from form_templates.model import Bar, Box, FormField, PrintedText, Section, Shape, Template
from form_templates.print_layout import (
    FONTS,
    NARROW,
    Printed,
    field_words,
    section_words,
    text_words,
)

FRAME_PT = 0.6
COMB_PT = 0.5
TICK_BOX_PT = 0.8
TOOTH_SHARE = 0.35
GRAY = 0.85


class _Pen:
    """A reportlab canvas whose origin is the page's top left, as in the templates."""

    def __init__(self, canvas: Canvas, height_pt: float) -> None:
        self._canvas = canvas
        self._height_pt = height_pt

    def rectangle(self, box: Box, line_pt: float, fill: str = "none") -> None:
        x, y, width, height = box
        self._canvas.setLineWidth(line_pt)
        self._canvas.setFillGray({"gray": GRAY, "black": 0.0}.get(fill, 1.0))
        self._canvas.rect(
            x,
            self._height_pt - y - height,
            width,
            height,
            stroke=int(line_pt > 0),
            fill=int(fill != "none"),
        )

    def line(self, start: tuple[float, float], end: tuple[float, float], line_pt: float) -> None:
        self._canvas.setLineWidth(line_pt)
        self._canvas.line(start[0], self._height_pt - start[1], end[0], self._height_pt - end[1])

    def words(self, printed: Printed) -> None:
        self._canvas.saveState()
        self._canvas.translate(printed.x, self._height_pt - printed.baseline)
        if not printed.upright:
            self._canvas.rotate(90)
        line = self._canvas.beginText(0, 0)
        line.setFont(FONTS[printed.font], printed.size)
        line.setHorizScale(100 * NARROW)
        line.setFillGray(1.0 if printed.white else 0.0)
        line.textOut(printed.text)
        self._canvas.drawText(line)
        self._canvas.restoreState()


def _draw_shape(pen: _Pen, shape: Shape) -> None:
    x, y, width, height = shape.box
    if width == 0 or height == 0:
        pen.line((x, y), (x + width, y + height), shape.line_pt)
    else:
        pen.rectangle(shape.box, shape.line_pt, shape.fill)


def _bar_box(section: Section) -> Box:
    x, y, width, height = section.box
    return (x, y, section.bar_pt, height) if section.bar == "side" else (x, y, width, section.bar_pt)


def _draw_section(pen: _Pen, section: Section) -> None:
    fills: dict[Bar, str] = {"black": "black", "gray": "gray", "side": "black"}
    if section.bar == "line":
        x, y, width, _ = section.box
        rule_y = y + section.bar_pt
        pen.line((x, rule_y), (x + width, rule_y), 1.4)
    else:
        pen.rectangle(section.box, 0.8)
        pen.rectangle(_bar_box(section), 0.8, fills[section.bar])
    for printed in section_words(section):
        pen.words(printed)


def _draw_cells(pen: _Pen, box: Box, cells: int, *, framed: bool) -> None:
    x, y, width, height = box
    bottom = y + height
    if framed:
        pen.rectangle(box, FRAME_PT)
    else:
        pen.line((x, bottom), (x + width, bottom), FRAME_PT)
    top = y if framed else bottom - height * TOOTH_SHARE
    for number in range(0 if not framed else 1, cells + (not framed)):
        at = x + width * number / cells
        pen.line((at, top), (at, bottom), COMB_PT)


def _draw_writing_place(pen: _Pen, field: FormField, box: Box) -> None:
    x, y, width, height = box
    if field.frame is not None:
        pen.rectangle(field.frame, FRAME_PT)
    if field.comb:
        _draw_cells(pen, box, field.comb, framed=field.drawn_style == "cells")
    elif field.drawn_style == "line":
        for number in range(1, (field.lines or 1) + 1):
            at = y + height * number / (field.lines or 1)
            pen.line((x, at), (x + width, at), FRAME_PT)
    elif field.frame is None:
        pen.rectangle(box, FRAME_PT)


def _draw_field(pen: _Pen, field: FormField) -> None:
    for option in field.options:
        pen.rectangle(option.box, TICK_BOX_PT)
    if field.box is not None:
        if field.kind == "check":
            pen.rectangle(field.box, TICK_BOX_PT)
        else:
            _draw_writing_place(pen, field, field.box)
    for printed in field_words(field):
        pen.words(printed)


def _draw_text(pen: _Pen, text: PrintedText) -> None:
    for printed in text_words(text):
        pen.words(printed)


def draw_blank(template: Template) -> bytes:
    """The blank form as a PDF: vector lines and embedded fonts, no clock and no random numbers."""
    buffer = BytesIO()
    first = template.pages[0]
    canvas = Canvas(buffer, pagesize=(first.width, first.height), invariant=1, pageCompression=1)
    canvas.setTitle(f"{template.title} ({template.revision}), specimen")
    canvas.setAuthor("")
    for number, page in enumerate(template.pages, start=1):
        canvas.setPageSize((page.width, page.height))
        pen = _Pen(canvas, page.height)
        for shape in template.shapes:
            if shape.page == number:
                _draw_shape(pen, shape)
        for section in template.sections:
            if section.page == number:
                _draw_section(pen, section)
        for text in template.texts_on(number):
            _draw_text(pen, text)
        for field in template.fields_on(number):
            _draw_field(pen, field)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
