import time
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screening_cases import BROCHURE, EVENTS, MENTIONS, NO_EVENTS

from validators.model import Text
from validators.screening import Screener, find_mentions, screen, screener
from validators.segment import Status
from validators.settings import RuleSettings
from validators.vocabulary import load_terms


def rules_of(text, source="cover", **more):
    return [found.rule for found in screen([Text(text.replace("\\n", "\n"), source, 1, **more)])]


@pytest.mark.parametrize("sentence", EVENTS)
def test_an_event_is_found(sentence):
    assert rules_of(sentence) == ["AE-02"]


@pytest.mark.parametrize("sentence", EVENTS)
def test_an_event_is_found_among_other_lines(sentence):
    page = f"To: REMS program\nPages: 3\nNo rash, no fever.\n{sentence}\nThank you\nDenies headache."
    assert rules_of(page) == ["AE-02"]


@pytest.mark.parametrize("sentence", NO_EVENTS)
def test_what_is_denied_or_printed_is_no_finding(sentence):
    assert rules_of(sentence) == []


@pytest.mark.parametrize("sentence", MENTIONS)
def test_history_and_risk_are_information(sentence):
    assert rules_of(sentence) == ["AE-05"]


def test_history_counts_as_an_event_where_the_settings_say_so():
    strict = RuleSettings(consider_history_an_event=True)
    found = screen([Text("hx of melanoma 2012", "cover", 1)], strict)
    assert [one.rule for one in found] == ["AE-02"]


@pytest.mark.parametrize("term", BROCHURE)
def test_every_term_of_the_brochure_is_found(term):
    assert rules_of(f"Patient has {term}.") == ["AE-02"]


@pytest.mark.parametrize("term", BROCHURE)
def test_every_term_of_the_brochure_can_be_denied(term):
    assert rules_of(f"Denies {term}.") == []


@pytest.mark.parametrize("term", sorted({term.text for term in load_terms() if "*" not in term.text})[::7])
def test_terms_of_the_vocabulary_are_found_in_capitals(term):
    assert [
        mention
        for mention in find_mentions(f"PATIENT HAS {term.upper()}")
        if mention.status is Status.AFFIRMED
    ]


@pytest.mark.parametrize(
    ("read", "concept"),
    [
        ("petechlae", "petechiae"),
        ("thrombocytopema", "immune thrombocytopenia"),
        ("hernaturia", "urine findings"),
        ("ANAPHYLAX1S", "anaphylaxis"),
        ("me1anoma", "melanoma"),
        ("1ymphoma", "lymphoproliferative disorder"),
        ("hypothyroidlsm", "hypothyroidism"),
        ("angioedena", "angioedema"),
        ("brusing", "bruising"),
    ],
)
def test_misread_and_misspelled_words_are_found(read, concept):
    assert concept in {mention.concept for mention in find_mentions(f"pt with {read} today")}


@pytest.mark.parametrize(
    "word",
    ["breeding", "spelling", "Snelling", "prostrate", "inflection", "meditation", "clients", "cash", "trash"],
)
def test_good_words_near_a_term_are_left_alone(word):
    assert find_mentions(f"Note: {word} attached") == ()


LAB_REPORT = """\
NORTHSIDE REFERENCE LABORATORY   Page 1 of 2
Test                          Result   Flag   Reference range
Thyroid stimulating hormone   2.10            0.45 - 4.50 mIU/L
Bilirubin, total              0.6             0.2 - 1.2 mg/dL
Bilirubin, total              1.9      High   0.2 - 1.2 mg/dL
Platelet count                244             150 - 400 x10E3/uL
Hemolysis index               Negative
Urine blood                   Negative
Protein, urine                Negative
TSH values above 4.5 suggest hypothyroidism; values below 0.1 suggest hyperthyroidism.
Ketone bodies are seen in diabetes and infection.
Interpretive guide: anti-GBM antibody index under 1.0 is negative for Goodpasture disease.
Report adverse events to the manufacturer."""


def test_the_print_of_a_lab_report_is_no_event():
    assert "AE-02" not in rules_of(LAB_REPORT, "lab_report")


def test_a_critical_value_that_was_called_in_is_an_event():
    assert rules_of(LAB_REPORT + "\nCritical low platelets called to office.", "lab_report") == ["AE-02"]


def test_a_remark_on_a_lab_report_is_an_event():
    assert rules_of(LAB_REPORT + "\nPt called: hives and bruising since Friday", "lab_report") == ["AE-02"]


LETTERHEAD = """\
Harbor Cancer Center and Stroke Institute
FAX COVER SHEET   Pages including cover: 3
To: LEMTRADA REMS Program    Fax: 1-855-557-2478
Re: Patient Status Form
CONFIDENTIALITY NOTICE: This facsimile contains confidential health information that may concern
infection, cancer or pregnancy and is intended only for the addressee.
Report suspected adverse events to Genzyme Medical Information at 1-800-745-4447 (option 2) or to
FDA at 1-800-FDA-1088 or www.FDA.gov/medwatch."""


def test_letterhead_and_notices_are_no_event():
    assert rules_of(LETTERHEAD) == []


def test_a_comment_below_the_notices_is_an_event():
    assert rules_of(LETTERHEAD + "\nComments: pt developed petechlae, please call") == ["AE-02"]


def test_lines_of_a_page_are_read_together_and_fields_apart():
    lines = [Text("Patient denies fever,", "cover", 1), Text("rash or bruising.", "cover", 1)]
    assert screen(lines) == ()
    fields = [Text("denies rash", "field", 2, "comments"), Text("rash", "field", 2, "death_cause")]
    assert [(found.rule, found.fields, found.pages) for found in screen(fields)] == [
        ("AE-02", ("death_cause",), (2,))
    ]


def test_an_allergy_is_history_and_a_new_reaction_is_not():
    def rules(words):
        return [found.rule for found in screen([Text(words, "field", 1, "allergies")])]

    assert rules("penicillin (hives)") == ["AE-05"]
    assert rules("developed hives after infusion") == ["AE-02"]


def test_unreadable_writing_asks_for_a_person():
    assert rules_of("rxn ?? lll", "margin", legible=False) == ["AE-03"]
    assert rules_of("", "margin", legible=False) == ["AE-03"]
    assert rules_of("developed rash", "margin", legible=False) == ["AE-02"]


def test_messages_name_no_condition():
    message = screen([Text("pt developed petechiae", "cover", 3)])[0].message
    assert "petechiae" not in message
    assert "Page 3" in message


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_screened(text):
    assert len(screen([Text(text, "unknown", 1)])) <= 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EVENTS), st.lists(st.sampled_from(NO_EVENTS), max_size=4), st.integers(0, 4))
def test_denials_on_other_lines_hide_no_event(event, others, place):
    lines = [*others[:place], event, *others[place:]]
    ended = [line if line.endswith((".", "!", "?")) else line + "." for line in lines]
    assert "AE-02" in rules_of("\n".join(ended))


def test_screening_is_quick():
    page = "\n".join(
        [
            LETTERHEAD,
            *(
                f"Visit {n}: she denies fever, chills, chest pain and bruising; labs normal."
                for n in range(12)
            ),
        ]
    )
    started = time.process_time()
    Screener(load_terms())
    assert time.process_time() - started < 1.5
    screener().mentions(page)
    seconds = []
    for _ in range(9):
        started = time.process_time()
        screener().mentions(page)
        seconds.append(time.process_time() - started)
    # The bar is 5 ms on a free core; a shared one may take some more.
    assert median(seconds) < 0.015


def test_printed_words_silence_nothing_that_was_written_before_them() -> None:
    lines = (
        "Patient was hospitalized 10/28 with shortness of",
        "breath and coughing up blood,",
        "CONFIDENTIALITY NOTICE: This facsimile contains health information that is privileged",
    )
    found = screen(tuple(Text(line, "cover", 1) for line in lines))
    assert [finding.rule for finding in found] == ["AE-02"]
