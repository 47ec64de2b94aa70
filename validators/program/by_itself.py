"""When a state changes by itself, though nothing comes: lapses, expiries, ends."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from validators.program.authorization import lapse_of
from validators.program.certification import Standing
from validators.program.moments import start_of
from validators.program.patients import PatientState
from validators.program.settings import ProgramSettings


def patient_changes_at(state: PatientState, settings: ProgramSettings) -> datetime | None:
    """The next moment at which a patient's stage or prescriber changes without a form; none for never."""
    lapses = [lapse_of(one, settings) for one in state.treatment.authorizations if one.granted_at]
    ends = [start_of(state.span.ends_on + timedelta(days=1), settings.zone)] if state.span else []
    return _next((*lapses, *ends, *_moments_of_care(state)), state.as_of)


def care_changes_at(state: PatientState, settings: ProgramSettings) -> datetime | None:
    """The next moment at which without a form somebody else cares for a patient, or nobody has to any more.

    A stage that changes alone, as when an authorization lapses, makes no new carer, and orphans nobody.
    """
    if state.orphaned:
        return patient_changes_at(state, settings)
    return _next(_moments_of_care(state), state.as_of)


def standing_changes_at(standing: Standing, as_of: datetime, settings: ProgramSettings) -> datetime | None:
    """The next moment at which a site's period of re-enrollment ends; none where none does."""
    if standing.expires_on is None:
        return None
    return _next((start_of(standing.expires_on + timedelta(days=1), settings.zone),), as_of)


def _moments_of_care(state: PatientState) -> list[datetime | None]:
    return [moment for link in state.links for moment in (link.since, link.until)]


def _next(moments: Iterable[datetime | None], as_of: datetime) -> datetime | None:
    return min((one for one in moments if one is not None and one > as_of), default=None)
