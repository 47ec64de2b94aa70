"""Makes the sheets that an office lays in the machine: forms filled by somebody, cover sheets, printouts."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

import numpy as np
from numpy.random import Generator

from form_templates.model import Template
from sample_faxes import other_pages
from sample_faxes.answers import Answer, Answers, fill
from sample_faxes.blanks import catalog
from sample_faxes.cases import Case, Event, Value, make_case
from sample_faxes.compose import FilledPage, Manner, PageFaults, compose
from sample_faxes.faults import FormFaults, spoil
from sample_faxes.fonts import FontShelf
from sample_faxes.ink import Gray
from sample_faxes.marks import HAND_STYLES, MarkStyle
from sample_faxes.pens import Hand, HandPen, StampPen, TypedPen
from sample_faxes.real_hands import REAL_FIRST_NAMES, REAL_LAST_NAMES, writer_glyphs
from sample_faxes.scenario import Form, Other, Transmission
from sample_faxes.writing import Habits

_OFFICE_FACES = ("arimo", "courier-prime", "cousine", "tinos", "dejavu-sans", "special-elite", "carlito")


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet of the pile. ``document`` counts the transmission's forms from 0; none for other pages."""

    canvas: Gray
    document: int | None = None
    form_page: int = 0
    kind: str = "form"


@dataclass(frozen=True)
class Document:
    """A form as filled: its template, the truth of its answers, which fields a hand wrote, and what."""

    template: Template
    answers: Answers
    by_hand: dict[str, bool] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def generator(seed: int, *words: str) -> Generator:
    """Random numbers of its own for every named thing, so that a changed fax leaves the others alone."""
    return np.random.default_rng([seed, *(zlib.crc32(word.encode()) for word in words)])


def make_manner(shelf: FontShelf, form: Form, rng: Generator, group: str = "train") -> Manner:
    """Somebody of an office: a hand, a typeface, habits."""
    faces = shelf.group("held_out" if group == "held_out" else "train")
    face = shelf.face(form.face) if form.face else faces[int(rng.integers(len(faces)))]
    typed = TypedPen(
        shelf,
        shelf.face(_OFFICE_FACES[int(rng.integers(len(_OFFICE_FACES)))]),
        float(rng.choice([9.0, 10.0, 10.0, 11.0])),
        (float(rng.normal(0, 0.7)), float(rng.normal(0, 0.6))),
    )
    signers = shelf.group("signature")
    return Manner(
        fill=form.fill,
        typed=typed,
        hand=HandPen(shelf, Hand.of(face, rng), writer_glyphs(rng) if form.real_glyphs else {}),
        habits=Habits.of(rng),
        mark_style=cast(MarkStyle, form.mark or HAND_STYLES[int(rng.choice([0, 0, 1, 1, 1, 2, 3, 4]))]),
        signer=TypedPen(shelf, signers[int(rng.integers(len(signers)))]),
        stamp=StampPen(TypedPen(shelf, shelf.face("arimo"), 10.5)) if form.stamped else None,
        stroke_pt=float(rng.uniform(0.8, 1.4)),
    )


_STORIES: dict[str, tuple[str, str, str]] = {
    "itp": ("itp", "itp", "platelets 14K, admitted"),
    "thyroid": ("thyroid_disorder", "hyperthyroidism", "Graves disease, started methimazole"),
    "nephropathy": ("nephropathy", "other", "proteinuria, under evaluation"),
    "melanoma": ("melanoma", "melanoma", "melanoma in situ L forearm"),
    "hospital": ("hospitalization", "hospitalization", "hospitalized for pneumonia 3 days"),
}


def make_form_case(base: Case, form: Form) -> Case:
    """The case as one form tells it: its events, comments and reasons."""
    if form.form == "infusion_checklist":
        base = _just_infused(base)
    events: tuple[Event, ...] = ()
    overrides: dict[str, Value] = dict(base.overrides)
    if form.story in _STORIES:
        name, which, words = _STORIES[form.story]
        events = (Event(name, base.signed - timedelta(days=34), which, words),)
        overrides |= {f"{name}_date": events[0].day.isoformat(), "event_reported": "yes"}
    if form.story == "death":
        overrides |= {
            "alive": "no",
            "death_date": (base.signed - timedelta(days=21)).isoformat(),
            "death_cause": "Intracranial hemorrhage",
        }
    if form.comment is not None:
        overrides["comments"] = form.comment
    return replace(
        base,
        events=events,
        comment=form.comment,
        reaction=form.reaction,
        leaving=form.leaving,
        overrides=overrides,
    )


def _just_infused(case: Case) -> Case:
    """The case on the days after a course: its last day is the Friday or Wednesday before the signature."""
    weekday = 4 if case.course == 1 else 2
    ago = (case.signed.weekday() - weekday) % 7
    return replace(case, last_infusion=case.signed - timedelta(days=ago))


def make_document(
    shelf: FontShelf,
    form: Form,
    base: Case,
    rng: Generator,
    group: str = "train",
    *,
    manner: Manner | None = None,
    change: Callable[[Template, Answers], Answers] | None = None,
) -> tuple[Document, list[FilledPage]]:
    """Fill every page of a form; the answers carry what the faults made of them.

    Args:
        shelf: the fonts.
        form: what is filled, and how.
        base: the people and dates.
        rng: decides everything.
        group: whose hands, where no manner is given.
        manner: who fills it and with what.
        change: makes other answers of the usual ones, before the faults.
    """
    template = catalog().get(form.form, form.version)
    case = make_form_case(base, form)
    manner = manner or make_manner(shelf, form, rng, group)
    answers = fill(template, case, rng)
    if change is not None:
        answers = change(template, answers)
    if form.real_names:
        for name in ("patient_first_name", "patient_last_name"):
            if name in answers:
                answers[name] = replace(answers[name], real_name=True)
    answers = spoil(template, answers, form.faults, rng)
    answers = _signers(template, answers, case, manner, rng)
    pages = [
        compose(
            template,
            number,
            answers,
            manner,
            rng=rng,
            faults=_page_faults(template, form.faults, number, rng),
        )
        for number in range(1, len(template.pages) + 1)
    ]
    by_hand = {name: hand for page in pages for name, hand in page.by_hand.items()}
    texts = {name: text for page in pages for name, text in page.texts.items()}
    return Document(template, answers, by_hand, texts), pages


def _signers(template: Template, answers: Answers, case: Case, manner: Manner, rng: Generator) -> Answers:
    """Whose name each signature draws; the date beside a signature is by hand even on most typed forms."""
    people = {
        "patient_signature": case.patient.person.name,
        "guardian_signature": case.guardian.name if case.guardian else "",
        "new_prescriber_signature": case.new_prescriber.person.name,
    }
    site = case.pharmacy if template.form == "pharmacy_enrollment" else case.facility
    main = case.prescriber.person.name
    if template.form in ("facility_enrollment", "pharmacy_enrollment"):
        main = site.representative.name
    elif template.form == "infusion_checklist":
        main = site.contact.name
    signed = dict(answers)
    dates_by_hand = manner.fill != "typed" or rng.random() < 0.6
    for asked in template.fields:
        answer = signed[asked.name]
        if asked.kind == "signature":
            signed[asked.name] = replace(answer, written=people.get(asked.name, main))
        elif asked.name.endswith("signature_date") and answer.written is None:
            signed[asked.name] = replace(answer, hand=dates_by_hand)
    return signed


def _really_named(case: Case, rng: Generator) -> Case:
    """The case with a patient whose names exist as pictures of real writing."""
    first = list(REAL_FIRST_NAMES)[int(rng.integers(len(REAL_FIRST_NAMES)))]
    last = list(REAL_LAST_NAMES)[int(rng.integers(len(REAL_LAST_NAMES)))]
    person = replace(case.patient.person, first_name=first, last_name=last)
    return replace(case, patient=replace(case.patient, person=person))


def _page_faults(template: Template, faults: FormFaults, page: int, rng: Generator) -> PageFaults:
    last = len(template.pages)
    place = (float(rng.uniform(60, 380)), float(rng.uniform(90, 560)))
    return PageFaults(
        stamp_at_pt=place,
        stamp_over=faults.stamp_over if page == 1 else None,
        margin_note=faults.margin_note if page == last else None,
        long_signatures=faults.long_signatures,
        strokes=faults.strokes,
    )


def make_sheets(
    shelf: FontShelf, fax: Transmission, seed: int, group: str = "train"
) -> tuple[list[Sheet], list[Document]]:
    """The pile of an office, in the order in which it was made."""
    cases: dict[str, Case] = {}
    name, at = fax.case_of or (fax.name, fax.at)
    months = {part.patient: part.month for part in fax.parts if isinstance(part, Form) and part.month}

    real = {part.patient for part in fax.parts if isinstance(part, Form) and part.real_names}

    def case_of(letter: str) -> Case:
        if letter not in cases:
            made = make_case(
                generator(seed, name, "case", letter), at.date(), months_since_first=months.get(letter)
            )
            if letter in real:
                made = _really_named(made, generator(seed, name, "names", letter))
            first = cases.get("a")
            # One office sends one call: its prescriber and site stay, the patients change.
            if first is not None:
                made = replace(
                    made, prescriber=first.prescriber, facility=first.facility, signed=first.signed
                )
            cases[letter] = made
        return cases[letter]

    case_of("a")
    sheets: list[Sheet] = []
    documents: list[Document] = []
    for number, part in enumerate(fax.parts):
        rng = generator(seed, name, "part", str(number))
        if isinstance(part, Form):
            document, pages = make_document(shelf, part, case_of(part.patient), rng, group)
            sheets += [Sheet(page.canvas, len(documents), page.page) for page in pages]
            documents.append(document)
        else:
            sheets.append(Sheet(_other_page(shelf, part, case_of(part.patient), fax, rng), kind=part.kind))
    return sheets, documents


def _page_total(fax: Transmission) -> int:
    """The pages of the pile as it was made."""
    return sum(
        len(catalog().get(part.form, part.version).pages) if isinstance(part, Form) else 1
        for part in fax.parts
    )


def _other_page(shelf: FontShelf, part: Other, case: Case, fax: Transmission, rng: Generator) -> Gray:
    hand = make_manner(shelf, Form("cover", face=part.face), rng).hand
    if part.what == "cover":
        announced = part.announced or fax.announced or _page_total(fax)
        return other_pages.cover_sheet(
            shelf, case, rng, announced=announced, comment=part.text, hand=hand if part.by_hand else None
        )
    if part.what == "lab":
        return other_pages.lab_printout(shelf, case, rng, comment=part.text)
    if part.what == "letter":
        return other_pages.letter(shelf, case, rng, body=tuple((part.text or "").split("|")))
    if part.what == "note":
        return other_pages.note_page(hand, part.text or "", rng)
    if part.what == "blank":
        return other_pages.blank_page(rng)
    return other_pages.junk(shelf, rng, part.what)


def sender_of(fax: Transmission, seed: int) -> tuple[str, str]:
    """The sending machine's number (TSI) and the name in its header line."""
    name = fax.like or (fax.case_of[0] if fax.case_of else fax.name)
    rng = generator(seed, name, "case", "a")
    case = make_case(rng, fax.at.date())
    digits = case.prescriber.fax
    return f"+1 {digits[:3]} {digits[3:6]} {digits[6:]}", case.prescriber.practice.upper()


def truth_value(answer: Answer) -> Value | list[str]:
    """A value as JSON has it."""
    return list(answer.value) if isinstance(answer.value, tuple) else answer.value
