"""Who trains, who validates, who calibrates and who is kept for examination: writers never change sides.

A writer is a person's number, a source of crops, the number of an image, a typeface or a name in print, each
with the kind of thing before it (``mnist-12``, ``font-itim``), so that one hash serves all.
"""

import hashlib
from typing import Literal

Part = Literal["train", "validation", "calibration", "examination"]
PARTS: tuple[Part, ...] = ("train", "validation", "calibration", "examination")


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32


def part_of(writer: str) -> Part:
    """The part of a writer, by hash of its name.

    80 % train, 2.5 % validation, 8.5 % calibration, 9 % examination. Calibration was carved by a second hash
    out of the two parts that no reader was trained on.
    """
    share, second = _share(writer), _share(f"second {writer}")
    if share < 0.80:
        return "train"
    if share < 0.85:
        return "calibration" if second < 0.5 else "validation"
    return held_out_part(writer)


def held_out_part(writer: str) -> Part:
    """The part of a writer of whom it is settled that nobody trains on him: 40 % calibration."""
    return "calibration" if _share(f"second {writer}") < 0.4 else "examination"
