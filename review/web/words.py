"""How the desk says things: states, ages, numbers, forms."""

from datetime import datetime

from review.catalog import titles

PRIORITIES = {
    0: "possible adverse event",
    1: "near infusion",
    2: "order",
    3: "authorization",
    4: "enrollment",
    5: "status",
    6: "other",
}
"""Of ``validators.model.Priority``, as staff say it."""

LINE_REASONS = {
    "above_target": "more was wrong than the target allows",
    "back_to_gate": "no more is wrong than the target allows",
    "confirmed": "a lead lets more pass",
    "not_supported": "what was measured since does not bear it",
    "taken_back": "a lead took it back",
}
"""Of ``store.desk.model.LineWhy``."""

ROLE_NAMES = {
    "triage": "triage",
    "reviewer": "reviewer",
    "safety": "drug safety",
    "lead": "lead",
    "auditor": "auditor",
}


def spoken(code: str | None) -> str:
    """A code as words."""
    return "" if code is None else code.replace("_", " ")


def role(code: str) -> str:
    """A role as words."""
    return ROLE_NAMES.get(code, code)


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits: ``12 min``, ``5 h``, ``3 d``."""
    if moment is None:
        return ""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def line_place(least: float | None) -> str:
    """From where on fields pass."""
    if least is None:
        return "as calibrated"
    return "nothing passes" if least > 1 else f"from {least:.4f}"


def number(value: float, digits: int = 0) -> str:
    """A figure with its thousands apart; what rounds to nothing has no sign."""
    return f"{value:z,.{digits}f}"


def short_id(identifier: str) -> str:
    """The beginning of a fax's or form's identifier, enough to say it aloud."""
    return identifier[:12]


def form_title(form: str) -> str:
    """The title of a form by its code."""
    return titles().get(form, spoken(form).capitalize())
