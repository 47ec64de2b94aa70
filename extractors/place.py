"""Where a blank page lies on a received one: coarse by correlation, then by its own print."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.blanks import BlankPage, Blanks
from extractors.frames import IDENTITY, Points, apply, inverse, scaling, shifting
from extractors.model import WORK_DPI, Gray, Matrix, StraightPage
from extractors.patches import HALF, PATCH_H, PATCH_W
from extractors.spectrum import (
    COLUMNS,
    FACTOR,
    Spectrum,
    broad_likeness,
    correlations,
    signed_shift,
    spectrum_of,
)

Scale = tuple[float, float]

_SCALES: tuple[Scale, ...] = ((1.0, 1.0), (1.03, 1.03), (1.0, 1.035), (0.97, 0.97), (1.06, 1.06))
"""By how much pages are enlarged to be compared: as sent, fitted to A4, rows lost, enlarged, shrunk twice."""

_LYING_TAGS = ((4.8, 6.0, (1.0, 2.0)), (14.5, 17.5, (1.0, 0.5)))
"""Inches of length at which a page's stated rows an inch may be half or twice the true ones; the remedy."""

_SHRINKS = 0.9
"""From here down single pixels of the page would fall between those of the view, were they not averaged."""

_LETTER_LONG_PX = 11 * WORK_DPI

_LEAST_LIKENESS = 0.45
_COMPARED = 4
"""Blanks compared at every shift; on sample pages the right one was always the first by broad shapes."""
_NO_FORM_LIKENESS = 0.2
"""A page less like a blank than this is not searched for its print. Sample forms, damaged ones included,
reached 0.203 and more; pages that are no form 0.25 at most."""
_RANSAC_PX = 6.0
_ACROSS_PX, _DOWN_PX = 3.0, 14.0
"""How far a patch may lie from the fit, half pixels: lost rows move it down or up, nothing moves it aside."""


@dataclass(frozen=True, eq=False)
class View:
    """A straight page at one scale, as it is compared with blanks.

    Attributes:
        half: the scaled page at half resolution.
        spectrum: of the scaled page.
        to_straight: map of pixels of the scaled page (full resolution) to those of the straight one.
    """

    half: Gray
    spectrum: Spectrum
    to_straight: Matrix


def scales(straight: StraightPage, quarter_turns: int = 0) -> tuple[Scale, ...]:
    """The scales worth trying on a page, turned by so many quarter turns more, likeliest first.

    A letter sheet put in sideways is shrunk by the machine to the width of the line: 11 inches to 8.5.
    """
    page = straight.received
    width = page.width_px * WORK_DPI / page.x_dpi
    if (straight.quarter_turns + quarter_turns) % 2 == 0 or width > 0.93 * _LETTER_LONG_PX:
        inches = len(page.bits) / page.y_dpi
        return (*_SCALES, *(scale for low, high, scale in _LYING_TAGS if low < inches < high))
    shrunk = _LETTER_LONG_PX / width
    return (*((x * shrunk, y * shrunk) for x, y in _SCALES), _SCALES[0])


def view(half_page: Gray, scale: Scale) -> View:
    """A straight page at a scale, from the page at half resolution."""
    rows, columns = half_page.shape
    size = max(1, round(columns * scale[0])), max(1, round(rows * scale[1]))
    if size == (columns, rows):
        return View(half_page, spectrum_of(half_page, HALF), IDENTITY)
    how = cv2.INTER_AREA if min(scale) < _SHRINKS else cv2.INTER_LINEAR
    half = np.asarray(cv2.resize(half_page, size, interpolation=how), np.uint8)
    return View(half, spectrum_of(half, HALF), inverse(scaling(size[0] / columns, size[1] / rows)))


@dataclass(frozen=True, eq=False)
class Coarse:
    """A guess of where a blank lies: the map of form pixels to those of the view, and their correlation."""

    page: BlankPage
    matrix: Matrix
    likeness: float


@dataclass(frozen=True, eq=False)
class Matches:
    """Patches sought on a page.

    Attributes:
        form: N x 2 centers on the form, form pixels.
        found: N x 2 where they were found, page pixels.
        likeness: N, correlation of each at its best place.
        sought: number of patches that should be on the page (others lie behind its edge).
    """

    form: Points
    found: Points
    likeness: NDArray[np.float64]
    sought: int

    @property
    def alike(self) -> NDArray[np.bool_]:
        """Which were found at all."""
        return self.likeness >= _LEAST_LIKENESS

    def moved(self, matrix: Matrix) -> "Matches":
        """The same patches, found in another frame of the page."""
        return Matches(self.form, apply(matrix, self.found), self.likeness, self.sought)

    def without(self, left_out: NDArray[np.bool_]) -> "Matches":
        """All but some."""
        kept = ~left_out
        return Matches(
            self.form[kept], self.found[kept], self.likeness[kept], self.sought - int(left_out.sum())
        )

    def joined(self, other: "Matches") -> "Matches":
        """These and others."""
        return Matches(
            np.vstack([self.form, other.form]),
            np.vstack([self.found, other.found]),
            np.concatenate([self.likeness, other.likeness]),
            self.sought + other.sought,
        )


@dataclass(frozen=True, eq=False)
class Fit:
    """A map of form to page pixels, and the patches that agree with it."""

    matrix: Matrix
    inliers: NDArray[np.bool_]
    matches: Matches

    @property
    def share(self) -> float:
        """Agreeing patches of those sought."""
        return float(self.inliers.sum()) / max(1, self.matches.sought)

    @property
    def likeness(self) -> float:
        """Mean likeness of the agreeing patches."""
        return float(self.matches.likeness[self.inliers].mean()) if self.inliers.any() else 0.0


def coarse_guesses(seen: View, blanks: Blanks, most: int) -> list[Coarse]:
    """The blanks most like a page, best first, each where it fits best; those that are not like it left out.

    Args:
        seen: the page at one scale.
        blanks: all blanks.
        most: number of guesses.
    """
    likely = np.argsort(-broad_likeness(seen.spectrum, blanks.spectra))[: max(most, _COMPARED)]
    fields = correlations(seen.spectrum, blanks.spectra[likely])
    flat = fields.reshape(len(fields), -1)
    peaks = flat.argmax(axis=1)
    likeness = flat[np.arange(len(flat)), peaks]
    return [
        _guess(blanks.pages[blanks.keys[likely[index]]], int(peaks[index]), float(likeness[index]))
        for index in np.argsort(-likeness)[:most]
        if likeness[index] >= _NO_FORM_LIKENESS
    ]


def coarse_guess(seen: View, blank: BlankPage) -> Coarse:
    """Where one blank fits a page best."""
    field = correlations(seen.spectrum, blank.spectrum[None])
    return _guess(blank, int(field.argmax()), float(field.max()))


def _guess(blank: BlankPage, peak: int, likeness: float) -> Coarse:
    dy, dx = signed_shift(*divmod(peak, COLUMNS))
    return Coarse(blank, shifting(dx * FACTOR, dy * FACTOR), likeness)


def find_patches(
    half_page: Gray,
    blank: BlankPage,
    matrix: Matrix,
    indices: NDArray[np.int32],
    reach_px: tuple[int, int],
) -> Matches:
    """Seeks patches of a blank near where a map puts them.

    Args:
        half_page: a view at half resolution.
        blank: the blank page.
        matrix: form to page pixels, full resolution.
        indices: which patches.
        reach_px: how far to look aside, and up and down, half pixels.
    """
    across_px, down_px = reach_px
    corners = blank.patches.corners[indices]
    centers = blank.patches.centers_px[indices]
    expected = (apply(matrix, centers) + 0.5) / HALF - 0.5
    rows, columns = half_page.shape
    form, found, likeness = [], [], []
    for corner, center, (x, y) in zip(corners, centers, expected, strict=True):
        left, top = round(x - (PATCH_W - 1) / 2), round(y - (PATCH_H - 1) / 2)
        if left < 0 or top < 0 or left + PATCH_W > columns or top + PATCH_H > rows:
            continue
        x0, y0 = max(0, left - across_px), max(0, top - down_px)
        around = half_page[y0 : top + PATCH_H + down_px, x0 : left + PATCH_W + across_px]
        patch = blank.half[corner[1] : corner[1] + PATCH_H, corner[0] : corner[0] + PATCH_W]
        scores = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
        _, best, _, (bx, by) = cv2.minMaxLoc(scores)
        fx, fy = _between(np.asarray(scores, np.float32), bx, by)
        form.append(center)
        found.append(
            (
                (x0 + fx + (PATCH_W - 1) / 2 + 0.5) * HALF - 0.5,
                (y0 + fy + (PATCH_H - 1) / 2 + 0.5) * HALF - 0.5,
            )
        )
        likeness.append(best)
    return Matches(
        np.array(form, np.float64).reshape(-1, 2),
        np.array(found, np.float64).reshape(-1, 2),
        np.array(likeness, np.float64),
        len(form),
    )


def _between(scores: NDArray[np.float32], x: int, y: int) -> tuple[float, float]:
    """The peak between pixels, by the parabola through its neighbors."""
    rows, columns = scores.shape
    fx, fy = float(x), float(y)
    if 0 < x < columns - 1:
        fx += _vertex(scores[y, x - 1], scores[y, x], scores[y, x + 1])
    if 0 < y < rows - 1:
        fy += _vertex(scores[y - 1, x], scores[y, x], scores[y + 1, x])
    return fx, fy


def _vertex(before: float, peak: float, after: float) -> float:
    curve = before - 2 * peak + after
    return float(np.clip(0.5 * (before - after) / curve, -0.5, 0.5)) if curve < 0 else 0.0


def fit(matches: Matches, down_px: float = _DOWN_PX) -> Fit | None:
    """The affine map that most patches agree with; none where fewer than six do.

    Args:
        matches: patches sought.
        down_px: how far down or up a patch may lie off the map, half pixels.
    """
    alike = matches.alike
    if int(alike.sum()) < 6:
        return None
    form, found = matches.form[alike], matches.found[alike]
    estimate, _ = cv2.estimateAffine2D(
        form, found, method=cv2.RANSAC, ransacReprojThreshold=_RANSAC_PX * HALF, maxIters=400, confidence=0.99
    )
    if estimate is None:
        return None
    matrix: Matrix = np.asarray(estimate, np.float64)
    inliers = alike
    for _ in range(4):
        off = np.abs(matches.found - apply(matrix, matches.form)) / HALF
        inliers = alike & (off[:, 0] <= _ACROSS_PX) & (off[:, 1] <= down_px)
        if int(inliers.sum()) < 6:
            return None
        matrix = _least_absolute(matches.form[inliers], matches.found[inliers], matrix)
    return Fit(matrix, inliers, matches) if _credible(matrix) else None


def _least_absolute(form: Points, found: Points, matrix: Matrix) -> Matrix:
    """One step toward the map of least absolute distance: a row lost at one place moves nothing else."""
    ones = np.column_stack([form, np.ones(len(form))])
    off = np.abs(found - apply(matrix, form))
    better = np.empty((2, 3))
    for axis in range(2):
        weight = 1 / np.sqrt(np.maximum(off[:, axis], 0.7))
        better[axis] = np.linalg.lstsq(ones * weight[:, None], found[:, axis] * weight, rcond=None)[0]
    return better


def _credible(matrix: Matrix) -> bool:
    """Whether a copier, a scanner and a fax line can make such a map: no mirror, little scale and slant."""
    (a, b, _), (c, d, _) = matrix
    return bool(0.86 < a < 1.14 and 0.82 < d < 1.14 and abs(b) < 0.1 and abs(c) < 0.1 and abs(b + c) < 0.03)


def verify(half_page: Gray, guess: Coarse, patches: int, reach_px: int = 16) -> Fit | None:
    """Seeks some patches of a guessed blank, and once more where their fit puts them.

    Args:
        half_page: the page at half resolution.
        guess: which blank, and about where.
        patches: how many to seek.
        reach_px: how far the guess may be off, half pixels.

    Returns:
        None where the print of the blank is not there.
    """
    indices = guess.page.patches.order[:patches]
    first = fit(find_patches(half_page, guess.page, guess.matrix, indices, (reach_px, reach_px)))
    if first is None:
        return None
    return fit(find_patches(half_page, guess.page, first.matrix, indices, (6, 12)))
