"""Columns that know the future: what tells who left almost without a fault was written after they had left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.predict.churn.rule import Banded, band_auc, banded, rates

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature

TOO_GOOD = 0.95  # area under the ROC curve
LEAST_PURE = 30  # customers
LEAST_SHARE = 0.1  # of those who left
MOSTLY_LEFT = 0.8
HALF = 0.5  # of the customers, from which a number is the usual one


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
