"""The real command, run in a folder of its own so that nothing of an earlier run helps it."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.main_job.cores import pinned, seconds_used

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "sample_faxes" / "faxes"


@dataclass(frozen=True)
class Ran:
    """How a run of the command ended.

    Attributes:
        seconds: by the clock, from start to end of the command.
        cpu_seconds: processor time of all its processes, user and system, start-up included.
    """

    code: int
    seconds: float
    cpu_seconds: float
    answer: dict[str, Any]
    peak_bytes: int
    process_bytes: tuple[tuple[float, int], ...]


def command_line(*arguments: str) -> list[str]:
    """The command, by this interpreter."""
    return [sys.executable, "-m", "remsfax", *arguments]


def environment(house: Path, **settings: str) -> dict[str, str]:
    """An environment whose settings lead to paths under ``house``, without a Prefect server.

    Python keeps what it has compiled, as it does for whoever runs the command a second time.
    """
    left_out = ("REMSFAX_", "PREFECT_", "PYTHONDONTWRITEBYTECODE", "OMP_")
    own = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    return (
        own
        | {"REMSFAX_INTAKE__SETTLE_SECONDS": "0", "PYTHONPATH": str(REPOSITORY), "PWD": str(house)}
        | settings
    )


def run_batch(
    house: Path, inbox: Path, workers: int, *, watch: bool = False, cores: int | None = None
) -> Ran:
    """One batch over an inbox.

    Args:
        house: folder of the store and everything else that the batch leaves.
        inbox: folder of faxes.
        workers: reading processes.
        watch: sample the memory of its processes.
        cores: how many cores all of them together may use; none for every one.
    """
    house.mkdir(parents=True, exist_ok=True)
    began, used = time.monotonic(), seconds_used()
    with (
        pinned(cores),
        subprocess.Popen(
            command_line("run", str(inbox), "--json"),
            cwd=house,
            env=environment(house, REMSFAX_BATCH__WORKERS=str(workers)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        samples = _watch(process, began) if watch else []
        out, err = process.communicate()
    if process.returncode not in (0, 1):
        raise RuntimeError(f"remsfax run ended with {process.returncode}: {err.strip().splitlines()[-1:]}")
    answer = json.loads(out)
    peak = max((size for _, size in samples), default=0)
    seconds = time.monotonic() - began
    return Ran(process.returncode, seconds, seconds_used() - used, answer, peak, tuple(samples))


def _watch(process: subprocess.Popen[str], began: float) -> list[tuple[float, int]]:
    """Seconds since the start and resident bytes of the largest process, twice a second, until the end.

    Its answer is one line of JSON and its progress is off where there is no terminal, so no pipe can fill.
    """
    samples = []
    parent = psutil.Process(process.pid)
    while process.poll() is None:
        sizes = []
        for member in [parent, *_children(parent)]:
            try:
                sizes.append(member.memory_info().rss)
            except psutil.Error:
                continue
        if sizes:
            samples.append((time.monotonic() - began, max(sizes)))
        time.sleep(0.5)
    return samples


def _children(parent: psutil.Process) -> list[psutil.Process]:
    try:
        return parent.children(recursive=True)
    except psutil.Error:
        return []


def inbox_of(faxes: list[Path], folder: Path) -> Path:
    """An inbox that holds these faxes with what the fax server said of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for fax in faxes:
        for file in (fax, fax.with_suffix(".json")):
            if file.exists():
                shutil.copy(file, folder / file.name)
    return folder


def sample_faxes(folder: Path = SAMPLES) -> list[Path]:
    """The faxes of a folder, in order."""
    return sorted(file for file in folder.iterdir() if file.suffix in {".tif", ".pdf"})


def export_of(house: Path) -> dict[str, bytes]:
    """The tables of a store, as the export writes them: the same contents give the same bytes."""
    out = house / "export"
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run(
        command_line("export", "--out", str(out)),
        cwd=house,
        env=environment(house),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return {file.name: file.read_bytes() for file in sorted(out.iterdir())}


def audit_is_whole(house: Path) -> bool:
    """Whether ``remsfax verify-audit`` finds the trail whole."""
    ran = subprocess.run(
        command_line("verify-audit"), cwd=house, env=environment(house), capture_output=True, check=False
    )
    return ran.returncode == 0
