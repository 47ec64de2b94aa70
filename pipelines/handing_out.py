"""Which faxes a free process gets next: chunks while there is plenty, then one by one, the largest first.

A long fax that begins last keeps one process busy while the others have nothing left to do. How long a fax
takes nobody knows before it is opened; its bytes tell nearly as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.planning import ChunkPlanner
from store.inbox import Claimed

HELD_FOR_EACH = 4
"""Faxes held back for each process when chunks have come down to one: where the planner begins to give single
ones."""


@dataclass
class HandOut:
    """Hands out claimed faxes.

    Attributes:
        take: claims up to so many faxes, the oldest first.
        planner: sizes the chunks.
        held: claimed and not handed out yet, the largest last.
    """

    take: Callable[[int], Sequence[Claimed]]
    planner: ChunkPlanner
    held: list[Claimed] = field(default_factory=list)

    def next(self, left: int) -> Sequence[Claimed]:
        """The next chunk; empty where nothing is left to claim.

        Args:
            left: faxes not handed out yet, as far as known.
        """
        if not self.held:
            wanted = self.planner.size(left)
            if wanted > 1:
                return self.take(wanted)
            self.held += sorted(
                self.take(HELD_FOR_EACH * self.planner.workers), key=lambda claimed: claimed.facts.size_bytes
            )
        return [self.held.pop()] if self.held else []
