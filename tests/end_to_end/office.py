"""The real command, driven as a person or a timer would."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_faxes" / "faxes"
COMMAND = (sys.executable, "-m", "remsfax")
FORMS = ("prescription_order", "patient_status", "patient_authorization", "care_transfer")
TIMEOUT_SECONDS = 300


@dataclass
class Ran:
    """What a command left behind."""

    code: int
    out: str
    errors: str

    @property
    def json(self) -> Any:
        """Standard output as JSON; a word more than that and this fails."""
        return json.loads(self.out)


@dataclass
class Office:
    """A working folder with its own settings; ``environment`` adds to them."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        """The folder of faxes, made when first asked for."""
        inbox = self.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        return inbox

    def command(self, *words: str, **options: Any) -> Ran:
        """Run to its end."""
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            **options,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start in a session of its own, so that it can be killed with all it started."""
        return subprocess.Popen(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @property
    def environ(self) -> dict[str, str]:
        """The test's own environment without settings from outside, and the office's."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("REMSFAX_", "PREFECT_"))
        }
        return {**kept, **self.environment}

    def export(self) -> dict[str, bytes]:
        """Every exported table, by name of file."""
        assert self.command("export", "--out", "exported").code == 0
        return {path.name: path.read_bytes() for path in sorted((self.folder / "exported").iterdir())}

    def put_samples(self, count: int) -> list[Path]:
        """Lay small sample faxes of different forms, and their sidecars, into the inbox."""
        faxes = small_samples()[:count]
        if len(faxes) < count:
            pytest.skip("the sample faxes are not here: make samples")
        for fax in faxes:
            for path in (fax, fax.with_suffix(".json")):
                (self.inbox / path.name).write_bytes(path.read_bytes())
        return faxes


def small_samples() -> list[Path]:
    """The smallest sample fax that begins with each of a few forms, in the order of the forms."""
    smallest: dict[str, Path] = {}
    for fax in sorted(SAMPLES.glob("*.tif"), key=lambda path: (path.stat().st_size, path.name)):
        for document in json.loads(fax.with_suffix(".json").read_text())["documents"][:1]:
            smallest.setdefault(document["form"], fax)
    return [smallest[form] for form in FORMS if form in smallest]


def open_office(folder: Path, blank_cache: Path) -> Office:
    """An office whose waits are short."""
    return Office(
        folder,
        {
            "REMSFAX_READING__CACHE": str(blank_cache),
            "REMSFAX_INTAKE__SETTLE_SECONDS": "0.5",
            "REMSFAX_BATCH__WORKERS": "1",
        },
    )
