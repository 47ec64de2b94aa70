"""The faults of people who fill forms."""

from sample_faxes.book import Book
from sample_faxes.faults import FormFaults
from sample_faxes.scenario import Form


def office_faults(book: Book) -> None:
    """The faults of people who fill forms."""
    book.day("10-26")
    book.add(
        "strokes over lines, a margin note",
        Form(
            "patient_status",
            "2019-10",
            faults=FormFaults(strokes=5, margin_note="pls call Dr's office before 4pm"),
        ),
    )
    book.add("many corrections", Form("patient_enrollment", faults=FormFaults(struck=4, struck_ticks=2)))
    book.add(
        "two boxes ticked",
        Form("patient_status", "2015-11", mark="tick", faults=FormFaults(two_marked=3)),
        expected=("two_marked",),
    )
    book.add(
        "blobs", Form("patient_status", "2019-10", mark="blob"), raster="standard", quality="half_percent"
    )
    book.add("circles", Form("patient_authorization", mark="circle", faults=FormFaults(struck_ticks=2)))
    book.add(
        "stamp over the answers",
        Form("patient_authorization", faults=FormFaults(stamp_over="FAXED|OCT 26 2026", strokes=2)),
        quality="two_percent",
    )
    book.add(
        "signature through the date",
        Form("care_transfer", leaving="transferred", faults=FormFaults(long_signatures=True)),
    )
    book.add(
        "required fields left empty",
        Form("prescription_order", faults=FormFaults(empty=4)),
        expected=("missing_required",),
        raster="standard",
    )
    book.add(
        "not signed",
        Form("patient_enrollment", fill="mixed", faults=FormFaults(unsigned=True)),
        expected=("missing_signature",),
    )
    book.add(
        "N/A everywhere",
        Form("facility_enrollment", faults=FormFaults(not_applicable=6)),
        quality="half_percent",
    )
    book.add(
        "office stamp for the prescriber, corrections",
        Form("prescription_order", stamped=True, faults=FormFaults(struck=2, not_applicable=1)),
        quality="dropouts",
    )
    book.add(
        "typed with corrections by hand",
        Form("prescriber_enrollment", "2015-11", "typed", faults=FormFaults(struck=2, struck_ticks=1)),
        raster="standard",
    )
