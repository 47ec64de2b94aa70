"""Reads the fields of registered pages: the one place where ink, readers, values and confidence meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from extractors.acceptance import HELD_BACK, NO_LINES, Acceptance, Lines
from extractors.calibrated import Group, Judge, judge_of
from extractors.cut_off import CUT_OFF, is_cut_off
from extractors.marks import read_marks
from extractors.model import (
    BoxPx,
    Decision,
    DocumentReading,
    FieldReading,
    FormPages,
    Problem,
    RegisteredPage,
    StrayText,
)
from extractors.readers.protocol import Readers
from extractors.signatures import read_signature
from extractors.stray import read_stray
from extractors.writing import Writing, find_writing, to_px
from extractors.written import MUST_SEE, PageFit, Voices, WrittenField, find_written, of_page
from form_templates.model import MARKED_KINDS, FormField, Template

STANDARD_ROWS = 0.75
"""Received rows for each form row: 0.48 at 98 rows to the inch, 0.96 at 196."""


@dataclass(frozen=True)
class PageFields:
    """What was read on one page of a form."""

    fields: tuple[FieldReading, ...]
    stray: tuple[StrayText, ...] = ()


def read_form_pages(
    pages: Sequence[RegisteredPage],
    template: Template,
    readers: Readers,
    *,
    target_error: float,
    lines: Lines = NO_LINES,
    called_on: date | None = None,
) -> list[PageFields]:
    """Read every field of some pages of a form, in the order in which the template lists them.

    Args:
        pages: pages laid over their blanks.
        template: the form's template.
        readers: the voices.
        target_error: share of fields that may be wrong among those that nobody sees.
        lines: from where on fields of a sort may pass, by what was measured of them.
        called_on: the day of the call, where it is known: the dates of a form lie near it.

    Returns:
        For each page one reading for each of its fields. On a doubtful page every field is none with the
        reason ``registration`` and nothing else is read: the caller makes one task of the page. So is every
        field that was cut off, with the reason ``cut_off``; the others are read.

    Raises:
        ReaderError: a reader cannot work.
    """
    judge = judge_of(readers.nets)
    cuts = [_Cut.of(page, template) for page in pages]
    fields = [field for cut in cuts for field in cut.written]
    read = Voices(readers, judge, lines).read(fields, target_error, called_on)
    written = {field.asked.name: field for field in read}
    decide = _Decisions(Acceptance(judge, target_error, lines))
    return [_page_fields(cut, written, decide, readers) for cut in cuts]


@dataclass(frozen=True, eq=False)
class _Cut:
    """A page on its way: its fields and their ink, cut into lines where they are written."""

    page: RegisteredPage
    asked: tuple[FormField, ...]
    standard: bool
    cut_off: frozenset[str]
    writings: Mapping[str, Writing]
    written: tuple[WrittenField, ...]

    @staticmethod
    def of(page: RegisteredPage, template: Template) -> "_Cut":
        """Cut a page; of a doubtful one nothing."""
        asked, standard = template.fields_on(page.form_page), is_standard(page)
        if page.doubtful:
            return _Cut(page, asked, standard, frozenset(), {}, ())
        cut_off = frozenset(field.name for field in asked if is_cut_off(page, field))
        boxes = [to_px(box) for field in asked for box in field.boxes]
        signatures = [to_px(box) for field in asked if field.kind == "signature" for box in field.boxes]
        writings = {
            field.name: find_writing(
                page, to_px(field.box), boxes, standard=standard, signatures_px=signatures
            )
            for field in asked
            if field.kind not in MARKED_KINDS and field.box is not None and field.name not in cut_off
        }
        written = [
            find_written(field, writings[field.name])
            for field in asked
            if field.name in writings and field.kind != "signature"
        ]
        fit = PageFit(page.residual_px, standard)
        return _Cut(page, asked, standard, cut_off, writings, tuple(of_page(written, fit)))


def _page_fields(
    cut: _Cut, written: Mapping[str, WrittenField], decide: "_Decisions", readers: Readers
) -> PageFields:
    page = cut.page
    if page.doubtful:
        return PageFields(tuple(_unread(field, page, "registration", "review") for field in cut.asked))
    ticks = [to_px(box) for field in cut.asked if field.kind in MARKED_KINDS for box in field.boxes]
    found: list[FieldReading] = []
    for field in cut.asked:
        if field.name in cut.cut_off:
            found.append(_unread(field, page, CUT_OFF, "review"))
        elif field.kind in MARKED_KINDS:
            found.append(_marked(page, field, ticks, decide, standard=cut.standard))
        elif field.name not in cut.writings:
            found.append(_unread(field, page, "no_box", "review"))
        elif field.kind == "signature":
            found.append(_signed(page, field, cut.writings[field.name], decide, standard=cut.standard))
        else:
            found.append(_written(page, written[field.name], decide))
    boxes = [to_px(box) for field in cut.asked for box in field.boxes]
    return PageFields(tuple(found), read_stray(page, boxes, readers.hand))


def read_document(
    pages: FormPages,
    registered: Mapping[int, RegisteredPage],
    template: Template,
    readers: Readers,
    *,
    target_error: float,
    lines: Lines = NO_LINES,
    called_on: date | None = None,
) -> DocumentReading:
    """Read one form of a transmission.

    Args:
        pages: which received page is which page of the form.
        registered: registered pages by page of the form; a page that could not be registered is left out.
        template: the form's template.
        readers: the voices.
        target_error: share of fields that may be wrong among those that nobody sees.
        lines: from where on fields of a sort may pass, by what was measured of them.
        called_on: the day of the call, where it is known: the dates of a form lie near it.

    Returns:
        A reading for every field of the form. Fields of a page that did not come are none with the reason
        ``missing_page`` and confidence 0. A page of which fields were cut off is one problem.

    Raises:
        ReaderError: a reader cannot work.
    """
    fields: list[FieldReading] = []
    stray: list[StrayText] = []
    problems: list[Problem] = []
    came = [number for number in range(1, len(template.pages) + 1) if number in registered]
    sheets = [registered[number] for number in came]
    read_pages = read_form_pages(
        sheets, template, readers, target_error=target_error, lines=lines, called_on=called_on
    )
    reads = dict(zip(came, read_pages, strict=True))
    for number in range(1, len(template.pages) + 1):
        page = registered.get(number)
        if page is None:
            received = pages.pages.get(number)
            reason, decision = ("missing_page", "empty") if received is None else ("registration", "review")
            fields += [
                FieldReading(
                    name=field.name,
                    kind=field.kind,
                    value=None,
                    raw="",
                    confidence=0.0,
                    decision="empty" if decision == "empty" else "review",
                    reader="none",
                    page=received,
                    box_px=None,
                    reasons=(reason,),
                )
                for field in template.fields_on(number)
            ]
        else:
            read = reads[number]
            fields += read.fields
            stray += read.stray
            if any(CUT_OFF in field.reasons for field in read.fields):
                message = "The page was cut off before its end: ask the sender to send it again."
                problems.append(Problem(CUT_OFF, message, page.received_page))
        if number in pages.pages and (page is None or page.doubtful):
            message = (
                "The page does not lie over its form well enough to read: compare it by eye, or ask again."
            )
            problems.append(Problem("registration", message, pages.pages[number]))
    order = {field.name: index for index, field in enumerate(template.fields)}
    fields.sort(key=lambda reading: order[reading.name])
    return DocumentReading(pages, tuple(fields), tuple(stray), tuple(problems))


def is_standard(page: RegisteredPage) -> bool:
    """Whether the page came with 98 rows to the inch, from how many of its rows make one form row."""
    ends = page.form_to_received[:, 0]
    step = abs(ends[-1] - ends[0]) / max(1, len(ends) - 1)
    return float(max(step)) < STANDARD_ROWS


def _unread(field: FormField, page: RegisteredPage, reason: str, decision: Decision) -> FieldReading:
    return FieldReading(
        name=field.name,
        kind=field.kind,
        value=None,
        raw="",
        confidence=0.0,
        decision=decision,
        reader="none",
        page=page.received_page,
        box_px=page.received_box(_around(field.boxes)) if field.boxes and reason != CUT_OFF else None,
        reasons=(reason,),
    )


@dataclass(frozen=True)
class _Decisions:
    """Who decides on the fields of a page."""

    acceptance: Acceptance

    @property
    def judge(self) -> Judge:
        """Says how sure a reading is."""
        return self.acceptance.judge

    def __call__(
        self, reading: FieldReading, group: Group, *, is_empty: bool, must_see: bool = False
    ) -> FieldReading:
        """The reading with what becomes of it.

        ``must_see``: something was seen that a person has to look at whatever the figures say.
        """
        kind, sure = reading.kind, reading.confidence
        if must_see:
            return reading
        if self.acceptance.passes(group, kind, sure):
            return replace(reading, decision="empty" if is_empty else "accept")
        held_back = self.acceptance.holds_back(group, kind, sure)
        return replace(reading, reasons=(*reading.reasons, HELD_BACK)) if held_back else reading


def _marked(
    page: RegisteredPage,
    field: FormField,
    ticks: Sequence[BoxPx],
    decide: _Decisions,
    *,
    standard: bool,
) -> FieldReading:
    marks = read_marks(page, field, ticks, standard=standard)
    unmarked = marks.value in (None, False)
    sure = decide.judge.mark(field.kind, marks, standard=standard, residual_px=page.residual_px)
    standing = [mark.value for mark in marks.options if mark.strength >= 1]
    reading = FieldReading(
        name=field.name,
        kind=field.kind,
        value=marks.value,
        raw=" ".join(standing),
        confidence=sure,
        decision="review",
        reader="mark" if standing or marks.value else "none",
        page=page.received_page,
        box_px=page.received_box(_around(field.boxes)),
        reasons=marks.reasons,
    )
    must_see = bool({"two_marked", "crossed_out"} & set(marks.reasons))
    return decide(reading, "mark", is_empty=unmarked, must_see=must_see)


def _signed(
    page: RegisteredPage, field: FormField, writing: Writing, decide: _Decisions, *, standard: bool
) -> FieldReading:
    signature = read_signature(writing)
    sure = decide.judge.signature(signature, standard=standard, residual_px=page.residual_px)
    typed = "typed" in signature.reasons
    reading = FieldReading(
        name=field.name,
        kind=field.kind,
        value=signature.present,
        raw="signed" if signature.present else "",
        confidence=sure,
        decision="review",
        reader="signature" if signature.present else "none",
        page=page.received_page,
        box_px=page.received_box(_joined(_around(field.boxes), writing)),
        reasons=signature.reasons,
        handwritten=signature.present and not typed,
    )
    return decide(reading, "signature", is_empty=not signature.present, must_see=typed)


def _written(page: RegisteredPage, field: WrittenField, decide: _Decisions) -> FieldReading:
    asked = field.asked
    reading = FieldReading(
        name=asked.name,
        kind=asked.kind,
        value=field.value,
        raw=field.raw,
        confidence=field.confidence,
        decision="review",
        reader=("handwriting" if field.handwritten else "print") if field.filled else "none",
        page=page.received_page,
        box_px=page.received_box(_joined(_around(asked.boxes), field.writing)),
        candidates=field.candidates,
        reasons=field.reasons,
        handwritten=field.filled and field.handwritten,
    )
    must_see = (field.filled and field.value is None) or bool(MUST_SEE.intersection(field.reasons))
    return decide(reading, field.group(), is_empty=not field.filled, must_see=must_see)


def _around(boxes: Sequence[tuple[float, float, float, float]]) -> BoxPx:
    """The box around boxes of points, form pixels."""
    px = [to_px(box) for box in boxes]
    return min(b[0] for b in px), min(b[1] for b in px), max(b[2] for b in px), max(b[3] for b in px)


def _joined(box: BoxPx, writing: Writing) -> BoxPx:
    """The field's box, grown to its writing."""
    other = writing.form_box if len(writing.pieces) else box
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])
