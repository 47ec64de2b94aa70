"""Who trains, who validates and who is kept for examination: writers never change sides."""

import hashlib


def part_of(writer: str) -> str:
    """The part of a writer, by hash of its name: 80 % train, 5 % validation, 15 % examination."""
    share = int.from_bytes(hashlib.sha256(writer.encode()).digest()[:4]) / 2**32
    return "train" if share < 0.80 else "validation" if share < 0.85 else "examination"
