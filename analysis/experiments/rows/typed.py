"""Figures typed in as an experiment, so that they are read in the same way as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.quantiles import QuantileStatistic
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic, Statistic
from analysis.experiments.rows.read import NONE, ExperimentData, Metric, RowCounts
from analysis.experiments.rows.sums import MAY_MISS
from analysis.profiles.outcome import less_is_better


def data_of_statistics(arms: Mapping[str, Statistic], *, metric: str) -> ExperimentData:
    """Return an experiment of one metric from the sums of its arms, control first; its name says if less is better.

    Labels that differ by spaces and case alone are one arm, and their sums are added.

    Raises
    ------
    AnalysisError
        ``experiment_one_arm``, ``experiment_unnamed_arm``, ``experiment_mixed_kinds``.

    Examples
    --------
    >>> data = data_of_statistics({"A": ProportionStatistic(9, 3), "B": ProportionStatistic(8, 4)}, metric="bought")
    >>> data.control, data.statistic("bought", "B")
    ('A', ProportionStatistic(n=8, successes=4))
    """
    import pandas as pd

    kinds = {type(statistic) for statistic in arms.values()}
    if len(kinds) > 1:
        raise AnalysisError("experiment_mixed_kinds")
    folded: dict[str, tuple[str, Statistic]] = {}
    merged: dict[str, str] = {}
    for label, statistic in arms.items():
        if not (key := " ".join(label.split()).casefold()):
            raise AnalysisError("experiment_unnamed_arm")
        if key in folded:
            first, sums = folded[key]
            folded[key], merged[label] = (first, sums + statistic), first  # type: ignore[operator]
        else:
            folded[key] = label, statistic
    if len(folded) < 2:
        raise AnalysisError("experiment_one_arm")
    rows = [
        {
            "segment": NONE,
            "arm": label,
            "metric": metric,
            **dict.fromkeys(MAY_MISS),
            **_sums(statistic),
            "missing": 0,
            "largest": 0.0,
        }
        for label, statistic in folded.values()
    ]
    cells = pd.DataFrame(rows).astype({"about": float} | dict.fromkeys(MAY_MISS, "Float64"))
    n = int(cells["n"].sum())
    return ExperimentData(
        tuple(label for label, _ in folded.values()),
        merged,
        (Metric(column=metric, kind=_kind(next(iter(arms.values()))), higher_is_better=not less_is_better(metric)),),
        cells,
        cells.iloc[:0].rename(columns={"segment": "day"}),
        RowCounts(n, n, 0, 0, 0, 0, 0),
    )


def _kind(statistic: Statistic) -> Literal["proportion", "mean"]:
    return "proportion" if isinstance(statistic, ProportionStatistic) else "mean"


def _sums(statistic: Statistic) -> dict[str, float | None]:
    if isinstance(statistic, RatioStatistic | QuantileStatistic):
        raise AnalysisError("experiment_mixed_kinds")
    n = statistic.n
    if isinstance(statistic, MeanStatistic):
        top, squares = statistic.sum, statistic.sum_squares
        known = {"about": statistic.about_mean, "third": statistic.third}
    else:
        top = squares = float(statistic.successes)
        known = {"about": statistic.variance * n, "third": None}
    bottom = {"bottom": float(n), "bottom_squares": float(n), "products": top}
    return {"n": n, "top": top, "top_squares": squares, "away": top, **known, **bottom}
