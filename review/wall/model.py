"""What the glyph wall shows and takes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from form_templates.model import Kind
from review.errors import Refused
from review.reviewing.model import Id
from review.web.routing import Done, Order, PageModel

MOST_TILES = 400
ShortText = Annotated[str, Field(max_length=200)]


class ShownGroup(PageModel):
    """Doubtful fields that were all read as the same short value."""

    field_kind: str
    value: str
    shown: str
    tasks: int


class WallsPage(PageModel):
    """All walls that can be looked at, the largest first."""

    groups: tuple[ShownGroup, ...]


class ShownTile(PageModel):
    """One snippet on the wall; ``form`` is what is given back when the person leaves."""

    task_id: str
    version: int
    form: str
    picture: str
    label: str


class WallPage(PageModel):
    """One wall: tiles that the person holds. ``decision_id`` is of confirming it without a script."""

    field_kind: str
    value: str
    shown: str
    tiles: tuple[ShownTile, ...]
    held_until: datetime | None
    lease_seconds: float
    decision_id: str


class OpenOrder(Order):
    """Asks for one wall. Sent as a change, since the value may be somebody's birth date."""

    field_kind: Kind
    value: ShortText


class ConfirmOrder(Order):
    """Confirms a wall, but for what looks odd.

    ``tiles`` are ``TASK:VERSION`` of all that was shown, ``odd`` the tasks that look different.
    """

    decision_id: Id
    field_kind: Kind
    value: ShortText
    tiles: Annotated[tuple[ShortText, ...], Field(max_length=MOST_TILES)] | ShortText
    odd: Annotated[tuple[Id, ...], Field(max_length=MOST_TILES)] | Id = ()
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None

    @property
    def odd_tasks(self) -> frozenset[str]:
        """The tasks of the odd tiles; a browser's form sends a single one as a text."""
        return frozenset((self.odd,) if isinstance(self.odd, str) else self.odd)

    @property
    def alike(self) -> list[tuple[str, int]]:
        """Task and version of every tile that is not odd.

        Raises:
            Refused: a tile is not what the page sent.
        """
        tiles = (self.tiles,) if isinstance(self.tiles, str) else self.tiles
        parts = [tile.partition(":") for tile in tiles]
        if not all(task and version.isdigit() and len(version) < 10 for task, _, version in parts):
            raise Refused("The wall cannot be read; open it again and repeat it.")
        return [(task, int(version)) for task, _, version in parts if task not in self.odd_tasks]


class Confirmed(Done):
    """What one confirmation did; ``refused`` had been answered or taken by somebody else meanwhile."""

    confirmed: tuple[str, ...]
    refused: tuple[str, ...]
