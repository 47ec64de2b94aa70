"""A page laid over its blank, pixel on pixel.

One affine map fits the sheet: how it lay on the glass and how the machine scaled it. What no affine map
follows is what the line did afterwards, whole rows lost or doubled; so the rows of the page *as received* are
matched with those of the blank as it would have been received, and each received row gets its own offset.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.blanks import BlankPage, Blanks
from extractors.frames import IDENTITY, apply, chain, inverse, scaling
from extractors.model import WORK_DPI, Gray, Matrix, PageIdentity, RegisteredPage, StraightPage
from extractors.padding import rows_that_came
from extractors.patches import halved
from extractors.place import Fit, Matches, coarse_guess, find_patches, fit, scales, verify, view
from extractors.rows import offsets_of_rows

_FIRST_PATCHES = 36
_CHECKED_PATCHES = 60
_ACROSS_PX, _DOWN_PX, _FAR_PX = 6, 12, 30
"""How far print is sought aside, down, and down where a stretch of rows seems lost; half pixels."""

_ZONES = 10
_TOGETHER_PX = 8.0
_MISSING_SHARE = 0.4
_DOUBTFUL_SHARE = 0.5
_DOUBTFUL_PX = 3.0
_WHOLE_SHARE = 0.9
_CUT_DOUBTFUL_SHARE = 0.6
_CUT_LEAST_PATCHES = 20
"""A page of which less than the whole share of its print came was cut: what came must be found the better,
and be enough to tell."""


@dataclass(frozen=True, eq=False)
class _Source:
    """The received page at no more than about ``WORK_DPI``, in rows and columns of its own."""

    pixels: Gray
    from_received: Matrix


def register(straight: StraightPage, identity: PageIdentity, blanks: Blanks) -> RegisteredPage:
    """Lays a form's page over its blank.

    Args:
        straight: the page upright, as ``identify`` returned it.
        identity: what it is; must be a form's page.
        blanks: all blanks.

    Returns:
        The page in form pixels. Where the form's print is not found well enough the page is marked
        ``doubtful``; where it is not found at all it is laid by the frame of the sheet alone, and doubtful.
        A page cut short is judged by the part that came; ``RegisteredPage.on_page`` tells what did not.

    Raises:
        KeyError: the identity is of no form in the blanks.
    """
    blank = blanks.page(identity.form or "", identity.version or "", identity.form_page or 0)
    placed = _placed(straight, blank)
    matrix = placed.matrix if placed is not None else _sheet_alone(straight, blank)
    source = _source(straight)
    to_source = chain(matrix, straight.to_received, source.from_received)
    offsets = np.zeros(len(source.pixels), np.float32)
    if placed is not None:
        rough = _rough_offsets(placed, straight, source)
        offsets = offsets_of_rows(
            source.pixels, _as_received(blank.pixels, to_source, source.pixels.shape), rough
        )
    pixels = _warped(source.pixels, blank.pixels.shape, to_source, offsets)
    ends = _ends_in_received(blank.pixels.shape, to_source, offsets, source)
    size = straight.received.width_px, len(straight.received.bits)
    came_rows = rows_that_came(pixels, blank.pixels)
    came = _came(blank, ends, size, came_rows)
    residual, found = _checked(pixels, blank, came) if placed is not None else (float("inf"), 0.0)
    return RegisteredPage(
        blank.key[0],
        blank.key[1],
        blank.key[2],
        straight.received.number,
        pixels,
        blank.pixels,
        ends,
        residual,
        found,
        doubtful=residual > _DOUBTFUL_PX or not _enough_found(found, came),
        received_size_px=size,
        came_rows=came_rows if came_rows != (0, len(pixels)) else None,
    )


def _placed(straight: StraightPage, blank: BlankPage) -> Fit | None:
    """The affine map of form to straight pixels: all patches, from the best of the scales.

    The scale at which the form was identified comes first, where its print was seen.
    """
    best: Fit | None = None
    half = halved(straight.pixels)
    sighting = straight.sighting
    known = sighting if sighting is not None and sighting.key == blank.key else None
    tried = scales(straight)
    for scale in tried if known is None else (known.scale, *(each for each in tried if each != known.scale)):
        seen = view(half, scale)
        if known is not None and scale == known.scale:
            first = known.matrix
        else:
            verified = verify(seen.half, coarse_guess(seen, blank), _FIRST_PATCHES)
            if verified is None:
                continue
            first = verified.matrix
        found = fit(_all_patches(seen.half, blank, first), _FAR_PX)
        if found is None:
            continue
        moved = Fit(
            chain(found.matrix, seen.to_straight),
            found.inliers,
            found.matches.moved(seen.to_straight),
        )
        if best is None or moved.share > best.share:
            best = moved
        if best.share > 0.6:
            break
    return best


def _all_patches(half_page: Gray, blank: BlankPage, matrix: Matrix) -> Matches:
    """Every patch of the blank near where a map puts it, and farther at an end of the page that misses it.

    Where a stretch of rows is lost, the map fits what lies on one side of it, and all print on the other is
    far off together. Looking far everywhere would find the next line of a table for a damaged one.
    """
    matches = find_patches(half_page, blank, matrix, blank.patches.order, (_ACROSS_PX, _DOWN_PX))
    zone_px = blank.pixels.shape[0] / _ZONES
    for zones in (range(_ZONES), range(_ZONES - 1, -1, -1)):
        for number in zones:
            here = (matches.form[:, 1] // zone_px).astype(int) == number
            if not here.any():
                continue
            if matches.alike[here].mean() > _MISSING_SHARE:
                break
            far = _far_zone(half_page, blank, matrix, number, zone_px)
            if far is None:
                break
            matches = matches.without(here).joined(far)
    return matches


def _far_zone(
    half_page: Gray, blank: BlankPage, matrix: Matrix, number: int, zone_px: float
) -> Matches | None:
    """The print of one zone, sought far down and up; none where it is not found far off together."""
    order = blank.patches.order
    there = (blank.patches.centers_px[order][:, 1] // zone_px).astype(int) == number
    far = find_patches(half_page, blank, matrix, order[there], (_ACROSS_PX, _FAR_PX))
    down = (far.found - apply(matrix, far.form))[far.alike, 1]
    if len(down) < 3 or float(np.mean(np.abs(down - np.median(down)) <= _TOGETHER_PX)) < 0.6:
        return None
    return far


def _sheet_alone(straight: StraightPage, blank: BlankPage) -> Matrix:
    rows, columns = straight.pixels.shape
    return scaling(columns / blank.pixels.shape[1], rows / blank.pixels.shape[0])


def _source(straight: StraightPage) -> _Source:
    """The received page, made smaller where it has far more pixels than the form, since remapping skips."""
    page = straight.received
    pixels = page.pixels
    across, down = min(1.0, WORK_DPI / page.x_dpi), min(1.0, WORK_DPI / page.y_dpi)
    if across > 0.8 and down > 0.8:
        return _Source(pixels, scaling(1.0, 1.0))
    rows, columns = pixels.shape
    size = max(1, round(columns * across)), max(1, round(rows * down))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _Source(small, scaling(size[0] / columns, size[1] / rows))


def _rough_offsets(placed: Fit, straight: StraightPage, source: _Source) -> NDArray[np.float64]:
    """N x 2: source row, and how many rows lower than the affine map says the print there lies."""
    to_source = chain(straight.to_received, source.from_received)
    inliers = placed.inliers
    expected = apply(chain(placed.matrix, to_source), placed.matches.form[inliers])
    found = apply(to_source, placed.matches.found[inliers])
    return np.column_stack([expected[:, 1], found[:, 1] - expected[:, 1]])


def _as_received(blank: Gray, to_source: Matrix, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The blank's ink as the affine map alone would have it received, packed rows."""
    rows, columns = shape
    # Where the map shrinks (98 rows an inch) thin rules would fall between the rows: blur by what is skipped.
    down = float(np.hypot(to_source[1, 0], to_source[1, 1]))
    soft = cv2.blur(blank, (1, max(1, round(1 / max(down, 0.1))))) if down < 0.75 else blank
    received = cv2.warpAffine(
        soft,
        to_source,
        (columns, rows),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    return np.packbits(received < 128, axis=1)


def _in_source(
    x: NDArray[np.float64], rows: int, to_source: Matrix, offsets: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Source x and y of some columns of every form row, offsets of rows included: rows x columns each."""
    y = np.arange(rows, dtype=np.float64)[:, None]
    across = to_source[0, 0] * x + to_source[0, 1] * y + to_source[0, 2]
    down = to_source[1, 0] * x + to_source[1, 1] * y + to_source[1, 2]
    down += np.interp(down, np.arange(len(offsets)), offsets)
    return across.astype(np.float32), down.astype(np.float32)


def _warped(source: Gray, shape: tuple[int, ...], to_source: Matrix, offsets: NDArray[np.float32]) -> Gray:
    """The source in form pixels: its rows moved to where the sheet had them, then laid by one affine map."""
    rows, columns = shape
    came_from = np.arange(len(source)) + np.rint(offsets).astype(np.intp)
    whole = source[np.clip(came_from, 0, len(source) - 1)]
    whole[(came_from < 0) | (came_from >= len(source))] = 255
    return np.asarray(
        cv2.warpAffine(
            whole,
            to_source,
            (columns, rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=255,
        ),
        np.uint8,
    )


def _ends_in_received(
    shape: tuple[int, ...], to_source: Matrix, offsets: NDArray[np.float32], source: _Source
) -> NDArray[np.float64]:
    """Received x and y of the left and right end of every form row: rows x 2 x 2."""
    rows, columns = shape
    across, down = _in_source(np.array([0.0, columns]), rows, to_source, offsets)
    ends = np.stack([across, down], axis=2).astype(np.float64)
    return apply(inverse(source.from_received), ends.reshape(-1, 2)).reshape(rows, 2, 2)


def _came(
    blank: BlankPage, ends: NDArray[np.float64], size_px: tuple[int, int], came_rows: tuple[int, int]
) -> NDArray[np.bool_]:
    """Which patches of the form, in their order, lie on the received page, and not in its white end."""
    centers = blank.patches.centers_px[blank.patches.order]
    rows = np.clip(np.rint(centers[:, 1]).astype(int), 0, len(ends) - 1)
    share = (centers[:, 0] / blank.pixels.shape[1])[:, None]
    at = ends[rows, 0] * (1 - share) + ends[rows, 1] * share
    received = (at >= 0).all(axis=1) & (at[:, 0] < size_px[0]) & (at[:, 1] < size_px[1])
    return np.asarray(received & (centers[:, 1] >= came_rows[0]) & (centers[:, 1] < came_rows[1]))


def _enough_found(found: float, came: NDArray[np.bool_]) -> bool:
    """Whether enough of the print that should have come is there: a wrong map, too, makes a page look cut."""
    if float(came.mean()) >= _WHOLE_SHARE:
        return found >= _DOUBTFUL_SHARE
    return found >= _CUT_DOUBTFUL_SHARE and int(came.sum()) >= _CUT_LEAST_PATCHES


def _checked(pixels: Gray, blank: BlankPage, came: NDArray[np.bool_]) -> tuple[float, float]:
    """How well the page lies on its blank: median distance of its print, form pixels, and the share found."""
    order = blank.patches.order[came][:_CHECKED_PATCHES]
    matches = find_patches(halved(pixels), blank, IDENTITY, order, (6, 6))
    alike = matches.alike
    if not alike.any():
        return float("inf"), 0.0
    distance = np.linalg.norm(matches.found[alike] - matches.form[alike], axis=1)
    near = distance <= 2.5 * _DOUBTFUL_PX
    return float(np.median(distance)), float(near.sum()) / max(1, matches.sought)
