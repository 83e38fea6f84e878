"""Why somebody is at risk, against the average customer, and what that a business can change would lower the risk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.engine import go_on
from analysis.predict.churn.design import as_numbers, design_matrix
from analysis.predict.churn.windows import LASTING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.predict.churn.design import Design
    from analysis.predict.churn.model import FittedModel
    from analysis.profiles.result import Feature

MOST_REASONS = 3
LEAST_WEIGHT = 0.05  # of log-odds: less is no reason
LEAST_SHARE = 0.05  # of the customers who have a value, before it is one that others could have
# Features that say much the same are one reason, told by the first of them: alone, their weights mean little.
ALIKE = (
    ("recency_days", "orders_last_90_days", "orders_90_days_before", "order_trend"),
    ("n_orders", "active_months", "tenure_days", "mean_gap_days", "gap_spread_days"),
    ("spend", "average_order_value", "margin"),
    ("favourite_category", "favourite_category_share", "n_categories", "category_entropy"),
    ("favourite_product", "favourite_product_share", "n_products", "product_entropy"),
    ("favourite_channel", "favourite_channel_share", "n_channels", "first_channel"),
    ("visits_last_90_days", "visits_last_30_days", "days_since_visit"),
    ("mean_rating", "n_ratings", "satisfaction", "nps_class"),
)
# What one order today would change.
AFTER_AN_ORDER = ("n_orders", "orders_last_90_days")
# Of what the orders and records say, what a business has in hand; an order now is one day since the last one.
IN_HAND = ("recency_days", "return_share", "mean_rating", "n_complaints", "contacts_answered")
# Columns of a file that say who somebody is, which nobody can change.
_WHO = re.compile(
    r"(?<![a-z])(gender|sex|age|senior|citizen|partner|dependents?|married|marital|child(ren)?|kids|education|"
    r"occupation|city|region|state|country|birth|nationality|income|surname|geography)(?![a-z])|(?<=[a-z])Citizen"
    r"|性别|年龄|婚|子女|学历|职业|地区|城市|省|国籍|收入|老年|生日",
    re.IGNORECASE,
)


def reasons(design: Design, fitted: FittedModel, matrix: np.ndarray, chance: np.ndarray, base: float) -> pd.DataFrame:
    """Return the features that set a customer apart from the average one most, in the direction of the risk.

    Parameters
    ----------
    matrix : float array, shape (customers, columns)
        Of ``design``: each column from the average, in standard deviations.
    chance : float array, shape (customers,)
    base : float
        The share of all: whoever is above it gets reasons to leave, the others reasons to stay.

    Returns
    -------
    DataFrame, one row per customer
        ``reason_1`` to ``reason_3``, ``weight_1`` to ``weight_3``, as ``ChurnResult.customers``. The weights are those
        of the logistic regression, also beside trees. Features that are alike weigh together, and are told by the one
        that says most; a number tells nothing from the other side of the usual one than the reason is on.
    """
    import numpy as np
    import pandas as pd

    parts = matrix * (fitted.weights * (fitted.slope if fitted.kind == "logistic" else 1.0))
    places = alike(design)
    weights = np.column_stack([parts[:, place].sum(axis=1) for place in places.values()])
    towards = np.where(chance >= base, 1.0, -1.0)[:, None]
    keys, stands = _tellers(design, parts, towards, [*places.values()])
    strength = np.where(stands, weights * towards, -np.inf)
    order = np.argsort(-strength, axis=1, kind="stable")[:, :MOST_REASONS]
    table = {}
    rows = np.arange(len(matrix))
    for number in range(MOST_REASONS):
        if number >= order.shape[1]:
            table[f"reason_{number + 1}"], table[f"weight_{number + 1}"] = "", np.nan
            continue
        chosen = order[:, number]
        counts = strength[rows, chosen] > LEAST_WEIGHT
        table[f"reason_{number + 1}"] = np.where(counts, keys[rows, chosen], "")
        table[f"weight_{number + 1}"] = np.where(counts, weights[rows, chosen], np.nan)
    return pd.DataFrame(table, index=range(len(matrix)))


def _tellers(
    design: Design, parts: np.ndarray, towards: np.ndarray, groups: list[list[int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return of each customer and group the feature that tells it, and whether one does.

    A number below the median tells nothing where more of it is the reason, though the average, or what goes with it,
    may put it on that side.
    """
    import numpy as np

    counted = np.array([column.part in ("number", "log") for column in design.columns])
    side = np.where(counted, (parts - np.median(parts, axis=0)) * towards, 0.0)
    parts = parts * towards
    keys = np.empty((len(parts), len(groups)), dtype=object)
    stands = np.zeros(keys.shape, dtype=bool)
    for number, group in enumerate(groups):
        own: dict[str, list[int]] = {}
        for place in group:
            own.setdefault(design.columns[place].feature, []).append(place)
        says = np.column_stack([parts[:, columns].sum(axis=1) for columns in own.values()])
        on_side = np.column_stack([(side[:, columns] >= -1e-9).all(axis=1) for columns in own.values()])
        says = np.where(on_side, says, -np.inf)
        keys[:, number] = np.array([*own], dtype=object)[says.argmax(axis=1)]
        stands[:, number] = says.max(axis=1) > 0
    return keys, stands


def alike(design: Design) -> dict[str, list[int]]:
    """Return the columns of each reason, by the feature that tells it."""
    places = design.places()
    groups = [[key for key in group if key in places] for group in ALIKE]
    found = {keys[0]: [place for key in keys for place in places.pop(key)] for keys in groups if keys}
    return found | places


def actionable(features: tuple[Feature, ...], chosen: tuple[str, ...]) -> tuple[Feature, ...]:
    """Return the features that a business can change: those a person names, else those known to be so.

    Columns of a file are taken where they hold levels or yes and no, and do not say who somebody is.
    """
    if chosen:
        return tuple(feature for feature in features if feature.key in chosen)
    return tuple(
        feature
        for feature in features
        if feature.key in IN_HAND
        or (
            feature.origin == "column"
            and feature.header is not None
            and feature.kind in ("flag", "category")
            and feature.key not in LASTING
            and not _WHO.search(feature.header.replace("_", " "))
        )
    )


def changes(
    design: Design, fitted: FittedModel, customers: pd.DataFrame, chosen: tuple[Feature, ...], shift: float
) -> pd.DataFrame:
    """Return, per customer, the one change of a feature that goes with the lowest chance, all else as it is.

    An order today changes the days since the last one and the number of orders with it. The chance says how customers
    who differ in this alone fare, not that the change would make a customer one of them.

    Returns
    -------
    DataFrame, one row per customer
        ``change``, ``change_to`` (text) and ``risk_then``; empty and NaN where no change lowers the chance.
    """
    import numpy as np
    import pandas as pd
    from scipy.special import expit

    from analysis.predict.churn.model import log_odds

    n = len(customers)
    now = fitted.chances(design_matrix(design, customers))
    found = pd.DataFrame({"change": "", "change_to": "", "risk_then": np.nan}, index=range(n))
    found[["change", "change_to"]] = found[["change", "change_to"]].astype("object")
    lowest = now - 0.005  # less is no change worth a sentence
    for feature in chosen:
        go_on()
        for value, text in _candidates(customers, feature):
            other = customers.assign(**{feature.key: pd.Series([value] * n, dtype=customers[feature.key].dtype)})
            if feature.key == "recency_days":
                other = other.assign(**{key: customers[key] + 1 for key in AFTER_AN_ORDER if key in customers})
            then = fitted.chances(design_matrix(design, other))
            better = then < lowest
            lowest = np.where(better, then, lowest)
            found.loc[better, ["change", "change_to"]] = [feature.key, text]
            found.loc[better, "risk_then"] = then[better]
    found["risk_then"] = expit(log_odds(found["risk_then"].to_numpy()) + shift)
    return found


def typical(customers: pd.DataFrame, features: tuple[Feature, ...]) -> dict[str, float | str]:
    """Return the median of each number and the most frequent level of each category."""
    import numpy as np

    found: dict[str, float | str] = {}
    for feature in features:
        if feature.key not in customers:
            continue
        values = customers[feature.key]
        if feature.kind in ("number", "date"):
            numbers = as_numbers(values, feature)
            if np.isfinite(numbers).any():
                found[feature.key] = float(np.nanmedian(numbers))
        elif values.notna().any():
            found[feature.key] = str(values.dropna().astype("str").value_counts().sort_index().idxmax())
    return found


def _candidates(customers: pd.DataFrame, feature: Feature) -> list[tuple[object, str]]:
    import numpy as np

    values = customers[feature.key]
    if feature.key == "recency_days":
        return [(1.0, "1")]
    if feature.kind == "number":
        numbers = as_numbers(values, feature)
        if not np.isfinite(numbers).any():
            return []
        quarters = np.unique(np.nanquantile(numbers, [0.25, 0.75], method="inverted_cdf"))
        return [(quarter, f"{quarter:g}") for quarter in quarters]
    shares = values.value_counts(normalize=True)
    return [(level, str(level)) for level in sorted(shares.index[shares >= LEAST_SHARE], key=str)]
