"""What is asked of every registered method: a frozen run on the same data gives the same labels, each judged alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from analysis.conditions import Condition
from analysis.errors import AnalysisError
from analysis.profiles.result import Profiles
from analysis.recipe import SegmentationPlan
from analysis.segments.assign import assign
from analysis.segments.fitted_study import FittedStudy
from analysis.segments.frozen import Before, apply, freeze_method
from analysis.segments.methods import METHODS, SEGMENT_COLUMNS, Basis, place, used_kinds
from analysis.segments.params import ClusterParams, HybridParams, RfmParams, RulesParams, SegmentRule, TierParams
from analysis.segments.result import EditedSegmentation
from analysis.segments.scores.lifecycle import LifecycleParams
from analysis.study import Prepared, begin, prepare, read, run, segment, suggest
from analysis.study.memo import in_dict
from tests.thorough import examples

DAY = date(2024, 6, 30)
BIG = SegmentRule(key="big", when=Condition(feature="spend", op="ge", values=(40,)))
# Beside the params that a method has when nobody chooses; a method that asks first stands here with some.
MORE: dict[str, list[Any]] = {
    "rfm": [RfmParams(cuts="mean", scheme="eight_a"), RfmParams(cuts="interval"), RfmParams(one_time_apart=True)],
    "tiers": [TierParams(by="revenue")],
    "lifecycle": [LifecycleParams(by="days"), LifecycleParams(season="never", shop_gaps=0)],
    "clusters": [ClusterParams(k=3), ClusterParams(method="gaussian", k=2)],
    "rules": [RulesParams(rules=(BIG,))],
    "hybrid": [HybridParams(first="tiers", second="lifecycle", least=5, small=small) for small in ("rest", "largest")],
}


def orders(seed: int, n: int = 70) -> pd.DataFrame:
    """Return a shop of few days and few prices; a third came once, some once a year, some send things back."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        yearly = customer % 9 == 0
        days = [20, 385, 750] if yearly else draw.choice([0, 5, 5, 30, 60, 90, 91, 400], draw.choice([1, 2, 3, 6]))
        for day in days:
            bought = draw.choice([9.9, 9.9, 20, 250, -9.9], p=[0.4, 0.2, 0.2, 0.1, 0.1])
            rows.append((f"c{customer:03}", pd.Timestamp(DAY) - pd.Timedelta(days=int(day)), bought))
    return pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])


def prepared(frame: pd.DataFrame) -> Prepared:
    tables = read(frame)
    return prepare(tables, suggest(tables))


def choices(kind: str) -> list[Any]:
    usual = [] if METHODS[kind].asks else [METHODS[kind].params.model_validate({})]
    return [*usual, *MORE.get(kind, ())]


@pytest.mark.parametrize("kind", METHODS)
def test_no_method_goes_untried(kind):
    assert choices(kind), "a method that asks first stands in MORE with some params"


@examples(3, suppress_health_check=[HealthCheck.too_slow])
@example(seed=0)
@example(seed=53)
@given(seed=st.integers(0, 10_000))
def test_every_frozen_method_gives_the_same_labels_on_the_same_data(seed):
    data = prepared(orders(seed))
    profiles, n = data.profiles, len(data.profiles.customers)
    found: dict[str, Any] = {}
    for kind in sorted(METHODS, key=place):
        for params in choices(kind):
            edited = {used: EditedSegmentation(found[used][0].segmentation) for used in found}
            try:
                result = METHODS[kind].run(Basis(profiles, data.standard, edited), params)
            except AnalysisError as refused:
                # A shop by chance whose gaps tell no two cuts: there is nothing to keep.
                assert refused.code == "rfm_interval_collapses"
                continue
            found.setdefault(kind, (result, params))
            methods = [freeze_method(found[used][0], found[used][1], profiles) for used in used_kinds(params)]
            methods.append(freeze_method(result, params, profiles))
            text = FittedStudy(as_of=DAY, methods=tuple(methods)).model_dump_json()
            frozen = FittedStudy.model_validate_json(text)
            labels = result.segmentation.labels
            again = apply(Before(frozen), params, profiles, standard=data.standard, others=edited)
            pd.testing.assert_series_equal(again.segmentation.labels, labels)
            pd.testing.assert_frame_equal(again.segmentation.segments, result.segmentation.segments)
            if METHODS[kind].freezing.labels is None:
                with pytest.raises(AnalysisError, match="assign_needs_orders"):
                    assign(profiles, frozen, standard=data.standard, methods=[kind])
                continue
            assert kind not in used_kinds(params)
            for rows in (range(n), range(n // 2, n), [1], [n - 1], [seed % n]):
                part = Profiles(profiles.customers.iloc[rows].reset_index(drop=True), profiles.features, profiles.as_of)
                column = assign(part, frozen, standard=data.standard)[SEGMENT_COLUMNS[kind]]
                assert column.fillna("").tolist() == labels.iloc[rows].fillna("").tolist(), (kind, params, rows)


def test_a_frozen_lifecycle_keeps_the_rhythm_of_the_shop_when_the_others_slow_down():
    before = prepared(orders(1))
    plan = SegmentationPlan(params=LifecycleParams())
    first: Any = segment(before.profiles, plan, standard=before.standard)
    kept = Before(FittedStudy(as_of=DAY, methods=(freeze_method(first, plan.params, before.profiles),)))
    few = orders(1)[lambda frame: frame["customer_id"] < "c012"]
    data = prepared(few)
    with pytest.raises(AnalysisError, match="lifecycle_too_few_gaps"):
        segment(data.profiles, plan, standard=data.standard)
    frozen = plan.model_copy(update={"fit": "frozen"})
    found: Any = segment(data.profiles, frozen, standard=data.standard, before=kept)
    assert found.segmentation.labels.tolist() == first.segmentation.labels[:12].tolist()
    pd.testing.assert_frame_equal(found.borders, first.borders)
    assert (found.shop_rhythm, found.new_days) == (first.shop_rhythm, first.new_days)
    assert found.notes[0].code == "segments_frozen"


def test_customers_are_put_into_stages_only_with_their_orders():
    data = prepared(orders(2))
    result = METHODS["lifecycle"].run(Basis(data.profiles, data.standard), LifecycleParams())
    frozen = FittedStudy(as_of=DAY, methods=(freeze_method(result, LifecycleParams(), data.profiles),))
    with pytest.raises(AnalysisError, match="assign_needs_orders"):  # no column would look as if nobody was in a stage
        assign(data.profiles, frozen)
    for kind, code in (("lifecycle", "assign_needs_orders"), ("tiers", "frozen_without_fit")):
        with pytest.raises(AnalysisError) as refusal:
            assign(data.profiles, frozen, methods=[kind])
        assert (refusal.value.code, refusal.value.facts) == (code, {"method": kind})


def test_a_shop_whose_customers_all_come_once_a_year_has_no_rhythm_to_weigh_with():
    late = [
        (f"c{i:02}", pd.Timestamp(DAY) - pd.Timedelta(days=10 + 365 * year), 9.9)
        for i in range(30)
        for year in range(3)
    ]
    columns = ["customer_id", "order_date", "amount"]
    yearly = prepared(pd.DataFrame(late, columns=columns))
    plan = SegmentationPlan(params=LifecycleParams(), fit="frozen")
    first: Any = segment(yearly.profiles, plan.model_copy(update={"fit": "refit"}), standard=yearly.standard)
    fitted = FittedStudy(as_of=DAY, methods=(freeze_method(first, plan.params, yearly.profiles),))
    kept = Before(FittedStudy.model_validate_json(fitted.model_dump_json()))
    weekly = [("w", pd.Timestamp(DAY) - pd.Timedelta(days=7 * week), 9.9) for week in range(60)]
    data = prepared(pd.DataFrame([*late, *weekly], columns=columns))
    found: Any = segment(data.profiles, plan, standard=data.standard, before=kept)
    where = data.profiles.customers["customer_id"].tolist().index("w")
    assert found.customers["rhythm_days"].iloc[where] == 7
    assert found.segmentation.labels.iloc[where] == "lifecycle_active"


def test_a_frozen_plan_is_never_answered_by_what_was_found_anew():
    memo = in_dict()
    tables = read(orders(3))
    recipe = suggest(tables)
    plan = SegmentationPlan(params=TierParams(), fit="frozen")
    begin(tables, recipe, memo=memo).segmentation(plan.model_copy(update={"fit": "refit"}))
    with pytest.raises(AnalysisError, match="frozen_without_fit"):
        begin(tables, recipe, memo=memo).segmentation(plan)
    result = run(tables, recipe.with_plan(plan))
    assert result.problems["tiers"].code == "frozen_without_fit"


def test_frozen_clusters_are_measured_on_the_scale_they_were_stored_on():
    tables, later = read(orders(4)), read(orders(4).assign(amount=lambda frame: frame["amount"] * 7))
    plan = SegmentationPlan(params=ClusterParams(k=2))
    recipe = suggest(tables).with_plan(plan)
    before = Before(run(tables, recipe).fitted)
    frozen = plan.model_copy(update={"fit": "frozen"})
    study = begin(later, recipe.with_plan(frozen), before=before)
    result, _ = study.segmentation(frozen)
    measured = study.silhouettes(frozen)["silhouette"].mean()
    assert measured == pytest.approx(result.silhouette)
    # On the scale of today the same groups would seem to lie elsewhere.
    assert study.silhouettes(plan)["silhouette"].mean() != pytest.approx(measured)
    assert set(study.stability(frozen)) == set(result.segmentation.segments["segment"])
