"""What the scores of each RFM segment ask in days, orders and money, as conditions on features."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from analysis.conditions import Condition, Expression
from analysis.segments.params import Box, RfmParams
from analysis.segments.parts import Part, all_of
from analysis.segments.scores.boxes import OTHER, box_key
from analysis.segments.scores.schemes import MEASURES, are_parts, digit, rules

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Profiles

Digits = dict[str, tuple[int, int]]
WHOLE = ("days", "count")
_SCORES = ("r", "f", "m")


class Scored(Protocol):
    """What of an ``RfmResult`` defines its segments."""

    @property
    def params(self) -> RfmParams:
        """How customers were scored."""
        ...

    @property
    def cuts(self) -> Mapping[str, tuple[float, ...]]:
        """The thresholds of each measure."""
        ...

    @property
    def n_scores(self) -> Mapping[str, int]:
        """The number of scores of each measure."""
        ...

    @property
    def n_outside(self) -> int:
        """Customers who are not scored."""
        ...


def rfm_parts(result: Scored, profiles: Profiles) -> list[Part]:
    """Return the days, orders and money that the scores of each segment ask."""
    if result.params.scheme == "boxes":
        return _boxes(result, profiles)
    scores = {}
    for rule in rules(result.params.scheme):
        asked = {"r": rule.r, "f": rule.f} | ({} if rule.m is None else {"m": rule.m})
        scores[rule.segment] = _scores_of(asked, result) if result.params.scheme == "two_digit" else asked
    return [
        Part(key, all_of(_conditions(asked, result, profiles))) for key, asked in scores.items() if asked is not None
    ]


def _boxes(result: Scored, profiles: Profiles) -> list[Part]:
    """Boxes are read from the top; only those above that share a code with a box take something from it."""
    parts: list[Part] = []
    above: list[tuple[Box, Expression]] = []
    for box in result.params.boxes:
        asked = _scores_of({"r": box.r, "f": box.f, "m": box.m}, result)
        if asked is None:
            continue
        when = all_of(_conditions(asked, result, profiles))
        parts.append(Part(box_key(box), when, tuple(other for one, other in above if _meet(one, box))))
        above.append((box, when))
    buyers = _buyers(result, profiles, set()) if result.n_outside else []
    return [*parts, Part(OTHER, all_of(buyers) if buyers else None, tuple(when for _, when in above))]


def _meet(one: Box, other: Box) -> bool:
    return all(max(a[0], b[0]) <= min(a[1], b[1]) for a, b in ((one.r, other.r), (one.f, other.f), (one.m, other.m)))


def _scores_of(digits: Digits, result: Scored) -> Digits | None:
    """Return the scores that bear digits of 1..5; None where no score does."""
    import numpy as np

    found = {}
    for key, (low, high) in digits.items():
        if key not in result.cuts:
            continue
        scores = np.arange(1, result.n_scores[key] + 1)
        borne = digit(scores, result.n_scores[key], parts=are_parts(result.params))
        inside = scores[(borne >= low) & (borne <= high)]
        if len(inside) == 0:
            return None
        found[key] = (int(inside[0]), int(inside[-1]))
    return found


def _conditions(asked: Digits, result: Scored, profiles: Profiles) -> list[Expression]:
    """Return what the scores of a segment ask in days, orders and money, and what keeps out who is not scored."""
    found: list[Expression] = []
    for key in (key for key in _SCORES if key in result.cuts):
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


def _buyers(result: Scored, profiles: Profiles, asked: set[str]) -> list[Expression]:
    """Return what keeps out customers who are not scored, beyond the conditions on the features ``asked``."""
    import numpy as np

    bought = _numbers(profiles, MEASURES["f"]) > 0
    found: list[Expression] = []
    if MEASURES["f"] not in asked:
        found.append(Condition(feature=MEASURES["f"], op="gt", values=(0,)))
    return found + [
        Condition(feature=key, op="is_known")
        for key in (MEASURES["r"], MEASURES["m"])
        if key in profiles.customers and key not in asked and not np.isfinite(_numbers(profiles, key)[bought]).all()
    ]


def _numbers(profiles: Profiles, key: str) -> np.ndarray:
    import numpy as np

    return profiles.customers[key].to_numpy(dtype=float, na_value=np.nan)
