"""From what speaks for a reading to the probability that it is right, and from that to who decides.

All figures stand in one table with their reason; a model fitted to reviewers' corrections replaces
``written`` alone.
"""

from dataclasses import dataclass
from typing import Literal

from extractors.model import Decision
from form_templates.model import Kind

Agreement = Literal["agree", "disagree", "alone"]

Source = Literal["typed agree", "typed disagree", "typed alone", "hand"]

STEPS = (0.98, 0.95, 0.90, 0.80, 0.60, 0.30, 0.0)
"""Lower ends of the path probabilities that the columns of ``ERROR`` stand for."""

ERROR: dict[Source, tuple[float, ...]] = {
    "typed agree": (0.0012, 0.0040, 0.015, 0.06, 0.10, 0.20, 0.40),
    "typed disagree": (0.03, 0.15, 0.20, 0.30, 0.50, 0.75, 0.85),
    "typed alone": (0.010, 0.040, 0.08, 0.15, 0.30, 0.50, 0.75),
    "hand": (0.030, 0.060, 0.12, 0.25, 0.40, 0.55, 0.85),
}
"""Error of a whole value by who read it and how probable its path was: 1,092 typed fields of made-up pages
with up to 5 % bad lines (two voices that agreed above 0.95: none of 725 wrong), and for handwriting 693 such
fields (above 0.95: none of 335 wrong, but their hands are typefaces) with 150 real names (above 0.9: 4 of 47
wrong)."""

CHANCE_OF_CHECK: dict[Kind, float] = {"npi": 0.10, "dea": 0.12, "rems_id": 0.04}
"""Share of misreadings that a check digit lets pass: one in ten, and one in 36 for mod 37,36, rounded up."""

RULED_KINDS: frozenset[Kind] = frozenset({"date", "time", "phone", "zip", "state", "ncpdp"})
RULED_SHARE = 0.4
"""Share of misreadings of such kinds that are still a valid value: a month of 13 gives itself away."""

FACTORS = {"residual": 1.5, "alien": 3.0, "long": 1.5, "implausible": 4.0}
"""What multiplies an error: a fit worse than 3 px; ink of a neighbor in the box; more than 40 signs; a failed
check. The number of rows to the inch is in the path probability already."""

REPAIRED_MOST = 0.80
"""Decoding over valid values also "repairs" a number that was miswritten: never to pass unseen."""

REASON_MOST = {
    "crossed_out": 0.85,
    "not_applicable": 0.85,
    "illegible": 0.30,
    "ambiguous": 0.60,
    "outside_box": 0.93,
    "overwritten": 0.70,
}
"""The most that is believed where something odd was seen."""


_TYPED: dict[Agreement, Source] = {
    "agree": "typed agree",
    "disagree": "typed disagree",
    "alone": "typed alone",
}


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
    residual_px: float
    alien_share: float
    reasons: tuple[str, ...] = ()


def written(evidence: Evidence) -> float:
    """Probability that the value of a written field is right."""
    source: Source = "hand" if evidence.handwritten else _TYPED[evidence.agreement]
    step = next(index for index, least in enumerate(STEPS) if evidence.probability >= least)
    error = ERROR[source][step]
    if evidence.residual_px > 3:
        error *= FACTORS["residual"]
    if evidence.alien_share > 0.15:
        error *= FACTORS["alien"]
    if evidence.letters > 40:
        error *= FACTORS["long"]
    if not evidence.plausible:
        error *= FACTORS["implausible"]
    elif evidence.kind in CHANCE_OF_CHECK:
        error *= CHANCE_OF_CHECK[evidence.kind]
    elif evidence.kind in RULED_KINDS:
        error *= RULED_SHARE
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


def decide(
    confidence: float, target_error: float, *, is_empty: bool = False, must_see: bool = False
) -> Decision:
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
