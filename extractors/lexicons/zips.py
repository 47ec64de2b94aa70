"""Which towns and which state a ZIP code belongs to, from the list of the package zipcodes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Area:
    """The state of a ZIP code, and its towns: the usual name first, then others that mail may bear."""

    state: str
    towns: tuple[str, ...]


def area_of(code: str) -> Area | None:
    """The area of a ZIP code of five digits, or of nine with a hyphen; none of an unknown one."""
    return _areas().get(code[:5])


@cache
def _areas() -> Mapping[str, Area]:
    import zipcodes  # noqa: PLC0415 - takes a second to load, and a page without an address needs it not

    return {
        entry["zip_code"]: Area(entry["state"], (entry["city"], *entry["acceptable_cities"]))
        for entry in zipcodes.list_all()  # type: ignore[no-untyped-call]
    }
