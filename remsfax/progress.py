"""Progress, on standard error and only where a person looks, never among the results."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def batch_progress() -> Iterator[Callable[[int, int], None]]:
    """A bar of faxes done; gives what moves it."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("faxes"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("faxes", total=None)
        yield lambda done, known: bar.update(task, completed=done, total=known)
