"""Drift: which features are spread otherwise than before, beyond chance, and what that does to the segments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.history.params import DriftParams
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.history.moment import Moment
    from analysis.profiles.result import Feature

HALF = 0.5  # a customer, added to every bin where one of the two is empty
OTHER, MISSING = "other", "missing"
LEAST = 30  # customers with a value in each run


@dataclass(frozen=True)
class FeatureDrift:
    """How one feature is spread in two runs.

    Attributes
    ----------
    feature : str
    psi : float
        Population stability index over ``bins`` bins, from 0; bins are deciles of the earlier run, or values.
    level : float
        What chance alone passes in 5 % of the pairs of runs of these sizes.
    n_before, n_now : int
        Customers with a value.
    missing_before, missing_now : float
        Shares without one, 0..1.
    wasserstein : float or None
        How far customers moved on average, in the feature's unit; None for values in words, and where nobody asked.
    mean_before, mean_now : float or None
    effect : float
        Share of the customers, 0..1, who would stand in another segment if this feature alone were spread as it is now
        and its values meant what they meant before; 0 where there are no segments.
    """

    feature: str
    psi: float
    level: float
    bins: int
    n_before: int
    n_now: int
    missing_before: float
    missing_now: float
    wasserstein: float | None
    mean_before: float | None
    mean_now: float | None
    effect: float

    @property
    def drifted(self) -> bool:
        """Whether it is spread otherwise beyond what chance explains."""
        return self.psi > self.level


@dataclass(frozen=True)
class Drift(
    Tabular,
    rows="features",
    columns=("feature", "psi", "level", "drifted", "wasserstein", "missing_before", "missing_now", "effect"),
):
    """Features of two runs, those that move most customers between segments first.

    Attributes
    ----------
    features : tuple of FeatureDrift
    too_few : tuple of str
        Features that too few customers of a run have for a word on them.
    """

    features: tuple[FeatureDrift, ...]
    too_few: tuple[str, ...] = field(default=(), repr=False)

    @property
    def drifted(self) -> tuple[FeatureDrift, ...]:
        """Those beyond chance."""
        return tuple(one for one in self.features if one.drifted)


def psi(before: Sequence[float] | np.ndarray, now: Sequence[float] | np.ndarray) -> float:
    """Return the population stability index of two distributions over the same bins, Σ (q − p)·ln(q / p).

    Parameters
    ----------
    before, now : arrays of one shape
        Shares or counts of each bin, none of them 0; they are scaled to sum to 1.

    Raises
    ------
    AnalysisError
        ``history_empty_bin``: a bin is empty in one of them, where the index is endless.

    References
    ----------
    Yurdakul (2018), Statistical properties of population stability index, Western Michigan University.

    Examples
    --------
    >>> round(psi([0.1] * 10, [0.12, 0.11, *[0.1] * 5, *[0.09] * 3]), 7)
    0.0077603
    """
    import numpy as np

    p, q = (np.asarray(one, dtype=float) for one in (before, now))
    if (p <= 0).any() or (q <= 0).any():
        raise AnalysisError("history_empty_bin")
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def alarm_level(n_before: int, n_now: int, bins: int, alpha: float = 0.05) -> float:
    """Return what the index of two samples of one distribution passes with a chance of ``alpha``.

    (1/N + 1/M)·χ²(1 − α; B − 1): the folklore of .10 and .25 knows no sample size.

    References
    ----------
    Yurdakul (2018), as ``psi``.

    Examples
    --------
    >>> [round(alarm_level(n, n, 10), 4) for n in (100, 500, 4338)]
    [0.3384, 0.0677, 0.0078]
    """
    from scipy.special import chdtri

    return (1 / n_before + 1 / n_now) * float(chdtri(bins - 1, alpha))


def drift(
    before: Moment,
    now: Moment,
    features: Sequence[Feature],
    params: DriftParams | None = None,
    *,
    method: str | None = None,
    distances: bool = True,
) -> Drift:
    """Compare how features are spread in two runs.

    Parameters
    ----------
    before, now : Moment
    features : sequence of Feature
        Of today; personal ones, texts and dates are left out, and those that a run does not have.
    params : DriftParams, optional
    method : str, optional
        The segmentation of ``before`` whose segments the effect is about.
    distances : bool
        Whether to measure how far customers moved on average, which sorts every feature.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.history.moment import Moment
    >>> from analysis.profiles.result import Feature
    >>> ids = [f"c{n}" for n in range(500)]
    >>> def run(day, shift):
    ...     return Moment(day, pd.DataFrame({"spend": np.arange(500.0) + shift}, index=ids), {})
    >>> spend = Feature("spend", "value", "number", "money")
    >>> found = drift(run(date(2024, 1, 1), 0), run(date(2024, 2, 1), 100), [spend])
    >>> round(found.features[0].wasserstein), found.features[0].drifted
    (100, True)
    """
    params = params or DriftParams()
    labels = before.labels.get(method) if method else None
    found, too_few = [], []
    for feature in features:
        key = feature.key
        is_told = feature.personal is None and feature.kind in ("number", "category", "flag")
        if not is_told or key not in before.customers or key not in now.customers:
            continue
        one = _feature(
            key, feature.kind == "number", before.customers[key], now.customers[key], labels, params, distances
        )
        if one is None:
            too_few.append(key)
        else:
            found.append(one)
    found.sort(key=lambda one: (-one.effect * one.drifted, -one.psi / one.level, one.feature))
    return Drift(tuple(found), tuple(too_few))


def _feature(
    key: str, is_number: bool, before: pd.Series, now: pd.Series, labels: pd.Series | None, params: DriftParams,
    distances: bool,
) -> FeatureDrift | None:  # fmt: skip
    import numpy as np

    there = [one.notna().to_numpy() for one in (before, now)]
    n = [int(one.sum()) for one in there]
    if min(n) < LEAST:
        return None
    codes, bins = (_numbers if is_number else _values)(before, now, there, params)
    counts = [np.bincount(one[has], minlength=bins).astype(float) for one, has in zip(codes, there, strict=True)]
    used = (counts[0] + counts[1]) > 0
    counts = [one[used] for one in counts]
    n_bins = int(used.sum())
    known: dict[str, float | None] = {"wasserstein": None, "mean_before": None, "mean_now": None}
    if is_number:
        from scipy.stats import wasserstein_distance

        values = [one[has].to_numpy(dtype=float) for one, has in zip((before, now), there, strict=True)]
        known = {
            "wasserstein": float(wasserstein_distance(*values)) if distances else None,
            "mean_before": float(values[0].mean()),
            "mean_now": float(values[1].mean()),
        }
    return FeatureDrift(
        feature=key,
        psi=_index(counts),
        level=alarm_level(n[0], n[1], n_bins, params.alpha) if n_bins > 1 else float("inf"),
        bins=n_bins,
        n_before=n[0],
        n_now=n[1],
        missing_before=1 - n[0] / len(before),
        missing_now=1 - n[1] / len(now),
        effect=0.0 if labels is None else _effect(codes, there, bins, labels),
        **known,  # type: ignore[arg-type]
    )


def _index(counts: list[np.ndarray]) -> float:
    """Return the index of counts; where a bin is empty on one side, every bin gets half a customer on both."""
    if len(counts[0]) < 2:
        return 0.0
    if any((one == 0).any() for one in counts):
        counts = [one + HALF for one in counts]
    return psi(*counts)


def _numbers(before: pd.Series, now: pd.Series, there: list[np.ndarray], params: DriftParams) -> tuple[Any, int]:
    import numpy as np

    values = [one.to_numpy(dtype=float, na_value=np.nan) for one in (before, now)]
    known = values[0][there[0]]
    cuts = np.unique(np.quantile(known, np.arange(1, params.bins) / params.bins))
    cuts = cuts[cuts < known.max()] if len(cuts) and known.max() > known.min() else cuts
    return [np.searchsorted(cuts, np.nan_to_num(one), side="left") for one in values], len(cuts) + 1


def _values(before: pd.Series, now: pd.Series, there: list[np.ndarray], params: DriftParams) -> tuple[Any, int]:
    import numpy as np

    words = [one.astype(object).where(one.notna(), "").astype(str) for one in (before, now)]
    common = words[0][there[0]].value_counts().index[: params.levels - 1]
    place = {value: at for at, value in enumerate(common)}
    last = len(place)
    return [one.map(place).fillna(last).to_numpy(dtype=int) for one in words], int(np.int64(last + 1))


def _effect(codes: Any, there: list[np.ndarray], bins: int, labels: pd.Series) -> float:
    """Return how far the mix of segments moves when the bins of the feature weigh as they do now."""
    import numpy as np
    import pandas as pd

    inside = there[0] & labels.notna().to_numpy()
    if not inside.any():
        return 0.0
    segment, keys = pd.factorize(labels[inside].astype(object))
    pairs = codes[0][inside] * len(keys) + segment
    table = np.bincount(pairs, minlength=bins * len(keys)).reshape(bins, -1).astype(float)
    weight = np.bincount(codes[1][there[1]], minlength=bins).astype(float)
    known = table.sum(axis=1) > 0
    weight = np.where(known, weight, 0.0)
    if weight.sum() == 0:
        return 0.0
    mix = table[known] / table[known].sum(axis=1, keepdims=True)
    implied = (weight[known] / weight.sum()) @ mix
    return float(np.abs(implied - table.sum(axis=0) / table.sum()).sum() / 2)
