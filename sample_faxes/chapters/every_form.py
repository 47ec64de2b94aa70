"""Every form and version, typed, by hand and both, over every raster and line."""

from sample_faxes.book import Book
from sample_faxes.faults import FormFaults
from sample_faxes.scenario import Form, Other, PaperFault

_UPSIDE_DOWN = PaperFault(turns=2)
_SIDEWAYS = PaperFault(turns=1)


def every_form(book: Book) -> None:
    """Every form and version, typed and by hand, over every raster and line."""
    book.day("10-05")
    book.add("status form, typed", Form("patient_status", "2015-11", "typed"))
    book.add("status form, by hand", Form("patient_status", "2015-11", mark="cross"))
    book.add("order, typed, standard", Form("prescription_order", fill="typed"), raster="standard")
    book.add(
        "cover that denies an event, and two forms of two patients",
        Other("cover", text="Status report attached. No bruising, no bleeding reported. Thank you!"),
        Form("prescription_order", real_names=True),
        Form("patient_status", "2015-11", "mixed", patient="b"),
        quality="two_percent",
        announced=4,
    )
    book.add(
        "crossed-out answers and N/A, standard",
        Form("patient_status", "2015-11", faults=FormFaults(struck=2, struck_ticks=2, not_applicable=2)),
        raster="standard",
        quality="half_percent",
    )
    book.add(
        "thrombocytopenia on a status form, 5 % bad lines",
        Form(
            "patient_status",
            "2015-11",
            "mixed",
            story="itp",
            comment="Pt developed petechiae and easy bruising, plt 14K, admitted 9/1",
        ),
        quality="five_percent",
        adverse_event=True,
    )
    book.add(
        "upside down, an office stamp over the form, the signature runs into the date",
        Form(
            "prescription_order", faults=FormFaults(stamp_over="RECEIVED|OCT 05 2026", long_signatures=True)
        ),
        paper={1: _UPSIDE_DOWN},
    )
    book.add(
        "scanned PDF, pages out of order",
        Form("patient_status", "2015-11", "typed"),
        carrier="pdf-ccitt",
        raster="scan200",
        header=False,
        order=(2, 1),
    )
    book.add(
        "G4 TIFF, sideways, and junk",
        Form("prescription_order", fill="typed"),
        Other("menu"),
        carrier="g4",
        paper={1: _SIDEWAYS},
    )
    book.day("10-06")
    book.add("enrollment of a prescriber, typed", Form("prescriber_enrollment", "2015-11", "typed"))
    book.add("enrollment of a prescriber, by hand", Form("prescriber_enrollment", "2015-11", stamped=True))
    book.add(
        "new enrollment form, typed, standard",
        Form("prescriber_enrollment", "2019-10", "typed"),
        raster="standard",
    )
    book.add(
        "new enrollment form, by hand, with the assessment",
        Form("prescriber_enrollment", "2019-10"),
        Form("knowledge_assessment"),
        quality="two_percent",
    )
    book.add("assessment, typed", Form("knowledge_assessment", fill="typed"), quality="half_percent")
    book.add("assessment, circled by hand", Form("knowledge_assessment", mark="circle"), raster="standard")
    book.add("patient enrollment, typed", Form("patient_enrollment", fill="typed"), quality="corrected")
    book.add(
        "patient enrollment, by hand, a real name",
        Form("patient_enrollment", real_names=True, real_glyphs=True),
        quality="half_percent",
    )
    book.add("authorization, typed", Form("patient_authorization", fill="typed"), quality="dropouts")
    book.add(
        "authorization, by hand, standard", Form("patient_authorization", real_glyphs=True), raster="standard"
    )
    book.day("10-07")
    book.add(
        "new status form, typed, standard", Form("patient_status", "2019-10", "typed"), raster="standard"
    )
    book.add(
        "new status form, by hand", Form("patient_status", "2019-10", mark="tick"), quality="two_percent"
    )
    book.add("facility, typed", Form("facility_enrollment", fill="typed"), quality="two_percent")
    book.add("facility, by hand", Form("facility_enrollment"))
    book.add("pharmacy, typed, standard", Form("pharmacy_enrollment", fill="typed"), raster="standard")
    book.add("pharmacy, by hand", Form("pharmacy_enrollment", real_glyphs=True), quality="half_percent")
    book.add("infusion checklist, typed", Form("infusion_checklist", fill="typed", month=6))
    book.add(
        "infusion checklist, by hand, first course",
        Form("infusion_checklist", month=6),
        quality="half_percent",
    )
    book.add(
        "transfer, typed", Form("care_transfer", fill="typed", leaving="transferred"), quality="five_percent"
    )
    book.add("transfer, by hand, standard", Form("care_transfer", leaving="moved"), raster="standard")


def mixed(book: Book) -> None:
    """Printed matter by program, the rest by hand: what most offices send."""
    book.day("10-12")
    for form, version in (
        ("patient_status", "2019-10"),
        ("patient_authorization", None),
        ("prescription_order", None),
        ("prescriber_enrollment", "2019-10"),
        ("infusion_checklist", None),
        ("care_transfer", None),
        ("patient_enrollment", None),
        ("facility_enrollment", None),
    ):
        number = len(book.faxes)
        book.add(
            f"{form}, half typed, half by hand",
            Form(form, version, "mixed"),
            raster="standard" if number % 3 == 0 else "fine",
            quality=("clean", "half_percent", "two_percent", "dropouts")[number % 4],
            header_overlay=number % 5 == 0,
        )
