"""What a calibration goes by: the evidence for a reading as a row of figures.

Each figure grows with what speaks for the reading, or with what speaks against it, so that a linear model
over them is a monotone one.
"""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from extractors.confidence import EmptyEvidence, Evidence
from extractors.marks import MarkReading
from extractors.signatures import SignatureReading
from form_templates.model import Kind

Row = NDArray[np.float64]

WORD_KINDS: frozenset[Kind] = frozenset({"name", "text", "free_text", "office_use", "email"})
"""Kinds of words; the others are numbers, codes and dates, which rules bind."""

KINDS: tuple[Kind, ...] = (
    "name", "text", "free_text", "email", "date", "time", "phone", "npi", "dea", "state_license", "rems_id",
    "ncpdp", "state", "zip", "number",
)  # fmt: skip

WRITTEN = (
    "share",
    "first",
    "first_letter",
    "witness",
    "witness_letter",
    "first_agrees",
    "witness_agrees",
    "third_agrees",
    "third_disagrees",
    "plausible",
    "known",
    "unknown",
    "placed",
    "misplaced",
    "letters",
    "joints",
    "lines",
    "low",
    "broken",
    "standard",
    "residual",
    "alien",
    "outside",
    *KINDS,
)
"""Names of the figures of ``written_features``, in their order."""


GROWS: frozenset[str] = frozenset(
    {
        "share", "first", "first_letter", "witness", "witness_letter", "first_agrees", "witness_agrees",
        "third_agrees", "plausible", "known", "placed",
    }
)  # fmt: skip
FALLS: frozenset[str] = frozenset(
    {"third_disagrees", "misplaced", "joints", "low", "broken", "residual", "alien", "outside"}
)
"""Figures that can only speak for a reading, and only against it: no fit may learn otherwise."""


def written_class(evidence: Evidence) -> str:
    """Which model judges a reading: type and hand, words and what rules bind, one net and two apart."""
    who = "hand" if evidence.handwritten else "typed"
    what = "words" if evidence.kind in WORD_KINDS else "numbers"
    return f"{who} {what}{' alone' if evidence.witness is None else ''}"


def written_features(evidence: Evidence) -> Row:
    """The figures named in ``WRITTEN``."""
    letters = max(1, evidence.letters)
    witness = evidence.witness if evidence.witness is not None else 0.0
    return _row(
        _odds(evidence.share),
        _odds(exp(evidence.first)),
        max(evidence.first / letters, -1.0),
        _odds(exp(witness)),
        max(witness / letters, -1.0),
        evidence.first_agrees,
        bool(evidence.witness_agrees),
        evidence.third == "agree",
        evidence.third == "disagree",
        evidence.plausible,
        evidence.known is True,
        evidence.known is False,
        evidence.placed is True,
        evidence.placed is False,
        log(letters),
        evidence.joints,
        evidence.lines - 1,
        max(0.0, 1 - evidence.height_px / 24),
        max(0.0, evidence.pieces / letters - 1.2),
        evidence.standard,
        _fit(evidence.residual_px),
        evidence.alien_share,
        evidence.outside_share,
        *(evidence.kind == kind for kind in KINDS),
    )


def empty_features(evidence: EmptyEvidence) -> Row:
    """Share of a neighbor's ink, rows to the inch, fit of the page."""
    return _row(evidence.alien_share, evidence.standard, _fit(evidence.residual_px))


MARK_KINDS: tuple[Kind, ...] = ("check", "yes_no", "choice", "choices")


def mark_features(kind: Kind, reading: MarkReading, *, standard: bool, residual_px: float) -> Row:
    """What is marked and how plainly, what was odd about it, rows to the inch, fit of the page, kind.

    Last, so that trees fitted before hold: how much of a box the line smeared at the worst, and how many
    boxes are touched by strokes that lie mostly elsewhere.
    """
    standing = [mark.strength for mark in reading.options if mark.strength >= 1]
    others = [mark.strength for mark in reading.options if mark.strength < 1]
    return _row(
        reading.value not in (None, False),
        min(min(standing, default=0.0), 4.0),
        max(others, default=0.0),
        len(standing),
        "faint" in reading.reasons,
        "touched" in reading.reasons,
        "crossed_out" in reading.reasons,
        "two_marked" in reading.reasons,
        standard,
        _fit(residual_px),
        *(kind == one for one in MARK_KINDS),
        max((mark.level for mark in reading.options), default=0.0),
        sum(mark.touched for mark in reading.options),
    )


def signature_features(reading: SignatureReading, *, standard: bool, residual_px: float) -> Row:
    """Whether it is signed, what was odd about the ink, the ink's own figure, rows to the inch, fit."""
    return _row(
        reading.present,
        "faint" in reading.reasons,
        "typed" in reading.reasons,
        "outside_box" in reading.reasons,
        _odds(reading.probability),
        standard,
        _fit(residual_px),
    )


def _row(*figures: float) -> Row:
    return np.array(figures, np.float64)


def _fit(residual_px: float) -> float:
    return min(residual_px, 6.0) / 3


def _odds(probability: float) -> float:
    """Log odds, bounded: beyond one in three thousand the nets' own figures say nothing."""
    bounded = min(max(probability, 3e-4), 1 - 3e-4)
    return log(bounded / (1 - bounded))
