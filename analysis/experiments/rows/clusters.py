"""Tests whose arms were given to stores, classes or cities: each of these counts once, as the mean of its customers.

Customers of one store are alike, so that they say less than as many of different stores; their mean is one value of the
store that was drawn (Donner, Klar 2000, Design and analysis of cluster randomization trials, ch. 6 and 7; Hayes,
Moulton 2017, Cluster randomised trials, ch. 10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows
from analysis.errors import AnalysisError
from analysis.experiments.rows.stage import extents_of
from analysis.sums import exact_sum

if TYPE_CHECKING:
    import duckdb

    from analysis.experiments.rows.params import ReadParams

# Clusters in an arm at least: with fewer no test can be clear, or holds.
FEWEST = 4
# Fewer than these can be read, but one odd store among them carries the result (Hayes, Moulton 2017, ch. 7).
FEW = 6
# With more customers than these in another arm than their cluster, arms were not given to clusters.
MOST_MOVED = 0.02


def check_clusters(params: ReadParams) -> None:
    """Refuse what is not read by cluster: ``experiment_cluster_alone``."""
    beside = (params.segment, params.crossed, params.customers, *params.covariates)
    others = any(metric.kind not in ("proportion", "mean") for metric in params.metrics)
    if params.cluster is not None and (any(name is not None for name in beside) or others):
        raise AnalysisError("experiment_cluster_alone")


def gather(con: duckdb.DuckDBPyConnection, params: ReadParams, arms: list[str]) -> tuple[dict[str, int], int]:
    """Make each cluster one row of ``units``, and return the customers of each arm and how many had moved.

    Who has another arm than most of the own cluster came from a cluster of that arm, and is left out.

    Raises ``experiment_not_binary``, ``experiment_cluster_in_two_arms`` (n) and ``experiment_few_clusters`` (n, least).
    """
    tops = [f"top{i}" for i in range(len(params.metrics))]
    for top, metric in zip(tops, params.metrics, strict=True):
        if metric.kind == "proportion":
            other, largest = fetch_row(con, f"SELECT count(*) FILTER ({top} NOT IN (0, 1)), max({top}) FROM units")
            if other:
                raise AnalysisError("experiment_not_binary", value=float(largest))
    con.execute(
        "CREATE TEMP TABLE homes AS SELECT cluster, arm AS home FROM (SELECT cluster, arm, count(*) AS n FROM units "
        "WHERE NOT two GROUP BY cluster, arm) QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY n DESC, arm) = 1"
    )
    moved, mixed, whole = fetch_row(
        con,
        "SELECT count(*) FILTER (arm <> home), count(DISTINCT cluster) FILTER (arm <> home), count(*) "
        "FROM units JOIN homes USING (cluster) WHERE NOT two",
    )
    if moved > whole * MOST_MOVED:
        raise AnalysisError("experiment_cluster_in_two_arms", n=int(mixed))
    con.execute(
        "CREATE TEMP TABLE stayed AS SELECT units.* FROM units JOIN homes USING (cluster) WHERE NOT two AND arm = home"
    )
    customers = dict(fetch_rows(con, "SELECT arm, count(*) FROM stayed GROUP BY arm"))
    extents = extents_of(con, tops, "stayed")
    means = [f"{exact_sum(top, extents[top])} / nullif(count({top}), 0) AS {top}" for top in tops]
    means += [f"1.0 AS bottom{i}" for i in range(len(tops))]
    con.execute(
        "CREATE TEMP TABLE clusters AS SELECT cluster AS unit, min(arm) AS arm, min(day) AS day, "
        f"min(segment) AS segment, min(second) AS second, {', '.join(means)}, false AS two FROM stayed GROUP BY cluster"
    )
    sizes = dict(fetch_rows(con, "SELECT arm, count(*) FROM clusters GROUP BY arm"))
    if min(sizes.values()) < FEWEST:
        raise AnalysisError("experiment_few_clusters", n=min(sizes.values()), least=FEWEST)
    con.execute("DROP VIEW units")
    con.execute("CREATE TEMP VIEW units AS SELECT * FROM clusters")
    return {arms[arm]: int(n) for arm, n in customers.items()}, int(moved)
