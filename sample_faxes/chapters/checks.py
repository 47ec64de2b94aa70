"""Answers that the rules must find."""

from sample_faxes.book import Book
from sample_faxes.faults import FormFaults
from sample_faxes.scenario import Form


def checks(book: Book) -> None:
    """Answers that the rules must find."""
    book.day("11-09")
    book.add(
        "blood count 31 days before the infusion",
        Form(
            "patient_authorization",
            fill="typed",
            faults=FormFaults(shifted={"cbc_date": ("first_infusion_date", -31)}),
        ),
        expected=("lab_window",),
    )
    book.add(
        "thyroid test after the infusion",
        Form(
            "patient_authorization",
            fill="mixed",
            faults=FormFaults(shifted={"thyroid_date": ("first_infusion_date", 2)}),
        ),
        expected=("lab_window",),
        raster="standard",
    )
    book.add(
        "signed three days after it was received",
        Form(
            "patient_status", "2015-11", "typed", faults=FormFaults(values={"signature_date": "2026-11-12"})
        ),
        expected=("signature_after_receipt",),
    )
    book.add(
        "a date that does not exist",
        Form("patient_status", "2019-10", faults=FormFaults(values={"last_seen_date": "2026-02-30"})),
        expected=("impossible_date",),
    )
    book.add(
        "NPI with a wrong digit",
        Form("prescription_order", fill="typed", faults=FormFaults(wrong_digit=("prescriber_npi",))),
        expected=("npi_check",),
        quality="half_percent",
    )
    book.add(
        "ZIP of another state",
        Form(
            "prescriber_enrollment", "2015-11", "typed", faults=FormFaults(values={"prescriber_zip": "99501"})
        ),
        expected=("zip_state",),
    )
    book.add(
        "patient of fourteen years",
        Form("patient_enrollment", faults=FormFaults(values={"date_of_birth": "2012-03-14"})),
        expected=("age_under_17",),
        quality="half_percent",
    )
    book.add(
        "first course, but three vials",
        Form("prescription_order", month=6, faults=FormFaults(values={"vials": "3", "course": "first"})),
        expected=("vials_course",),
        raster="standard",
    )
    book.add(
        "patient not authorized",
        Form(
            "patient_authorization",
            faults=FormFaults(
                values={
                    "authorized": "no",
                    "not_authorized_reason": "Insurance pending, re-evaluate in 4 wks",
                }
            ),
        ),
        expected=("not_authorized",),
    )
