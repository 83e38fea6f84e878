"""What was known of customers before the start is taken out of their outcomes: CUPED with one covariate or several.

A covariate that is missing has its mean, and a column of its own says that it was missing, so that customers without a
past are no outliers. The slopes are those over all arms together; the adjusted outcomes are then sums like others, and
every comparison reads them as such.

Method, sources and limits: ``docs/methods/experiments-cuped.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_rows, fetch_value
from analysis.errors import AnalysisError
from analysis.experiments.rows.stage import extents_of
from analysis.sums import Extent, exact_sum

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd

    from analysis.experiments.rows.params import ReadParams

# So many customers to each slope at least: with fewer the outcome is fitted to chance.
LEAST_PER_SLOPE = 20
# Digits of a slope that are kept: it then comes out the same in whatever order the rows came.
_DIGITS = 10
# Of a correlation matrix, what counts as a direction of its own: below it covariates say the same.
_OWN = 1e-8


@dataclass(frozen=True)
class Adjustment:
    """What was taken out of one metric.

    ``slopes`` are by covariate (empty where nothing could be taken out), in the unit of the outcome per unit of it;
    ``explained`` is the share of the variance over all arms that went, 0..1.
    """

    slopes: dict[str, float]
    explained: float


@dataclass(frozen=True)
class _Known:
    """One column of what was known: its values about their mean, 0 where missing, and the SQL of the same."""

    name: str
    values: np.ndarray
    sql: str


def adjust(con: duckdb.DuckDBPyConnection, params: ReadParams) -> dict[str, Adjustment]:
    """Create ``units`` from ``people``: values capped, and ``adjusted<i>``, the outcome less what was known before.

    Raises ``experiment_no_values`` for a covariate that has none.
    """
    con.execute(f"CREATE TEMP VIEW capped AS SELECT *{_capped(con, params)} FROM people")
    if not params.covariates:
        con.execute("CREATE TEMP VIEW units AS SELECT * FROM capped")
        return {}
    asked = [f"past{i}" for i in range(len(params.covariates))]
    asked += [f"{side}{i}" for i in range(len(params.metrics)) for side in ("top", "bottom")]
    arrays = con.execute(f"SELECT {', '.join(asked)} FROM capped WHERE NOT two").fetchnumpy()
    plain = {name: _filled(arrays[name]) for name in asked}
    known = [
        column for i, name in enumerate(params.covariates) for column in _columns(name, f"past{i}", plain[f"past{i}"])
    ]
    found, added = {}, []
    for i, metric in enumerate(params.metrics):
        found[metric.name] = fitted = _fit(plain[f"top{i}"], plain[f"bottom{i}"], known)
        taken = [f"{slope!r}::DOUBLE * {one.sql}" for slope, one in zip(fitted[0], known, strict=True) if slope]
        value = " - ".join([f"top{i}", *taken])
        added.append(f"CASE WHEN bottom{i} IS NOT NULL THEN {value} END AS adjusted{i}")
    con.execute(f"CREATE TEMP VIEW units AS SELECT *, {', '.join(added)} FROM capped")
    names = [one.name for one in known]
    return {
        metric: Adjustment(
            {name: slope for name, slope in zip(names, slopes, strict=True) if name and slope}, explained
        )
        for metric, (slopes, explained) in found.items()
    }


def covariates_by_arm(con: duckdb.DuckDBPyConnection, params: ReadParams, arms: list[str]) -> pd.DataFrame:
    """Return how each covariate lies in each arm: ``covariate``, ``arm``, ``n``, ``known``, ``mean``, ``sd``."""
    import pandas as pd

    names = [f"past{i}" for i in range(len(params.covariates))]
    extents, rows = extents_of(con, names, "people WHERE NOT two"), []
    for name, covariate in zip(names, params.covariates, strict=True):
        centre = _rounded(fetch_value(con, f"SELECT avg({name}) FROM people WHERE NOT two") or 0.0)
        away = Extent(2 * extents[name].largest, extents[name].n)
        moved = f"({name} - {centre!r}::DOUBLE)"
        first, squares = exact_sum(moved, away), exact_sum(f"{moved} * {moved}", away.times(away))
        asked = f"arm, count(*), count({name}), {first}, {squares}"
        query = f"SELECT {asked} FROM people WHERE NOT two GROUP BY arm ORDER BY arm"
        for arm, n, filled, total, about in fetch_rows(con, query):
            mean = centre + total / filled if filled else None
            sd = (max(about - total * total / filled, 0.0) / (filled - 1)) ** 0.5 if filled > 1 else None
            rows.append((covariate, arms[arm], int(n), int(filled), mean, sd))
    frame = pd.DataFrame(rows, columns=["covariate", "arm", "n", "known", "mean", "sd"])
    return frame.astype({"mean": float, "sd": float})


def _capped(con: duckdb.DuckDBPyConnection, params: ReadParams) -> str:
    """Return the values above the quantile of a metric's cap set to it, as SQL behind a star."""
    limits = []
    for i, metric in enumerate(params.metrics):
        if metric.cap is None:
            continue
        limit = fetch_value(con, f"SELECT quantile_cont(top{i}, {metric.cap}) FROM people WHERE NOT two")
        if limit is not None:
            cap = f"{float(limit)!r}::DOUBLE"
            limits.append(f"CASE WHEN top{i} > {cap} THEN {cap} ELSE top{i} END AS top{i}")
    return f" REPLACE ({', '.join(limits)})" if limits else ""


def _filled(array: Any) -> np.ndarray:
    import numpy as np

    return np.ma.filled(np.ma.asarray(array, dtype=float), np.nan)


def _columns(name: str, column: str, values: np.ndarray) -> list[_Known]:
    """Return a covariate about its mean, and where some have none whether it is missing."""
    import numpy as np

    missing = np.isnan(values)
    if missing.all():
        raise AnalysisError("experiment_no_values", metric=name)
    mean = _rounded(float(values[~missing].mean()))
    about = _Known(name, np.where(missing, 0.0, values - mean), f"coalesce({column} - {mean!r}::DOUBLE, 0.0)")
    if not missing.any():
        return [about]
    share = _rounded(float(missing.mean()))
    gone = f"((CASE WHEN {column} IS NULL THEN 1.0 ELSE 0.0 END)::DOUBLE - {share!r}::DOUBLE)"
    return [about, _Known("", missing - share, gone)]


def _fit(top: np.ndarray, bottom: np.ndarray, known: list[_Known]) -> tuple[list[float], float]:
    """Return the slopes of the outcome (of a ratio its linear form) on what was known, and the share explained."""
    import numpy as np

    there = ~(np.isnan(top) | np.isnan(bottom))
    none = [0.0] * len(known), 0.0
    if there.sum() < LEAST_PER_SLOPE * len(known) or bottom[there].sum() == 0:
        return none
    with np.errstate(all="ignore"):
        ratio = top[there].sum() / bottom[there].sum()
        outcome = top[there] - ratio * bottom[there]
        design = np.column_stack([one.values[there] for one in known])
        outcome, design = outcome - outcome.mean(), design - design.mean(axis=0)
        spread, scale = np.sqrt((design**2).mean(axis=0)), np.sqrt((outcome**2).mean())
        varies = spread > 0
        if not varies.any() or not 0 < scale < np.inf or not np.isfinite(spread).all():
            return none
        units, share = design[:, varies] / spread[varies], outcome / scale
        within = units.T @ units / len(share)
        slopes = np.linalg.pinv(within, rcond=_OWN, hermitian=True) @ (units.T @ share / len(share))
        found = np.zeros(len(known))
        found[varies] = slopes * scale / spread[varies]
        explained = 1 - float(((share - units @ slopes) ** 2).mean())
    if not np.isfinite(found).all():
        return none
    return [_rounded(float(slope)) for slope in found], min(max(_rounded(explained), 0.0), 1.0)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
