"""What a field says when two nets, its rules and its words are weighed together."""

import string

import numpy as np
import pytest

from extractors.decoding import as_asked, decode_line, is_sure
from extractors.readers.ctc import ALPHABET, COLUMN, LogProbabilities, best_path, text_probability
from extractors.readers.protocol import LineReading
from extractors.settling import Heard, Settled, settle
from form_templates.model import FormField, Kind


def field(kind: Kind, name: str = "asked", **more: object) -> FormField:
    return FormField.model_validate(
        {"name": name, "label": "", "kind": kind, "page": 1, "section": "s", **more}
    )


def seen(*letters: dict[str, float] | str) -> LineReading:
    """A net that gives each letter its probabilities, the rest to the tilde; a blank between letters."""
    rows = []
    for letter in letters:
        row = np.full(len(ALPHABET) + 1, 1e-9)
        for sign, probability in ({letter: 0.99} if isinstance(letter, str) else letter).items():
            row[COLUMN[sign]] = probability
        row[COLUMN["~"]] += max(0.0, 1 - row.sum())
        blank = np.full(len(ALPHABET) + 1, 1e-9)
        blank[0] = 1.0
        rows += [row, blank]
    logs: LogProbabilities = np.asarray(np.log(np.stack(rows)), np.float32)
    text, figures = best_path(logs)
    return LineReading(text, text_probability(logs, text), figures, logs)


def settled(asked: FormField, *lines: LineReading, third: tuple[LineReading, ...] | None = None) -> Settled:
    return settle(asked, Heard(tuple(as_asked(asked, line) for line in lines), None, third))


def test_a_second_net_that_sees_better_wins() -> None:
    asked = field("phone")
    first = seen(*"20655501", {"1": 0.4, "7": 0.5}, "2")
    witness = seen(*"20655501", {"1": 0.98}, "2")
    assert decode_line(asked, [as_asked(asked, first)])[0].parsed.value == "2065550172"
    both = [as_asked(asked, first), as_asked(asked, witness)]
    assert decode_line(asked, both)[0].parsed.value == "2065550112"


def test_a_list_of_names_mends_a_letter_and_gives_way_to_what_is_clear() -> None:
    asked = field("name", lexicon="last_name")
    doubtful = seen(*"Rut", {"i": 0.6, "l": 0.35}, *"edge")
    assert decode_line(asked, [doubtful])[0].text == "Rutledge"
    assert decode_line(asked, [seen(*"Rutiedge")])[0].text == "Rutiedge"
    assert decode_line(asked, [seen(*"Xylowsqa")])[0].text == "Xylowsqa"


def test_letters_drawn_like_digits_are_digits_where_only_those_stand() -> None:
    asked = field("zip")
    assert as_asked(asked, seen(*"1O", {"S": 0.5, "5": 0.4}, *"3 4")).text == "10534"
    assert as_asked(field("name", "patient_middle_initial"), seen("0")).text == "O"


def test_an_answer_that_there_is_none_stays_one_where_only_digits_stand() -> None:
    found = settled(field("npi"), seen(*"N/A"))
    assert found.value is None
    assert found.reasons == ("not_applicable",)


def test_a_month_in_letters_is_read_in_letters() -> None:
    found = settled(field("date"), seen(*"Oct 5, 2026"))
    assert (found.value, found.plausible) == ("2026-10-05", True)


def test_a_year_that_makes_no_sense_gives_way_to_one_nearly_as_likely() -> None:
    reading = seen(*"0808", {"2": 0.5, "1": 0.45}, {"0": 0.5, "9": 0.45}, *"71")
    born = settled(field("date", "date_of_birth", comb=8), reading)
    assert born.value == "1971-08-08"


def test_a_number_repaired_by_its_check_digit_says_so() -> None:
    reading = seen(*"12345678", {"8": 0.6, "9": 0.39}, "3")
    found = settled(field("npi"), reading)
    assert found.value == "1234567893"
    assert not found.first_agrees
    assert "repaired" in found.reasons
    assert "repaired" not in settled(field("npi"), seen(*"1234567893")).reasons


@pytest.mark.parametrize("text", ["x" * 200, "1234567 see attached list of 14 infusions", "??!!"])
def test_no_date_is_invented_from_what_is_none(text: str) -> None:
    found = settled(field("date"), seen(*text))
    assert found.value is None
    assert "illegible" in found.reasons


def test_what_no_net_believes_is_no_reading() -> None:
    faint = [dict.fromkeys(string.ascii_letters + string.digits, 0.016)] * 6
    found = settled(field("text"), seen(*faint))
    assert found.value is None
    assert "illegible" in found.reasons


def test_nets_that_agree_on_a_likely_value_need_no_search() -> None:
    asked = field("zip")
    sure = as_asked(asked, seen(*[{digit: 0.999} for digit in "10534"]))
    assert is_sure(asked, [sure, sure])
    assert not is_sure(asked, [sure, as_asked(asked, seen(*"10584"))])
    assert not is_sure(field("npi"), [sure, sure])


def test_lines_of_a_field_are_read_one_by_one_and_joined() -> None:
    asked = field("free_text", lines=2)
    found = settled(asked, seen(*"bruising"), seen(*"resolved"))
    assert found.value == "bruising resolved"
    assert found.first_agrees


def test_a_third_voice_that_reads_no_net_adds_its_text() -> None:
    asked = field("text")
    agreed = settled(asked, seen(*"clinic"), third=(LineReading("Clinic", 0.8),))
    assert agreed.third == "agree"
    other = settled(asked, seen(*"clinic"), third=(LineReading("clime", 0.8),))
    assert other.third == "disagree"
    assert "disagree" in other.reasons
