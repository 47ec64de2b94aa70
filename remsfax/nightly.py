"""The nightly batch as a Prefect deployment that stays and waits for its hour."""

import os
from typing import Any

DEFAULTS = {
    # A server of its own takes 25 s on a fresh database; Prefect gives up after 20.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
for _name, _value in DEFAULTS.items():
    os.environ.setdefault(_name, _value)

from prefect import flow  # noqa: E402 - Prefect reads its settings when it is imported
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.schedules import Cron  # noqa: E402
from prefect.states import Completed, Failed  # noqa: E402

from pipelines.prefect_flow import run_batch_here  # noqa: E402
from pipelines.running import with_report  # noqa: E402
from pipelines.settings import PipelineSettings  # noqa: E402
from remsfax.settings import load_settings  # noqa: E402


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
    """Serve the deployment until stopped; starts a Prefect server for itself where none is configured."""
    schedule = Cron(settings.schedule.cron, timezone=settings.schedule.timezone)
    # Prefect would pause the schedule when this process restarts, and the next night would be silent.
    nightly.serve(name=settings.schedule.name, schedules=[schedule], pause_on_shutdown=False)
