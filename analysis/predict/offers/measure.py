"""How much of the last order each way to rank finds: together, of what was bought again, and of what was new."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.engine import go_on
from analysis.predict.offers.ranking import WHOLE, best, ranks

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    from analysis.predict.offers.histories import HeldBack
    from analysis.predict.offers.ranking import Learned, Ranks

MOST_TESTED, FEW_TESTED = 10_000, 1_000
TESTED_CELLS = 50_000_000  # customers times products that are tested, where that leaves a thousand customers
LEAST_TESTED = 50
ALPHA = 0.05
TASKS = ("all", "again", "new")
# Of each task the plain rules, of which the better counts, and what stands against it.
RULES = {"all": ("rule", "popular"), "again": ("rule",), "new": ("rule",)}
AGAINST = {"all": ("model", "alike"), "again": ("model",), "new": ("model",)}
WAYS = {task: (*RULES[task], *AGAINST[task]) for task in TASKS}


@dataclass(frozen=True)
class Gain:
    """How much more a way to rank finds than the plain rule, of the same last orders.

    Attributes
    ----------
    task, way, rule : str
        One of ``TASKS``, of what stands against a plain rule in it, and of the rules that which finds more.
    n : int
        Last orders.
    recall, low, high : float
        Mean difference of recall with Student's 95 % interval, of all that stand against the rule in the task together
        (Bonferroni); NaN below 50 orders.
    """

    task: str
    way: str
    rule: str
    n: int
    recall: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """By more than noise, on 50 orders or more."""
        return self.n >= LEAST_TESTED and self.low > 0


@dataclass(frozen=True)
class Measured:
    """How ways to rank did on last orders.

    Attributes
    ----------
    table : DataFrame, one row per task and way
        ``task``: ``all``, ``again`` (products that the customer had bought before) or ``new``; ``way``: ``rule`` (own
        frequency, then what sells; of new products what sells), ``model`` (own frequency or what is due, then what
        customers alike buy, then the favourite category, then what sells), ``alike`` (what customers alike buy, whether
        bought before or not), ``popular``; ``n`` (last orders
        with such a product); ``recall`` (share of the order's products among the first ``at``), ``hit`` (any), ``ndcg``
        (with those further up counting more), 0..1, each with ``_low`` and ``_high`` (95 %).
    gains : tuple of Gain
        One per task and way against the rule.
    at : int
        Offers that are compared with the order.
    n : int
        Last orders that were foretold.
    """

    table: pd.DataFrame = field(repr=False)
    gains: tuple[Gain, ...]
    at: int
    n: int

    def gain(self, task: str) -> Gain:
        """Return that of the way against the rule that finds most."""
        return max(
            (gain for gain in self.gains if gain.task == task),
            key=lambda gain: (gain.is_better, -1 if gain.n < LEAST_TESTED else gain.recall),
        )

    def way(self, task: str) -> str:
        """Return what is used: what finds most, or the better rule where that is no better by more than noise."""
        gain = self.gain(task)
        return gain.way if gain.is_better else gain.rule

    def row(self, task: str, way: str) -> dict[Any, Any]:
        """Return the figures of a way to rank."""
        table = self.table
        return table[(table["task"] == task) & (table["way"] == way)].to_dict("records")[0]


def measure(learned: Learned, held: HeldBack, at: int) -> Measured:
    """Rank for everybody whose last order was held back, and compare.

    Parameters
    ----------
    learned : Learned
        From all orders but those held back.
    held : HeldBack
        Of more than 10,000 customers (1,000 with many products) as many, evenly spread.
    at : int
        Length of the lists.

    References
    ----------
    Järvelin & Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, ACM TOIS 20, for NDCG.
    """
    import numpy as np
    import pandas as pd

    n = len(held.who)
    most = min(max(TESTED_CELLS // min(learned.history.n_items, WHOLE), FEW_TESTED), MOST_TESTED)
    chosen = np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(int)
    found: dict[tuple[str, str], list[np.ndarray]] = {(task, way): [] for task in TASKS for way in WAYS[task]}
    step = learned.at_once()
    for start in range(0, len(chosen), step):
        go_on()
        own = chosen[start : start + step]
        bought = held.bought[own]
        scored = ranks(learned, held.who[own], held.day[own])
        for task, way, scores, wanted, size in _tasks(scored, bought):
            found[task, way].append(compare(best(scores, at), wanted, at, size))
    figures = {key: np.concatenate(parts, axis=1) if parts else np.empty((3, 0)) for key, parts in found.items()}
    table = pd.DataFrame([{"task": task, "way": way, **_summed(kept)} for (task, way), kept in figures.items()])
    recalls = {key: kept[0] for key, kept in figures.items()}
    gains = tuple(gain for task in TASKS for gain in _gains(task, recalls))
    return Measured(table, gains, at, len(chosen))


def _tasks(scored: Ranks, held: csr_matrix) -> list[tuple[str, str, np.ndarray, np.ndarray, np.ndarray]]:
    """Return task, way, its scores, the ranked products that were bought, and how many were bought in all."""
    import numpy as np

    bought, size = scored.places.of(held) > 0, np.asarray(held.sum(axis=1)).ravel()
    again, new = bought & scored.owned, bought & ~scored.owned
    n_again = again.sum(axis=1)  # what a customer owns is always ranked
    ways = [
        ("all", "rule", scored.own),
        ("all", "model", scored.model(scored.own)),
        ("all", "popular", scored.popular),
        ("all", "alike", scored.alike),
        ("again", "rule", np.where(scored.owned, scored.own, 0)),
        ("again", "model", scored.due),
        ("new", "rule", np.where(scored.owned, 0, scored.popular)),
        ("new", "model", scored.new),
    ]
    wanted = {"all": (bought, size), "again": (again, n_again), "new": (new, size - n_again)}
    return [(task, way, scores, wanted[task][0], wanted[task][1]) for task, way, scores in ways]


def compare(offered: np.ndarray, bought: np.ndarray, at: int, size: np.ndarray | None = None) -> np.ndarray:
    """Return recall, hit and NDCG of each order with a product, shape (3, orders); ``size`` counts its products.

    Examples
    --------
    >>> import numpy as np
    >>> compare(np.array([[2, 0]]), np.array([[True, True, False]]), 2).round(3).tolist()
    [[0.5], [1.0], [0.387]]
    """
    import numpy as np

    n: Any = bought.sum(axis=1) if size is None else size.astype(int)
    right = np.take_along_axis(bought, np.maximum(offered, 0), axis=1) & (offered >= 0)
    weight = 1 / np.log2(np.arange(2, at + 2))
    ideal = np.cumsum(weight)[np.clip(n, 1, at) - 1]
    known = n > 0
    recall = right.sum(axis=1) / np.maximum(n, 1)
    ndcg = (right * weight[: right.shape[1]]).sum(axis=1) / ideal
    return np.vstack([recall, right.any(axis=1), ndcg])[:, known]


def _summed(kept: np.ndarray) -> dict[str, float]:
    """Return each figure with its interval: Student's of a mean, Wilson's of a share."""
    import numpy as np

    from analysis.stats.intervals import wilson

    n = kept.shape[1]
    told: dict[str, float] = {"n": n}
    for name, values in zip(("recall", "hit", "ndcg"), kept, strict=True):
        mean = float(values.mean()) if n else np.nan
        low, high = _interval(values)
        if name == "hit" and n:
            (low,), (high,) = (side.tolist() for side in wilson(np.array([values.sum()]), np.array([n])))
        told |= {name: mean, f"{name}_low": max(low, 0.0), f"{name}_high": min(high, 1.0)}
    return told


def _interval(values: np.ndarray, alpha: float = ALPHA) -> tuple[float, float]:
    import numpy as np

    from analysis.stats.intervals import mean_interval

    n = len(values)
    if n < 2:
        return np.nan, np.nan
    sides = mean_interval(np.array([values.mean()]), np.array([values.std(ddof=1)]), np.array([n]), alpha=alpha)
    return float(sides[0][0]), float(sides[1][0])


def _gains(task: str, recalls: dict[tuple[str, str], np.ndarray]) -> list[Gain]:
    import numpy as np

    n = len(recalls[task, "rule"])
    rule = max(RULES[task], key=lambda one: recalls[task, one].mean() if n else 0.0)
    gains = []
    for way in AGAINST[task]:
        differences, sides = recalls[task, way] - recalls[task, rule], (np.nan, np.nan)
        if n >= LEAST_TESTED:
            sides = _interval(differences, ALPHA / len(AGAINST[task]))
        gains.append(Gain(task, way, rule, n, float(differences.mean()) if n >= LEAST_TESTED else np.nan, *sides))
    return gains
