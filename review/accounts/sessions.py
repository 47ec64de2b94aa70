"""Sessions of the desk, by the lengths that its settings give."""

from review.accounts.model import Visitor
from review.context import DeskContext
from store.desk.model import NewSession
from store.desk.sessions import open_session, session_of


def find_visitor(desk: DeskContext, token: str) -> Visitor | None:
    """Who holds the cookie; none when the session has ended or the account was disabled."""
    found = session_of(desk.database, token, idle_seconds=desk.settings.idle_minutes * 60)
    if found is None:
        return None
    account = found.account
    return Visitor(
        account.account, account.full_name, account.role, found.session, found.csrf, dict(account.preferences)
    )


def new_session(desk: DeskContext, account: str) -> NewSession:
    """Open a session; its token goes into the cookie and nowhere else."""
    return open_session(
        desk.database,
        account,
        idle_seconds=desk.settings.idle_minutes * 60,
        lifetime_seconds=desk.settings.session_hours * 3600,
    )
