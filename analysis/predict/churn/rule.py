"""The plain rule that a model has to beat: days since the last order, or the one column that says most by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.predict.churn.design import RARE, as_numbers
from analysis.predict.churn.model import calibration_line, stratified

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature

BY_SILENCE = "recency_days"
NUMBER_BANDS = 10
WEIGHT_OF_ALL = 10.0  # customers with the share of all, added to each band, so that a small band says little


@dataclass(frozen=True)
class SilenceRule:
    """Chances from the days since the last order alone."""

    slope: float
    offset: float

    def chances(self, recency_days: np.ndarray) -> np.ndarray:
        """Return the chance of leaving of each customer."""
        import numpy as np
        from scipy.special import expit

        return expit(self.slope * np.log1p(recency_days) + self.offset)


def silence_rule(recency_days: np.ndarray, left: np.ndarray) -> SilenceRule:
    """Learn the chances that go with days since the last order, from 0 up.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.arange(200)
    >>> rule = silence_rule(days, days > 90 + 40 * np.sin(days))
    >>> bool(np.all(np.diff(rule.chances(np.array([1, 30, 200]))) > 0))
    True
    """
    import numpy as np

    return SilenceRule(*calibration_line(np.log1p(recency_days.astype(float)), left))


@dataclass(frozen=True)
class Banded:
    """A feature in bands: of each customer the number of its band, and what the bands are.

    A band of a number lies above its predecessor and up to ``upto`` (the last one has no end); other bands are
    ``levels``.
    """

    feature: Feature
    codes: np.ndarray
    upto: np.ndarray
    levels: tuple[str, ...]

    def codes_of(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the bands of other customers."""
        return _codes(customers[self.feature.key], self)


def banded(customers: pd.DataFrame, feature: Feature) -> Banded:
    """Put a feature into bands that know nothing of who left: tenths of a number, levels of at least 30 customers."""
    import numpy as np

    values = customers[feature.key]
    if feature.kind in ("number", "date"):
        numbers = as_numbers(values, feature)
        known = numbers[np.isfinite(numbers)]
        shares = np.arange(1, NUMBER_BANDS) / NUMBER_BANDS
        upto = np.unique(np.quantile(known, shares, method="inverted_cdf")) if len(known) else np.empty(0)
        found = Banded(feature, np.empty(0), upto[upto < known.max()] if len(known) else upto, ())
    else:
        counts = values.dropna().astype("str").value_counts()
        found = Banded(feature, np.empty(0), np.empty(0), tuple(sorted(counts.index[counts >= RARE].astype(str))))
    from dataclasses import replace

    return replace(found, codes=_codes(values, found))


def _codes(values: pd.Series, bands: Banded) -> np.ndarray:
    """Number the bands; after them stand rare levels and what is missing."""
    import numpy as np
    import pandas as pd

    if bands.feature.kind in ("number", "date"):
        numbers = as_numbers(values, bands.feature)
        return np.where(np.isfinite(numbers), np.searchsorted(bands.upto, numbers), len(bands.upto) + 1)
    codes = pd.Index(bands.levels, dtype="object").get_indexer(pd.Index(values.astype("object").map(str)))
    codes = np.where(codes < 0, len(bands.levels), codes)
    return np.where(values.isna().to_numpy(), len(bands.levels) + 1, codes)


def rates(codes: np.ndarray, left: np.ndarray, n_codes: int) -> np.ndarray:
    """Return the share who left of each band, drawn towards that of all where the band is small."""
    import numpy as np

    n, n_left = np.bincount(codes, minlength=n_codes), np.bincount(codes, weights=left, minlength=n_codes)
    return (n_left + WEIGHT_OF_ALL * left.mean()) / (n + WEIGHT_OF_ALL)


def band_auc(codes: np.ndarray, left: np.ndarray, rate: np.ndarray) -> float:
    """Return the area of the bands' rates on some customers, from the counts alone."""
    import numpy as np

    order = np.argsort(rate, kind="stable")
    _, place = np.unique(rate[order], return_inverse=True)
    step = np.empty(len(rate), dtype=int)
    step[order] = place
    n_left = np.bincount(step[codes], weights=left, minlength=len(rate))
    n_not = np.bincount(step[codes], weights=~left, minlength=len(rate))
    below = np.concatenate([[0.0], np.cumsum(n_not)[:-1]])
    return float((n_left * (below + n_not / 2)).sum() / (n_left.sum() * n_not.sum()))


@dataclass(frozen=True)
class ColumnRule:
    """The one feature that says most by itself, chosen on all customers, and the rate of each of its bands."""

    bands: Banded
    rate: np.ndarray

    def chances(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the chance of leaving of each customer."""
        return self.rate[self.bands.codes_of(customers)]


def column_rule(
    customers: pd.DataFrame, features: tuple[Feature, ...], left: np.ndarray, *, folds: int, seed: int
) -> tuple[ColumnRule, np.ndarray]:
    """Choose the feature that says most by its own rates; and the chances of each customer by a choice without them.

    Returns
    -------
    tuple of ColumnRule and float array, shape (customers,)
        The chances come from the feature, and its rates, that the other folds would have chosen: to choose the best of
        many on the same customers flatters it.
    """
    import numpy as np

    found = [banded(customers, feature) for feature in features]
    chances = np.empty(len(left))
    for train, test in stratified(left, folds, seed):
        best, rate = _best(found, left, train)
        chances[test] = rate[best.codes[test]]
    return ColumnRule(*_best(found, left, np.arange(len(left)))), chances


def _best(found: list[Banded], left: np.ndarray, rows: np.ndarray) -> tuple[Banded, np.ndarray]:
    tried = []
    for bands in found:
        codes = bands.codes[rows]
        rate = rates(codes, left[rows], max(len(bands.upto), len(bands.levels)) + 2)
        tried.append((band_auc(codes, left[rows], rate), bands, rate))
    _, best, rate = max(tried, key=lambda each: each[0])
    return best, rate
