"""From what speaks for a reading to the probability that it is right, and from that to who decides.

All figures stand in one table with their reason; a model fitted to reviewers' corrections replaces ``written`` alone.
"""

from dataclasses import dataclass
from typing import Literal

from extractors.model import Decision
from form_templates.model import Kind

Agreement = Literal["agree", "disagree", "alone"]

CHANCE_OF_CHECK: dict[Kind, float] = {"npi": 0.10, "dea": 0.12, "rems_id": 0.04}
"""Share of misreadings that a check digit lets pass: one in ten, and one in 36 for mod 37,36, rounded up."""

RULED_KINDS: frozenset[Kind] = frozenset({"date", "time", "phone", "zip", "state", "ncpdp", "npi", "dea", "rems_id"})
"""Kinds of which most misreadings are no valid value and so give themselves away."""

TYPED_ERROR: dict[Agreement, float] = {"agree": 0.0015, "alone": 0.035, "disagree": 0.25}
"""Error of a typed field: two voices that agree are wrong on 0.3 % of numbers at most; one voice is right on 98 %
of whole fields (96 % at 98 rows to the inch); where they differ the first is right three times in four."""

HAND_ERROR = 0.30
"""One voice on handwriting: 70 % of whole fields right."""

FACTORS = {
    "standard": 1.6,
    "residual": 2.0,
    "alien": 3.0,
    "long": 1.5,
    "implausible": 4.0,
    "unsure": 3.0,
    "sure": 0.35,
}
"""What multiplies an error: 98 rows to the inch; a fit worse than 3 px; ink of a neighbor in the box; more than 24
signs; a failed check; a path probability under 0.5; one above 0.95 (twice for handwriting above 0.98)."""

REPAIRED_MOST = 0.80
"""Decoding over valid values also "repairs" a number that was miswritten: never sure enough to pass unseen."""

REASON_MOST = {
    "crossed_out": 0.85,
    "not_applicable": 0.85,
    "illegible": 0.30,
    "ambiguous": 0.60,
    "outside_box": 0.93,
    "overwritten": 0.70,
}
"""The most that is believed where something odd was seen."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against the reading of a written field.

    Attributes:
        kind: the field's kind.
        handwritten: a hand wrote it.
        probability: the first voice's path probability of what it read.
        agreement: what a second, independent voice says.
        plausible: the value passes its checks.
        repaired: the unbound reading was no valid value, or another one.
        letters: length of the text.
        standard: the page came with 98 rows to the inch.
        residual_px: how well the page fits its blank.
        alien_share: share of a neighbor's ink in the box.
        reasons: oddities seen on the way.
    """

    kind: Kind
    handwritten: bool
    probability: float
    agreement: Agreement
    plausible: bool
    repaired: bool
    letters: int
    standard: bool
    residual_px: float
    alien_share: float
    reasons: tuple[str, ...] = ()


def written(evidence: Evidence) -> float:
    """Probability that the value of a written field is right."""
    error = HAND_ERROR if evidence.handwritten else TYPED_ERROR[evidence.agreement]
    if evidence.standard:
        error *= FACTORS["standard"]
    if evidence.residual_px > 3:
        error *= FACTORS["residual"]
    if evidence.alien_share > 0.15:
        error *= FACTORS["alien"]
    if evidence.letters > 24:
        error *= FACTORS["long"]
    if evidence.probability < 0.5:
        error *= FACTORS["unsure"]
    elif evidence.probability > 0.95 and evidence.agreement != "disagree":
        error *= FACTORS["sure"]
        if evidence.handwritten and evidence.probability > 0.98:
            error *= FACTORS["sure"]
    if not evidence.plausible:
        error *= FACTORS["implausible"]
    elif evidence.kind in CHANCE_OF_CHECK:
        error *= CHANCE_OF_CHECK[evidence.kind]
    elif evidence.kind in RULED_KINDS and evidence.agreement != "agree":
        error *= 0.6
    confidence = 1 - min(error, 0.95)
    if evidence.repaired:
        confidence = min(confidence, REPAIRED_MOST)
    return min([confidence, *(REASON_MOST[reason] for reason in evidence.reasons if reason in REASON_MOST)])


def empty(alien_share: float, specks_px: int, residual_px: float) -> float:
    """Probability that a field in which nothing was found is empty.

    Args:
        alien_share: share of the box's ink that was given to a neighbor.
        specks_px: ink in the box that was dropped as specks and rests of print.
        residual_px: how well the page fits its blank.
    """
    error = 0.0004 + 0.00004 * min(specks_px, 60)
    if alien_share > 0.5:
        error += 0.02
    if residual_px > 3:
        error += 0.004
    return 1 - error


def decide(confidence: float, target_error: float, *, is_empty: bool = False, must_see: bool = False) -> Decision:
    """Who decides on a field.

    Args:
        confidence: probability that the value is right.
        target_error: share of fields that may be wrong among those that nobody sees.
        is_empty: nothing is written or marked.
        must_see: something was seen that a person has to look at whatever the figures say.
    """
    if must_see or 1 - confidence > target_error:
        return "review"
    return "empty" if is_empty else "accept"
