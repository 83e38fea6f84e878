"""Features of an analyst's own: a column more in the profiles, which segments, comparisons and exports then use."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.profiles.result import Dimension, Feature, Profiles, Unit, ValueKind

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")


def with_feature(
    profiles: Profiles,
    name: str,
    values: Any | Callable[[pd.DataFrame], Any],
    *,
    dimension: Dimension = "value",
    unit: Unit = "none",
) -> Profiles:
    """Return profiles with one column more; those handed in stay as they are.

    Parameters
    ----------
    profiles : Profiles
    name : str
        Lower-case letters, digits and ``_``: the key of the feature and the name of its column.
    values : array-like of one value per customer, or function of the frame of customers
        A pandas Series whose index holds customer ids is matched by id, customers without a value stay missing; other
        values stand in the order of ``profiles.customers``. Numbers, dates, yes/no or text.
    dimension, unit : str
        Where the feature is listed, and how its values are written.

    Raises
    ------
    AnalysisError
        ``feature_name_reserved``, ``feature_exists`` (feature), ``feature_wrong_length`` (feature, n, n_customers),
        ``feature_other_ids`` (feature, example): as many values as customers, under an index that is not their ids,
        ``feature_mixed_values`` (feature), ``feature_infinite`` (feature, n): a division by zero, for example.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> base = pd.DataFrame({"customer_id": ["a", "b"], "spend": [10.0, 30.0], "n_orders": [1, 3]})
    >>> profiles = Profiles(base, (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> more = with_feature(profiles, "per_order", lambda c: c["spend"] / c["n_orders"], unit="money")
    >>> more.customers["per_order"].tolist(), more.features[-1].kind
    ([10.0, 10.0], 'number')
    """
    if not _NAME.fullmatch(name) or name == "customer_id" or name.startswith("segment_"):
        raise AnalysisError("feature_name_reserved", feature=name)
    if name in profiles.customers.columns:
        raise AnalysisError("feature_exists", feature=name)
    given = values(profiles.customers.copy()) if callable(values) else values
    column, kind = _typed(_aligned(given, name, profiles.customers), name)
    feature = Feature(name, dimension, kind, unit, header=name, personal=_personal(column, kind))
    return replace(
        profiles,
        customers=profiles.customers.assign(**{name: column.to_numpy() if kind == "number" else column.array}),
        features=(*profiles.features, feature),
    )


def _aligned(values: Any, name: str, customers: pd.DataFrame) -> pd.Series:
    import pandas as pd

    ids = customers["customer_id"]
    if isinstance(values, pd.Series) and not values.index.equals(customers.index):
        if values.index.is_unique and values.index.isin(ids).any():
            return values.reindex(ids).reset_index(drop=True)
        if len(values) == len(customers):
            raise AnalysisError("feature_other_ids", feature=name, example=str(values.index[0]))
        raise AnalysisError("feature_wrong_length", feature=name, n=len(values), n_customers=len(customers))
    column = pd.Series(list(values) if not hasattr(values, "__array__") else values)
    if len(column) != len(customers):
        raise AnalysisError("feature_wrong_length", feature=name, n=len(column), n_customers=len(customers))
    return column.reset_index(drop=True)


def _typed(column: pd.Series, name: str) -> tuple[pd.Series, ValueKind]:
    import numpy as np
    import pandas as pd
    from pandas.api import types

    seen = types.infer_dtype(column, skipna=True)
    if seen == "boolean":
        return column.astype("boolean"), "flag"
    if types.is_numeric_dtype(column.dtype) or seen in ("integer", "floating", "mixed-integer-float", "decimal"):
        numbers = column.astype(float) if seen == "decimal" else pd.to_numeric(column)
        plain = pd.Series(numbers.to_numpy(dtype=float, na_value=np.nan))
        if n := int(np.isinf(plain).sum()):
            raise AnalysisError("feature_infinite", feature=name, n=n)
        return plain, "number"
    if seen in ("datetime64", "datetime", "date"):
        return pd.Series(pd.to_datetime(column)), "date"
    if seen == "string":
        return column.astype("str"), "category"
    raise AnalysisError("feature_mixed_values", feature=name)


def _personal(column: pd.Series, kind: ValueKind) -> str | None:
    from analysis.profiles.personal import personal_kind

    return personal_kind(column) if kind == "category" else None
