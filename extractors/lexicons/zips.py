"""Which towns and which state a ZIP code belongs to, from the list of the package zipcodes."""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Area:
    """The state of a ZIP code, and its towns: the usual name first, then others that mail may bear."""

    state: str
    towns: tuple[str, ...]


@lru_cache(maxsize=4096)
def area_of(code: str) -> Area | None:
    """The area of a ZIP code of five digits, or of nine with a hyphen; none of an unknown one."""
    import zipcodes  # noqa: PLC0415 - takes time to load, and a page without an address needs it not

    if not re.match(r"[0-9]{5}", code):  # its Rust core panics on digits of other scripts
        return None
    for entry in zipcodes.matching(code[:5]):  # type: ignore[no-untyped-call]
        return Area(entry["state"], (entry["city"], *entry["acceptable_cities"]))
    return None
