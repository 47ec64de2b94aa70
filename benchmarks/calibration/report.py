"""What a calibration is worth, on fields of faxes that its fit did not see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.calibration.cases import Case
from benchmarks.calibration.fitting import outcome
from extractors.calibrated import Calibrated

SHOWN = (0.925, 0.975)
"""Fields shown as sure as this are those shown as 0.95."""


@dataclass(frozen=True)
class Ended:
    """How a case ended: which value, how sure, whether it passes unseen."""

    case: Case
    right: bool
    sure: float
    passes: bool
    alone: bool
    asked_third: bool


def ended(case: Case, judge: Calibrated, target: float) -> Ended:
    """How a calibrated machine ends a case."""
    step, sure, passes = outcome(case, judge, target)
    return Ended(case, step.right, sure, passes, step is case.alone, step is case.third)


def report(ends: Sequence[Ended], cases: Sequence[Case]) -> str:
    """Tables by group and kind."""
    lines = [f"{len(cases)} fields of {len({case.fax for case in cases})} faxes; checked on unseen faxes", ""]
    lines.append(
        f"{'':28}{'fields':>8}{'plain':>8}{'right':>8}{'passes':>8}{'wrong':>7}{'wrong %':>9}"
        f"{'shown .95':>11}{'right':>8}"
    )
    groups: dict[str, list[Ended]] = defaultdict(list)
    for end in ends:
        case = end.case
        who = "hand" if case.hand else "typed"
        groups["0 all"].append(end)
        if case.group != "written":
            groups[f"1 {case.group}"].append(end)
            continue
        groups["2 written"].append(end)
        groups[f"3 {who}"].append(end)
        groups[f"4 {who} {'standard' if case.standard else 'fine'}"].append(end)
        groups[f"5 {who} {case.kind}"].append(end)
    lines += [_line(name[2:], groups[name]) for name in sorted(groups)]
    written = [end for end in ends if end.case.group == "written"]
    alone = sum(end.alone for end in written)
    third = sum(end.asked_third for end in written)
    lines += ["", f"settled by the quick net alone {alone} of {len(written)}; third voice asked {third}"]
    pages = defaultdict(list)
    for end in written:
        pages[end.case.fax].append(end.asked_third)
    started = sum(any(asked) for asked in pages.values())
    lines.append(f"faxes that start the third voice {started} of {len(pages)}")
    return "\n".join(lines)


def _line(name: str, ends: Sequence[Ended]) -> str:
    count = len(ends)
    passed = [end for end in ends if end.passes]
    wrong = sum(not end.right for end in passed)
    shown = [end for end in ends if SHOWN[0] <= end.sure < SHOWN[1]]
    written = [end for end in ends if end.case.group == "written"]
    plain = (
        f"{100 * sum(end.case.plain for end in written) / count:8.2f}" if len(written) == count else " " * 8
    )
    good = f"{100 * sum(end.right for end in shown) / len(shown):8.1f}" if shown else " " * 8
    right = sum(end.right for end in ends)
    return (
        f"{name:28}{count:8}{plain}{100 * right / count:8.2f}{100 * len(passed) / count:8.1f}{wrong:7}"
        f"{100 * wrong / max(1, len(passed)):9.3f}{len(shown):11}{good}"
    )
