"""The repurchase interval: how many days usually pass between two orders of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.questions import gap_quantiles

if TYPE_CHECKING:
    from datetime import date

    from analysis.intake.tables import StandardTables


@dataclass(frozen=True)
class RepurchaseInterval:
    """Days between one day with an order and the next of the same customer: median, 75th and 90th percentile.

    A customer is active up to the median, due up to ``p75``, at risk up to ``p90``, lost beyond. ``n`` is the number of
    gaps.
    """

    median: float
    p75: float
    p90: float
    n: int


def repurchase_interval(standard: StandardTables | None, as_of: date) -> RepurchaseInterval:
    """Measure the gaps between the order days of every customer (type-7 quantiles over all gaps).

    Raises
    ------
    AnalysisError
        ``rfm_needs_interval``: no orders; ``rfm_no_repeat_buyers``: nobody ordered on two days;
        ``rfm_interval_collapses`` (median, p75, p90): two of the cuts are the same.
    """
    if standard is None or "order_date" not in standard.order_roles:
        raise AnalysisError("rfm_needs_interval")
    median, p75, p90, n = gap_quantiles(standard, as_of)
    if median is None or p75 is None or p90 is None:
        raise AnalysisError("rfm_no_repeat_buyers")
    if not median < p75 < p90:
        raise AnalysisError("rfm_interval_collapses", median=float(median), p75=float(p75), p90=float(p90))
    return RepurchaseInterval(float(median), float(p75), float(p90), int(n))
