"""How often somebody may try to sign in: failed attempts are counted by address and by account."""

from limits import RateLimitItem, parse

from review.context import DeskContext
from review.errors import TooManyAttempts


def check_attempts(desk: DeskContext, account: str, address: str) -> None:
    """Refuse when too many attempts have failed.

    Raises:
        TooManyAttempts: of this account or from this address; it says how long to wait.
    """
    limit = _limit(desk)
    if not all(desk.limiter.test(limit, *key) for key in _keys(account, address)):
        raise TooManyAttempts(
            f"Too many attempts to sign in failed; wait {desk.settings.login_pause_minutes} minutes, "
            "or ask a lead for a new password."
        )


def count_failure(desk: DeskContext, account: str, address: str) -> None:
    """Count an attempt that failed."""
    for key in _keys(account, address):
        desk.limiter.hit(_limit(desk), *key)


def _limit(desk: DeskContext) -> RateLimitItem:
    return parse(f"{desk.settings.login_attempts} per {desk.settings.login_pause_minutes} minutes")


def _keys(account: str, address: str) -> tuple[tuple[str, str], ...]:
    return (("account", account.lower()), ("address", address))
