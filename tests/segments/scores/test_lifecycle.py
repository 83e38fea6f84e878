from __future__ import annotations

import math
import statistics
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts.lifecycle import silence, silence_bins
from analysis.errors import AnalysisError, ChoiceError
from analysis.exports.code import segmentation_code
from analysis.exports.contents import with_segments
from analysis.figures import summary
from analysis.intake.sales import add_sales
from analysis.profiles.result import Profiles
from analysis.segments.edit import apply_edits
from analysis.segments.method import Basis
from analysis.segments.methods import METHODS
from analysis.segments.params import SegmentEdit
from analysis.segments.scores.lifecycle import LEAST_RETURNED, LifecycleParams, LifecycleResult, lifecycle
from analysis.study import prepare, read, run, suggest
from tests.samples import sample
from tests.thorough import examples
from texts import Translator, translator

AS_OF = date(2024, 7, 1)


class Orders:
    """Order lines of a few customers, asked as the tables of a study are."""

    order_roles = frozenset({"order_date", "amount"})

    def __init__(self, days: dict[str, list[date]]) -> None:
        import duckdb

        rows = [(customer, day, 1.0, False) for customer, found in days.items() for day in found]
        frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount", "is_return"])
        self.connection = duckdb.connect()
        self.connection.register("frame", frame)
        self.connection.execute(
            "CREATE TABLE orders AS SELECT customer_id::VARCHAR AS customer_id, order_date::DATE AS order_date, "
            "amount, is_return FROM frame"
        )
        add_sales(self.connection)

    def cursor(self):
        return self.connection.cursor()


def staged(days: dict[str, list[date]], params: LifecycleParams | None = None, as_of: date = AS_OF) -> LifecycleResult:
    base = Profiles(pd.DataFrame({"customer_id": sorted(days)}), (), as_of)
    return lifecycle(base, Orders(days), params)  # pyright: ignore


def stages(days: dict[str, list[date]], result: LifecycleResult) -> dict[str, str]:
    labels = result.segmentation.labels.str.removeprefix("lifecycle_")
    return dict(zip(sorted(days), labels, strict=True))


def ago(*days: int) -> list[date]:
    return [AS_OF - timedelta(days=n) for n in sorted(days, reverse=True)]


def shop() -> dict[str, list[date]]:
    """Sixty customers who ordered every 10 days, 30 times, the last time 5 days ago."""
    return {f"shop{i:02}": ago(*range(5, 300, 10)) for i in range(60)}


def test_every_stage_worked_by_hand():
    days = shop() | {
        "prospect": [], "new": ago(7), "twice new": ago(4, 9), "once active": ago(12), "once at risk": ago(15),
        "once dormant": ago(25), "once lost": ago(31), "slow": ago(30, 90, 150, 210, 270),
        "quick": ago(*range(30, 130, 10)),
    }  # fmt: skip
    result = staged(days, LifecycleParams(season="never"))
    # All gaps of the shop are 10 days, so its first gap is too, and the stages end at 1.25, 2 and 3 times that.
    assert result.usual_first_gap == 10 and result.new_days == 10
    assert result.borders["days"].tolist() == [12.5, 20, 30]
    found = stages(days, result)
    assert {name: found[name] for name in days if not name.startswith("shop")} == {
        "prospect": "prospect", "new": "new", "twice new": "new", "once active": "active", "once at risk": "at_risk",
        "once dormant": "dormant", "once lost": "lost", "slow": "active", "quick": "dormant",
    }  # fmt: skip
    # Four gaps of 60 days against two of 10: exp((4 ln 60 + 2 ln 10) / 6) = 33.0 days.
    slow = result.customers.loc[sorted(days).index("slow")]
    assert slow["rhythm_days"] == pytest.approx(math.exp((4 * math.log(60) + 2 * math.log(10)) / 6))
    assert slow["rhythm_days"] == pytest.approx(33.02, abs=0.01)
    assert slow["multiple"] == pytest.approx(30 / 33.02, abs=0.001)


def test_thirty_silent_days_mean_much_for_who_came_weekly_and_little_for_who_came_twice_a_year():
    days = shop() | {"weekly": ago(*range(30, 300, 7)), "half-yearly": ago(30, 210, 390, 570, 750)}
    found = stages(days, staged(days))
    assert (found["weekly"], found["half-yearly"]) == ("lost", "active")


def test_orders_after_the_day_asked_for_count_for_nothing():
    days = shop() | {"later": [AS_OF + timedelta(days=3)], "came back later": [*ago(200), AS_OF + timedelta(days=1)]}
    found = stages(days, staged(days))
    assert (found["later"], found["came back later"]) == ("prospect", "lost")


def christmas(*, years: int, shoppers: int) -> dict[str, list[date]]:
    """Customers who come twice each December; the last time in 2023."""
    seasons = [[date(2023 - year, 12, 1), date(2023 - year, 12, 12)] for year in range(years)]
    return {f"santa{i:02}": sorted(day for season in seasons for day in season) for i in range(shoppers)}


def test_who_comes_every_december_is_not_lost_in_july():
    days = shop() | christmas(years=3, shoppers=1)
    assert stages(days, staged(days))["santa00"] == "active"
    assert stages(days, staged(days, LifecycleParams(season="never")))["santa00"] == "lost"
    assert [note.facts for note in staged(days).notes if note.code == "lifecycle_seasonal"] == [{"n": 1}]


def test_one_gap_of_a_year_proves_a_season_only_where_the_shop_has_many():
    alone = shop() | christmas(years=2, shoppers=1)
    assert stages(alone, staged(alone))["santa00"] == "lost"
    many = shop() | christmas(years=2, shoppers=12)
    assert stages(many, staged(many))["santa00"] == "active"
    # With as many gaps beside the year as in it, the year is nothing special.
    beside = many | {f"other{i:02}": [date(2022, 12, 1), date(2022, 12, 1) + timedelta(days=250)] for i in range(12)}
    assert stages(beside, staged(beside))["santa00"] in ("dormant", "lost")


def test_a_season_that_was_missed_ends_in_loss():
    days = shop() | christmas(years=3, shoppers=1)
    on = timedelta(days=900)
    later = {name: [day if name == "santa00" else day + on for day in found] for name, found in days.items()}
    assert stages(days, staged(later, as_of=AS_OF + on))["santa00"] == "lost"


def test_the_same_days_for_everybody_need_no_rhythm():
    days = {"active": ago(90, 400), "dormant": ago(365), "lost": ago(366), "new": ago(30), "none": [], "risk": ago(91)}
    result = staged(days, LifecycleParams(by="days"))
    assert stages(days, result) == {
        "none": "prospect", "new": "new", "active": "active", "risk": "at_risk", "dormant": "dormant", "lost": "lost"
    }  # fmt: skip
    assert result.share_here == 2 / 5 and math.isnan(result.shop_rhythm)


def in_a_plain_loop(days: dict[str, list[date]], params: LifecycleParams) -> dict[str, str]:
    """Put every customer into a stage, one at a time; without seasons."""
    own = {name: sorted(set(found)) for name, found in days.items()}
    gaps = {name: [(b - a).days for a, b in pairwise(found)] for name, found in own.items()}
    gaps = {name: found for name, found in gaps.items() if found}
    usual = statistics.median(statistics.median(found) for found in gaps.values())
    rhythm = {}
    for name, found in gaps.items():
        n = len(found)
        logs = n * math.log(statistics.median(found)) + params.shop_gaps * math.log(usual)
        rhythm[name] = math.exp(logs / (n + params.shop_gaps))
    weighed = sorted((gap / rhythm[name], 1 / len(found)) for name, found in gaps.items() for gap in found)
    again, total = [], sum(weight for _, weight in weighed)
    for share, least in zip(params.ends, params.least, strict=True):
        reached = 0.0
        for multiple, weight in weighed:
            reached += weight
            if reached / total >= share - 1e-9:
                again.append(max(multiple, least))
                break
    first = [found[0] for found in gaps.values()]
    once = statistics.median(first)
    borders = [max(float(np.quantile(first, q)), m * once) for q, m in zip(params.ends, params.least, strict=True)]
    found_stages = {}
    for name, found in own.items():
        if not found:
            found_stages[name] = "prospect"
        elif (AS_OF - found[0]).days <= np.quantile(first, params.new_until):
            found_stages[name] = "new"
        else:
            silent = (AS_OF - found[-1]).days
            past = [silent / rhythm[name] > m for m in again] if name in rhythm else [silent > b for b in borders]
            found_stages[name] = ("active", "at_risk", "dormant", "lost")[sum(past)]
    return found_stages


@examples(25)
@given(st.randoms(use_true_random=False), st.floats(0, 5), st.sampled_from([(0.5, 0.8, 0.95), (0.75, 0.9, 0.975)]))
def test_every_customer_stands_where_a_plain_loop_puts_him(random, shop_gaps, ends):
    def orders() -> list[date]:
        return ago(*(random.randint(1, random.choice([20, 200, 700])) for _ in range(random.choice([0, 1, 2, 3, 8]))))

    days = {f"c{i:03}": orders() for i in range(90)}
    params = LifecycleParams(season="never", shop_gaps=shop_gaps, ends=ends)
    if sum(len(set(found)) > 1 for found in days.values()) < LEAST_RETURNED:
        return
    result = staged(days, params)
    assert stages(days, result) == in_a_plain_loop(days, params)
    assert result.segmentation.n_outside == 0
    assert result.segmentation.segments["customers"].sum() == len(days)


ORDER = ["active", "at_risk", "dormant", "lost"]


def test_who_stays_silent_only_ever_moves_on_and_an_order_brings_him_back():
    seen = []
    for silent in range(1, 400, 7):
        days = shop() | {"one": ago(*range(silent, silent + 400, 20))}
        seen.append(stages(days, staged(days))["one"])
    assert [ORDER.index(stage) for stage in seen] == sorted(ORDER.index(stage) for stage in seen)
    assert set(seen) == set(ORDER)
    back = shop() | {"one": ago(1, *range(300, 700, 20))}
    assert stages(back, staged(back))["one"] == "active"


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"a": [], "b": []}, "lifecycle_needs_orders"),
        ({f"c{i}": ago(1) for i in range(50)}, "lifecycle_no_repeat_buyers"),
        ({f"c{i}": ago(1, 9) for i in range(19)}, "lifecycle_too_few_gaps"),
    ],
)
def test_what_cannot_be_known_is_refused_with_its_reason_in_both_languages(days, code):
    with pytest.raises(AnalysisError) as raised:
        staged(days)
    assert raised.value.code == code
    for language in ("en", "zh"):
        assert translator(language)(f"error.{code}", **raised.value.facts)


def test_without_a_table_of_orders_it_is_refused():
    base = Profiles(pd.DataFrame({"customer_id": ["a"]}), (), AS_OF)
    with pytest.raises(AnalysisError, match="lifecycle_needs_orders"):
        lifecycle(base, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": (0.9, 0.75, 0.97)}, {"ends": (0.5, 0.5, 0.9)}, {"least": (0.5, 2, 3)}, {"days": (30, 90, 90, 365)},
        {"new_until": 1}, {"shop_gaps": -1}, {"by": "weeks"}, {"unknown": 1},
    ],
)  # fmt: skip
def test_stages_that_do_not_follow_one_another_are_refused(wrong):
    with pytest.raises(ChoiceError):
        LifecycleParams.model_validate(wrong)


def test_names_for_stages_without_customers_today_are_kept_for_another_day():
    days = shop()
    result = staged(days)
    edited = apply_edits(result.segmentation, [SegmentEdit(segment="lifecycle_lost", name="Gone")])
    assert not edited.notes
    assert edited.names == {"lifecycle_lost": "Gone"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_counts_everybody_who_ordered_in_both_languages(language):
    days = shop() | {"prospect": [], "gone": ago(900)}
    result = staged(days)
    assert silence_bins(result)["customers"].sum() == 61
    drawn = silence(result, translator(language)).to_dict()
    (rows,) = drawn["datasets"].values()
    assert sum(row["customers"] for row in rows) == 61
    assert {row["start"] for row in rows if row["customers"] == 1} == {10.0}
    by_days = silence(staged(days, LifecycleParams(by="days")), translator(language)).to_dict()
    assert by_days["layer"][0]["encoding"]["x"]["title"] == translator(language)("charts.lifecycle_days")


@pytest.mark.parametrize("params", [LifecycleParams(), LifecycleParams(by="days")])
def test_why_says_what_a_stage_rests_on(params):
    days = shop() | christmas(years=3, shoppers=1) | {"prospect": [], "new": ago(7), "once": ago(50)}
    result = staged(days, params)
    names = dict.fromkeys(result.segmentation.segments["segment"], "")
    why = METHODS["lifecycle"].why
    assert why is not None
    base = Profiles(pd.DataFrame({"customer_id": sorted(days)}), (), AS_OF)
    for language in ("en", "zh"):
        told = {why(result, base, row, names, Translator(language))[0][1] for row in range(len(days))}
        assert len(told) >= 4


def of_file(path: Path, as_of: date | None = None) -> tuple[LifecycleResult, Basis]:
    tables = read(path)
    recipe = suggest(tables)
    if as_of is not None:
        recipe = recipe.model_validate({**recipe.model_dump(), "as_of": as_of})
    base = prepare(tables, recipe)
    return lifecycle(base.profiles, base.standard), Basis(base.profiles, base.standard)


def test_in_the_sample_shop_the_stages_hold_everybody_and_the_planted_prospects():
    base = sample().prepared()
    result = lifecycle(base.profiles, base.standard)
    table = result.segmentation.segments.set_index("segment")["customers"]
    n_orders = base.profiles.customers["n_orders"]
    assert table["lifecycle_prospect"] == (n_orders == 0).sum() == 150
    assert table.sum() == len(n_orders) == 1350
    assert 40 < result.shop_rhythm < 80


def test_of_real_customers_each_stage_comes_back_less_often_than_the_one_before(shared_data, tmp_path):
    """CDNOW: stages on 30 September 1997, and who ordered in the 13 weeks after."""
    lines = (shared_data / "cdnow" / "CDNOW_master.txt").read_text().splitlines()
    rows = [line.split() for line in lines[1:] if line.strip()]
    path = tmp_path / "cdnow.csv"
    written = [f"{row[0]},{row[1][:4]}-{row[1][4:6]}-{row[1][6:]},{row[3]}" for row in rows]
    path.write_text("customer_id,order_date,amount\n" + "\n".join(written) + "\n", "utf-8")
    day = date(1997, 9, 30)
    result, basis = of_file(path, day)
    until = (day + timedelta(days=91)).strftime("%Y%m%d")
    after = {row[0].lstrip("0") for row in rows if "19970930" < row[1] <= until and float(row[3]) > 0}
    came = basis.profiles.customers["customer_id"].astype(str).str.lstrip("0").isin(after)
    shares = came.groupby(result.segmentation.labels).mean()
    order = [shares[f"lifecycle_{stage}"] for stage in ("active", "at_risk", "dormant", "lost")]
    assert order == sorted(order, reverse=True)
    assert order[0] > 3 * order[-1]


def test_a_recipe_with_stages_runs_crosses_and_gives_code_that_gives_the_same(root, tmp_path, monkeypatch):
    source, suggested = root / "sample_data" / "中文店铺.xlsx", sample().recipe
    crossing = {"kind": "hybrid", "first": "lifecycle", "second": "tiers"}
    plans = [{"params": {"kind": "lifecycle"}}, {"params": {"kind": "tiers"}}, {"params": crossing}]
    recipe = suggested.model_validate({**suggested.model_dump(), "segmentations": plans})
    result = run(sample().tables, recipe)
    assert not result.problems
    told = summary(result)["segmentations"]
    assert sum(segment["customers"] for segment in told["lifecycle"]["segments"]) == 1350
    assert told["hybrid"]["first"] == "lifecycle"
    assert {"segment_lifecycle", "segment_hybrid"} <= set(with_segments(result, result.profiles.customers))
    monkeypatch.chdir(source.parent)
    code = segmentation_code(recipe, "hybrid", files=[source.name], suggested=suggested)
    names: dict[str, object] = {}
    exec(code, names)
    again: pd.DataFrame = names["segmentation"].segments  # pyright: ignore
    pd.testing.assert_frame_equal(again, result.edited["hybrid"].segmentation.segments)
