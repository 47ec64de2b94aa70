"""Possible adverse events, said and denied, wherever people write."""

from sample_faxes.book import Book
from sample_faxes.faults import FormFaults
from sample_faxes.scenario import Form, Other


def events(book: Book) -> None:
    """Possible adverse events, said and denied, wherever people write."""
    book.day("11-02")
    book.add(
        "event in the comments of a cover sheet",
        Other(
            "cover",
            text="FYI: pt developed petechiae and easy bruising last week, plt 18K. MD aware. Pls call.",
        ),
        Form("prescription_order", fill="typed"),
        announced=2,
        adverse_event=True,
    )
    book.add(
        "event typed on a cover sheet, standard",
        Other(
            "cover",
            by_hand=False,
            text="Patient was hospitalized 10/28 with shortness of breath and coughing up blood.",
        ),
        Form("care_transfer", leaving="transferred"),
        raster="standard",
        announced=2,
        adverse_event=True,
    )
    book.add(
        "nothing to report, said in so many words",
        Other("cover", text="No adverse events. Pt denies bruising, bleeding or dark urine."),
        Form("patient_status", "2019-10", comment="No new symptoms, denies rash or bleeding"),
        announced=3,
    )
    book.add(
        "thyroid disorder on the new form",
        Form(
            "patient_status", "2019-10", story="thyroid", comment="Graves disease dx in Sept, on methimazole"
        ),
        adverse_event=True,
    )
    book.add(
        "patient died",
        Form("patient_status", "2015-11", story="death", fill="mixed"),
        adverse_event=True,
        quality="half_percent",
    )
    book.add(
        "melanoma, standard, 2 % bad lines",
        Form("patient_status", "2019-10", story="melanoma"),
        raster="standard",
        quality="two_percent",
        adverse_event=True,
    )
    book.add(
        "infusion reaction on a checklist",
        Form("infusion_checklist", reaction="Hives and flushing on arms at 40 min, BP 92/58", month=12),
        adverse_event=True,
    )
    book.add(
        "event in a margin note alone",
        Form(
            "patient_authorization",
            faults=FormFaults(margin_note="pt c/o bloody urine x 3 days - sent to ER"),
        ),
        adverse_event=True,
    )
    book.add(
        "a letter that reports an event",
        Other(
            "letter",
            by_hand=False,
            text="I am writing about my patient, who received a second course of alemtuzumab last year.|"
            "In October she noticed easy bruising and bleeding gums. Her platelet count was 11,000 and she "
            "was admitted with immune thrombocytopenia. She was given corticosteroids and is recovering.|"
            "Please tell me whether you need further information.",
        ),
        adverse_event=True,
    )
    book.add(
        "a lab printout with a critical value",
        Other(
            "lab",
            by_hand=False,
            text="Critical low platelets called to office. Petechiae noted by phlebotomist at draw.",
        ),
        carrier="pdf-flate",
        raster="scan200",
        header=False,
        adverse_event=True,
    )
    book.add(
        "a patient who leaves because she died",
        Form("care_transfer", leaving="died"),
        adverse_event=True,
        raster="standard",
    )
    book.add(
        "a handwritten note that reports an event",
        Other(
            "note",
            text="Pt of Dr's office called: fever 103 and stiff neck since yesterday, going to hospital now",
        ),
        adverse_event=True,
    )
    book.add(
        "stay in a hospital, reported",
        Form("patient_status", "2015-11", "mixed", story="hospital"),
        adverse_event=True,
        quality="dropouts",
    )
