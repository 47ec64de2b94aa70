"""Where each label of a received page truly is, without asking the registration that is measured.

The rows of the noisy page are matched with the rows of the very bitmap that was sent; where the sheet lay in
that bitmap is known, because the sample maker laid it there. The two together give every point's place.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.frames import Points, apply
from extractors.model import WORK_DPI, Matrix, ReceivedPage, RegisteredPage

_MOST_LOST = 0.06
_MOST_DOUBLED_ROWS = 12
_WINDOW_ROWS = 5
_DIFFERENCE_CAP_PX = 200.0
_STEP_COST_PX = 30.0
_LONGEST_STEP = 3
_MIDDLE_OF_PIXEL = 0.25
"""The sample maker's map takes edges for middles of pixels: a quarter of a received pixel, 408 to 204 dpi."""


@dataclass(frozen=True, eq=False)
class RegistrationErrors:
    """How far off a registered page is.

    Attributes:
        distances_px: by point that lies on the page: how far from its true place, pixels at ``WORK_DPI``.
        doubtful: the page said itself that it is not to be trusted.
    """

    distances_px: NDArray[np.float64]
    doubtful: bool

    def quantile_px(self, share: float) -> float:
        """The distance that ``share`` of the points do not exceed."""
        return float(np.quantile(self.distances_px, share)) if len(self.distances_px) else 0.0


def received_rows(sent_ink: NDArray[np.bool_], page: ReceivedPage) -> NDArray[np.float64]:
    """The received row of every sent row: the cheapest path through the differences of their pixels.

    Args:
        sent_ink: rows x columns as sent, header line included, True is ink.
        page: the page as received from that sending.

    Returns:
        One received row for each sent row; a lost row is given that of its neighbor.
    """
    sent = np.packbits(sent_ink, axis=1)
    width = min(sent.shape[1], page.bits.shape[1])
    sent, received = sent[:, :width], page.bits[:, :width]
    rows = len(sent)
    offsets = np.arange(-int(_MOST_LOST * rows) - _MOST_DOUBLED_ROWS, _MOST_DOUBLED_ROWS + 1)
    cost = np.full((rows, len(offsets)), _DIFFERENCE_CAP_PX, np.float32)
    for index, offset in enumerate(offsets.tolist()):
        low, high = max(0, -offset), min(rows, len(received) - offset)
        if high > low:
            differing = sent[low:high] ^ received[low + offset : high + offset]
            count = np.bitwise_count(differing).sum(axis=1, dtype=np.int32)
            cost[low:high, index] = np.minimum(count, _DIFFERENCE_CAP_PX)
    # A damaged row is like none; its neighbors tell where it belongs.
    cost = np.asarray(cv2.blur(cost, (1, _WINDOW_ROWS), borderType=cv2.BORDER_REPLICATE), np.float32)
    return np.asarray(np.arange(rows) + offsets[_cheapest_path(cost)], np.float64)


def _cheapest_path(cost: NDArray[np.float32]) -> NDArray[np.intp]:
    rows, width = cost.shape
    steps = np.array([0, *(sign * size for size in range(1, _LONGEST_STEP + 1) for sign in (1, -1))])
    step_cost = _STEP_COST_PX * np.sqrt(np.abs(steps)).astype(np.float32)
    reach = np.arange(width)[None, :] + steps[:, None]
    inside = (reach >= 0) & (reach < width)
    reach = np.clip(reach, 0, width - 1)
    came = np.zeros((rows, width), np.intp)
    best = cost[0].copy()
    for row in range(1, rows):
        options = np.where(inside, best[reach] + step_cost[:, None], np.float32(np.inf))
        choice = options.argmin(axis=0)
        came[row] = reach[choice, np.arange(width)]
        best = options[choice, np.arange(width)] + cost[row]
    path = np.empty(rows, np.intp)
    path[-1] = int(best.argmin())
    for row in range(rows - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path


def measure_registration(
    sent_ink: NDArray[np.bool_],
    from_points: Matrix,
    page: ReceivedPage,
    registered: RegisteredPage,
    points_pt: Points,
) -> RegistrationErrors:
    """How far registered points are from where they truly are.

    Made for pages sent upright: on a sideways sheet lost rows move columns of the form, which the two ends of
    a row that ``form_to_received`` keeps cannot tell.

    Args:
        sent_ink: the bitmap as sent, True is ink.
        from_points: 2 x 3, maps points of the sheet (1/72 inch) to pixels of ``sent_ink``.
        page: the page as received.
        registered: the same page, registered.
        points_pt: N x 2, places on the form, points: the middles of its labels or boxes.
    """
    sent_px = apply(from_points, points_pt) - _MIDDLE_OF_PIXEL
    rows_of = received_rows(sent_ink, page)
    last = len(rows_of) - 1
    inside = (sent_px >= 0).all(axis=1) & (sent_px[:, 0] < sent_ink.shape[1]) & (sent_px[:, 1] < last)
    sent_px, form_px = sent_px[inside], points_pt[inside] * WORK_DPI / 72 - 0.5
    true_y = np.interp(sent_px[:, 1], np.arange(len(rows_of)), rows_of)
    ours = _received_places(registered, form_px)
    across = ours[:, 0] - sent_px[:, 0]
    down = (ours[:, 1] - true_y) * WORK_DPI / page.y_dpi
    return RegistrationErrors(np.hypot(across, down), registered.doubtful)


def _received_places(registered: RegisteredPage, form_px: Points) -> Points:
    """Received pixels of form pixels, between the ends of the form's rows."""
    ends = registered.form_to_received
    y = np.clip(form_px[:, 1], 0, len(ends) - 1)
    upper = np.floor(y).astype(int)
    lower = np.minimum(upper + 1, len(ends) - 1)
    part = (y - upper)[:, None, None]
    row_ends = ends[upper] * (1 - part) + ends[lower] * part
    share = (form_px[:, 0] / registered.pixels.shape[1])[:, None]
    return np.asarray(row_ends[:, 0] * (1 - share) + row_ends[:, 1] * share)
