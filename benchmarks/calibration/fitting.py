"""Curves by boosted trees and isotonic steps, and gates by exact binomial tests (Learn then Test)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom  # type: ignore[import-untyped]
from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]
from sklearn.isotonic import IsotonicRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from benchmarks.calibration.cases import Case, Step
from extractors.calibrated import NUMBERS, Calibrated, Curve, Fitted, Gate, Group, Tree, as_other
from extractors.features import FALLS, GROWS, WRITTEN

TARGETS = (0.0003, 0.0005, 0.001, 0.0014, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1)
DELTA = 0.05
"""One in twenty calibrations may miss its target."""
STARTS = (0.4, 0.7)
"""Where the tests begin, as shares of the fields that may pass; each has an equal part of ``DELTA``."""
FOLDS = 5
TREES = 80
FEW_WRONG = 4
"""With fewer wrong or right cases a class gets one figure for all."""
TRIED = 400
"""Confidences tried for a gate, equally many fields between one and the next."""
STEP_FIELDS = 10
"""A step of a curve stands for at least as many fields."""

Figures = NDArray[np.float64]
Marks = NDArray[np.bool_]


def fit(cases: Sequence[Case], voices: str) -> Fitted:
    """A calibration for some voices.

    Args:
        cases: of all groups.
        voices: names and versions of the nets that read them.
    """
    with threadpool_limits(1):  # on a busy machine its threads wait for each other
        curves, sure = _curves(cases)
    counts: dict[Group, int] = defaultdict(int)
    for case in cases:
        counts[case.group] += 1
    written = {name: curve for name, curve in curves.items() if name.startswith(("hand", "typed"))}
    return Fitted(
        voices=voices,
        fields=dict(counts),
        written=written,
        empties=curves["empty"],
        marks=curves["mark"],
        signatures=curves["signature"],
        gates=_gates(cases, sure),
    )


def _curves(cases: Sequence[Case]) -> tuple[dict[str, Curve], dict[int, float]]:
    """A curve for each model, and how sure each step is by a curve that never saw its fax."""
    by_model: dict[str, list[tuple[str, Step]]] = defaultdict(list)
    for case in cases:
        for step in steps_of(case):
            by_model[step.model].append((case.fax, step))
    curves: dict[str, Curve] = {}
    sure: dict[int, float] = {}
    for model, members in by_model.items():
        curve, figures = _curve([step for _, step in members], [fax for fax, _ in members])
        curves[model] = curve
        sure |= {id(step): float(figure) for (_, step), figure in zip(members, figures, strict=True)}
    return curves, sure


def steps_of(case: Case) -> Iterable[Step]:
    """The steps of a case, in the order in which they are taken."""
    return (step for step in (case.alone, case.nets, case.third) if step is not None)


def _curve(steps: Sequence[Step], faxes: Sequence[str]) -> tuple[Curve, Figures]:
    rows = np.stack([step.row for step in steps])
    right = np.array([step.right for step in steps])
    wrong = int((~right).sum())
    if min(wrong, len(steps) - wrong) < FEW_WRONG or len(set(faxes)) < FOLDS:
        figure = 1 - (wrong + 0.5) / (len(steps) + 1)
        flat = Curve(bias=0.0, trees=(), scores=(0.0,), sure=(figure,))
        return flat, np.full(len(steps), figure)
    scores = np.zeros(len(steps))
    for fitted, held in GroupKFold(FOLDS).split(rows, right, faxes):
        model = _boosted(rows[fitted], right[fitted])
        scores[held] = model.decision_function(rows[held]) if model is not None else 0.0
    knots, figures = _steps(scores, right)
    bias, trees = _as_trees(_boosted(rows, right))
    curve = Curve(
        bias=bias,
        trees=trees,
        scores=tuple(round(float(knot), 5) for knot in knots),
        sure=tuple(round(float(figure), 6) for figure in figures),
    )
    return curve, np.interp(scores, knots, figures)


def _boosted(rows: Figures, right: Marks) -> Any:
    """Boosted trees; none where there is nothing to tell apart."""
    if right.all() or not right.any():
        return None
    grows, leaf = None, 10  # the others have few cases that are wrong, and few figures
    if rows.shape[1] == len(WRITTEN):
        grows, leaf = [int(name in GROWS) - int(name in FALLS) for name in WRITTEN], 30
    return HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=0.08,
        max_leaf_nodes=10,
        min_samples_leaf=leaf,
        l2_regularization=5.0,
        early_stopping=False,
        monotonic_cst=grows,
        random_state=1,
    ).fit(rows, right)


def _as_trees(model: Any) -> tuple[float, tuple[Tree, ...]]:
    """The trees of a model as they are shipped. scikit-learn keeps them behind an underscore."""
    if model is None:
        return 0.0, ()
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        leaves = nodes["is_leaf"].astype(bool)
        trees.append(
            Tree(
                figure=tuple(np.where(leaves, -1, nodes["feature_idx"]).tolist()),
                most=tuple(float(f"{most:.7g}") for most in np.where(leaves, 0, nodes["num_threshold"])),
                left=tuple(np.where(leaves, 0, nodes["left"]).tolist()),
                right=tuple(np.where(leaves, 0, nodes["right"]).tolist()),
                value=tuple(float(f"{value:.6g}") for value in np.where(leaves, nodes["value"], 0)),
            )
        )
    return float(np.ravel(model._baseline_prediction)[0]), tuple(trees)


def _steps(scores: Figures, right: Marks) -> tuple[Figures, Figures]:
    """Isotonic steps, each at its mean score with Jeffreys' estimate of being right."""
    order = np.argsort(scores, kind="stable")
    scores, right = scores[order], right[order]
    level = IsotonicRegression().fit_transform(np.arange(len(scores)), right.astype(float))
    edges = np.flatnonzero(np.diff(level) > 0) + 1
    blocks: list[NDArray[np.int64]] = []
    for block in np.split(np.arange(len(scores)), edges):
        if blocks and len(blocks[-1]) < STEP_FIELDS:
            blocks[-1] = np.concatenate([blocks[-1], block])
        else:
            blocks.append(block)
    knots = np.array([float(scores[block].mean()) for block in blocks])
    figures = np.array([1 - ((~right[block]).sum() + 0.5) / (len(block) + 1) for block in blocks])
    return knots + np.arange(len(knots)) * 1e-6, np.maximum.accumulate(figures)


@dataclass(frozen=True, eq=False)
class Looks:
    """What may pass and when: confidence and rightness at each look, fields x looks; never is minus one."""

    sure: Figures
    right: Marks

    def passed(self, least: float) -> tuple[int, int]:
        """How many pass at their first look that is sure enough, and how many of them are wrong."""
        enough = self.sure >= least
        first = enough.argmax(axis=1)
        passes = enough.any(axis=1)
        wrong = passes & ~self.right[np.arange(len(first)), first]
        return int(passes.sum()), int(wrong.sum())

    @cached_property
    def counts(self) -> tuple[Figures, NDArray[np.int64], NDArray[np.int64]]:
        """Confidences to try, falling, with how many pass at each and how many of them are wrong."""
        best = self.sure.max(axis=1, initial=-1.0)
        best = np.sort(best[best >= 0])[::-1]
        tried = np.unique(best[:: max(1, len(best) // TRIED)])[::-1]
        counts = np.array([self.passed(float(least)) for least in tried], np.int64).reshape(-1, 2)
        return tried, counts[:, 0], counts[:, 1]


def _gates(cases: Sequence[Case], sure: Mapping[int, float]) -> dict[Group, tuple[Gate, ...]]:
    """Gates of what is written, whichever voices settle it, and of all else together: alone it is too few."""
    written = _of_targets(_looks([case for case in cases if case.group == "written"], sure))
    other = _of_targets(_looks([case for case in cases if case.group != "written"], sure))
    return {"alone": written, "written": written, "mark": other, "signature": other, "empty": other}


def _looks(cases: Sequence[Case], sure: Mapping[int, float]) -> Looks:
    rows = [(case.alone, case.nets, case.third) for case in cases]
    shape = (len(rows), 3)
    figures, right = np.full(shape, -1.0), np.ones(shape, bool)
    for index, steps in enumerate(rows):
        for look, step in enumerate(steps):
            if step is not None and not step.seen:
                figure = sure[id(step)]
                # One gate for all: a number by hand stands where other writing stands that passes with it.
                figures[index, look] = as_other(figure) if step.group in NUMBERS else figure
                right[index, look] = step.right
    return Looks(figures, right)


def _of_targets(looks: Looks) -> tuple[Gate, ...]:
    return tuple(gate for target in TARGETS if (gate := _gate(looks, target)) is not None)


def _gate(looks: Looks, target: float) -> Gate | None:
    """The least confidence that keeps the target: tests go down from each start until one fails."""
    thresholds, passed, wrong = looks.counts
    if not len(thresholds) or passed[-1] < ceil(log(DELTA) / log(1 - target)):
        return None
    kept = binom.cdf(wrong, passed, target) <= DELTA / len(STARTS)
    lowest: float | None = None
    for share in STARTS:
        index = int(np.searchsorted(passed, share * passed[-1]))
        while index < len(kept) and kept[index]:
            least = float(thresholds[index])
            lowest = least if lowest is None else min(lowest, least)
            index += 1
    return None if lowest is None else Gate(target_error=target, least=lowest)


def outcome(case: Case, judge: Calibrated, target: float) -> tuple[Step, float, bool]:
    """How a calibrated machine would end a case: the last step, its confidence, and whether it passes."""
    last, figure = case.nets, 0.0
    for step in steps_of(case):
        if step is case.third and (case.nets.seen or figure < judge.third_from):
            continue
        sure = curve_of(judge.fitted, step)(step.row)
        if step is not case.alone:
            last, figure = step, sure
        if not step.seen and judge.passes(step.group, sure, target):
            return step, sure, True
    return last, figure, False


def curve_of(fitted: Fitted, step: Step) -> Curve:
    """The curve that judges a step."""
    special = {"empty": fitted.empties, "mark": fitted.marks, "signature": fitted.signatures}
    return special.get(step.model) or fitted.written[step.model]
