"""What a free process gets next."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pipelines.handing_out import HandOut
from pipelines.planning import ChunkPlanner
from store.inbox import Claimed
from store.model import TransmissionFacts


def claimed(number: int, size_bytes: int) -> Claimed:
    sha256 = f"{number:064x}"
    return Claimed(
        sha256, 1, TransmissionFacts(sha256, f"{number}.tif", datetime(2026, 10, 5, tzinfo=UTC), size_bytes)
    )


def handed_out(sizes: Sequence[int], workers: int) -> list[list[int]]:
    """Sizes of the faxes of each chunk, until nothing is left."""
    waiting = [claimed(number, size) for number, size in enumerate(sizes)]

    def take(most: int) -> list[Claimed]:
        taken, waiting[:] = waiting[:most], waiting[most:]
        return taken

    hand_out = HandOut(take, ChunkPlanner(workers, chunk_seconds=12, fax_seconds=4))
    chunks: list[list[int]] = []
    while chunk := hand_out.next(max(1, len(sizes) - sum(map(len, chunks)))):
        chunks.append([fax.facts.size_bytes for fax in chunk])
    return chunks


def test_chunks_come_in_order_and_the_last_faxes_one_by_one_the_largest_first() -> None:
    sizes = [5, 4, 3, 2, 1, 1, 9, 2, 7, 3, 8, 1]
    chunks = handed_out(sizes, workers=2)
    assert chunks[:2] == [[5, 4, 3], [2, 1]]
    assert chunks[2:] == [[9], [8], [7], [3], [2], [1], [1]]
    assert sorted(size for chunk in chunks for size in chunk) == sorted(sizes)


def test_an_empty_queue_gives_nothing() -> None:
    assert handed_out([], workers=2) == []


def test_more_faxes_may_come_after_the_held_ones() -> None:
    queue = [[claimed(1, 10), claimed(2, 30)], [claimed(3, 5)], []]
    hand_out = HandOut(lambda _most: queue.pop(0), ChunkPlanner(2, chunk_seconds=12))
    sizes = [[fax.facts.size_bytes for fax in hand_out.next(1)] for _ in range(4)]
    assert sizes == [[30], [10], [5], []]
