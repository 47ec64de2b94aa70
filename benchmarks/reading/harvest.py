"""``python -m benchmarks.reading.harvest``: crops and readings of composed faxes, to train and calibrate on.

Writes shards to a folder: ``shard-NNNN.jsonl``, one row a field (see ``rows.Row``), and ``shard-NNNN.npz``
with its crops: ``pixels`` (all crops one after the other, uint8, 0 is ink), ``shapes`` (n x 2: rows, columns)
and ``starts`` (n: where each begins). The faxes lie in ``faxes`` beside them. A run that was stopped goes on
where it ended; ``--again`` reads the same faxes with the readers of today.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.reading.compose import MadeFax, fax_of
from benchmarks.reading.cutting import cut_fax
from benchmarks.reading.hands import open_writers
from benchmarks.reading.rows import Row, rows_of
from benchmarks.training.split import PARTS
from extractors.model import Gray
from form_templates.model import MARKED_KINDS
from pipelines.engine import ReadingEngine, load_engine
from pipelines.settings import PipelineSettings, ReadingSettings
from pipelines.threads import one_thread_each
from sample_faxes.fonts import DEFAULT_FOLDER, fetch_fonts

REPOSITORY = Path(__file__).resolve().parent.parent.parent
CACHE = REPOSITORY / "var" / "cache"
SCRATCH = REPOSITORY / "var" / "benchmarks" / "hands"
SHARD_FAXES = 24
"""Two rounds of every form."""


def harvest(
    faxes: Iterable[MadeFax], engine: ReadingEngine, *, read: bool
) -> Iterator[tuple[Row, Sequence[Gray]]]:
    """Rows with their crops."""
    for fax in faxes:
        yield from rows_of(cut_fax(fax.data, fax.truth, engine, read=read), fax)


def write_shard(rows: Sequence[tuple[Row, Sequence[Gray]]], folder: Path, number: int) -> int:
    """Write a shard, the crops first; returns how many written fields it has."""
    crops: list[Gray] = []
    lines = []
    for row, own in rows:
        numbered = replace(row, crops=tuple(range(len(crops), len(crops) + len(own))))
        crops += own
        lines.append(json.dumps(numbered.as_json(), ensure_ascii=False))
    starts = np.cumsum([0, *(crop.size for crop in crops)])[:-1] if crops else np.zeros(0)
    stored: dict[str, Any] = {
        "pixels": np.concatenate([crop.ravel() for crop in crops]) if crops else np.zeros(0, np.uint8),
        "shapes": np.array([crop.shape for crop in crops], np.int32).reshape(-1, 2),
        "starts": starts.astype(np.int64),
    }
    scratch = folder / f".shard-{number:04d}.npz"
    with scratch.open("wb") as out:
        np.savez_compressed(out, **stored)
    scratch.replace(folder / f"shard-{number:04d}.npz")
    listing = folder / f".shard-{number:04d}.jsonl"
    listing.write_text("\n".join(lines) + "\n", encoding="utf-8")
    listing.replace(folder / f"shard-{number:04d}.jsonl")
    return sum(row.filled and row.kind not in MARKED_KINDS and row.kind != "signature" for row, _ in rows)


def read_shard(folder: Path, number: int) -> Iterator[tuple[dict[str, Any], list[Gray]]]:
    """The rows of a shard, each with its crops."""
    with np.load(folder / f"shard-{number:04d}.npz") as stored:
        pixels, shapes, starts = stored["pixels"], stored["shapes"], stored["starts"]
    for line in (folder / f"shard-{number:04d}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        own = []
        for crop in row["crops"]:
            height, width = shapes[crop]
            own.append(pixels[starts[crop] : starts[crop] + height * width].reshape(height, width))
        yield row, own


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading.harvest", description=__doc__)
    parser.add_argument("--part", choices=PARTS, required=True, help="whose hands")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other faxes")
    parser.add_argument("--faxes", type=int, required=True, help="how many faxes, one form each")
    parser.add_argument("--out", type=Path, required=True, help="folder for the shards")
    parser.add_argument("--crops-only", action="store_true", help="cut and do not read: three times as fast")
    parser.add_argument("--again", action="store_true", help="also shards that are there")
    parser.add_argument("--data", type=Path, help="folder of real handwriting; without it typefaces alone")
    parser.add_argument("--fonts", type=Path, default=DEFAULT_FOLDER, help="cache folder of the font files")
    options = parser.parse_args(arguments)
    one_thread_each()
    cv2.setNumThreads(1)
    shelf = fetch_fonts(options.fonts)
    writers = open_writers(shelf, options.part, options.data, SCRATCH)
    engine = load_engine(PipelineSettings(reading=ReadingSettings(cache=str(CACHE))))
    kept = options.out / "faxes"
    kept.mkdir(parents=True, exist_ok=True)
    began, written = time.monotonic(), 0
    for number in range(-(-options.faxes // SHARD_FAXES)):
        if (options.out / f"shard-{number:04d}.jsonl").exists() and not options.again:
            continue
        first = number * SHARD_FAXES
        last = min(first + SHARD_FAXES, options.faxes)
        faxes = (fax_of(writers, shelf, options.seed, fax, kept) for fax in range(first, last))
        rows = list(harvest(faxes, engine, read=not options.crops_only))
        written += write_shard(rows, options.out, number)
        minutes = (time.monotonic() - began) / 60
        sys.stderr.write(f"shard {number}: {written} written fields, {written / minutes:.0f} a minute\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
