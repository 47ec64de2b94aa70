"""The guard before every route: who asks, may they, and did the change come from a page of this desk."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from review.accounts.sessions import find_visitor
from review.context import DeskContext
from review.errors import ForgedRequest, NotYourRole, Refused, SignInNeeded, TooLarge, WrongKind
from review.permissions import access_to
from review.web.cookies import SESSION, VISIT, csrf_of_visit, same

SAFE = frozenset({"GET", "HEAD"})
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MOST_FORM_FIELDS = 2_000
MOST_DROPPED_BYTES = 50_000_000


async def admit(request: Request, path: str) -> Request:
    """Let a request through, or say why not.

    Sets ``state.visitor`` (none where nobody is signed in), ``state.csrf`` and ``state.form`` (whether a
    browser's form was sent). The body of a form goes on as JSON, so that a route has one kind of body.

    Raises:
        SignInNeeded, NotYourRole, ForgedRequest, WrongKind, Refused: and nothing was done.
    """
    desk: DeskContext = request.app.state.desk
    request.state.visitor, request.state.form = None, False
    request.state.csrf = csrf_of_visit(request.cookies[VISIT]) if request.cookies.get(VISIT) else ""
    roles = access_to(request.method, path)
    token = request.cookies.get(SESSION)
    visitor = await run_in_threadpool(find_visitor, desk, token) if token else None
    if visitor is not None:
        request.state.visitor, request.state.csrf = visitor, visitor.csrf
    if roles is not None:
        if visitor is None:
            raise SignInNeeded
        if visitor.role not in roles:
            raise NotYourRole
    if request.method in SAFE:
        return request
    return await _admit_change(request)


async def _admit_change(request: Request) -> Request:
    # A browser says where a change comes from; this holds even if the token should leak.
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForgedRequest
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"", JSON, FORM}:
        raise WrongKind("The desk takes forms and JSON; send one of these.")
    body = await _body_of(request)
    given = request.headers.get(CSRF_HEADER, "")
    if kind == FORM:
        form = _form_of(body)
        given = given or str(form.pop(CSRF_FIELD, ""))
        body = json.dumps(form).encode()
        request.state.form = True
    if not request.state.csrf or not same(given, request.state.csrf):
        raise ForgedRequest
    return _with_body(request, body)


async def _body_of(request: Request) -> bytes:
    """The body; one that is too large is read to its end and dropped, so that the browser gets the answer."""
    desk: DeskContext = request.app.state.desk
    most_bytes = round(desk.settings.request_kb * 1024)
    seen, kept = 0, bytearray()
    async for chunk in request.stream():
        seen += len(chunk)
        if seen <= most_bytes:
            kept += chunk
        elif seen > MOST_DROPPED_BYTES:
            break
    if seen > most_bytes:
        raise TooLarge(
            f"This is larger than the {desk.settings.request_kb} KB that the desk takes; shorten it."
        )
    return bytes(kept)


def _form_of(body: bytes) -> dict[str, Any]:
    """The fields of a form; empty ones are left out, repeated ones are lists."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            strict_parsing=bool(body),
            max_num_fields=MOST_FORM_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise Refused("The form cannot be read; open the page again and repeat it.") from None
    form: dict[str, Any] = {}
    for name, value in pairs:
        if name in form:
            earlier = form[name]
            form[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            form[name] = value
    return form


def _with_body(request: Request, body: bytes) -> Request:
    """The request with a body that was read, as JSON."""
    headers = [one for one in request.scope["headers"] if one[0] not in {b"content-type", b"content-length"}]
    headers += [(b"content-type", JSON.encode()), (b"content-length", str(len(body)).encode())]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({**request.scope, "headers": headers}, receive)
