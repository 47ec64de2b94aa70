"""A reader that reads nothing: for tests, and to route every written field to people."""

from collections.abc import Sequence

from extractors.model import Gray
from extractors.readers.protocol import LineCrop, LineReading, PageLine


class NullReader:
    """Reads every crop as empty with probability 0, and finds no lines on any page."""

    name = "null"
    version = "1"

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        """An empty text for each crop."""
        return tuple(LineReading("", 0.0) for _ in crops)

    def read_page(self, page: Gray, dpi: int) -> tuple[PageLine, ...]:  # noqa: ARG002 - the protocol's form
        """No lines."""
        return ()
