"""Several forms and several patients in one call."""

from sample_faxes.book import Book
from sample_faxes.faults import FormFaults
from sample_faxes.scenario import Form, Other


def several(book: Book) -> None:
    """Several forms and several patients in one call."""
    book.day("10-13")
    book.add(
        "a start: enrollment, order and authorization of one patient, with a cover",
        Other("cover", text="New start, please process. Planned for next month."),
        Form("patient_enrollment", real_names=True),
        Form("prescription_order", "2015-11", "mixed"),
        Form("patient_authorization", fill="mixed"),
        announced=5,
    )
    book.add(
        "status forms of three patients",
        Form("patient_status", "2015-11", patient="a"),
        Form("patient_status", "2015-11", patient="b"),
        Form("patient_status", "2015-11", patient="c"),
        quality="half_percent",
    )
    book.add(
        "authorizations of four patients, typed, standard",
        *(Form("patient_authorization", fill="typed", patient=letter) for letter in "abcd"),
        raster="standard",
        quality="two_percent",
    )
    book.add(
        "old and new status form of two patients, pages of both mixed up",
        Form("patient_status", "2015-11", "mixed", patient="a"),
        Form("patient_status", "2019-10", "mixed", patient="b"),
        order=(1, 3, 2, 4),
    )
    book.add(
        "the same form of two patients, first both first pages, then both second pages",
        Form("patient_status", "2019-10", patient="a"),
        Form("patient_status", "2019-10", patient="b"),
        order=(1, 3, 2, 4),
        quality="half_percent",
    )
    book.add(
        "authorization with its lab printouts",
        Form("patient_authorization", faults=FormFaults(values={"lab_report_attached": "yes"})),
        Other("lab"),
        Other("lab"),
        raster="standard",
    )
    book.add(
        "checklists of two patients and an order, a cover by hand between them",
        Form("infusion_checklist", patient="a"),
        Other("cover", text="2nd packet, other patient", announced=4),
        Form("infusion_checklist", patient="b", fill="mixed"),
        Form("prescription_order", patient="b", fill="mixed"),
        quality="two_percent",
    )
    book.add(
        "a practice enrolls: two prescribers with their assessments",
        Form("prescriber_enrollment", "2019-10", "typed", patient="a"),
        Form("knowledge_assessment", fill="typed", patient="a"),
        Form("prescriber_enrollment", "2015-11", stamped=True, patient="b"),
        Form("knowledge_assessment", patient="b"),
        quality="half_percent",
    )
    book.add(
        "facility and pharmacy of one hospital",
        Other("cover", by_hand=False, text="Re-enrollment of facility and pharmacy attached."),
        Form("facility_enrollment", fill="mixed"),
        Form("pharmacy_enrollment", fill="mixed"),
        quality="corrected",
        announced=4,
    )
    book.add(
        "transfers of three patients",
        Form("care_transfer", patient="a", leaving="moved"),
        Form("care_transfer", patient="b", leaving="transferred"),
        Form("care_transfer", patient="c", leaving="moved", fill="mixed"),
    )
