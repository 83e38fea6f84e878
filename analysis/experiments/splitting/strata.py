"""The strata inside which an assignment keeps its shares: segments and features as one text per customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Numbers with more different values than this are cut at their quartiles.
LEVELS = 5


def strata(columns: Mapping[str, pd.Series]) -> list[str]:
    """Return the stratum of each customer.

    Parameters
    ----------
    columns : mapping of name to Series, all of one length
        Numbers with many values count by their quarter of the customers (equal values stay together), everything else
        by its own value; a missing value is a level of its own.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = strata({"city": pd.Series(["A", "B", None]), "orders": pd.Series([1, 1, 2])})
    >>> parts[0] == parts[1], len(set(parts))
    (False, 3)
    """

    joined: pd.Series | None = None
    for values in columns.values():
        levels = _levels(values.reset_index(drop=True))
        joined = levels if joined is None else joined + "\x1f" + levels
    return [] if joined is None else joined.tolist()


def _levels(values: pd.Series) -> pd.Series:
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values.dtype) and values.nunique() > LEVELS:
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        edges = np.unique(np.nanquantile(numbers, [0.25, 0.5, 0.75]))
        quarter = pd.Series(np.searchsorted(edges, numbers, side="left"), dtype="int64").astype("str")
        return quarter.where(~np.isnan(numbers), "")
    return values.astype("string").fillna("").astype("str")
