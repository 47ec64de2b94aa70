"""What a lead does about the lines from which on fields pass unseen; they are shown with the figures."""

from typing import Annotated

from fastapi import Path
from pydantic import Field

from pipelines.acceptance import line_terms
from review.context import Me, TheDesk
from review.web.routing import DeskRouter, Done, Nothing, Order
from store.desk.lines import confirm_line, take_back_line

router = DeskRouter("figures")

Sort = Annotated[str, Path(pattern=r"^[a-z_]{1,16}$")]
PLACE = "/figures#lines"


class Confirm(Order):
    """The line that was offered."""

    least: float = Field(ge=0, le=1)


@router.action("/figures/lines/{line_kind}/confirm")
def confirm(line_kind: Sort, order: Confirm, desk: TheDesk, me: Me) -> Done:
    """Let fields pass from a confidence on that the gate would not let pass, as measurements bear it."""
    confirm_line(desk.database, me.person, line_kind, order.least, line_terms(desk.pipeline.reading))
    return Done(go=PLACE, said="line-moved")


@router.action("/figures/lines/{line_kind}/take-back")
def take_back(line_kind: Sort, order: Nothing, desk: TheDesk, me: Me) -> Done:  # noqa: ARG001
    """Let the gate decide again where a lead had let more pass."""
    take_back_line(desk.database, me.person, line_kind)
    return Done(go=PLACE, said="line-moved")
