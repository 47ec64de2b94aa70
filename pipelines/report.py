"""The report of a batch: one HTML file that needs nothing beside it."""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from form_templates.catalog import Catalog
from pipelines.batch import BatchResult
from pipelines.errors import PipelineError
from pipelines.registering import findings_of
from pipelines.settings import PipelineSettings, private_folder
from pipelines.stores import store_database
from pipelines.transmission_model import TASK_RANK
from pipelines.warnings import without_task
from store.database import reading
from store.queries import TaskSummary, TransmissionSummary, summaries
from validators.program.rules import ProgramFinding

OUTCOMES = ("recorded", "in_review", "set_aside")

SENTENCES = {
    "registration": "A page could not be laid over its form well enough. Read it by eye.",
    "unsure_split": "It is not sure which pages make this form. Look at the fax as a whole.",
    "doubled": "A page of the form came twice. Say which of the two counts.",
    "unknown_page": "A page is no known form. Say what it is.",
    "no_form": "The fax holds no form that the program knows. Say what it is.",
    "page_cut": "A page is cut short. Ask the sender to fax it again.",
    "file_cut": "The file ends early. Fetch it from the fax server again, or ask the sender to fax it again.",
    "page_unreadable": "A page cannot be decoded. Ask the sender to fax it again.",
}
"""Sentences for staff, for reasons that are no rule's."""


class ReportNotWritten(PipelineError):
    """The report's folder cannot be written."""


@dataclass(frozen=True)
class Need:
    """One thing that people have to do about a fax."""

    kind: str
    reason: str
    message: str
    pages: tuple[int, ...]


@dataclass(frozen=True)
class Shown:
    """One fax in the report."""

    names: tuple[str, ...]
    fax: TransmissionSummary
    needs: tuple[Need, ...]
    told: tuple[ProgramFinding, ...]
    """What the program's rules ask of a person about its forms, as the registers stand now."""
    warnings: tuple[Need, ...]
    """What its checks ask of a person although it holds nothing up."""
    pictures: tuple[tuple[int, str], ...]
    known: bool

    @property
    def anchor(self) -> str:
        """Of the fax within the report."""
        return self.fax.id[:12]

    @property
    def asks(self) -> bool:
        """Whether somebody is asked to act although nothing about reading it is open."""
        return bool(self.told or self.warnings)

    @property
    def adverse_event(self) -> bool:
        """Whether somebody has to look for an adverse event."""
        return any(need.kind == "adverse_event" for need in self.needs)


def write_report(result: BatchResult, settings: PipelineSettings, catalog: Catalog) -> Path:
    """Write the report of a batch, readable by its owner alone, since it shows pages.

    Raises:
        ReportNotWritten: the batch is done and recorded all the same.
    """
    html = render_report(result, settings, catalog)
    try:
        path = private_folder(settings.batch.reports) / f"{result.batch_id}.html"
        path.touch(mode=0o600)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ReportNotWritten(
            f"The report cannot be written to {settings.batch.reports} ({error.strerror}); "
            "the faxes are recorded all the same."
        ) from None
    return path


def render_report(result: BatchResult, settings: PipelineSettings, catalog: Catalog) -> str:
    """The report as HTML."""
    names, database = dict(result.taken.names), store_database(settings.store)
    ids = {fax.sha256 for fax in result.faxes_done} | set(names)
    with reading(database) as session:
        faxes = sorted(summaries(session, ids), key=lambda fax: (fax.priority, fax.received_at, fax.id))
    done = {fax.sha256: fax for fax in result.faxes_done}
    forms = {document.id for fax in faxes if fax.id in done for document in fax.documents}
    findings = findings_of(database, forms, settings)
    told = {fax.id: _told(fax, findings) for fax in faxes}
    shown = [
        Shown(
            names=tuple(names.get(fax.id, fax.sources)),
            fax=fax,
            needs=needs_of(fax),
            told=told[fax.id],
            warnings=warnings_of(fax, {finding.message for finding in told[fax.id]}),
            pictures=tuple((picture.page, _data_uri(picture.png)) for picture in done[fax.id].pictures)
            if fax.id in done
            else (),
            known=fax.id not in done,
        )
        for fax in faxes
    ]
    environment = Environment(
        loader=PackageLoader("pipelines"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    titles = {template.form: template.title for template in catalog.templates}
    return environment.get_template("report.html.j2").render(
        result=result,
        counts=result.as_json(),
        titles=titles,
        by_form=_by_form(fax for fax in faxes if fax.id in done),
        urgent=[fax for fax in shown if fax.adverse_event],
        waiting=[fax for fax in shown if fax.fax.status == "in_review" and not fax.adverse_event],
        set_aside=[fax for fax in shown if fax.fax.status == "set_aside"],
        asked=[fax for fax in shown if fax.fax.status == "recorded" and fax.asks and not fax.adverse_event],
        recorded=[
            fax for fax in shown if fax.fax.status == "recorded" and not fax.asks and not fax.adverse_event
        ],
        copies=[fax for fax in shown if len(fax.names) > 1 or fax.known],
        stages=_stages(fax.seconds for fax in faxes if fax.id in done),
        outcomes=OUTCOMES,
    )


def needs_of(fax: TransmissionSummary) -> tuple[Need, ...]:
    """What people have to do about a fax: the sentence of each finding, one of each other reason.

    All doubtful fields are one sentence.
    """
    told: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for finding in fax.findings:
        if finding.severity != "info":
            pages = told[finding.rule].get(finding.message, ())
            told[finding.rule][finding.message] = tuple(sorted({*pages, *finding.pages}))
    grouped: dict[tuple[str, str], list[TaskSummary]] = defaultdict(list)
    for task in fax.open_tasks:
        grouped[task.kind, "unsure" if task.kind == "field" else task.reason].append(task)
    needs = []
    for (kind, reason), tasks in grouped.items():
        if kind == "set_aside":
            continue
        if reason in told:
            needs += [Need(kind, reason, message, pages) for message, pages in told[reason].items()]
        else:
            needs.append(Need(kind, reason, _sentence(kind, reason, len(tasks)), _pages(tasks)))
    return tuple(sorted(needs, key=lambda need: (TASK_RANK[need.kind], need.reason)))  # type: ignore[index]


def warnings_of(fax: TransmissionSummary, said: Set[str] = frozenset()) -> tuple[Need, ...]:
    """What the checks of a fax ask of a person without a task: a rule, a sentence and its pages each.

    Args:
        fax: with its findings.
        said: sentences that the report shows of it already.
    """
    warnings = without_task(fax.findings, {task.reason for task in fax.open_tasks})
    return tuple(
        Need("warning", rule, message, pages)
        for (rule, message), pages in warnings.items()
        if message not in said
    )


def _told(
    fax: TransmissionSummary, findings: Mapping[str, tuple[ProgramFinding, ...]]
) -> tuple[ProgramFinding, ...]:
    """The open findings of the program about a fax's forms, each sentence once."""
    every = [one for document in fax.documents for one in findings.get(document.id, ()) if one.is_open]
    return tuple({(one.rule, one.message): one for one in every}.values())


def _sentence(kind: str, reason: str, count: int) -> str:
    if kind == "field":
        return (
            "One field was not read with certainty."
            if count == 1
            else f"{count} fields were not read with certainty."
        )
    return SENTENCES.get(reason) or reason.replace("_", " ").capitalize() + "."


def _pages(tasks: Sequence[TaskSummary]) -> tuple[int, ...]:
    return tuple(sorted({task.page for task in tasks if task.page is not None}))


def _by_form(faxes: Iterable[TransmissionSummary]) -> list[tuple[str, str, Counter[str]]]:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for fax in faxes:
        for document in fax.documents:
            counts[document.form, document.version][document.outcome] += 1
    return [(form, version, counts[form, version]) for form, version in sorted(counts)]


def _stages(seconds: Iterable[Mapping[str, float]]) -> list[dict[str, Any]]:
    total: Counter[str] = Counter()
    faxes = 0
    for spent in seconds:
        total.update(spent)
        faxes += bool(spent)
    longest = max(total.values(), default=0.0) or 1.0
    return [
        {"stage": stage, "seconds": spent, "a_fax": spent / max(faxes, 1), "share": spent / longest}
        for stage, spent in total.items()
    ]


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
