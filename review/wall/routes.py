"""The pages and actions of the glyph wall."""

from typing import cast
from uuid import uuid4

from starlette.responses import Response

from form_templates.model import FormField, Kind
from review.context import DeskContext, Me, TheDesk
from review.pictures import TILE_MARGIN_IN
from review.reviewing.asked import pictured
from review.reviewing.routes import picture
from review.reviewing.showing import template_of
from review.reviewing.values import named, typed_value
from review.wall.model import (
    Confirmed,
    ConfirmOrder,
    OpenOrder,
    ShownGroup,
    ShownTile,
    WallPage,
    WallsPage,
)
from review.web.routing import DeskRouter
from store.database import reading
from store.desk import wall
from store.desk.model import Tile, WallGroup

router = DeskRouter("wall")


@router.page("/wall", "wall.html")
def walls(desk: TheDesk, me: Me) -> WallsPage:
    """Every wall, the largest first."""
    with reading(desk.database) as session:
        groups = wall.wall_groups(session, desk.review, me.person)
    return WallsPage(groups=tuple(_group(one) for one in groups))


@router.search("/wall/open", "wall_tiles.html")
def open_wall(order: OpenOrder, desk: TheDesk, me: Me) -> WallPage:
    """One wall; its tiles are the person's until the lease ends."""
    held = wall.claim_wall(desk.database, desk.review, me.person, order.field_kind, order.value)
    return WallPage(
        field_kind=order.field_kind,
        value=order.value,
        shown=_shown(order.field_kind, order.value),
        tiles=tuple(_tile(desk, tile) for tile in held.tiles) if held else (),
        held_until=held.held_until if held else None,
        lease_seconds=desk.review.lease_seconds,
        decision_id=str(uuid4()),
    )


@router.action("/wall/confirm")
def confirm(order: ConfirmOrder, desk: TheDesk, me: Me) -> Confirmed:
    """Confirm every tile that does not look odd; the odd ones are reviewed one by one."""
    saved = wall.confirm_wall(
        desk.database,
        desk.review,
        desk.rules,
        me.person,
        order.decision_id,
        typed_value(order.field_kind, _words(order.field_kind, order.value)),
        order.alike,
        sorted(order.odd_tasks),
        order.seconds,
    )
    return Confirmed(go="/wall", said="saved", confirmed=saved.confirmed, refused=saved.refused)


@router.get("/wall/tiles/{task_id}.png")
def tile_picture(task_id: str, desk: TheDesk) -> Response:
    """The writing in the field of a task, with next to no margin; a PNG."""
    place = pictured(desk.database, task_id)
    return picture(
        lambda: desk.pictures.snippet(
            place.transmission_id, place.page, place.box_px, place.quarter_turns, margin_in=TILE_MARGIN_IN
        )
    )


def _group(group: WallGroup) -> ShownGroup:
    return ShownGroup(
        field_kind=group.field_kind,
        value=group.value,
        shown=_shown(cast("Kind", group.field_kind), group.value),
        tasks=group.tasks,
    )


def _tile(desk: DeskContext, tile: Tile) -> ShownTile:
    template = template_of(desk.catalog, tile.form, tile.form_version)
    known = template is not None and template.has_field(tile.field)
    return ShownTile(
        task_id=tile.task_id,
        version=tile.version,
        form=f"{tile.transmission_id}/{tile.document_id}",
        picture=f"/wall/tiles/{tile.task_id}.png",
        label=template.field(tile.field).label if template and known else tile.field.replace("_", " "),
    )


def _shown(field_kind: Kind, key: str) -> str:
    """What a wall's tiles were read as, in words."""
    words = _words(field_kind, key)
    if field_kind == "choice":
        return words.replace("_", " ")
    sample = FormField(name="sample", label="", kind=field_kind, page=1, section="")
    return named(sample, typed_value(field_kind, words))


def _words(field_kind: str, key: str) -> str:
    """The canonical text of a value; the key of a choice names its field too."""
    return key.partition("=")[2] if field_kind == "choice" else key
