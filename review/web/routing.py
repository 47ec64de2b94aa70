"""How rooms of the desk declare pages and actions.

A page is a function that returns a model. It is served twice: rendered by its template under its path, and as
JSON under ``PATH.json`` (or where ``Accept`` asks for it). An action is a function that takes a model and
returns ``Done``; a browser's form is answered by a redirect, a program by JSON.
"""

import inspect
import re
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Annotated, Any, TypeVar, get_origin

from fastapi import APIRouter, Path
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from pipelines.logs import note_failure
from review.errors import DeskError, Fault
from review.web.guard import admit
from review.web.rendering import render
from store.errors import StoreError

Handler = TypeVar("Handler", bound=Callable[..., Any])
_HALF = re.compile("[\ud800-\udfff]")

FaxId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
PageNumber = Annotated[int, Path(ge=1, le=1_000_000)]

PAGE_REQUEST = "page_request"
"""Name of the parameter by which a page or an action may ask for the request itself."""


class PageModel(BaseModel):
    """What a page shows; frozen, and the JSON beside it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Asked(BaseModel):
    """What an address may ask beside its path; what is left empty in a form does not count."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:
        return (
            {name: value for name, value in given.items() if value != ""}
            if isinstance(given, dict)
            else given
        )


class Order(BaseModel):
    """What an action takes: the fields of its form."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list_too(cls, given: Any) -> Any:
        """A form with one box ticked sends one value, not a list of one."""
        if not isinstance(given, dict):
            return given
        if _unwritable(given):
            raise ValueError("it holds characters that stand for no text; type it again")
        lists = {
            name for name, info in cls.model_fields.items() if get_origin(info.annotation) in {tuple, list}
        }
        return {
            name: (value,) if name in lists and isinstance(value, str) else value
            for name, value in given.items()
        }


class Nothing(Order):
    """An action or a question that needs no more than its address."""


class Done(BaseModel):
    """What an action answers."""

    model_config = ConfigDict(frozen=True)

    ok: bool = True
    go: str = Field(default="/", description="where a browser goes next; a path of this desk")
    said: str = Field(default="", description="code of the sentence that the next page shows")


class DeskRoute(APIRoute):
    """A route behind the guard; what fails unforeseen is logged without its words."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The guarded handler."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(await admit(request, self.path))
            except (DeskError, StoreError, HTTPException, RequestValidationError):
                raise
            except Exception:
                note_failure("desk_fault", route=self.path, method=request.method)
                raise Fault from None

        return guarded


class DeskRouter(APIRouter):
    """A router of pages and actions; every route of it is guarded."""

    def __init__(self, tag: str) -> None:
        super().__init__(route_class=DeskRoute, tags=[tag])

    def page(self, path: str, template: str) -> Callable[[Handler], Handler]:
        """Declare a page.

        Args:
            path: under which it is shown; needs a row in ``review.permissions``.
            template: under ``review/templates``; gets the model as ``page``.
        """

        def declare(handler: Handler) -> Handler:
            model = inspect.signature(handler).return_annotation
            # The JSON first: a path that ends in a parameter would swallow the suffix.
            if path != "/":
                self.add_api_route(f"{path}.json", handler, response_model=model, methods=["GET"])
            self.add_api_route(
                path,
                _shown(handler, template),
                methods=["GET"],
                include_in_schema=False,
                response_class=HTMLResponse,
                response_model=None,
            )
            return handler

        return declare

    def search(self, path: str, template: str) -> Callable[[Handler], Handler]:
        """Declare a page that is asked for by POST, since what is looked for may be a name."""

        def declare(handler: Handler) -> Handler:
            model = inspect.signature(handler).return_annotation
            self.add_api_route(f"{path}.json", handler, response_model=model, methods=["POST"])
            self.add_api_route(
                path,
                _shown(handler, template),
                methods=["POST"],
                include_in_schema=False,
                response_class=HTMLResponse,
                response_model=None,
            )
            return handler

        return declare

    def action(self, path: str) -> Callable[[Handler], Handler]:
        """Declare a change; the function returns ``Done`` or a model made from it."""

        def declare(handler: Handler) -> Handler:
            model = inspect.signature(handler).return_annotation
            self.add_api_route(path, _answered(handler), response_model=model, methods=["POST"])
            return handler

        return declare


def _unwritable(given: Any) -> bool:
    """Whether a half of a surrogate pair is in it, which JSON can spell and nothing can write."""
    if isinstance(given, str):
        return _HALF.search(given) is not None
    if isinstance(given, dict):
        return any(_unwritable(one) for pair in given.items() for one in pair)
    return isinstance(given, list) and any(map(_unwritable, given))


def wants_json(request: Request) -> bool:
    """Whether a program asks: by the path's suffix, by ``Accept``, or since it sent JSON."""
    if request.url.path.endswith(".json"):
        return True
    accept = request.headers.get("accept", "")
    if "text/html" in accept:
        return False
    sent_json = request.headers.get("content-type", "").startswith("application/json")
    return "application/json" in accept or (sent_json and not getattr(request.state, "form", False))


def _shown(handler: Callable[..., Any], template: str) -> Callable[..., Any]:
    asks = PAGE_REQUEST in inspect.signature(handler).parameters

    @wraps(handler)
    def show(**given: Any) -> Response:
        request: Request = given[PAGE_REQUEST] if asks else given.pop(PAGE_REQUEST)
        page = handler(**given)
        if isinstance(page, Response):
            return page
        if wants_json(request):
            return JSONResponse(page.model_dump(mode="json"))
        return render(request, template, page=page)

    return _with_request(show, handler)


def _answered(handler: Callable[..., Any]) -> Callable[..., Any]:
    asks = PAGE_REQUEST in inspect.signature(handler).parameters

    @wraps(handler)
    def answer(**given: Any) -> Any:
        request: Request = given[PAGE_REQUEST] if asks else given.pop(PAGE_REQUEST)
        done = handler(**given)
        if isinstance(done, Done) and request.state.form:
            return RedirectResponse(_next_page(done), 303)
        if isinstance(done, Done):
            # As it is: to have it checked once more against its own model takes longer than to make it.
            return Response(done.model_dump_json(), media_type="application/json")
        return done

    return _with_request(answer, handler)


def _next_page(done: Done) -> str:
    """Where a browser goes; the code of the sentence stands before the place on the page."""
    path, mark, place = done.go.partition("#")
    joint = "&" if "?" in path else "?"
    return path + (f"{joint}said={done.said}" if done.said else "") + mark + place


def _with_request(wrapper: Callable[..., Any], handler: Callable[..., Any]) -> Callable[..., Any]:
    """Give the wrapper the handler's parameters and the request beside them, as FastAPI reads them."""
    own = inspect.signature(handler)
    extra = inspect.Parameter(PAGE_REQUEST, inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    parameters = {
        name: one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for name, one in own.parameters.items()
    }
    wrapper.__signature__ = own.replace(parameters=[*({**parameters, PAGE_REQUEST: extra}).values()])  # type: ignore[attr-defined]
    return wrapper
