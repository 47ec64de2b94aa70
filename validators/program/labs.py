"""The baseline window: which labs are due before a course, and whether each is fresh enough (W1 to W5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from validators.program.events import BaselineLab
from validators.program.rules import Refusal, refuse
from validators.program.settings import ProgramSettings
from validators.program_dates import REQUIRED_LABS, days_before, lab_in_window

LAB_LABELS = {
    "cbc": "The blood count",
    "creatinine": "Serum creatinine",
    "urinalysis": "The urinalysis",
    "thyroid": "The thyroid test",
}
PER_COURSE_FROM = "2019-10"
"""The program version from which the baseline recurs for each course (W3)."""


@dataclass(frozen=True)
class Baseline:
    """What the labs of an authorization form allow.

    Attributes:
        refusals: empty when every lab that is due is done and inside the window.
        valid_through: the last day on which the course may begin; none where the labs set no limit.
    """

    refusals: tuple[Refusal, ...]
    valid_through: date | None


def labs_are_due(course: int, version: str, settings: ProgramSettings) -> bool:
    """Whether baseline labs are due before this course under this program version (W2, W3, W5)."""
    per_course = settings.baseline_window == "per_course" or (
        settings.baseline_window == "by_version" and program_version(version, settings) >= PER_COURSE_FROM
    )
    return course <= 1 or per_course


def program_version(form_version: str, settings: ProgramSettings) -> str:
    """The program version whose rules hold for a form: its revision, or the last one known (decision 11)."""
    return min(form_version, settings.unknown_version_follows)


def baseline(
    labs: Mapping[str, BaselineLab],
    course: int,
    first_infusion_on: date | None,
    version: str,
    settings: ProgramSettings,
) -> Baseline:
    """Check the required labs of one authorization form.

    Args:
        labs: by name, as the form gives them.
        course: the treatment course, from 1.
        first_infusion_on: the planned first infusion day; without one only what is done can be checked.
        version: the form's revision.
        settings: the readings of W2, W3 and W5, and the window.
    """
    if not labs_are_due(course, version, settings):
        return Baseline((), None)
    refusals = []
    dates = []
    for name in REQUIRED_LABS:
        lab = labs.get(name, BaselineLab(None, None))
        label = LAB_LABELS[name]
        if lab.done is not True or (lab.taken_on is None and settings.baseline_evidence == "dates"):
            refusals.append(refuse("W1", lab=label[0].lower() + label[1:]))
        elif lab.taken_on is not None:
            dates.append(lab.taken_on)
            if first_infusion_on and not lab_in_window(lab.taken_on, first_infusion_on, settings.window_days):
                days = days_before(lab.taken_on, first_infusion_on)
                age = f"{-days} days after" if days < 0 else f"{days} days before"
                refusals.append(refuse("W4", lab=label, age=age, window=settings.window_days))
    valid_through = min(dates) + timedelta(days=settings.window_days) if dates else None
    return Baseline(tuple(refusals), valid_through)
