"""Keeps the day's faxes in order and gives each its name: date and running number, nothing else."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sample_faxes.fonts import locked_faces
from sample_faxes.paper import Raster
from sample_faxes.scenario import Form, Other, Quality, Transmission

_FIRST = time(7, 4)
_STEP_MIN = (11, 7, 23, 5, 16, 9, 31, 13)
_RASTERS: tuple[Raster, ...] = ("fine", "fine", "standard", "fine", "standard")
_QUALITIES: tuple[Quality, ...] = (
    "clean", "half_percent", "clean", "two_percent", "clean", "corrected", "five_percent",
)  # fmt: skip


@dataclass
class Book:
    """Transmissions in the order of arrival; every form by hand gets the next typeface of the list."""

    faxes: list[Transmission] = field(default_factory=list)
    _day: date = date(2026, 10, 5)
    _of_day: int = 0
    _minutes: int = 0
    _hands: int = 0

    def day(self, text: str) -> None:
        """Turn to a day, MM-DD."""
        self._day = date.fromisoformat(f"2026-{text}")
        self._of_day = self._minutes = 0

    def add(self, note: str, *parts: Form | Other, **details: Any) -> Transmission:
        """The next fax of the day; ``details`` are those of ``Transmission``."""
        at = datetime.combine(self._day, _FIRST) + timedelta(minutes=self._minutes)
        self._of_day += 1
        turn = len(self.faxes)
        if "like" not in details and "resend_of" not in details and "carrier" not in details:
            details.setdefault("raster", _RASTERS[turn % len(_RASTERS)])
            details.setdefault("quality", _QUALITIES[turn % len(_QUALITIES)])
        self._minutes += _STEP_MIN[turn % len(_STEP_MIN)]
        fax = Transmission(
            name=f"{self._day.isoformat()}-{self._of_day:04d}",
            at=at,
            parts=tuple(self._with_hand(part) for part in parts),
            note=note,
            **details,
        )
        self.faxes.append(fax)
        return fax

    def again(self, note: str, original: Transmission, **details: Any) -> Transmission:
        """The same paper once more, through another call."""
        fax = self.add(note, like=original.name, **details)
        self.faxes[-1] = replace(fax, parts=original.parts)
        return self.faxes[-1]

    def same_bytes(self, note: str, original: Transmission) -> Transmission:
        """The very same file once more."""
        return self.add(
            note,
            resend_of=original.name,
            adverse_event=original.adverse_event,
            expected=(*original.expected, "exact_duplicate"),
        )

    def corrected(
        self, note: str, original: Transmission, *parts: Form | Other, **details: Any
    ) -> Transmission:
        """The same people and dates on a form filled anew, by the hands that filled the first."""
        kept = tuple(
            replace(part, face=old.face)
            if not isinstance(part, str) and isinstance(old, type(part)) and part.face is None
            else part
            for part, old in zip(parts, original.parts, strict=False)
        )
        return self.add(note, *kept, case_of=(original.name, original.at), **details)

    def _with_hand(self, part: Form | Other) -> Form | Other:
        wants = part.face is None and (part.fill != "typed" if isinstance(part, Form) else part.by_hand)
        if not wants:
            return part
        faces = [face.name for face in locked_faces() if face.group == "train"]
        self._hands += 1
        return replace(part, face=faces[(self._hands * 7) % len(faces)])
