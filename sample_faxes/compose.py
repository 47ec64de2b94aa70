"""Fills a page: the blank form, the answers, a manner of writing, and the faults of a real office."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator

from form_templates.model import FormField, Template
from sample_faxes.answers import Answer, Answers
from sample_faxes.blanks import blank_sheet
from sample_faxes.cases import Value
from sample_faxes.ink import PX_PER_PT, BoxPt, Gray, Points, curve, lay, rotate_patch, stroke
from sample_faxes.marks import HAND_STYLES, MarkStyle, mark, ring, scribble_out
from sample_faxes.pens import HandPen, Pen, StampPen, TypedPen, draw_text, worn_ink
from sample_faxes.real_hands import name_picture
from sample_faxes.writing import TYPED_HABITS, Habits, written

Fill = Literal["typed", "hand", "mixed"]
_TICKED = ("yes_no", "choice", "choices", "check")
_STAMPED_PREFIXES = ("prescriber_", "facility_", "practice_name", "pharmacy_")


@dataclass(frozen=True)
class Manner:
    """How a form is filled: by program, by hand, or the printed matter by program and the rest by hand.

    ``stamp`` does the office's own lines on a form filled by hand.
    """

    fill: Fill
    typed: TypedPen
    hand: HandPen
    habits: Habits
    mark_style: MarkStyle
    signer: TypedPen
    stamp: StampPen | None = None
    stroke_pt: float = 1.0

    def pen_for(self, asked: FormField, answer: Answer) -> Pen:
        """The pen that writes a field."""
        if answer.hand is not None:
            return self.hand if answer.hand else self.typed
        if self.fill == "typed":
            return self.typed
        if (
            self.fill == "mixed"
            and asked.kind not in ("date", "free_text", "time")
            and not asked.name.startswith("day_")
        ):
            return self.typed
        if self.stamp is not None and asked.name.startswith(_STAMPED_PREFIXES) and not asked.comb:
            return self.stamp
        return self.hand


@dataclass(frozen=True)
class PageFaults:
    """What went wrong on one page besides its answers.

    ``stamp_over`` is the text of an office stamp set over the page; ``margin_note`` is written by hand in a
    margin; ``long_signatures`` lets signatures run through the date beside them; ``strokes`` are stray
    strokes of the pen.
    """

    stamp_over: str | None = None
    stamp_at_pt: tuple[float, float] = (330, 70)
    margin_note: str | None = None
    long_signatures: bool = False
    strokes: int = 0


@dataclass(frozen=True, eq=False)
class FilledPage:
    """A written sheet at ``CANVAS_DPI``, and what is known only now: whether a hand wrote each field.

    ``texts`` are the characters that stand in each written field, a line each; what was crossed out is not
    among them.
    """

    canvas: Gray
    page: int
    by_hand: Mapping[str, bool] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def compose(
    template: Template,
    page: int,
    answers: Answers,
    manner: Manner,
    *,
    rng: Generator,
    faults: PageFaults = PageFaults(),
) -> FilledPage:
    """Fill one page of a form.

    Args:
        template: the form.
        page: its page, from 1.
        answers: of the whole form; fields without one stay empty.
        manner: who fills it and with what.
        rng: decides every stroke.
        faults: of this page.
    """
    canvas = blank_sheet(template, page).copy()
    by_hand, texts = {}, {}
    for asked in template.fields_on(page):
        answer = answers.get(asked.name)
        if answer is None:
            continue
        if asked.kind in _TICKED:
            by_hand[asked.name] = _mark_field(canvas, asked, answer, manner, rng)
        elif asked.kind == "signature":
            by_hand[asked.name] = True
            if answer.value is True and asked.box is not None:
                sign(
                    canvas,
                    asked.box,
                    answer.written or "",
                    manner=manner,
                    rng=rng,
                    overrun=faults.long_signatures,
                )
        elif asked.box is not None:
            by_hand[asked.name], texts[asked.name] = _write_field(canvas, asked, answer, manner, rng)
    _add_faults(canvas, manner, faults, rng)
    return FilledPage(canvas, page, by_hand, {name: text for name, text in texts.items() if text})


def _mark_field(canvas: Gray, asked: FormField, answer: Answer, manner: Manner, rng: Generator) -> bool:
    by_hand = answer.hand if answer.hand is not None else manner.fill != "typed"
    boxes: dict[str, BoxPt] = {option.value: option.box for option in asked.options}
    if asked.kind == "check" and asked.box is not None:
        boxes["true"] = asked.box
    style = manner.mark_style if by_hand else "typed"
    if by_hand and rng.random() < 0.08:
        style = HAND_STYLES[int(rng.integers(len(HAND_STYLES)))]
    marked = {*_marked(answer.value), *answer.also_marked}
    for value, box in boxes.items():
        if value in marked:
            mark(canvas, box, style, rng, manner.stroke_pt)
    if answer.struck in boxes:
        mark(canvas, boxes[answer.struck], "cross" if style == "typed" else style, rng, manner.stroke_pt)
        scribble_out(canvas, boxes[answer.struck], rng, manner.stroke_pt)
        if rng.random() < 0.4:
            for value in marked & boxes.keys():
                x, y, width, height = boxes[value]
                ring(canvas, (x - 1.5, y - 1.5, width + 3, height + 3), rng, manner.stroke_pt)
    return by_hand


def _marked(value: Value) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    if value is True:
        return ("true",)
    return (value,) if isinstance(value, str) else ()


def _write_field(
    canvas: Gray, asked: FormField, answer: Answer, manner: Manner, rng: Generator
) -> tuple[bool, str]:
    """Write a field; returns whether a hand did, and the characters."""
    pen = manner.pen_for(asked, answer)
    if answer.value is None and answer.written is None:
        return pen.by_hand, ""
    assert asked.box is not None  # noqa: S101 - the caller looked
    picture = name_picture(str(answer.value)) if answer.real_name and pen.by_hand and not asked.comb else None
    if picture is not None:
        _lay_picture(canvas, picture, asked.box, rng)
        return True, str(answer.value)
    text = answer.written or written(asked, str(answer.value), manner.habits if pen.by_hand else TYPED_HABITS)
    if asked.comb and len(text) <= asked.comb:
        pen.write_cells(canvas, text, asked.box, asked.comb, rng)
        return pen.by_hand, pen.as_written(text, cells=True)
    if asked.lines and asked.lines > 1:
        text = "\n".join(_write_lines(canvas, text, asked, pen, rng))
    else:
        box = _clear_of_frame(asked, asked.box)
        if answer.struck is not None:
            box = _strike(canvas, answer.struck, box, pen, rng)
        pen.write(canvas, text, box, rng)
    return pen.by_hand, pen.as_written(text, cells=False)


def _lay_picture(canvas: Gray, picture: Gray, box: BoxPt, rng: Generator) -> None:
    """A real hand's writing set into a box, nine tenths of its height at most."""
    x, y, width, height = (part * PX_PER_PT for part in box)
    scale = min(height * float(rng.uniform(0.7, 0.9)) / picture.shape[0], width * 0.92 / picture.shape[1])
    patch = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    lay(canvas, patch, x + width * 0.04, y + (height - patch.shape[0]) / 2)


def _clear_of_frame(asked: FormField, box: BoxPt) -> BoxPt:
    x, y, width, height = box
    return (x + 1, y, width - 2, height) if asked.drawn_style == "box" else box


def _strike(canvas: Gray, wrong: str, box: BoxPt, pen: Pen, rng: Generator) -> BoxPt:
    """Write a wrong value in the first part of a box and cross it out; returns what is left of the box."""
    x, y, width, height = box
    part = width * 0.44
    taken = pen.write(canvas, wrong, (x, y, part, height), rng)
    end = min(x + part, taken[0] + taken[2])
    for _ in range(int(rng.integers(1, 3))):
        level = y + height * float(rng.uniform(0.4, 0.65))
        stroke(canvas, [(taken[0] - 3, level), (end + 3, level + float(rng.normal(0, 2)))], 1.0)
    return (end + 4, y, x + width - end - 4, height)


def _write_lines(canvas: Gray, text: str, asked: FormField, pen: Pen, rng: Generator) -> list[str]:
    assert asked.box is not None and asked.lines is not None  # noqa: S101 - the caller looked
    (x, y, width, height), lines = asked.box, asked.lines
    each = height / lines
    # About as many characters as a line takes at the hand's size; the pen squeezes what is a little over.
    limit = int(width / (each * 0.42))
    rows: list[str] = [""]
    for word in text.split():
        if rows[-1] and len(rows[-1]) + 1 + len(word) > limit and len(rows) < lines:
            rows.append(word)
        else:
            rows[-1] = f"{rows[-1]} {word}".strip()
    for number, row in enumerate(rows):
        pen.write(canvas, row, (x, y + each * number, width, each), rng)
    return rows


def sign(
    canvas: Gray, box: BoxPt, name: str, *, manner: Manner, rng: Generator, overrun: bool = False
) -> None:
    """Sign: a name in a script face, much warped, or a plain scribble; it may leave the box upwards."""
    x, y, width, height = box
    if overrun:
        width *= 1.75
    share = float(rng.uniform(0.5, 0.8)) if not overrun else float(rng.uniform(0.8, 0.95))
    if name and rng.random() < 0.6:
        size = round(height * float(rng.uniform(1.0, 1.35)) * PX_PER_PT)
        patch = draw_text(manner.signer.shelf, manner.signer.face, size, name)
        scale = min(1.6, share * width * PX_PER_PT / patch.shape[1])
        patch = np.asarray(cv2.resize(patch, None, fx=scale, fy=min(1.0, scale + 0.2)), np.uint8)
        patch = cv2.erode(patch, np.ones((2, 2), np.uint8)).astype(np.uint8)
        turned = rotate_patch(patch, float(rng.normal(1.5, 1.5)))
        top = (y + height * 0.55) * PX_PER_PT - turned.shape[0] / 2
        lay(canvas, turned, (x + width * 0.04) * PX_PER_PT, top)
    else:
        stroke(canvas, _scribble((x, y, width, height), share, rng), manner.stroke_pt * 1.1)
    if rng.random() < 0.5:
        level = y + height * float(rng.uniform(0.75, 1.0))
        tail = [
            (x + width * 0.1, level),
            (x + width * share, level - height * 0.15),
            (x + width * 0.3, level + height * 0.1),
        ]
        stroke(canvas, curve(tail), manner.stroke_pt)


def _scribble(box: BoxPt, share: float, rng: Generator) -> Points:
    x, y, width, height = box
    loops = int(rng.integers(6, 13))
    t = np.linspace(0, 1, loops * 2)
    across = x + width * (0.05 + share * t) + rng.normal(0, width * 0.012, loops * 2)
    tall = height * (0.55 - 0.3 * t) * rng.uniform(0.5, 1.2, loops * 2)
    down = y + height * 0.62 + np.where(np.arange(loops * 2) % 2 == 0, -tall, tall * 0.4)
    return curve(np.column_stack([across, down]), 10)


def _add_faults(canvas: Gray, manner: Manner, faults: PageFaults, rng: Generator) -> None:
    if faults.stamp_over:
        stamp(canvas, faults.stamp_over, faults.stamp_at_pt, manner.typed, rng)
    if faults.margin_note:
        _margin_note(canvas, faults.margin_note, manner.hand, rng)
    height, width = canvas.shape
    for _ in range(faults.strokes):
        start = np.array([rng.uniform(40, width / PX_PER_PT - 160), rng.uniform(60, height / PX_PER_PT - 60)])
        steps = np.cumsum(rng.normal([22, 0], [12, 7], (4, 2)), axis=0)
        stroke(canvas, curve(np.vstack([start, start + steps])), manner.stroke_pt)


def stamp(canvas: Gray, text: str, at_pt: tuple[float, float], pen: TypedPen, rng: Generator) -> None:
    """An office stamp in a frame, turned a little and worn; lines of the text are split at ``|``."""
    lines = text.split("|")
    size = round(13 * PX_PER_PT)
    patches = [draw_text(pen.shelf, pen.face, size, line) for line in lines]
    height = sum(patch.shape[0] for patch in patches) + 30
    width = max(patch.shape[1] for patch in patches) + 40
    sheet = np.full((height, width), 255, np.uint8)
    top = 15
    for patch in patches:
        lay(sheet, patch, (width - patch.shape[1]) / 2, top)
        top += patch.shape[0]
    sheet = cv2.erode(sheet, np.ones((3, 3), np.uint8)).astype(np.uint8)
    cv2.rectangle(sheet, (4, 4), (width - 5, height - 5), 0, 5)
    worn = worn_ink(sheet, 0.22, rng)
    lay(canvas, rotate_patch(worn, float(rng.normal(3, 5))), at_pt[0] * PX_PER_PT, at_pt[1] * PX_PER_PT)


def _margin_note(canvas: Gray, note: str, pen: HandPen, rng: Generator) -> None:
    """A note by hand along the left margin, bottom to top, or along the foot of the page."""
    writer = replace(pen, hand=replace(pen.hand, stretch=0.95))
    if rng.random() < 0.5:
        strip = np.full((round(18 * PX_PER_PT), round(560 * PX_PER_PT)), 255, np.uint8)
        writer.write(strip, note, (0, 1, 560, 16), rng)
        lay(canvas, np.ascontiguousarray(np.rot90(strip)), 8 * PX_PER_PT, 130 * PX_PER_PT)
    else:
        writer.write(canvas, note, (40, 772, 530, 17), rng)
