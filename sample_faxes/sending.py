"""From a pile of sheets to the file that a fax server or a scanner leaves in the inbox, with its truth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sample_faxes import tiff
from sample_faxes.faxline import Line, Resolution, call
from sample_faxes.fonts import FontShelf, Group
from sample_faxes.office import Document, Sheet, generator, make_sheets, sender_of, truth_value
from sample_faxes.paper import Paper, Raster, SentPage, add_header, scan
from sample_faxes.pdf import PdfCoding, write_pdf
from sample_faxes.scenario import PaperFault, Quality, Transmission

PROGRAM_FAX = "+1 855 557 2478"

QUALITIES: dict[Quality, Line] = {
    "clean": Line("v17"),
    "corrected": Line("v17", error_correction=True, noise_dbm0=-35.0, store="mmr"),
    "half_percent": Line("v17", noise_dbm0=-36.1),
    "two_percent": Line("v29", noise_dbm0=-32.4),
    "five_percent": Line("v29", noise_dbm0=-31.8),
    "dropouts": Line("v17", dropouts_hz=2.4),
}
"""Lines by the share of bad lines that they cost a page of these forms, sent fine."""
_STANDARD_DB = -0.4

_SPECIMEN_HEADERS = (
    "{date} {time}   {name:<32} {ident:<18} P. {page:02d}/{pages:02d}",
    "{date} {time}  FROM: {name:<30} TO: 18555572478   PAGE {page} OF {pages}",
    "From:{name}  {ident}   {date} {time}  #{number:03d} P.{page:03d}/{pages:03d}",
    "{month} {day} {year} {time}  {name:<34} FAX {ident}  Page {page}",
)


@dataclass(frozen=True, eq=False)
class Sent:
    """A fax as it lies in the inbox, what is true of it, and what only its maker knows.

    ``pages`` are the pages as the sender sent them, headers included; ``received`` tells for each page of
    the file which of them it is (from 0).
    """

    name: str
    suffix: str
    data: bytes
    truth: dict[str, Any]
    pages: tuple[SentPage, ...]
    sheets: tuple[Sheet, ...]
    received: tuple[int, ...]
    bad_share: float


def send(
    shelf: FontShelf,
    fax: Transmission,
    seed: int,
    *,
    group: Group = "train",
    paper: Transmission | None = None,
    filled: tuple[list[Sheet], list[Document]] | None = None,
) -> Sent:
    """Make one transmission of the set.

    Args:
        shelf: the fonts.
        fax: the transmission.
        seed: of the whole set.
        group: hands of ``train`` or of ``held_out``.
        paper: the transmission whose paper is sent again, where ``fax.like`` names one.
        filled: the pile, where it was filled already.
    """
    made = replace(paper, name=paper.name) if paper is not None else fax
    sheets, documents = filled or make_sheets(shelf, made, seed, group)
    order = fax.order or tuple(range(1, len(sheets) + 1))
    pile = [sheets[number - 1] for number in order]
    pages = _scanned(shelf, fax, pile, order, seed)
    if fax.carrier == "call":
        data, kept, bad_rows, bad_share = _called(fax, pages, seed)
    else:
        data, kept, bad_rows, bad_share = _stored(fax, pages), tuple(range(len(pages))), (), 0.0
    received = [(number, pile[index], order[index]) for number, index in enumerate(kept, start=1)]
    truth = _truth(fax, received, documents, sender_of(fax, seed)[0], bad_rows)
    suffix = ".pdf" if fax.carrier.startswith("pdf") else ".tif"
    return Sent(fax.name, suffix, data, truth, tuple(pages), tuple(pile), kept, bad_share)


def _scanned(
    shelf: FontShelf, fax: Transmission, pile: Sequence[Sheet], order: Sequence[int], seed: int
) -> list[SentPage]:
    machine = Paper.of(generator(seed, fax.name, "machine"))
    ident, name = sender_of(fax, seed)
    rng = generator(seed, fax.name, "header")
    style = _SPECIMEN_HEADERS[int(rng.integers(len(_SPECIMEN_HEADERS)))]
    number = int(rng.integers(1, 999))
    pages = []
    for index, sheet in enumerate(pile):
        page_rng = generator(seed, fax.name, "scan", str(index))
        laid = Paper.of(page_rng)
        paper = replace(
            machine,
            skew_degrees=laid.skew_degrees,
            shift_pt=(laid.shift_pt[0], laid.shift_pt[1] + (8 if fax.header_overlay else 0)),
        )
        paper = _with_fault(paper, fax.paper.get(order[index]))
        page = scan(sheet.canvas, paper, fax.raster, page_rng)
        if fax.header:
            text = style.format(
                date=fax.at.strftime("%m/%d/%Y"),
                time=fax.at.strftime("%H:%M"),
                month=fax.at.strftime("%b").upper(),
                day=fax.at.day,
                year=fax.at.year,
                name=name,
                ident=ident,
                page=index + 1,
                pages=fax.announced or len(pile),
                number=number,
            )
            page = add_header(page, text[:98], shelf, overlay=fax.header_overlay)
        pages.append(page)
    return pages


def _with_fault(paper: Paper, fault: PaperFault | None) -> Paper:
    if fault is None:
        return paper
    return replace(
        paper,
        turns=fault.turns,
        keep=fault.keep,
        skew_degrees=paper.skew_degrees if fault.skew_degrees is None else fault.skew_degrees,
        darkness=paper.darkness if fault.darkness is None else fault.darkness,
    )


def line_of(quality: Quality, raster: Raster) -> Line:
    """The line of a quality; a page of half the rows is as much hurt by a little less noise."""
    line = QUALITIES[quality]
    if raster != "standard" or line.noise_dbm0 is None or line.error_correction:
        return line
    return replace(line, noise_dbm0=line.noise_dbm0 + _STANDARD_DB)


def _called(
    fax: Transmission, pages: Sequence[SentPage], seed: int
) -> tuple[bytes, tuple[int, ...], tuple[int, ...], float]:
    """Call, and call again (another moment of the same line) while nothing at all arrives."""
    resolution: Resolution = "standard" if fax.raster == "standard" else "fine"
    ident, _ = sender_of(fax, seed)
    for attempt in range(5):
        result = call(
            [page.ink for page in pages],
            resolution=resolution,
            line=line_of(fax.quality, fax.raster),
            seed=int(generator(seed, fax.name, "line", str(attempt)).integers(2**31)),
            ident=ident,
            answer_ident=PROGRAM_FAX,
            received_at=fax.at,
        )
        if result.file is not None and result.pages_received == len(pages):
            return result.file, tuple(range(len(pages))), result.bad_rows, result.bad_share
    raise LineError(f"{fax.name}: five calls lost pages; choose a better line for it")


class LineError(Exception):
    """The simulated line lost whole pages again and again."""


def _stored(fax: Transmission, pages: Sequence[SentPage]) -> bytes:
    if fax.carrier in ("pdf-ccitt", "pdf-jbig2", "pdf-flate"):
        coding: PdfCoding = {"pdf-ccitt": "ccitt", "pdf-jbig2": "jbig2"}.get(fax.carrier, "flate")  # type: ignore[assignment]
        return write_pdf(pages, coding)
    coded = []
    for number, page in enumerate(pages):
        kind: tiff.Coding = {"g3": "g3", "g3-2d": "g3-2d"}.get(fax.carrier, "g4")  # type: ignore[assignment]
        strips = 128 if fax.carrier == "g3" else None
        stored = tiff.code_page(
            page.ink, page.dots.y_dpi, kind, rows_per_strip=strips, reverse_bits=fax.carrier == "g3-2d"
        )
        coded.append(
            stored.with_tags(
                t297=(number, len(pages)), t306=fax.at.strftime("%Y:%m:%d %H:%M:%S"), t305="officefax"
            )
        )
    return tiff.write_pages(tuple(coded))


def _truth(
    fax: Transmission,
    received: Sequence[tuple[int, Sheet, int]],
    documents: Sequence[Document],
    ident: str,
    bad_rows: Sequence[int],
) -> dict[str, Any]:
    """The truth of a fax; ``received`` has each page's number, its sheet and that sheet's number."""
    facts: dict[str, Any] = {
        "received_at": fax.at.isoformat(timespec="minutes"),
        "sender": ident,
        "called_number": PROGRAM_FAX,
        "pages": len(received),
    }
    if fax.announced is not None:
        facts["announced_pages"] = fax.announced
    if bad_rows:
        facts["bad_rows"] = list(bad_rows)
    truth: dict[str, Any] = {
        "scenario": fax.note or fax.name,
        "adverse_event": fax.adverse_event or _reports_event(documents, received),
        "fax": facts,
        "documents": [],
        "other_pages": [
            {"page": number, "kind": sheet.kind} for number, sheet, _ in received if sheet.document is None
        ],
    }
    for index, document in enumerate(documents):
        mine = [
            (sheet.form_page, number, made) for number, sheet, made in received if sheet.document == index
        ]
        if mine:
            truth["documents"].append(_document_truth(fax, document, mine))
    unreadable = [number for number, _, made in received if made in fax.paper and fax.paper[made].unreadable]
    if unreadable:
        truth["readable"] = {str(number): False for number in unreadable}
    details = (
        ("line", fax.quality if fax.carrier == "call" else fax.carrier),
        ("raster", fax.raster),
        ("expected_findings", list(fax.expected)),
        ("resend_of", fax.resend_of),
        ("same_paper_as", fax.like),
    )
    return truth | {key: value for key, value in details if value}


def _reports_event(documents: Sequence[Document], received: Sequence[tuple[int, Sheet, int]]) -> bool:
    """Whether an answer on a received page reports a possible event; one of two ticked boxes is enough."""
    pages = {(sheet.document, sheet.form_page) for _, sheet, _ in received}
    for index, document in enumerate(documents):
        for asked in document.template.fields:
            answer = document.answers[asked.name]
            said = {
                *(answer.value if isinstance(answer.value, tuple) else (answer.value,)),
                *answer.also_marked,
            }
            filled = isinstance(answer.value, str) and answer.value != "" and not answer.not_applicable
            hit = said & set(asked.adverse_event) or ("filled" in asked.adverse_event and filled)
            if hit and (index, asked.page) in pages:
                return True
    return False


def _document_truth(
    fax: Transmission, document: Document, mine: Sequence[tuple[int, int, int]]
) -> dict[str, Any]:
    template = document.template
    first: dict[int, tuple[int, int]] = {}
    doubled: dict[int, int] = {}
    for form_page, number, made in mine:
        if form_page in first:
            doubled[number] = first[form_page][0]
        else:
            first[form_page] = (number, made)
    fields: dict[str, Any] = {}
    for asked in template.fields:
        if asked.page not in first:
            continue
        answer = document.answers[asked.name]
        entry: dict[str, Any] = {
            "value": truth_value(answer),
            "hand": document.by_hand.get(asked.name, False),
        }
        for flag, holds in (
            ("crossed_out", answer.struck is not None),
            ("two_marked", bool(answer.also_marked)),
            ("not_applicable", answer.not_applicable),
        ):
            if holds:
                entry[flag] = True
        fault = fax.paper.get(first[asked.page][1])
        if fault is not None and fault.keep < 1 and _below(asked.boxes, fault.keep, fault.turns):
            entry = {
                "value": False if asked.kind in ("check", "signature") else None,
                "hand": False,
                "cut": True,
            }
        fields[asked.name] = entry
    truth: dict[str, Any] = {
        "form": template.form,
        "version": template.version,
        "pages": [first[page][0] for page in sorted(first)],
        "missing_pages": [page for page in range(1, len(template.pages) + 1) if page not in first],
        "fields": fields,
    }
    if doubled:
        truth["doubled_pages"] = {str(number): original for number, original in doubled.items()}
    return truth


def _below(boxes: Sequence[tuple[float, float, float, float]], keep: float, turns: int) -> bool:
    """Whether a field lies wholly or partly in the part of the sheet that was not scanned."""
    if turns == 2:
        return any(y < 792 * (1 - keep) for _, y, _, _ in boxes)
    return any(y + height > 792 * keep for _, y, _, height in boxes)
