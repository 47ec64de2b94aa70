"""Other carriers, pages that are no form, and things that come twice."""

from sample_faxes.book import Book
from sample_faxes.faults import FormFaults
from sample_faxes.scenario import Form, Other, PaperFault

_SIDEWAYS = PaperFault(turns=1)


def carriers(book: Book) -> None:
    """Not every fax is a TIFF of the same make."""
    book.day("11-10")
    book.add(
        "scanned PDF, 300 dpi, JBIG2",
        Form("prescription_order", fill="mixed"),
        carrier="pdf-jbig2",
        raster="scan300",
        header=False,
    )
    book.add(
        "scanned PDF, 1-bit flate",
        Form("care_transfer", leaving="moved"),
        carrier="pdf-flate",
        raster="scan200",
        header=False,
    )
    book.add(
        "fax as PDF, standard, with a header line",
        Form("patient_status", "2015-11"),
        carrier="pdf-ccitt",
        raster="standard",
    )
    book.add(
        "scanned PDF, JBIG2, sideways",
        Form("patient_authorization", fill="typed"),
        carrier="pdf-jbig2",
        raster="scan200",
        header=False,
        paper={1: _SIDEWAYS},
    )
    book.add("G3 1-D TIFF in strips", Form("knowledge_assessment", mark="blob"), carrier="g3")
    book.add("G3 2-D TIFF, bits reversed", Form("patient_authorization", fill="mixed"), carrier="g3-2d")
    book.add(
        "G3 1-D TIFF, standard", Form("pharmacy_enrollment", fill="mixed"), carrier="g3", raster="standard"
    )
    book.add("G4 TIFF", Form("patient_status", "2019-10", "typed"), carrier="g4")
    book.add(
        "G4 TIFF, standard, header over the page",
        Form("care_transfer", leaving="lost"),
        carrier="g4",
        raster="standard",
        header_overlay=True,
    )


def no_forms(book: Book) -> None:
    """What else comes in."""
    book.day("11-11")
    book.add("advertising", Other("advert"))
    book.add("a menu, standard", Other("menu"), raster="standard")
    book.add(
        "a cover sheet alone",
        Other("cover", text="Please send blank forms."),
        announced=3,
        expected=("announced_pages",),
    )
    book.add("lab printouts alone", Other("lab"), Other("lab", patient="b"), quality="half_percent")


def repeats(book: Book) -> None:
    """The same thing again."""
    book.day("11-16")
    whole = book.add(
        "status form, later sent again", Form("patient_status", "2019-10", "mixed"), quality="half_percent"
    )
    half = book.add(
        "page 1 of 2 alone",
        Form("patient_enrollment", real_glyphs=True),
        order=(1,),
        announced=2,
        expected=("missing_page", "announced_pages"),
    )
    wrong = book.add(
        "authorization not signed, later corrected",
        Form("patient_authorization", fill="mixed", faults=FormFaults(unsigned=True)),
        expected=("missing_signature",),
    )
    book.day("11-17")
    book.same_bytes("the same file once more", whole)
    book.again("the same paper faxed again", whole, quality="two_percent", expected=("suspected_duplicate",))
    book.corrected(
        "the same form, now signed",
        wrong,
        Form("patient_authorization", fill="mixed"),
        expected=("supersedes",),
    )
    book.day("11-18")
    book.again(
        "the missing page, two days later", half, order=(2,), expected=("missing_page", "completes_earlier")
    )
    book.day("11-20")
    book.add(
        "order, authorization and status form of one patient, 5 % bad lines",
        Other("cover", text="Complete packet."),
        Form("prescription_order", fill="mixed"),
        Form("patient_authorization", fill="mixed"),
        Form("patient_status", "2019-10", "mixed"),
        quality="five_percent",
        announced=5,
    )
