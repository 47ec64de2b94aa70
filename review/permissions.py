"""Who may open and change what: one table, and every route of the desk is in it.

A row is a method and a path as its router declares it; the JSON beside a page (``PATH.json``) has the page's
row. A route without a row is refused for everybody.
"""

from typing import Final

from review.accounts.model import ROLES
from store.desk.model import Role

Access = frozenset[Role] | None
"""The roles that may; none for what is open to the world."""

WORLD: Final[Access] = None
ANYONE: Final = frozenset(ROLES)
"""Whoever is signed in."""

READERS: Final = ANYONE
WORKERS: Final[frozenset[Role]] = frozenset({"triage", "reviewer", "safety", "lead"})
"""All but the auditor, who only reads."""

TRIAGE: Final[frozenset[Role]] = frozenset({"triage", "safety", "lead"})
REVIEW: Final[frozenset[Role]] = frozenset({"reviewer", "safety", "lead"})
SAFETY: Final[frozenset[Role]] = frozenset({"safety", "lead"})
LEAD: Final[frozenset[Role]] = frozenset({"lead"})
OVERSIGHT: Final[frozenset[Role]] = frozenset({"lead", "auditor"})

PERMISSIONS: Final[dict[tuple[str, str], Access]] = {
    # Signing in and the desk itself
    ("GET", "/login"): WORLD,
    ("POST", "/login"): WORLD,
    ("GET", "/login/oidc"): WORLD,
    ("GET", "/login/oidc/callback"): WORLD,
    ("GET", "/health"): WORLD,
    ("POST", "/theme"): WORLD,
    ("GET", "/"): ANYONE,
    ("POST", "/logout"): ANYONE,
    ("GET", "/openapi.json"): ANYONE,
    ("GET", "/keys"): ANYONE,
    ("POST", "/keys"): ANYONE,
    # The inbox, and one fax
    ("GET", "/inbox"): READERS,
    ("POST", "/inbox/find"): READERS,
    ("POST", "/inbox/assign"): TRIAGE,
    ("POST", "/inbox/reread"): TRIAGE,
    ("GET", "/transmissions/{fax}"): READERS,
    ("GET", "/transmissions/{fax}/pages/{number}.png"): READERS,
    ("GET", "/transmissions/{fax}/pages/{number}/thumbnail.png"): READERS,
    ("POST", "/transmissions/{fax}/decide"): TRIAGE,
    ("POST", "/transmissions/{fax}/reread"): TRIAGE,
    ("POST", "/transmissions/{fax}/keep-reading"): TRIAGE,
    # The registers
    ("GET", "/registers"): READERS,
    ("POST", "/registers/find"): READERS,
    ("GET", "/registers/{kind}/{identifier}"): READERS,
    ("POST", "/registers/{kind}/{identifier}/verify"): READERS,
    ("POST", "/registers/{kind}/{identifier}/standing"): LEAD,
    ("POST", "/registers/{kind}/{identifier}/note"): WORKERS,
    ("GET", "/escalations"): READERS,
    ("GET", "/matching"): READERS,
    ("GET", "/matching/{document_id}/{form_role}"): READERS,
    ("POST", "/matching/{document_id}/{form_role}/link"): WORKERS,
    ("POST", "/matching/joins"): WORKERS,
    ("POST", "/matching/merges"): LEAD,
    ("POST", "/matching/merges/{merge_id}/undo"): LEAD,
    ("GET", "/due"): READERS,
    # Calls to senders
    ("GET", "/outreach"): READERS,
    ("POST", "/outreach/{task_id}/attempts"): WORKERS,
    ("POST", "/outreach/{task_id}/back"): WORKERS,
    # Figures and accounts
    ("GET", "/figures"): OVERSIGHT | SAFETY,
    ("POST", "/figures/lines/{line_kind}/confirm"): LEAD,
    ("POST", "/figures/lines/{line_kind}/take-back"): LEAD,
    ("GET", "/accounts"): OVERSIGHT,
    ("POST", "/accounts"): LEAD,
    ("POST", "/accounts/{account}/role"): LEAD,
    ("POST", "/accounts/{account}/disabled"): LEAD,
    ("POST", "/accounts/{account}/password"): LEAD,
    ("POST", "/accounts/{account}/subject"): LEAD,
    ("POST", "/accounts/{account}/sessions"): LEAD,
    # Review and the glyph wall
    ("GET", "/review"): REVIEW,
    ("GET", "/review/{transmission_id}/{document_id}"): REVIEW,
    ("POST", "/review/next"): REVIEW,
    ("POST", "/review/answer"): REVIEW,
    ("POST", "/review/undo"): REVIEW,
    ("POST", "/review/check"): REVIEW,
    ("POST", "/review/postpone"): REVIEW,
    ("POST", "/review/comment"): REVIEW,
    ("GET", "/review/tasks/{task_id}/comments"): REVIEW,
    ("POST", "/review/renew"): REVIEW,
    ("POST", "/review/release"): REVIEW,
    ("POST", "/review/reject"): REVIEW,
    ("POST", "/review/accept-again"): SAFETY,
    ("GET", "/review/tasks/{task_id}/snippet.png"): REVIEW,
    ("GET", "/review/faxes/{transmission_id}/pages/{number}.png"): REVIEW,
    ("GET", "/wall"): REVIEW,
    ("POST", "/wall/open"): REVIEW,
    ("POST", "/wall/confirm"): REVIEW,
    ("GET", "/wall/tiles/{task_id}.png"): REVIEW,
}


def access_to(method: str, path: str) -> Access:
    """Who may use a route.

    Args:
        method: of the request; ``HEAD`` counts as ``GET``.
        path: as declared, with its parameters in braces.

    Raises:
        KeyError: the route is not in the table.
    """
    method = "GET" if method == "HEAD" else method
    own = (method, path)
    return PERMISSIONS[own if own in PERMISSIONS else (method, path.removesuffix(".json"))]
