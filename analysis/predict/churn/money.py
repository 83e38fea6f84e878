"""What keeping a customer is worth: chance of leaving × value × save rate − cost of the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.predict.churn.design import as_numbers
from analysis.predict.churn.result import Money

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.predict.churn.params import ChurnParams
    from analysis.profiles.result import Profiles

YEAR = 365.0
LEAST_TENURE = 90.0  # days: who came last week has not shown what a year brings


def yearly_value(profiles: Profiles, params: ChurnParams) -> np.ndarray:
    """Return what a year of each customer brings; NaN where nothing says it.

    Chosen by a person for everybody or as a column; else the spend so far, per day since the first order, of at least
    90 days, and the part of it that is margin where costs are known.

    Raises
    ------
    AnalysisError
        ``churn_value_unknown`` (feature, known): the profiles hold no such number.
    """
    import numpy as np

    customers = profiles.customers
    if params.value is not None:
        return np.full(len(customers), params.value)
    if params.value_feature is not None:
        feature = profiles.feature(params.value_feature)
        if feature is None or feature.kind != "number" or feature.personal:
            known = tuple(each.key for each in profiles.features if each.kind == "number" and not each.personal)
            raise AnalysisError("churn_value_unknown", feature=params.value_feature, known=known)
        return as_numbers(customers[feature.key], feature)
    worth, tenure = profiles.feature("margin") or profiles.feature("spend"), profiles.feature("tenure_days")
    if worth is None or tenure is None or worth.origin != "orders" or tenure.origin != "orders":
        return np.full(len(customers), np.nan)
    days = np.maximum(as_numbers(customers["tenure_days"], tenure), LEAST_TENURE)
    return np.maximum(as_numbers(customers[worth.key], worth), 0.0) / days * YEAR


def saved(
    chance: np.ndarray, value: np.ndarray, has_left: np.ndarray, params: ChurnParams
) -> tuple[pd.DataFrame, Money | None]:
    """Return per customer what an offer is expected to save, and the sum over those for whom it pays.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis.predict.churn.params import ChurnParams
    >>> rows, money = saved(
    ...     np.array([0.5, 0.1]), np.array([200.0, 200.0]), np.array([False, False]), ChurnParams(cost=4)
    ... )
    >>> rows["saved"].tolist(), (money.n, money.saved, money.low, money.high)
    ([6.0, -2.0], (1, 6.0, 1.0, 16.0))
    >>> money.pays_from
    0.04
    """
    import numpy as np
    import pandas as pd

    at_stake = np.where(has_left, np.nan, chance * value)
    table = pd.DataFrame(
        {
            "value": value,
            "saved": at_stake * params.save_rate - params.cost,
            "saved_low": at_stake * params.save_rate_low - params.cost,
            "saved_high": at_stake * params.save_rate_high - params.cost,
        }
    )
    if not np.isfinite(at_stake).any():
        return table, None
    pays = table[table["saved"] > 0]
    saved, low, high = (float(pays[key].sum()) for key in ("saved", "saved_low", "saved_high"))
    mean = at_stake[table["saved"] > 0].mean() if len(pays) else np.nanmax(at_stake)
    return table, Money(len(pays), saved, low, high, params.cost / float(mean) if params.cost and mean > 0 else None)
