"""``python -m sample_faxes.make``: makes the committed faxes with their truth, the same bytes every time."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2

from sample_faxes.fonts import DEFAULT_FOLDER, FontShelf, FontsMissing, Group, fetch_fonts
from sample_faxes.scenario import Transmission
from sample_faxes.scenarios import SCENARIOS
from sample_faxes.sending import Sent, send

DEFAULT_OUT = Path(__file__).with_name("faxes")
DEFAULT_SEED = 20261005


def make(
    shelf: FontShelf, scenarios: Iterable[Transmission], seed: int, *, group: Group = "train"
) -> Iterator[Sent]:
    """Each transmission in turn, in hands of a group; a resend has the bytes of the fax it repeats."""
    known = {fax.name: fax for fax in SCENARIOS}
    for fax in scenarios:
        original = fax if fax.resend_of is None else known[fax.resend_of]
        paper = known[original.like] if original.like else None
        sent = send(shelf, original, seed, group=group, paper=paper)
        if fax.resend_of is not None:
            truth = sent.truth | {"scenario": fax.note, "resend_of": fax.resend_of}
            truth["fax"] = sent.truth["fax"] | {"received_at": fax.at.isoformat(timespec="minutes")}
            sent = replace(sent, name=fax.name, truth=truth)
        yield sent


def write(sent: Sent, out: Path) -> None:
    """Put a fax and its truth in a folder, each whole or not at all."""
    truth = json.dumps(sent.truth, indent=1, ensure_ascii=False) + "\n"
    for name, data in ((sent.name + sent.suffix, sent.data), (sent.name + ".json", truth.encode())):
        scratch = out / f".{name}.tmp"
        scratch.write_bytes(data)
        scratch.replace(out / name)


def main(arguments: list[str] | None = None) -> int:
    """The command. Returns 0, or 2 where the fonts or the fax library are missing."""
    parser = argparse.ArgumentParser(prog="python -m sample_faxes.make", description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder for the faxes")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed makes another set")
    parser.add_argument("--only", action="append", metavar="NAME", help="make this one (may be given again)")
    parser.add_argument("--fonts", type=Path, default=DEFAULT_FOLDER, help="cache folder of the font files")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    chosen = [fax for fax in SCENARIOS if not options.only or fax.name in options.only]
    try:
        shelf = fetch_fonts(options.fonts)
    except FontsMissing as error:
        sys.stderr.write(f"make: {error}\n")
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    pages = size = 0
    for sent in make(shelf, chosen, options.seed):
        write(sent, options.out)
        pages += len(sent.received)
        size += len(sent.data)
        sys.stderr.write(
            f"{sent.name}{sent.suffix} {len(sent.received)} pages {100 * sent.bad_share:.1f} % bad lines\n"
        )
    sys.stdout.write(f"{len(chosen)} faxes, {pages} pages, {size / 1e6:.1f} MB in {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
