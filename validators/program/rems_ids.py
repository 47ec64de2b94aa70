"""REMS IDs: issued with a check character, checked, never guessed.

The program's own pattern is unknown (X3). Ours is a letter for the party, a hyphen, seven digits, and a check
character by ISO 7064 mod 37,36 over letter and digits, which finds every single wrong character and nearly
every swapped pair: a misread ID is no ID of someone else.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Literal

from stdnum.iso7064 import mod_37_36

from validators.identifiers import is_rems_id

PartyKind = Literal["prescriber", "patient", "facility", "pharmacy"]
LETTERS: dict[PartyKind, str] = {"prescriber": "D", "patient": "P", "facility": "F", "pharmacy": "R"}
DEFAULT_PATTERN = r"[DPFR]-[0-9]{7}[0-9A-Z]"


class RemsIdsExhaustedError(Exception):
    """Every number of a kind is taken."""


def candidates(kind: PartyKind, seed: str) -> Iterator[str]:
    """REMS IDs for a party in a fixed order that follows from ``seed`` (the founding document's id) alone.

    The order depends on nothing that was processed before, so the same faxes give the same IDs in any order.
    """
    return numbers(LETTERS[kind], f"{kind}:{seed}")


def numbers(letter: str, seed: str) -> Iterator[str]:
    """Every number of a letter, with its check character, in an order that follows from ``seed`` alone."""
    start = int.from_bytes(sha256(seed.encode()).digest()[:8], "big")
    for step in range(10_000_000):
        body = f"{letter}{(start + step * 7_368_787) % 10_000_000:07d}"
        yield f"{body[0]}-{body[1:]}{mod_37_36.calc_check_digit(body)}"


def issue(kind: PartyKind, seed: str, taken: Callable[[str], bool]) -> str:
    """The first REMS ID of ``candidates`` that is free.

    Raises:
        RemsIdsExhaustedError: all ten million numbers of this kind are taken; the pattern needs more digits.
    """
    for candidate in candidates(kind, seed):
        if not taken(candidate):
            return candidate
    message = f"All REMS IDs of the kind {kind} are taken: widen rems_id_pattern in the settings."
    raise RemsIdsExhaustedError(message)


def is_valid(rems_id: str, kind: PartyKind, pattern: str = DEFAULT_PATTERN) -> bool:
    """Whether a REMS ID has the pattern, the right check character and the party's letter."""
    return rems_id.startswith(LETTERS[kind]) and is_rems_id(rems_id, pattern)
