from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from analysis.charts.movement import waterfall
from analysis.errors import AnalysisError, ChoiceError
from analysis.segments.params import MovementParams
from analysis.segments.scores.movement import movement, periods
from analysis.study import Prepared, prepare, read, suggest
from tests.samples import sample
from texts import translator

OWN = MovementParams(
    before_start=date(2024, 1, 1), before_end=date(2024, 1, 31), start=date(2024, 3, 1), end=date(2024, 3, 31)
)
LINES = """\
o1,keeps,2024-01-10,100
o2,keeps,2024-03-10,60
o3,grows,2024-01-31,10
o4,grows,2024-03-01,50
o5,leaves,2024-01-01,200
o6,back,2023-06-01,70
o7,back,2024-03-31,30
o8,between,2024-02-15,20
o9,between,2024-03-05,25
o10,fresh,2024-03-20,40
o11,fresh,2024-04-02,5
o12,old,2023-01-01,80
o13,old,2024-03-02,-15
o14,later,2024-04-02,9
"""


def prepared(tmp_path: Path, lines: str = LINES) -> Prepared:
    path = tmp_path / "orders.csv"
    path.write_text("order id,customer id,order date,amount\n" + lines, "utf-8")
    tables = read(path)
    return prepare(tables, suggest(tables))


def test_every_way_to_move_worked_by_hand(tmp_path):
    base = prepared(tmp_path)
    result = movement(base.profiles, base.standard, OWN)
    labels = dict(zip(base.profiles.customers["customer_id"], result.segmentation.labels, strict=True))
    assert {customer: str(key).removeprefix("movement_") for customer, key in labels.items()} == {
        "keeps": "repeating", "grows": "repeating", "leaves": "lapsed", "back": "returned", "between": "returned",
        "fresh": "new", "old": "quiet", "later": "quiet",
    }  # fmt: skip
    money = {row["segment"]: (row["before"], row["now"], row["change"]) for row in result.money.to_dict("records")}
    assert money["movement_repeating"] == (110, 110, 0)
    assert money["movement_lapsed"] == (200, 0, -200)
    assert result.waterfall[["step", "customers", "amount"]].to_numpy().tolist() == [
        ["before", 3, 310], ["lapsed", 1, -200], ["less", 1, -40], ["quiet", 1, -15], ["more", 1, 40],
        ["returned", 2, 55], ["new", 1, 40], ["now", 6, 190],
    ]  # fmt: skip
    assert result.waterfall["end"].iloc[-2] == pytest.approx(result.revenue_now)


def test_the_waterfall_adds_up_on_a_real_shop_and_equals_a_plain_loop():
    base = sample().prepared()
    result = movement(base.profiles, base.standard)
    steps = result.waterfall
    assert steps["amount"].iloc[1:-1].sum() == pytest.approx(result.revenue_now - result.revenue_before)
    assert (steps["start"].iloc[2:-1].to_numpy() == steps["end"].iloc[1:-2].to_numpy()).all()
    with base.standard.cursor() as cursor:
        lines = cursor.execute(
            "SELECT customer_id, order_date FROM orders WHERE NOT is_return AND amount > 0"
        ).fetchall()
    days: dict[str, list[date]] = {}
    for customer, day in lines:
        days.setdefault(customer, []).append(day)
    (before_start, before_end), (start, end) = result.before, result.now
    expected = {}
    for customer, found in days.items():
        was = any(before_start <= day <= before_end for day in found)
        is_now = any(start <= day <= end for day in found)
        first = min(found)
        kind = "repeating" if was and is_now else "lapsed" if was else "quiet"
        expected[customer] = kind if was or not is_now else "new" if first >= start else "returned"
    labels = result.segmentation.labels.str.removeprefix("movement_")
    got = {c: k for c, k in zip(base.profiles.customers["customer_id"], labels, strict=True) if isinstance(k, str)}
    assert got == expected
    assert result.segmentation.n_outside == len(labels) - len(expected)


def test_the_last_days_end_before_the_date_of_the_study_and_have_their_length():
    before, now = periods(MovementParams(days=90), date(2024, 7, 1))
    assert now == (date(2024, 4, 2), date(2024, 6, 30))
    assert (now[1] - now[0]).days == (before[1] - before[0]).days == 89
    assert before[1] + timedelta(days=1) == now[0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"before_start": date(2020, 1, 1), "before_end": date(2020, 1, 31)}, "movement_nobody_before"),
        ({"start": date(2030, 1, 1), "end": date(2030, 1, 31)}, "movement_nobody_now"),
    ],
)
def test_a_period_in_which_nobody_ordered_is_refused_with_its_dates(changes, code, tmp_path):
    base = prepared(tmp_path)
    with pytest.raises(AnalysisError) as raised:
        movement(base.profiles, base.standard, MovementParams.model_validate({**OWN.model_dump(), **changes}))
    assert raised.value.code == code
    assert raised.value.facts["start"] in changes.values()


def test_without_orders_it_is_refused(tmp_path):
    base = prepared(tmp_path)
    with pytest.raises(AnalysisError) as raised:
        movement(base.profiles, None)
    assert raised.value.code == "movement_needs_orders"


@pytest.mark.parametrize(
    "changes", [{"start": None}, {"start": date(2024, 1, 31)}, {"before_end": date(2023, 1, 1)}, {"days": 0}]
)
def test_periods_that_cross_or_lack_a_date_are_refused(changes):
    with pytest.raises(ChoiceError):
        MovementParams.model_validate({**OWN.model_dump(), **changes})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_waterfall_has_a_bar_per_step_in_both_languages(language, tmp_path):
    base = prepared(tmp_path)
    drawn = waterfall(movement(base.profiles, base.standard, OWN), translator(language)).to_dict()
    (rows,) = drawn["datasets"].values()
    assert [row["label"] for row in rows][:2] == ["310", "-200"]
    assert len({row["step"] for row in rows}) == 8
