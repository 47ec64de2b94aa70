"""What can go wrong with a batch, one class for each thing that someone can act on.

Every message is one line, names the remedy, and holds no patient data.
"""


class PipelineError(Exception):
    """Anything that keeps a batch from running."""


class SourceMissing(PipelineError):
    """There is no such folder or bucket to take faxes from."""


class SourceUnreachable(PipelineError):
    """The folder or bucket of the faxes does not answer, or lets nobody in."""


class OrchestratorUnreachable(PipelineError):
    """Prefect was asked for by name and its server does not answer."""


class WorkersFailed(PipelineError):
    """Reading processes cannot be started at all."""
