"""The customers table joined to the orders, and on its own."""

from __future__ import annotations

from datetime import date

from analysis.intake.reading.read import read_file
from analysis.study import prepare, suggest

ORDERS = "customer id,order date,amount,city\n" + "".join(
    f"c{i % 5},2024-01-{i + 1:02d},{i}.5,Lyon\n" for i in range(20)
)
MEMBERS = "customer id,city,tenure_days,gender\n" + "".join(
    f"c{i},{'Paris' if i else ''},{i * 7},{'FM'[i % 2]}\n" for i in range(8)
)


def profiles(*texts: str):
    tables = [table for i, text in enumerate(texts) for table in read_file(text.encode(), name=f"{i}.csv")]
    return prepare(tables, suggest(tables)).profiles


def test_members_without_an_order_stay_and_their_own_columns_do_not_hide_computed_ones() -> None:
    found = profiles(ORDERS, MEMBERS)
    customers = found.customers.set_index("customer_id")
    assert len(customers) == 8
    assert (customers.loc["c7", "n_orders"], customers.loc["c7", "spend"]) == (0, 0.0)
    assert customers.loc["c7"].isna()["recency_days"]
    assert (customers.loc["c0", "city"], customers.loc["c1", "city"]) == ("Lyon", "Paris")
    assert customers.loc["c4", "tenure_days"] == 16
    assert customers.loc["c4", "tenure_days (2)"] == 28
    assert [feature.key for feature in found.features] == list(customers.columns)


def test_a_customers_table_alone_looks_back_from_its_own_last_date() -> None:
    text = "customer id,signup date,city\n" + "".join(f"c{i},2023-01-{i + 1:02d},X{i % 3}\n" for i in range(20))
    assert profiles(text).as_of == date(2023, 1, 21)


def test_a_year_of_birth_is_a_calendar_year_and_no_count() -> None:
    found = profiles("客户编号,出生年份,城市\n" + "".join(f"M{i},{1960 + i},上海\n" for i in range(12)))
    [born] = [feature for feature in found.features if feature.key == "birth_year"]
    assert born.unit == "year"
