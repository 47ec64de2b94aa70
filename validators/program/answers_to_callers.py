"""What a caller is told: whether a patient, a prescriber or a site may go on, and by which rules not."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from validators.program.asked import Asked
from validators.program.authorization import words_for
from validators.program.certification import ACTIVE, Standing
from validators.program.gates import may_dispense, may_infuse, may_prescribe, may_receive
from validators.program.patients import PatientState
from validators.program.rules import Refusal, refuse


@dataclass(frozen=True)
class Verification:
    """The answer to a verification call.

    Attributes:
        state: the party's stage or standing.
        allowed: what was asked for may go on.
        refusals: why not, each naming its rule.
        confirmation: for the caller to write down: the same question at the same moment
            gives the same number.
    """

    party: str
    state: str
    allowed: bool
    refusals: tuple[Refusal, ...]
    answered_at: datetime
    confirmation: str


def confirmation_number(party: str, asked_at: datetime, *, allowed: bool) -> str:
    """A number of ten characters that stands for the answer and reveals nothing of the party."""
    told = f"{party}|{asked_at.isoformat()}|{allowed}"
    return sha256(told.encode()).hexdigest()[:10].upper()


def verify_standing(standing: Standing | None, party: str, moment: datetime) -> Verification:
    """G1, G3, G4: whether a prescriber may prescribe, a facility receive and infuse, a pharmacy dispense."""
    state = standing.at(moment) if standing else "none"
    if party.startswith("prescriber:"):
        refusals = may_prescribe(standing, moment)
    elif party.startswith("facility:"):
        refusals = may_receive(standing, moment)
    else:
        refusals = () if state == ACTIVE else (refuse("G3", standing=words_for(state)),)
    return _answer(party, state, refusals, moment)


def verify_patient(state: PatientState, asked: Asked) -> Verification:
    """G5, G6: whether the patient may begin the next course today; the facility is verified by itself."""
    treatment = state.treatment
    course = max((one.number for one in treatment.courses), default=0) + 1
    refusals = may_infuse(treatment, course, None, asked.today, asked)
    refusals = tuple(one for one in refusals if one.rule != "G4")
    return _answer(state.party, state.stage, refusals, asked.as_of)


def verify_dispensing(state: PatientState, asked: Asked) -> Verification:
    """G3, G4, G6, G9: whether the newest order that is open may be dispensed and shipped today."""
    treatment = state.treatment
    begun = {one.number for one in treatment.courses}
    order = next((one for one in reversed(state.orders) if one.course not in begun), None)
    course = order.course if order else max(begun, default=0) + 1
    return _answer(state.party, state.stage, may_dispense(order, treatment, course, asked), asked.as_of)


def _answer(party: str, state: str, refusals: tuple[Refusal, ...], moment: datetime) -> Verification:
    number = confirmation_number(party, moment, allowed=not refusals)
    return Verification(party, state, not refusals, refusals, moment, number)
