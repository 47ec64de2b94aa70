"""Training lines from whole faxes: crops as the pipeline cuts them, with what stands on the paper."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.reading.harvest import read_shard
from benchmarks.training.lines import Line
from benchmarks.training.network import ALPHABET
from extractors.model import Gray
from extractors.readers.ppocr import net_input

WIDEST_PX = 1400


def load_pages(folder: Path) -> tuple[Line, ...]:
    """Every usable line of a harvest that ``benchmarks.reading.harvest`` wrote."""
    numbers = sorted(int(path.stem.removeprefix("shard-")) for path in folder.glob("shard-*.jsonl"))
    return tuple(line for number in numbers for line in _lines(folder, number))


def _lines(folder: Path, number: int) -> Iterator[Line]:
    for row, crops in read_shard(folder, number):
        # Where lines were cut otherwise than they were written, nobody knows which crop has which text.
        if not row["filled"] or row["lost"] or len(crops) != len(row["written"]):
            continue
        source = ("hand" if row["hand"] else "type") + " on pages"
        for crop, written in zip(crops, row["written"], strict=True):
            text = " ".join(written.split())
            pixels = _scaled(crop)
            if text and set(text) <= set(ALPHABET) and 5 * len(text) <= pixels.shape[1] <= WIDEST_PX:
                yield Line(pixels, text, row["real_name"], source)


def _scaled(crop: Gray) -> Gray:
    """As the reader scales it, in whole gray levels."""
    return np.asarray(np.round((net_input(crop)[0, 0] + 1) * 127.5), np.uint8)
