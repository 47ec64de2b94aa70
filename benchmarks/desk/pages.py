"""An address for every page of the desk, with something to show in each."""

from sqlalchemy import select
from sqlalchemy.engine import Engine

from review.permissions import PERMISSIONS
from store.database import reading
from store.registers.tables import MentionRow, PartyState
from store.tables import ReviewTask

NO_PAGE = (".png", "/health", "/openapi.json", "/comments", "/login/oidc", "/login/oidc/callback")
"""What GET rows of the table of permissions end in that show nothing to a person by themselves."""


def pages_of(engine: Engine) -> list[str]:
    """Addresses for every page in the table of permissions; that of a party comes once for each kind.

    Raises:
        LookupError: the store has nothing to show on a page.
    """
    known = _known(engine)
    pages = []
    for method, path in PERMISSIONS:
        if method == "GET" and not path.endswith(NO_PAGE):
            pages += known.get(path, [path])
    empty = [path for path in known if not known[path]] + [path for path in pages if "{" in path]
    if empty:
        raise LookupError(f"The store has nothing to show at {', '.join(empty)}.")
    return pages


def _known(engine: Engine) -> dict[str, list[str]]:
    with reading(engine) as session:
        tasks = select(ReviewTask.transmission_id, ReviewTask.document_id).where(
            ReviewTask.document_id.is_not(None), ReviewTask.status == "open", ReviewTask.stage == "first"
        )
        task = session.execute(tasks.order_by(ReviewTask.id)).first()
        rows = session.execute(select(PartyState.kind, PartyState.party).order_by(PartyState.party))
        parties = dict(rows.tuples().all())
        unknown = select(MentionRow.document_id, MentionRow.role).where(MentionRow.party.is_(None))
        mention = session.execute(unknown.order_by(MentionRow.document_id)).first()
    return {
        "/transmissions/{fax}": [f"/transmissions/{task[0]}"] if task else [],
        "/review/{transmission_id}/{document_id}": [f"/review/{task[0]}/{task[1]}"] if task else [],
        "/matching/{document_id}/{form_role}": [f"/matching/{mention[0]}/{mention[1]}"] if mention else [],
        "/registers/{kind}/{identifier}": [f"/registers/{kind}/{party}" for kind, party in parties.items()],
    }
