"""What every segmentation method hands on: who is in which segment, and how much each segment weighs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Segmentation:
    """Customers in named groups.

    Attributes
    ----------
    method : str
        ``"rfm"`` or ``"clusters"``.
    labels : Series of str, aligned with ``Profiles.customers``
        Segment key, missing for customers outside (no purchase, or a missing value).
    segments : DataFrame, one row per segment that has customers, in display order
        ``segment`` (key), ``customers`` (count), ``share`` (of the customers inside, 0..1), ``revenue`` (currency),
        ``revenue_share`` (of the revenue of the customers inside; NaN when that revenue is not positive).
    n_outside : int
        Customers without a segment.
    """

    method: str
    labels: pd.Series = field(repr=False)
    segments: pd.DataFrame
    n_outside: int = 0
