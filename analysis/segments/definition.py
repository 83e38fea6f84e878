"""What a segment is by definition: the conditions that hold for its customers and for nobody else.

Segments by rules, by RFM scores and by value tiers are made by conditions, and these are told exactly; clusters are
not, and get the rule that comes near them (``analysis/compare/surrogate.py``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.conditions import AllOf, AnyOf, Condition, Expression, Not
from analysis.segments.by_rule.rules import segment_key as rule_key
from analysis.segments.params import Box
from analysis.segments.scores.boxes import OTHER, box_key
from analysis.segments.scores.rfm import MEASURES, are_parts
from analysis.segments.scores.schemes import digit, rules
from analysis.segments.scores.tiers import ZERO
from analysis.segments.scores.tiers import segment_key as tier_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from analysis.profiles.result import Profiles
    from analysis.segments.by_rule.rules import RulesResult
    from analysis.segments.edit import EditedSegmentation
    from analysis.segments.method import SegmentationResult
    from analysis.segments.scores.rfm import RfmResult
    from analysis.segments.scores.tiers import TierResult

Digits = dict[str, tuple[int, int]]
WHOLE = ("days", "count")
_SCORES = ("r", "f", "m")


@dataclass(frozen=True)
class Part:
    """One way into a segment.

    Attributes
    ----------
    segment : str
        The segment before merges that is meant.
    when : Expression, optional
        What has to hold; None for those whom nothing before took.
    unless : tuple of Expression
        What stands above and must not hold: the first that holds decides.
    """

    segment: str
    when: Expression | None
    unless: tuple[Expression, ...] = ()


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
    from analysis.segments.methods import METHODS

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
    return _any([_whole(part) for part in parts])


def _whole(part: Part) -> Expression:
    wanted = [] if part.when is None else [part.when]
    unless = [Not(part=_any(list(part.unless)))] if part.unless else []
    return _all([*wanted, *unless])


def _any(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))


def _all(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AllOf(parts=tuple(parts))


def rules_parts(result: RulesResult, profiles: Profiles) -> list[Part]:
    """Return what each rule asks, and whom those above it leave."""
    own = [rule.when for rule in result.params.rules]
    parts = [Part(rule_key(rule), rule.when, tuple(own[:place])) for place, rule in enumerate(result.params.rules)]
    return [*parts, Part(OTHER, None, tuple(own))]


def tier_parts(result: TierResult, profiles: Profiles) -> list[Part]:
    """Return the spend that each tier asks."""
    params = result.params
    if params.by == "amount":
        least = [(tier_key(tier), tier.at_least) for tier in params.tiers]
    else:
        least = list(zip(result.borders["segment"], result.borders["lowest"].tolist(), strict=True))
        least[-1] = (least[-1][0], None)  # the last tier takes every buyer whom those above leave
    parts, above = [], None
    for key, lowest in least:
        low = Condition(feature="spend", op="gt", values=(0,))
        if lowest is not None:
            low = Condition(feature="spend", op="ge", values=(lowest,))
        high = [] if above is None else [Condition(feature="spend", op="lt", values=(above,))]
        parts.append(Part(key, _all([low, *high])))
        above = lowest
    return [*parts, Part(ZERO, Condition(feature="spend", op="le", values=(0,)))]


def rfm_parts(result: RfmResult, profiles: Profiles) -> list[Part]:
    """Return the days, orders and money that the scores of each segment ask."""
    if result.params.scheme == "boxes":
        return _boxes(result, profiles)
    scores = {}
    for rule in rules(result.params.scheme):
        asked = {"r": rule.r, "f": rule.f} | ({} if rule.m is None else {"m": rule.m})
        scores[rule.segment] = _scores_of(asked, result) if result.params.scheme == "two_digit" else asked
    return [Part(key, _all(_conditions(asked, result, profiles))) for key, asked in scores.items() if asked is not None]


def _boxes(result: RfmResult, profiles: Profiles) -> list[Part]:
    """Boxes are read from the top; only those above that share a code with a box take something from it."""
    parts: list[Part] = []
    above: list[tuple[Box, Expression]] = []
    for box in result.params.boxes:
        asked = _scores_of({"r": box.r, "f": box.f, "m": box.m}, result)
        if asked is None:
            continue
        when = _all(_conditions(asked, result, profiles))
        parts.append(Part(box_key(box), when, tuple(other for one, other in above if _meet(one, box))))
        above.append((box, when))
    buyers = _buyers(result, profiles, set()) if result.n_outside else []
    return [*parts, Part(OTHER, _all(buyers) if buyers else None, tuple(when for _, when in above))]


def _meet(one: Box, other: Box) -> bool:
    return all(max(a[0], b[0]) <= min(a[1], b[1]) for a, b in ((one.r, other.r), (one.f, other.f), (one.m, other.m)))


def _scores_of(digits: Digits, result: RfmResult) -> Digits | None:
    """Return the scores that bear digits of 1..5; None where no score does."""
    import numpy as np

    found = {}
    for key, (low, high) in digits.items():
        scores = np.arange(1, result.n_scores[key] + 1)
        borne = digit(scores, result.n_scores[key], parts=are_parts(result.params))
        inside = scores[(borne >= low) & (borne <= high)]
        if len(inside) == 0:
            return None
        found[key] = (int(inside[0]), int(inside[-1]))
    return found


def _conditions(asked: Digits, result: RfmResult, profiles: Profiles) -> list[Expression]:
    """Return what the scores of a segment ask in days, orders and money, and what keeps out who is not scored."""
    found: list[Expression] = []
    for key in _SCORES:
        low, high = asked.get(key, (1, result.n_scores[key]))
        cuts, n = result.cuts[key], result.n_scores[key]
        column = MEASURES[key]
        whole = _is_whole(profiles, column)
        if key == "r" and result.params.scheme.startswith("eight"):
            # Strictly fewer days than the value compared with are "recent".
            asks = [] if (low, high) == (1, 2) else [("lt" if low == 2 else "ge", cuts[0])]
        else:
            if key == "r":
                low, high = n + 1 - high, n + 1 - low
            asks = [("gt", cuts[low - 2])] if low > 1 else []
            asks += [("le", cuts[high - 1])] if high < n else []
            if key == "f" and asks and asks[0][0] == "le" and result.n_outside:
                asks.insert(0, ("gt", 0.0))
        found.extend(_joined(column, [_readable(op, value) if whole else (op, value) for op, value in asks]))
    if result.n_outside or not found:
        found += _buyers(result, profiles, {one.feature for one in found if isinstance(one, Condition)})
    return found


def _joined(feature: str, asks: list[tuple[str, float]]) -> list[Expression]:
    if [op for op, _ in asks] == ["ge", "le"]:
        low, high = (value for _, value in asks)
        if low == high:
            return [Condition(feature=feature, op="eq", values=(low,))]
        if low < high:
            return [Condition(feature=feature, op="between", values=(low, high))]
    return [Condition(feature=feature, op=op, values=(value,)) for op, value in asks]  # pyright: ignore


def _readable(op: str, value: float) -> tuple[str, float]:
    """Say a border of whole numbers by the whole number it means: more than 2.4 is at least 3."""
    if op in ("gt", "lt"):
        return ("ge", float(math.floor(value) + 1)) if op == "gt" else ("le", float(math.ceil(value) - 1))
    return (op, float(math.floor(value) if op == "le" else math.ceil(value)))


def _is_whole(profiles: Profiles, key: str) -> bool:
    import numpy as np

    feature = profiles.feature(key)
    if feature is None or feature.unit not in WHOLE:
        return False
    values = _numbers(profiles, key)
    return bool((values == np.floor(values))[np.isfinite(values)].all())


def _buyers(result: RfmResult, profiles: Profiles, asked: set[str]) -> list[Expression]:
    """Return what keeps out customers who are not scored, beyond the conditions on the features ``asked``."""
    import numpy as np

    bought = _numbers(profiles, MEASURES["f"]) > 0
    found: list[Expression] = []
    if MEASURES["f"] not in asked:
        found.append(Condition(feature=MEASURES["f"], op="gt", values=(0,)))
    return found + [
        Condition(feature=key, op="is_known")
        for key in (MEASURES["r"], MEASURES["m"])
        if key not in asked and not np.isfinite(_numbers(profiles, key)[bought]).all()
    ]


def _numbers(profiles: Profiles, key: str) -> np.ndarray:
    import numpy as np

    return profiles.customers[key].to_numpy(dtype=float, na_value=np.nan)
