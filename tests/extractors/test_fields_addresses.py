"""Town, state and ZIP code of one address help each other; what was read clearly stands against them."""

from extractors.expected import expectations
from extractors.lexicons.zips import area_of
from form_templates.model import FormField


def field(name: str, kind: str) -> FormField:
    return FormField.model_validate({"name": name, "label": "", "kind": kind, "page": 1, "section": "s"})


ZIP, STATE, CITY = field("site_2_zip", "zip"), field("site_2_state", "state"), field("site_2_city", "text")


def test_a_zip_code_tells_its_state_and_its_towns() -> None:
    area = area_of("87101-1234")
    assert area is not None
    assert (area.state, area.towns[0]) == ("NM", "Albuquerque")
    assert area_of("00000") is area_of("871") is area_of("") is area_of("٨٧١٠١") is None


def test_a_zip_code_makes_its_town_and_state_likely() -> None:
    expected = expectations([(ZIP, "87101", 0.9), (STATE, "NH", 0.2), (CITY, "Albuqueryue", 0.3)])
    assert expected["site_2_city"].bonus(CITY, "ALBUQUERQUE") > 0
    assert expected["site_2_city"].bonus(CITY, "Albuqueryue") == 0
    assert {"Albuquerque", "ALBUQUERQUE"} <= set(expected["site_2_city"].candidates([]))
    assert expected["site_2_state"].bonus(STATE, "NM") > expected["site_2_state"].bonus(STATE, "NH")


def test_town_and_state_make_their_zip_codes_likely_and_unknown_ones_unlikely() -> None:
    expected = expectations([(ZIP, "81101", 0.3), (STATE, "NM", 0.9), (CITY, "Albuquerque", 0.9)])
    bonus = expected["site_2_zip"].bonus
    assert bonus(ZIP, "87101") > bonus(ZIP, "87501") > bonus(ZIP, "81101") > bonus(ZIP, "00000")


def test_what_was_hardly_read_makes_nothing_likely_nor_does_another_address() -> None:
    assert expectations([(ZIP, "87101", 0.4), (STATE, "NM", 0.3), (CITY, "Albuquerque", 0.2)]) == {}
    assert "site_2_city" not in expectations([(field("ship_zip", "zip"), "87101", 0.9), (CITY, "x", 0.9)])
