"""Where a browser may be sent."""


def safe_path(path: str, otherwise: str = "/") -> str:
    """The path if it is one of this desk, so that no link can lead a person elsewhere after an action.

    Browsers read ``//host`` and a backslash as another site, and control characters not at all.
    """
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if inside else otherwise


def home_of(role: str) -> str:
    """Where a role begins its day."""
    return {"reviewer": "/review", "lead": "/figures", "auditor": "/figures"}.get(role, "/inbox")
