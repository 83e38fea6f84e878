"""Age, bands, generations, city tiers, sign-up, margin: worked by hand."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest

from analysis.intake.reading.read import read_file
from analysis.profiles.dictionary import feature_dictionary
from analysis.profiles.people import add_people, bands
from analysis.recipe import Column, Recipe, Source
from analysis.study import prepare

DAY = date(2024, 6, 30)


def people(**columns) -> tuple[pd.DataFrame, tuple]:
    frame = pd.DataFrame(columns)
    _, notes = add_people(frame, as_of=DAY)
    return frame, notes


def test_age_is_that_of_the_day_and_impossible_ones_are_left_out_with_a_note() -> None:
    born = pd.to_datetime(["2000-06-30", "2000-07-01", None, "1843-01-01", None])
    frame, notes = people(
        birth_date=born, birth_year=[None, None, 1990.0, None, None], age=[None, None, None, None, 65.0]
    )
    assert frame["age"].fillna(-1).tolist() == [24, 23, 34, -1, 65]
    assert frame["age_band"].fillna("").tolist() == ["18–24", "18–24", "25–34", "", "65+"]
    assert frame["generation"].fillna("").tolist() == ["generation_z", "generation_z", "millennials", "", "boomers"]
    assert [(note.code, note.facts["n"]) for note in notes] == [("ages_impossible", 1)]


def test_a_band_of_the_file_stays_and_gaps_are_filled() -> None:
    frame, _ = people(age=[30.0, 30.0], age_band=["thirties", None])
    assert frame["age_band"].tolist() == ["thirties", "25–34"]


def test_city_tiers_are_of_chinese_cities_only() -> None:
    frame, _ = people(city=["上海市", "成都", "佛山市", "拉萨", "Paris", None])
    assert frame["city_tier"].fillna("").tolist() == ["tier_1", "new_tier_1", "tier_2", "other", "", ""]


def test_no_city_stands_in_two_tiers_and_bands_leave_no_gap() -> None:
    tiers = [city for key, cities in bands()["city_tiers"].items() if key != "source" for city in cities]
    assert len(tiers) == len(set(tiers))
    for name in ("age_bands", "generations"):
        table = bands()[name]["bands"]
        assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(table))
        assert bands()[name]["source"]


def test_the_first_week_after_the_sign_up() -> None:
    signed = pd.to_datetime(["2024-06-01", "2024-06-01", "2024-06-01", "2024-06-28", "2024-06-28", "2024-06-01"])
    first = pd.to_datetime(["2024-06-08", "2024-06-09", None, None, "2024-06-29", "2024-05-01"])
    frame, _ = people(signup_date=signed, first_order_date=first)
    assert frame["days_to_first_order"].fillna(-1).tolist() == [7, 8, -1, -1, 1, -1]
    assert [None if pd.isna(late) else bool(late) for late in frame["no_order_in_7_days"]] == [
        False, True, True, None, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "margin"),
    [
        ("unit cost", 6 - 2 * 2 + 10 - 1),
        ("成本价", 6 - 2 * 2 + 10 - 1),
        ("cost amount", 6 - 2 + 10 - 1),
        ("cost", 6 - 2 + 10 - 1),
    ],
)
def test_margin_reads_the_cost_per_piece_or_per_line_by_its_header(header: str, margin: float) -> None:
    roles = {"c": "customer_id", "d": "order_date", "q": "quantity", "a": "amount", header: "cost"}
    text = ",".join(roles) + "\na,2024-01-01,2,6,2\na,2024-01-02,1,10,1\na,2024-01-03,1,9,\nb,2024-01-01,1,5,\n"
    recipe = Recipe(sources=(Source(kind="orders", columns=tuple(Column(name=n, role=r) for n, r in roles.items())),))
    profiles = prepare(read_file(text.encode(), name="a.csv"), recipe).profiles
    frame = profiles.customers.set_index("customer_id")
    assert frame.loc["a", "margin"] == margin
    assert frame.loc["a", "margin_share"] == pytest.approx(margin / 16)
    assert pd.isna(frame.loc["b", "margin"])
    coverage = {entry.key: entry.coverage for entry in feature_dictionary(profiles)}
    assert (coverage["margin"], coverage["spend"]) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("per_piece", "total"), [(True, 25 * 10 + 25 * 30 - 25 * 4 - 25 * 12), (False, 1000 - 25 * 4 - 25 * 12)]
)
def test_lines_tell_whether_the_cost_is_per_piece(per_piece: bool, total: float) -> None:
    roles = {"c": "customer_id", "d": "order_date", "q": "quantity", "a": "amount", "cost": "cost"}
    lines = [f"a,2024-01-01,1,10,4\na,2024-01-02,3,30,{4 if per_piece else 12}\n" for _ in range(25)]
    recipe = Recipe(sources=(Source(kind="orders", columns=tuple(Column(name=n, role=r) for n, r in roles.items())),))
    found = prepare(read_file((",".join(roles) + "\n" + "".join(lines)).encode(), name="a.csv"), recipe)
    assert found.profiles.customers["margin"].tolist() == [total]
    assert ("cost_per_unit" in {note.code for note in found.standard.notes}) == per_piece
