from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from analysis.errors import AnalysisError
from analysis.overview.overview import data_period, filter_choices, overdue, overview, selected_customers
from analysis.overview.params import OverviewParams
from analysis.overview.periods import Period
from analysis.overview.result import FIGURES
from analysis.recipe import Cleaning
from analysis.study import prepare, read, suggest
from tests.samples import sample

HEADER = "customer id,order id,order date,amount,region,category,product name"
LINES = [
    ("a", 1, "2024-01-10", 100, "North", "Tea", "Green"),
    ("a", 1, "2024-01-10", 50, "North", "Cups", "Mug"),
    ("b", 2, "2024-02-01", 30, "South", "Tea", "Green"),
    ("a", 3, "2024-03-01", 70, "North", "Tea", "Black"),
    ("b", 4, "2024-03-05", -10, "South", "Tea", "Green"),
    ("c", 5, "2024-03-31", 60, "South", "Cups", "Mug"),
]


def own(start: date, end: date, **filters) -> OverviewParams:
    return OverviewParams(period="own", start=start, end=end, **filters)


def values(result) -> dict[str, float | None]:
    return {figure.key: figure.value for figure in result.figures}


def test_a_case_worked_by_hand(study_of):
    prepared = study_of(LINES, HEADER)
    result = overview(prepared.standard, prepared.profiles, OverviewParams())
    assert result.period == Period(date(2024, 1, 10), date(2024, 3, 31))
    assert values(result) == {
        "customers": 3, "buyers": 3, "new_buyers": 3, "orders": 4, "revenue": 300, "average_order_value": 75,
        "repurchase_rate": pytest.approx(1 / 3), "top_share": None,
    }  # fmt: skip
    assert result.figure("top_share").reason == "too_few_buyers"
    assert result.concentration is None
    rate = result.figure("repurchase_rate")
    assert rate.n == 3
    # Wilson's interval of 1 in 3, worked with z = 1.96: (1/3 + z²/6 ∓ z·√(2/27 + z²/36)) ÷ (1 + z²/3).
    assert (rate.low, rate.high) == (pytest.approx(0.0615, abs=1e-3), pytest.approx(0.7923, abs=1e-3))


def test_the_line_over_time_adds_up_and_marks_the_part_months(study_of):
    prepared = study_of(LINES, HEADER)
    params = own(date(2024, 1, 1), date(2024, 3, 30))
    result = overview(prepared.standard, prepared.profiles, params)
    assert result.bucket == "week"
    assert result.over_time["revenue"].sum() == 240
    assert result.over_time["complete"].tolist() == [True] * 12 + [False]


def test_products_are_net_of_returns(study_of):
    prepared = study_of(LINES, HEADER)
    products = overview(prepared.standard, prepared.profiles, OverviewParams()).products
    assert products is not None
    assert products.values.tolist() == [["Green", 120.0, 2, 2], ["Mug", 110.0, 2, 2], ["Black", 70.0, 1, 1]]


def test_a_change_is_refused_where_the_data_does_not_reach(study_of):
    prepared = study_of(LINES, HEADER)
    for figure in overview(prepared.standard, prepared.profiles, OverviewParams()).figures:
        assert figure.against_before.change is None
        assert figure.against_before.reason == "before_data"
        assert figure.against_year.reason == "before_data"
    late = overview(prepared.standard, prepared.profiles, own(date(2024, 3, 25), date(2024, 4, 3)))
    assert late.figure("revenue").against_before.reason == "after_data"


def test_a_change_from_nothing_has_no_percentage(study_of):
    prepared = study_of(LINES, HEADER)
    result = overview(prepared.standard, prepared.profiles, own(date(2024, 3, 31), date(2024, 3, 31)))
    assert result.figure("revenue").against_before.reason == "zero_before"
    assert result.figure("repurchase_rate").against_before.reason == "not_computed"
    assert result.figure("customers").against_before.reason == "undated"


def test_filters_keep_the_lines_that_match(study_of):
    prepared = study_of(LINES, HEADER)
    standard, profiles = prepared.standard, prepared.profiles
    cups = values(overview(standard, profiles, OverviewParams(category=("Cups",))))
    assert (cups["orders"], cups["revenue"], cups["customers"]) == (2, 110, 2)
    south = OverviewParams(region=("South",), category=("Tea",))
    assert values(overview(standard, profiles, south))["revenue"] == 20
    assert selected_customers(standard, profiles, south).tolist() == [False, True, False]
    assert selected_customers(standard, profiles, OverviewParams()).all()
    offered = [(choice.column, choice.value, choice.lines) for choice in filter_choices(standard)]
    assert offered == [("region", "North", 3), ("region", "South", 3), ("category", "Tea", 4), ("category", "Cups", 2)]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (OverviewParams(region=("Mars",)), "overview_nothing_in_period"),
        (own(date(2020, 1, 1), date(2020, 2, 1)), "overview_nothing_in_period"),
        (OverviewParams(channel=("Web",)), "overview_no_filter_column"),
    ],
)
def test_what_cannot_be_answered_is_refused(params, code, study_of):
    prepared = study_of(LINES, HEADER)
    with pytest.raises(AnalysisError) as raised:
        overview(prepared.standard, prepared.profiles, params)
    assert raised.value.code == code


def test_a_customers_table_alone_has_no_overview(study_of):
    header = "member id,gender,age,sign-up date"
    prepared = study_of([(f"M{i}", "FM"[i % 2], 20 + i, f"2024-01-{i + 1:02}") for i in range(20)], header)
    assert data_period(prepared.standard, prepared.profiles) is None
    assert selected_customers(prepared.standard, prepared.profiles, OverviewParams()).sum() == 20
    with pytest.raises(AnalysisError) as raised:
        overview(prepared.standard, prepared.profiles, OverviewParams())
    assert raised.value.code == "overview_needs_orders"


def test_a_filter_on_a_column_of_the_customers_table_selects_whole_customers():
    prepared = sample("subscription_en").prepared()
    everyone = overview(prepared.standard, prepared.profiles, OverviewParams())
    column = next(iter(filter_choices(prepared.standard))).column
    parts = [choice.value for choice in filter_choices(prepared.standard) if choice.column == column]
    revenue = [
        values(overview(prepared.standard, prepared.profiles, OverviewParams(**{column: (value,)})))["revenue"]
        for value in parts
    ]
    assert sum(part or 0 for part in revenue) == pytest.approx(everyone.figure("revenue").value)


def test_figures_and_changes_equal_a_plain_loop(study_of):
    draw = random.Random(7)
    orders = [(f"c{draw.randrange(60)}", date(2022, 1, 1) + timedelta(days=draw.randrange(900))) for _ in range(450)]
    lines = [(customer, n, day, draw.randrange(-9, 90)) for n, (customer, day) in enumerate(orders) for _ in range(2)]
    prepared = study_of(lines)
    as_of = prepared.profiles.as_of

    def loop(period: Period) -> dict[str, float]:
        inside = [line for line in lines if period.start <= line[2] <= period.end and line[2] <= as_of]
        sold = [line for line in inside if line[3] > 0]
        per_buyer: dict[str, set[int]] = {}
        for customer, order, _, _ in sold:
            per_buyer.setdefault(customer, set()).add(order)
        firsts: dict[str, date] = {}
        for customer, _, day, amount in lines:
            if amount > 0:
                firsts[customer] = min(day, firsts.get(customer, day))
        spend = sorted((sum(a for c, _, _, a in inside if c == buyer) for buyer in per_buyer), reverse=True)
        revenue, orders = sum(line[3] for line in inside), len({line[1] for line in sold})
        return {
            "buyers": len(per_buyer),
            "new_buyers": sum(firsts[buyer] >= period.start for buyer in per_buyer),
            "orders": orders,
            "revenue": revenue,
            "average_order_value": revenue / orders,
            "repurchase_rate": sum(len(orders) > 1 for orders in per_buyer.values()) / len(per_buyer),
            "top_share": sum(spend[: len(spend) // 5]) / sum(spend),
        }

    for preset in ("last_12_months", "last_90_days", "last_30_days"):
        result = overview(prepared.standard, prepared.profiles, OverviewParams(period=preset))
        now, before, year = loop(result.period), loop(result.before), loop(result.year)
        for key in FIGURES[1:]:
            figure = result.figure(key)
            assert figure.value == pytest.approx(now[key]), key
            for change, other in ((figure.against_before, before), (figure.against_year, year)):
                assert change.before == pytest.approx(other[key]), key
                if other[key] == 0:
                    assert change.reason == "zero_before"
                    continue
                share = key in ("repurchase_rate", "top_share")
                moved = now[key] - other[key] if share else now[key] / other[key] - 1
                assert change.change == pytest.approx(moved), key
        # An order whose lines fall on two days counts in both steps, so the steps may add up to more.
        assert result.over_time["orders"].sum() >= now["orders"]
        assert result.over_time["revenue"].sum() == pytest.approx(now["revenue"])


def test_row_order_does_not_matter(study_of):
    first = overview(*_of(study_of(LINES, HEADER)), OverviewParams())
    second = overview(*_of(study_of(LINES[::-1], HEADER)), OverviewParams())
    assert first.figures == second.figures
    assert first.products is not None and first.products.equals(second.products)


def test_regulars_are_late_after_twice_their_own_gap(study_of):
    # Both have a gap of ten days; the data ends on 1 April, so the as-of date is the 2nd.
    days = {"late": ("2024-01-01", "2024-01-11", "2024-01-21"), "on_time": ("2024-03-03", "2024-03-13", "2024-03-23")}
    lines = [(name, f"{name}{day}", day, 10) for name in days for day in days[name]]
    prepared = study_of([*lines, ("once", "x", "2024-04-01", 5)])
    found = overdue(prepared.profiles)
    assert found is not None
    assert (found.customers, found.regulars) == (1, 2)


def test_online_retail_as_published(shared_data):
    tables = read(shared_data / "online_retail" / "Online Retail.xlsx")
    recipe = suggest(tables).model_copy(update={"cleaning": Cleaning(returns="set_aside")})
    prepared = prepare(tables, recipe)
    result = overview(prepared.standard, prepared.profiles, OverviewParams())
    assert result.figure("buyers").value == 4338
    assert result.figure("orders").value == 18532
    assert result.figure("revenue").value == pytest.approx(8_911_407.904, abs=0.01)
    assert result.figure("top_share").value == pytest.approx(0.7459, abs=5e-5)
    assert result.over_time["revenue"].sum() == pytest.approx(8_911_407.904, abs=0.01)


def _of(prepared):
    return prepared.standard, prepared.profiles


def test_cdnow_as_published(shared_data, study_of):
    cells = [line.split() for line in (shared_data / "cdnow" / "CDNOW_master.txt").read_text("ascii").splitlines()]
    lines = [(who, f"{day[:4]}-{day[4:6]}-{day[6:]}", amount) for who, day, _, amount in cells if day.isdigit()]
    assert len(lines) == 69_659
    prepared = study_of(lines, "customer id,order date,amount")
    result = overview(prepared.standard, prepared.profiles, OverviewParams())
    assert result.figure("customers").value == 23_570
    assert result.figure("revenue").value == pytest.approx(2_500_315.63, abs=0.01)
    # Everybody in this file came in the first quarter of 1997.
    assert result.cohorts is not None
    sizes = result.cohorts.cells.drop_duplicates("cohort")
    assert [cohort.month for cohort in sizes["cohort"]][:3] == [1, 2, 3]
