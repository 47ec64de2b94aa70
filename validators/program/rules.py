"""The program's rules as data (``rules.yaml``), and what is made of them: findings and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from validators.model import Finding, Rule, Severity


@dataclass(frozen=True, order=True)
class ProgramFinding:
    """A finding about a party of the program, and the form that it rests on.

    Attributes:
        party: id of the party; none where nobody was found.
        document_id: none where no single form is the cause.
    """

    rule: str
    severity: Severity
    message: str
    party: str | None = None
    document_id: str | None = None
    fields: tuple[str, ...] = ()

    @property
    def finding(self) -> Finding:
        """The same as the form's own finding."""
        return Finding(self.rule, self.severity, self.message, self.fields)

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.severity != "info"


@dataclass(frozen=True)
class Refusal:
    """Why a gate is closed: the rule and what to do."""

    rule: str
    message: str


ALL_VERSIONS = "all"


@dataclass(frozen=True)
class ProgramRule(Rule):
    """A rule of the program's state.

    Attributes:
        versions: of the program in which it holds; a program version is a form's revision month.
        settings: of the program by which it is set; see ``settings.ProgramSettings``.
    """

    versions: str = ALL_VERSIONS
    settings: tuple[str, ...] = ()


def _load() -> Mapping[str, ProgramRule]:
    entries: dict[str, dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8")
    )
    return MappingProxyType(
        {
            name: ProgramRule(
                name,
                row["severity"],
                row["title"],
                row["message"],
                row["source"],
                tuple(row.get("forms", ())),
                row.get("versions", ALL_VERSIONS),
                tuple(row.get("settings", ())),
            )
            for name, row in entries.items()
        }
    )


PROGRAM_RULES = _load()
"""Every rule that the program's state may name, by identifier."""


def refuse(rule: str, **words: str | int) -> Refusal:
    """A refusal by a rule, its message filled in."""
    return Refusal(rule, PROGRAM_RULES[rule].message.format(**words))


def found(
    rule: str,
    *,
    party: str | None = None,
    document_id: str | None = None,
    fields: tuple[str, ...] = (),
    **words: str | int,
) -> ProgramFinding:
    """A finding by a rule, its message filled in."""
    row = PROGRAM_RULES[rule]
    return ProgramFinding(rule, row.severity, row.message.format(**words), party, document_id, fields)


def as_finding(refusal: Refusal, party: str | None, document_id: str | None) -> ProgramFinding:
    """A refusal as a finding about the form that was refused."""
    severity = PROGRAM_RULES[refusal.rule].severity
    return ProgramFinding(refusal.rule, severity, refusal.message, party, document_id)
