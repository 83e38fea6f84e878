"""From one row per customer to sums by segment or day, in DuckDB.

Squares and cubes are summed about a number in their midst where the values lie far from 0 (100,000,000 ± 1): the plain
squares have lost what sets such values apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.engine import fetch_frame, fetch_row, fetch_rows
from analysis.experiments.arms.statistics import SUMS
from analysis.experiments.rows.stage import OTHER, extents_of
from analysis.sums import Extent, exact_sum

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd

    from analysis.experiments.rows.params import Metric, ReadParams

MAX_LEVELS = 20
TOGETHER = 8  # metrics summed in one statement: the time to plan one grows faster than what it asks
_ABOUT = ("away", "about", "third", "adjusted_away", "adjusted_about", "adjusted_third")
# Of what is no mean, or without covariates, there are none.
MAY_MISS = ("third", *(name for name in SUMS if name.startswith("adjusted")))
_MOMENTS = ("", "_squares", "_away", "_away_squares", "_cubes")
_SUMMED = (*(name for name in SUMS if name not in _ABOUT), "missing", "largest")


@dataclass(frozen=True)
class _Column:
    """A column that is summed: its name, what is known of it, and about which number its squares are summed."""

    name: str
    extent: Extent
    centre: float = 0.0

    def moments(self, name: str, only: str, *, cubes: bool) -> dict[str, str]:
        """Return its sums as SQL, under names that begin with ``name``."""
        away, extent = self.name, self.extent
        squares = extent.times(extent)
        found = {name: _added(away, extent, only), f"{name}_squares": _added(f"{away} * {away}", squares, only)}
        if self.centre != 0:  # a whole number on the same side of 0: what is known of the column holds
            away = f"({self.name} - {self.centre!r}::DOUBLE)"
        found[f"{name}_away"] = _added(away, extent, only)
        found[f"{name}_away_squares"] = _added(f"{away} * {away}", squares, only)
        cubed = _added(f"{away} * {away} * {away}", squares.times(extent), only)
        return found | {f"{name}_cubes": cubed if cubes else "NULL::DOUBLE"}


def sum_up(con: duckdb.DuckDBPyConnection, by: str, params: ReadParams, arms: list[str]) -> pd.DataFrame:
    """Return the sums of every metric by ``segment`` or ``day`` and arm, one row each."""
    import pandas as pd

    keys, source = ("day",), "units"
    if by == "segment":
        keys, source = ("segment", "second"), folded_levels(con)
    columns = {} if params.customers else _columns(con, params)
    wanted: list[list[str]] = []
    for i, metric in enumerate(params.metrics):
        sums = _of_totals(i) if params.customers else _sums(i, metric, columns)
        wanted.append([f"{what} AS {name}_{i}" for name, what in sums.items()])
    wide = _wide(con, by, keys, source, wanted)
    wide["arm"] = pd.array([arms[code] for code in wide["arm"]], dtype="str")
    parts = []
    for i, metric in enumerate(params.metrics):
        part = wide[[*keys, "arm"]].assign(**{name: wide[f"{name}_{i}"] for name in _SUMMED})
        part["away"], part["adjusted_away"] = wide[f"top_away_{i}"], wide[f"adjusted_away_{i}"]
        part["about"], part["third"] = _about_mean(wide, "top", i)
        part["adjusted_about"], part["adjusted_third"] = _about_mean(wide, "adjusted", i)
        part = part.astype(dict.fromkeys(MAY_MISS, "Float64"))
        parts.append(part[[*keys, "arm", *SUMS, "missing", "largest"]].assign(metric=metric.name))
    return pd.concat(parts, ignore_index=True)


def _wide(
    con: duckdb.DuckDBPyConnection, by: str, keys: tuple[str, ...], source: str, wanted: list[list[str]]
) -> pd.DataFrame:
    """Return the sums of all metrics side by side, one row of ``keys`` and arm each."""
    import pandas as pd

    names, parts = ", ".join(keys), []
    for place in range(0, len(wanted), TOGETHER):
        asked = ", ".join(what for one in wanted[place : place + TOGETHER] for what in one)
        sums = f"SELECT {names}, arm, {asked} FROM {source} WHERE NOT two GROUP BY {names}, arm"
        if by == "segment":
            sums = (
                "SELECT sums.* REPLACE (segment_name.name AS segment, second_name.name AS second) "
                f"FROM ({sums}) AS sums JOIN segment_name ON segment_name.code = sums.segment "
                "JOIN second_name ON second_name.code = sums.second"
            )
        part = fetch_frame(con, f"SELECT * FROM ({sums}) ORDER BY {names}, arm")
        parts.append(part.drop(columns=[*keys, "arm"]) if parts else part)
    return pd.concat(parts, axis=1) if len(parts) > 1 else parts[0]


def _about_mean(wide: pd.DataFrame, name: str, i: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums of squares and of cubes about the mean, from those about another number."""
    import numpy as np

    n, first, second, third = (
        wide[column].to_numpy(dtype=float, na_value=np.nan)
        for column in (f"n_{i}", *(f"{name}_{what}_{i}" for what in ("away", "away_squares", "cubes")))
    )
    with np.errstate(all="ignore"):
        mean = first / np.maximum(n, 1)
        cubes = third - 3 * mean * second + 2 * n * mean**3
        return np.maximum(second - first * mean, 0.0), np.where(np.isfinite(cubes), cubes, np.nan)


def _columns(con: duckdb.DuckDBPyConnection, params: ReadParams) -> dict[str, _Column]:
    """Return the columns of ``units`` that are summed, with what is known of them."""
    names = [f"top{i}" for i in range(len(params.metrics))]
    names += [f"bottom{i}" for i, metric in enumerate(params.metrics) if metric.denominator is not None]
    names += [f"adjusted{i}" for i in range(len(params.metrics))] * bool(params.covariates)
    extents = extents_of(con, names, "units WHERE NOT two")
    ends = fetch_row(con, f"SELECT {', '.join(f'min({n}), max({n})' for n in names)} FROM units WHERE NOT two")
    centres = {name: _centre(*ends[2 * place : 2 * place + 2]) for place, name in enumerate(names)}
    return {name: _Column(name, extents[name], centres[name]) for name in names}


def _centre(low: float | None, high: float | None) -> float:
    """Return a whole number in the midst of values that lie farther from 0 than from one another, else 0."""
    if low is None or high is None or low * high <= 0 or high - low > min(abs(low), abs(high)):
        return 0.0
    return float(math.floor(low + (high - low) / 2)) if abs(low) >= 1 else 0.0


def _sums(i: int, metric: Metric, columns: dict[str, _Column]) -> dict[str, str]:
    """Return what is summed of one metric, as SQL.

    A sum leaves out what is missing by itself, and a product is missing when one of its sides is: a filter, which costs
    as much as the sum, stands only where the number summed may be there while the customer has no value.
    """
    top, two, is_mean = columns[f"top{i}"], metric.denominator is not None, metric.kind == "mean"
    known = f" FILTER ({top.name} IS NOT NULL{f' AND bottom{i} IS NOT NULL' if two else ''})"
    only = known if two else ""
    sums = top.moments("top", only, cubes=is_mean)
    adjusted = columns.get(f"adjusted{i}")
    sums |= dict.fromkeys((f"adjusted{what}" for what in (*_MOMENTS, "_products")), "NULL::DOUBLE")
    if adjusted is not None:
        sums |= adjusted.moments("adjusted", "", cubes=not two)
    if two:
        count, bottom = f"count({top.name} * bottom{i})", columns[f"bottom{i}"]
        below = bottom.extent
        sums["bottom"] = _added(bottom.name, below, only)
        sums["bottom_squares"] = _added(f"{bottom.name} * {bottom.name}", below.times(below), only)
        sums["products"] = _added(f"{top.name} * {bottom.name}", top.extent.times(below), "")
        if adjusted is not None:
            sums["adjusted_products"] = _added(f"{adjusted.name} * {bottom.name}", adjusted.extent.times(below), "")
    else:
        count = f"count({top.name})"
        sums |= dict.fromkeys(("bottom", "bottom_squares"), f"CAST({count} AS DOUBLE)") | {"products": sums["top"]}
        sums["adjusted_products"] = sums["adjusted"]
    return sums | {"n": count, "missing": f"count(*) - {count}", "largest": f"coalesce(max({top.name}){only}, 0.0)"}


def _of_totals(i: int) -> dict[str, str]:
    """Return the same of rows that are totals of shares: so many customers, of whom so many converted."""
    size, converted = "CAST(sum(size) AS DOUBLE)", f"CAST(sum(top{i}) AS DOUBLE)"
    names = [f"{side}{what}" for side in ("top", "adjusted") for what in _MOMENTS]
    sums = dict.fromkeys((*names, "adjusted_products"), "NULL::DOUBLE")
    sums |= dict.fromkeys(("top", "top_squares", "top_away", "top_away_squares", "products"), converted)
    sums |= dict.fromkeys(("bottom", "bottom_squares"), size)
    return sums | {"n": "CAST(sum(size) AS BIGINT)", "missing": "0", "largest": "1.0"}


def _added(value: str, extent: Extent, only: str) -> str:
    return f"coalesce({exact_sum(value, extent, only)}, 0.0)"


def folded_levels(con: duckdb.DuckDBPyConnection) -> str:
    """Return where to read levels from: beyond the twenty largest they are one."""
    levels = fetch_rows(
        con,
        "SELECT segment, second FROM units WHERE NOT two GROUP BY 1, 2 "
        f"ORDER BY count(*) DESC, segment, second LIMIT {MAX_LEVELS + 1}",
    )
    if len(levels) <= MAX_LEVELS:
        return "units"
    con.execute("CREATE OR REPLACE TEMP TABLE levels (segment INTEGER, second INTEGER)")
    con.executemany("INSERT INTO levels VALUES (?, ?)", levels[:MAX_LEVELS])
    one, two = (f"(SELECT code FROM {role}_name WHERE name = '{OTHER}')" for role in ("segment", "second"))
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW folded AS SELECT units.* REPLACE (coalesce(levels.segment, {one}) AS segment, "
        f"coalesce(levels.second, {two}) AS second) FROM units LEFT JOIN levels "
        "ON units.segment = levels.segment AND units.second = levels.second"
    )
    return "folded"
