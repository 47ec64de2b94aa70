"""Fine-tune a voice on composed faxed lines: seeded, resumable, one CPU thread or a GPU.

``python -m benchmarks.training.train --voice small --data DIR --published FILE.onnx --hand-fonts DIR
--print-fonts DIR --out DIR``

The recipe: AdamW with smaller steps for the early layers, one cosine over all steps, batch norm kept in
evaluation mode, and at the end a share of the published weights mixed back in, which keeps what print had.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own customary name
from torch import Tensor

from benchmarks.training.lines import MIX, Desk, Line, lines, open_desk
from benchmarks.training.network import ALPHABET, HEIGHT_PX, STEP_PX, LineNetwork
from benchmarks.training.pages import load_pages
from benchmarks.training.voices import VOICES, Voice, open_voice

_UPPER = [ALPHABET.index(c) + 1 for c in map(chr, range(65, 91))]
_LOWER = [ALPHABET.index(c) + 1 for c in map(chr, range(97, 123))]
CHECKPOINT_STEPS = 100


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train."""

    steps: int
    batch: int = 16
    rate: float = 4e-4
    warm_up_steps: int = 100
    seed: int = 1


def batch_of(batch: Sequence[Line]) -> Tensor:
    """Lines side by side, padded on the right with 0: (batch, 3, 48, width)."""
    width = max(math.ceil(line.pixels.shape[1] / STEP_PX) * STEP_PX for line in batch)
    out = np.zeros((len(batch), 1, HEIGHT_PX, width), np.float32)
    for i, line in enumerate(batch):
        out[i, 0, :, : line.pixels.shape[1]] = line.pixels.astype(np.float32) / 127.5 - 1
    return torch.from_numpy(out).expand(-1, 3, -1, -1)


def merge_case(log_probabilities: Tensor) -> Tensor:
    """Capitals take the probability of both cases, for labels that do not know which was written."""
    both = torch.logaddexp(log_probabilities[..., _UPPER], log_probabilities[..., _LOWER])
    out = log_probabilities.clone()
    out[..., _UPPER] = both
    out[..., _LOWER] = -30.0
    return out


def loss_of(network: Voice, batch: Sequence[Line], device: str) -> Tensor:
    """Mean CTC loss a letter.

    The net runs in bfloat16, which halves the time on processors that have it; the loss does not.
    """
    pixels = batch_of(batch).to(device, memory_format=torch.channels_last)
    with torch.autocast(device.split(":", maxsplit=1)[0], torch.bfloat16):
        logits = network(pixels)
    log_probabilities = logits.float().log_softmax(2)
    any_case = torch.tensor([line.any_case for line in batch], device=device)
    log_probabilities = torch.where(any_case[:, None, None], merge_case(log_probabilities), log_probabilities)
    texts = [line.text.upper() if line.any_case else line.text for line in batch]
    targets = torch.tensor([ALPHABET.index(c) + 1 for text in texts for c in text])
    steps = torch.tensor([math.ceil(line.pixels.shape[1] / STEP_PX) for line in batch])
    lengths = torch.tensor([len(text) for text in texts])
    return F.ctc_loss(log_probabilities.transpose(0, 1), targets, steps, lengths, zero_infinity=True)


def read(network: Voice, line: Line) -> str:
    """Best path: the likeliest class of each step, repeats and blanks dropped."""
    with torch.no_grad():
        path = network(batch_of([line]))[0].argmax(1).tolist()
    kept = [c for i, c in enumerate(path) if c and (i == 0 or c != path[i - 1])]
    return "".join(ALPHABET[c - 1] for c in kept)


def exact_by_source(network: Voice, examples: Sequence[Line]) -> dict[str, float]:
    """Share of lines read exactly right, by source; case does not count where the label does not know it."""
    right: dict[str, list[bool]] = {}
    for line in examples:
        got = read(network, line).strip()
        same = (
            got.upper() == line.text.upper()
            if line.any_case
            else got.replace(" ", "") == line.text.replace(" ", "")
        )
        right.setdefault(line.source, []).append(same)
    return {source: sum(hits) / len(hits) for source, hits in sorted(right.items())}


def parameter_groups(network: Voice, rate: float) -> list[dict[str, object]]:
    """Early layers move less: they see strokes, which must not be unlearned; the large net's not at all."""
    if isinstance(network, LineNetwork):
        for module in (*network.stem, *network.blocks[:2]):
            for parameter in module.parameters():
                parameter.requires_grad_(False)
    half = (len(network.blocks) + 1) // 2
    early = [p for module in (*network.stem, *network.blocks[:half]) for p in module.parameters()]
    middle = [p for p in early if p.requires_grad]
    upper = [p for block in network.blocks[half:] for p in block.parameters()]
    known = {id(p) for p in (*middle, *upper)}
    rest = [p for p in network.parameters() if p.requires_grad and id(p) not in known]
    return [
        {"params": middle, "lr": rate / 4, "share": 0.25},
        {"params": upper, "lr": rate / 2, "share": 0.5},
        {"params": rest, "lr": rate, "share": 1.0},
    ]


def train(network: Voice, plan: Plan, source: "Lines", out: Path, device: str) -> None:
    """Run the plan from its last checkpoint, if any; writes ``out/checkpoint.pt`` and ``out/log.jsonl``."""
    optimizer = torch.optim.AdamW(parameter_groups(network, plan.rate), betas=(0.9, 0.98), weight_decay=0.01)
    checkpoint, step = out / "checkpoint.pt", 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
    began, total = time.monotonic(), 0.0
    network.eval()
    while step < plan.steps:
        warm = min(1.0, (step + 1) / plan.warm_up_steps)
        share = warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / plan.steps)))
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * group["share"] * share
        loss = loss_of(network, source.batch(step, plan.batch), device)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in network.parameters() if p.requires_grad], 2.0)
        optimizer.step()
        total += loss.item()
        step += 1
        if step % CHECKPOINT_STEPS == 0 or step == plan.steps:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
            torch.save(state, checkpoint.with_suffix(".tmp"))
            checkpoint.with_suffix(".tmp").replace(checkpoint)
            entry = {"step": step, "loss": total / CHECKPOINT_STEPS, "seconds": time.monotonic() - began}
            if step % (5 * CHECKPOINT_STEPS) == 0 or step == plan.steps:
                entry |= {"exact": exact_by_source(network, source.validation)}
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(entry) + "\n")
            print(entry, flush=True)
            total = 0.0


class Lines:
    """Batches of lines of like width, by number: any step can be made again."""

    def __init__(
        self,
        desk: Desk,
        validation: Sequence[Line],
        seed: int,
        mix: dict[str, int],
        *,
        pages: Sequence[Line] = (),
        pages_share: float = 0.0,
    ) -> None:
        self._desk, self._seed, self._mix = desk, seed, mix
        self._pages, self._pages_share = pages, pages_share if pages else 0.0
        self.validation = validation
        self._pool: tuple[int, list[list[Line]]] = (-1, [])

    def batch(self, step: int, size: int) -> list[Line]:
        """The batch of a step; eight batches are drawn together and sorted by width."""
        number, place = divmod(step, 8)
        if self._pool[0] != number:
            endless = lines(self._desk, self._seed * 1_000_003 + number, self._mix)
            rng = random.Random(f"{self._seed}-pages-{number}")
            read = [rng.choice(self._pages) for _ in range(round(8 * size * self._pages_share))]
            drawn = [*read, *(next(endless) for _ in range(8 * size - len(read)))]
            drawn.sort(key=lambda line: line.pixels.shape[1])
            batches = [drawn[i : i + size] for i in range(0, len(drawn), size)]
            random.Random(number).shuffle(batches)
            self._pool = (number, batches)
        return self._pool[1][place]


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name in ("data", "published", "hand-fonts", "print-fonts", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--voice", choices=VOICES, default="small")
    parser.add_argument("--dictionary", type=Path, help="of the published tiny model")
    parser.add_argument("--pages", type=Path, help="folder of crops harvested from whole faxes")
    parser.add_argument("--pages-share", type=float, default=0.4, help="share of lines taken from there")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=Plan.rate, help="highest learning rate")
    parser.add_argument(
        "--start", type=Path, help="checkpoint or shipped file to begin from, in place of the published one"
    )
    parser.add_argument("--mix", type=json.loads, default=MIX, help="shares of the sources, as a JSON object")
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    places = (arguments.data, arguments.hand_fonts, arguments.print_fonts, arguments.out)
    endless = lines(open_desk(*places, part="validation"), arguments.seed + 77)
    validation = [next(endless) for _ in range(300)]
    network = open_voice(arguments.voice, arguments.published, arguments.dictionary, arguments.start)
    network.to(arguments.device, memory_format=torch.channels_last)
    print("before", exact_by_source(network, validation), flush=True)
    source = Lines(
        open_desk(*places, part="train"),
        validation,
        arguments.seed,
        arguments.mix,
        pages=load_pages(arguments.pages) if arguments.pages else (),
        pages_share=arguments.pages_share,
    )
    plan = Plan(arguments.steps, rate=arguments.rate, seed=arguments.seed)
    train(network, plan, source, arguments.out, arguments.device)


if __name__ == "__main__":
    main()
