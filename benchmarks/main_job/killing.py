"""The batch killed with -9 at random moments and run again: the same store as if nothing had happened."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.main_job.command import (
    audit_is_whole,
    command_line,
    environment,
    export_of,
    inbox_of,
    run_batch,
)
from benchmarks.table import Row, exactly

SEED = 20261122


def killed_batches(scratch: Path, faxes: list[Path], kills: int) -> Iterator[Row]:
    """Rows: stores that differ from the undisturbed one, trails broken, bytes missing from the archive."""
    inbox = inbox_of(faxes, scratch / "inbox")
    undisturbed = run_batch(scratch / "undisturbed", inbox, workers=2)
    expected = export_of(scratch / "undisturbed")
    rng = random.Random(SEED)
    differing = broken = missing = 0
    for number in range(kills):
        house = scratch / f"killed-{number}"
        house.mkdir(parents=True)
        kill_after(house, inbox, rng.uniform(0.5, undisturbed.seconds))
        run_batch(house, inbox, workers=2)
        differing += export_of(house) != expected
        broken += not audit_is_whole(house)
        missing += _archived(house) != _archived(scratch / "undisturbed")
    what = f"after kill -9 at {kills} random moments and a second run"
    yield exactly(f"stores that differ from an undisturbed run, {what}", differing, 0, "stores")
    yield exactly(f"audit trails not whole, {what}", broken, 0, "trails")
    yield exactly(f"archives not complete, {what}", missing, 0, "archives")


def kill_after(house: Path, inbox: Path, seconds: float) -> None:
    """Start a batch and kill it with all its processes, as the kernel does when memory runs out."""
    process = subprocess.Popen(
        command_line("run", str(inbox), "--json"),
        cwd=house,
        env=environment(house, REMSFAX_BATCH__WORKERS="2"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    for member in family:
        try:
            member.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    process.wait()


def _archived(house: Path) -> dict[str, bytes]:
    folder = house / "var" / "archive"
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
