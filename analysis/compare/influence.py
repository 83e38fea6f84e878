"""What makes belonging to a segment more likely: a risk ratio for each level of a feature, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.compare.compare import OTHER
from analysis.compare.ranked import FEW
from analysis.errors import AnalysisError
from analysis.stats.intervals import ratio_of_shares
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.profiles.result import Feature

MOST = 10


@dataclass(frozen=True)
class OutcomeColumn:
    """A column that says what became of customers.

    Attributes
    ----------
    feature : Feature
        A flag or a category.
    answer : str or None
        The cells that say that it came about; None for a flag, whose answer is yes.
    """

    feature: Feature
    answer: str | None = None


@dataclass(frozen=True)
class Influence(Tabular, rows="rows"):
    """What goes with belonging to a segment.

    Attributes
    ----------
    segment : str
    rows : DataFrame, one row per level, the one that raises the chance most first
        ``feature``, ``level`` (``YES`` for flags), ``n`` (customers with the level), ``count`` (of them in the
        segment), ``share`` (count / n), ``other_share`` (the same among customers with another level), ``ratio`` (of
        the two shares), ``low``, ``high`` (its 95 % score interval); of an outcome also ``above`` and ``upto``, the
        borders of the quarter of a number (its level is empty), missing at the ends.
    features : tuple of Feature
    outcome : OutcomeColumn or None
        What is asked in place of a segment (``compare.outcome``).
    n_known, n_came : int
        Customers of whom the outcome is known, and of whom it came about; 0 without one.
    restated : tuple of str
        Keys of columns that say the same as the outcome.
    """

    segment: str
    rows: pd.DataFrame = field(repr=False)
    features: tuple[Feature, ...]
    outcome: OutcomeColumn | None = None
    n_known: int = 0
    n_came: int = 0
    restated: tuple[str, ...] = ()


def influences(comparison: Comparison, segment: str, *, most: int = MOST) -> Influence:
    """Rank what makes belonging to a segment more likely, beyond what made the segments and beyond chance.

    A level counts when at least 30 customers have it, 30 another, and some of both belong; chance is judged by
    ``Comparison.differences`` (Fisher's exact test, Holm over all differences), and no level of the collected rest.

    Parameters
    ----------
    comparison : Comparison
    segment : str
        One of its segments.
    most : int
        How many levels at most.

    Raises
    ------
    AnalysisError
        ``compare_no_segment``: the segment was not compared.

    References
    ----------
    Koopman, P. A. R. (1984). Confidence intervals for the ratio of two binomial proportions. Biometrics 40, 513-517.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.compare.compare import compare
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> base = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(200)]})
    >>> base["contract"] = ["monthly"] * 100 + ["yearly"] * 100
    >>> profiles = Profiles(base, (Feature("contract", "basic", "category"),), date(2024, 1, 1))
    >>> leaves = np.array([0] * 60 + [1] * 40 + [0] * 4 + [1] * 96)
    >>> groups = segmentation_of(leaves, ["left", "stayed"], method="rules")
    >>> found = influences(compare(profiles, groups, ["left", "stayed"]), "left")
    >>> found.rows[["level", "n", "count", "ratio"]].values.tolist()
    [['monthly', 100, 60, 15.0]]
    """
    known = comparison.segments["segment"].tolist()
    if segment not in known:
        raise AnalysisError("compare_no_segment", segment=segment, known=tuple(known))
    sure = comparison.differences
    sure = sure[sure["significant"] & (sure["segment"] == segment) & ~sure["level"].isin(["", OTHER])]
    rows = comparison.shares.merge(sure[["segment", "feature", "level"]], on=["segment", "feature", "level"])
    inside = rows["count"].to_numpy(dtype=int)
    with_level = inside + (rows["rest_share"] * rows["rest_n"]).round().to_numpy(dtype=int)
    others = (rows["n"] + rows["rest_n"]).to_numpy(dtype=int) - with_level
    inside_others = rows["n"].to_numpy(dtype=int) - inside
    table = rows[["feature", "level"]].assign(n=with_level, count=inside, n_others=others, others=inside_others)
    enough = (table["n"] >= FEW) & (table["n_others"] >= FEW) & (table["count"] > 0) & (table["others"] > 0)
    table = table[enough]
    table = table.assign(share=table["count"] / table["n"], other_share=table["others"] / table["n_others"])
    table = table.assign(ratio=table["share"] / table["other_share"])
    table = table[table["ratio"] > 1].sort_values(["ratio", "feature", "level"], ascending=[False, True, True])
    table = table.head(most).reset_index(drop=True)
    low, high = ratio_of_shares(*(table[name].to_numpy() for name in ("count", "n", "others", "n_others")))
    table = table.assign(low=low, high=high)
    return Influence(segment, table.drop(columns=["others", "n_others"]), comparison.features)
