"""Two segmentations of the same customers side by side: where they agree, and who moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.match import match
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OUTSIDE = "outside"


@dataclass(frozen=True)
class Crossing(Tabular, rows="table"):
    """How two segmentations relate.

    Attributes
    ----------
    table : DataFrame, one row per pair of segments that share customers
        ``before``, ``after`` (keys, ``"outside"`` for customers in no segment), ``customers`` (count), ``share`` (of
        the segment before, 0..1), ``continues`` (bool: the segment after is the one that continues the segment before).
    adjusted_rand : float
        Over customers inside both; 1 is the same division, 0 what chance would give.
    n_both : int
        Customers inside both.
    moved : bool array, aligned with the labels
        Customers who are not in the segment that continues theirs, those who came or left included.
    """

    table: pd.DataFrame = field(repr=False)
    adjusted_rand: float
    n_both: int
    moved: np.ndarray = field(repr=False)


def cross(before: pd.Series, after: pd.Series) -> Crossing:
    """Set two segmentations side by side.

    Parameters
    ----------
    before, after : Series of str, aligned
        Segment keys of the same customers, missing outside.

    Raises
    ------
    AnalysisError
        ``crosstab_nobody_in_both``: no customer is inside both.

    References
    ----------
    Hubert & Arabie (1985), Comparing partitions.

    Examples
    --------
    >>> import pandas as pd
    >>> found = cross(pd.Series(["a", "a", "a", "b", "b"]), pd.Series(["x", "x", "y", "y", "y"]))
    >>> found.moved.tolist(), round(found.adjusted_rand, 3)
    ([False, False, True, False, False], 0.167)
    """
    import pandas as pd
    from sklearn.metrics import adjusted_rand_score

    both = (before.notna() & after.notna()).to_numpy()
    if not both.any():
        raise AnalysisError("crosstab_nobody_in_both")
    follows = match(before, after, least=0.0)
    pairs = pd.DataFrame(
        {
            "before": before.to_numpy(dtype=object, na_value=OUTSIDE),
            "after": after.to_numpy(dtype=object, na_value=OUTSIDE),
        }
    )
    table = pairs.groupby(["before", "after"]).size().rename("customers").reset_index()
    table["share"] = table["customers"] / table.groupby("before")["customers"].transform("sum")
    follows[OUTSIDE] = OUTSIDE
    table["continues"] = table["before"].map(follows) == table["after"]
    return Crossing(
        table=table,
        adjusted_rand=float(adjusted_rand_score(before[both].astype(str), after[both].astype(str))),
        n_both=int(both.sum()),
        moved=(pairs["before"].map(follows) != pairs["after"]).to_numpy(),
    )
