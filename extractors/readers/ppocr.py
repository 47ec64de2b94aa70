"""PP-OCRv6 small and tiny, tuned on faxed lines of printable ASCII, through onnxruntime: the two nets.

One thread and one crop a run: batching this net on a CPU is slower (it pads every crop to the widest).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from extractors.model import Gray
from extractors.readers.ctc import LogProbabilities, best_path, text_probability
from extractors.readers.protocol import LineCrop, LineReading, ReaderError

MODELS = Path(__file__).parent.parent / "models"


@dataclass(frozen=True)
class Weights:
    """A file of weights that is shipped: the name of its reader, the file, and what it must hash to."""

    reader: str
    file: str
    sha256: str


SMALL = Weights(
    "ppocr", "faxed_lines.onnx", "859f6e04a71de25a653633057e7e11eca9071584f834b049b7cfdd035c8bf467"
)
TINY = Weights(
    "ppocr_tiny", "faxed_lines_tiny.onnx", "1a365ec2bcf4b46019213424018ce5cedb86f6c793992bc5ae58e8b69e402326"
)

HEIGHT_PX = 48
"""Height of the net's input."""
STEP_PX = 8
"""Width of one time step of its output."""
MARGIN_SHARE = 0.12
"""White kept around the ink, as a share of its height: letters that touch the edge are misread."""
LONGEST_PX = 2400
"""Longer lines are squeezed: a line of the widest box at the smallest type is about this long."""


class ModelDamaged(ReaderError):
    """The file of weights is missing or is not the one that was shipped."""


def net_input(pixels: Gray) -> NDArray[np.float32]:
    """A crop as the net wants it: 1 x 3 x 48 x width, three equal channels from -1 (ink) to 1 (paper).

    The width is a multiple of ``STEP_PX``, filled on the right with 0, as the net was trained.
    """
    margin = max(1, round(pixels.shape[0] * MARGIN_SHARE))
    framed = cv2.copyMakeBorder(pixels, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255)
    scale = HEIGHT_PX / framed.shape[0]
    width = min(max(round(framed.shape[1] * scale), STEP_PX), LONGEST_PX)
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(framed, (width, HEIGHT_PX), interpolation=smooth)
    whole = np.zeros((1, 3, HEIGHT_PX, -(-width // STEP_PX) * STEP_PX), np.float32)
    whole[..., :width] = resized.astype(np.float32) / 127.5 - 1
    return whole


class PpOcr:
    """A net as a ``LineReader``."""

    def __init__(
        self, model: Path | None = None, sha256: str | None = None, *, shipped: Weights = SMALL
    ) -> None:
        """Load the weights.

        Args:
            model: another file of weights with the same alphabet; none for the one that is shipped.
            sha256: what that file must hash to; none to take it as it is. The shipped file is always checked.
            shipped: which of the nets that are shipped.

        Raises:
            ModelDamaged: the file is missing or its hash differs.
        """
        path = model or MODELS / shipped.file
        wanted = sha256 if model else shipped.sha256
        self.name = shipped.reader
        try:
            data = path.read_bytes()
        except OSError as error:
            message = f"The recognizer {path.name} cannot be read: install remsfax again, or set its path."
            raise ModelDamaged(message) from error
        found = hashlib.sha256(data).hexdigest()
        if wanted is not None and found != wanted:
            message = f"The recognizer {path.name} is not the shipped file (SHA-256 {found[:12]}): reinstall."
            raise ModelDamaged(message)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        self.version = found[:12]

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        """Read each crop; see ``LineReader``."""
        return tuple(self._read_one(crop) for crop in crops)

    def log_probabilities(self, pixels: Gray) -> LogProbabilities:
        """The net's output for one crop: steps x 96, natural logarithms."""
        output: NDArray[np.float32] = self._session.run(None, {"x": net_input(pixels)})[0][0]
        logs: LogProbabilities = np.log(np.maximum(output, np.float32(1e-9)))
        return logs

    def _read_one(self, crop: LineCrop) -> LineReading:
        if min(crop.pixels.shape) == 0 or crop.pixels.min() == 255:
            return LineReading("", 1.0)
        logs = self.log_probabilities(crop.pixels)
        text, letters = best_path(logs, crop.letters)
        kept = text.strip()
        start = len(text) - len(text.lstrip())
        return LineReading(kept, text_probability(logs, text), letters[start : start + len(kept)], logs)
