"""Makes the pictures of the manual from sample faxes: ``python docs/pictures/make.py``; needs chromium."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from extractors.limits import OpeningLimits
from extractors.opening import open_fax

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
SAMPLES = REPOSITORY / "sample_faxes" / "faxes"

BATCH = (
    "2026-11-02-0001",
    "2026-10-26-0008",
    "2026-10-06-0009",
    "2026-10-07-0009",
    "2026-10-19-0009",
    "2026-11-11-0001",
)
"""An event on a cover sheet, answers left out, two sound forms, a page cut short, an advertisement."""

READ = "2026-10-05-0003"
"""A typed order of one page."""

REPORT_WIDTH_PX, REPORT_HEIGHT_PX = 1060, 1500
COLORS = {"accept": (70, 140, 40), "review": (20, 120, 220), "empty": (170, 170, 170)}
"""Blue, green, red, as OpenCV has them."""


def main() -> int:
    """Write ``report.png`` and ``fax.png`` beside this file. Returns 0, or 2 where chromium is missing."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("make: chromium is not installed; install it and run this again.\n")
        return 2
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        house = Path(name)
        photograph(chromium, batch_report(house), HERE / "report.png")
        written = framed_page(house)
    return 0 if cv2.imwrite(str(HERE / "fax.png"), written, [cv2.IMWRITE_PNG_COMPRESSION, 9]) else 2


def batch_report(house: Path) -> Path:
    """Run one batch over a few sample faxes and a file that is none; gives its report."""
    inbox = house / "inbox"
    inbox.mkdir()
    for fax in BATCH:
        for file in SAMPLES.glob(f"{fax}.*"):
            shutil.copy(file, inbox / file.name)
    (inbox / "2026-11-02-0099.tif").write_bytes(b"II*\0torn in two")
    ran = _remsfax(house, "run", "inbox", "--json", accepted=(0, 1))
    return house / str(json.loads(ran)["report"])


def photograph(chromium: str, page: Path, picture: Path) -> None:
    """A picture of the top of an HTML page."""
    subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--window-size={REPORT_WIDTH_PX},{REPORT_HEIGHT_PX}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


def framed_page(house: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The first page of a sample as received, squared, with a frame around every field by its decision."""
    file = next(path for path in sorted(SAMPLES.glob(f"{READ}.*")) if path.suffix != ".json")
    reading = json.loads(_remsfax(house, "read", str(file), "--json", accepted=(0,)))
    page = open_fax(file.read_bytes(), file.name, OpeningLimits()).pages[0]
    stretch = page.x_dpi / page.y_dpi
    size = (page.width_px, round(page.pixels.shape[0] * stretch))
    picture = cv2.cvtColor(cv2.resize(page.pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_GRAY2BGR)
    for document in reading["documents"]:
        for field in document["fields"].values():
            if field["page"] == 1 and field["box"] is not None:
                left, top, right, bottom = field["box"]
                corners = (left, round(top * stretch)), (right, round(bottom * stretch))
                cv2.rectangle(picture, *corners, COLORS[field["decision"]], 3)
    half = (size[0] // 2, size[1] // 2)
    return np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)


def _remsfax(house: Path, *arguments: str, accepted: tuple[int, ...]) -> str:
    """What the real command prints, run in a folder of its own with settings of its own."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("REMSFAX_", "PREFECT_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "remsfax", *arguments],
        cwd=house,
        env=own | {"PYTHONPATH": str(REPOSITORY), "REMSFAX_INTAKE__SETTLE_SECONDS": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if ran.returncode not in accepted:
        raise RuntimeError(f"remsfax {arguments[0]} ended with {ran.returncode}: {ran.stderr.strip()}")
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())
