"""40 tags on a million customers against one DuckDB query, and look-alikes against one matrix product."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

from benchmarks.measure import in_turns, report

N, N_TAGS, N_SEEDS = 1_000_000, 40, 1_000
ALIKE = ("spend", "n_orders", "recency_days", "region")


def profiles_of(n: int) -> Any:
    """Return profiles of n customers."""
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "customer_id": pd.array([f"c{place}" for place in range(n)], dtype="str"),
            "spend": rng.lognormal(4, 1, n),
            "n_orders": rng.poisson(3, n).astype(float),
            "recency_days": rng.integers(1, 400, n).astype(float),
            "region": pd.Categorical(rng.choice(list("abcdefgh"), n)).astype("str"),
        }
    )
    features = (
        Feature("spend", "value", "number", "money"),
        Feature("n_orders", "value", "number", "count"),
        Feature("recency_days", "risk", "number", "days"),
        Feature("region", "basic", "category"),
    )
    return Profiles(frame, features, date(2024, 6, 1))


def tags() -> list[Any]:
    """Return 40 tags of four kinds: rules of two conditions, top shares, bands and columns."""
    from analysis.tags.params import Tag

    found: list[dict[str, Any]] = []
    for place in range(N_TAGS):
        kind = place % 4
        if kind == 0:
            parts = [
                {"kind": "condition", "feature": "spend", "op": "ge", "values": [20.0 + place]},
                {"kind": "condition", "feature": "recency_days", "op": "le", "values": [200.0 - place]},
            ]
            source: dict[str, Any] = {"kind": "rule", "when": {"kind": "all", "parts": parts}}
        elif kind == 1:
            source = {"kind": "top", "feature": "spend", "share": 0.05 + place / 100}
        elif kind == 2:
            source = {"kind": "bands", "feature": "n_orders", "cuts": [1.0, 2.0 + place / 10, 7.0]}
        else:
            source = {"kind": "column", "feature": "region"}
        found.append({"key": f"t{place}", "type": "value", "source": source})
    return [Tag.model_validate(one) for one in found]


def by_query(frame: Any) -> Any:
    """Return the same 40 columns and their counts as one query."""
    import duckdb

    columns, counts = [], []
    for place in range(N_TAGS):
        kind = place % 4
        if kind == 0:
            columns.append(f"spend >= {20.0 + place} AND recency_days <= {200.0 - place} AS t{place}")
        elif kind == 1:
            columns.append(f"spend >= (SELECT quantile_disc(spend, {1 - 0.05 - place / 100}) FROM frame) AS t{place}")
        elif kind == 2:
            columns.append(
                f"CASE WHEN n_orders < 1 THEN 0 WHEN n_orders < {2.0 + place / 10} THEN 1 WHEN n_orders < 7 THEN 2 "
                f"ELSE 3 END AS t{place}"
            )
        else:
            columns.append(f"region AS t{place}")
        counts.append(f"count(*) FILTER (t{place}::VARCHAR NOT IN ('false'))")
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        table = connection.execute(f"CREATE TABLE tagged AS SELECT customer_id, {', '.join(columns)} FROM frame")
        table.execute(f"SELECT {', '.join(counts)} FROM tagged").fetchall()
        return connection.execute("SELECT * FROM tagged").to_arrow_table()


def main() -> None:
    """Print both ratios."""
    import numpy as np

    from analysis.tags.apply import with_tags
    from analysis.tags.look_alike import look_alike

    n = next((int(word) for word in sys.argv[1:] if word.isdigit()), N)
    profiles, wanted = profiles_of(n), tags()
    frame = profiles.customers
    costs = in_turns({"40 tags": lambda: with_tags(profiles, wanted), "one query": lambda: by_query(frame)}, runs=3)
    report(costs, ours="40 tags")
    rng = np.random.default_rng(3)
    seeds = np.zeros(n, dtype=bool)
    seeds[np.argsort(-frame["spend"].to_numpy() * rng.random(n))[:N_SEEDS]] = True
    many, few = (rng.random((size, 12), dtype=np.float32) for size in (n, N_SEEDS))

    def product() -> float:
        best = 0.0
        for start in range(0, n, 20_000):  # in parts: the whole would take gigabytes
            best = max(best, float((many[start : start + 20_000] @ few.T).max()))
        return best

    calls = {"look-alikes": lambda: look_alike(profiles, seeds, ALIKE, n=N_SEEDS), "one matrix product": product}
    report(in_turns(calls, runs=3), ours="look-alikes")


if __name__ == "__main__":
    main()
