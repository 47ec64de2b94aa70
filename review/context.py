"""What a page has at hand: the stores, the settings, and who asks."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.engine import Engine

from form_templates.catalog import Catalog
from pipelines.settings import PipelineSettings
from review.accounts.model import Visitor
from review.accounts.oidc import HouseSignIn
from review.pictures import Pictures
from review.settings import DeskSettings
from store.archive import Archive
from store.desk.rules import Rules
from store.desk.settings import ReviewSettings
from store.registers.opening import Program


@dataclass(frozen=True)
class DeskContext:
    """One desk, opened once a process.

    Attributes:
        settings: of the web desk itself.
        pipeline: of everything below it; ``pipeline.program`` and ``pipeline.reading`` are what pages ask.
        database: the store; read with ``store.database.reading``, written by functions of the store alone.
        program: what the registers need beside the store.
        rules: what the checks of forms need, run at every edit.
        review: how doubtful fields are settled.
        pictures: of pages and fields, kept in memory.
        house: its own sign-in service, where there is one.
    """

    settings: DeskSettings
    review: ReviewSettings
    pipeline: PipelineSettings
    database: Engine
    archive: Archive
    program: Program
    rules: Rules
    catalog: Catalog
    pictures: Pictures
    house: HouseSignIn | None


def current_desk(request: Request) -> DeskContext:
    """The desk that serves this request."""
    desk: DeskContext = request.app.state.desk
    return desk


def current_visitor(request: Request) -> Visitor:
    """Who asks; the guard has admitted them."""
    visitor: Visitor = request.state.visitor
    return visitor


TheDesk = Annotated[DeskContext, Depends(current_desk)]
Me = Annotated[Visitor, Depends(current_visitor)]
