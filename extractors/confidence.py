"""What speaks for a reading, and the cautious table: how sure it is where nothing was fitted.

The table serves readers that no calibration was fitted for (see ``calibrated``). Its figures were set from
trials, each with its reason.
"""

from dataclasses import dataclass
from math import exp
from typing import Literal

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

FACTORS = {"residual": 1.5, "alien": 3.0, "long": 1.5, "witness": 4.0, "implausible": 4.0}
"""What multiplies an error: a fit worse than 3 px; ink of a neighbor in the box; more than 40 signs; a
witness that reads something else; a failed check. The number of rows to the inch is in the path probability
already."""

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
        standard: the page came with 98 rows to the inch.
        share: weight of the value among all that the lines may say, 0 to 1.
        first: log probability that the leading net gives the text.
        witness: the same of the witness; none without one.
        first_agrees: the leading net reads the same where nothing binds it.
        witness_agrees: the same of the witness; none without one.
        third: what the third voice says; ``alone`` where it was not asked.
        plausible: the value passes its checks.
        known: its words are on the field's list; none where there is no list.
        placed: it fits the rest of its address; none where that says nothing.
        letters: length of the text.
        joints: gaps and hyphens in it, which are easily taken for each other.
        lines: number of lines.
        height_px: height of the lowest line.
        pieces: connected pieces of ink; more than letters where strokes are broken.
        residual_px: how well the page fits its blank.
        alien_share: share of a neighbor's ink in the box.
        outside_share: share of the field's own ink outside its box.
        reasons: oddities seen on the way.
    """

    kind: Kind
    handwritten: bool
    standard: bool
    share: float
    first: float
    witness: float | None
    first_agrees: bool
    witness_agrees: bool | None
    third: Agreement
    plausible: bool
    known: bool | None
    placed: bool | None
    letters: int
    joints: int
    lines: int
    height_px: int
    pieces: int
    residual_px: float
    alien_share: float
    outside_share: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class EmptyEvidence:
    """What speaks for and against that nothing is written in a field.

    Attributes:
        alien_share: share of the box's ink that was given to a neighbor.
        standard: the page came with 98 rows to the inch.
        residual_px: how well the page fits its blank.
    """

    alien_share: float
    standard: bool
    residual_px: float


def written(evidence: Evidence) -> float:
    """Probability that the value of a written field is right."""
    source: Source = "hand" if evidence.handwritten else _TYPED[evidence.third]
    probability = exp(evidence.first)
    step = next(index for index, least in enumerate(STEPS) if probability >= least)
    error = ERROR[source][step]
    if evidence.residual_px > 3:
        error *= FACTORS["residual"]
    if evidence.alien_share > 0.15:
        error *= FACTORS["alien"]
    if evidence.letters > 40:
        error *= FACTORS["long"]
    if evidence.witness_agrees is False:
        error *= FACTORS["witness"]
    if not evidence.plausible:
        error *= FACTORS["implausible"]
    elif evidence.kind in CHANCE_OF_CHECK:
        error *= CHANCE_OF_CHECK[evidence.kind]
    elif evidence.kind in RULED_KINDS:
        error *= RULED_SHARE
    confidence = 1 - min(error, 0.95)
    if not evidence.first_agrees:
        confidence = min(confidence, REPAIRED_MOST)
    return min([confidence, *(REASON_MOST[reason] for reason in evidence.reasons if reason in REASON_MOST)])


def empty(evidence: EmptyEvidence) -> float:
    """Probability that a field in which nothing was found is empty."""
    error = 0.0004
    if evidence.alien_share > 0.5:
        error += 0.02
    if evidence.residual_px > 3:
        error += 0.004
    return 1 - error
