"""Write a trained checkpoint as the ONNX file that is shipped.

``python -m benchmarks.training.export --published FILE.onnx --checkpoint DIR/checkpoint.pt --out FILE.onnx``
"""

import argparse
import hashlib
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.training.network import ALPHABET, HEIGHT_PX, LineNetwork, keep_ascii, load_published
from benchmarks.training.train import PUBLISHED_SHARE, mix_back

OPSET = 17


class _Probabilities(nn.Module):  # type: ignore[misc]
    def __init__(self, network: LineNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x).softmax(2)


def trained(published: Path, checkpoint: Path, share: float = PUBLISHED_SHARE) -> LineNetwork:
    """The network of a checkpoint, a share of the published weights mixed back in."""
    network = keep_ascii(*load_published(published))
    network.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["network"])
    mix_back(network, keep_ascii(*load_published(published)), share)
    network.eval()
    return network


def write(network: LineNetwork, out: Path) -> str:
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
    parser.add_argument("--share", type=float, default=PUBLISHED_SHARE, help="share of published weights")
    options = parser.parse_args()
    print(options.out.name, write(trained(options.published, options.checkpoint, options.share), options.out))


if __name__ == "__main__":
    main()
