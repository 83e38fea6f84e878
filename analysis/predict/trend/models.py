"""How months to come are told from months that were: the rule of thumb, exponential smoothing, a damped trend."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

Way = Literal["last_month", "last_year", "ets", "damped"]
YEAR = 12
LEAST_SEASONAL = 2 * YEAR  # months from which a season of the year is fitted


def rule_for(n_months: int) -> Way:
    """Return the rule of thumb: as in the same month last year, or as last month where there are no two years.

    Examples
    --------
    >>> rule_for(23), rule_for(24)
    ('last_month', 'last_year')
    """
    return "last_year" if n_months >= LEAST_SEASONAL else "last_month"


def forecast(way: Way, values: np.ndarray, months: int) -> np.ndarray | None:
    """Return the months ahead by one way; None where it cannot be fitted.

    ``ets`` and ``damped`` take the form with the smallest corrected information criterion (Hyndman and Khandakar 2008)
    among those with and without a season (from 24 months on), and, for ``ets``, with and without a trend.

    Parameters
    ----------
    way : "last_month", "last_year", "ets" or "damped"
    values : array, shape (n,)
        One number a month, the latest last, on the scale that is smoothed.
    months : int
        How many months ahead.

    Returns
    -------
    array, shape (months,), or None

    Examples
    --------
    >>> import numpy as np
    >>> forecast("last_year", np.arange(24.0), 3).tolist()
    [12.0, 13.0, 14.0]
    """
    import numpy as np

    if way == "last_month":
        return np.full(months, values[-1])
    if way == "last_year":
        return np.resize(values[-YEAR:], months)
    if np.ptp(values) == 0:
        return np.full(months, values[-1])
    return _smoothed(values, months, damped=way == "damped")


def _smoothed(values: np.ndarray, months: int, *, damped: bool) -> np.ndarray | None:
    import numpy as np
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    seasons = (None, "add") if len(values) >= LEAST_SEASONAL + 1 else (None,)
    best: tuple[float, np.ndarray] | None = None
    for season in seasons:
        for trend in ("add",) if damped else (None, "add"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a fit that did not settle: it is judged by its likelihood
                model = ETSModel(
                    values,
                    error="add",
                    trend=trend,
                    damped_trend=damped,
                    seasonal=season,
                    seasonal_periods=YEAR if season else None,
                )
                try:
                    fitted: Any = model.fit(disp=False)
                except (ValueError, np.linalg.LinAlgError):
                    continue
                ahead = np.asarray(fitted.forecast(months), dtype=float)
            if math.isfinite(fitted.aicc) and np.isfinite(ahead).all() and (best is None or fitted.aicc < best[0]):
                best = (float(fitted.aicc), ahead)
    return None if best is None else best[1]
