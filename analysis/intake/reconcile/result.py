"""What reconciling with another report gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.intake.fixes import AnyFix
from analysis.tabular import Tabular

TreatmentKind = Literal[
    "with_set_aside", "with_state", "without_state", "without_returns", "without_tests", "without_repeats",
    "plus_column", "minus_column", "column_instead", "day_begins",
]  # fmt: skip


@dataclass(frozen=True)
class Treatment:
    """One thing that a report may do otherwise.

    Attributes
    ----------
    kind : str
    subject : str
        The state, the header of the column, the reason for which lines are set aside, or the hours (``-8`` or ``5``)
        at which a day of the report begins.
    money : float
        What the revenue changes by when this alone is done, in the currency of the study.
    once : bool
        Of a column: it tells of the whole order, so it counts once however many lines the order has.
    fix : AnyFix or None
        The change of the recipe that does the same; None where the recipe cannot.
    """

    kind: TreatmentKind
    subject: str
    money: float
    once: bool = False
    fix: AnyFix | None = None


@dataclass(frozen=True)
class Explanation:
    """Treatments that together lead to a revenue; ``left`` is what the report shows beyond it.

    ``by_chance`` is how many explanations of this size or smaller would fit as well if none were true: the ways tried
    times the share of the revenues tried that lie as near. Near 0 it is proof; at 1 and more it is none.
    """

    treatments: tuple[Treatment, ...]
    revenue: float
    left: float
    by_chance: float


@dataclass(frozen=True)
class Reconciliation(Tabular, rows="exact", columns=("revenue", "left", "by_chance")):
    """What explains that a report shows ``total`` where this study counts ``counted``.

    Attributes
    ----------
    total, counted : float
        Revenue of the report, and of the study, from ``since`` to ``until`` (both included).
    tolerance : float
        How far apart counts as equal: half a unit of the last digit given.
    ways : int
        How many combinations of treatments were looked at.
    exact : tuple of Explanation
        Those that give the total, fewest treatments first; at most five. One without treatments: both agree already.
    nearest : tuple of Explanation
        When none is exact: the single treatments that bring the study nearest to the report.
    """

    total: float
    counted: float
    since: date
    until: date
    tolerance: float
    ways: int
    exact: tuple[Explanation, ...] = ()
    nearest: tuple[Explanation, ...] = ()

    @property
    def difference(self) -> float:
        """What the report shows beyond the study."""
        return self.total - self.counted

    @property
    def agrees(self) -> bool:
        """Say whether both show the same as they are."""
        return abs(self.difference) <= self.tolerance
