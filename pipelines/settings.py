"""The settings that the flow understands."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from extractors.limits import OpeningLimits
from store.settings import StoreSettings
from validators.program.labs import PER_COURSE_FROM
from validators.program.settings import ProgramSettings
from validators.settings import FormRuleSettings, LabsScope, RuleSettings


class _Room(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def available_cores() -> int:
    """The cores that this process may use, which in a container are fewer than the machine has."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


class IntakeSettings(_Room):
    """Where faxes arrive, and when a file counts as arrived."""

    source: str = Field(
        default="var/inbox", description="what `remsfax run` takes: a folder, or s3://BUCKET/PREFIX"
    )
    endpoint: str | None = Field(
        default=None,
        description="address of the S3 service of an s3:// source; none: the one that AWS settings name",
    )
    suffixes: tuple[str, ...] = Field(
        default=(".tif", ".tiff", ".pdf", ".png", ".jpg", ".jpeg", ".fax"),
        description="ends of the names of faxes; other files are passed over and counted",
    )
    settle_seconds: float = Field(
        default=2.0,
        ge=0,
        description="a file is taken once its size and times stayed the same for so long; "
        "one that still changes waits for the next run",
    )
    max_file_mb: float = Field(
        default=200.0, gt=0, description="larger files are set aside unread, and stay where they are"
    )
    timezone: str = Field(
        default="America/New_York",
        description="time zone of times that a fax server or a header line gives without one",
    )


class ReadingSettings(_Room):
    """How faxes are read."""

    target_error: float = Field(
        default=0.0014,
        gt=0,
        lt=1,
        description="share of wrong fields that may pass unseen; careful people typing twice reach 0.0014",
    )
    line_days: float = Field(
        default=28.0,
        gt=0,
        description="what people settled in so many days moves the lines from which on fields pass unseen",
    )
    line_confidence: float = Field(
        default=0.95,
        gt=0.5,
        lt=1,
        description="how sure it must be that more than target_error is wrong before a line moves, and that "
        "no more is wrong before one is offered that lets more pass",
    )
    limits: OpeningLimits = Field(
        default=OpeningLimits(), description="what a file may ask for; one that asks for more is set aside"
    )
    hand_reader: str = Field(default="ppocr", description="the reader of handwriting")
    typed_reader: str = Field(default="ppocr", description="the reader of typed and stamped writing")
    witness_reader: str = Field(
        default="ppocr_tiny",
        description="an independent net, asked first on every written field; empty to do without",
    )
    second_reader: str = Field(
        default="tesseract", description="the third voice, on typed fields; empty to do without"
    )
    page_reader: str = Field(
        default="tesseract", description="the reader of pages that are no form; empty to do without"
    )
    cache: str = Field(
        default="var/cache", description="folder for what is computed once from the blank forms"
    )
    legible_confidence: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="a text read with less confidence is illegible: a person reads it for adverse events",
    )
    sure_identity: float = Field(
        default=0.9, ge=0, le=1, description="a page or a split less sure than this is shown to a person"
    )


class BatchSettings(_Room):
    """How a batch uses the machine, and what it leaves behind."""

    workers: int = Field(
        default_factory=available_cores, ge=1, description="reading processes; default: one a core"
    )
    chunk_seconds: float = Field(
        default=20.0,
        gt=0,
        description="work handed to a process at once, in seconds; smaller towards the end",
    )
    recycle_faxes: int = Field(
        default=200,
        ge=1,
        description="a reading process is replaced after so many faxes, so that memory stays flat",
    )
    fax_timeout_seconds: float = Field(
        default=600.0,
        gt=0,
        description="a fax that takes longer is stopped, and set aside if it does so twice",
    )
    reports: str = Field(default="var/reports", description="folder for the reports of batches")
    report_pictures: int = Field(default=120, ge=0, description="at most so many page pictures in one report")
    log: str = Field(
        default="var/log/remsfax.jsonl", description="log file, one JSON object a line, without patient data"
    )
    orchestrator: Literal["auto", "plain", "prefect"] = Field(
        default="auto",
        description="who runs the batch: plain, prefect, or auto, which is Prefect where PREFECT_API_URL "
        "names a server that answers (starting one for a batch costs 15 to 25 s)",
    )


class ScheduleSettings(_Room):
    """When the nightly batch runs."""

    cron: str = Field(
        default="0 2 * * *", description="when `remsfax serve` starts a batch, as a cron expression"
    )
    timezone: str = Field(default="America/New_York", description="time zone of the cron expression")
    name: str = Field(default="nightly", description="name of the Prefect deployment")
    server_port: int = Field(
        default=4200,
        ge=1,
        le=65535,
        description="loopback port of the Prefect server that is started where PREFECT_API_URL names none",
    )


class PipelineSettings(_Room):
    """Everything that the flow hands on, to its own parts and to other processes."""

    intake: IntakeSettings = IntakeSettings()
    reading: ReadingSettings = ReadingSettings()
    batch: BatchSettings = BatchSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    store: StoreSettings = StoreSettings()
    rules: RuleSettings = RuleSettings()
    program: ProgramSettings = ProgramSettings()


def rules_of(rules: FormRuleSettings, program: ProgramSettings, versions: Iterable[str]) -> RuleSettings:
    """The settings of the checks, with the program's decisions on baseline labs (decision 1).

    Args:
        rules: of the checks themselves.
        program: the program's open decisions.
        versions: of the forms in use; under ``by_version`` the older ones ask before the first course only.
    """
    by_version: dict[str, LabsScope] = {}
    if program.baseline_window == "by_version":
        by_version = {version: "first_course" for version in versions if version < PER_COURSE_FROM}
    scope: LabsScope = "first_course" if program.baseline_window == "first_only" else "per_course"
    return RuleSettings(
        **rules.model_dump(),
        labs_window_days=program.window_days,
        labs_scope=scope,
        labs_scope_by_version=by_version,
    )


def private_folder(path: str) -> Path:
    """The folder, made if need be, open to its owner alone: what lies in it shows patients."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
