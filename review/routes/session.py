"""Signing in and out, the look of the desk, and whether it is alive."""

from typing import Any, Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from review.accounts.attempts import check_attempts
from review.accounts.sessions import new_session
from review.context import DeskContext, Me, TheDesk
from review.errors import DeskError
from review.web.cookies import (
    SESSION,
    THEME,
    VISIT,
    YEAR_SECONDS,
    csrf_of_visit,
    is_https,
    new_token,
    set_private,
)
from review.web.places import home_of, safe_path
from review.web.rendering import render
from review.web.routing import DeskRouter, Done, Order, PageModel
from store.desk.accounts import check_password
from store.desk.queue import release
from store.desk.sessions import close_session, note_login

router = DeskRouter("session")


class SignIn(Order):
    """What the sign-in page sends."""

    account: str = Field(max_length=64)
    password: str = Field(max_length=1000)
    then: str = Field(default="/", max_length=500)


class SignedIn(Done):
    """That somebody is signed in, and the token that changes must carry."""

    csrf: str


class Theme(Order):
    """How the desk looks in this browser."""

    theme: Literal["auto", "light", "dark"]
    go: str = Field(default="/", max_length=500)


class Health(PageModel):
    """That the desk answers."""

    ok: bool = True


class WrongPassword(DeskError):
    """No such account, or another password; which of the two is not said."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "Account or password is wrong, or the account is disabled. Try again, or ask a lead."
        )


@router.get("/health")
def health() -> Health:
    """For whatever watches the process; touches no store."""
    return Health()


@router.get("/login", include_in_schema=False)
def login(request: Request, desk: TheDesk, then: str = "/") -> Response:
    """The sign-in page."""
    return sign_in_page(request, desk, then=then)


@router.post("/login", response_model=SignedIn)
def sign_in(order: SignIn, request: Request, desk: TheDesk) -> Any:
    """Sign in with a password; a new session each time, so that one from before is worth nothing."""
    account, address = order.account.lower(), request.client.host if request.client else "unknown"
    try:
        check_attempts(desk, account, address)
        found = check_password(desk.database, account, order.password)
        note_login(desk.database, account, address, succeeded=found is not None)
        if found is None:
            raise WrongPassword
    except DeskError as refusal:
        if not request.state.form:
            raise
        return sign_in_page(request, desk, then=order.then, refusal=refusal)
    opened = new_session(desk, found.account)
    go = safe_path(order.then)
    response: Response
    if request.state.form:
        response = RedirectResponse(go, 303)
    else:
        response = JSONResponse(SignedIn(go=go, csrf=opened.signed_in.csrf).model_dump())
    set_private(response, request, SESSION, opened.token)
    return response


@router.action("/logout")
def sign_out(page_request: Request, desk: TheDesk, me: Me) -> Done:
    """End the session here and in the store; tasks that the person held go back to the queue."""
    release(desk.database, me.person)
    close_session(desk.database, page_request.cookies[SESSION])
    return Done(go="/login", said="signed-out")


@router.get("/", include_in_schema=False)
def home(me: Me) -> Response:
    """Where the day of this role begins."""
    return RedirectResponse(home_of(me.role), 303)


@router.post("/theme", response_model=Done)
def choose_theme(order: Theme, request: Request) -> Any:
    """Light, dark, or as the system has it; kept in the browser."""
    go = safe_path(order.go)
    response: Response = (
        RedirectResponse(go, 303) if request.state.form else JSONResponse(Done(go=go).model_dump())
    )
    response.set_cookie(
        THEME, order.theme, max_age=YEAR_SECONDS, samesite="strict", secure=is_https(request), httponly=True
    )
    return response


def sign_in_page(
    request: Request, desk: DeskContext, *, then: str, refusal: DeskError | None = None
) -> Response:
    """The sign-in page, with what was refused before."""
    token = request.cookies.get(VISIT) or new_token()
    request.state.csrf = csrf_of_visit(token)
    response = render(
        request,
        "login.html",
        status=refusal.status if refusal else 200,
        then=safe_path(then),
        refusal=str(refusal) if refusal else "",
        oidc=desk.house is not None,
    )
    set_private(response, request, VISIT, token)
    return response
