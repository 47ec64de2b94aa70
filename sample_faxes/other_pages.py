"""Pages that are no form: cover sheets, laboratory printouts, letters, junk."""

from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import wrap

import numpy as np
from numpy.random import Generator

from sample_faxes.blanks import white_sheet
from sample_faxes.cases import Case
from sample_faxes.fonts import Face, FontShelf
from sample_faxes.ink import PX_PER_PT, Gray, lay, stroke
from sample_faxes.marks import mark
from sample_faxes.pens import HandPen, draw_text
from sample_faxes.writing import us_date

CONFIDENTIAL = (
    "CONFIDENTIALITY NOTICE: This facsimile contains health information that is privileged and confidential "
    "and meant only for the person named above. If you received it in error, tell the sender at once and "
    "destroy every page. Reading, copying or passing it on is not permitted."
)


@dataclass(frozen=True)
class Typesetter:
    """Sets plain lines of one face on a sheet."""

    canvas: Gray
    shelf: FontShelf
    face: Face

    def line(
        self, x_pt: float, baseline_pt: float, text: str, size_pt: float = 10.0, *, bold: bool = False
    ) -> None:
        """One line, its left end and baseline given in points."""
        size = round(size_pt * PX_PER_PT)
        patch = draw_text(self.shelf, self.face, size, text)
        font = self.shelf.sized(self.face, size)
        margin = max(2, size // 8)
        # The patch's top is the text's highest ink; the font tells how far that is above the baseline.
        rise = font.getmetrics()[0] - font.getbbox(text)[1]
        left, top = x_pt * PX_PER_PT - margin, baseline_pt * PX_PER_PT - rise - margin
        for shift in (0, 1, 2) if bold else (0,):
            lay(self.canvas, patch, left + shift, top)

    def paragraph(self, x_pt: float, baseline_pt: float, text: str, size_pt: float, columns: int) -> float:
        """A paragraph broken at so many characters; returns the baseline below it."""
        for row in wrap(text, columns):
            self.line(x_pt, baseline_pt, row, size_pt)
            baseline_pt += size_pt * 1.28
        return baseline_pt


def _typesetter(shelf: FontShelf, rng: Generator, names: tuple[str, ...]) -> Typesetter:
    return Typesetter(white_sheet(), shelf, shelf.face(names[int(rng.integers(len(names)))]))


def cover_sheet(
    shelf: FontShelf, case: Case, rng: Generator, *, announced: int, comment: str | None, hand: HandPen | None
) -> Gray:
    """A fax cover sheet; what is filled in is written by ``hand``, or typed where there is none.

    Args:
        shelf: the fonts.
        case: whose office sends it.
        rng: decides the design.
        announced: the number of pages the sheet tells, itself included.
        comment: what stands under "Comments".
        hand: the pen of the person who filled it.
    """
    sheet = _typesetter(shelf, rng, ("arimo", "tinos", "carlito", "dejavu-sans"))
    top = float(rng.uniform(70, 110))
    sheet.line(60, top, case.prescriber.practice, 15, bold=True)
    office = case.prescriber.person.place
    sheet.line(
        60, top + 16, f"{office.street}, {office.street_2}, {office.city}, {office.state} {office.zip}", 9
    )
    title = ("FAX", "FAX COVER SHEET", "Facsimile Transmittal", "FAX TRANSMISSION")[int(rng.integers(4))]
    sheet.line(60 if rng.random() < 0.5 else 330, top + 56, title, 26 if title == "FAX" else 19, bold=True)
    rows = (
        ("TO:", "LEMTRADA REMS Program"),
        ("FAX:", "1-855-557-2478"),
        ("FROM:", f"{case.prescriber.contact.name}, {case.prescriber.practice}"),
        ("PHONE:", _phone(case.prescriber.person.phone)),
        ("SENDER'S FAX:", _phone(case.prescriber.fax)),
        ("DATE:", us_date(case.received)),
        ("PAGES (incl. cover):", str(announced)),
        (
            "RE:",
            ("REMS forms", "Patient forms", "LEMTRADA REMS - status form", "Enrollment")[
                int(rng.integers(4))
            ],
        ),
    )
    y = top + 92
    for label, value in rows:
        sheet.line(64, y, label, 10, bold=True)
        _fill_in(sheet, value, (180, y - 16, 350, 20), hand, rng)
        stroke(sheet.canvas, [(178, y + 4), (545, y + 4)], 0.5)
        y += 27
    for number, label in enumerate(("Urgent", "For review", "Please reply", "Confidential")):
        x = 64 + number * 125
        stroke(sheet.canvas, [(x, y - 8), (x + 9, y - 8), (x + 9, y + 1), (x, y + 1), (x, y - 8)], 0.7)
        sheet.line(x + 13, y, label, 9)
        if rng.random() < 0.25:
            mark(sheet.canvas, (x, y - 8, 9, 9), "cross" if hand else "typed", rng)
    y += 26
    sheet.line(64, y, "COMMENTS:", 10, bold=True)
    if comment:
        lines = wrap(comment, 52)
        for number, row in enumerate(lines):
            _fill_in(sheet, row, (70, y + 8 + number * 24, 470, 22), hand, rng)
    sheet.paragraph(60, 700, CONFIDENTIAL, 7.5, 118)
    return sheet.canvas


def _fill_in(
    sheet: Typesetter, text: str, box: tuple[float, float, float, float], hand: HandPen | None, rng: Generator
) -> None:
    if hand is None:
        sheet.line(box[0], box[1] + box[3] - 4, text, 10.5)
    else:
        hand.write(sheet.canvas, text, box, rng)


def _phone(digits: str) -> str:
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


_TESTS = (
    ("WBC", "x10E3/uL", "3.4-10.8", 6.1),
    ("RBC", "x10E6/uL", "4.14-5.80", 4.6),
    ("Hemoglobin", "g/dL", "12.6-17.7", 13.8),
    ("Hematocrit", "%", "37.5-51.0", 41.2),
    ("Platelets", "x10E3/uL", "150-450", 231.0),
    ("Neutrophils", "%", "Not Estab.", 61.0),
    ("Lymphs", "%", "Not Estab.", 22.0),
    ("Monocytes", "%", "Not Estab.", 9.0),
    ("Eos", "%", "Not Estab.", 3.0),
    ("Creatinine", "mg/dL", "0.57-1.27", 0.81),
    ("BUN", "mg/dL", "6-24", 14.0),
    ("TSH", "uIU/mL", "0.450-4.500", 1.87),
    ("Urine RBC", "/hpf", "0-2", 1.0),
    ("Urine Protein", "", "Negative", 0.0),
)


def lab_printout(shelf: FontShelf, case: Case, rng: Generator, *, comment: str | None = None) -> Gray:
    """A laboratory's result page of a patient; ``comment`` is the laboratory's remark at its foot."""
    sheet = _typesetter(shelf, rng, ("cousine", "courier-prime", "dejavu-mono"))
    patient = case.patient
    drawn = case.signed - timedelta(days=int(rng.integers(2, 9)))
    sheet.line(50, 60, "COMMONWEALTH REFERENCE LABORATORY (specimen)", 12, bold=True)
    sheet.line(50, 74, "Patient Report", 10)
    stroke(sheet.canvas, [(48, 80), (565, 80)], 1.2)
    left = (
        f"Patient: {patient.person.last_name.upper()}, {patient.person.first_name.upper()}",
        f"DOB: {us_date(date.fromisoformat(patient.date_of_birth))}   Sex: {patient.person.sex[0].upper()}",
        f"Ordering: {case.prescriber.person.last_name}, {case.prescriber.person.first_name}",
    )
    right = (
        f"Specimen ID: {int(rng.integers(10**8, 10**9))}",
        f"Collected: {us_date(drawn)} 08:{int(rng.integers(10, 59))}",
        f"Reported: {us_date(drawn + timedelta(days=1))}",
    )
    for number in range(3):
        sheet.line(50, 98 + 13 * number, left[number], 9)
        sheet.line(350, 98 + 13 * number, right[number], 9)
    stroke(sheet.canvas, [(48, 132), (565, 132)], 0.6)
    for x, head in ((50, "TESTS"), (210, "RESULT"), (290, "FLAG"), (350, "UNITS"), (450, "REFERENCE")):
        sheet.line(x, 148, head, 9, bold=True)
    y = 168.0
    for name, unit, reference, usual in _TESTS:
        result = usual * float(rng.uniform(0.85, 1.15))
        low = comment is not None and name == "Platelets"
        shown = "18" if low else ("Negative" if reference == "Negative" else f"{result:.4g}")
        for x, text in (
            (50, name),
            (210, shown),
            (290, "LOW !" if low else ""),
            (350, unit),
            (450, reference),
        ):
            if text:
                sheet.line(x, y, text, 9)
        y += 17
    if comment:
        sheet.paragraph(50, y + 24, f"Comment: {comment}", 9, 92)
    sheet.line(50, 740, "Page 1 of 1   FINAL REPORT", 8)
    return sheet.canvas


def letter(shelf: FontShelf, case: Case, rng: Generator, *, body: tuple[str, ...]) -> Gray:
    """A letter of the prescriber's office, typed, with a signature line."""
    sheet = _typesetter(shelf, rng, ("tinos", "carlito", "arimo"))
    prescriber = case.prescriber
    place = prescriber.person.place
    sheet.line(72, 76, prescriber.practice, 15, bold=True)
    sheet.line(
        72,
        92,
        f"{place.street}, {place.city}, {place.state} {place.zip}  Tel {_phone(prescriber.person.phone)}",
        9,
    )
    sheet.line(72, 136, case.signed.strftime("%B %d, %Y"), 11)
    sheet.line(72, 166, "LEMTRADA REMS Program", 11)
    sheet.line(72, 180, "Fax 1-855-557-2478", 11)
    sheet.line(72, 214, "To whom it may concern:", 11)
    y = 240.0
    for part in body:
        y = sheet.paragraph(72, y, part, 11, 88) + 8
    sheet.line(72, y + 16, "Sincerely,", 11)
    script = Typesetter(sheet.canvas, shelf, shelf.face("sacramento"))
    script.line(80, y + 52, prescriber.person.name, 26)
    sheet.line(72, y + 74, f"{prescriber.person.name}, {prescriber.credentials}", 11)
    return sheet.canvas


def junk(shelf: FontShelf, rng: Generator, kind: str) -> Gray:
    """Advertising, or a page meant for someone else."""
    sheet = _typesetter(shelf, rng, ("arimo", "dejavu-sans"))
    if kind == "menu":
        sheet.line(150, 120, "GOLDEN WOK KITCHEN", 26, bold=True)
        sheet.line(190, 150, "Lunch specials, free delivery over $15", 12)
        dishes = (
            "General Tso's Chicken",
            "Vegetable Lo Mein",
            "Hot & Sour Soup",
            "Shrimp Fried Rice",
            "Mongolian Beef",
        )
        for number, dish in enumerate(dishes * 2):
            sheet.line(110, 210 + number * 34, f"{number + 1}. {dish}", 15)
            sheet.line(440, 210 + number * 34, f"${8 + number}.95", 15)
        return sheet.canvas
    sheet.line(90, 110, "VACATION WINNERS DEPARTMENT", 24, bold=True)
    sheet.line(90, 150, "Final notice: 4 days / 3 nights, only $99 per person!", 15)
    body = (
        "Your company has been selected for a corporate travel promotion. This offer ends on Friday. "
        "Call now to reserve. To be removed from this list, fax this page back with your number."
    )
    sheet.paragraph(90, 200, body, 14, 52)
    ring_box = (90.0, 420.0, 430.0, 90.0)
    x, y, width, height = ring_box
    stroke(sheet.canvas, [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)], 3)
    sheet.line(130, 475, "CALL 1-800-555-0142 TODAY", 22, bold=True)
    return sheet.canvas


def note_page(hand: HandPen, text: str, rng: Generator) -> Gray:
    """A page with nothing but a few handwritten lines."""
    canvas = white_sheet()
    for number, row in enumerate(wrap(text, 44)):
        hand.write(canvas, row, (70, 110 + 34 * number, 470, 26), rng)
    return canvas


def blank_page(rng: Generator) -> Gray:
    """The back of a sheet: nothing but a fold and a shade of dirt."""
    canvas = white_sheet()
    if rng.random() < 0.5:
        level = float(rng.uniform(300, 450))
        points = np.array([(x, level + rng.normal(0, 0.4)) for x in range(0, 612, 12)])
        keep = points[: int(rng.integers(3, 9))]
        stroke(canvas, keep, 0.4, 120)
    return canvas
