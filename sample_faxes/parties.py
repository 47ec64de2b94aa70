"""What a party of a case answers to a field that is named after it, such as ``prescriber_npi``."""

from collections.abc import Callable

from form_templates.model import Template
from sample_faxes.cases import Case, Value
from sample_faxes.people import Person, Place, Prescriber, Site


def _place_value(place: Place, suffix: str) -> Value:
    return {
        "street": place.street,
        "street_2": place.street_2,
        "city": place.city,
        "state": place.state,
        "zip": place.zip,
    }.get(suffix)


def _person_value(person: Person, suffix: str) -> Value:
    plain: dict[str, Value] = {
        "first_name": person.first_name,
        "middle_initial": person.middle_initial,
        "last_name": person.last_name,
        "name": person.name,
        "phone": person.phone,
        "phone_2": person.phone_2,
        "mobile": person.phone_2,
        "fax": person.phone_2,
        "email": person.email,
    }
    return plain[suffix] if suffix in plain else _place_value(person.place, suffix)


def _prescriber_value(prescriber: Prescriber, suffix: str) -> Value:
    own: dict[str, Value] = {
        "npi": prescriber.npi,
        "dea": prescriber.dea,
        "license": prescriber.license,
        "license_state": prescriber.person.place.state,
        "rems_id": prescriber.rems_id,
        "fax": prescriber.fax,
        "practice": prescriber.practice,
        "practice_name": prescriber.practice,
        "phone_ext": f"{100 + int(prescriber.npi[-3:]) % 800}",
    }
    return own[suffix] if suffix in own else _person_value(prescriber.person, suffix)


def _site_value(site: Site, suffix: str) -> Value:
    own: dict[str, Value] = {
        "name": site.name,
        "phone": site.phone,
        "fax": site.fax,
        "npi": site.npi,
        "dea": site.dea,
        "license": site.license,
        "license_state": site.place.state,
        "ncpdp": site.ncpdp,
        "rems_id": site.rems_id,
        "email": site.representative.email,
        "attention": site.contact.name,
    }
    return own[suffix] if suffix in own else _place_value(site.place, suffix)


def _patient_value(case: Case, suffix: str) -> Value:
    if suffix == "rems_id":
        return case.patient.rems_id
    return _person_value(case.patient.person, suffix)


def _home_site(template: Template, case: Case) -> Site:
    return case.pharmacy if template.form == "pharmacy_enrollment" else case.facility


def _representative_value(template: Template, case: Case, suffix: str) -> Value:
    site = _home_site(template, case)
    return site.title if suffix == "title" else _person_value(site.representative, suffix)


def _contact_value(template: Template, case: Case, suffix: str) -> Value:
    site_form = template.form in ("facility_enrollment", "pharmacy_enrollment")
    person = _home_site(template, case).contact if site_form else case.prescriber.contact
    return _person_value(person, suffix)


def party_value(template: Template, case: Case, name: str) -> tuple[bool, Value]:
    """The value of a field of a party, and whether the name is one."""
    readers: tuple[tuple[str, Callable[[str], Value]], ...] = (
        ("new_prescriber_", lambda s: _prescriber_value(case.new_prescriber, s)),
        ("patient_", lambda s: _patient_value(case, s)),
        ("prescriber_", lambda s: _prescriber_value(case.prescriber, s)),
        ("facility_", lambda s: _site_value(case.facility, s)),
        ("pharmacy_", lambda s: _site_value(case.pharmacy, s)),
        ("ship_", lambda s: _place_value(case.facility.place, s)),
        ("site_2_", lambda s: _site_value(case.second_site, s)),
        ("contact_2_", lambda s: _person_value(case.new_prescriber.contact, s)),
        ("representative_", lambda s: _representative_value(template, case, s)),
        ("contact_", lambda s: _contact_value(template, case, s)),
        ("guardian_", lambda s: _person_value(case.guardian, s) if case.guardian else None),
    )
    suffixes = [
        "first_name",
        "middle_initial",
        "last_name",
        "name",
        "street",
        "street_2",
        "city",
        "state",
        "zip",
        "phone",
        "phone_2",
        "mobile",
        "fax",
        "email",
        "npi",
        "dea",
        "license",
        "license_state",
        "rems_id",
        "ncpdp",
        "practice",
        "practice_name",
        "attention",
        "title",
        "phone_ext",
    ]
    for prefix, read in readers:
        if name.startswith(prefix) and name.removeprefix(prefix) in suffixes:
            return True, read(name.removeprefix(prefix))
    return False, None


def signer_name(template: Template, case: Case) -> str:
    """The printed name beside a form's main signature."""
    if template.form in ("facility_enrollment", "pharmacy_enrollment"):
        return _home_site(template, case).representative.name
    return case.prescriber.person.name
