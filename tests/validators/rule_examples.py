"""For every rule a sheet that passes and one that fails, as data; run through the real checks."""

from dataclasses import dataclass, field
from datetime import datetime

from form_templates.model import FormField, Kind, PageSize, Template
from validators.check import check_form, check_transmission
from validators.model import Answer, CheckedForm, Finding, ProgramState, Receipt, Text, Value
from validators.settings import RuleSettings

RECEIVED = datetime(2026, 3, 10, 9, 30)
NPI = "1234567893"


@dataclass(frozen=True)
class Sheet:
    """One filled form and the call that brought it; ``also``: the answers of a second form in the fax."""

    answers: dict[str, Value] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    missing_pages: tuple[int, ...] = ()
    texts: tuple[Text, ...] = ()
    announced: int | None = None
    also: dict[str, Value] | None = None


@dataclass(frozen=True)
class Example:
    form: str
    fields: tuple[FormField, ...]
    passes: Sheet
    fails: Sheet


def asked(name: str, kind: Kind = "text", required: str = "no", **more: object) -> FormField:
    label = name.replace("_", " ").capitalize()
    return FormField.model_validate(
        {
            "name": name,
            "label": label,
            "kind": kind,
            "page": 1,
            "section": "all",
            "required": required,
            **more,
        }
    )


def make_template(form: str, fields: tuple[FormField, ...], pages: int = 2) -> Template:
    return Template(
        form=form,
        version="2015-11",
        title=form,
        code="TST",
        revision="11/2015",
        reference_id="1",
        rems_version="2015",
        pages=(PageSize(),) * pages,
        fields=fields,
    )


def make_form(form: str, fields: tuple[FormField, ...], sheet: Sheet) -> CheckedForm:
    names = {one.name for one in fields}
    kinds = {one.name: one.kind for one in fields}
    assert set(sheet.answers) <= names
    answers = {
        name: Answer(
            name=name,
            kind=kinds[name],
            value=sheet.answers.get(name),
            raw=sheet.raw.get(name, ""),
            sure=name not in sheet.unsure,
            reasons=sheet.reasons.get(name, ()),
            page=1,
        )
        for name in names
    }
    return CheckedForm(form, "2015-11", answers, sheet.missing_pages, sheet.texts)


def findings_of(example: Example, sheet: Sheet, settings: RuleSettings | None = None) -> tuple[Finding, ...]:
    template = make_template(example.form, example.fields)
    receipt = Receipt(RECEIVED, received_pages=2, announced_pages=sheet.announced)
    state = ProgramState(as_of=RECEIVED.date())
    sheets = [sheet] + ([Sheet(sheet.also)] if sheet.also is not None else [])
    forms = [make_form(example.form, example.fields, one) for one in sheets]
    return (
        *check_form(template, forms[0], receipt, state, settings=settings),
        *check_transmission(forms, [template] * len(forms), (), receipt, state, settings=settings),
    )


SIGNED = (asked("signature", "signature", "yes"), asked("signature_date", "date", "yes"))
BIRTH = asked("date_of_birth", "date")
INFUSION = asked("first_infusion_date", "date", future=True)
CITY = asked("city", "text", "yes")


def one(kind: Kind, good: Value, bad: Value, form: str = "prescriber_enrollment", **more: object) -> Example:
    return Example(form, (asked("it", kind, **more),), Sheet({"it": good}), Sheet({"it": bad}))


def ticked(name: str, good: str, bad: str, form: str, **more: object) -> Example:
    return Example(form, (asked(name, "yes_no", **more),), Sheet({name: good}), Sheet({name: bad}))


def note(good: str, bad: str, *, bad_legible: bool = True) -> Example:
    return Example(
        "patient_status",
        (CITY,),
        Sheet({"city": "Dayton"}, texts=(Text(good, "margin", 1),)),
        Sheet({"city": "Dayton"}, texts=(Text(bad, "margin", 1, legible=bad_legible),)),
    )


EXAMPLES: dict[str, Example] = {
    "COM-01": Example(
        "patient_status", (CITY, BIRTH), Sheet({"city": "Dayton"}), Sheet({"date_of_birth": "1980-01-02"})
    ),
    "COM-02": Example(
        "patient_status",
        (asked("alive", "yes_no"), asked("cause", "text", "alive == no")),
        Sheet({"alive": "yes"}),
        Sheet({"alive": "no"}),
    ),
    "COM-03": Example(
        "patient_status",
        (CITY, *SIGNED),
        Sheet({"city": "Dayton", "signature": True, "signature_date": "2026-03-09"}),
        Sheet({"city": "Dayton", "signature": False, "signature_date": "2026-03-09"}),
    ),
    "COM-04": Example(
        "patient_status",
        SIGNED,
        Sheet({"signature": True, "signature_date": "2026-03-09"}),
        Sheet({"signature": True}),
    ),
    "COM-05": Example(
        "patient_status",
        (CITY, asked("alive", "yes_no", "yes")),
        Sheet({"city": "Dayton", "alive": "yes"}),
        Sheet({"city": "Dayton"}, reasons={"alive": ("two_marked",)}),
    ),
    "COM-06": Example(
        "patient_status",
        (CITY, asked("patient_phone", "phone", "yes")),
        Sheet({"city": "Dayton", "patient_phone": "6175550123"}),
        Sheet(
            {"city": "Dayton"}, raw={"patient_phone": "N/A"}, reasons={"patient_phone": ("not_applicable",)}
        ),
    ),
    "COM-07": Example(
        "patient_status", (CITY,), Sheet({"city": "Dayton"}), Sheet({"city": "Dayton"}, missing_pages=(2,))
    ),
    "COM-08": Example(
        "patient_status",
        (CITY,),
        Sheet({"city": "Dayton"}, announced=2),
        Sheet({"city": "Dayton"}, announced=3),
    ),
    "COM-09": Example(
        "patient_status", (CITY,), Sheet({"city": "Dayton"}), Sheet({"city": "Dayton"}, unsure=("city",))
    ),
    "COM-10": Example(
        "patient_status",
        (CITY,),
        Sheet({"city": "Dayton"}, announced=2),
        Sheet({"city": "Dayton"}, announced=1),
    ),
    "COM-11": Example("patient_status", (CITY, *SIGNED), Sheet({"city": "Dayton"}), Sheet()),
    "CRS-01": Example(
        "patient_status",
        (asked("patient_rems_id", "rems_id"), BIRTH),
        Sheet(
            {"patient_rems_id": "P-1234567N", "date_of_birth": "1980-01-02"},
            also={"patient_rems_id": "P-1234567N", "date_of_birth": "1980-01-02"},
        ),
        Sheet(
            {"patient_rems_id": "P-1234567N", "date_of_birth": "1980-01-02"},
            also={"patient_rems_id": "p-1234567n", "date_of_birth": "1980-02-01"},
        ),
    ),
    "CRS-02": Example(
        "prescription_order",
        (asked("patient_rems_id", "rems_id"), INFUSION),
        Sheet(
            {"patient_rems_id": "P-1234567N", "first_infusion_date": "2026-04-01"},
            also={"patient_rems_id": "P-7654321H", "first_infusion_date": "2026-04-02"},
        ),
        Sheet(
            {"patient_rems_id": "P-1234567N", "first_infusion_date": "2026-04-01"},
            also={"patient_rems_id": "P-1234567N", "first_infusion_date": "2026-04-02"},
        ),
    ),
    "X4-1": Example(
        "patient_status",
        (CITY, asked("last_seen_date", "date", "yes")),
        Sheet({"city": "Dayton", "last_seen_date": "2026-02-28"}),
        Sheet({"city": "Dayton"}, raw={"last_seen_date": "02/30/2026"}),
    ),
    "X4-2": one("date", "2026-03-10", "2026-03-11"),
    "X4-3": Example(
        "patient_status",
        (BIRTH, asked("last_seen_date", "date")),
        Sheet({"date_of_birth": "1980-01-02", "last_seen_date": "2026-01-02"}),
        Sheet({"date_of_birth": "1980-01-02", "last_seen_date": "1979-01-02"}),
    ),
    "X4-4": Example(
        "care_transfer",
        SIGNED,
        Sheet({"signature": True, "signature_date": "2026-03-10"}),
        Sheet({"signature": True, "signature_date": "2026-03-11"}),
    ),
    "PSF-07": Example(
        "patient_status",
        SIGNED,
        Sheet({"signature": True, "signature_date": "2026-03-10"}),
        Sheet({"signature": True, "signature_date": "2026-03-11"}),
    ),
    "X4-5": Example(
        "infusion_checklist",
        (*SIGNED, asked("day_3_date", "date")),
        Sheet({"signature": True, "signature_date": "2026-03-04", "day_3_date": "2026-03-04"}),
        Sheet({"signature": True, "signature_date": "2026-03-03", "day_3_date": "2026-03-04"}),
    ),
    "X4-6": Example(
        "patient_status",
        (*SIGNED, asked("itp_date", "date")),
        Sheet({"signature": True, "signature_date": "2026-03-04", "itp_date": "2026-03-04"}),
        Sheet({"signature": True, "signature_date": "2026-03-03", "itp_date": "2026-03-04"}),
    ),
    "X4-7": one("date", "2027-03-11", "2027-03-12", future=True),
    "X4-8": Example(
        "patient_status",
        (BIRTH,),
        Sheet({"date_of_birth": "1906-03-10"}),
        Sheet({"date_of_birth": "1899-03-10"}),
    ),
    "X4-9": Example(
        "prescription_order",
        (*SIGNED, INFUSION),
        Sheet({"signature": True, "signature_date": "2026-03-09", "first_infusion_date": "2026-03-09"}),
        Sheet({"signature": True, "signature_date": "2026-03-09", "first_infusion_date": "2026-03-08"}),
    ),
    "X4-10": Example(
        "patient_status",
        (asked("infusion_first_date", "date"), asked("infusion_last_date", "date")),
        Sheet({"infusion_first_date": "2026-01-05", "infusion_last_date": "2026-01-09"}),
        Sheet({"infusion_first_date": "2026-01-09", "infusion_last_date": "2026-01-05"}),
    ),
    "D6": Example(
        "patient_enrollment",
        (BIRTH,),
        Sheet({"date_of_birth": "2009-03-10"}),
        Sheet({"date_of_birth": "2009-03-11"}),
    ),
    "X1": one("npi", NPI, "1234567894"),
    "X2": one("dea", "AB1234563", "AB1234564"),
    "X3": one("rems_id", "P-1234567N", "P-1234568N", pattern=r"P-[0-9]{7}[0-9A-Z]"),
    "IDN-01": Example(
        "prescriber_enrollment",
        (asked("prescriber_state", "state"), asked("prescriber_zip", "zip")),
        Sheet({"prescriber_state": "MA", "prescriber_zip": "02139"}),
        Sheet({"prescriber_state": "OH", "prescriber_zip": "02139-1234"}),
    ),
    "IDN-02": one("zip", "45402", "00000"),
    "IDN-03": one("state", "OH", "ZZ"),
    "IDN-04": one("phone", "6175550123", "6170550123"),
    "IDN-05": one("ncpdp", "1234567", "123456"),
    "IDN-06": one("email", "office@clinic.example", "office@clinic"),
    "IDN-07": one("number", "70.5", "700", minimum=20, maximum=300, unit="kg"),
    "W1": ticked("cbc_done", "yes", "no", "patient_authorization"),
    "W4": Example(
        "patient_authorization",
        (INFUSION, asked("cbc_date", "date")),
        Sheet({"first_infusion_date": "2026-03-31", "cbc_date": "2026-03-01"}),
        Sheet({"first_infusion_date": "2026-03-31", "cbc_date": "2026-02-28"}),
    ),
    "M1": ticked("cbc_monthly", "yes", "no", "patient_status"),
    "M2": ticked("thyroid_quarterly", "yes", "no", "patient_status"),
    "M3": ticked("skin_exam_yearly", "yes", "no", "patient_status"),
    "G10": Example(
        "patient_authorization",
        (INFUSION,),
        Sheet({"first_infusion_date": "2026-03-10"}),
        Sheet({"first_infusion_date": "2026-03-09"}),
    ),
    "G5": Example(
        "infusion_checklist",
        (asked("patient_authorized", "yes_no"), asked("day_1_infused", "yes_no")),
        Sheet({"patient_authorized": "no", "day_1_infused": "no"}),
        Sheet({"patient_authorized": "no", "day_1_infused": "yes"}),
    ),
    "D1": Example(
        "prescription_order",
        (asked("course", "choice"), asked("vials", "choice")),
        Sheet({"course": "first", "vials": "5"}),
        Sheet({"course": "second", "vials": "5"}),
    ),
    "D4": Example(
        "infusion_checklist",
        (asked("day_1_stop_time", "time"), asked("day_1_observed_until", "time")),
        Sheet({"day_1_stop_time": "13:00", "day_1_observed_until": "15:00"}),
        Sheet({"day_1_stop_time": "13:00", "day_1_observed_until": "14:59"}),
    ),
    "G9": Example(
        "prescription_order", (asked("refills", "number"),), Sheet({"refills": "0"}), Sheet({"refills": "1"})
    ),
    "L1": ticked("still_under_care", "yes", "no", "patient_status"),
    "PAB-01": ticked("authorized", "yes", "no", "patient_authorization"),
    "AE-01": ticked("itp", "no", "yes", "patient_status", adverse_event=("yes",)),
    "AE-02": note("denies rash", "developed rash"),
    "AE-03": note("denies rash", "dxn ras", bad_legible=False),
    "AE-04": Example(
        "patient_status",
        (asked("itp", "yes_no", adverse_event=("yes",)), asked("itp_date", "date")),
        Sheet({"itp": "no"}),
        Sheet({"itp": "no", "itp_date": "2026-02-02"}),
    ),
    "AE-05": note("denies rash", "counseled on risk of stroke"),
    "AE-06": ticked("pregnancy", "no", "yes", "patient_status", adverse_event=("yes",)),
}
