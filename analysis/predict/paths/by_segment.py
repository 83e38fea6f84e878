"""A funnel by segment: who of each segment goes all the way, beside all other customers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.paths.result import Paths

LEAST = 5  # customers at the first step, below which a share says nothing of a segment


def funnel_by_segment(found: Paths, labels: pd.Series) -> pd.DataFrame:
    """Compare how many of each segment reach the last step.

    Parameters
    ----------
    found : Paths
        With a funnel.
    labels : Series, one per customer of the profiles, in their order
        Segments; missing ones are left out.

    Returns
    -------
    DataFrame, one row per segment with five customers at the first step, the largest share first
        ``segment``, ``customers`` (at the first step), ``reached`` (the last one), ``share`` (0..1), ``low``, ``high``
        (Wilson, 95 %), ``others`` (share of those of all other segments; NaN without any), ``worst`` (the step that
        most of those at the step before do not reach; empty where nobody stops), ``p`` (Fisher's exact test against
        all others, adjusted by Benjamini and Hochberg over the segments; NaN where nothing can be compared).

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.predict.paths.params import PathsParams
    >>> from analysis.study import begin, read
    >>> rows = [(who, "2024-01-01 10:00", "see") for who in "abcdefghijkl"]
    >>> rows += [(who, "2024-01-02 10:00", "buy") for who in "abcde"]
    >>> run = begin(read(pd.DataFrame(rows, columns=["customer id", "event time", "event"])))
    >>> ways = run.prediction(PathsParams(steps=("see", "buy")))
    >>> table = funnel_by_segment(ways, pd.Series(["x"] * 6 + ["y"] * 6))
    >>> table[["segment", "customers", "reached"]].to_dict("records"), round(float(table["p"].iloc[0]), 3)
    ([{'segment': 'x', 'customers': 6, 'reached': 5}, {'segment': 'y', 'customers': 6, 'reached': 0}], 0.015)
    """
    import numpy as np
    import pandas as pd

    from analysis.stats.exact import fisher_p
    from analysis.stats.intervals import wilson
    from analysis.stats.multiplicity import benjamini_hochberg

    columns = ["segment", "customers", "reached", "share", "low", "high", "others", "worst", "p"]
    if found.funnel is None:
        return pd.DataFrame(columns=columns)
    steps = found.funnel.steps["step"].tolist()
    people = pd.DataFrame(
        {"segment": labels.to_numpy(dtype=object), "steps": found.customers["steps"].to_numpy(dtype=float)}
    )
    people = people[people["segment"].notna() & (people["steps"] >= 1)]
    people["last"] = people["steps"] >= len(steps)
    table = people.groupby("segment")["last"].agg(customers="size", reached="sum").reset_index()
    n, reached = len(people), int(people["last"].sum())
    table = table[table["customers"] >= LEAST].astype({"reached": int})
    if table.empty:
        return pd.DataFrame(columns=columns)
    rest, rest_reached = n - table["customers"], reached - table["reached"]
    low, high = wilson(table["reached"].to_numpy(), table["customers"].to_numpy())
    p = fisher_p(table["reached"], table["customers"], rest_reached, rest)
    known = np.isfinite(p)
    p[known] = benjamini_hochberg(p[known])
    table = table.assign(
        share=table["reached"] / table["customers"], low=low, high=high,
        others=(rest_reached / rest.where(rest > 0)).astype(float),
        worst=[_worst(people.loc[people["segment"] == one, "steps"], steps) for one in table["segment"]], p=p,
    )  # fmt: skip
    return table.sort_values(["share", "segment"], ascending=[False, True], ignore_index=True)[columns]


def _worst(reached: pd.Series, steps: list[str]) -> str:
    """Return the step that the largest share of those at the one before it does not reach."""
    at = [int((reached > place).sum()) for place in range(len(steps))]
    lost = [(1 - after / before, steps[place + 1]) for place, (before, after) in enumerate(pairwise(at)) if before]
    share, step = max(lost, key=lambda one: one[0], default=(0.0, ""))
    return step if share > 0 else ""
