"""Changes that a person makes to the params of a method, one at a time; what does not fit is refused with a sentence.

Rules have their own (``by_rule/rule_edit.py``), segments too (``changes.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import AnalysisError, ChoiceError
from analysis.segments.params import HybridParams, MovementParams, RfmParams, Tier, TierParams
from analysis.segments.scores.lifecycle import LifecycleParams
from analysis.segments.scores.tiers import BY_CUSTOMERS, BY_REVENUE, own_tiers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analysis.segments.params import Scheme
    from analysis.segments.scores.tiers import TierResult

MOST_TIERS = 10
NAME_LENGTH = 80


def own_name(typed: str | None, suggested: str | None = None) -> str | None:
    """Return what a person called a segment, on one line; None for nothing and for the name that was suggested.

    Examples
    --------
    >>> own_name("  Big   spenders "), own_name("Heavy", "Heavy"), own_name(" ")
    ('Big spenders', None, None)
    """
    name = " ".join((typed or "").split())[:NAME_LENGTH]
    return name if name and name != suggested else None


def with_scheme(params: RfmParams, scheme: Scheme) -> RfmParams:
    """Return params with another naming scheme, and with cuts that it can use.

    Examples
    --------
    >>> with_scheme(RfmParams(), "eight_a").cuts, with_scheme(RfmParams(cuts="interval"), "boxes").cuts
    ('mean', 'interval')
    """
    eight = scheme.startswith("eight")
    fits = params.scheme.startswith("eight") == eight
    cuts = params.cuts if fits else "mean" if eight else "quantile"
    return RfmParams.model_validate({**params.model_dump(), "cuts": cuts, "scheme": scheme})


def tiers_by(by: Literal["customers", "revenue", "amount"], result: TierResult | None) -> TierParams:
    """Return tiers measured in something else, from borders that suit it.

    Parameters
    ----------
    by : str
    result : TierResult or None
        The present tiers; amounts of money start from their borders.

    Raises
    ------
    AnalysisError
        ``tiers_amounts_equal``: there are no present tiers to take amounts from, or they share one.
    """
    if by != "amount":
        return TierParams(by=by, tiers=BY_CUSTOMERS if by == "customers" else BY_REVENUE)
    if result is None:
        raise AnalysisError("tiers_amounts_equal")
    return own_tiers(result)


def with_tiers(params: TierParams, tiers: Sequence[Tier]) -> TierParams:
    """Return params with these tiers, the best first.

    Raises
    ------
    AnalysisError
        ``tiers_shares_too_large`` (total), ``tiers_amounts_rise``.
    """
    upper = tiers[:-1]
    if params.by == "amount":
        amounts = [tier.at_least or 0 for tier in upper]
        if amounts != sorted(set(amounts), reverse=True):
            raise AnalysisError("tiers_amounts_rise")
    elif (total := sum(tier.share or 0 for tier in upper)) >= 1 - 1e-9:
        raise AnalysisError("tiers_shares_too_large", total=total)
    return TierParams(by=params.by, tiers=tuple(tiers))


def with_tier(params: TierParams, position: int, **changes: Any) -> TierParams:
    """Return params with one tier changed: its ``name``, ``share`` or ``at_least``; refusals as ``with_tiers``."""
    tiers = list(params.tiers)
    tiers[position] = tiers[position].model_copy(update=changes)
    return with_tiers(params, tiers)


def with_more_tiers(params: TierParams) -> TierParams:
    """Return params with the tier above the last parted in two halves; the new one is named by its number.

    Examples
    --------
    >>> [tier.share for tier in with_more_tiers(TierParams()).tiers]
    [0.2, 0.15, 0.15, None]
    """
    tiers = list(params.tiers)
    taken = {tier.key for tier in tiers}
    key = next(str(number) for number in range(1, MOST_TIERS + 2) if str(number) not in taken)
    above = tiers[-2]
    if above.at_least:
        tiers.insert(-1, Tier(key=key, at_least=above.at_least / 2))
    else:
        half = round((above.share or 0) / 2, 6)
        tiers[-2] = above.model_copy(update={"share": half})
        tiers.insert(-1, Tier(key=key, share=round((above.share or 0) - half, 6)))
    return with_tiers(params, tiers)


def with_fewer_tiers(params: TierParams) -> TierParams:
    """Return params whose last tier takes in the one above it.

    Examples
    --------
    >>> [tier.key for tier in with_fewer_tiers(TierParams()).tiers]
    ['heavy', 'light']
    """
    return with_tiers(params, [*params.tiers[:-2], params.tiers[-1]])


def own_periods(before: tuple[date, date], now: tuple[date, date]) -> MovementParams:
    """Return params of two periods of one's own, first and last day of each.

    Raises
    ------
    AnalysisError
        ``movement_periods_cross``: the earlier one ends on or after the first day of the later one.
    """
    if before[1] >= now[0]:
        raise AnalysisError("movement_periods_cross")
    return MovementParams(before_start=before[0], before_end=before[1], start=now[0], end=now[1])


def with_stages(params: LifecycleParams, field: str, value: Any, place: int | None = None) -> LifecycleParams:
    """Return params with one choice about stages changed.

    Parameters
    ----------
    params : LifecycleParams
    field : str
        A field of the params.
    value : object
        Its new value, or that of one of several.
    place : int, optional
        Which of several.

    Raises
    ------
    AnalysisError
        ``lifecycle_stages_cross``: the stages would no longer follow one another.
    """
    if place is not None:
        several = list(getattr(params, field))
        several[place] = value
        value = several
    try:
        return LifecycleParams.model_validate({**params.model_dump(), field: value})
    except ChoiceError as crossed:
        raise AnalysisError("lifecycle_stages_cross") from crossed


def with_side(params: HybridParams, side: Literal["first", "second"], kind: str) -> HybridParams:
    """Return params that cross another segmentation; the one that stands on the other side already swaps them.

    Examples
    --------
    >>> swapped = with_side(HybridParams(first="rfm", second="clusters"), "first", "clusters")
    >>> swapped.first, swapped.second
    ('clusters', 'rfm')
    """
    other = "second" if side == "first" else "first"
    changes = {side: kind}
    if kind == getattr(params, other):
        changes[other] = getattr(params, side)
    return HybridParams.model_validate({**params.model_dump(), **changes})
