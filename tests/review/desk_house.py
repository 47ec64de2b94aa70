"""A desk for tests: a store of its own, an account of each role, and signed-in browsers."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient

from pipelines.settings import PipelineSettings
from review.accounts.model import ROLES
from review.app import create_app, open_context
from review.context import DeskContext
from review.settings import DeskSettings
from review.web.cookies import SESSION
from store.database import open_database
from store.desk.accounts import add_account
from store.desk.sessions import open_session
from store.desk.settings import ReviewSettings
from store.schema import upgrade
from store.settings import StoreSettings

PASSWORD = "a sentence to sign in with"
ADDRESS = "http://desk.test"


def make_desk(folder: Path, **changes: Any) -> DeskContext:
    """A desk on SQLite with one account a role, named as the role; only the lead has a password."""
    (folder / "desk.db").write_bytes(_new_store())
    store = StoreSettings(database=f"sqlite:///{folder / 'desk.db'}", archive=str(folder / "archive"))
    return open_context(DeskSettings(**changes), ReviewSettings(), PipelineSettings(store=store))


@cache
def _new_store() -> bytes:
    """A database with all tables and the accounts: made once, since that takes seconds."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "new.db")
        database = open_database(f"sqlite:///{file}")
        upgrade(database)
        for role in ROLES:
            words = {"password": PASSWORD} if role == "lead" else {"oidc_subject": f"subject of {role}"}
            add_account(database, role, f"The {role.capitalize()}", role, by="test", **words)
        with database.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        database.dispose()
        return file.read_bytes()


class Browser(TestClient):
    """A browser; ``csrf`` is what its pages would send."""

    csrf: str = ""

    def change(self, path: str, order: dict[str, Any] | None = None, **more: Any) -> Any:
        """POST as a script of the desk does."""
        headers = {"X-CSRF-Token": self.csrf, "Accept": "application/json"} | more.pop("headers", {})
        return self.post(path, json=order or {}, headers=headers, **more)

    def submit(self, path: str, fields: dict[str, Any] | None = None) -> Any:
        """POST as a form of a page does."""
        data = {"csrf": self.csrf, **(fields or {})}
        return self.post(path, data=data, headers={"Accept": "text/html"})

    def json_of(self, path: str) -> Any:
        """The JSON beside a page."""
        answer = self.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.json()


def stranger(desk: DeskContext) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(create_app(desk), base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=True)


def browser_of(desk: DeskContext, role: str) -> Browser:
    """A browser in which the account of a role is signed in."""
    browser = stranger(desk)
    opened = open_session(desk.database, role, idle_seconds=3600, lifetime_seconds=36000)
    browser.cookies.set(SESSION, opened.token, domain="desk.test")
    browser.csrf = opened.signed_in.csrf
    return browser
