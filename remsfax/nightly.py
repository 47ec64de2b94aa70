"""The nightly batch as a Prefect deployment that stays and waits for its hour."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.schedules import Cron
from prefect.states import Completed, Failed

from pipelines.prefect_flow import run_batch_here
from pipelines.running import with_report
from pipelines.settings import PipelineSettings
from remsfax.settings import load_settings


@flow(name="nightly fax batch", persist_result=False)
def nightly() -> State[Any]:
    """One batch over the source of the settings; none of these is kept by Prefect."""
    settings = load_settings().pipeline()
    result = with_report(run_batch_here(settings.intake.source, settings), settings)
    counts = result.as_json()
    told = f"{counts['faxes']} faxes: {counts['recorded']} recorded, {counts['in_review']} in review, "
    told += f"{counts['set_aside']} set aside. Report: {counts['report']}"
    if result.stopped is not None:
        return Failed(message=f"{result.stopped} {told}")
    # A night with faxes set aside is done, and still not the same as one without.
    return Completed(message=told, name="SomeSetAside" if counts["set_aside"] else "Completed")


def serve_nightly(settings: PipelineSettings) -> None:
    """Serve the deployment until stopped; needs a Prefect server."""
    schedule = Cron(settings.schedule.cron, timezone=settings.schedule.timezone)
    # Prefect would pause the schedule when this process restarts, and the next night would be silent.
    nightly.serve(name=settings.schedule.name, schedules=[schedule], pause_on_shutdown=False)
