"""Whom a form mentions: the particulars by which a person or a site is found, and the keys to find them."""

from dataclasses import dataclass
from typing import Literal

from validators.identifiers import is_npi
from validators.program import answers
from validators.program.answers import Values
from validators.program.events import RecordedForm
from validators.program.names import digits, plain, split_name, split_suffix
from validators.program.rems_ids import DEFAULT_PATTERN, PartyKind, is_valid

Role = Literal["patient", "prescriber", "new_prescriber", "facility", "pharmacy"]

KIND_OF: dict[Role, PartyKind] = {
    "patient": "patient",
    "prescriber": "prescriber",
    "new_prescriber": "prescriber",
    "facility": "facility",
    "pharmacy": "pharmacy",
}
FOUNDING: dict[str, Role] = {
    "prescriber_enrollment": "prescriber",
    "knowledge_assessment": "prescriber",
    "patient_enrollment": "patient",
    "facility_enrollment": "facility",
    "pharmacy_enrollment": "pharmacy",
}
"""Forms that bring somebody into the register, and whom."""

REFERRING: dict[str, tuple[Role, ...]] = {
    "patient_enrollment": ("prescriber",),
    "prescription_order": ("patient", "prescriber", "facility", "pharmacy"),
    "patient_authorization": ("patient", "prescriber", "facility"),
    "patient_status": ("patient", "prescriber"),
    "infusion_checklist": ("patient", "prescriber", "facility"),
    "care_transfer": ("patient", "prescriber", "new_prescriber"),
}
"""Forms that refer to somebody who has to be in the register already, and whom."""


@dataclass(frozen=True)
class Particulars:
    """What one form says of one person or site, in the form in which it is compared; empty where unknown.

    Attributes:
        rems_id: with a right check character, else empty.
        npi: with a right check digit, else empty.
        name: of a site; a person's names are apart.
        date_of_birth: ``YYYY-MM-DD``.
    """

    kind: PartyKind
    rems_id: str = ""
    npi: str = ""
    ncpdp: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""
    suffix: str = ""
    name: str = ""
    date_of_birth: str = ""
    sex: str = ""
    zip: str = ""
    phone: str = ""
    street: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing by which anybody could be found."""
        return not (self.rems_id or self.npi or self.ncpdp or self.last or self.name)


@dataclass(frozen=True)
class Mention:
    """A form mentions somebody in a role."""

    document_id: str
    role: Role
    founding: bool
    particulars: Particulars

    @property
    def key(self) -> tuple[str, str]:
        """Document and role: what a decision of a person refers to."""
        return self.document_id, self.role


def mentions_of(form: RecordedForm, rems_id_pattern: str = DEFAULT_PATTERN) -> tuple[Mention, ...]:
    """Everybody whom a form mentions; unsure fields are left out.

    A patient is mentioned even where nothing was read: such a page waits for its case or for a person.
    """
    values = form.sure_values
    found = []
    founded = FOUNDING.get(form.form)
    for role in ((founded,) if founded else ()) + REFERRING.get(form.form, ()):
        particulars = particulars_of(values, role, rems_id_pattern, founding=role == founded)
        if not particulars.is_empty or (role == "patient" and role != founded):
            found.append(Mention(form.document_id, role, role == founded, particulars))
    return tuple(found)


def particulars_of(
    values: Values, role: Role, rems_id_pattern: str = DEFAULT_PATTERN, *, founding: bool = False
) -> Particulars:
    """The particulars of one role on a form.

    The program's own box on an enrollment form counts as the REMS ID of whom it enrolls.
    """

    def written(suffix: str) -> str:
        return answers.text(values, f"{role}_{suffix}") or ""

    kind = KIND_OF[role]
    rems_id = written("rems_id")
    if founding:
        office = "office_patient_rems_id" if kind == "patient" else "office_rems_id"
        rems_id = answers.text(values, office) or rems_id
    rems_id = rems_id if is_valid(rems_id, kind, rems_id_pattern) else ""
    npi = digits(written("npi"))
    phone, postal = digits(written("phone"))[-10:], digits(written("zip"))[:5]
    common = {"rems_id": rems_id, "npi": npi if is_npi(npi) else "", "phone": phone, "zip": postal}
    if kind in ("facility", "pharmacy"):
        return Particulars(
            kind,
            **common,
            ncpdp=digits(written("ncpdp")),
            name=plain(written("name")),
            street=plain(written("street")),
        )
    first, middle, last_name = written("first_name"), written("middle_initial"), written("last_name")
    if not last_name:
        first, middle, last_name = split_name(written("name"))
    last, suffix = split_suffix(last_name)
    patient = kind == "patient"
    born = answers.day(values, "date_of_birth") if patient else None
    return Particulars(
        kind,
        **common,
        first=plain(first),
        middle=plain(middle)[:1],
        last=last,
        suffix=suffix,
        date_of_birth=born.isoformat() if born else "",
        sex=plain(answers.text(values, "sex")) if patient else "",
        street=plain(written("street")),
    )


def blocking_keys(particulars: Particulars) -> frozenset[str]:
    """Cheap string keys: two mentions of one party share at least one, and few strangers do.

    The store indexes them. Each bears a letter for what it is made of, so that an unread or misread
    particular costs one key and not the match.
    """
    p = particulars
    keys = {f"{p.kind[:2]}:r:{p.rems_id}" if p.rems_id else "", f"{p.kind[:2]}:n:{p.npi}" if p.npi else ""}
    if p.phone:
        keys.add(f"{p.kind[:2]}:p:{p.phone}")
    if p.kind in ("facility", "pharmacy"):
        keys |= _site_keys(p)
    else:
        keys |= _person_keys(p)
    return frozenset(keys - {""})


def _site_keys(p: Particulars) -> set[str]:
    prefix = p.kind[:2]
    words = sorted(p.name.split(), key=len, reverse=True)
    keys = {f"{prefix}:w:{word}:{p.zip}" for word in words[:3] if p.zip}
    if p.name:
        keys.add(f"{prefix}:s:{''.join(sorted(words))}")
    if p.ncpdp:
        keys.add(f"{prefix}:c:{p.ncpdp}")
    return keys


def _person_keys(p: Particulars) -> set[str]:
    prefix = p.kind[:2]
    parts = p.last.split()
    keys = set()
    if p.date_of_birth:
        keys |= {f"{prefix}:d:{p.date_of_birth}:{part[0]}" for part in parts}
        if p.first:
            keys.add(f"{prefix}:e:{p.date_of_birth}:{p.first[0]}")
    for part in parts:
        if p.first:
            if p.kind == "prescriber":
                keys.add(f"{prefix}:f:{part}:{p.first[0]}")
            elif p.date_of_birth:
                keys |= {
                    f"{prefix}:y:{part}:{p.date_of_birth[:4]}:{p.first[0]}",
                    f"{prefix}:m:{part}:{p.date_of_birth[5:]}",
                }
            if p.zip:
                keys.add(f"{prefix}:z:{p.zip}:{part[:4]}:{p.first[0]}")
    return keys
