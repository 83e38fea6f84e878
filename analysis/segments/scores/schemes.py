"""How scores become names: the two-digit map and the Chinese eight classes, as rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Profiles
    from analysis.segments.params import RfmParams, Scheme

MAP_DIGITS = 5
SCORABLE = ("number", "date")  # kinds of columns that may say when, how often, how much
MOST_NAMED, NONE_THERE = 8, "–"  # headers in one sentence
MEASURES = {"r": "recency_days", "f": "n_orders", "m": "spend"}  # the features that are scored


def measured(profiles: Profiles) -> dict[str, str]:
    """Return the features that customers can be scored by: recency and frequency, and money where it is known.

    Raises
    ------
    AnalysisError
        ``rfm_needs_orders`` (columns that are missing, and headers of the file ``there`` that could be one).
    """
    present = profiles.customers.columns
    missing = [column for key, column in MEASURES.items() if key != "m" and column not in present]
    if missing:
        there = [one.header for one in profiles.features if one.header and one.kind in SCORABLE and not one.personal]
        raise AnalysisError(
            "rfm_needs_orders", columns=", ".join(missing), there=", ".join(there[:MOST_NAMED]) or NONE_THERE
        )
    return {key: column for key, column in MEASURES.items() if column in present}


def refuse_without_money(params: RfmParams, keys: Collection[str]) -> None:
    """Refuse a scheme whose names depend on money where nobody knows what was paid.

    Raises
    ------
    AnalysisError
        ``rfm_needs_money`` (scheme).
    """
    asks_money = params.scheme.startswith("eight") or (
        params.scheme == "boxes" and any(box.m != (1, MAP_DIGITS) for box in params.boxes)
    )
    if "m" not in keys and asks_money:
        raise AnalysisError("rfm_needs_money", scheme=params.scheme)


@dataclass(frozen=True)
class Rule:
    """One segment and the scores that belong to it: lowest and highest digit, inclusive; ``m`` None is any."""

    segment: str
    r: tuple[int, int]
    f: tuple[int, int]
    m: tuple[int, int] | None = None

    def covers(self, r: int, f: int, m: int) -> bool:
        """Say whether the digits fall under this rule."""
        inside = self.r[0] <= r <= self.r[1] and self.f[0] <= f <= self.f[1]
        return inside and (self.m is None or self.m[0] <= m <= self.m[1])


# Digits 1..5, 5 is best: the first rule that covers a customer names it.
TWO_DIGIT: tuple[Rule, ...] = (
    Rule("champions", (5, 5), (4, 5)),
    Rule("loyal", (3, 4), (4, 5)),
    Rule("potential_loyalists", (4, 5), (2, 3)),
    Rule("new", (5, 5), (1, 1)),
    Rule("promising", (4, 4), (1, 1)),
    Rule("needs_attention", (3, 3), (3, 3)),
    Rule("about_to_sleep", (3, 3), (1, 2)),
    Rule("cant_lose", (1, 2), (5, 5)),
    Rule("at_risk", (1, 2), (3, 4)),
    Rule("hibernating", (1, 2), (1, 2)),
)

# 2 is above the comparison value, 1 is not.
_EIGHT = (
    ("high_value", 2, 2, 2),
    ("develop", 2, 1, 2),
    ("keep", 1, 2, 2),
    ("win_back", 1, 1, 2),
    ("regular", 2, 2, 1),
    ("new", 2, 1, 1),
    ("routine", 1, 2, 1),
    ("lost", 1, 1, 1),
)


def are_parts(params: RfmParams) -> bool:
    """Say whether scores are equal parts of the customers, or steps between cuts that mean something themselves."""
    return params.cuts in ("quantile", "interval")


def rules(scheme: Scheme) -> tuple[Rule, ...]:
    """Return the rules of a scheme in display order.

    Examples
    --------
    >>> rules("eight_a")[0]
    Rule(segment='eight_a.high_value', r=(2, 2), f=(2, 2), m=(2, 2))
    """
    if scheme == "two_digit":
        return TWO_DIGIT
    if scheme == "boxes":
        raise ValueError("the boxes of a scheme are in its params")
    return tuple(Rule(f"{scheme}.{key}", (r, r), (f, f), (m, m)) for key, r, f, m in _EIGHT)


def scheme_of(segment: str) -> Scheme | None:
    """Return the scheme a segment key belongs to, or None for a key that is no RFM segment."""
    schemes: tuple[Scheme, ...] = ("two_digit", "eight_a", "eight_b")
    return next((scheme for scheme in schemes if any(rule.segment == segment for rule in rules(scheme))), None)


def rule_of(segment: str) -> Rule | None:
    """Return the rule behind an RFM segment key, or None."""
    scheme = scheme_of(segment)
    return next((rule for rule in rules(scheme) if rule.segment == segment), None) if scheme else None


def digit(score: np.ndarray, n_scores: int, *, parts: bool = True) -> np.ndarray:
    """Bring scores 1..n_scores to the digits 1..5 of the map.

    Parameters
    ----------
    score : int array
    n_scores : int
    parts : bool
        Scores that are equal parts of the customers take the fifth that their upper end lies in,
        ceil(5 · score / n). Other scores are steps of a scale: its ends are 1 and 5, the steps between lie at equal
        distances, 1 + 4 · (score - 1) / (n - 1), the straight line through (1, 1) and (n, 5), halves going up.

    Examples
    --------
    >>> import numpy as np
    >>> digit(np.array([1, 2]), 2).tolist(), digit(np.array([1, 2]), 2, parts=False).tolist()
    ([3, 5], [1, 5])
    """
    if parts or n_scores < 2:
        return -(-MAP_DIGITS * score // n_scores)
    steps = n_scores - 1
    return 1 + (2 * (MAP_DIGITS - 1) * (score - 1) + steps) // (2 * steps)


def name_codes(
    r: np.ndarray, f: np.ndarray, m: np.ndarray, *, scheme: Scheme, n_scores: tuple[int, int, int], parts: bool = True
) -> np.ndarray:
    """Name scored customers.

    Parameters
    ----------
    r, f, m : int arrays of one shape
        Scores from 1 to ``n_scores``, the highest is best.
    scheme : Scheme
    n_scores : tuple of int
        Number of scores of recency, frequency and money.
    parts : bool
        As ``digit`` takes it.

    Returns
    -------
    int array
        Position of the first covering rule in ``rules(scheme)``.
    """
    import numpy as np

    sizes = (MAP_DIGITS, MAP_DIGITS, 1) if scheme == "two_digit" else (2, 2, 2)
    table = np.full(sizes, -1)
    for position in np.ndindex(*sizes):
        digits = tuple(i + 1 for i in position)
        table[position] = next(i for i, rule in enumerate(rules(scheme)) if rule.covers(*digits))
    if scheme == "two_digit":
        r, f = digit(r, n_scores[0], parts=parts), digit(f, n_scores[1], parts=parts)
        return table[r - 1, f - 1, 0]
    return table[r - 1, f - 1, m - 1]
