"""The season: how much more or less was ordered in the same weeks a year before, by customers alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.intake.questions import order_days
from analysis.predict.churn.model import log_odds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.churn.definition import ChurnDefinition

YEAR = 364  # days: weekdays fall on weekdays
LEAST_CUSTOMERS = 100


@dataclass(frozen=True)
class Season:
    """What the season does to chances of leaving.

    Attributes
    ----------
    foretold, observed : float
        In the window that was tested: mean chance by what was learned in the window before it, and the share who left.
    corrected : float or None
        Mean chance corrected by what the same weeks did a year before; None without a year of orders.
    shift : float
        Added to the log-odds of leaving now, where ``used``: how far customers alike left more (above 0) or less after
        the same day a year ago than in the window before.
    used : bool
        The correction came nearer to what was observed in the tested window, and is applied now.
    """

    foretold: float
    observed: float
    corrected: float | None = None
    shift: float = 0.0
    used: bool = False


def season_of(
    standard: StandardTables, definition: ChurnDefinition, chance: np.ndarray, left: np.ndarray, *, train: date
) -> Season:
    """Compare what was foretold with what came, and correct by the year before where there is one.

    Parameters
    ----------
    standard : StandardTables
    definition : ChurnDefinition
        Of silence.
    chance, left : arrays, shape (customers,)
        Of the window that was tested.
    train : date
        Last day known to the window from which the chances were learned.
    """
    from scipy.special import expit

    assert definition.days is not None and definition.last is not None and definition.first is not None
    days, back = definition.days, timedelta(days=YEAR)
    foretold, observed = float(chance.mean()), float(left.mean())
    test = train + timedelta(days=days)
    now = test + timedelta(days=days)
    if train - back < definition.first + timedelta(days=days):
        return Season(foretold, observed)
    ordered = order_days(standard, now - back + timedelta(days=days))
    states = [_state(ordered, (cut - back).toordinal(), days) for cut in (train, test, now)]
    if any(len(state) < LEAST_CUSTOMERS for state in states):
        return Season(foretold, observed)
    before, after = _shift(states[0], states[1]), _shift(states[1], states[2])
    corrected = float(expit(log_odds(chance) + before).mean())
    used = abs(corrected - observed) < abs(foretold - observed)
    return Season(foretold, observed, corrected, after if used else 0.0, used)


def _state(ordered: pd.DataFrame, cut: int, days: int) -> pd.DataFrame:
    """Return recency, order days and tenure of each customer on a day, and whether they left in the days after."""
    known = ordered[ordered["day"] <= cut].groupby("customer_id", sort=True)["day"]
    state = known.agg(last="max", n="size", first="min")
    later = ordered[(ordered["day"] > cut) & (ordered["day"] <= cut + days)].groupby("customer_id").size()
    left = later.reindex(state.index).isna()
    return state.assign(recency=cut - state["last"], tenure=cut - state["first"], left=left)


def _shift(before: pd.DataFrame, after: pd.DataFrame) -> float:
    """Return how far the log-odds of leaving moved between two days, of equal recency, count and tenure."""
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    both = pd.concat([before, after])
    if both["left"].all() or not both["left"].any():
        return 0.0
    logs = np.log1p(both[["recency", "n", "tenure"]].to_numpy(dtype=float))
    moved = np.repeat([0.0, 1.0], [len(before), len(after)])
    matrix = np.column_stack([(logs - logs.mean(axis=0)) / (logs.std(axis=0) + 1e-9), moved])
    return float(LogisticRegression(C=1e3, max_iter=1_000).fit(matrix, both["left"]).coef_[0, -1])
