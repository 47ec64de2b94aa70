"""PP-OCRv6 small (recognition) as a torch module, its weights taken from the published ONNX file.

No converter reads this file (``SAME_UPPER`` padding), so the network is written out by hand and its
weights are copied in node order; ``voices.open_voice`` holds it to onnxruntime's answers.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own customary name
from onnx import numpy_helper
from torch import Tensor, nn

ALPHABET = "".join(map(chr, range(32, 127)))
"""What the trained reader can write; class 0 is the CTC blank, class i + 1 is ``ALPHABET[i]``."""

HEIGHT_PX = 48
STEP_PX = 8
_WIDTH = 120

# in, out, stride, squeeze-and-excitation: the thirteen blocks of the backbone
_BLOCKS = (
    (96, 96, (1, 1), True),
    (96, 96, (1, 1), False),
    (96, 96, (1, 1), False),
    (96, 192, (2, 1), False),
    (192, 192, (1, 1), True),
    (192, 192, (1, 1), False),
    (192, 192, (1, 1), True),
    (192, 192, (1, 1), False),
    (192, 192, (1, 1), True),
    (192, 192, (1, 1), False),
    (192, 384, (2, 1), False),
    (384, 384, (1, 1), True),
    (384, 384, (1, 1), False),
)


class _Excitation(nn.Module):  # type: ignore[misc]
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // 4, 1)
        self.excite = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.squeeze(x.mean((2, 3), keepdim=True)))
        return x * F.hardsigmoid(self.excite(y))


class Block(nn.Module):  # type: ignore[misc]
    """One block of the backbone; PP-OCRv6 small and tiny are made of the same."""

    def __init__(self, channels_in: int, channels_out: int, stride: tuple[int, int], excite: bool) -> None:
        super().__init__()
        self.spread = nn.Conv2d(channels_in, channels_in, 3, stride, 1, groups=channels_in)
        self.excitation = _Excitation(channels_in) if excite else None
        self.widen = nn.Conv2d(channels_in, 2 * channels_in, 1)
        self.narrow = nn.Conv2d(2 * channels_in, channels_out, 1)
        self.residual = stride == (1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Features of the same width; half as high where the stride says so."""
        x = self.spread(x)
        if self.excitation is not None:
            x = self.excitation(x)
        y: Tensor = self.narrow(F.gelu(self.widen(x)))
        return x + y if self.residual else y


class _Attention(nn.Module):  # type: ignore[misc]
    heads = 8

    def __init__(self) -> None:
        super().__init__()
        self.norm_1 = nn.LayerNorm(_WIDTH, eps=1e-5)
        self.qkv = nn.Linear(_WIDTH, 3 * _WIDTH)
        self.out = nn.Linear(_WIDTH, _WIDTH)
        self.norm_2 = nn.LayerNorm(_WIDTH, eps=1e-5)
        self.up = nn.Linear(_WIDTH, 2 * _WIDTH)
        self.down = nn.Linear(2 * _WIDTH, _WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        batch, steps, width = x.shape
        q, k, v = (
            self.qkv(self.norm_1(x))
            .reshape(batch, steps, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
        )
        weights = torch.softmax((q * (width // self.heads) ** -0.5) @ k.transpose(2, 3), 3)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(batch, steps, width))
        y: Tensor = x + self.down(F.silu(self.up(self.norm_2(x))))
        return y


class LineNetwork(nn.Module):  # type: ignore[misc]
    """Lines of 48 px height to logits: (batch, 3, 48, width) to (batch, width / 8, classes)."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.ModuleList(
            [
                nn.Conv2d(3, 48, 3, 2, 1),
                nn.Conv2d(48, 24, 2),
                nn.Conv2d(24, 48, 2),
                nn.Conv2d(96, 48, 3, 2, 1),
                nn.Conv2d(48, 96, 1),
            ]
        )
        self.blocks = nn.ModuleList(Block(*block) for block in _BLOCKS)
        self.shortcut = nn.Conv2d(384, _WIDTH, 1)
        self.shortcut_norm = nn.BatchNorm2d(_WIDTH)
        self.reduce = nn.Conv2d(384, _WIDTH, 1)
        self.reduce_norm = nn.BatchNorm2d(_WIDTH)
        self.mix = nn.Conv2d(_WIDTH, _WIDTH, (1, 7), 1, (0, 3), groups=_WIDTH)
        self.mix_norm = nn.BatchNorm2d(_WIDTH)
        self.attention = nn.ModuleList([_Attention(), _Attention()])
        self.norm = nn.LayerNorm(_WIDTH, eps=1e-6)
        self.head = nn.Linear(_WIDTH, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits per time step."""
        x = F.relu(self.stem[0](x))
        padded = F.pad(x, (0, 1, 0, 1))
        branch = F.relu(self.stem[2](F.pad(F.relu(self.stem[1](padded)), (0, 1, 0, 1))))
        x = torch.cat([F.max_pool2d(padded, 2, 1), branch], 1)
        x = F.relu(self.stem[4](F.relu(self.stem[3](x))))
        for block in self.blocks:
            x = block(x)
        x = F.avg_pool2d(x, (3, 2), (3, 2))
        shortcut = F.silu(self.shortcut_norm(self.shortcut(x)))
        y = F.silu(self.reduce_norm(self.reduce(x)))
        y = y + F.silu(self.mix_norm(self.mix(y)))
        steps = y.squeeze(2).transpose(1, 2)
        for layer in self.attention:
            steps = layer(steps)
        logits: Tensor = self.head(self.norm(steps) + shortcut.squeeze(2).transpose(1, 2))
        return logits


def load_published(path: Path) -> tuple[LineNetwork, list[str]]:
    """The published network and its classes (index 0 the blank).

    Raises:
        ValueError: the file is not PP-OCRv6 small recognition.
    """
    graph = onnx.load(path)
    classes = ["", *_metadata(graph)["character"].split("\n"), " "]
    network = LineNetwork(len(classes))
    weights = _Weights(graph)
    convolutions = list(_convolutions(network))
    if len(convolutions) != len(weights.convolutions):
        raise ValueError("This is not PP-OCRv6 small (recognition): take the file of rapidocr 3.10.0.")
    for module, (weight, bias) in zip(convolutions, weights.convolutions, strict=True):
        put(module, weight, bias)
    norms = (network.shortcut_norm, network.reduce_norm, network.mix_norm)
    for norm, (scale, shift, mean, variance) in zip(norms, weights.batch_norms, strict=True):
        put_norm(norm, scale, shift, mean, variance)
    linears = [m for layer in network.attention for m in (layer.qkv, layer.out, layer.up, layer.down)]
    for module, (weight, bias) in zip([*linears, network.head], weights.products, strict=True):
        put(module, weight.T, bias)
    layer_norms = [m for layer in network.attention for m in (layer.norm_1, layer.norm_2)]
    for module, (scale, shift) in zip([*layer_norms, network.norm], weights.layer_norms, strict=True):
        put(module, scale, shift)
    return network.eval(), classes


def load_shipped(path: Path) -> LineNetwork:
    """The network of an ONNX file that ``export`` wrote, to go on training from.

    The exporter folds the batch norms of the neck into their convolutions and turns linear layers about:
    their arrays come without names, in the order of the network.
    """
    arrays = {i.name: numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    network = LineNetwork(len(ALPHABET) + 1)
    named = {
        name.removeprefix("network."): torch.from_numpy(array.copy())
        for name, array in arrays.items()
        if name.startswith("network.")
    }
    network.load_state_dict(named, strict=False)
    folded = iter([array for name, array in arrays.items() if name.startswith("onnx::Conv_")])
    for module in (network.shortcut, network.reduce, network.mix):
        put(module, next(folded), next(folded))
    for norm in (network.shortcut_norm, network.reduce_norm, network.mix_norm):
        ones = np.ones(_WIDTH, np.float32)
        put_norm(norm, ones, 0 * ones, 0 * ones, ones - np.float32(norm.eps))
    turned = [array for name, array in arrays.items() if name.startswith("onnx::MatMul_")]
    linears = [m for layer in network.attention for m in (layer.qkv, layer.out, layer.up, layer.down)]
    for linear, array in zip([*linears, network.head], turned, strict=True):
        linear.weight.data.copy_(torch.from_numpy(array.T.copy()))
    network.eval()
    return network


Network = TypeVar("Network", bound=nn.Module)


def keep_ascii(network: Network, classes: list[str]) -> Network:
    """The same network with a head of blank and printable ASCII: rows copied, answers unchanged."""
    rows = [0, *(classes.index(letter) for letter in ALPHABET)]
    head = nn.Linear(network.head.in_features, len(rows))
    head.weight.data = network.head.weight.data[rows].clone()
    head.bias.data = network.head.bias.data[rows].clone()
    network.head = head
    return network


def _convolutions(network: LineNetwork) -> Iterator[nn.Module]:
    yield from network.stem
    for block in network.blocks:
        yield block.spread
        if block.excitation is not None:
            yield block.excitation.squeeze
            yield block.excitation.excite
        yield block.widen
        yield block.narrow
    yield from (network.shortcut, network.reduce, network.mix)


def put(module: nn.Module, weight: np.ndarray, bias: np.ndarray | None) -> None:
    """Copy weights into a layer; raises ``ValueError`` where the shapes differ."""
    if tuple(module.weight.shape) != weight.shape:
        raise ValueError(f"weights of shape {weight.shape} do not fit {tuple(module.weight.shape)}")
    module.weight.data.copy_(torch.from_numpy(np.array(weight, order="C")))
    if bias is None:
        module.bias.data.zero_()
    else:
        module.bias.data.copy_(torch.from_numpy(bias.copy()))


def _metadata(graph: onnx.ModelProto) -> dict[str, str]:
    return {entry.key: entry.value for entry in graph.metadata_props}


class _Weights:
    """The arrays of the ONNX graph, by kind of layer, in node order."""

    def __init__(self, graph: onnx.ModelProto) -> None:
        nodes = list(graph.graph.node)
        self._arrays = {i.name: numpy_helper.to_array(i) for i in graph.graph.initializer}
        self._maker = {output: node for node in nodes for output in node.output}
        self._takers: dict[str, list[onnx.NodeProto]] = {}
        for node in nodes:
            for name in node.input:
                self._takers.setdefault(name, []).append(node)
        self.convolutions = [
            (
                self._arrays[n.input[1]],
                self._arrays[n.input[2]] if len(n.input) > 2 else self._added(n.output[0]),
            )
            for n in nodes
            if n.op_type == "Conv"
        ]
        self.batch_norms = [
            [self._arrays[i] for i in n.input[1:]] for n in nodes if n.op_type == "BatchNormalization"
        ]
        self.products = [
            (self._arrays[n.input[1]], self._added(n.output[0]))
            for n in nodes
            if n.op_type == "MatMul" and n.input[1] in self._arrays
        ]
        self.layer_norms = [pair for n in nodes if (pair := self._layer_norm(n)) is not None]

    def _constant_of(self, node: onnx.NodeProto) -> np.ndarray | None:
        return next((self._arrays[i] for i in node.input if i in self._arrays), None)

    def _added(self, name: str) -> np.ndarray | None:
        for taker in self._takers.get(name, []):
            if taker.op_type == "Add" and (constant := self._constant_of(taker)) is not None:
                return constant.reshape(-1)
        return None

    def _layer_norm(self, node: onnx.NodeProto) -> tuple[np.ndarray, np.ndarray] | None:
        """Layer norms are written out: subtract, divide by a root, multiply, add."""
        if node.op_type != "Div":
            return None
        above, below = (self._maker.get(name) for name in node.input)
        if above is None or below is None or above.op_type != "Sub" or below.op_type != "Sqrt":
            return None
        product = self._takers[node.output[0]][0]
        total = self._takers[product.output[0]][0]
        scale, shift = self._constant_of(product), self._constant_of(total)
        return None if scale is None or shift is None else (scale, shift)


def put_norm(
    norm: nn.BatchNorm2d, scale: np.ndarray, shift: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> None:
    """Copy a batch norm's four arrays into it."""
    put(norm, scale, shift)
    assert norm.running_mean is not None and norm.running_var is not None
    norm.running_mean.copy_(torch.from_numpy(mean.copy()))
    norm.running_var.copy_(torch.from_numpy(variance.copy()))
