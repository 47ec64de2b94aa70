"""The two nets that can be trained, opened alike and averaged alike."""

from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
import torch
from torch import nn

from benchmarks.training.network import HEIGHT_PX, LineNetwork, keep_ascii, load_published, load_shipped
from benchmarks.training.tiny import TinyNetwork, load_published_tiny

Voice = LineNetwork | TinyNetwork
VOICES = ("small", "tiny")
VoiceName = Literal["small", "tiny"]


def open_voice(
    name: VoiceName, published: Path, dictionary: Path | None = None, start: Path | None = None
) -> Voice:
    """A net with a head of blank and printable ASCII.

    Args:
        name: which of the two.
        published: ONNX file of its published weights.
        dictionary: of the published tiny net; the small one carries its own.
        start: a checkpoint (``.pt``), or for the small net a shipped ONNX file, to begin from.

    Raises:
        ValueError: the files are not those of the net, or the dictionary is missing.
    """
    if name == "tiny" and dictionary is None:
        raise ValueError("The tiny net needs its dictionary: name ppocrv6_tiny_dict.txt by --dictionary.")
    whole, classes = (
        load_published(published)
        if dictionary is None or name == "small"
        else load_published_tiny(published, dictionary)
    )
    _hold_to(published, whole)
    network: Voice = keep_ascii(whole, classes)
    if start is not None and start.suffix == ".onnx":
        network = load_shipped(start)
    elif start is not None:
        network.load_state_dict(torch.load(start, map_location="cpu", weights_only=True)["network"])
    network.eval()
    return network


def _hold_to(published: Path, network: nn.Module) -> None:
    """A net written out by hand answers as its file does, or is not trained."""
    noise = np.random.default_rng(1).uniform(-1, 1, (1, 3, HEIGHT_PX, 320)).astype(np.float32)
    session = onnxruntime.InferenceSession(str(published), providers=["CPUExecutionProvider"])
    wanted = session.run(None, {session.get_inputs()[0].name: noise})[0]
    with torch.no_grad():
        found = network(torch.from_numpy(noise)).softmax(2).numpy()
    if np.abs(found - wanted).max() > 1e-3:
        raise ValueError(f"{published.name} is another network than the one written out here.")


def mix_back(trained: Voice, published: Voice, share: float) -> Voice:
    """Weights averaged with the published ones, which keeps what print and free text had."""
    old = published.state_dict()
    mixed = {
        k: (v * (1 - share) + old[k] * share if v.is_floating_point() else v)
        for k, v in trained.state_dict().items()
    }
    trained.load_state_dict(mixed)
    return trained
