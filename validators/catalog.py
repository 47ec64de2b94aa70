"""The catalog of rules: identifiers, severities, sentences for staff and sources, as data.

The rules themselves are in ``rules.yaml``; the checks refer to them by identifier.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from validators.model import Finding, Rule, Severity
from validators.program.rules import PROGRAM_RULES

_RULES_FILE = Path(__file__).with_name("rules.yaml")

_GROUPS: tuple[tuple[str, str], ...] = (
    ("AE-", "Possible adverse events"),
    ("COM-", "Completeness"),
    ("CRS-", "Forms of one fax against each other"),
    ("X4-", "Dates"),
    ("X", "Identifiers with a check digit"),
    ("IDN-", "Other identifiers, addresses and numbers"),
    ("", "Program rules"),
)


class UnknownRuleError(KeyError):
    """A check refers to a rule that the catalog does not hold."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"no rule {rule} in the catalog; add it to validators/rules.yaml")

    def __str__(self) -> str:
        return str(self.args[0])


@cache
def _load() -> Mapping[str, Rule]:
    entries: dict[str, dict[str, Any]] = yaml.safe_load(_RULES_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            name: Rule(
                rule=name,
                severity=entry["severity"],
                title=entry["title"],
                message=entry["message"],
                source=entry["source"],
                forms=tuple(entry.get("forms", ())),
            )
            for name, entry in entries.items()
        }
    )


RULES: Mapping[str, Rule] = _load()
"""Every rule by its identifier."""


def finding(
    rule: str,
    *,
    fields: tuple[str, ...] = (),
    pages: tuple[int, ...] = (),
    severity: Severity | None = None,
    **words: str | int,
) -> Finding:
    """A finding of one rule of the catalog.

    Args:
        rule: identifier of the rule.
        fields: names of the fields it is about.
        pages: received page numbers.
        severity: the severity where it differs from the rule's own.
        words: what fills the braces of the rule's message: labels and counts, never patient data.

    Raises:
        UnknownRuleError: the catalog holds no such rule.
    """
    try:
        entry = RULES[rule]
    except KeyError:
        raise UnknownRuleError(rule) from None
    message = entry.message.format_map(words)
    return Finding(
        rule=rule, severity=severity or entry.severity, message=message, fields=fields, pages=pages
    )


def _group(rule: str) -> str:
    return next(title for prefix, title in _GROUPS if rule.startswith(prefix))


def rules_markdown() -> str:
    """The catalog as the page ``docs/rules.md``."""
    lines = [
        "# The rules",
        "",
        "Every rule: the checks that a fax goes through, and those of the program's state. This page is",
        "written from the catalogs by `validators.catalog.rules_markdown()`; a test fails when they differ.",
        "",
        "- **error**: the form cannot be accepted as it is.",
        "- **warning**: a person should look before the form is accepted.",
        "- **info**: worth knowing; nothing has to be done.",
        "",
        "A finding about an answer that the machine is not sure of is lowered to *info* until a person",
        "has reviewed the answer. Possible adverse events are never lowered. Words in braces stand for",
        "labels and counts; no sentence repeats what a form says about a patient.",
        "",
        "Letters with digits in the last column (W4, X1, V2 ...) are rows of the program's rules; Brochure",
        "is the prescriber education brochure, Reference ID 3821900.",
    ]
    for _, title in _GROUPS:
        rules = [rule for rule in RULES.values() if _group(rule.rule) == title]
        lines += ["", f"## {title}", "", *_table(rules)]
    lines += [
        "",
        "## The program's state: registers, gates and clocks",
        "",
        "These follow from all that is known of a patient, a prescriber or a site on the day asked about,",
        "not from one form. Some identifiers stand above too: there the rule is held against one form.",
        "",
        *_table(PROGRAM_RULES.values()),
        "",
        "### Where a rule of the program depends on its version or on settings",
        "",
        "Every other one holds in all versions and has no setting. [All settings](settings.md) stand under",
        "`program`.",
        "",
        "| rule | holds in | set by |",
        "|---|---|---|",
        *(
            f"| {rule.rule} | {rule.versions} | {', '.join(f'`{name}`' for name in rule.settings)} |"
            for rule in PROGRAM_RULES.values()
            if rule.settings
        ),
    ]
    return "\n".join(lines) + "\n"


def _table(rules: Iterable[Rule]) -> list[str]:
    lines = ["| rule | severity | title | sentence for staff | forms | source |", "|---|---|---|---|---|---|"]
    for rule in rules:
        forms = ", ".join(rule.forms) or "all"
        cells = (rule.rule, rule.severity, rule.title, rule.message, forms, rule.source)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return lines
