"""How the customers are spread over the values of a feature, in the form that fits the kind of value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError
from analysis.overview.scales import in_order
from analysis.profiles.result import DIMENSIONS
from analysis.profiles.words import CODED
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Dimension, Feature, Profiles

ChartKind = Literal["bars", "top_bars", "steps", "histogram", "shares", "months", "flag", "none"]
FEW = 12  # values that are drawn one by one; more are the top 12 and the others
BINS = 18
MAX_MONTHS = 60
OTHER = "__other__"
_LEADING_NUMBER = re.compile(r"^\D{0,2}(\d+)")


@dataclass(frozen=True)
class Distribution(Tabular, rows="levels"):
    """The customers over the values of one feature.

    Attributes
    ----------
    feature : Feature
    kind : ChartKind
        ``bars`` (each category), ``top_bars`` (the 12 most frequent and the others), ``steps`` (each of few whole
        numbers), ``histogram``, ``shares`` (a histogram over 0..1), ``months`` (or years, for dates over more than
        60 months), ``flag`` (two values).
    n, missing : int
        Customers with and without a value.
    levels : DataFrame, one row per bar
        ``level`` (text: the value, ``__other__``, or the first day of a month or year), ``low``, ``high`` (edges of a
        bin; NaN otherwise, and ``high`` is NaN in a last bin without end), ``customers`` (count), ``share`` (of those
        with a value, 0..1).
    quantiles : dict of float
        0.25, 0.5 and 0.75 of a number.
    n_levels : int
        Different values.
    """

    feature: Feature
    kind: ChartKind
    n: int
    missing: int
    levels: pd.DataFrame = field(repr=False)
    quantiles: dict[float, float] = field(default_factory=dict)
    n_levels: int = 0


def chart_kind(feature: Feature, values: pd.Series) -> ChartKind:
    """Choose the picture of a feature by its kind of value.

    Parameters
    ----------
    feature : Feature
    values : Series
        The feature's column; missing values are left out.

    Returns
    -------
    ChartKind
        ``none`` for personal data, for a column without values, and for texts that name nearly every customer apart.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature
    >>> chart_kind(Feature("gender", "basic", "category"), pd.Series(["f", "m", None, "f"]))
    'bars'
    >>> chart_kind(Feature("spend", "value", "number", "money"), pd.Series([1.5, 20.0, 3000.0]))
    'histogram'
    """
    known = values.dropna()
    if feature.personal is not None or len(known) == 0:
        return "none"
    if feature.kind == "date":
        return "months"
    if feature.kind == "number":
        if feature.unit == "share":
            return "shares"
        whole = bool((known == known.round()).all())
        return "steps" if whole and known.nunique() <= FEW and known.max() - known.min() < 2 * FEW else "histogram"
    different = known.nunique()
    if feature.kind == "flag":
        return "flag"
    if different <= FEW:
        return "bars"
    return "none" if different > 0.5 * len(known) else "top_bars"


def distribution(feature: Feature, values: pd.Series) -> Distribution:
    """Count the customers over the values of a feature.

    Parameters
    ----------
    feature : Feature
    values : Series, one value per customer

    Raises
    ------
    AnalysisError
        ``distribution_nothing_to_show`` (feature, n): ``chart_kind`` finds no picture for it.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature
    >>> gender = Feature("gender", "basic", "category")
    >>> distribution(gender, pd.Series(["f", "m", None, "f"])).levels["customers"].tolist()
    [2, 1]
    """
    kind = chart_kind(feature, values)
    known = values.dropna()
    if kind == "none":
        raise AnalysisError("distribution_nothing_to_show", feature=feature.header or feature.key, n=len(known))
    quantiles: dict[float, float] = {}
    if kind in ("histogram", "shares", "steps"):
        known = known.astype("float64")
        quantiles = {q: float(known.quantile(q)) for q in (0.25, 0.5, 0.75)}
    if kind == "months":
        rows = _months(known)
    elif kind in ("histogram", "shares"):
        rows = _bins(known, [i / 10 for i in range(11)] if kind == "shares" else edges(known))
    elif kind == "steps":
        counted = known.astype("int64").value_counts().sort_index()
        rows = [(str(level), level, float("nan"), int(n)) for level, n in counted.items()]
    else:
        rows = _categories(feature, known, kind)
    import pandas as pd

    levels = pd.DataFrame(rows, columns=["level", "low", "high", "customers"])
    levels["share"] = levels["customers"] / len(known)
    return Distribution(feature, kind, len(known), len(values) - len(known), levels, quantiles, int(known.nunique()))


def distributions(
    profiles: Profiles, dimension: Dimension, *, selected: pd.Series | None = None
) -> tuple[Distribution, ...]:
    """Return the distribution of every feature of a dimension that has a picture.

    Parameters
    ----------
    profiles : Profiles
    dimension : Dimension
    selected : Series of bool, aligned with the customers, optional

    Raises
    ------
    AnalysisError
        ``dimension_unknown`` (dimension, known).
    """
    if dimension not in DIMENSIONS:
        raise AnalysisError("dimension_unknown", dimension=dimension, known=DIMENSIONS)
    customers = profiles.customers if selected is None else profiles.customers[selected]
    return tuple(
        distribution(feature, customers[feature.key])
        for feature in profiles.features
        if feature.dimension == dimension and chart_kind(feature, customers[feature.key]) != "none"
    )


def edges(values: pd.Series) -> list[float]:
    """Return round edges of some 7 to 18 bins up to the 99th percentile; values beyond the last edge are one bin more.

    Examples
    --------
    >>> import pandas as pd
    >>> edges(pd.Series([float(i) for i in range(101)]))[:3]
    [0.0, 10.0, 20.0]
    """
    low, high = float(values.quantile(0.005)), float(values.quantile(0.99))
    if low >= 0 and low < 0.25 * high:
        low = 0.0
    if high <= low:
        low, high = float(values.min()), float(values.max())
    whole = bool((values == values.round()).all())
    if high <= low:
        return [low, low + 1]
    step = (high - low) / BINS
    power = 10.0 ** floor(log10(step))
    # Up to the next round step, so that there are at most 18 bins or so.
    step = next(power * round_step for round_step in (1, 2, 2.5, 5, 10) if power * round_step >= step * (1 - 1e-9))
    if whole:
        step = max(1.0, float(ceil(step)))
    first = floor(low / step + 1e-9)
    last = max(ceil(high / step - 1e-9), first + 1)
    return [round(i * step, 10) for i in range(first, last + 1)]


def _bins(values: pd.Series, bounds: list[float]) -> list[tuple[str, float, float, int]]:
    """Count values from each edge up to, not including, the next; a share of 1 belongs to the last bin."""
    import numpy as np

    inside = np.clip(np.searchsorted(bounds, values.to_numpy(), side="right") - 1, 0, None)
    shares = bounds[-1] == 1.0 and bounds[0] == 0.0 and len(bounds) == 11
    if shares:
        inside = np.minimum(inside, len(bounds) - 2)
    counts = np.bincount(inside, minlength=len(bounds))
    rows = [("", bounds[i], bounds[i + 1], int(counts[i])) for i in range(len(bounds) - 1)]
    if counts[len(bounds) - 1]:
        rows.append(("", bounds[-1], float("nan"), int(counts[len(bounds) - 1])))
    return rows


def _months(values: pd.Series) -> list[tuple[str, float, float, int]]:
    import pandas as pd

    days = pd.to_datetime(values)
    months = (days.max().year - days.min().year) * 12 + days.max().month - days.min().month
    step = "M" if months < MAX_MONTHS else "Y"
    starts = days.dt.to_period(step).dt.start_time
    counted = {str(start.date()): int(n) for start, n in starts.value_counts().items()}  # pyright: ignore
    every = [str(period.start_time.date()) for period in pd.period_range(starts.min(), starts.max(), freq=step)]
    nan = float("nan")
    return [(start, nan, nan, counted.get(start, 0)) for start in every]


def _categories(feature: Feature, values: pd.Series, kind: ChartKind) -> list[tuple[str, float, float, int]]:
    text = values.astype("str")
    counted = text.value_counts()
    # Equal counts stand in the order of the words, so that the picture does not depend on the order of the rows.
    order = sorted(counted.index, key=lambda level: (-counted[level], level))
    natural = CODED.get(feature.key, ("", ()))[1]
    nan = float("nan")
    if natural and set(order) <= set(natural):
        order = list(natural)
    elif kind == "bars" and (answers := in_order(order)):
        order = list(answers)
    elif kind == "bars" and all(_LEADING_NUMBER.match(level) for level in order):
        order = sorted(order, key=lambda level: (int(_LEADING_NUMBER.match(level)[1]), level))  # pyright: ignore
    rows = [(level, nan, nan, int(counted.get(level, 0))) for level in order[: FEW if kind == "top_bars" else None]]
    others = len(values) - sum(row[3] for row in rows)
    return [*rows, (OTHER, nan, nan, others)] if others else rows
