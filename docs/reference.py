"""Writes ``docs/settings.md`` from the settings models: ``python docs/reference.py``; a test compares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from remsfax.settings import Settings

PAGE = Path(__file__).with_name("settings.md")

HEAD = """\
# Settings

This page is written from the settings models by `python docs/reference.py`; a test fails when the two differ.

Every setting has a default, so nothing has to be set: the program then works with SQLite and folders under
`var/`. Values come from three places. The first that has one wins:

1. an environment variable: `REMSFAX_`, the group, two underscores, the name (`REMSFAX_STORE__DATABASE`);
2. the file `remsfax.toml` in the current folder, or the file that `REMSFAX_SETTINGS` names;
3. the default.

The option `--workers` of a command wins over all three. A name that is not on this page is refused, in the
file and in the environment, so a misspelt setting never goes unnoticed. `remsfax settings` prints every value
in force and where it came from; passwords in addresses are not shown.

```toml
[intake]
source = "s3://faxes/inbox"

[store]
database = "postgresql://remsfax@db.example/remsfax"
archive = "s3://faxes/archive"

[reading]
target_error = 0.001

[reading.limits]
most_pages = 500
```

Lists and tables are written as JSON in a variable: `REMSFAX_INTAKE__SUFFIXES='[".tif", ".pdf"]'`.
"""

_TABLE = ("| setting | default | values | meaning |", "|---|---|---|---|")
_BOUNDS = ((Ge, "ge", "at least"), (Gt, "gt", "above"), (Le, "le", "at most"), (Lt, "lt", "below"))
_TYPES: dict[type, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    SecretStr: "text, never shown",
}


def settings_markdown() -> str:
    """The whole page."""
    lines = [HEAD]
    for room, info in Settings.model_fields.items():
        lines += [f"## {room}: {info.description}", "", *_TABLE, *_rows(room, info.annotation), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rows(prefix: str, model: Any) -> Iterator[str]:
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _rows(f"{prefix}.{name}", kind)
        else:
            cells = (f"`{prefix}.{name}`", _default(info), _values(info), info.description or "")
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(info: FieldInfo) -> str:
    if info.default_factory is not None:
        made = info.get_default(call_default_factory=True, validated_data={})
        # The count of cores differs from machine to machine; the description says what is counted.
        return "none" if made in ({}, ()) else "counted"
    value = info.default
    if value in (None, "", SecretStr("")):
        return "none"
    if isinstance(value, tuple | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return ", ".join(f"`{_item(item)}`" for item in items) or "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _item(item: object) -> str:
    return ": ".join(str(part) for part in item) if isinstance(item, tuple) else str(item)


def _values(info: FieldInfo) -> str:
    parts = [_type(info.annotation)]
    for kind, name, words in _BOUNDS:
        parts += [f"{words} {getattr(bound, name):,g}" for bound in info.metadata if isinstance(bound, kind)]
    return ", ".join(parts)


def _type(kind: Any) -> str:
    if kind in _TYPES:
        return _TYPES[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is tuple and get_origin(inner[0]) is tuple:
        return "list of pairs"
    if origin in (tuple, frozenset):
        return "list of whole numbers" if inner[0] is int else "list of texts"
    if origin is dict:
        return f"table of {_type(inner[1])}"
    return _type(next(part for part in inner if part is not type(None)))


if __name__ == "__main__":
    PAGE.write_text(settings_markdown(), encoding="utf-8")
