"""The values around a quantile, by arm and segment: what cannot be had from sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_frame
from analysis.experiments.arms.quantiles import QuantileStatistic

if TYPE_CHECKING:
    import duckdb

    from analysis.experiments.rows.params import ReadParams

Quantiles = dict[tuple[str, str, str | None, str | None], QuantileStatistic]


def read_quantiles(con: duckdb.DuckDBPyConnection, params: ReadParams, arms: list[str], *, source: str) -> Quantiles:
    """Return the quantiles asked for by metric, arm, segment and second dimension (both None for the whole arm).

    ``source`` is where the customers lie, in the levels that the sums have.
    """
    found: Quantiles = {}
    for i, metric in enumerate(params.metrics):
        if metric.quantile is None:
            continue
        rows = fetch_frame(
            con,
            f"SELECT segment_name.name AS segment, second_name.name AS second, arm, top{i} AS value FROM {source} "
            "JOIN segment_name ON segment_name.code = segment JOIN second_name ON second_name.code = second "
            f"WHERE NOT two AND top{i} IS NOT NULL",
        )
        for code, label in enumerate(arms):
            part = rows[rows["arm"] == code]
            if part.empty:
                continue
            whole = part["value"].to_numpy(dtype=float)
            found[metric.name, label, None, None] = QuantileStatistic.from_values(whole, metric.quantile)
            for keys, cell in part.groupby(["segment", "second"], sort=True):
                segment, second = (str(key) for key in keys)  # pyright: ignore[reportGeneralTypeIssues]
                values = cell["value"].to_numpy(dtype=float)
                found[metric.name, label, segment, second] = QuantileStatistic.from_values(values, metric.quantile)
    return found
