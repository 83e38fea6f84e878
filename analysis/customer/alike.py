"""Customers most alike: nearest by the features that a segmentation is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

MOST = 5


@dataclass(frozen=True)
class Alike:
    """The customers most like one.

    Attributes
    ----------
    rows : tuple of int
        Rows of ``Profiles.customers``, the most alike first.
    likeness : tuple of float
        1 for the same in every feature, 0 for the other end of each.
    features : tuple of str
        What they were compared by.
    """

    rows: tuple[int, ...]
    likeness: tuple[float, ...]
    features: tuple[str, ...]


def most_alike(profiles: Profiles, row: int, features: Sequence[str], *, most: int = MOST) -> Alike:
    """Return the customers most like the one at a row; equally alike ones in the order of the profiles.

    Two customers differ in a number by how far apart their places among all customers are (0..1), in a category, a
    text or a flag by 1 or not at all, and wholly where one of two is not known; likeness is 1 less the mean over the
    features (Gower's similarity, with ranks).

    Parameters
    ----------
    profiles : Profiles
    row : int
    features : sequence of str
        Keys; those that are personal or not in the profiles are passed over.
    most : int

    Raises
    ------
    AnalysisError
        ``card_nothing_to_compare``: no feature is left.

    References
    ----------
    Gower (1971), A general coefficient of similarity and some of its properties, Biometrics 27, 857-871.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": list("abcd"), "spend": [1.0, 2, 9, 10], "city": ["x", "y", "x", "y"]})
    >>> shop = Profiles(base, (Feature("spend", "value", "number"), Feature("city", "basic", "category")), date.today())
    >>> most_alike(shop, 0, ("spend", "city")).rows
    (2, 1, 3)
    """
    import numpy as np

    described = [feature for key in features if (feature := profiles.feature(key)) and _comparable(profiles, feature)]
    if not described:
        raise AnalysisError("card_nothing_to_compare")
    apart = np.zeros(len(profiles.customers))
    for feature in described:
        apart += _apart(profiles.customers[feature.key], feature, row)
    apart[row] = np.inf
    n = min(most, len(apart) - 1)
    near = np.flatnonzero(apart <= np.partition(apart, n - 1)[n - 1]) if n else np.empty(0, dtype=int)
    near = near[np.lexsort((near, apart[near].round(12)))][:n]
    likeness = 1 - apart[near] / len(described)
    return Alike(tuple(near.tolist()), tuple(likeness.tolist()), tuple(feature.key for feature in described))


def _comparable(profiles: Profiles, feature: Feature) -> bool:
    return feature.personal is None and feature.key in profiles.customers


def _apart(column: pd.Series, feature: Feature, row: int) -> np.ndarray:
    import numpy as np

    known = column.notna().to_numpy()
    if not known[row]:
        return known.astype(float)
    if feature.kind in ("number", "date"):
        places = column.rank(pct=True).to_numpy(dtype=float, na_value=np.nan)
        return np.nan_to_num(np.abs(places - places[row]), nan=1.0)
    return np.where(known, (column != column.iloc[row]).fillna(True).to_numpy(dtype=float), 1.0)
