"""A fast model of a fax line: ink to the crop that the reader sees, with the faults that real calls leave."""

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.network import HEIGHT_PX
from benchmarks.training.writing import INK_DPI, Ink

X_DPI, FINE_DPI, STANDARD_DPI = 204, 196, 98

Bits = NDArray[np.uint8]


def fax_crop(ink: Ink, rng: random.Random) -> NDArray[np.uint8] | None:
    """One line as the pipeline would cut it from a received page.

    48 rows, 0 ink to 255 paper; none if nothing is left of it.
    """
    noise = np.random.default_rng(rng.getrandbits(32))
    ink = _leftovers(_tilt(ink, rng), rng)
    y_dpi = STANDARD_DPI if rng.random() < 0.5 else FINE_DPI
    size = (max(8, round(ink.shape[1] * X_DPI / INK_DPI)), max(4, round(ink.shape[0] * y_dpi / INK_DPI)))
    gray = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    inked = gray[gray > 0.15]
    # A scanner's threshold follows the page: thin pens come out thin, not gone.
    threshold = rng.uniform(0.25, 0.55) * (float(np.quantile(inked, 0.9)) if inked.size else 1.0)
    bits = (gray + noise.normal(0, 0.06, gray.shape) > threshold).astype(np.uint8)
    bits = _line_faults(bits, rng, noise)
    if rng.random() < 0.3:
        bits |= (noise.random(bits.shape) < rng.uniform(0.0005, 0.006)).astype(np.uint8)
    square = cv2.resize(
        bits * np.uint8(255),
        (bits.shape[1], max(4, round(bits.shape[0] * X_DPI / y_dpi))),
        interpolation=rng.choice((cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_LINEAR)),
    )
    return _tight(_resample(np.asarray(square, np.uint8), rng), rng)


def _tilt(ink: Ink, rng: random.Random) -> Ink:
    rows, columns = ink.shape
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), rng.gauss(0, 0.5), 1.0)
    return np.asarray(cv2.warpAffine(ink, turn, (columns, rows), flags=cv2.INTER_LINEAR), np.float32)


def _leftovers(ink: Ink, rng: random.Random) -> Ink:
    """Pieces of the form that cleaning left, and a neighbor's strokes at the edges."""
    ys = np.nonzero(ink.max(axis=1) > 0.3)[0]
    if not len(ys):
        return ink
    out = ink.copy()
    rows, columns = ink.shape
    top, bottom = int(ys[0]), int(ys[-1])
    if rng.random() < 0.18:
        y = min(rows - 3, bottom + rng.randrange(-6, 8))
        start = rng.randrange(columns)
        out[y : y + rng.randrange(2, 4), start : start + rng.randrange(10, max(11, columns // 2))] = 1.0
    if rng.random() < 0.12:
        for _ in range(rng.randrange(1, 6)):
            x = rng.randrange(columns)
            length = rng.randrange(6, 22)
            out[max(0, bottom - length) : bottom, x : x + rng.randrange(2, 4)] = 1.0
    if rng.random() < 0.10:
        y = top if rng.random() < 0.5 else bottom
        x = rng.randrange(columns)
        end = (x + rng.randrange(-20, 21), y + rng.choice((-1, 1)) * rng.randrange(4, 16))
        cv2.line(out, (x, y), end, 1.0, rng.randrange(2, 6), cv2.LINE_AA)
    return out


def _line_faults(bits: Bits, rng: random.Random, noise: np.random.Generator) -> Bits:
    """Bad lines come in runs: a receiver repeats the last good row until the code recovers, or loses rows."""
    rate = rng.choices((0.0, 0.01, 0.04, 0.08), weights=(40, 20, 20, 20))[0]
    if not rate:
        return bits
    rows: list[NDArray[np.uint8]] = []
    left, fault = 0, 0.0
    for source in bits:
        row = source
        if not left and rng.random() < rate:
            left, fault = rng.choices((1, 2, 3, 4, 6, 9), weights=(30, 20, 18, 14, 11, 7))[0], rng.random()
        if left:
            left -= 1
            if fault < 0.45 and rows:
                row = rows[-1]
            elif fault < 0.60:
                continue
            elif fault < 0.85:
                start = rng.randrange(len(row))
                row = row.copy()
                row[start:] = np.roll(row[start:], rng.randrange(-12, 13))
            else:
                row = row.copy()
                start = rng.randrange(len(row))
                row[start : start + rng.randrange(4, 200)] = noise.random() < 0.7
        rows.append(row)
    return np.array(rows, np.uint8) if len(rows) > 3 else bits


def _resample(square: NDArray[np.uint8], rng: random.Random) -> NDArray[np.uint8]:
    """What registration does to a page: a small warp with interpolation."""
    if rng.random() < 0.3:
        return square
    rows, columns = square.shape
    shift = np.array(
        [[1, rng.gauss(0, 0.004), rng.random()], [rng.gauss(0, 0.002), 1, rng.random()]], np.float32
    )
    warped = cv2.warpAffine(square, shift, (columns + 1, rows + 1), flags=cv2.INTER_LINEAR)
    return np.asarray(warped, np.uint8)


def _tight(ink: NDArray[np.uint8], rng: random.Random) -> NDArray[np.uint8] | None:
    """Specks away, cut tight to the ink, 48 rows high: as the pipeline cuts its crops."""
    binary = (ink > 110).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    if count < 2:
        return None
    keep = stats[:, cv2.CC_STAT_AREA] >= rng.choice((4, 6, 8))
    keep[0] = False
    ys, xs = np.nonzero(keep[labels])
    if len(ys) < 12:
        return None
    margin = rng.randrange(1, 6)
    top, bottom = max(0, ys.min() - margin), ys.max() + 1 + margin
    left, right = max(0, xs.min() - margin - rng.randrange(4)), xs.max() + 1 + margin + rng.randrange(4)
    cut = ink[top:bottom, left:right]
    width = round(cut.shape[1] * HEIGHT_PX / cut.shape[0])
    if not 8 <= width <= 1400:
        return None
    way = cv2.INTER_AREA if cut.shape[0] > HEIGHT_PX else rng.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC))
    return 255 - np.asarray(cv2.resize(cut, (width, HEIGHT_PX), interpolation=way), np.uint8)
