"""Where a page ends although its paper goes on: after a loss some machines fill it up with white.

Such a page has its full length, so nothing of the file tells that it was cut; but the print of the form is
missing from a certain row on, and nothing at all stands there. A field that lies there would read as empty.
"""

import numpy as np
from numpy.typing import NDArray

from extractors.model import Gray

BARE_PX = 2
"""A row with no more ink than this is white: a speck or two."""
SLACK_PX = 12
"""Print this near to the last ink says nothing: registration may be off by half of it."""
LEAST_PRINT_PX = 1500
"""Ink of the blank that must be missing: some twenty letters of a label, or a rule across the page."""


def rows_that_came(pixels: Gray, blank: Gray) -> tuple[int, int]:
    """The form rows from the first to behind the last that came; all of them where no print is missing.

    Args:
        pixels: the page in form pixels, registered.
        blank: its blank, same shape.
    """
    rows = len(blank)
    inked = np.flatnonzero(_ink(pixels) > BARE_PX)
    if not inked.size:
        return 0, rows
    printed = _ink(blank)
    top, bottom = int(inked[0]), int(inked[-1]) + 1
    lost_above = int(printed[: max(0, top - SLACK_PX)].sum()) >= LEAST_PRINT_PX
    lost_below = int(printed[bottom + SLACK_PX :].sum()) >= LEAST_PRINT_PX
    return (top if lost_above else 0), (bottom if lost_below else rows)


def _ink(pixels: Gray) -> NDArray[np.int64]:
    """Pixels of ink in each row."""
    bits = np.packbits(pixels < 128, axis=1)
    return np.asarray(np.bitwise_count(bits).sum(axis=1), np.int64)
