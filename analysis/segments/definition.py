"""What a segment is by definition: the conditions that hold for its customers and for nobody else.

Segments by rules, by RFM scores and by value tiers are made by conditions, and these are told exactly; clusters are
not, and get the rule that comes near them (``analysis/compare/surrogate.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.conditions import Expression, Not
from analysis.segments.methods import METHODS
from analysis.segments.parts import Part as Part
from analysis.segments.parts import all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.profiles.result import Profiles
    from analysis.segments.method import SegmentationResult
    from analysis.segments.result import EditedSegmentation


def definitions(
    result: SegmentationResult, edited: EditedSegmentation, profiles: Profiles
) -> dict[str, tuple[Part, ...]]:
    """Return what each segment is by definition, after merges: a customer is in it when one of the parts holds.

    Parameters
    ----------
    result : SegmentationResult
        Empty for that of a method whose segments are not made by conditions (``Method.parts``).
    edited : EditedSegmentation
        The same with a person's merges.
    profiles : Profiles
        Those that were segmented.

    Returns
    -------
    dict of tuple of Part by segment key
        One for each segment with customers.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.edit import apply_edits
    >>> from analysis.segments.scores.tiers import tiers
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abcde"), "spend": [90.0, 5, 20, 4, 0]}),
    ...                 (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    >>> found = tiers(base)
    >>> definitions(found, apply_edits(found.segmentation, []), base)["tier_heavy"][0].when
    Condition(kind='condition', feature='spend', op='ge', values=(90.0,))
    """
    method = METHODS.get(result.segmentation.method)
    if method is None or method.parts is None:
        return {}
    parts = {part.segment: part for part in method.parts(result, profiles)}
    pairs = result.segmentation.labels.groupby(edited.segmentation.labels, sort=False).unique()
    order = list(parts)
    return {
        str(key): tuple(parts[base] for base in sorted(pairs[key], key=order.index))
        for key in edited.segmentation.segments["segment"]
    }


def expression(parts: Sequence[Part]) -> Expression:
    """Return a definition as one expression, for ``rules.holds`` and for other systems."""
    return any_of([_whole(part) for part in parts])


def _whole(part: Part) -> Expression:
    wanted = [] if part.when is None else [part.when]
    unless = [Not(part=any_of(list(part.unless)))] if part.unless else []
    return all_of([*wanted, *unless])
