"""A person's own keys, and the description of the desk for programs."""

import json
from typing import Annotated

from fastapi import Request
from pydantic import Field, StringConstraints
from starlette.responses import HTMLResponse, JSONResponse, Response

from review.context import Me, TheDesk
from review.web.rendering import render
from review.web.routing import DeskRouter, Done, Order
from store.desk.accounts import keep_preferences

router = DeskRouter("desk")

Action = Annotated[str, Field(max_length=64)]
Chord = Annotated[str, StringConstraints(min_length=1, max_length=32, strip_whitespace=False)]


class Keys(Order):
    """The keys that a person changed, by what they do; none of them: all are as they came."""

    keys: dict[Action, Chord] = Field(max_length=100)


@router.get("/keys", include_in_schema=False, response_class=HTMLResponse)
def show_keys(request: Request) -> Response:
    """The keys of every screen, to be seen and changed."""
    return render(request, "keys.html")


@router.action("/keys")
def keep_keys(order: Keys, desk: TheDesk, me: Me) -> Done:
    """Keep a person's own keys with the account, for browsers in which none were changed."""
    keep_preferences(desk.database, me.account, {"keys": json.dumps(order.keys) if order.keys else ""})
    return Done(go="/keys", said="saved")


@router.get("/openapi.json", include_in_schema=False)
def describe(request: Request) -> Response:
    """Every page and action, as OpenAPI describes it."""
    return JSONResponse(request.app.openapi())
