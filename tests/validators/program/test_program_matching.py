"""Who is meant: found, offered, or nobody; never merged in silence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.program_cases import AGENT, SUPERVISOR, Story, at, patient_values, recorded, site_values
from benchmarks.program_people import measure_matching
from validators.program.decisions import Linked, Merged, RemsIdIssued, Unmerged
from validators.program.ledger import Ledger
from validators.program.matching import compare, match
from validators.program.mentions import Particulars, blocking_keys, mentions_of, particulars_of
from validators.program.names import plain, split_name, split_suffix
from validators.program.rems_ids import candidates
from validators.program.settings import ProgramSettings

S = ProgramSettings()
MARA = patient_values()
ID = next(candidates("patient", "doc"))


def patient(**changed: str) -> Particulars:
    return particulars_of(
        {**MARA, **{f"patient_{k}" if k != "date_of_birth" else k: v for k, v in changed.items()}}, "patient"
    )


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "certain"),
        ({"last_name": "FERREIRA LUND"}, "certain"),
        ({"last_name": "Ferreira"}, "doubtful"),
        ({"zip": "02138"}, "certain"),
        ({"zip": "90210", "phone": "3125550100"}, "doubtful"),
        ({"date_of_birth": "1980-04-08"}, "doubtful"),
        ({"date_of_birth": "1980-09-04"}, "doubtful"),
        ({"first_name": "Marla"}, "doubtful"),
        ({"first_name": "Tove"}, "doubtful"),
        ({"last_name": "Ferreira-Lund Jr"}, "certain"),
        (
            {
                "first_name": "Bo",
                "last_name": "Quist",
                "date_of_birth": "1955-01-01",
                "zip": "73301",
                "phone": "",
            },
            "unknown",
        ),
    ],
)
def test_a_patient_without_an_id_is_taken_only_beyond_doubt(changed: dict[str, str], outcome: str) -> None:
    assert match(patient(**changed), {"p": [patient()]}, S).outcome == outcome


def test_with_the_rems_id_a_move_and_a_marriage_are_no_doubt() -> None:
    known = {"p": [patient(rems_id=ID)]}
    moved = {"zip": "90210", "phone": "3125550100"}
    assert match(patient(rems_id=ID, **moved), known, S).party == "p"
    assert match(patient(rems_id=ID, last_name="Quist"), known, S).party == "p"
    both = match(patient(rems_id=ID, last_name="Quist", **moved), known, S)
    assert (both.outcome, both.id_claimed) == ("doubtful", False)


def test_a_rems_id_with_other_particulars_is_a_claim_for_a_person() -> None:
    stranger = patient(
        rems_id=ID, first_name="Odd", last_name="Quist", date_of_birth="1960-01-01", zip="73301", phone=""
    )
    result = match(stranger, {"p": [patient(rems_id=ID)]}, S)
    assert (result.outcome, result.id_claimed) == ("doubtful", True)


def test_twins_in_the_register_do_not_hold_each_other_up() -> None:
    known = {"mara": [patient()], "tove": [patient(first_name="Tove")]}
    assert match(patient(), known, S).party == "mara"


def test_a_misread_day_of_birth_does_not_turn_a_parent_into_the_child() -> None:
    known = {"parent": [patient(date_of_birth="1955-04-09")], "child": [patient(date_of_birth="1985-04-09")]}
    result = match(patient(date_of_birth="1985-04-09"), known, S)
    assert result.outcome == "doubtful"
    assert {candidate.party for candidate in result.candidates} == {"parent", "child"}


def test_candidates_carry_a_probability_and_what_it_rests_on() -> None:
    (candidate,) = match(patient(date_of_birth="1980-04-08"), {"p": [patient()]}, S).candidates
    assert 0.9 < candidate.probability < 1
    assert candidate.evidence.levels["date_of_birth"] == "near"


@given(st.text(max_size=12), st.text(max_size=12))
def test_comparing_is_symmetric(one: str, other: str) -> None:
    first, second = patient(first_name=one), patient(last_name=other)
    assert compare(first, second).log_odds == pytest.approx(compare(second, first).log_odds)


@given(st.text())
def test_plain_names_are_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_names_are_taken_apart() -> None:
    assert split_suffix("Lund, Jr.") == ("lund", "jr")
    assert split_suffix("Junior") == ("junior", "")
    assert split_name("Dr. Ana B. Lund, MD") == ("Ana", "B", "Lund")
    assert plain("O'Brien-Løvås") == plain("OBrien Lvas")


def test_people_with_one_slip_share_a_key() -> None:
    whole = blocking_keys(patient(rems_id=ID))
    for changed in (
        {"zip": "1"},
        {"first_name": "X"},
        {"last_name": "Ferreira"},
        {"date_of_birth": "1980-04-08"},
    ):
        assert whole & blocking_keys(patient(**changed))


def test_a_site_is_known_by_its_id_and_name_or_by_its_whole_place() -> None:
    site = site_values("facility")
    known = {"f": [particulars_of(site, "facility")]}
    for gone in ("facility_npi", "facility_phone"):
        assert match(particulars_of({**site, gone: None}, "facility"), known, S).outcome == "certain"
    elsewhere = {
        **site,
        "facility_npi": None,
        "facility_zip": "99501",
        "facility_phone": None,
        "facility_street": None,
    }
    assert match(particulars_of(elsewhere, "facility"), known, S).outcome == "doubtful"


def test_a_form_mentions_everybody_it_names_and_nobody_it_does_not() -> None:
    assert {mention.role for mention in mentions_of(Story().order())} == {
        "patient",
        "prescriber",
        "facility",
        "pharmacy",
    }
    (nobody,) = mentions_of(recorded("patient_status", "d", date(2016, 1, 1), {}))
    assert (nobody.role, nobody.particulars.is_empty) == ("patient", True)
    assert mentions_of(recorded("patient_enrollment", "d", date(2016, 1, 1), {})) == ()


def test_made_up_people_who_are_hard_to_tell_apart() -> None:
    figures = measure_matching(300, seed=5)
    assert figures.wrong == 0
    assert figures.found_share >= 0.97


class TestDecisions:
    """A doubtful person, links, merges and IDs, each undoable."""

    story = Story()
    twin = Story(number=2, person={**MARA, "patient_first_name": "Marla"})
    later = at(date(2016, 12, 1))

    def ledger(self) -> Ledger:
        ledger = Ledger(S)
        for form in (*self.story.certification(), self.story.enrollment()):
            ledger.record(form)
        ledger.record(replace(self.twin.enrollment(), received_at=at(date(2015, 9, 15))))
        return ledger

    def linked(self, party: str | None) -> Linked:
        return Linked(
            decision_id="l",
            at=at(date(2015, 9, 16)),
            who=AGENT,
            reason="called",
            document_id=self.twin.id("pat"),
            role="patient",
            party=party,
        )

    def test_a_twins_enrollment_waits_for_a_person(self) -> None:
        ledger = self.ledger()
        assert ledger.registry.party(self.twin.id("pat"), "patient") is None
        ((mention, result),) = ledger.questions_of_matching()
        assert mention.document_id == self.twin.id("pat")
        assert [candidate.party for candidate in result.candidates] == [f"patient:{self.story.id('pat')}"]

    def test_a_person_says_somebody_new(self) -> None:
        ledger = self.ledger()
        assert self.twin.id("pat") in ledger.decide(self.linked(None)).documents
        assert len([p for p in ledger.registry.parties() if p.startswith("patient:")]) == 2
        assert ledger.patient(f"patient:{self.twin.id('pat')}", self.later).stage == "enrolled"

    def test_a_person_says_the_same_and_may_say_otherwise_later(self) -> None:
        ledger = self.ledger()
        ledger.decide(self.linked(f"patient:{self.story.id('pat')}"))
        assert ledger.registry.party(self.twin.id("pat"), "patient") == f"patient:{self.story.id('pat')}"
        ledger.decide(replace(self.linked(None), decision_id="m", at=at(date(2015, 9, 20))))
        assert ledger.registry.party(self.twin.id("pat"), "patient") == f"patient:{self.twin.id('pat')}"

    def test_a_merge_joins_and_its_undoing_parts(self) -> None:
        ledger = self.ledger()
        ledger.decide(self.linked(None))
        before = ledger.snapshot(self.later)
        kept, gone = f"patient:{self.story.id('pat')}", f"patient:{self.twin.id('pat')}"
        merge = Merged(
            decision_id="m", at=at(date(2016, 1, 1)), who=SUPERVISOR, reason="one", kept=kept, gone=gone
        )
        touched = ledger.decide(merge)
        assert touched.documents >= {self.story.id("pat"), self.twin.id("pat")}
        assert ledger.registry.documents(kept) >= {self.story.id("pat"), self.twin.id("pat")}
        assert gone not in ledger.registry.parties()
        undo = Unmerged(decision_id="u", at=at(date(2016, 2, 1)), who=SUPERVISOR, reason="two", merge_id="m")
        assert self.twin.id("pat") in ledger.decide(undo).documents
        assert ledger.snapshot(self.later) == before

    def test_a_merge_without_the_role_has_no_effect_and_is_told(self) -> None:
        ledger = self.ledger()
        ledger.decide(self.linked(None))
        kept, gone = f"patient:{self.story.id('pat')}", f"patient:{self.twin.id('pat')}"
        ledger.decide(
            Merged(decision_id="m", at=at(date(2016, 1, 1)), who=AGENT, reason="one", kept=kept, gone=gone)
        )
        assert gone in ledger.registry.parties()
        assert "N2" in [finding.rule for finding in ledger.snapshot(self.later).findings]

    def test_an_issued_id_finds_the_patient_who_moved_and_married(self) -> None:
        ledger = self.ledger()
        party = f"patient:{self.story.id('pat')}"
        moved = {
            **MARA,
            "patient_zip": "90210",
            "patient_phone": None,
            "patient_last_name": "Quist",
            "patient_rems_id": ID,
        }
        form = recorded("patient_status", "psf", date(2016, 4, 5), moved)
        ledger.record(form)
        assert ledger.registry.party("psf", "patient") is None
        issued = RemsIdIssued(
            decision_id="i",
            at=at(date(2015, 9, 11)),
            who=SUPERVISOR,
            reason="enrolled",
            party=party,
            rems_id=ID,
        )
        assert "psf" in ledger.decide(issued).documents
        assert ledger.registry.party("psf", "patient") == party
        assert ledger.registry.rems_id(party) == ID

    def test_one_id_issued_twice_is_told_for_both(self) -> None:
        ledger = self.ledger()
        ledger.decide(self.linked(None))
        for number, story in enumerate((self.story, self.twin)):
            ledger.decide(
                RemsIdIssued(
                    decision_id=f"i{number}",
                    at=at(date(2015, 10, 1)),
                    who=SUPERVISOR,
                    reason="enrolled",
                    party=f"patient:{story.id('pat')}",
                    rems_id=ID,
                )
            )
        told = [finding.party for finding in ledger.snapshot(self.later).findings if finding.rule == "X3"]
        assert told == [f"patient:{self.story.id('pat')}", f"patient:{self.twin.id('pat')}"]

    def test_an_enrollment_received_earlier_but_processed_later_founds_the_patient(self) -> None:
        ledger = self.ledger()
        first = replace(
            self.story.enrollment(),
            document_id="doc-0-earlier",
            received_at=at(self.story.start - timedelta(days=9)),
        )
        touched = ledger.record(first)
        assert self.story.id("pat") in touched.documents
        assert ledger.registry.party(self.story.id("pat"), "patient") == "patient:doc-0-earlier"
        assert ledger.registry.current(f"patient:{self.story.id('pat')}") == "patient:doc-0-earlier"
