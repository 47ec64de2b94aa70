"""One fax from bytes to fields: the pure half of the flow. It touches no store and no network.

Pages are laid straight one at a time and at most a few are kept, so that a fax of hundreds of pages takes no
more memory than a short one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from extractors.acceptance import NO_LINES, Lines
from extractors.call_date import call_day
from extractors.header_line import read_header
from extractors.model import (
    DocumentReading,
    FormPages,
    HeaderLine,
    OpenedFax,
    OtherPage,
    PageIdentity,
    ReceivedPage,
    RegisteredPage,
    StraightPage,
    StrayText,
    TransmissionReading,
)
from extractors.opening import open_fax
from extractors.page_text import read_page_text
from extractors.read import read_document
from extractors.register import register
from extractors.straighten import straighten
from pipelines.engine import ReadingEngine
from pipelines.pixels import Strokes, content_hash, likeness, strokes_of
from pipelines.planned import identify_as_said, split_as_said
from pipelines.stages import Stages
from pipelines.transmission_model import PageNotes, ReadFax
from store.model import TransmissionFacts
from store.triage.plan import NO_PLAN, PagePlan

SAME_SHEET = 0.75
OTHER_SHEET = 0.5
"""Likeness of the writing on two copies of a page from which they are one sheet, and up to which they are
two. On sample faxes a sheet sent twice reached 0.86, another patient's at most 0.35, and a sheet with its
copy signed later
0.64: that one is for a person."""

KEPT_PAGES = 16
"""Straight pages kept between identification and reading: 4 MB each. Those beyond are laid straight again."""


def read_transmission(
    data: bytes,
    name: str,
    facts: TransmissionFacts | None,
    engine: ReadingEngine,
    plan: PagePlan = NO_PLAN,
    *,
    lines: Lines = NO_LINES,
) -> ReadFax:
    """Open, straighten, identify, split, register and read one fax.

    Args:
        data: the file's bytes.
        name: its name, of which only the ending matters.
        facts: what the fax server knew of the call; it outweighs the file's tags, and these the header line.
        engine: catalog, blanks and readers.
        plan: what people said of its pages; by default nothing.
        lines: from where on fields may pass unseen, by what was measured of them.

    Raises:
        UnreadableFax: the file cannot be opened as a fax.
    """
    stage = Stages()
    with stage("open"):
        fax = open_fax(data, name, engine.settings.reading.limits)
    pages = _Pages(fax, engine, stage, plan)
    identified = [(page.number, pages.identity(page)) for page in fax.pages]
    with stage("split"):
        planned = split_as_said(identified, plan, engine.page_counts, pages.same_sheet)
        found = planned.split
        pages.place(planned.identities)
    with stage("header"):
        header = _headers(fax, pages, facts, engine)
        called_on = call_day(header.sent_at, facts.received_at if facts else None)
    documents: list[DocumentReading] = []
    for index, form in enumerate(found.documents):
        registered = {form_page: pages.registered(number, index) for form_page, number in form.pages.items()}
        with stage("read"):
            documents.append(_read_form(form, registered, engine, lines, called_on))
    other_pages = tuple(_read_other(number, pages) for number, _ in found.other_pages)
    reading = TransmissionReading(
        fax=fax,
        documents=tuple(documents),
        other_pages=other_pages,
        sender=header.sender,
        sent_at=header.sent_at,
        announced_pages=header.pages,
        problems=fax.problems,
        seconds=stage.seconds,
    )
    return ReadFax(reading, pages.notes, found.unsure, plan.settled)


class _Pages:
    """The pages of one fax on their way: what is known of each, and the pixels of a few."""

    def __init__(self, fax: OpenedFax, engine: ReadingEngine, stage: Stages, plan: PagePlan) -> None:
        self._received = {page.number: page for page in fax.pages}
        self._engine, self._stage, self._plan = engine, stage, plan
        self._straight: dict[int, StraightPage] = {}
        self._strokes: dict[int, Strokes] = {}
        self._early: dict[int, RegisteredPage] = {}
        self._texts: dict[int, tuple[StrayText, ...]] = {}
        self._notes: dict[int, PageNotes] = {}

    @property
    def notes(self) -> tuple[PageNotes, ...]:
        return tuple(self._notes[number] for number in sorted(self._notes))

    def identity(self, page: ReceivedPage) -> PageIdentity:
        straight, identity = self._upright(page)
        self._notes[page.number] = PageNotes(page, identity, straight.quarter_turns, straight.skew_degrees)
        if len(self._straight) < KEPT_PAGES:
            self._straight[page.number] = straight
        return identity

    def place(self, identities: Mapping[int, PageIdentity]) -> None:
        """What pages are by the place that a person gave them."""
        for number, identity in identities.items():
            self._notes[number] = replace(self._notes[number], identity=identity)

    def straight(self, number: int) -> StraightPage:
        return self._straight.pop(number, None) or self._upright(self._received[number])[0]

    def peek(self, number: int) -> StraightPage:
        return self._straight.get(number) or self._upright(self._received[number])[0]

    def same_sheet(self, one: int, other: int) -> bool | None:
        """Whether two pages of the same form page are one sheet sent twice, by what is written on them."""
        alike = likeness(self._strokes_of(one), self._strokes_of(other))
        return True if alike >= SAME_SHEET else False if alike <= OTHER_SHEET else None

    def _strokes_of(self, number: int) -> Strokes:
        if number not in self._strokes:
            page = self._register(self.peek(number))
            self._strokes[number] = strokes_of(page)
            if len(self._early) < KEPT_PAGES // 2:
                self._early[number] = page
        return self._strokes[number]

    def _register(self, straight: StraightPage) -> RegisteredPage:
        with self._stage("register"):
            return register(straight, self._notes[straight.received.number].identity, self._engine.blanks)

    def registered(self, number: int, document: int) -> RegisteredPage:
        page = self._early.pop(number, None) or self._register(self.straight(number))
        written = content_hash(page)
        self._notes[number] = replace(
            self._notes[number],
            document=document,
            residual_px=page.residual_px,
            matched=page.matched,
            doubtful=page.doubtful,
            content_hash=written,
        )
        return page

    def may_say_something(self, number: int) -> bool:
        """Whether a page of no form has to be screened: one that a person called blank has."""
        mark = self._plan.marks.get(number)
        if mark is not None:
            return mark.mark != "duplicate"  # the sheet that stays is screened
        return self.kind(number).kind != "blank" or number in self._plan.said

    def kind(self, number: int) -> PageIdentity:
        return self._notes[number].identity

    def _upright(self, page: ReceivedPage) -> tuple[StraightPage, PageIdentity]:
        with self._stage("straighten"):
            straight = straighten(page)
        with self._stage("identify"):
            return identify_as_said(straight, self._plan, self._engine.blanks, self._text)

    def _text(self, straight: StraightPage) -> str:
        return "\n".join(line.text for line in self.text(straight))

    def text(self, straight: StraightPage) -> tuple[StrayText, ...]:
        """The text of a page that is no form, read once."""
        number = straight.received.number
        if number not in self._texts:
            with self._stage("page_text"):
                self._texts[number] = read_page_text(straight, self._engine.readers)
        return self._texts[number]


def _read_form(
    form: FormPages,
    registered: Mapping[int, RegisteredPage],
    engine: ReadingEngine,
    lines: Lines,
    called_on: date | None,
) -> DocumentReading:
    template = engine.catalog.get(form.form, form.version)
    target_error = engine.settings.reading.target_error
    return read_document(
        form,
        registered,
        template,
        engine.readers,
        target_error=target_error,
        lines=lines,
        called_on=called_on,
    )


def _read_other(number: int, pages: _Pages) -> OtherPage:
    identity = pages.kind(number)
    text = pages.text(pages.straight(number)) if pages.may_say_something(number) else ()
    return OtherPage(number, identity.kind, text, identity.probability)


def _headers(
    fax: OpenedFax, pages: _Pages, facts: TransmissionFacts | None, engine: ReadingEngine
) -> HeaderLine:
    """Sender, time and pages of the call: of the fax server, else of the file's tags, else of a header line.

    Header lines are read only until nothing is missing, and of the first two pages at most: reading one
    costs as much as two fields.
    """
    zone = ZoneInfo(engine.settings.intake.timezone)
    sender = (facts.sender if facts else None) or fax.sender
    sent_at = (facts.sent_at if facts else None) or fax.sent_at
    announced = (facts.announced_pages if facts else None) or fax.announced_pages
    for page in fax.pages[:2]:
        if sender and sent_at and announced:
            break
        line = read_header(pages.peek(page.number), engine.read_line)
        if line is not None:
            sender, sent_at, announced = (
                sender or line.sender,
                sent_at or line.sent_at,
                announced or line.pages,
            )
    return HeaderLine("", sender, _aware(sent_at, zone), None, announced, 0)


def _aware(when: datetime | None, zone: ZoneInfo) -> datetime | None:
    return when if when is None or when.tzinfo is not None else when.replace(tzinfo=zone)
