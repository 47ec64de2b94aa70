"""``remsfax desk`` and ``remsfax users``: the web desk, and who may sign in."""

# ruff: noqa: PLC0415 - rooms are imported when a command runs, so that help answers at once

import json
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Engine

    from remsfax.settings import Settings

READER_STOP_SECONDS = 30
"""A fax at hand may be finished; one that takes longer is left for the next start."""

users = typer.Typer(help="Who may sign in at the desk.", no_args_is_help=True)


class Role(StrEnum):
    """What an account may do."""

    TRIAGE = "triage"
    REVIEWER = "reviewer"
    SAFETY = "safety"
    LEAD = "lead"
    AUDITOR = "auditor"


class NoPassword(Exception):
    """An account needs a password, and there is nobody to ask."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("desk")(desk)
    app.add_typer(users, name="users")


def desk(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: desk.host.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port. Default: desk.port.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer. Default: desk.workers.")
    ] = None,
) -> None:
    """Serve the web desk until stopped: triage, review, registers and figures in the browser."""
    from review.serving import has_accounts, open_desk, serve

    given: dict[str, Any] = {"host": host, "port": port, "workers": workers}
    settings = _settings(desk={name: value for name, value in given.items() if value is not None})
    opened = open_desk(settings.desk, settings.review, settings.pipeline())
    scheme = "https" if settings.desk.https == "own" else "http"
    sys.stderr.write(f"The desk answers at {scheme}://{settings.desk.host}:{settings.desk.port}/\n")
    if not has_accounts(opened):
        sys.stderr.write(
            "There is no account yet. Add one in another terminal:\n"
            "  remsfax users add NAME --role lead --full-name 'First Last'\n"
        )
    with _reader_beside() if settings.desk.reread else nullcontext():
        serve(opened)


@users.command("add")
def add(
    account: Annotated[str, typer.Argument(help="Name of the account: a-z, 0-9, dot, dash.", metavar="NAME")],
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    full_name: Annotated[str, typer.Option(help="The person's name, as others see it.")],
    subject: Annotated[
        str | None, typer.Option(help="By which the house's sign-in service knows the person.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add an account. The password is asked for; with --subject there is none."""
    from store.desk.accounts import add_account

    database = _database()
    if password_stdin:
        password: str | None = sys.stdin.readline().rstrip("\r\n")
    else:
        password = None if subject else _asked_password()
    made = add_account(
        database,
        account.lower(),
        full_name,
        role.value,
        password=password,
        oidc_subject=subject,
        by=_operator(),
    )
    sys.stdout.write(f"{made.account} may sign in as {made.role}\n")


@users.command("list")
def list_users(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the accounts."""
    from store.database import reading
    from store.desk.accounts import list_accounts

    with reading(_database()) as session:
        accounts = list_accounts(session)
    if as_json:
        listed = [
            {
                "account": one.account,
                "full_name": one.full_name,
                "role": one.role,
                "disabled": one.disabled,
                "password": one.has_password,
                "subject": one.oidc_subject,
            }
            for one in accounts
        ]
        sys.stdout.write(json.dumps(listed, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("account", "name", "role", "state")
    for one in accounts:
        table.add_row(one.account, escape(one.full_name), one.role, "disabled" if one.disabled else "enabled")
    Console().print(table)


@users.command("disable")
def disable(
    account: Annotated[str, typer.Argument(help="Name of the account.", metavar="NAME")],
    enable: Annotated[bool, typer.Option("--enable", help="Open the account again instead.")] = False,
) -> None:
    """Close an account: its sessions end at once. What the person did stays on record."""
    from store.desk.accounts import set_disabled

    set_disabled(_database(), account.lower(), not enable, by=_operator())
    sys.stdout.write(f"{account.lower()} is {'enabled' if enable else 'disabled'}\n")


@contextmanager
def _reader_beside() -> "Iterator[None]":
    """A process that reads faxes again as long as the desk runs: reading would hold the pages up."""
    # uvicorn hands the signal that stopped it on: unheard, it would end this process with its child alive.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    process = subprocess.Popen([sys.executable, "-m", "remsfax", "reread", "--watch"])
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(READER_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _settings(**overrides: Any) -> "Settings":
    from remsfax.settings import load_settings

    return load_settings(**{room: values for room, values in overrides.items() if values})


def _database() -> "Engine":
    from pipelines.stores import store_database
    from store.schema import upgrade

    database = store_database(_settings().pipeline().store)
    upgrade(database)
    return database


def _operator() -> str:
    """Who types the command, for the record of changes to accounts."""
    import getpass

    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError):
        return "operator"


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise NoPassword("Type the command in a terminal, or pipe the password in with --password-stdin.")
    return str(typer.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True))
