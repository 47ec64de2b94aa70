"""Writing that says there is nothing to say: none, N/A, a dash."""

import re

_NOTHING = re.compile(
    r"^[\W_]*(no(ne|thing|t applicable)?|nil|n\W?a\W*|unk(nown)?|n\W?i|0+)?"
    r"(\s+(known|reported|noted))?[\W_]*$",
    re.I,
)


def says_nothing(text: str) -> bool:
    """Whether what was written in a field says that there is nothing to report: none, N/A, a dash."""
    return _NOTHING.match(text) is not None
