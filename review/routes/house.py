"""To the house's sign-in service and back."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from review.accounts.oidc import AWAY_SECONDS, COOKIE, HouseSignIn, SignInFailed
from review.accounts.sessions import new_session
from review.context import DeskContext, TheDesk
from review.errors import DeskError, NotHere
from review.web.cookies import SESSION, set_private
from review.web.places import safe_path
from review.web.rendering import render
from review.web.routing import DeskRouter
from store.database import reading
from store.desk.accounts import account_of_subject
from store.desk.sessions import note_login

router = DeskRouter("session")

CALLBACK = "/login/oidc/callback"
Text = Annotated[str, Query(max_length=4000)]


class NotKnownHere(DeskError):
    """The service knows the person, the desk does not."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "You have no account on this desk, or it is disabled; ask a lead to add your house account to it."
        )


@router.get("/login/oidc", include_in_schema=False)
def leave(request: Request, desk: TheDesk, then: Text = "/") -> Response:
    """Off to the service."""
    departure = _house(desk).depart(_back(request, desk), safe_path(then))
    response = RedirectResponse(departure.address, 303)
    set_private(response, request, COOKIE, departure.cookie, lax=True, seconds=AWAY_SECONDS)
    return response


@router.get(CALLBACK, include_in_schema=False)
def come_back(request: Request, desk: TheDesk, code: Text = "", state: Text = "") -> Response:
    """Back from the service, with its word on who this is."""
    house, cookie = _house(desk), request.cookies.get(COOKIE)
    if not cookie or not code:
        raise SignInFailed
    arrival = house.arrive(_back(request, desk), cookie, code, state)
    with reading(desk.database) as session:
        account = account_of_subject(session, arrival.subject)
    if account is None or account.disabled:
        raise NotKnownHere
    address = request.client.host if request.client else "unknown"
    note_login(desk.database, account.account, address, succeeded=True)
    opened = new_session(desk, account.account)
    # Not a redirect: the session's cookie would not come along on a way that began at another site.
    response = render(request, "welcome.html", then=safe_path(arrival.then))
    response.delete_cookie(COOKIE, path="/")
    set_private(response, request, SESSION, opened.token)
    return response


def _house(desk: DeskContext) -> HouseSignIn:
    if desk.house is None:
        raise NotHere("This desk has no sign-in service of the house; sign in with a password.")
    return desk.house


def _back(request: Request, desk: DeskContext) -> str:
    base = desk.settings.oidc.public_url or str(request.base_url)
    return base.rstrip("/") + CALLBACK
