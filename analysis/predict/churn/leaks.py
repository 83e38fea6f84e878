"""Columns that know the future: what tells who left almost without a fault was written after they had left.

Two that do so only together are found where a model is too good to be true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from analysis.predict.churn.design import as_numbers
from analysis.predict.churn.model import some, stratified
from analysis.predict.churn.rule import Banded, band_auc, banded, rates

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature

TOO_GOOD = 0.95  # area under the ROC curve
HIGH = 0.87  # the same, above which a model of subscribers has only been published with a leak
LEAST_PURE = 30  # customers
LEAST_SHARE = 0.1  # of those who left
MOSTLY_LEFT = 0.8
HALF = 0.5  # of the customers, from which a number is the usual one
MOST_PAIRED = 40  # columns, of which each is looked at with each other
MOST_LOOKED_AT = 6_000  # customers
PAIR_FOLDS = 3


@dataclass(frozen=True)
class Leak:
    """A column that was left out, and why.

    Attributes
    ----------
    feature : Feature
    why : "too_good" or "all_left"
        It tells who left with an area above .95; or everybody with one of its values left, and nobody among many others
        is so certain (a reason for leaving, a last invoice).
    auc : float
        Of the column alone.
    n : int
        Customers with such a value, for ``all_left``.
    """

    feature: Feature
    why: Literal["too_good", "all_left"]
    auc: float
    n: int = 0


def find_leaks(customers: pd.DataFrame, features: tuple[Feature, ...], left: np.ndarray) -> tuple[Leak, ...]:
    """Return the columns that know too much.

    Parameters
    ----------
    customers : DataFrame, one row per customer
    features : tuple of Feature
        Columns that a file wrote. What was counted up to a day before the window is none of them: of those silent for
        years hardly anybody comes back, and that is no leak.
    left : bool array, shape (customers,)

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature
    >>> left = np.arange(400) % 4 == 0
    >>> base = pd.DataFrame({"reason": np.where(left & (np.arange(400) % 8 == 0), "too dear", None), "n": left * 1.0})
    >>> features = (Feature("reason", "basic", "category"), Feature("n", "basic", "number"))
    >>> [(leak.feature.key, leak.why) for leak in find_leaks(base, features, left)]
    [('reason', 'all_left'), ('n', 'too_good')]
    """
    found = (_leak(banded(customers, feature), left) for feature in features)
    return tuple(leak for leak in found if leak is not None)


@dataclass(frozen=True)
class LeakPair:
    """Two columns that tell who left almost without a fault, though neither does alone.

    ``auc`` is that of the pair, on customers whose rates had not been seen. Which of both was written afterwards cannot
    be told from the numbers.
    """

    features: tuple[Feature, Feature]
    auc: float


def find_leak_pair(
    customers: pd.DataFrame, features: tuple[Feature, ...], left: np.ndarray, *, seed: int
) -> LeakPair | None:
    """Return the two columns that tell most together, where that is almost without a fault.

    Each pair is told by the rates of its bands in both, and of two numbers or two days by those of their difference:
    a last day on the books says little, and beside the day of the last contract everything.

    Parameters
    ----------
    customers : DataFrame, one row per customer
    features : tuple of Feature
        Columns that a file wrote, none of them a leak alone. Of more than 40, those that say most by themselves.
    left : bool array, shape (customers,)
        At least three of each. Of more than 6,000 customers that many are looked at.
    seed : int

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature
    >>> rng = np.random.default_rng(0)
    >>> paid, left = rng.integers(10, 90, 400), rng.random(400) < 0.3
    >>> base = pd.DataFrame({"billed": paid + np.where(left, 7, 0), "paid": paid, "age": rng.integers(20, 60, 400)})
    >>> features = tuple(Feature(key, "basic", "number") for key in base)
    >>> pair = find_leak_pair(base, features, left, seed=0)
    >>> [feature.key for feature in pair.features], pair.auc
    (['billed', 'paid'], 1.0)
    """
    from itertools import combinations

    rows = some(left, MOST_LOOKED_AT, seed)
    customers, left = customers.iloc[rows], left[rows]
    folds = [test for _, test in stratified(left, PAIR_FOLDS, seed)]
    found = [banded(customers, feature) for feature in features]
    if len(found) > MOST_PAIRED:
        found = sorted(found, key=lambda bands: -_unseen_auc(bands.codes, left, folds))[:MOST_PAIRED]
    tried = [
        (max(_unseen_auc(codes, left, folds) for codes in _codes_of_pair(one, other, customers)), one, other)
        for one, other in combinations(found, 2)
    ]
    if not tried:
        return None
    best, one, other = max(tried, key=lambda each: each[0])
    return LeakPair((one.feature, other.feature), best) if best > TOO_GOOD else None


def _codes_of_pair(one: Banded, other: Banded, customers: pd.DataFrame) -> list[np.ndarray]:
    """Return the bands of both crossed, and those of their difference where there is one."""
    import pandas as pd

    crossed = [one.codes * (int(other.codes.max()) + 1) + other.codes]
    if one.feature.kind == other.feature.kind and one.feature.kind in ("number", "date"):
        apart = as_numbers(customers[one.feature.key], one.feature)
        apart = apart - as_numbers(customers[other.feature.key], other.feature)
        of_both = pd.DataFrame({one.feature.key: apart})
        crossed.append(banded(of_both, replace(one.feature, kind="number")).codes)
    return crossed


def _unseen_auc(codes: np.ndarray, left: np.ndarray, folds: list[np.ndarray]) -> float:
    """Return the mean area of the bands' rates over the folds, each by the rates of the others."""
    import numpy as np

    n_codes = int(codes.max()) + 1
    areas = []
    for test in folds:
        train = np.ones(len(left), dtype=bool)
        train[test] = False
        areas.append(band_auc(codes[test], left[test], rates(codes[train], left[train], n_codes)))
    return float(np.mean(areas))


def _leak(bands: Banded, left: np.ndarray) -> Leak | None:
    import numpy as np

    n_codes = max(len(bands.upto), len(bands.levels)) + 2
    alone = band_auc(bands.codes, left, rates(bands.codes, left, n_codes))
    if alone > TOO_GOOD:
        return Leak(bands.feature, "too_good", alone)
    if left.mean() > MOSTLY_LEFT:
        return None
    if bands.feature.kind in ("number", "date"):
        codes, n_codes = _there(bands), 3
    else:
        codes = bands.codes
    n, n_left = np.bincount(codes, minlength=n_codes), np.bincount(codes, weights=left, minlength=n_codes)
    only_left = (n == n_left) & (n >= max(LEAST_PURE, LEAST_SHARE * left.sum()))
    return Leak(bands.feature, "all_left", alone, int(n[only_left].sum())) if only_left.any() else None


def _there(bands: Banded) -> np.ndarray:
    """Return 1 where a number is missing, 2 where it is another than the one that half of the customers have, else 0.

    Its own tenths may be pure by chance; that it is there at all, or is not the usual 0, is not.
    """
    import numpy as np

    missing = len(bands.upto) + 1
    n = np.bincount(bands.codes, minlength=missing + 1)[:missing]
    is_other = (bands.codes != n.argmax()) & (n.max() >= HALF * len(bands.codes))
    return np.where(bands.codes == missing, 1, 2 * is_other)
