"""Town, state and ZIP code belong together: what one field of an address makes likely in the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractors.lexicons.zips import area_of
from form_templates.model import FormField

TOWN, STATE = 3.0, 2.0
"""Log odds that a town, or a state, is the one of the ZIP code that was read beside it, against all others.
Not more: offices do write the ZIP code of the next town."""


@dataclass(frozen=True)
class AddressPart:
    """What the rest of an address makes likely in one of its fields.

    Attributes:
        texts: candidates that it adds.
        state, town: what a ZIP code in this field should belong to; none where they are not known.
    """

    texts: tuple[str, ...] = ()
    state: str | None = None
    town: str | None = None

    def candidates(self, read: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002 - as all expectations
        """The texts as they may be written, in small letters and in capitals."""
        return tuple(dict.fromkeys(spelled for text in self.texts for spelled in (text, text.upper())))

    def bonus(self, asked: FormField, value: str | None) -> float:
        """Log odds that a value earns."""
        if value is None:
            return 0.0
        if asked.kind != "zip":
            likely = _plain(value) in {_plain(text) for text in self.texts}
            return (STATE if asked.kind == "state" else TOWN) * likely
        area = area_of(value)
        if area is None:
            return -STATE
        town = self.town is not None and _plain(self.town) in {_plain(name) for name in area.towns}
        return STATE * (area.state == self.state) + TOWN * town

    def fits(self, asked: FormField, value: str | None) -> bool | None:
        """Whether a value belongs to the rest of the address."""
        return self.bonus(asked, value) > 0


def address_parts(asked: Sequence[FormField], values: Mapping[str, str]) -> dict[str, AddressPart]:
    """What is likely in the address fields of a form, by name.

    Args:
        asked: the fields of a form.
        values: normal values of a first reading, by name.
    """
    found: dict[str, AddressPart] = {}
    for zip_, state, town in _addresses(asked):
        area = area_of(values.get(zip_, ""))
        if area is not None:
            found |= {town: AddressPart(texts=area.towns), state: AddressPart(texts=(area.state,))}
        if state in values or town in values:
            found[zip_] = AddressPart(state=values.get(state), town=values.get(town))
    return found


def _addresses(asked: Sequence[FormField]) -> Iterator[tuple[str, str, str]]:
    """Names of the ZIP, state and town fields that stand together: ``site_2_zip``, ``site_2_state``, ..."""
    for field in asked:
        if field.kind == "zip":
            stem = field.name.removesuffix("zip")
            yield field.name, f"{stem}state", f"{stem}city"


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalpha())
