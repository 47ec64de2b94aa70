"""Write a trained checkpoint as the ONNX file that is shipped.

``python -m benchmarks.training.export --voice small --published FILE.onnx --checkpoint DIR/checkpoint.pt
--out FILE.onnx``
"""

import argparse
import hashlib
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.training.network import ALPHABET, HEIGHT_PX
from benchmarks.training.voices import VOICES, Voice, mix_back, open_voice

OPSET = 17
MIXED_SHARE = 0.25
"""Share of the published weights in what is shipped: it gives back what text and print lost."""


class _Probabilities(nn.Module):  # type: ignore[misc]
    def __init__(self, network: Voice) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x).softmax(2)


def write(network: Voice, out: Path) -> str:
    """Write the network with input ``x`` and probabilities as output; returns the file's SHA-256."""
    import onnx  # noqa: PLC0415 - a heavy import that only this step needs

    # The exporter leaves batch norm as the wrapper stands: in training mode it would be wrong in silence.
    module = _Probabilities(network).eval()
    torch.onnx.export(
        module,
        (torch.zeros(1, 3, HEIGHT_PX, 320),),
        str(out),
        input_names=["x"],
        output_names=["probabilities"],
        dynamic_axes={"x": {0: "batch", 3: "width"}, "probabilities": {0: "batch", 1: "steps"}},
        opset_version=OPSET,
        dynamo=False,
    )
    model = onnx.load(out)
    entry = model.metadata_props.add()
    entry.key, entry.value = "letters", ALPHABET
    onnx.save(model, out)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def main() -> None:
    """Export from the command line and print the hash that the reader must know."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name in ("published", "checkpoint", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--voice", choices=VOICES, default="small")
    parser.add_argument("--dictionary", type=Path, help="of the published tiny model")
    parser.add_argument("--mixed", type=Path, help="ONNX file to mix back in; the published one if not said")
    parser.add_argument("--share", type=float, default=MIXED_SHARE, help="share of the weights mixed back in")
    options = parser.parse_args()
    opened = (options.voice, options.published, options.dictionary)
    network = mix_back(
        open_voice(*opened, options.checkpoint), open_voice(*opened, options.mixed), options.share
    )
    print(options.out.name, write(network, options.out))


if __name__ == "__main__":
    main()
