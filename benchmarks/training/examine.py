"""Compare exported readers on lines of writers and fonts that training never saw.

``python -m benchmarks.training.examine --data DIR --hand-fonts DIR --print-fonts DIR --scratch DIR A.onnx``
"""

import argparse
import math
from pathlib import Path

import numpy as np
import onnxruntime

from benchmarks.training.lines import Line, lines, open_desk
from benchmarks.training.network import ALPHABET, HEIGHT_PX, STEP_PX

SEED = 991


def read_with(session: onnxruntime.InferenceSession, line: Line) -> str:
    """Best path of one line."""
    width = line.pixels.shape[1]
    x = np.zeros((1, 3, HEIGHT_PX, math.ceil(width / STEP_PX) * STEP_PX), np.float32)
    x[..., :width] = line.pixels.astype(np.float32) / 127.5 - 1
    path = session.run(None, {"x": x})[0][0].argmax(1).tolist()
    return "".join(ALPHABET[c - 1] for i, c in enumerate(path) if c and (i == 0 or c != path[i - 1]))


def is_right(line: Line, got: str) -> bool:
    """Whole line right; spaces do not count, nor case where the label does not know it."""
    true, read = line.text.replace(" ", ""), got.replace(" ", "")
    return read.upper() == true.upper() if line.any_case else read == true


def main() -> None:
    """Print the share of lines that each reader reads whole, by source."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name in ("data", "hand-fonts", "print-fonts", "scratch"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("readers", type=Path, nargs="+")
    options = parser.parse_args()
    desk = open_desk(options.data, options.hand_fonts, options.print_fonts, options.scratch, "examination")
    endless = lines(desk, SEED)
    examples = [next(endless) for _ in range(options.lines)]
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    for path in options.readers:
        session = onnxruntime.InferenceSession(str(path), settings)
        right: dict[str, list[bool]] = {}
        for line in examples:
            right.setdefault(line.source, []).append(is_right(line, read_with(session, line)))
        shares = {
            source: f"{100 * sum(hits) / len(hits):.1f} % of {len(hits)}"
            for source, hits in sorted(right.items())
        }
        print(path.name, shares)


if __name__ == "__main__":
    main()
