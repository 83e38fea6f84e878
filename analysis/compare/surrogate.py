"""A short rule per segment: at most three conditions that a shallow tree finds, measured on customers held out.

Method, sources and limits: ``docs/methods/explain.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.compare.compare import OTHER, YES
from analysis.compare.explain import described, encoded
from analysis.compare.ranked import FEW
from analysis.errors import AnalysisError
from analysis.segments.result import groups_of
from analysis.stats.intervals import wilson
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.result import Segmentation, Segmented

CONDITIONS = 3
TRAIN_ROWS = 20_000
WHOLE = ("days", "count", "years")
Op = Literal["<=", ">", "is", "is_not"]


@dataclass(frozen=True)
class SurrogateCondition:
    """One condition of a rule: a feature, ``<=`` or ``>`` and a number, or ``is`` / ``is_not`` and a level.

    A flag ``is`` (or ``is_not``) ``YES``. A customer without a value meets no condition but ``is_not``.
    """

    feature: str
    op: Op
    value: float | str


RULE = (
    "segment", "conditions", "precision", "precision_low", "precision_high", "coverage", "coverage_low",
    "coverage_high", "n_met", "n_segment", "n_tested",
)  # fmt: skip


@dataclass(frozen=True)
class SurrogateRule(Tabular, columns=RULE):
    """What marks a segment, in conditions that all have to hold.

    Attributes
    ----------
    segment : str
    conditions : tuple of SurrogateCondition
        One to three.
    precision : float
        Share of the held-out customers meeting the rule who are in the segment, with its interval; NaN when none met.
    coverage : float
        Share of the held-out customers of the segment who meet the rule, with its interval.
    n_met, n_segment, n_tested : int
        Held-out customers meeting the rule, in the segment, and in all.
    """

    segment: str
    conditions: tuple[SurrogateCondition, ...]
    precision: float
    precision_low: float
    precision_high: float
    coverage: float
    coverage_low: float
    coverage_high: float
    n_met: int
    n_segment: int
    n_tested: int


def segment_rules(
    profiles: Profiles, segmentation: Segmentation | Segmented, *, segments: tuple[str, ...] = (), seed: int = 0
) -> dict[str, SurrogateRule]:
    """Find a rule of at most three conditions for each segment of 30 customers or more.

    A tree of depth three is grown per segment, it against all others, on two thirds of the customers; the rule is
    the way to the node with the best F1 there. Precision and coverage are measured on the other third.

    Parameters
    ----------
    profiles : Profiles
    segmentation : Segmentation, or a result or edited segmentation that holds one
    segments : tuple of str, optional
        Which segments; all when left out.
    seed : int
        Of the split and the trees.

    Returns
    -------
    dict of SurrogateRule by segment key
        Without segments that are too small, or that no condition marks.

    Raises
    ------
    AnalysisError
        ``explain_one_segment`` (n): there is no other segment to tell it from.

    References
    ----------
    Breiman et al. (1984), Classification and Regression Trees; Craven and Shavlik (1996) for the surrogate.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> base = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(200)], "orders": np.arange(200) % 10})
    >>> profiles = Profiles(base, (Feature("orders", "value", "number", "count"),), date(2024, 1, 1))
    >>> groups = segmentation_of((base["orders"].to_numpy() > 6).astype(int), ["few", "many"], method="rfm")
    >>> rule = segment_rules(profiles, groups)["many"]
    >>> rule.conditions, rule.precision, rule.coverage
    ((SurrogateCondition(feature='orders', op='>', value=6.0),), 1.0, 1.0)
    """
    import numpy as np
    import pandas as pd

    segmentation = groups_of(segmentation)
    present = segmentation.segments["segment"].tolist()
    if len(present) < 2:
        raise AnalysisError("explain_one_segment", n=int(segmentation.labels.isin(present).sum()))
    inside = segmentation.labels.notna().to_numpy()
    frame = profiles.customers[inside].reset_index(drop=True)
    codes = pd.Index(present).get_indexer(pd.Index(segmentation.labels[inside]))
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(frame))
    test = np.sort(order[: len(frame) // 3])
    train = np.sort(order[len(frame) // 3 :][:TRAIN_ROWS])
    x, places = encoded(frame, described(profiles))
    held_out = frame.iloc[test]
    rules = {}
    for position, key in enumerate(present):
        own = codes == position
        if (segments and key not in segments) or own.sum() < FEW or x.shape[1] == 0:
            continue
        conditions = _conditions(x[train], own[train], places, seed)
        if conditions:
            rules[key] = _measured(key, conditions, held_out, own[test])
    return rules


def meets(customers: pd.DataFrame, conditions: tuple[SurrogateCondition, ...]) -> np.ndarray:
    """Return, per customer, whether all conditions hold.

    Raises
    ------
    AnalysisError
        ``rule_feature_gone`` (feature): a condition names a column that is not there.
    """
    import numpy as np

    met = np.ones(len(customers), bool)
    for condition in conditions:
        met &= meets_one(customers, condition)
    return met


def meets_one(customers: pd.DataFrame, condition: SurrogateCondition) -> np.ndarray:
    """Return, per customer, whether one condition holds; errors as ``meets``."""
    import numpy as np

    if condition.feature not in customers.columns:
        raise AnalysisError("rule_feature_gone", feature=condition.feature)
    column = customers[condition.feature]
    if isinstance(condition.value, float):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        with np.errstate(invalid="ignore"):
            return values <= condition.value if condition.op == "<=" else values > condition.value
    if condition.value == YES:
        is_it = column.astype("boolean").fillna(False).to_numpy(dtype=bool)
    else:
        is_it = column.notna().to_numpy() & (column.astype(str) == condition.value).to_numpy(dtype=bool)
    return is_it if condition.op == "is" else ~is_it


def _conditions(
    x: np.ndarray, own: np.ndarray, places: list[tuple[Feature, str]], seed: int
) -> tuple[SurrogateCondition, ...]:
    import numpy as np
    from sklearn.tree import DecisionTreeClassifier

    usable = [i for i, (_, level) in enumerate(places) if level != OTHER]
    if not usable or own.all() or not own.any():
        return ()
    leaf = max(5, int(own.sum()) // 20)
    tree = DecisionTreeClassifier(
        max_depth=CONDITIONS, min_samples_leaf=min(leaf, max(1, len(own) // 4)), class_weight="balanced",
        random_state=seed,
    ).fit(x[:, usable], own).tree_  # fmt: skip
    best: tuple[float, int, list[tuple[int, str, float]]] = (0.0, 0, [])
    stack: list[tuple[int, np.ndarray, list[tuple[int, str, float]]]] = [(0, np.ones(len(own), bool), [])]
    while stack:
        node, met, path = stack.pop()
        if path:
            f1 = 2 * (met & own).sum() / (met.sum() + own.sum())
            # A shorter rule wins unless the longer one is better by more than a hundredth.
            if f1 > best[0] + (0.01 if best[2] and len(path) > len(best[2]) else 0):
                best = (f1, len(path), path)
        if tree.children_left[node] >= 0:
            column, cut = usable[tree.feature[node]], float(tree.threshold[node])
            below = x[:, column] <= cut
            stack.append((tree.children_left[node], met & below, [*path, (column, "<=", cut)]))
            stack.append((tree.children_right[node], met & ~below, [*path, (column, ">", cut)]))
    return _joined(_needed(best[2], x, own), places)


def _needed(path: list[tuple[int, str, float]], x: np.ndarray, own: np.ndarray) -> list[tuple[int, str, float]]:
    """Leave out conditions that the others make superfluous, the last ones of the tree being kept longest."""
    import numpy as np

    def f1(steps: list[tuple[int, str, float]]) -> float:
        met = np.ones(len(own), bool)
        for column, op, cut in steps:
            met &= x[:, column] <= cut if op == "<=" else x[:, column] > cut
        return 2 * (met & own).sum() / (met.sum() + own.sum())

    for step in list(path):
        shorter = [other for other in path if other is not step]
        if shorter and f1(shorter) >= f1(path) - 0.01:
            path = shorter
    return path


def _joined(path: list[tuple[int, str, float]], places: list[tuple[Feature, str]]) -> tuple[SurrogateCondition, ...]:
    """Turn a way through the tree into conditions; two bounds on one side of a feature become the tighter one."""
    joined: dict[tuple[str, str, str], SurrogateCondition] = {}
    for column, op, cut in path:
        feature, level = places[column]
        if level:
            joined[(feature.key, level, "")] = SurrogateCondition(feature.key, "is" if op == ">" else "is_not", level)
            continue
        value = _readable(cut, feature)
        before = joined.get((feature.key, "", op))
        if before is not None and isinstance(before.value, float):
            value = min(value, before.value) if op == "<=" else max(value, before.value)
        joined[(feature.key, "", op)] = SurrogateCondition(feature.key, op, value)  # pyright: ignore
    return tuple(joined.values())


def _readable(cut: float, feature: Feature) -> float:
    """A cut between two whole numbers is the lower one; others are told in three digits."""
    import math

    if feature.unit in WHOLE:
        return float(math.floor(cut))
    return 0.0 if cut == 0 else float(f"{cut:.3g}") if abs(cut) < 1000 else float(round(cut))


def _measured(
    key: str, conditions: tuple[SurrogateCondition, ...], customers: pd.DataFrame, own: np.ndarray
) -> SurrogateRule:
    import numpy as np

    met = meets(customers, conditions)
    hits, n_met, n_own = int((met & own).sum()), int(met.sum()), int(own.sum())

    def share(n: int) -> tuple[float, float, float]:
        if n == 0:
            return float("nan"), float("nan"), float("nan")
        low, high = wilson(np.array([hits]), np.array([n]))
        return hits / n, float(low[0]), float(high[0])

    return SurrogateRule(key, conditions, *share(n_met), *share(n_own), n_met, n_own, len(own))
