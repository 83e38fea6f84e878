"""What a score of churn is worth on customers whom it has not seen, and whether that is more than the plain rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.predict.churn.model import log_odds
from analysis.stats.discrimination import Auc, AucDifference, auc, auc_difference, average_precision
from analysis.stats.intervals import wilson
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BANDS = 10


@dataclass(frozen=True)
class Lift:
    """Of the tenth with the highest scores, how many times as many it came true of as of all.

    ``low`` and ``high`` bound the share (Wilson), over the share of all.
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Measured(Tabular, rows="calibration"):
    """A score of leaving, measured.

    Attributes
    ----------
    auc : Auc
    precision : float
        Average precision (area under the precision–recall curve); a score of no use gives ``rate``.
    brier, brier_base : float
        Mean squared error of the chances, and that of the share who left before, told to everybody.
    leavers : Lift
        Of the tenth most at risk: those who left.
    stayers : Lift
        Of the tenth least at risk: those who stayed. Where most leave it says more than ``leavers``.
    calibration : DataFrame, one row per tenth of the customers by chance (fewer where chances are equal)
        ``band``, ``foretold`` (mean chance), ``n``, ``n_left``, ``observed`` (share who left), ``low``, ``high`` (its
        Wilson interval), ``upto`` (largest chance in it).
    recall : DataFrame, one row per step of at most 50
        ``share`` (of the customers, by risk), ``recall`` (of those who left), ``precision``.
    mean_foretold, rate : float
        Mean chance, and the share who left.
    n, n_left : int
        Customers, and those who left.
    """

    auc: Auc
    precision: float
    brier: float
    brier_base: float
    leavers: Lift
    stayers: Lift
    calibration: pd.DataFrame
    recall: pd.DataFrame
    mean_foretold: float
    rate: float
    n: int
    n_left: int

    @property
    def brier_gain(self) -> float:
        """Share of the error of the base rate that the chances take away; below 0 they are worse than it."""
        return 1 - self.brier / self.brier_base


def measured(left: np.ndarray, chance: np.ndarray, *, base: float) -> Measured:
    """Measure chances of leaving.

    Parameters
    ----------
    left : bool array, shape (customers,)
    chance : float array, shape (customers,)
        0..1.
    base : float
        The share who left among those whom the chances were learned from.

    References
    ----------
    Brier (1950), Monthly Weather Review 78; Murphy (1973) for the base rate as yardstick.

    Examples
    --------
    >>> import numpy as np
    >>> found = measured(np.arange(100) >= 80, np.arange(100) / 100, base=0.2)
    >>> found.auc.value, round(found.leavers.value, 6), found.n_left
    (1.0, 5.0, 20)
    """
    import numpy as np

    rate = float(left.mean())
    return Measured(
        auc=auc(left, chance),
        precision=average_precision(left, chance),
        brier=float(np.mean((chance - left) ** 2)),
        brier_base=float(np.mean((base - left) ** 2)),
        leavers=_lift(left, chance),
        stayers=_lift(~left, -chance),
        calibration=calibration(left, chance),
        recall=_recall(left, chance),
        mean_foretold=float(chance.mean()),
        rate=rate,
        n=len(left),
        n_left=int(left.sum()),
    )


@dataclass(frozen=True)
class Beside:
    """A model and the plain rule on the same customers, whom neither has seen.

    ``gain`` is how much larger the model's area under the ROC curve is (paired, DeLong).
    """

    model: Measured
    rule: Measured
    gain: AucDifference

    @property
    def model_is_better(self) -> bool:
        """The model tells who leaves better than the rule and than chance, by more than noise.

        Where nothing tells, a rule learned on the others is worse than chance on those held out: to beat it is nothing.
        """
        return self.gain.low > 0 and self.model.auc.low > 0.5


def beside(left: np.ndarray, model: np.ndarray, rule: np.ndarray, *, base: float) -> Beside:
    """Measure the chances of a model and of the rule on the same customers; parameters as ``measured``."""
    return Beside(measured(left, model, base=base), measured(left, rule, base=base), auc_difference(left, model, rule))


def observed_near(measured: Measured, chance: np.ndarray, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of the share who left among measured customers with such a chance.

    It is that of the tenth in whose range the chance lies: what can be said of a group, not of one customer. Where
    they left more or less often than was foretold of them, it reaches to the chance itself.

    Parameters
    ----------
    measured : Measured
    chance : float array
    shift : float
        What is added to the log-odds of every chance, and so to those of its interval.
    """
    import numpy as np
    from scipy.special import expit

    bands = measured.calibration
    places = np.searchsorted(bands["upto"].to_numpy()[:-1], chance)
    told = (chance, bands["low"].to_numpy()[places], bands["high"].to_numpy()[places])
    if shift:
        told = tuple(expit(log_odds(each) + shift) for each in told)
    return np.min(told, axis=0), np.max(told, axis=0)


def _lift(came: np.ndarray, score: np.ndarray) -> Lift:
    """Measure the highest tenth; of equal scores at its border, each counts as their share."""
    import numpy as np

    n = max(len(came) // 10, 1)
    border = np.partition(score, len(score) - n)[len(score) - n]
    above, equal = score > border, score == border
    count = came[above].sum() + (n - above.sum()) * came[equal].mean()
    low, high = wilson(np.array([count]), np.array([n]))
    rate = came.mean()
    return Lift(float(count / n / rate), float(low[0] / rate), float(high[0] / rate), n)


def calibration(left: np.ndarray, chance: np.ndarray) -> pd.DataFrame:
    """Return who left of each tenth by chance, as ``Measured.calibration``; parameters as ``measured``."""
    import numpy as np
    import pandas as pd

    borders = np.unique(np.quantile(chance, np.arange(1, BANDS) / BANDS, method="inverted_cdf"))
    borders = borders[borders < chance.max()]
    band = np.searchsorted(borders, chance)
    rows = pd.DataFrame({"band": band, "foretold": chance, "left": left}).groupby("band")
    table = rows.agg(
        foretold=("foretold", "mean"), n=("left", "size"), n_left=("left", "sum"), upto=("foretold", "max")
    )
    low, high = wilson(table["n_left"].to_numpy(), table["n"].to_numpy())
    observed = table["n_left"] / table["n"]
    return table.assign(observed=observed, low=low, high=high).reset_index()[
        ["band", "foretold", "n", "n_left", "observed", "low", "high", "upto"]
    ]


def _recall(left: np.ndarray, chance: np.ndarray) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    order = np.argsort(-chance, kind="stable")
    found = np.cumsum(left[order])
    ends = np.unique(np.linspace(1, len(left), min(50, len(left)), dtype=int))
    return pd.DataFrame(
        {"share": ends / len(left), "recall": found[ends - 1] / left.sum(), "precision": found[ends - 1] / ends}
    )
