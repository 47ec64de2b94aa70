"""What a person is told when a command fails."""

import sys
import traceback
from pathlib import Path

NAMED = ("form_templates", "extractors", "validators", "store", "pipelines", "remsfax")
"""Rooms whose own exceptions say what is wrong and what to do."""


def remedy(error: BaseException) -> str:
    """One line for people.

    Errors of our own rooms carry it. Anything else is a fault of the program, and its words may quote a fax:
    only its type and place are told.
    """
    if type(error).__module__.partition(".")[0] in NAMED:
        return " ".join(str(error).split())
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame
        for frame in frames
        if Path(frame.filename).parent.parent.name in NAMED or _is_ours(frame.filename)
    ]
    last = (ours or frames)[-1] if frames else None
    place = f" at {Path(last.filename).name}:{last.lineno}" if last else ""
    return f"a fault of the program ({type(error).__name__}{place}); report this line with what you did."


def _is_ours(filename: str) -> bool:
    return Path(filename).parent.name in NAMED


class CannotWrite(Exception):
    """A file that a command was to write cannot be written."""
