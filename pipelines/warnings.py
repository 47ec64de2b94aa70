"""Warnings: findings that ask someone to act and hold up no record, so that no task stands for them."""

from collections.abc import Collection, Iterable
from typing import Protocol


class Found(Protocol):
    """A finding, as the checks, the record or the store have it."""

    @property
    def rule(self) -> str:
        """Its rule's identifier."""

    @property
    def severity(self) -> str:
        """``error``, ``warning`` or ``info``."""

    @property
    def message(self) -> str:
        """The sentence for staff."""

    @property
    def pages(self) -> tuple[int, ...]:
        """Pages of the fax that it is about."""


def without_task(
    findings: Iterable[Found], reasons: Collection[str]
) -> dict[tuple[str, str], tuple[int, ...]]:
    """The warnings that no task stands for: pages, by rule and sentence.

    Args:
        findings: of one fax.
        reasons: of its tasks; a task of a rule's name shows that rule's finding already.
    """
    pages: dict[tuple[str, str], set[int]] = {}
    for finding in findings:
        if finding.severity == "warning" and finding.rule not in reasons:
            pages.setdefault((finding.rule, finding.message), set()).update(finding.pages)
    return {key: tuple(sorted(found)) for key, found in sorted(pages.items())}
