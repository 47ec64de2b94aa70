"""What offices do to a pile of paper."""

from sample_faxes.book import Book
from sample_faxes.scenario import Form, Other, PaperFault

_UPSIDE_DOWN = PaperFault(turns=2)
_SIDEWAYS = PaperFault(turns=1)
_SIDEWAYS_RIGHT = PaperFault(turns=3)


def piles(book: Book) -> None:
    """What offices do to a pile of paper."""
    book.day("10-19")
    book.add("second page upside down", Form("patient_status", "2019-10"), paper={2: _UPSIDE_DOWN})
    book.add(
        "both pages upside down and in the wrong order, standard",
        Form("patient_enrollment", fill="mixed"),
        paper={1: _UPSIDE_DOWN, 2: _UPSIDE_DOWN},
        order=(2, 1),
        raster="standard",
    )
    book.add(
        "sideways, standard",
        Form("patient_authorization", fill="mixed"),
        paper={1: _SIDEWAYS},
        raster="standard",
    )
    book.add("sideways the other way", Form("care_transfer", leaving="moved"), paper={1: _SIDEWAYS_RIGHT})
    book.add(
        "second page missing, four pages announced and three received",
        Other("cover", text="Please confirm receipt."),
        Form("patient_status", "2015-11"),
        Form("prescription_order"),
        order=(1, 2, 4),
        announced=4,
        expected=("missing_page", "announced_pages"),
    )
    book.add(
        "first page missing",
        Form("patient_enrollment"),
        order=(2,),
        announced=2,
        expected=("missing_page", "announced_pages"),
    )
    book.add(
        "first page twice",
        Form("patient_status", "2019-10", "mixed"),
        order=(1, 1, 2),
        expected=("doubled_page",),
    )
    book.add(
        "a form of one page sent twice in one call",
        Form("patient_authorization"),
        order=(1, 1),
        raster="standard",
        expected=("doubled_page",),
    )
    book.add(
        "cut short: the lower half never came",
        Form("care_transfer", leaving="moved", fill="mixed"),
        paper={1: PaperFault(keep=0.52)},
        expected=("cut_page",),
    )
    book.add(
        "second page cut at two thirds",
        Form("infusion_checklist", fill="mixed"),
        paper={2: PaperFault(keep=0.68)},
        quality="half_percent",
        expected=("cut_page",),
    )
    book.add(
        "backs of the sheets faxed too",
        Form("patient_enrollment"),
        Other("blank"),
        Other("blank"),
        order=(1, 3, 2, 4),
    )
    book.add("nothing but blank pages", Other("blank"), Other("blank"), raster="standard")
    book.add(
        "strongly askew",
        Form("prescription_order", fill="mixed"),
        paper={1: PaperFault(skew_degrees=3.4)},
    )
    book.add(
        "too dark, and too light",
        Form("patient_status", "2015-11", "mixed"),
        paper={1: PaperFault(darkness=72), 2: PaperFault(darkness=-62)},
    )
    book.add(
        "so faint that nobody can read it",
        Form("patient_authorization"),
        paper={1: PaperFault(darkness=-172, unreadable=True)},
        raster="standard",
        expected=("unreadable_page",),
    )
