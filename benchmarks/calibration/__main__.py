"""``python -m benchmarks.calibration``: fit how sure the machine is to faxes of the calibration's writers.

Reads every fax with every voice, fits, checks on faxes that the fit did not see, prints what it found, and
writes ``extractors/calibration/fitted.json``. Cut faxes and the third voice's answers are kept under
``var/benchmarks/calibration``, so that fitting again for other weights only runs the nets.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]

from benchmarks.calibration.cases import Case
from benchmarks.calibration.fitting import fit
from benchmarks.calibration.gathering import gather, voices_of
from benchmarks.calibration.report import Ended, ended, report
from extractors.calibrated import FITTED, Calibrated
from pipelines.threads import one_thread_each

CHECKS = 10
"""The check fits as many times, each time without a part of the faxes, and looks at that part."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument(
        "--harvest", type=Path, required=True, help="folder with faxes/NAME.tif and NAME.json"
    )
    parser.add_argument("--leading", type=Path, help="weights of the leading net; default: as shipped")
    parser.add_argument("--witness", type=Path, help="weights of the witness; default: as shipped")
    parser.add_argument("--target", type=float, default=0.0014, help="target error of the report")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, default=FITTED, help="where the calibration is written")
    options = parser.parse_args(arguments)
    one_thread_each()
    began = time.monotonic()
    parts = [
        (options.harvest, options.leading, options.witness, options.workers, n)
        for n in range(options.workers)
    ]
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        cases = [case for part in pool.map(gather, parts) for case in part]
    sys.stderr.write(f"{len(cases)} fields read in {time.monotonic() - began:.0f} s\n")
    voices = voices_of(options.leading, options.witness).nets
    sys.stdout.write(report(list(_checked(cases, voices, options.target)), cases) + "\n")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(fit(cases, voices).model_dump_json() + "\n", encoding="utf-8")
    sys.stderr.write(f"{options.out} written for {voices}\n")
    return 0


def _checked(cases: Sequence[Case], voices: str, target: float) -> Iterator[Ended]:
    """Every case as a calibration ends it that never saw its fax."""
    faxes = [case.fax for case in cases]
    for known, unseen in GroupKFold(CHECKS).split(faxes, groups=faxes):
        judge = Calibrated(fit([cases[index] for index in known], voices))
        yield from (ended(cases[index], judge, target) for index in unseen)


if __name__ == "__main__":
    sys.exit(main())
