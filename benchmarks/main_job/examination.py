"""Faxes that nobody has seen: the scenarios of the samples with other people, other values and other hands.

Handwriting is in the fonts that are kept for measurement; nothing of it was used to build or tune a reader.
"""

from collections.abc import Callable
from pathlib import Path

from sample_faxes.fonts import FontShelf, fetch_fonts
from sample_faxes.make import make, write
from sample_faxes.scenarios import SCENARIOS

SEED = 61122


def examination(folder: Path, say: Callable[[str], None]) -> Path:
    """The folder of the examination's faxes with their truth; made once, in about five minutes."""
    done = folder / ".made"
    if done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    say("making the examination's faxes through real fax calls")
    for sent in make(shelf(), SCENARIOS, SEED, group="held_out"):
        write(sent, folder)
    done.touch()
    return folder


def shelf() -> FontShelf:
    """The fonts, fetched if the cache lacks them."""
    return fetch_fonts()
