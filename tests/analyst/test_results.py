"""The analyst's door: results as frames, in a line, in another process; errors that say what would have been right."""

from __future__ import annotations

import dataclasses
import inspect
import json
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib import import_module
from multiprocessing import get_context
from pkgutil import walk_packages
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import AnalysisError, begin, compare_two, translator, with_feature
from analysis.compare.influence import influences
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.reading.results import read_results
from analysis.intake.judging.finding import Finding
from analysis.notes import Note
from analysis.profiles.result import Feature, Profiles
from analysis.segments.methods import METHODS
from analysis.segments.result import segmentation_of
from analysis.study import StudyResult
from analysis.study.for_others import for_others
from analysis.tabular import MOST_ROWS, Tabular
from tests.analyst.columns import COLUMNS
from tests.analyst.of_act import of_act
from tests.analyst.of_choices import of_choices
from tests.analyst.of_history import of_history
from tests.analyst.of_tags import of_tags
from tests.analyst.predictions import of_predictions
from texts import LANGUAGES


def kinds() -> set[type]:
    for module in walk_packages(analysis.__path__, "analysis."):
        import_module(module.name)
    return set(subclasses(Tabular))


def subclasses(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("analysis."):
            yield below
            yield from subclasses(below)


@pytest.fixture(scope="module")
def found(shop: StudyResult) -> dict[str, Any]:
    """Return one result of every kind."""
    rfm = shop.edited["rfm"].segmentation
    first, second = rfm.segments["segment"][:2]
    overview = analysis.overview(shop.standard, shop.profiles, analysis.OverviewParams())
    rng = np.random.default_rng(7)
    rows = pd.DataFrame(
        {
            "group": ["A", "B"] * 200,
            "spend": rng.gamma(2.0, 10.0, 400).round(2),
            "segment": np.repeat(["old", "new"], 200),
            "when": [2023, 2023, 2024, 2024] * 100,
        }
    )
    choice = analysis.ReadParams(
        arm="group", segment="segment", metrics=(analysis.Metric(column="spend", kind="mean"),)
    )
    data = analysis.read_experiment(rows, choice)
    evaluation = analysis.evaluate(data)
    by_segment = analysis.read_segments(data, metric="spend", treatment="B")
    change = analysis.read_change(rows, analysis.ChangeParams(outcome="spend", when="when", since="2024"))
    effect = evaluation.main.reading.absolute
    plan = shop.recipe.plan_or_usual("rfm")
    results = [
        shop,
        shop.prepared,
        shop.profiles,
        shop.standard,
        shop.quality,
        analysis.reconcile(shop.standard.raws, shop.recipe, total=shop.standard.sales().collect()["amount"].sum()),
        shop.quality.tables[0] if shop.quality else None,
        rfm,
        shop.edited["rfm"],
        for_others(shop),
        *shop.segmentations.values(),
        analysis.cross(rfm.labels, shop.edited["clusters"].segmentation.labels),
        analysis.compare(shop.profiles, rfm, [first, second]),
        influences(analysis.compare(shop.profiles, rfm, [first, second]), first),
        analysis.separation(shop.profiles, rfm, importance=False),
        compare_two(shop.profiles, rfm, first, second),
        overview,
        shop.cards,
        overview.concentration,
        overview.cohorts,
        analysis.distributions(shop.profiles, "value")[0],
        analysis.personas(shop.profiles, rfm)[0],
        analysis.sample_size(analysis.ProportionPlan(baseline=0.2, effect=0.05)),
        analysis.clusters_of(np.array([1.0, 2, 4, 5]), pd.Series(list("aabb"))),
        analysis.outlook(shop.standard, shop.profiles, shop.edited["rfm"], plan, analysis.OutlookParams())[0],
        data,
        evaluation,
        read_results(data),
        evaluation.main.reading,
        by_segment,
        change,
        analysis.whom_to_send(by_segment, value_per_unit=1.0, customers={"old": 100.0, "new": 50.0}),
        analysis.decide(effect, analysis.Rule(target=1.0), days=14),
        *of_choices(shop),
        *of_tags(shop),
        *of_predictions(shop),
        *of_history(),
        *of_act(shop),
        analysis.read_margin(
            ProportionStatistic(n=200, successes=40), ProportionStatistic(n=200, successes=44), margin=0.1
        ),
        next(iter(analysis.segment_rules(shop.profiles, rfm).values())),
        analysis.inspect(list(shop.standard.raws))[0],
        analysis.find_personal(shop.standard.raws),
    ]
    return {type(each).__name__: each for each in results}


def test_every_kind_of_result_is_here_with_its_columns(found: dict[str, Any]) -> None:
    assert {kind.__name__ for kind in kinds()} == set(COLUMNS) == set(found)
    assert {inspect.signature(method.run).return_annotation for method in METHODS.values()} <= set(COLUMNS)


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_result_becomes_a_frame_with_the_columns_stated(kind: str, found: dict[str, Any]) -> None:
    frame = found[kind].to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) > 0
    if COLUMNS[kind] is None:
        assert {"customer_id", "spend"} <= set(frame)
        assert len(frame) == 1350
    else:
        assert list(frame) == str(COLUMNS[kind]).split(), list(frame)
    assert found[kind]._shape() == frame.shape


def test_a_frame_is_the_readers_own(found: dict[str, Any]) -> None:
    frame = found["Profiles"].to_frame()
    frame.loc[0, "spend"] = -1.0
    assert found["Profiles"].customers.loc[0, "spend"] != -1.0


def test_a_study_as_a_frame_has_every_customer_with_the_segments(shop: StudyResult) -> None:
    frame = shop.to_frame()
    for kind, edited in shop.edited.items():
        labels = frame[METHODS[kind].segment_column]
        assert (
            labels.value_counts().to_dict() == edited.segmentation.segments.set_index("segment")["customers"].to_dict()
        )


def test_a_reading_as_a_frame_holds_its_own_figures(found: dict[str, Any]) -> None:
    reading = compare_means(MeanStatistic.from_values([1.0, 2, 3]), MeanStatistic.from_values([2.0, 4, 6]))
    [row] = reading.to_frame().to_dict("records")
    assert (row["control"], row["treatment"], row["effect"]) == (2.0, 4.0, 2.0)
    assert (row["low"], row["high"]) == (reading.absolute.low, reading.absolute.high)
    [row] = found["Evaluation"].to_frame().to_dict("records")
    assert (row["metric"], row["arm"]) == ("spend", "B")
    assert row["p"] == found["Evaluation"].main.reading.test.p


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_result_shows_itself_in_one_short_line_without_a_personal_value(
    kind: str, found: dict[str, Any], shop: StudyResult
) -> None:
    line, table = repr(found[kind]), found[kind]._repr_html_()
    assert line.startswith(f"{kind}(")
    assert "\n" not in line
    assert len(line) <= 240
    assert table.count("<tr") <= MOST_ROWS + 1
    for key in ("phone", "name"):
        values = set(shop.profiles.customers[key].dropna().astype(str).head(20))
        assert not [value for value in values if value in line or value in table], key


def test_what_files_say_is_escaped_in_a_notebook() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    base = pd.DataFrame({"customer_id": [nasty], "a<b>": [nasty], "spend": [1.0]})
    profiles = Profiles(base, (Feature("a<b>", "basic", "category", header=nasty),), date(2024, 1, 1))
    groups = segmentation_of(np.array([0]), [nasty], method="rules")
    for shown in (profiles._repr_html_(), groups._repr_html_()):
        assert "<img" not in shown
        assert "<b>" not in shown
        assert "&lt;img" in shown
    assert nasty not in repr(profiles) + repr(groups)


def travelled(result: Any) -> Any:
    """Runs in another process: what came, as a frame."""
    return type(result).__name__, result.to_frame()


def orders_there(study: Any) -> tuple[int, float, list[str]]:
    """Runs in another process: asks the lines that came with a study, and goes on from it."""
    lines = study.standard.sales().collect("pandas").to_native()
    _, edited = begin(study.standard.raws, study.recipe).segmentation("tiers")
    return len(lines), float(lines["amount"].sum()), edited.segmentation.segments["segment"].tolist()


def refused_there(name: str) -> None:
    """Runs in another process."""
    raise AnalysisError("experiment_unknown_metric", metric=name, known=("spend",))


def test_every_result_can_be_sent_to_another_process(found: dict[str, Any]) -> None:
    for kind, result in found.items():
        again = pickle.loads(pickle.dumps(result))
        assert type(again) is type(result)
        pd.testing.assert_frame_equal(again.to_frame(), result.to_frame(), obj=kind)


def test_a_pool_of_new_processes_takes_studies_and_gives_back_results_and_errors(shop: StudyResult) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        name, frame = pool.submit(travelled, shop).result()
        n, money, tiers = pool.submit(orders_there, shop).result()
        with pytest.raises(AnalysisError) as raised:
            pool.submit(refused_there, "spent").result()
    assert name == "StudyResult"
    pd.testing.assert_frame_equal(frame, shop.to_frame())
    lines = shop.standard.sales().collect("pandas").to_native()
    assert (n, money) == (len(lines), float(lines["amount"].sum()))
    assert tiers[0] == "tier_heavy"
    assert (raised.value.code, raised.value.nearest) == ("experiment_unknown_metric", "spend")


def test_a_study_begun_travels_without_what_was_computed(shop: StudyResult) -> None:
    study = begin(shop.standard.raws, shop.recipe)
    study.prepared()
    again = pickle.loads(pickle.dumps(study))
    assert again.version == study.version
    assert len(pickle.dumps(study)) < len(pickle.dumps(study.prepared()))


def test_figures_are_json_without_nan(shop: StudyResult) -> None:
    assert json.loads(json.dumps(analysis.summary(shop), allow_nan=False))["customers"] == 1350


def test_figures_that_are_no_number_are_null_wherever_they_stand(shop: StudyResult) -> None:
    nan = float("nan")
    profiles = dataclasses.replace(shop.profiles, notes=(Note("gap", {"share": nan, "days": (date(2024, 3, 5), nan)}),))
    prepared = dataclasses.replace(shop.prepared, profiles=profiles)
    unsure = AnalysisError("clusters_unknown_feature", feature="x", known=("spend",), share=np.float64("nan"))
    quality = dataclasses.replace(shop.quality, findings=(Finding("gap", facts={"money": nan}, money=nan),))
    study = dataclasses.replace(shop, prepared=prepared, problems={"rules": unsure}, quality=quality)
    told = json.loads(json.dumps(analysis.summary(study), allow_nan=False))
    [note] = [note for note in told["notes"] if note["code"] == "gap"]
    assert (note["share"], note["days"]) == (None, ["2024-03-05", None])
    assert (told["not_segmented"]["rules"]["share"], told["not_segmented"]["rules"]["known"]) == (None, ["spend"])
    assert (told["quality"]["findings"][0]["money"], told["quality"]["findings"][0]["facts"]) == (None, {"money": None})


def test_an_unknown_name_names_those_that_are_there_and_the_nearest(shop: StudyResult, found: dict[str, Any]) -> None:
    rfm = shop.edited["rfm"].segmentation
    tries = {
        "champions": lambda: compare_two(shop.profiles, rfm, "champion", "new"),
        "spend": lambda: found["ExperimentData"].metric("spendd"),
        "lifecycle": lambda: begin(shop.standard.raws, shop.recipe).segmentation("lifecycles"),
        "recency_days": lambda: analysis.segment(
            shop.profiles,
            analysis.SegmentationPlan(params=analysis.ClusterParams(features=("recency_day", "spend"), k=2)),
        ),
    }
    for right, tried in tries.items():
        with pytest.raises(AnalysisError) as raised:
            tried()
        assert right in raised.value.facts["known"]
        assert raised.value.nearest == right
        assert f"did you mean {right!r}?" in str(raised.value)
        for language in LANGUAGES:
            assert right in raised.value.sentence(translator(language))


def test_a_long_list_of_names_is_cut_and_a_name_like_no_other_gets_no_guess() -> None:
    error = AnalysisError("experiment_unknown_metric", metric="zzz", known=tuple(f"name_{i}" for i in range(300)))
    assert error.nearest is None
    assert len(str(error)) < 500
    assert "…" in error.sentence(translator("en"))


def test_a_feature_of_ones_own_counts_in_clusters_and_comparisons(shop: StudyResult) -> None:
    profiles = with_feature(shop.profiles, "per_day", lambda c: c["spend"] / (c["recency_days"] + 1), unit="money")
    assert "per_day" not in shop.profiles.customers
    plan = analysis.SegmentationPlan(params=analysis.ClusterParams(features=("per_day", "n_orders"), k=2))
    groups = analysis.segment(profiles, plan).segmentation
    assert "per_day" in set(compare_two(profiles, groups, "cluster_1", "cluster_2").rows["feature"])


def test_every_row_set_aside_is_there_whole(shop: StudyResult) -> None:
    whole = analysis.set_aside_whole(shop.standard, shop.recipe)
    assert len(whole) == sum(count.n_set_aside for count in shop.standard.counts) > 0
    headers = {header for table in shop.standard.raws for header in table.columns}
    assert headers <= set(whole)
    raw = next(table for table in shop.standard.raws if table.key == whole["table_key"].iloc[0])
    there = raw.rows.to_pandas().set_index("line").loc[whole["line"].iloc[0]]
    shown = whole.iloc[0]
    assert [shown[header] for header in raw.columns] == [there[f"c{i}"] for i in range(len(raw.columns))]


def test_results_stay_frozen(found: dict[str, Any]) -> None:
    for result in found.values():
        assert dataclasses.is_dataclass(result)
        with pytest.raises(dataclasses.FrozenInstanceError):
            result.anything = 1


def test_what_is_no_result_of_its_own_shows_itself_in_one_short_line_too(shop: StudyResult) -> None:
    study = begin(shop.standard.raws, shop.recipe)
    for each in (study, analysis.freeze(shop)):
        assert len(repr(each)) <= 120
        assert repr(each).startswith(f"{type(each).__name__}(") and "rfm, tiers" in repr(each)
