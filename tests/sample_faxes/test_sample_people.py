import re

import numpy as np
import zipcodes
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_37_36

from sample_faxes.people import STATES, make_patient, make_prescriber, make_site

seeds = st.integers(0, 2**32 - 1)
states = st.sampled_from(STATES)


def dea_holds(number: str) -> bool:
    digits = [int(digit) for digit in number[2:]]
    total = digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])
    return re.fullmatch("[A-Z]{2}[0-9]{7}", number) is not None and total % 10 == digits[6]


@settings(deadline=None)
@given(seeds, states)
def test_identifiers_pass_their_checks_and_belong_to_nobody(seed: int, state: str) -> None:
    rng = np.random.default_rng(seed)
    prescriber, patient = make_prescriber(rng, state), make_patient(rng, state)
    site = make_site(rng, state, "F")
    for npi in (prescriber.npi, site.npi):
        assert len(npi) == 10
        assert npi[0] == "2", "numbers that begin with 1 are given out to real people"
        assert luhn.is_valid("80840" + npi)
    assert dea_holds(prescriber.dea)
    assert prescriber.dea[1] == prescriber.person.last_name[0].upper()
    for letter, rems_id in (("D", prescriber.rems_id), ("P", patient.rems_id), ("F", site.rems_id)):
        assert re.fullmatch(rf"{letter}-[0-9]{{7}}[0-9A-Z]", rems_id)
        assert mod_37_36.is_valid(rems_id.replace("-", ""))
    for phone in (prescriber.fax, prescriber.person.phone, patient.person.phone_2, site.phone, site.fax):
        assert re.fullmatch(r"[2-9][0-9]{2}55501[0-9]{2}", phone)
    assert patient.person.email.endswith(".example")


@settings(deadline=None, max_examples=40)
@given(seeds, states)
def test_zip_city_and_state_belong_together(seed: int, state: str) -> None:
    place = make_patient(np.random.default_rng(seed), state).person.place
    (known, *_) = zipcodes.matching(place.zip)  # type: ignore[no-untyped-call]
    assert (known["state"], known["city"].title()) == (place.state, place.city)
    assert place.state == state


@given(seeds)
def test_the_same_seed_invents_the_same_person(seed: int) -> None:
    assert make_patient(np.random.default_rng(seed), "OH") == make_patient(np.random.default_rng(seed), "OH")
