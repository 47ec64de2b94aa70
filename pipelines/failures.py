"""What a person is told of an exception: one line with a remedy, never the words of somebody else's library.

Exceptions of our own rooms carry their remedy. Anything else may quote what it choked on, so that only its
type is told here; the log has its place.
"""

import traceback
from pathlib import Path

ROOMS = frozenset({"form_templates", "extractors", "validators", "store", "pipelines", "review", "remsfax"})
"""Rooms whose own exceptions say what is wrong and what to do."""


def is_ours(error: BaseException) -> bool:
    """Whether the exception, or one that it is a kind of, is declared in a room of ours."""
    return any(kind.__module__.partition(".")[0] in ROOMS for kind in type(error).__mro__)


def sentence_of(error: BaseException) -> str:
    """One line for people, ended by a stop, so that another sentence may follow it."""
    if is_ours(error) and str(error).strip():
        line = " ".join(str(error).split())
        return line if line.endswith((".", "!", "?")) else f"{line}."
    if isinstance(error, MemoryError):
        return "The memory ran out; lower batch.workers, or give the machine more, and run again."
    if isinstance(error, OSError) and error.strerror:  # the system's own words, without the file's name
        return f"The system refused ({error.strerror}); put that right and run again."
    return (
        f"A fault of the program stopped the work ({type(error).__name__}); "
        "report it with the last failure in the log."
    )


def place_of(error: BaseException) -> str | None:
    """File and line in our own code where an exception arose, none where it never passed there."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if not ROOMS.isdisjoint(Path(frame.filename).parts[-4:-1])]
    last = (ours or frames)[-1] if frames else None
    return f"{Path(last.filename).name}:{last.lineno}" if last else None
