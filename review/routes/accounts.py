"""Who may use the desk: accounts, kept by leads."""

from typing import Annotated

from fastapi import Path
from pydantic import Field, SecretStr

from review.context import Me, TheDesk
from review.errors import Refused
from review.web.routing import DeskRouter, Done, Nothing, Order, PageModel
from store.database import reading
from store.desk.accounts import (
    AccountChange,
    account_trail,
    add_account,
    link_subject,
    list_accounts,
    revoke_sessions,
    set_disabled,
    set_password,
    set_role,
)
from store.desk.model import Account, Role

router = DeskRouter("accounts")

Name = Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,64}$")]
Password = Annotated[SecretStr, Field(min_length=12, max_length=200)]


class AccountsView(PageModel):
    """Every account."""

    accounts: tuple[Account, ...]
    changes: tuple[AccountChange, ...]
    house: bool
    """The house has a sign-in service of its own."""


class Add(Order):
    """A new account; without a password it signs in by the house's own service alone."""

    account: str = Field(max_length=64)
    full_name: str = Field(min_length=1, max_length=200)
    role: Role
    password: Password | None = None
    oidc_subject: str | None = Field(default=None, max_length=200)


class NewRole(Order):
    """The role from now on."""

    role: Role


class Disable(Order):
    """Whether the account is closed."""

    disabled: bool


class NewPassword(Order):
    """The password from now on."""

    password: Password


class NewSubject(Order):
    """By what the house's sign-in service knows the person from now on; it does not where it is left out."""

    oidc_subject: str | None = Field(default=None, max_length=200)


@router.page("/accounts", "accounts.html")
def show_accounts(desk: TheDesk) -> AccountsView:
    """All accounts, by name."""
    with reading(desk.database) as session:
        accounts, changes = list_accounts(session), account_trail(session)
    return AccountsView(accounts=accounts, changes=changes, house=desk.house is not None)


@router.action("/accounts")
def add(order: Add, desk: TheDesk, me: Me) -> Done:
    """Add an account."""
    if order.password is None and order.oidc_subject is None:
        raise Refused(
            "Give a password, or the subject by which the house's sign-in service knows the person."
        )
    add_account(
        desk.database,
        order.account.lower(),
        order.full_name,
        order.role,
        password=order.password.get_secret_value() if order.password else None,
        oidc_subject=order.oidc_subject,
        by=me.account,
    )
    return Done(go="/accounts", said="saved")


@router.action("/accounts/{account}/role")
def change_role(account: Name, order: NewRole, desk: TheDesk, me: Me) -> Done:
    """Give an account another role; its sessions end."""
    _not_oneself(account, me.account)
    set_role(desk.database, account, order.role, by=me.account)
    return Done(go="/accounts", said="saved")


@router.action("/accounts/{account}/disabled")
def disable(account: Name, order: Disable, desk: TheDesk, me: Me) -> Done:
    """Close an account, or open it again; its sessions end."""
    _not_oneself(account, me.account)
    set_disabled(desk.database, account, order.disabled, by=me.account)
    return Done(go="/accounts", said="saved")


@router.action("/accounts/{account}/password")
def change_password(account: Name, order: NewPassword, desk: TheDesk, me: Me) -> Done:
    """Give an account a new password; its sessions end."""
    set_password(desk.database, account, order.password.get_secret_value(), by=me.account)
    return Done(go="/accounts", said="saved")


@router.action("/accounts/{account}/subject")
def change_subject(account: Name, order: NewSubject, desk: TheDesk, me: Me) -> Done:
    """Let an account that is there already sign in by the house's service; its sessions end."""
    link_subject(desk.database, account, order.oidc_subject, by=me.account)
    return Done(go="/accounts", said="saved")


@router.action("/accounts/{account}/sessions")
def end_sessions(account: Name, order: Nothing, desk: TheDesk, me: Me) -> Done:  # noqa: ARG001
    """Sign an account out everywhere, as when a device was lost."""
    revoke_sessions(desk.database, account, by=me.account)
    return Done(go="/accounts", said="signed-out-everywhere")


def _not_oneself(account: str, own: str) -> None:
    if account == own:
        raise Refused("Nobody changes the role of an own account or closes it; ask another lead.")
