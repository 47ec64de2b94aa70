"""What a person is told when a command fails."""

import sys

from pipelines.failures import is_ours, place_of


def remedy(error: BaseException) -> str:
    """One line for people.

    Errors of our own rooms carry it. Anything else is a fault of the program, and its words may quote a fax:
    only its type and place are told.
    """
    if is_ours(error):
        return " ".join(str(error).split())
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()
        return ""
    place = place_of(error)
    at = f" at {place}" if place else ""
    return f"a fault of the program ({type(error).__name__}{at}); report this line with what you did."


class CannotWrite(Exception):
    """A file that a command was to write cannot be written."""
