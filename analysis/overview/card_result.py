"""The cards of the first screen: a segment each, with what it is worth, what changed and what to do this week."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    from analysis.goals import Goal
    from analysis.overview.actions import Action, Level, Rhythm, Stage
    from analysis.overview.card_params import CardParams
    from analysis.recipe import SegmentationPlan


LEAST_BEFORE = 10


@dataclass(frozen=True)
class Pace:
    """How a segment buys.

    Attributes
    ----------
    rhythm : Rhythm
        ``yearly``: half of its money or more comes from customers who buy in one month of the year; ``once``: most have
        ordered on one day only; otherwise ``regular``.
    n : int
        Customers whose rhythm it is.
    share : float
        Their share of the segment's money (of its customers where nobody knows money), 0..1.
    gap_days : float
        Median of the days that usually pass between two orders of one of them; NaN unless ``regular``.
    month : int or None
        Of a yearly rhythm, the month, 1..12.
    """

    rhythm: Rhythm
    n: int
    share: float
    gap_days: float
    month: int | None = None


@dataclass(frozen=True)
class CardChange:
    """How many customers the segment had some ``days`` ago, by the borders of today and over equally long histories.

    ``now`` looks back as far as ``before`` did then, so that it can be less than the customers of today.
    """

    before: int
    now: int
    days: int

    @property
    def change(self) -> float | None:
        """Growth as a share of before; None where too few were in it to say."""
        return None if self.before < LEAST_BEFORE else self.now / self.before - 1


@dataclass(frozen=True)
class Outcome:
    """How often the outcome that the files hold came about.

    Attributes
    ----------
    feature : str
        Key of the feature, yes or no or in words.
    share : float
        In the segment, 0..1, of ``n`` customers for whom it is known; ``low`` and ``high`` are its 95 % interval.
    everyone : float
        In all segments together.
    word : str
        The cells that say that it came about; empty for yes or no.
    differs : bool
        Whether the segment differs from the other customers beyond chance (Fisher's exact test at 5 %, for all segments
        together by Bonferroni).
    """

    feature: str
    share: float
    low: float
    high: float
    n: int
    everyone: float
    word: str = ""
    differs: bool = False


@dataclass(frozen=True)
class SegmentCard:
    """One segment of the first screen, or several small ones under one card.

    Attributes
    ----------
    segments : tuple of str
        Keys of the segmentation; more than one only on the last card.
    customers : int
    share : float
        Of the customers in segments, 0..1.
    revenue, revenue_share : float or None
        Currency, and part of the revenue of the customers in segments; None where nobody knows money.
    level : Level
        What one of its customers is worth: ``big`` from one and a half times the mean or a fifth of all revenue on.
    stage : Stage or None
        Stage of the lifecycle that holds most of its money, ``due`` where that is active and the usual time between
        two orders has passed; None without orders. For the goal ``win_back`` of those who are away, if there are some.
    pace : Pace or None
        None without orders.
    away, away_revenue : int and float
        Customers who have been away for longer than usual (at risk, dormant, lost), and their money. These and the next
        two are None where others are not to see them (``study.for_others``).
    at_risk : int
        Those of them whom a word can still reach: away, and not for so long that they sleep.
    once : int
        Customers with orders on one day only who are not lost.
    change : CardChange or None
    outcome : Outcome or None
    action : Action
    """

    segments: tuple[str, ...]
    customers: int
    share: float
    revenue: float | None
    revenue_share: float | None
    level: Level
    stage: Stage | None
    pace: Pace | None
    away: int | None
    away_revenue: float | None
    at_risk: int | None
    once: int | None
    change: CardChange | None
    outcome: Outcome | None
    action: Action

    @property
    def segment(self) -> str | None:
        """The key of its one segment; None when it holds several."""
        return self.segments[0] if len(self.segments) == 1 else None


def is_asked_for(card: SegmentCard, goal: str) -> bool:
    """Say whether a goal that is about whole segments is about this one: a launch, or wasting less."""
    return card.level == "small" if goal == "cut_waste" else card.stage in ("active", "due")


@dataclass(frozen=True)
class Counted:
    """The customers of one sentence: what they are, and their rows in the profiles.

    Attributes
    ----------
    what : str
        ``good_due`` (of the fifth of the customers who spent most, those at risk), or the goal of the study that counts
        them: ``win_back`` (away), ``repurchase`` (ordered on one day, not lost), ``launch`` (in segments that are
        active), ``cut_waste`` (in segments that bring little).
    rows : tuple of int
    """

    what: Literal["good_due", "win_back", "repurchase", "launch", "cut_waste"]
    rows: tuple[int, ...] = field(repr=False)

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.rows)


@dataclass(frozen=True)
class SegmentCards(
    Tabular,
    rows="cards",
    columns=(
        *("segments", "customers", "share", "revenue", "revenue_share", "level", "stage", "rhythm=pace.rhythm"),
        *("away", "at_risk", "before=change.before", "action"),
    ),
):
    """The answer of the first screen.

    Attributes
    ----------
    method : str
        The kind of segmentation that the cards come from; ``everybody`` where nothing tells the customers apart.
    plan : SegmentationPlan or None
        Its plan; None for everybody.
    cards : tuple of SegmentCard
        At most ``params.most``, in the order that the goal asks for; together they hold every segment that is shown.
    goal : Goal or None
    as_of : date
    counted : Counted or None
        The customers whom the sentence above the cards counts, and who can be listed; None where it counts nobody.
    first_gap_days : float or None
        Days that usually pass between the first and the second order.
    outside : int
        Customers in no segment, such as those without a purchase.
    params : CardParams
    n_beside : int
        Customers in small segments, which others do not see apart (``study.for_others``): they count in the shares.
    """

    method: str
    plan: SegmentationPlan | None
    cards: tuple[SegmentCard, ...]
    goal: Goal | None
    as_of: date
    counted: Counted | None
    first_gap_days: float | None
    outside: int
    params: CardParams = field(repr=False)
    n_beside: int = 0

    @property
    def whole(self) -> int:
        """Customers whom the shares are of."""
        return self.customers + self.n_beside

    @property
    def customers(self) -> int:
        """Customers in all cards together."""
        return sum(card.customers for card in self.cards)

    @property
    def knows_money(self) -> bool:
        """Whether there is revenue to share."""
        return any(card.revenue_share is not None for card in self.cards)
