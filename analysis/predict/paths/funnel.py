"""Funnels: who goes how far through steps, how long that takes, and what those who stop do instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.engine import go_on

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

NOTHING = ""  # what those did next who did nothing more
DAY = 86_400.0


@dataclass(frozen=True)
class Funnel:
    """Who goes how far.

    Attributes
    ----------
    steps : DataFrame, one row per step
        ``step`` (event), ``customers`` (who reached it), ``share`` (of those at the first step), ``of_before`` (of
        those at the step before), ``low``, ``high`` (Wilson, of ``of_before``), ``median_days`` (from the step before;
        NaN for the first).
    reached : Series of int, indexed by customer, sorted
        Steps that the customer reached, 1 or more.
    stopped : DataFrame, one row per step and what followed
        ``step`` (the last one reached), ``then`` (the event that followed at once; empty for nothing more),
        ``customers``.
    n_events : int
        Rows that were looked at.
    """

    steps: pd.DataFrame = field(repr=False)
    reached: pd.Series = field(repr=False)
    stopped: pd.DataFrame = field(repr=False)
    n_events: int


def funnel(
    events: pd.DataFrame,
    steps: Sequence[str],
    *,
    ordered: bool = True,
    window_days: float | None = None,
    exclude: Sequence[str] = (),
) -> Funnel:
    """Follow every customer through steps.

    Parameters
    ----------
    events : DataFrame
        ``customer_id``, ``event``, ``time``.
    steps : sequence of str
        Events, two at least; no event twice.
    ordered : bool
        Each step after the one before; else in whatever order: who is at a step did it and all steps before it.
    window_days : float, optional
        From the first step; later ones do not count.
    exclude : sequence of str
        Events that end the way: what comes after one of them does not count.

    Notes
    -----
    A customer begins at every first step there is, and the way that goes furthest counts, of equal ones the earliest.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-01"])
    >>> events = pd.DataFrame({"customer_id": list("aab"), "event": ["see", "buy", "see"], "time": times})
    >>> funnel(events, ["see", "buy"]).steps["customers"].tolist()
    [2, 1]
    """
    import numpy as np
    import pandas as pd

    from analysis.stats.intervals import wilson

    rows = events.sort_values(["customer_id", "time"], kind="stable")
    seconds = rows["time"].to_numpy(dtype="datetime64[us]").astype("int64") / 1e6
    codes = (
        rows["event"].map({step: place for place, step in enumerate(steps)}).fillna(-1).to_numpy(dtype=int, copy=True)
    )
    codes[rows["event"].isin(list(exclude)).to_numpy()] = -2
    people = rows["customer_id"].to_numpy()
    names = rows["event"].to_numpy()
    first = np.flatnonzero(np.r_[True, people[1:] != people[:-1]]) if len(rows) else np.empty(0, dtype=int)
    last = np.r_[first[1:], len(rows)]
    window = np.inf if window_days is None else window_days * DAY
    found: dict[str, int] = {}
    waits: list[list[float]] = [[] for _ in steps]
    stopped: dict[tuple[str, str], int] = {}
    for start, stop in zip(first, last, strict=True):
        go_on()
        way = _furthest(codes[start:stop], seconds[start:stop], len(steps), window, ordered=ordered)
        if not way:
            continue
        found[str(people[start])] = len(way)
        at = [seconds[start + place] for place in way]
        for place in range(1, len(way)):
            waits[place].append((at[place] - at[place - 1]) / DAY)
        if len(way) < len(steps):
            after = start + max(way) + 1
            then = str(names[after]) if after < stop else NOTHING
            key = (steps[len(way) - 1], then)
            stopped[key] = stopped.get(key, 0) + 1
    reached = pd.Series(found, dtype="int64").sort_index()
    n = np.array([int((reached > place).sum()) for place in range(len(steps))])
    before = np.r_[n[:1], n[:-1]]
    low, high = wilson(n, np.maximum(before, 1))
    table = pd.DataFrame({
        "step": list(steps), "customers": n, "share": n / n[0] if n[0] else np.nan,
        "of_before": np.where(before > 0, n / np.maximum(before, 1), np.nan),
        "low": np.where(before > 0, low, np.nan), "high": np.where(before > 0, high, np.nan),
        "median_days": [float(np.median(one)) if one else np.nan for one in waits],
    })  # fmt: skip
    rest = pd.DataFrame(
        [(step, then, count) for (step, then), count in stopped.items()], columns=["step", "then", "customers"]
    )
    order = {step: place for place, step in enumerate(steps)}
    rest = rest.assign(at=rest["step"].map(order)).sort_values(
        ["at", "customers", "then"], ascending=[True, False, True]
    )
    return Funnel(table, reached, rest.drop(columns="at").reset_index(drop=True), len(rows))


def _furthest(codes: np.ndarray, seconds: np.ndarray, n: int, window: float, *, ordered: bool) -> list[int]:
    """Return the places of the steps of the way that goes furthest."""
    best: list[int] = []
    for start in range(len(codes)):
        if codes[start] != 0 if ordered else codes[start] < 0:
            continue
        way = _in_order(codes, seconds, start, n, window) if ordered else _in_any(codes, seconds, start, n, window)
        if len(way) > len(best):
            best = way
        if len(best) == n:
            break
    return best


def _in_order(codes: np.ndarray, seconds: np.ndarray, start: int, n: int, window: float) -> list[int]:
    way = [start]
    for place in range(start + 1, len(codes)):
        if codes[place] == -2 or seconds[place] - seconds[start] > window or len(way) == n:
            break
        if codes[place] == len(way):
            way.append(place)
    return way


def _in_any(codes: np.ndarray, seconds: np.ndarray, start: int, n: int, window: float) -> list[int]:
    """Return the places of as many steps as were done from the first one on, in whatever order."""
    places: dict[int, int] = {}
    for place in range(start, len(codes)):
        if codes[place] == -2 or seconds[place] - seconds[start] > window:
            break
        places.setdefault(int(codes[place]), place)
    whole = next((step for step in range(n) if step not in places), n)
    return sorted(places[step] for step in range(whole))
