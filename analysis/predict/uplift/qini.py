"""The Qini coefficient: how much better an order of customers finds those whom a campaign moved than chance does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

DRAWS = 200
POINTS = 100
# The variance of a cross-fitted Qini without a pattern, over that of its scores held fixed: what two folds agree in is
# counted twice, once with each as the one that is foretold.
COUNTED_TWICE = 2.0


@dataclass(frozen=True)
class Qini:
    """The area between the curve of an order and that of chance, over that of the best order there is.

    Attributes
    ----------
    value, low, high : float
        0 for an order by chance, 1 for the best, which knows who came; with the 95 % interval of a bootstrap of
        customers, wider by the root of 2 where the scores are cross-fitted.
    curve : DataFrame, at most 101 rows
        ``share`` (of the customers, the highest scores first), ``gained`` (outcomes that the campaign brought among
        them, per customer of all), ``by_chance`` (the same of an order by chance).
    """

    value: float
    low: float
    high: float
    curve: pd.DataFrame

    @property
    def beats_chance(self) -> bool:
        """The order is better than one by chance, by more than noise."""
        return self.low > 0


def qini(
    came: np.ndarray,
    treated: np.ndarray,
    score: np.ndarray,
    *,
    cross_fitted: bool = False,
    draws: int = DRAWS,
    seed: int = 0,
) -> Qini:
    """Measure an order of customers by what a campaign with a hold-out did to them.

    Parameters
    ----------
    came, treated : bool arrays, shape (customers,)
        Some of each kind in each arm.
    score : float array, shape (customers,)
        Foretold effect; not learned from the same customer.
    cross_fitted : bool
        The scores of each fold are learned from the others: drawing customers again while the scores stay as they are
        tells half of the variance where there is no pattern.
    draws : int
        Of the bootstrap.
    seed : int

    References
    ----------
    Radcliffe (2007), Using control groups to target on predicted lift, Direct Marketing Analytics Journal; the
    normalisation is that of scikit-uplift's ``qini_auc_score``.

    Examples
    --------
    >>> import numpy as np
    >>> treated = np.arange(400) % 2 == 0
    >>> moved = np.arange(400) < 200
    >>> found = qini(treated & moved, treated, moved.astype(float), draws=20)
    >>> round(found.value, 3), found.low > 0
    (0.667, True)
    """
    import numpy as np
    import pandas as pd

    actual = _Order(came, treated, score)
    # The best order: those who came although treated first, those who came without last.
    perfect = _Order(came, treated, came * np.where(treated, 1.0, -1.0))
    ones = np.ones(len(came))
    rng = np.random.default_rng(seed)
    drawn = [_coefficient(actual, perfect, rng.poisson(1.0, len(came)).astype(float)) for _ in range(draws)]
    value = _coefficient(actual, perfect, ones)
    low, high = value + (np.quantile(drawn, [0.025, 0.975]) - value) * (COUNTED_TWICE**0.5 if cross_fitted else 1.0)
    x, gained = actual.curve(ones)
    at = np.unique(np.linspace(0, len(x) - 1, POINTS + 1).round().astype(int))
    share = x[at] / x[-1]
    curve = pd.DataFrame(
        {"share": share, "gained": gained[at] / treated.sum(), "by_chance": share * gained[-1] / treated.sum()}
    )
    return Qini(value, float(low), float(high), curve)


class _Order:
    """Customers in the order of a score, the highest first; equal scores end together."""

    def __init__(self, came: np.ndarray, treated: np.ndarray, score: np.ndarray) -> None:
        import numpy as np

        self.order = np.argsort(-score, kind="stable")
        ranked = score[self.order]
        self.ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
        self.treated, self.came = treated[self.order].astype(float), came[self.order].astype(float)

    def curve(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return customers and outcomes gained, from none on, each customer counted as often as the weight says."""
        import numpy as np

        weight = weight[self.order]
        of_treated = weight * self.treated
        n_treated, n_all = np.cumsum(of_treated)[self.ends], np.cumsum(weight)[self.ends]
        came_treated = np.cumsum(of_treated * self.came)[self.ends]
        came_control = np.cumsum((weight - of_treated) * self.came)[self.ends]
        n_control = n_all - n_treated
        scaled = np.divide(came_control * n_treated, n_control, out=np.zeros_like(n_all), where=n_control > 0)
        return np.append(0.0, n_all), np.append(0.0, came_treated - scaled)


def _coefficient(actual: _Order, perfect: _Order, weight: np.ndarray) -> float:
    import numpy as np

    (x, y), (best_x, best_y) = actual.curve(weight), perfect.curve(weight)
    by_chance = float(x[-1] * y[-1] / 2)
    room = float(np.trapezoid(best_y, best_x)) - by_chance
    return (float(np.trapezoid(y, x)) - by_chance) / room if room > 0 else 0.0
