"""Concentration: how much of the revenue the best buyers bring."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TOP = 0.2
MINIMUM_BUYERS = 5
POINTS = 100


@dataclass(frozen=True)
class Concentration(Tabular, rows="curve"):
    """Revenue by buyers, the best first.

    Attributes
    ----------
    n : int
        Buyers.
    top_n : int
        Buyers in the top 20 %, rounded down: never more than a fifth.
    top_share : float
        Their share of the revenue (above 1 when other buyers returned more than they bought).
    half_n : int
        The fewest buyers who together bring half of the revenue.
    curve : DataFrame, at most 101 rows
        ``buyers`` and ``revenue``, cumulative shares from (0, 0) to (1, 1), the best buyers first. Read from the other
        end it is the Lorenz curve.
    """

    n: int
    top_n: int
    top_share: float
    half_n: int
    curve: pd.DataFrame = field(repr=False)

    @property
    def half_share(self) -> float:
        """The share of buyers who bring half of the revenue, 0..1."""
        return self.half_n / self.n


def concentration(spend: np.ndarray) -> Concentration:
    """Measure how revenue is spread over buyers.

    Parameters
    ----------
    spend : float array, shape (buyers,)
        Currency, net of returns.

    Raises
    ------
    AnalysisError
        ``concentration_too_few_buyers`` (n, minimum): with fewer than 5 buyers a fifth of them is nobody;
        ``concentration_no_revenue``: the revenue is not positive.

    References
    ----------
    Lorenz (1905), Methods of measuring the concentration of wealth, Publications of the ASA 9.

    Examples
    --------
    >>> import numpy as np
    >>> result = concentration(np.array([50.0, 20, 10, 10, 10]))
    >>> result.top_n, result.top_share, result.half_n
    (1, 0.5, 1)
    """
    import numpy as np
    import pandas as pd

    n = len(spend)
    if n < MINIMUM_BUYERS:
        raise AnalysisError("concentration_too_few_buyers", n=n, minimum=MINIMUM_BUYERS)
    cumulative = np.cumsum(np.sort(spend)[::-1])
    total = cumulative[-1]
    if total <= 0:
        raise AnalysisError("concentration_no_revenue")
    # Rounded first, so that a fifth of 15 is 3 whatever floating point makes of it.
    top_n = floor(round(TOP * n, 9))
    half_n = int(np.argmax(cumulative >= total / 2)) + 1
    kept = np.unique(np.round(np.linspace(0, n, min(n, POINTS) + 1)).astype(int))
    revenue = np.concatenate([[0.0], cumulative / total])[kept]
    curve = pd.DataFrame({"buyers": kept / n, "revenue": revenue})
    return Concentration(n, top_n, float(cumulative[top_n - 1] / total), half_n, curve)
