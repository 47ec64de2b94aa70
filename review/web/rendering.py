"""Templates, and what every one of them may use."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from review.accounts.model import Visitor
from review.permissions import access_to
from review.web import words
from review.web.cookies import THEME
from review.web.navigation import entries_for
from review.web.notices import NOTICES

STATIC = Path(__file__).parents[1] / "static"
THEMES = ("auto", "light", "dark")


@cache
def environment() -> Environment:
    """The templates of the desk; everything shown is escaped."""
    made = Environment(
        loader=PackageLoader("review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        enable_async=False,
    )
    made.filters |= {
        "spoken": words.spoken,
        "age": words.age,
        "number": words.number,
        "short": words.short_id,
        "role": words.role,
        "line_place": words.line_place,
    }
    made.globals |= {
        "static": static_path,
        "form_title": words.form_title,
        "PRIORITIES": words.PRIORITIES,
        "LINE_REASONS": words.LINE_REASONS,
    }
    return made


@cache
def static_digest() -> str:
    """Stands in the path of every static file: a new version of one has a new address."""
    whole = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            whole.update(file.relative_to(STATIC).as_posix().encode())
            whole.update(file.read_bytes())
    return whole.hexdigest()[:12]


def static_path(name: str) -> str:
    """The address of a static file, such as ``css/desk.css``."""
    return f"/static/{static_digest()}/{name}"


def render(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page.

    Args:
        request: that it answers.
        template: under ``review/templates``.
        status: of the answer.
        shown: what the template shows, beside what all may use: ``me``, ``csrf``, ``nav``, ``here``,
            ``notice``, ``theme``, ``now``, ``local`` and ``may``.
    """
    text = environment().get_template(template).render(**_common(request), **shown)
    return HTMLResponse(text, status)


def _common(request: Request) -> Mapping[str, Any]:
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    theme = request.cookies.get(THEME, "auto")
    desk = request.app.state.desk
    zone = desk.pipeline.program.zone

    def may(method: str, path: str) -> bool:
        roles = access_to(method, path)
        return roles is None or (visitor is not None and visitor.role in roles)

    def local(moment: datetime | None, form: str = "%Y-%m-%d %H:%M") -> str:
        return moment.astimezone(zone).strftime(form) if moment else ""

    return {
        "me": visitor,
        "csrf": getattr(request.state, "csrf", ""),
        "nav": entries_for(visitor.role) if visitor else (),
        "here": request.url.path,
        "notice": NOTICES.get(request.query_params.get("said", "")),
        "theme": theme if theme in THEMES else "auto",
        "now": datetime.now(zone),
        "may": may,
        "local": local,
    }
