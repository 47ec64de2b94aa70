"""Which details of a form are due, given the answers that they hang on."""

import re
from collections.abc import Mapping

from form_templates.model import FormField, Template
from sample_faxes.cases import Value

EVENT_FIELDS = frozenset(
    [
        "itp",
        "other_cytopenia",
        "anti_gbm",
        "nephropathy",
        "thyroid_disorder",
        "other_autoimmune",
        "infusion_reaction",
        "stroke",
        "thyroid_cancer",
        "melanoma",
        "lymphoma",
        "other_malignancy",
        "serious_infection",
        "pregnancy",
        "hospitalization",
    ]
)


_HANGS_ON = (
    ("death_", "alive", "no"),
    ("new_prescriber_", "still_under_care", "no"),
    ("not_under_care_reason", "still_under_care", "no"),
    ("infusion_", "infused_since_last", "yes"),
    ("pharmacy_name", "dispensing", "certified_pharmacy"),
)
_MONITORING = (
    "cbc_monthly",
    "creatinine_monthly",
    "urinalysis_monthly",
    "thyroid_quarterly",
    "skin_exam_yearly",
)


def applies(field: FormField, values: Mapping[str, Value], template: Template) -> bool:
    """Whether a detail's own question was answered so that the detail is due."""
    for rule in (_under_its_question, _under_its_part, _of_a_day):
        due = rule(field.name, values, template)
        if due is not None:
            return due
    return True


def _under_its_question(name: str, values: Mapping[str, Value], template: Template) -> bool | None:
    """A field named after a question: ``itp_date``, ``credentials_other``."""
    for suffix in ("_date", "_which", "_text", "_case_number"):
        stem = name.removesuffix(suffix)
        if stem != name and template.has_field(stem):
            wanted = {"yes_no": "yes", "signature": True}.get(template.field(stem).kind)
            if wanted is not None:
                return values.get(stem) == wanted
    stem = name.removesuffix("_other")
    if stem != name and template.has_field(stem):
        answer = values.get(stem)
        return answer == "other" or (isinstance(answer, tuple) and "other" in answer)
    return None


def _under_its_part(name: str, values: Mapping[str, Value], template: Template) -> bool | None:
    """A field of a part of the form that one answer opens."""
    for prefix, question, wanted in _HANGS_ON:
        hangs = name.startswith(prefix) and name != question and not name.startswith("infusion_reaction")
        if hangs and template.has_field(question):
            return values.get(question) == wanted
    if name.startswith("event_"):
        return any(values.get(event) == "yes" for event in EVENT_FIELDS) or values.get("alive") == "no"
    if name == "not_monitored_reason":
        return any(values.get(question) == "no" for question in _MONITORING)
    return None


def _of_a_day(name: str, values: Mapping[str, Value], _template: Template) -> bool | None:
    """A field of an infusion day: what happened is due on a day of infusion, the reason on any other."""
    day = re.match(r"day_(\d)_(.+)", name)
    if day is None or day.group(2) in ("date", "infused"):
        return None
    number, what = day.groups()
    infused = values.get(f"day_{number}_infused")
    if what == "serious":
        return values.get(f"day_{number}_reaction") == "yes"
    return infused == ("no" if what == "reason" else "yes")
