"""What is known of a field before it is read: the rest of its form, and when the form was sent."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from extractors.addresses import address_parts
from extractors.call_date import near_call
from extractors.values import normalize
from form_templates.model import FormField

SURE_ENOUGH = 0.5
"""A field that was read less surely than this makes nothing likely elsewhere."""


class Expected(Protocol):
    """What the surroundings of a field make likely in it."""

    def candidates(self, read: Sequence[str]) -> tuple[str, ...]:
        """Texts worth weighing beside those that were read."""

    def bonus(self, asked: FormField, value: str | None) -> float:
        """Log odds that a value earns, or loses where it is negative."""

    def fits(self, asked: FormField, value: str | None) -> bool | None:
        """Whether a value is as expected; none where that says nothing."""


def expectations(
    read: Sequence[tuple[FormField, str, float]], called_on: date | None = None
) -> dict[str, Expected]:
    """What the rest of a form makes likely in its fields, by name.

    Args:
        read: the fields with the text and probability of a first, free reading.
        called_on: the day of the call, where it is known.
    """
    asked = [field for field, _, _ in read]
    values = {
        field.name: value
        for field, text, probability in read
        if probability > SURE_ENOUGH and (value := normalize(field, text).value) is not None
    }
    return {**address_parts(asked, values), **near_call(asked, values, called_on)}
