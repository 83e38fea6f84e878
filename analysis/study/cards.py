"""The cards of the first screen from a study: which segmentation they come from, and what it held some time ago."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.intake.moved import buyers_between
from analysis.intake.questions import order_span
from analysis.overview.card_params import CardParams
from analysis.overview.card_result import CardChange, SegmentCards
from analysis.overview.cards import EVERYBODY, days_back, segment_cards
from analysis.overview.pace import known_of, lifecycle_of
from analysis.privacy.small_groups import LEAST
from analysis.segments.frozen import freeze_method
from analysis.segments.match import merged_keys
from analysis.segments.methods import METHODS, Basis
from analysis.segments.result import EditedSegmentation, segmentation_of
from analysis.segments.scores.lifecycle import days_of

if TYPE_CHECKING:
    from analysis.compare.influence import Influence
    from analysis.intake.questions import Days
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.study.prepared import Prepared

# In the order in which they are tried: what is known best comes first.
KINDS = ("rfm", "lifecycle", "clusters")
Segment = Callable[["SegmentationPlan"], tuple[Any, "EditedSegmentation"]]


def study_cards(
    recipe: Recipe, prepared: Prepared, segmentation: Segment, params: CardParams | None = None
) -> SegmentCards:
    """Return the cards of a study: of RFM, else of the lifecycle, else of clusters, else everybody on one card.

    Parameters
    ----------
    recipe : Recipe
    prepared : Prepared
    segmentation : callable
        From a plan to its result and the same as edited; refuses as the method does.
    params : CardParams, optional

    Examples
    --------
    >>> from analysis.study import read, run
    >>> cards = run(read("sample_data/b2b_crm_en.xlsx")).cards
    >>> cards.method, cards.cards[0].segment, len(cards.cards)
    ('rfm', 'champions', 6)
    """
    params = params or CardParams()
    profiles, standard = prepared.profiles, prepared.standard
    plan, result, edited = _first_found(recipe, profiles, segmentation)
    known = before = None
    if "order_date" in standard.order_roles:
        try:
            days = days_of(standard, profiles)
            known = known_of(profiles, lifecycle_of(profiles, standard, days), days)
            before = _before(plan, result, edited, profiles, standard, params)
        except AnalysisError as problem:
            if problem.code != "lifecycle_needs_orders":
                raise
    return segment_cards(profiles, plan, edited, params, known=known, before=before, goal=recipe.goal)


def strongest_influence(cards: SegmentCards, profiles: Profiles) -> Influence | None:
    """Return what goes most with the outcome that the cards count, such as a plan; None where nothing is beyond chance.

    Examples
    --------
    >>> from analysis.study import read, run
    >>> found = run(read("sample_data/b2b_crm_en.xlsx"))
    >>> strongest_influence(found.cards, found.profiles) is None  # its cards count no outcome
    True
    """
    if all(card.outcome is None for card in cards.cards):
        return None
    from analysis.compare.outcome import influences_on_outcome

    try:
        found = influences_on_outcome(profiles, most=1)
    except AnalysisError:  # too few on a side
        return None
    return found if len(found.rows) and found.rows["count"].iloc[0] >= LEAST else None


def _first_found(
    recipe: Recipe, profiles: Profiles, segmentation: Segment
) -> tuple[SegmentationPlan | None, Any, EditedSegmentation]:
    for kind in KINDS:
        plan = recipe.plan_or_usual(kind)
        try:
            result, edited = segmentation(plan)
        except AnalysisError:
            continue  # the pages of the method say why; here the next one answers
        if edited.shown:
            return plan, result, edited
    return _everybody(recipe, profiles)


def _everybody(recipe: Recipe, profiles: Profiles) -> tuple[SegmentationPlan | None, Any, EditedSegmentation]:
    import numpy as np

    spend = profiles.customers["spend"].to_numpy(dtype=float) if "spend" in profiles.customers else None
    whole = segmentation_of(np.zeros(len(profiles.customers), dtype=int), [EVERYBODY], method=EVERYBODY, spend=spend)
    return None, None, EditedSegmentation(whole)


def _before(
    plan: SegmentationPlan | None,
    result: Any,
    edited: EditedSegmentation,
    profiles: Profiles,
    standard: StandardTables,
    params: CardParams,
) -> Mapping[str, CardChange] | None:
    """Count each segment as it was some time ago by the borders of today; None where the data is too short."""
    if plan is None or plan.params.kind == "clusters":
        return None
    span, labels_of = order_span(standard), METHODS[plan.params.kind].freezing.labels
    if span.first is None or labels_of is None:
        return None
    back = days_back((profiles.as_of - span.first).days, params)
    if back is None:
        return None
    fitted = freeze_method(result, plan.params, profiles, kept=False)
    merges = merged_keys(result.segmentation.labels, edited.segmentation.labels)

    def counts(then: Profiles) -> Mapping[str, int]:
        labels = labels_of(Basis(then, standard), fitted, {})
        found: dict[str, int] = {}
        for key, n in labels.value_counts().items():
            name = merges.get(str(key), str(key))
            found[name] = found.get(name, 0) + int(n)
        return found

    gone = timedelta(days=back)
    spans = ((span.first, profiles.as_of - gone), (span.first + gone, profiles.as_of))
    before, now = map(counts, profiles_between(standard, profiles, spans))
    return {key: CardChange(before.get(key, 0), now.get(key, 0), back) for key in edited.shown}


def profiles_between(standard: StandardTables, profiles: Profiles, spans: Sequence[Days]) -> list[Profiles]:
    """Return recency, orders and spend, if known, of the same customers on the last day of each span, by its orders."""
    ids, found = profiles.customers["customer_id"], []
    for (_, day), bought in zip(spans, buyers_between(standard, spans, ids), strict=True):
        each = bought.reindex(range(len(ids)))
        customers = profiles.customers[["customer_id"]].assign(
            recency_days=day.toordinal() - each["last_day"],
            n_orders=each["n_orders"].fillna(0).astype(int),
        )
        if "spend" in profiles.customers:
            customers["spend"] = each["spend"].fillna(0.0)
        found.append(replace(profiles, customers=customers, features=(), as_of=day, notes=()))
    return found
