"""The cards of the first screen: five to seven segments with money, rhythm, change, and what to do this week.

They come from one segmentation of the study; what is known of the rhythm of customers comes from the lifecycle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analysis.overview.actions import AWAY, Level, Stage, action
from analysis.overview.card_params import CardParams
from analysis.overview.card_result import CardChange, Counted, Outcome, SegmentCard, SegmentCards, is_asked_for
from analysis.overview.pace import Known, in_season, is_due, pace, season
from analysis.privacy.small_groups import SMALL
from analysis.profiles.outcome import came_about, outcome_of
from analysis.segments.scores.lifecycle import STAGES
from analysis.stats.intervals import ALPHA, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import numpy as np

    from analysis.goals import Goal
    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan
    from analysis.segments.result import EditedSegmentation

GOOD_SHARE = 0.2
LEAST_AWAY = 0.05  # of a segment's customers, from where on winning back is about them
EVERYBODY = "everybody"  # the segment of all customers, where nothing tells them apart


@dataclass(frozen=True)
class _Customers:
    """What is known of each customer, aligned with the profiles; ``weights`` are money, or 1 each without money."""

    labels: np.ndarray
    money: np.ndarray | None
    weights: np.ndarray
    known: Known | None


def segment_cards(
    profiles: Profiles,
    plan: SegmentationPlan | None,
    edited: EditedSegmentation,
    params: CardParams | None = None,
    *,
    known: Known | None = None,
    before: Mapping[str, CardChange] | None = None,
    goal: Goal | None = None,
) -> SegmentCards:
    """Make a segmentation into the cards of the first screen.

    Parameters
    ----------
    profiles : Profiles
    plan : SegmentationPlan or None
        What the segmentation is of; None where everybody is one segment.
    edited : EditedSegmentation
        With at least one segment that is not hidden.
    params : CardParams, optional
    known : Known, optional
        Stages and rhythms of the customers (``pace.known_of``), where there are orders.
    before : mapping of CardChange, optional
        What the segments held on an earlier day, by key.
    goal : Goal, optional
        What the study is for; orders the cards and changes some of the advice.

    Returns
    -------
    SegmentCards

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> from analysis.recipe import SegmentationPlan
    >>> from analysis.segments.result import EditedSegmentation, segmentation_of
    >>> from analysis.segments.params import RfmParams
    >>> spend = np.array([90.0, 5.0, 5.0])
    >>> base = pd.DataFrame({"customer_id": list("abc"), "spend": spend})
    >>> groups = segmentation_of(np.array([0, 1, 1]), ["champions", "lost"], method="rfm", spend=spend)
    >>> found = segment_cards(
    ...     Profiles(base, (), date(2024, 1, 1)), SegmentationPlan(params=RfmParams()), EditedSegmentation(groups)
    ... )
    >>> [(card.segment, card.level, card.action) for card in found.cards]
    [('champions', 'big', 'know_them'), ('lost', 'small', 'know_them')]
    """
    import numpy as np

    params = params or CardParams()
    labels = edited.segmentation.labels.fillna("").to_numpy(dtype=object)
    spend = profiles.customers["spend"].to_numpy(dtype=float, na_value=0.0) if "spend" in profiles.customers else None
    inside, beside = np.isin(labels, list(edited.shown)), labels == SMALL
    whole = inside | beside  # who is not shown apart counts in the shares
    has_money = spend is not None and float(spend[whole].sum()) > 0
    money = np.where(whole, spend, 0.0) if has_money and spend is not None else None
    weights = whole.astype(float) if money is None else np.maximum(money, 0.0)
    if known is not None:
        found = [season(known, labels == key, weights) for key in edited.shown]
        known = in_season(known, np.logical_or.reduce([np.zeros(len(labels), bool), *(one[1] for one in found if one)]))
    customers = _Customers(labels, money, weights, known)
    outcome = _outcomes(profiles, inside, len(edited.shown)) if known is None else None

    def card(keys: Sequence[str]) -> SegmentCard:
        change = None if before is None else _together([before.get(key) for key in keys])
        return _card(tuple(keys), customers, whole, params, goal, change, outcome)

    alone = [card([key]) for key in edited.shown]
    chosen, rest = _chosen(alone, params.most, goal)
    order = _ORDERS.get(goal) if goal else None
    cards = sorted(chosen, key=order, reverse=True) if order else chosen
    if rest:
        cards = [*cards, card([one.segments[0] for one in rest])]
    return SegmentCards(
        method=EVERYBODY if plan is None else plan.params.kind,
        plan=plan,
        cards=tuple(cards),
        goal=goal,
        as_of=profiles.as_of,
        counted=_counted(customers, inside, cards, goal),
        first_gap_days=None if known is None else known.first_gap_days,
        outside=int((labels == "").sum()),
        params=params,
        n_beside=int(beside.sum()),
    )


def compared(cards: SegmentCards, day: date, counts: Mapping[str, int]) -> SegmentCards:
    """Return the cards with what changed since an earlier run of the study, whose segments held so many customers."""
    days = (cards.as_of - day).days

    def since(card: SegmentCard) -> SegmentCard:
        if not counts.keys() >= set(card.segments):  # what nobody wrote down then is compared as before
            return card
        return replace(card, change=CardChange(sum(counts[key] for key in card.segments), card.customers, days))

    return replace(cards, cards=tuple(since(card) for card in cards.cards))


def _card(
    keys: tuple[str, ...],
    customers: _Customers,
    whole: np.ndarray,
    params: CardParams,
    goal: Goal | None,
    change: CardChange | None,
    outcome: Callable[[np.ndarray], Outcome | None] | None,
) -> SegmentCard:
    import numpy as np

    here = np.isin(customers.labels, keys)
    n, n_all = int(here.sum()), int(whole.sum())
    money, known = customers.money, customers.known
    revenue = None if money is None else float(money[here].sum())
    revenue_share = None if money is None or revenue is None else revenue / float(money.sum())
    level = level_of(n / n_all, revenue_share, params)
    found = None if outcome is None else outcome(here)
    side = None if found is None or not found.differs else "high" if found.share > found.everyone else "low"
    stage = rhythm = None
    away = at_risk = once = 0
    away_revenue = 0.0
    whom, asked = here, level
    if known is not None:
        is_away = here & np.isin(known.stages, AWAY)
        away, at_risk = int(is_away.sum()), int((here & (known.stages == "at_risk")).sum())
        away_revenue = 0.0 if money is None else float(money[is_away].sum())
        once = int((here & (known.order_days == 1) & (known.stages != "lost")).sum())
        rhythm = pace(known, here, customers.weights)
        if goal == "win_back" and away >= max(1.0, LEAST_AWAY * n):
            whom = is_away
            share = None if money is None else away_revenue / float(money.sum())
            asked = level_of(away / n_all, share, params)
        stage = _stage(known.stages[whom], customers.weights[whom])
        if stage == "active" and is_due(known, whom, customers.weights):
            stage = "due"
    return SegmentCard(
        segments=keys,
        customers=n,
        share=n / n_all,
        revenue=revenue,
        revenue_share=revenue_share,
        level=level,
        stage=stage,
        pace=rhythm,
        away=away,
        away_revenue=away_revenue,
        at_risk=at_risk,
        once=once,
        change=change,
        outcome=found,
        action=action(stage, asked, rhythm.rhythm if rhythm and whom is here else None, goal, outcome=side),
    )


def level_of(share: float, revenue_share: float | None, params: CardParams) -> Level:
    """Return what customers are worth, from their shares of the customers and of the revenue."""
    if revenue_share is None:
        return "middle"
    worth = revenue_share / share
    if worth >= params.big_worth or revenue_share >= params.big_share:
        return "big"
    return "small" if worth <= params.small_worth else "middle"


def _stage(stages: np.ndarray, weights: np.ndarray) -> Stage:
    """Return the stage that holds most of the money, by customers where nobody here has spent any."""
    import numpy as np

    if weights.sum() <= 0:
        weights = np.ones(len(stages))
    return max(STAGES, key=lambda stage: float(weights[stages == stage].sum()))  # pyright: ignore[reportReturnType]


def _chosen(cards: list[SegmentCard], most: int, goal: Goal | None) -> tuple[list[SegmentCard], list[SegmentCard]]:
    """Return the cards that stand alone and those that share the last one, both in their order."""
    if len(cards) <= most:
        return cards, []
    order = (_ORDERS.get(goal) if goal else None) or _weight
    first = sorted(cards, key=order, reverse=True)[: most - 1]
    return [card for card in cards if card in first], [card for card in cards if card not in first]


def _weight(card: SegmentCard) -> tuple[float, ...]:
    return ((card.revenue_share or 0.0) + card.share,)


_ORDERS: dict[str, Callable[[SegmentCard], tuple[float, ...]]] = {
    "win_back": lambda card: (card.away_revenue or 0.0, float(card.away or 0), card.revenue or 0.0, card.share),
    "repurchase": lambda card: (float(card.once or 0), card.share),
    "best_customers": lambda card: (card.revenue_share or 0.0, card.share),
    "launch": lambda card: (float(card.stage in ("active", "new")), card.revenue_share or 0.0, card.share),
    "cut_waste": lambda card: (card.share - (card.revenue_share or 0.0), card.share),
}


def _together(changes: Sequence[CardChange | None]) -> CardChange | None:
    known = [change for change in changes if change is not None]
    if not known:
        return None
    return CardChange(sum(change.before for change in known), sum(change.now for change in known), known[0].days)


def _counted(
    customers: _Customers, inside: np.ndarray, cards: Sequence[SegmentCard], goal: Goal | None
) -> Counted | None:
    """Return whom the goal asks for; without a goal, or where it asks for nobody, the best customers at risk."""
    import numpy as np

    known, money = customers.known, customers.money

    found = np.zeros(len(inside), dtype=bool)
    if goal == "win_back" and known is not None:
        found = inside & np.isin(known.stages, AWAY)
    elif goal == "repurchase" and known is not None:
        found = inside & (known.order_days == 1) & (known.stages != "lost")
    elif goal == "launch" or (goal == "cut_waste" and money is not None):
        found = np.isin(customers.labels, [key for card in cards if is_asked_for(card, goal) for key in card.segments])
    if goal is not None and goal != "best_customers" and found.any():
        return Counted(goal, tuple(found.nonzero()[0].tolist()))
    if money is None or known is None:
        return None
    # Equal spend counts as one.
    border = float(np.quantile(money[inside], 1 - GOOD_SHARE))
    rows = (inside & (money >= border) & (known.stages == "at_risk")).nonzero()[0].tolist()
    return Counted("good_due", tuple(rows)) if rows else None


def _outcomes(profiles: Profiles, inside: np.ndarray, n_segments: int) -> Callable[[np.ndarray], Outcome | None] | None:
    """Return what counts an outcome among some customers; None where the files hold none."""
    import numpy as np

    feature = outcome_of(profiles)
    if feature is None:
        return None
    answers, word = came_about(feature, profiles) or (profiles.customers[feature.key], "")
    told, yes = answers.notna().to_numpy(), answers.fillna(False).to_numpy(dtype=bool)

    def count(here: np.ndarray) -> Outcome | None:
        n, n_yes = int((here & told).sum()), int((here & yes).sum())
        if n == 0:
            return None
        low, high = wilson(np.array([n_yes]), np.array([n]))
        n_all, yes_all = int((inside & told).sum()), int((inside & yes).sum())
        differs = n_all > n and _fisher_p(n_yes, n, yes_all - n_yes, n_all - n) <= ALPHA / n_segments
        return Outcome(feature.key, n_yes / n, float(low[0]), float(high[0]), n, yes_all / n_all, word, differs)

    return count


def _fisher_p(count: int, n: int, rest_count: int, rest_n: int) -> float:
    from scipy.stats import fisher_exact

    found: Any = fisher_exact([[count, n - count], [rest_count, rest_n - rest_count]])
    return float(found.pvalue)


def days_back(data_days: int, params: CardParams) -> int | None:
    """Return how many days lie between the states to compare: the longest that the data carries three times."""
    return next((days for days in params.days_before if data_days >= 3 * days), None)
