"""One recipe, one result: what the pages show, ``run()``, the command line, and the code that the pages show."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from analysis.conditions import Condition, Not
from analysis.errors import AnalysisError
from analysis.exports.code import segmentation_code
from analysis.figures import summary
from analysis.recipe import Cleaning, Recipe, SegmentationPlan, SegmentEdit
from analysis.segments.methods import KINDS
from analysis.segments.params import (
    Box,
    ClusterParams,
    HybridParams,
    MovementParams,
    Preparation,
    RfmParams,
    RulesParams,
    SegmentRule,
    Tier,
    TierParams,
)
from analysis.segments.scores.lifecycle import LifecycleParams
from analysis.study import Run, StudyResult, read, run, suggest
from analysis.study.memo import in_dict
from analysis.study.refresh import before_of, refresh
from tests.doors import LINES, Figures, executed, of_command_line, plain
from tests.thorough import examples


@st.composite
def rfm_params(draw: st.DrawFn) -> RfmParams:
    scheme = draw(st.sampled_from(["two_digit", "eight_a", "eight_b", "boxes"]))
    cuts = draw(st.sampled_from(["mean", "median", "own"] if scheme.startswith("eight") else ["quantile", "interval"]))
    boxes = (Box(key="best", name="最好", r=(4, 5), f=(3, 5)), Box(key="rest", r=(1, 3)))
    return RfmParams(
        scheme=scheme,  # pyright: ignore
        cuts=cuts,  # pyright: ignore
        n_scores=draw(st.integers(2, 6)),
        own_recency=(90.5,),
        own_frequency=(3,),
        own_monetary=(400,),
        one_time_apart=draw(st.booleans()),
        weights=draw(st.sampled_from([(1, 1, 1), (0, 2, 0.5)])),
        boxes=boxes,
    )


@st.composite
def cluster_params(draw: st.DrawFn) -> ClusterParams:
    k = draw(st.integers(2, 5))
    return ClusterParams(
        method=draw(st.sampled_from(["kmeans", "ward", "gaussian", "bisecting", "mixed"])),  # pyright: ignore
        k=k,
        features=draw(st.sampled_from([(), ("spend", "recency_days"), ("n_orders", "spend", "recency_days")])),
        preparation=Preparation(scale=draw(st.sampled_from(["standard", "robust"])), weights={"spend": 2.5}),
        numbers=draw(st.sampled_from([(), tuple(range(k, 0, -1)), (9, 2, 4, 7, 1)[:k], (3,)])),
        seed=draw(st.integers(0, 1)),
    )


SPENT = Condition(feature="spend", op="ge", values=(600,))
OFTEN = Condition(feature="n_orders", op="between", values=(2, 5))
HALVES = MovementParams(
    before_start=date(2024, 1, 1), before_end=date(2024, 6, 30), start=date(2024, 7, 1), end=date(2024, 12, 1)
)
PARAMS: dict[str, st.SearchStrategy[Any]] = {
    "rfm": rfm_params(),
    "clusters": cluster_params(),
    "tiers": st.sampled_from(
        [
            TierParams(),
            TierParams(by="revenue", tiers=(Tier(key="top", name="Top, “A”", share=0.5), Tier(key="rest"))),
            TierParams(by="amount", tiers=(Tier(key="a", at_least=900), Tier(key="b", at_least=1.5), Tier(key="c"))),
        ]
    ),
    "movement": st.one_of(
        st.builds(MovementParams, days=st.integers(20, 400)),
        st.just(
            MovementParams(
                before_start=date(2024, 1, 1),
                before_end=date(2024, 6, 30),
                start=date(2024, 7, 1),
                end=date(2024, 12, 1),
            )
        ),
    ),
    "rules": st.sampled_from(
        [
            RulesParams(rules=(SegmentRule(key="big", name='it\'s "big"\n', when=SPENT),)),
            RulesParams(rules=(SegmentRule(key="big", when=SPENT), SegmentRule(key="few", when=Not(part=OFTEN)))),
            RulesParams(rules=(SegmentRule(key="x", when=Condition(feature="not_there", op="is_known")),)),
            RulesParams(),
        ]
    ),
    "lifecycle": st.sampled_from(
        [LifecycleParams(), LifecycleParams(by="days"), LifecycleParams(new_until=0.3, shop_gaps=0, season="never")]
    ),
    "hybrid": st.sampled_from(
        [
            HybridParams(least=5, smallest_share=0, first=first, second=second, small=small)  # pyright: ignore
            for first, second in (("rfm", "tiers"), ("tiers", "movement"), ("clusters", "rfm"), ("rules", "clusters"))
            for small in ("rest", "largest", "keep")
        ]
    ),
}
SOME = {
    "rfm": ("champions", "loyal", "hibernating", "best"),
    "clusters": ("cluster_1", "cluster_2", "cluster_9"),
    "tiers": ("tier_heavy", "tier_medium", "tier_zero"),
    "movement": ("new", "lost", "active"),
    "rules": ("big", "few", "other"),
    "lifecycle": ("lifecycle_new", "lifecycle_active", "lifecycle_lost"),
    "hybrid": ("hybrid:loyal|tier_heavy", "hybrid:tier_heavy|"),
}


@st.composite
def plans(draw: st.DrawFn) -> tuple[SegmentationPlan, ...]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4, unique=True))
    found = []
    for kind in kinds:
        keys = st.sampled_from([*SOME[kind], "ghost"])
        edit = st.builds(
            SegmentEdit,
            segment=keys,
            name=st.none() | st.sampled_from(["核心", 'it\'s "us"\n)', "a|b"]),
            merge_into=st.none() | keys,
            hidden=st.booleans(),
        )
        edits = draw(st.lists(edit, max_size=2))
        fit: Any = draw(st.sampled_from(["refit", "refit", "frozen"]))
        found.append(SegmentationPlan(params=draw(PARAMS[kind]), edits=tuple(edits), fit=fit))
    return tuple(found)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a person chooses beside the columns."""
    cleaning = Cleaning(
        returns=draw(st.sampled_from(["net", "set_aside"])),
        excluded_states=draw(st.sampled_from(["auto", (), ("交易成功",)])),
        repeated_lines=draw(st.sampled_from(["keep", "set_aside"])),
        outliers=draw(st.sampled_from(["keep", "cap"])),
    )
    return {
        "name": draw(st.sampled_from(["", "店"])),
        "as_of": draw(st.sampled_from(["latest", "latest", date(2024, 9, 30), date(2025, 3, 1), date(2019, 1, 1)])),
        "currency": draw(st.sampled_from([None, "EUR"])),
        "time_zone": draw(st.sampled_from([None, "Asia/Shanghai"])),
        "cleaning": cleaning,
        "segmentations": draw(plans()),
    }


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of orders."""
    path = tmp_path_factory.mktemp("doors") / "订单 '1'.csv"
    path.write_text(LINES, "utf-8")
    return path


COLUMNS: tuple[dict[str, dict[str, Any]], ...] = (
    {},
    {"商品": {"role": "ignore"}, "渠道": {"merges": (("网店", "门店"),)}},
    {"渠道": {"role": "category"}, "商品": {"missing": "unknown", "nothing": ("茶",)}},
    {"订单状态": {"role": "ignore"}, "实付金额": {"decimal": "point"}, "下单日期": {"date_order": "ymd"}},
)


def with_columns(recipe: Recipe, changed: dict[str, dict[str, Any]]) -> Recipe:
    """Return the recipe with something else said about some columns."""
    [source] = recipe.sources
    columns = tuple(column.model_copy(update=changed.get(column.name, {})) for column in source.columns)
    return recipe.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)})


# What a page asks of a study, with one memo for all: what is kept for one recipe must not be another's.
MEMO = in_dict()


def of_pages(study: Run) -> Figures:
    """Return the figures of the run whose steps the pages ask for, each by itself, the last first."""
    for plan in reversed(study.recipe.segmentations):
        with suppress(AnalysisError):
            study.segmentation(plan)
    return plain(summary(study.result()))


def run_before(tables: list[Any], recipe: Recipe) -> StudyResult | None:
    """Return the run of some months before, which learned everything anew; None where the data refuses one."""
    plans = tuple(plan.model_copy(update={"fit": "refit", "edits": ()}) for plan in recipe.segmentations)
    try:
        return run(tables, recipe.model_copy(update={"as_of": date(2024, 8, 31), "segmentations": plans}))
    except AnalysisError:
        return None


@examples(6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(chosen=changes(), columns=st.sampled_from(COLUMNS), kind=st.sampled_from(KINDS), follows=st.booleans())
def test_every_door_gives_the_same_figures(
    shop: Path, chosen: dict[str, Any], columns: dict[str, dict[str, Any]], kind: str, follows: bool
) -> None:
    suggested = suggest(read(shop))
    recipe = with_columns(suggested.model_copy(update=chosen), columns)
    tables = read(shop, recipe=recipe)
    previous = run_before(tables, recipe) if follows else None
    before = None if previous is None else before_of(previous)
    study = Run(tuple(tables), recipe, before=before, memo=MEMO)
    try:
        figures = plain(summary(run(study.tables, recipe, before=before)))
    except AnalysisError as refused:
        with pytest.raises(AnalysisError, match=refused.code):
            of_pages(study)
        assert set(of_command_line([shop], recipe, previous=previous)) == {"refused"}
        return
    assert of_pages(study) == figures
    assert plain(summary(refresh(tables, recipe, previous))) == figures
    assert of_command_line([shop], recipe, previous=previous) == figures
    if previous is not None:
        return  # the code of a page begins from the files alone
    try:
        _, edited = study.segmentation(kind)
    except AnalysisError:
        return  # the page says why, and shows no code
    found = executed(segmentation_code(recipe, kind, files=[shop.name], suggested=suggested), shop.parent)["result"]
    assert found.edited[kind].segmentation.labels.equals(edited.segmentation.labels)
    assert found.edited[kind].segmentation.segments.equals(edited.segmentation.segments)
    assert (found.edited[kind].names, found.edited[kind].hidden) == (edited.names, edited.hidden)
    if recipe.plan(kind):
        assert plain(summary(found))["segmentations"][kind] == figures["segmentations"][kind]
