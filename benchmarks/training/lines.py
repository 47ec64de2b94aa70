"""Training lines: a text, someone's hand, a fax line, and the crop that comes out; endless and seeded."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.training import texts
from benchmarks.training.faxed import fax_crop
from benchmarks.training.writing import (
    INK_DPI,
    Hands,
    Ink,
    WrittenNames,
    beside_struck,
    draw_with_font,
    draw_with_hands,
    load_hands,
    load_names,
    stamped,
    warp,
)

MIX = {"names": 20, "digits": 24, "letters": 6, "words": 6, "fonts": 26, "print": 12, "stamps": 6}
"""Shares of the sources, in percent."""
STRUCK = 0.07
"""Share of lines that begin with something crossed out, which a reader is to pass over."""


@dataclass(frozen=True, eq=False)
class Line:
    """One crop with its text; ``any_case`` when the label does not know the case that was written."""

    pixels: NDArray[np.uint8]
    text: str
    any_case: bool
    source: str


@dataclass(frozen=True)
class Desk:
    """Everything lines are made from, of one part of the writers and fonts."""

    hands: Hands
    names: WrittenNames
    hand_fonts: tuple[Path, ...]
    print_fonts: tuple[Path, ...]


def open_desk(data: Path, hand_fonts: Path, print_fonts: Path, scratch: Path, part: str) -> Desk:
    """The desk of one part: train, validation or examination; fonts are what the folders hold."""
    return Desk(
        load_hands(data, part),
        load_names(data, scratch, part),
        tuple(sorted(p for p in hand_fonts.iterdir() if p.suffix in {".ttf", ".otf", ".woff2", ".woff"})),
        tuple(sorted(p for p in print_fonts.iterdir() if p.suffix in {".ttf", ".otf", ".woff2", ".woff"})),
    )


def lines(desk: Desk, seed: int, mix: dict[str, int] = MIX) -> Iterator[Line]:
    """Endless lines; the same desk and seed give the same lines."""
    for index in range(1 << 62):
        rng = random.Random(f"{seed}-{index}")
        made = None
        while made is None:
            made = _line(desk, rng, rng.choices(list(mix), weights=list(mix.values()))[0])
        yield made


def _line(desk: Desk, rng: random.Random, source: str) -> Line | None:
    drawn = _SOURCES[source](desk, rng)
    if drawn is None:
        return None
    ink, text = drawn
    if rng.random() < STRUCK:
        ink = beside_struck(ink, rng)
    crop = fax_crop(ink, rng)
    if crop is None or crop.shape[1] < 5 * len(text.replace(" ", "")):
        return None
    return Line(crop, text, source == "names", source)


def _height_px(rng: random.Random) -> int:
    """Writing stands 20 to 45 px high at 204 dpi."""
    return round(rng.uniform(20, 45) * INK_DPI / 204)


def _names(desk: Desk, rng: random.Random) -> tuple[Ink, str]:
    ink, text = desk.names.draw(rng)
    return warp(ink, rng, rng.uniform(0, 0.5)), text


def _digits(desk: Desk, rng: random.Random) -> tuple[Ink, str] | None:
    text = texts.KINDS[rng.choice(texts.DIGIT_KINDS)](rng)
    return _by_hand(desk, rng, text)


def _letters(desk: Desk, rng: random.Random) -> tuple[Ink, str] | None:
    text = texts.KINDS[rng.choices(("identifier", "name", "city", "site"), weights=(50, 20, 20, 10))[0]](rng)
    return _by_hand(desk, rng, text.upper())


def _words(desk: Desk, rng: random.Random) -> tuple[Ink, str] | None:
    kind = rng.choices(("name", "city", "site", "street", "number"), weights=(40, 20, 15, 15, 10))[0]
    return _by_hand(desk, rng, texts.KINDS[kind](rng))


def _by_hand(desk: Desk, rng: random.Random, text: str) -> tuple[Ink, str] | None:
    height = _height_px(rng)
    plain = text.replace("/", "").replace("-", "") if rng.random() < 0.3 else text
    in_cells = plain.isalnum() and rng.random() < 0.6
    ink = draw_with_hands(plain, desk.hands, rng, height, height * rng.uniform(1.0, 1.5) if in_cells else 0.0)
    return None if ink is None else (warp(ink, rng, rng.uniform(0, 0.6)), plain)


def _fonts(desk: Desk, rng: random.Random) -> tuple[Ink, str] | None:
    text = texts.KINDS[rng.choice(list(texts.KINDS))](rng)
    height = round(_height_px(rng) * 1.15)
    in_cells = text.isalnum() and rng.random() < 0.3
    ink = draw_with_font(
        text, rng.choice(desk.hand_fonts), height, height * rng.uniform(0.7, 1.1) if in_cells else 0.0
    )
    return None if ink is None else (warp(ink, rng, rng.uniform(0.2, 1.2)), text)


def _print(desk: Desk, rng: random.Random) -> tuple[Ink, str] | None:
    text = texts.KINDS[rng.choice(list(texts.KINDS))](rng)
    height = round(rng.uniform(22, 40) * INK_DPI / 204)
    in_cells = text.isalnum() and rng.random() < 0.3
    ink = draw_with_font(
        text, rng.choice(desk.print_fonts), height, height * rng.uniform(0.7, 1.1) if in_cells else 0.0
    )
    return None if ink is None else (warp(ink, rng, 0.08), text)


def _stamps(desk: Desk, rng: random.Random) -> tuple[Ink, str] | None:
    drawn = _print(desk, rng)
    return None if drawn is None else (stamped(drawn[0], rng), drawn[1])


_SOURCES = {
    "names": _names,
    "digits": _digits,
    "letters": _letters,
    "words": _words,
    "fonts": _fonts,
    "print": _print,
    "stamps": _stamps,
}
