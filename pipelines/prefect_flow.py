"""Prefect around a batch: one flow, one task a chunk. Take the decorators away and it still runs.

Its database is a view, never the record: tasks give hashes of faxes, nothing that was read, and nothing is
retried here, since the queue in our own store knows what is left to do.
"""

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from pipelines.batch import BatchResult, Chunk, run_batch
from pipelines.receiving import Progress
from pipelines.settings import PipelineSettings

MAX_WORKERS = 128


@task(name="chunk of faxes", cache_policy=NO_CACHE, persist_result=False)
def run_chunk(chunk: Chunk) -> list[str]:
    """One chunk; the work itself happens in a reading process."""
    return chunk()


def submit_chunk(chunk: Chunk) -> PrefectFuture[Any]:
    """Start a chunk as a task of the flow that is running."""
    return run_chunk.submit(chunk)


def run_batch_here(source: str, settings: PipelineSettings, progress: Progress | None = None) -> BatchResult:
    """Run a batch within the flow run that is going on."""
    return run_batch(source, settings, dispatch=submit_chunk, progress=progress)


def run_batch_flow(source: str, settings: PipelineSettings, progress: Progress | None = None) -> BatchResult:
    """Run a batch as a flow run."""
    threads = min(settings.batch.workers, MAX_WORKERS)
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=threads)

    # The settings stay out of the flow's parameters: Prefect keeps these, and a database URL may hold a
    # password.
    @flow(
        name="fax batch",
        task_runner=runner,
        persist_result=False,
        validate_parameters=False,
    )
    def fax_batch(source: str) -> BatchResult:
        return run_batch_here(source, settings, progress)

    return fax_batch(source)
