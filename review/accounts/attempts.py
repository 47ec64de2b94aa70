"""How often somebody may try to sign in: failed attempts are counted by address and by account.

The store counts them, so that several processes of the desk count together and a restart forgets nothing.
"""

from datetime import UTC, datetime, timedelta

from review.context import DeskContext
from review.errors import TooManyAttempts
from store.database import reading
from store.desk.sessions import failed_logins


def check_attempts(desk: DeskContext, account: str, address: str) -> None:
    """Refuse when too many attempts have failed.

    Raises:
        TooManyAttempts: of this account or from this address; it says how long to wait.
    """
    pause = desk.settings.login_pause_minutes
    with reading(desk.database) as session:
        since = datetime.now(UTC) - timedelta(minutes=pause)
        failed = failed_logins(session, account=account, address=address, since=since)
    if failed >= desk.settings.login_attempts:
        raise TooManyAttempts(
            f"Too many attempts to sign in failed; wait {pause} minutes, or ask a lead for a new password."
        )
