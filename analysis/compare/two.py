"""The difference of two segments, feature by feature, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.compare.explain import Against, against
from analysis.compare.ranked import FEW
from analysis.errors import AnalysisError
from analysis.segments.result import groups_of

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from analysis.segments.result import Segmentation, Segmented


def compare_two(profiles: Profiles, segmentation: Segmentation | Segmented, a: str, b: str) -> Against:
    """Return A − B of every feature: means with Welch's interval or that of skewed amounts, shares with Newcombe's.

    Parameters
    ----------
    profiles : Profiles
    segmentation : Segmentation, or a result or edited segmentation that holds one
        Aligned with the profiles.
    a, b : str
        Keys of two segments.

    Returns
    -------
    Against
        ``rows`` holds ``difference``, ``low`` and ``high`` (95 %) in the feature's unit, or as a difference of shares,
        and ``n`` and ``n_other``, the customers with a value; the largest difference comes first.

    Raises
    ------
    AnalysisError
        ``compare_no_segment`` (segment): one has no customers. ``compare_two_same`` (segment).
        ``compare_two_too_few`` (segment, n, other, n_other, least): fewer than 30 customers on a side.

    References
    ----------
    Welch (1947); Newcombe (1998), method 10: ``stats.intervals``; Hall (1992): ``stats.skewed``.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> spend = [10.0, 14.0] * 15 + [4.0, 8.0] * 15
    >>> base = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(60)], "spend": spend})
    >>> profiles = Profiles(base, (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> halves = segmentation_of(np.repeat([0, 1], 30), ["first", "second"], method="rfm")
    >>> rows = compare_two(profiles, halves, "first", "second").rows
    >>> rows[["difference", "low", "high", "n"]].round(2).values.tolist()
    [[6.0, 4.95, 7.05, 30.0]]
    """
    segmentation = groups_of(segmentation)
    known = tuple(segmentation.segments["segment"])
    for key in (a, b):
        if key not in known:
            raise AnalysisError("compare_no_segment", segment=key, known=known)
    if a == b:
        raise AnalysisError("compare_two_same", segment=a)
    sizes = segmentation.labels.value_counts()
    n, n_other = int(sizes[a]), int(sizes[b])
    if min(n, n_other) < FEW:
        raise AnalysisError("compare_two_too_few", segment=a, n=n, other=b, n_other=n_other, least=FEW)
    return against(profiles, segmentation, a, b)
