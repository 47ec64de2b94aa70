"""A batch with its report, run plainly or under Prefect."""

import os
import urllib.error
import urllib.request
from dataclasses import replace

from pipelines.batch import BatchResult, run_batch
from pipelines.errors import OrchestratorUnreachable
from pipelines.failures import sentence_of
from pipelines.forms import forms
from pipelines.logs import note, note_failure
from pipelines.receiving import Progress
from pipelines.settings import PipelineSettings

API_VARIABLE = "PREFECT_API_URL"


def run_and_report(
    source: str, settings: PipelineSettings, *, progress: Progress | None = None
) -> BatchResult:
    """Run a batch under whom the settings name, and write its report.

    Raises:
        OrchestratorUnreachable: Prefect was asked for by name, and its server does not answer.
        PipelineError, StoreError: the batch could not begin.
    """
    if _under_prefect(settings):
        # Prefect takes two seconds to load, which a plain batch need not wait for.
        from pipelines.prefect_flow import run_batch_flow  # noqa: PLC0415

        result = run_batch_flow(source, settings, progress)
    else:
        result = run_batch(source, settings, progress=progress)
    return with_report(result, settings)


def with_report(result: BatchResult, settings: PipelineSettings) -> BatchResult:
    """The result with the path of its report; a report that cannot be written stops nothing, and is told."""
    from pipelines.report import write_report  # noqa: PLC0415 - loaded while faxes are read, see batch

    try:
        return replace(result, report=str(write_report(result, settings, forms())))
    except Exception as error:
        note_failure("report not written", batch=result.batch_id)
        return replace(result, stopped=result.stopped or sentence_of(error))


def _under_prefect(settings: PipelineSettings) -> bool:
    wish, address = settings.batch.orchestrator, os.environ.get(API_VARIABLE)
    if wish == "plain" or (wish == "auto" and not address):
        return False
    if address and not _answers(address):
        if wish == "prefect":
            raise OrchestratorUnreachable(
                f"The Prefect server at {API_VARIABLE} does not answer; "
                "start it, or set batch.orchestrator to plain."
            )
        note("Prefect does not answer; the batch runs without it")
        return False
    return True


def _answers(address: str) -> bool:
    if not address.startswith(("http://", "https://")):
        return False
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/health", timeout=5) as answer:  # noqa: S310 - checked above
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False
