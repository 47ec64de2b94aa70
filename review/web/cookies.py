"""The cookies of the desk, and the token that proves that a change came from one of its pages."""

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

SESSION = "remsfax_session"
VISIT = "remsfax_visit"
"""Before anybody is signed in: ties the form of the sign-in page to this browser."""

THEME = "remsfax_theme"
TOKEN_BYTES = 32
YEAR_SECONDS = 365 * 24 * 3600


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def csrf_of_visit(token: str) -> str:
    """What a change must carry before anybody is signed in; made of a cookie that scripts cannot read."""
    return hmac.new(token.encode(), b"remsfax visit", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())


def is_https(request: Request) -> bool:
    """Whether the browser came by https, on the word of a trusted proxy too."""
    return request.url.scheme == "https"


def set_private(
    response: Response,
    request: Request,
    name: str,
    value: str,
    *,
    lax: bool = False,
    seconds: int | None = None,
) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send.

    Args:
        response: that sets it.
        request: that it answers.
        name: of the cookie.
        value: of the cookie.
        lax: let it come along when another site leads here; for the way back from a sign-in service alone.
        seconds: how long it lives; none: until the browser is closed.
    """
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        secure=is_https(request),
        samesite="lax" if lax else "strict",
        path="/",
    )
