"""Who gets what: assignment that anyone can repeat, and a table that shows the arms are alike.

Method, sources and limits: ``docs/methods/experiments-split.md``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd

HOLD_OUT = "__hold_out__"
# Austin (2009): a standardised difference beyond 0.1 is worth a look.
IMBALANCE = 0.1


def assign(customers: Sequence[str], weights: Mapping[str, float], *, seed: str) -> list[str]:
    """Assign each customer by a hash of the seed and the id alone.

    Adding customers, removing them or turning their order changes nobody's arm.

    Parameters
    ----------
    customers : sequence of str
        Ids as text, each once.
    weights : mapping of arm to share
        Any positive numbers; use ``HOLD_OUT`` for those who get nothing at all.
    seed : str
        The experiment's own, so that two experiments do not share their arms.

    Raises
    ------
    AnalysisError
        ``experiment_one_arm``, ``experiment_bad_weights``, ``experiment_repeated_customer``,
        ``experiment_no_customers``.

    Examples
    --------
    >>> assign(["1", "2", "3"], {"A": 1, "B": 1}, seed="spring")
    ['A', 'B', 'B']
    """
    _check(customers, weights)
    total, edges, reached = sum(weights.values()), [], 0.0
    for arm, weight in weights.items():
        reached += weight / total
        edges.append((reached, arm))
    last = edges[-1][1]
    return [next((arm for edge, arm in edges if at < edge), last) for at in (place(seed, c) for c in customers)]


def assign_stratified(
    customers: Sequence[str],
    strata: Sequence[str],
    weights: Mapping[str, float],
    *,
    seed: str,
    kept: Mapping[str, str] | None = None,
) -> list[str]:
    """Assign so that each stratum holds the planned shares to within one customer per arm.

    Parameters
    ----------
    strata : sequence of str
        One per customer: a segment, or several features joined.
    kept : mapping of id to arm, optional
        Earlier assignments: they stay, and new customers fill what is missing.

    Raises
    ------
    AnalysisError
        As ``assign``, and ``experiment_unequal_lengths``.
    """
    _check(customers, weights)
    if len(strata) != len(customers):
        raise AnalysisError("experiment_unequal_lengths", first=len(customers), second=len(strata))
    kept, total = kept or {}, sum(weights.values())
    arms = {customer: kept[customer] for customer in customers if kept.get(customer) in weights}
    members: dict[str, list[str]] = {}
    for customer, stratum in zip(customers, strata, strict=True):
        members.setdefault(stratum, []).append(customer)
    for stratum, inside in members.items():
        counts = dict.fromkeys(weights, 0)
        for customer in inside:
            if customer in arms:
                counts[arms[customer]] += 1
        # Where the shares leave a customer over, the stratum's own hash says which arm is first.
        order = sorted(weights, key=lambda arm: place(seed, f"{stratum}\x1f{arm}"))
        for customer in sorted((c for c in inside if c not in arms), key=lambda c: place(seed, c)):
            size = sum(counts.values()) + 1
            arm = max(order, key=lambda name: size * weights[name] / total - counts[name])
            arms[customer] = arm
            counts[arm] += 1
    return [arms[customer] for customer in customers]


def balance(features: pd.DataFrame, arms: Sequence[str], *, control: str) -> pd.DataFrame:
    """Return standardised differences of every feature between each arm and control.

    Parameters
    ----------
    features : DataFrame, one row per customer
        Numbers and flags are compared by their means, everything else by the share of each level (20 at most).

    Returns
    -------
    DataFrame, one row per arm, feature and level
        ``arm``, ``feature``, ``level`` (empty for numbers), ``control``, ``treatment`` (mean or share), ``difference``
        (in standard deviations, variances with n; missing, and imbalanced, where the means differ though nothing
        varies within the arms), ``imbalanced`` (beyond 0.1).

    References
    ----------
    Austin (2009), Balance diagnostics for comparing the distribution of baseline covariates, Statistics in Medicine 28.
    """
    import numpy as np
    import pandas as pd

    if len(features) != len(arms):
        raise AnalysisError("experiment_unequal_lengths", first=len(features), second=len(arms))
    labels = np.asarray(arms, dtype=object)
    if control not in labels:
        raise AnalysisError("experiment_unknown_control", control=control, known=tuple(sorted(set(arms))))
    columns: list[tuple[str, str, np.ndarray]] = []
    for name, column in features.items():
        if pd.api.types.is_numeric_dtype(column):
            columns.append((str(name), "", column.to_numpy(dtype=float, na_value=np.nan)))
            continue
        text = column.astype("string")
        columns += [
            (str(name), str(level), (text == level).fillna(False).to_numpy(dtype=float))
            for level in text.value_counts().index[:20]
        ]
    rows = []
    for arm in sorted(set(labels.tolist()) - {control}):
        for name, level, values in columns:
            one, two = (values[(labels == side) & ~np.isnan(values)] for side in (control, arm))
            if not len(one) or not len(two):
                continue
            spread = math.sqrt((one.var() + two.var()) / 2)
            gap = two.mean() - one.mean()
            difference = gap / spread if spread > 0 else None if gap else 0.0
            off = difference is None or abs(difference) > IMBALANCE
            rows.append((arm, name, level, one.mean(), two.mean(), difference, off))
    names = ["arm", "feature", "level", "control", "treatment", "difference", "imbalanced"]
    table = pd.DataFrame(rows, columns=names).astype({"control": float, "treatment": float, "imbalanced": bool})
    return table.assign(difference=pd.array([row[5] for row in rows], dtype="Float64"))


def place(seed: str, key: str) -> float:
    """Return a number 0..1 that depends on nothing but the two texts."""
    digest = hashlib.blake2b(f"{seed}\x1f{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def check_weights(weights: Mapping[str, float]) -> None:
    """Refuse shares that split nothing: ``experiment_one_arm``, ``experiment_bad_weights``."""
    if len(weights) < 2:
        raise AnalysisError("experiment_one_arm")
    if any(not 0 < weight < math.inf for weight in weights.values()):
        raise AnalysisError("experiment_bad_weights")


def _check(customers: Sequence[str], weights: Mapping[str, float]) -> None:
    check_weights(weights)
    if not len(customers):
        raise AnalysisError("experiment_no_customers")
    if len(set(customers)) < len(customers):
        raise AnalysisError("experiment_repeated_customer", n=len(customers) - len(set(customers)))
