"""A person's own keys, and the description of the desk for programs."""

from fastapi import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from review.web.rendering import render
from review.web.routing import DeskRouter

router = DeskRouter("desk")


@router.get("/keys", include_in_schema=False, response_class=HTMLResponse)
def show_keys(request: Request) -> Response:
    """The keys of every screen, to be seen and changed; they are kept in the browser."""
    return render(request, "keys.html")


@router.get("/openapi.json", include_in_schema=False)
def describe(request: Request) -> Response:
    """Every page and action, as OpenAPI describes it."""
    return JSONResponse(request.app.openapi())
