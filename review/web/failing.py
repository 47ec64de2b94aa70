"""One shape of error for programs, and for people a page that names the remedy."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from review.errors import DeskError, SignInNeeded
from review.web.rendering import render
from review.web.routing import wants_json
from store.desk.errors import (
    AccountExists,
    DecisionTaken,
    HeldByAnother,
    NothingToUndo,
    OwnWork,
    RoleRefused,
    StaleSave,
    UnknownAccount,
    UnknownDecision,
    UnknownTask,
)
from store.errors import (
    ArchiveMismatch,
    ArchiveMissing,
    ArchiveUnreachable,
    DiskFull,
    StoreBusy,
    StoreError,
    StoreOutdated,
    StoreUnreachable,
    UnknownField,
    UnknownTransmission,
)
from store.registers.finding import AmbiguousParty, UnknownParty

TITLES = {
    400: "This cannot be done",
    401: "Sign in",
    403: "Not for this account",
    404: "Nothing is here",
    405: "This cannot be done",
    409: "It has changed meanwhile",
    413: "Too large",
    415: "Not taken",
    422: "Something in it cannot be taken",
    429: "Too many attempts",
    500: "A fault of the program",
    503: "The store does not answer",
}
PLAIN = {
    404: "There is no such page; it may have been split, joined or withdrawn. Go back to the list.",
    405: "This address does not take that kind of request; go back and use the page's own buttons.",
}
STORE_STATUS: dict[type[StoreError], int] = {
    UnknownTransmission: 404,
    UnknownField: 404,
    UnknownParty: 404,
    UnknownTask: 404,
    UnknownDecision: 404,
    UnknownAccount: 404,
    ArchiveMissing: 404,
    RoleRefused: 403,
    OwnWork: 403,
    StaleSave: 409,
    HeldByAnother: 409,
    NothingToUndo: 409,
    DecisionTaken: 409,
    AccountExists: 409,
    AmbiguousParty: 409,
    StoreUnreachable: 503,
    StoreBusy: 503,
    StoreOutdated: 503,
    DiskFull: 503,
    ArchiveUnreachable: 503,
    ArchiveMismatch: 503,
}
"""By what a person or an operator can do; every other refusal of the store is about what was sent: 422."""

MOST_ERRORS = 20


def install_errors(app: FastAPI) -> None:
    """Answer every refusal and failure in the desk's one shape."""
    app.add_exception_handler(DeskError, _on_desk_error)
    app.add_exception_handler(StoreError, _on_store_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_bad_input)


def error_body(status: int, errors: list[str], more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a program gets."""
    return {**(more or {}), "ok": False, "error": errors[0], "errors": errors, "status": status}


def _on_desk_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DeskError)  # noqa: S101 - registered for this class alone
    if isinstance(error, SignInNeeded) and not wants_json(request) and request.method == "GET":
        return RedirectResponse(f"/login?then={quote(request.url.path, safe='')}", 303)
    return _answer(request, error.status, [str(error)], error.more)


def _on_store_error(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in STORE_STATUS.items() if isinstance(error, kind)), 422)
    return _answer(request, status, [" ".join(str(error).split())])


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return _answer(request, error.status_code, [PLAIN.get(error.status_code, str(error.detail))])


def _on_bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    # Never what was sent: it may be a patient's.
    errors = [f"{_place(one['loc'])}: {one['msg']}." for one in error.errors()[:MOST_ERRORS]]
    return _answer(request, 422, errors)


def _place(location: tuple[Any, ...]) -> str:
    named = [str(part) for part in location if part not in {"body", "query", "path"}]
    return (".".join(named) or "The request")[:100].replace("_", " ")


def _answer(
    request: Request, status: int, errors: list[str], more: Mapping[str, Any] | None = None
) -> Response:
    if wants_json(request):
        return JSONResponse(error_body(status, errors, more), status)
    return render(
        request, "error.html", status=status, code=status, title=TITLES.get(status, "Not done"), errors=errors
    )
