"""The model tried on a past that it has not seen, beside the plainest rule: that customers do the same again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.intake.questions import purchase_days_after
from analysis.predict.lifetime.ladder import fit_orders
from analysis.predict.lifetime.past import FEWEST_CUSTOMERS, FEWEST_REPEATS, Past, past
from analysis.stats.intervals import Z95
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.tables import StandardTables

    Floats = NDArray[np.float64]

LEAST_WEEKS = 4
POINTS = 13  # of the line that is drawn
MOST_MISSED = -0.99  # share of a sum beyond which a trial says no more than that nearly nothing was foretold
BINS = (0, 1, 2, 3, 5, 10, 20)  # purchase days of the window, from this many on


@dataclass(frozen=True)
class Tried(Tabular, rows="track"):
    """What model and rule would have said, and what came.

    Attributes
    ----------
    cut : date
        Both knew what lay before the end of this day.
    weeks : float
        How far they looked ahead.
    n : int
        Customers who had bought by then.
    expected, again, came : float
        Purchase days of all of them (count): by the model, by the rule that customers do the same again, and as they
        came.
    mae_model, mae_rule : float
        How far off a customer's purchase days were on average (count).
    better : float
        By how much the squared error of the model is below that of the rule, in standard errors of the difference.
    track : DataFrame, one row per point in time
        ``day``, ``expected`` and ``came`` (cumulative purchase days since the cut).
    repeated : DataFrame, one row per group of customers by purchase days in the window before the cut
        ``least`` (purchase days), ``n``; ``mean``, ``low`` and ``high`` (10 and 90 %) of the days that came after it,
        as a share of those before (where there were none, as a number).
    """

    cut: date
    weeks: float
    n: int
    expected: float
    again: float
    came: float
    mae_model: float
    mae_rule: float
    better: float
    track: pd.DataFrame = field(repr=False)
    repeated: pd.DataFrame = field(repr=False)

    @property
    def window(self) -> int:
        """How far they looked ahead, in days."""
        return round(self.weeks * 7)

    @property
    def error(self) -> float | None:
        """How far off the sum was, as a share of what came (-0.12: it said 12 % too little); None when nothing came."""
        return self.expected / self.came - 1 if self.came else None

    @property
    def error_again(self) -> float | None:
        """The same of the rule."""
        return self.again / self.came - 1 if self.came else None

    @property
    def model_is_better(self) -> bool:
        """Whether the model beats the rule by more than chance would (one-sided 2.5 %)."""
        return self.better > Z95


def tried(standard: StandardTables, first: date, last: date, weeks: float, kind: str = "auto") -> Tried | None:
    """Try a model on the last part of the data; None where that is too short, or too few had bought before it.

    Parameters
    ----------
    weeks : float
        How far the study looks ahead; at most half of the data is held back.
    """
    window = int(min(weeks, (last - first).days / 14) * 7)
    if window < LEAST_WEEKS * 7:
        return None
    cut = last - timedelta(days=window)
    known = past(standard, cut, window, first)
    if known.n < FEWEST_CUSTOMERS or known.repeats < FEWEST_REPEATS:
        return None
    model, _ = fit_orders(known.seen, kind)
    said = known.seen.at(model.expected(known.seen, window / 7))
    gain = (known.recent - known.later) ** 2 - (said - known.later) ** 2
    spread = float(gain.std(ddof=1))
    days = np.unique(np.linspace(0, window, POINTS + 1).round().astype(int))[1:]
    on = purchase_days_after(standard, cut, last, first)
    came = np.array([float(on["n"][on["day"] <= cut.toordinal() + day].sum()) for day in days])
    whole = known.seen.weight
    track = {
        "day": [cut + timedelta(days=int(day)) for day in days],
        "expected": [float(whole @ model.expected(known.seen, day / 7)) for day in days],
        "came": came,
    }
    import pandas as pd

    return Tried(
        cut, window / 7, known.n, float(said.sum()), float(known.recent.sum()), float(known.later.sum()),
        float(np.abs(said - known.later).mean()), float(np.abs(known.recent - known.later).mean()),
        float(gain.mean() / (spread / np.sqrt(known.n))) if spread else 0.0,
        pd.DataFrame(track), _repeated(known),
    )  # fmt: skip


def _repeated(known: Past) -> pd.DataFrame:
    """Return what customers did in the window after the cut, by what they did in the one before it."""
    import pandas as pd

    group = np.searchsorted(BINS, known.recent, side="right") - 1
    rows = []
    for place in np.unique(group):
        some = group == place
        came, before = known.later[some], np.maximum(known.recent[some], 1.0)
        low, high = np.quantile(came / before, [0.1, 0.9])
        rows.append((float(BINS[place]), len(came), float(came.sum() / before.sum()), float(low), float(high)))
    return pd.DataFrame(rows, columns=["least", "n", "mean", "low", "high"])


def again(trial: Tried, recent: Floats) -> dict[str, Floats]:
    """Return what customers are expected to do in a window of the trial's length, by what they did in the last one.

    ``mean``, ``low`` and ``high`` (purchase days), shape (customers,).
    """
    least = trial.repeated["least"].to_numpy()
    place = np.maximum(np.searchsorted(least, recent, side="right") - 1, 0)
    times = np.maximum(recent, 1.0)
    return {key: trial.repeated[key].to_numpy()[place] * times for key in ("mean", "low", "high")}


def as_wide_as_missed(
    totals: tuple[float | None, float | None, float | None], missed: float | None
) -> tuple[float | None, float | None, float | None]:
    """Widen the interval of a sum by what was missed in the trial: chance alone knows of no season and no change.

    Parameters
    ----------
    totals : tuple of float
        The sum, its low and its high end.
    missed : float, optional
        How far off the sum of the trial was, as a share of what came; where next to nothing of it was foretold, a
        hundredth of it counts as foretold, so that the interval has an end.

    Examples
    --------
    >>> _, low, high = as_wide_as_missed((100.0, 99.0, 101.0), 0.1)
    >>> round(low, 1), round(high, 1)
    (90.9, 110.1)
    """
    total, low, high = totals
    if missed is None or not total or low is None or high is None:
        return totals
    below, above = (np.hypot(np.log(total / max(end, 1e-9)), np.log1p(max(missed, MOST_MISSED))) for end in (low, high))
    return total, float(total * np.exp(-below)), float(total * np.exp(above))


def held_open(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns of customers whose range holds the figure: a mean may lie beyond nine tenths of what can come.

    Examples
    --------
    >>> held_open({"value": np.array([3.0]), "value_low": np.array([0.0]), "value_high": np.array([0.0])})["value_high"]
    array([3.])
    """
    found = dict(columns)
    for key in ("orders", "value"):
        if key in columns:
            found[f"{key}_low"] = np.minimum(columns[key], columns[f"{key}_low"])
            found[f"{key}_high"] = np.maximum(columns[key], columns[f"{key}_high"])
    return found
