"""Whether a signature line is signed: ink of a pen that belongs there, told from a typed name or a dash."""

from dataclasses import dataclass

import numpy as np

from extractors.model import WORK_DPI
from extractors.penmanship import typed_probability
from extractors.writing import Writing

LEAST_WIDTH_PX = round(0.12 * WORK_DPI)
"""An X or initials are at least this wide; what is narrower is a speck or a tick gone astray."""
LEAST_AREA_PX = 90
"""Ink of the shortest signature, an X of a fine pen: two strokes of 20 x 2.5 px."""

CLEAR = 0.9989
"""A line that is plainly signed, or plainly not: none of 480 on three made-up sets was wrong: Jeffreys'
estimate is one in a thousand, and a count this small proves no better."""


@dataclass(frozen=True)
class SignatureReading:
    """Whether somebody signed: ``probability`` that ``present`` is; reasons: typed, faint, outside_box."""

    present: bool
    probability: float
    reasons: tuple[str, ...]


def read_signature(writing: Writing) -> SignatureReading:
    """Judge the ink of a signature field."""
    if not len(writing.pieces) or writing.area_px < LEAST_AREA_PX // 2:
        sure = 0.985 if writing.alien_share > 0.3 else CLEAR
        return SignatureReading(present=False, probability=sure, reasons=())
    left, top, right, bottom = writing.form_box
    wide, tall = right - left, bottom - top
    if writing.area_px < LEAST_AREA_PX or wide < LEAST_WIDTH_PX or tall < 8:
        return SignatureReading(present=False, probability=0.85, reasons=("faint",))
    if looks_typed(writing):
        # Whether a typed name or a stamp is a signature is for the program to say, never for a machine.
        return SignatureReading(present=True, probability=0.6, reasons=("typed",))
    reasons = ("outside_box",) if writing.outside_share > 0.6 else ()
    return SignatureReading(present=True, probability=0.97 if reasons else CLEAR, reasons=reasons)


def looks_typed(writing: Writing) -> bool:
    """Whether the ink looks like a row of type: many pieces on one baseline, none long."""
    pieces = writing.pieces
    if len(pieces) < 5:
        return False
    longest = int(pieces[:, 2].max())
    return (
        longest < 2.5 * float(np.median(pieces[:, 3]))
        and (typed_probability(writing.ink, pieces) or 0.0) > 0.9
    )
