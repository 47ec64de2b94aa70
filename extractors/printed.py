"""Takes the printed form out of a window of a page: where it lies, how far its lines spread."""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.pieces import Ink

REACH_PX = 5
"""How far a field may lie from where registration says: the last snap is looked for within this."""
BLANK_WORTH_PX = 60
"""Less printed ink than this about a field gives nothing to snap to."""
DARK_RIM = 0.22
"""Share of the rim about the print that is ink on a page whose lines have spread; writing covers less."""
STREAK_PX = 61
"""A damaged row smears ink over more than any stroke of a letter is long."""


def window(pixels: NDArray[np.uint8], left: int, top: int, right: int, bottom: int) -> Ink:
    """A window of the page as ink, white where it leaves the page."""
    height, width = pixels.shape
    ink = np.zeros((bottom - top, right - left), np.uint8)
    y0, y1, x0, x1 = max(0, top), min(height, bottom), max(0, left), min(width, right)
    ink[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1] < 128
    return ink


def snap(page_ink: Ink, blank_ink: Ink, reach_px: int = REACH_PX) -> tuple[int, int]:
    """How far the printed form lies from where the blank says, in x and y.

    Args:
        page_ink: a window of the page that is ``reach_px`` wider than the blank's on every side.
        blank_ink: the same window of the blank.
        reach_px: farthest shift looked for.

    Returns:
        The shift with the greatest overlap; (0, 0) unless another one is clearly better.
    """
    printed = int(blank_ink.sum())
    if printed < BLANK_WORTH_PX:
        return 0, 0
    offsets = np.arange(-reach_px, reach_px + 1)
    overlap = _overlap(page_ink, blank_ink, len(offsets))
    # Handwriting, too, overlaps with print by chance: a far shift has to earn its distance.
    distance = np.hypot(offsets[:, None], offsets[None, :])
    score = overlap / printed - 0.012 * distance
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    return int(offsets[column]), int(offsets[row])


def _overlap(page_ink: Ink, blank_ink: Ink, steps: int) -> NDArray[np.float64]:
    """Ink that the blank has in common with each of steps x steps windows of the page.

    Print is runs of ink along rows; what of the page lies under a run is the difference of two running sums.
    That is exact, and takes a third of the time of a correlation over every pixel of the window.
    """
    width = page_ink.shape[1]
    running = np.zeros(page_ink.size + 1, np.int32)
    np.cumsum(page_ink, dtype=np.int32, out=running[1:])
    framed = np.zeros((blank_ink.shape[0], width + 1), np.int8)
    framed[:, 1 : blank_ink.shape[1] + 1] = blank_ink
    edges = np.diff(framed, axis=1).ravel()
    shifts = (np.arange(steps)[:, None] * width + np.arange(steps)[None, :]).reshape(-1, 1)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    common = running[ends + shifts].sum(axis=1) - running[starts + shifts].sum(axis=1)
    return np.asarray(common.reshape(steps, steps), np.float64)


def less_print(page_ink: Ink, blank_ink: Ink, slack_px: tuple[int, int]) -> Ink:
    """The page's ink without the printed form, strokes that cross a printed line left whole.

    Args:
        page_ink: a window of the page.
        blank_ink: the same window of the blank, snapped.
        slack_px: how far a printed edge may lie off, across and down.
    """
    across, down = slack_px
    printed = cv2.dilate(blank_ink, np.ones((2 * down + 1, 2 * across + 1), np.uint8))
    bare = printed == 0
    written = np.where(bare, page_ink, np.uint8(0))
    hidden = np.where(bare, np.uint8(0), page_ink)
    if not hidden.any():
        return written
    # A stroke that goes on beyond a printed line, seen from either side of it, is one stroke.
    restored = np.zeros_like(hidden)
    for tall, wide in ((4 + 2 * down + 1, 5), (5, 4 + 2 * across + 1)):
        kernel = np.ones((tall, wide), np.uint8)
        ends = (
            ((wide // 2, 0), (wide // 2, tall - 1))
            if tall > wide
            else ((0, tall // 2), (wide - 1, tall // 2))
        )
        one, other = (cv2.dilate(written, kernel, anchor=anchor) for anchor in ends)
        restored |= hidden & one & other
    return np.asarray(written | restored, np.uint8)


def print_slack(page_ink: Ink, blank_ink: Ink, *, standard: bool) -> tuple[int, int]:
    """How far beyond the blank's print the page's print may reach: more on a dark scan or a photocopy.

    The rim just outside the print is white on a good page but for what is written there.
    """
    across, down = 1, 2 if standard else 1
    for _ in range(2):
        inner = cv2.dilate(blank_ink, np.ones((2 * down + 1, 2 * across + 1), np.uint8))
        rim = (cv2.dilate(inner, np.ones((3, 3), np.uint8)) > 0) & (inner == 0)
        size = int(rim.sum())
        if not size or int(page_ink[rim].sum()) < DARK_RIM * size:
            break
        across, down = across + 1, down + 1
    return across, down


def less_streaks(written: Ink) -> Ink:
    """Ink without the streaks of a damaged row, letters that they run through left whole.

    A pen's stroke is some 3 px thick; a streak is one row of the fax, of which only the bare parts go.
    """
    # A row of the fax lies askew on the form by as much as the sheet lay askew: rows are joined first.
    joined = cv2.dilate(written, np.ones((2, 1), np.uint8))
    long = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, STREAK_PX), np.uint8))
    if not long.any():
        return written
    thick = cv2.morphologyEx(written, cv2.MORPH_OPEN, np.ones((3, 1), np.uint8))
    return np.where((long > 0) & (thick == 0), np.uint8(0), written)
