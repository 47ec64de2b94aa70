"""How many faxes to hand to a process at once."""

import math
from dataclasses import dataclass


@dataclass
class ChunkPlanner:
    """Sizes chunks so that each is worth about ``chunk_seconds``, and that all processes end together.

    Handing over costs milliseconds here and a row in Prefect's database there, which asks for large chunks;
    a large last chunk leaves the other cores idle, which asks for small ones at the end. So a chunk is never
    more than half of an even share of what is left.

    Attributes:
        workers: reading processes.
        chunk_seconds: the worth of a chunk while there is plenty.
        fax_seconds: running mean of what a fax takes; the start is a guess that the first chunks correct.
    """

    workers: int
    chunk_seconds: float
    fax_seconds: float = 4.0
    _measured: int = 0

    def size(self, left: int) -> int:
        """Faxes of the next chunk, at least one.

        Args:
            left: faxes not handed out yet, as far as known.
        """
        worth = self.chunk_seconds / max(self.fax_seconds, 0.01)
        share = left / (2 * self.workers)
        return max(1, math.floor(min(worth, share)))

    def measured(self, faxes: int, seconds: float) -> None:
        """Learn from a chunk that was done."""
        if faxes < 1:
            return
        known = min(self._measured, 50)
        self.fax_seconds = (self.fax_seconds * known + seconds) / (known + faxes)
        self._measured += faxes
