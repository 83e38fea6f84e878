"""Orders in two tables: customer and date stand with the order, what was paid with its lines."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.figures import summary
from analysis.intake.people.identity import same_in_column
from analysis.intake.reading.read import read_file
from analysis.intake.standard.merges import Merges
from analysis.intake.standard.order_headers import roles_of_order_headers
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import source_of, with_kind, with_tables
from analysis.recipe import Column, Recipe, Source
from analysis.study import suggest
from tests.unsegmented import run_unsegmented

# As the shop database of Olist writes them. By hand: ana 10 + 20.50 + 7 = 37.50 in o1 and o3, bo 5 + 5 = 10 in o2,
# cy 99 in o4, which was cancelled; o5 has no line; the line of o9 has no order.
ORDERS = """order_id,customer_id,order_status,order_purchase_timestamp,order_delivered_customer_date
o1,ana,delivered,2018-01-02 10:00:00,2018-01-09 10:00:00
o2,bo,delivered,2018-01-03 11:00:00,2018-01-08 10:00:00
o3,ana,delivered,2018-02-04 12:30:00,2018-02-09 10:00:00
o4,cy,canceled,2018-02-05 09:00:00,
o5,dee,delivered,2018-02-06 09:00:00,2018-02-09 10:00:00
o1,ana,delivered,2018-01-02 10:00:00,2018-01-09 10:00:00
"""
ITEMS = """order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value
o1,1,tea,s1,2018-01-05 10:00:00,10.00,3.10
o1,2,pot,s2,2018-01-05 10:00:00,20.50,4.20
o2,1,tea,s1,2018-01-06 11:00:00,5.00,2.00
o2,2,tea,s1,2018-01-06 11:00:00,5.00,2.00
o3,1,cup,s2,2018-02-07 12:30:00,7.00,2.00
o4,1,vat,s1,2018-02-08 09:00:00,99.00,9.00
"""
STRAY = "o9,1,tea,s1,2018-02-08 09:00:00,1.00,9.00\n"
PAYMENTS = """order_id,payment_sequential,payment_type,payment_value
o1,1,card,37.80
o2,1,voucher,14.00
o3,1,card,9.00
o4,1,card,108.00
o5,1,card,1.00
"""


def tables(**texts: str):
    return [table for name, text in texts.items() for table in read_file(text.encode(), name=f"{name}.csv")]


@pytest.mark.parametrize("order", [("orders", "items", "payments"), ("payments", "items", "orders")])
def test_the_lines_take_customer_and_date_from_their_order(order: tuple[str, ...]) -> None:
    texts = {"orders": ORDERS, "items": ITEMS, "payments": PAYMENTS}
    read = tables(**{name: texts[name] for name in order})
    guesses = {guess.table.file: guess for guess in inspect(read)}
    assert {file: guess.kind for file, guess in guesses.items()} == {
        "orders.csv": "order_heads",
        "items.csv": "orders",
        "payments.csv": "ignore",
    }
    assert guesses["payments.csv"].repeats == "items.csv"
    roles = {column.name: column.role for column in guesses["items.csv"].columns}
    assert (roles["price"], roles["freight_value"], roles["seller_id"]) == ("amount", "shipping", "ignore")
    found = run_unsegmented(read)
    customers = found.profiles.customers.set_index("customer_id")
    assert customers["spend"].to_dict() == {"ana": 37.5, "bo": 10.0, "cy": 0.0}
    assert customers["n_orders"].to_dict() == {"ana": 2, "bo": 1, "cy": 0}
    assert (summary(found)["orders"], summary(found)["revenue"], summary(found)["as_of"]) == (3, 47.5, "2018-02-05")
    counts = {count.table: (count.read, count.kept, count.set_aside) for count in found.standard.counts}
    assert counts["items.csv"] == (6, 5, {"excluded_state": 1})
    assert counts["orders.csv"] == (6, 4, {"duplicate_order": 1, "no_amount": 1})
    assert found.quality is not None
    codes = {finding.code: finding.rows for finding in found.quality.findings}
    assert (codes["head_without_lines"], codes["duplicate_order"], codes["excluded_state"]) == (1, 1, 1)


@pytest.mark.parametrize("first", ["orders", "items"])
def test_what_comes_later_is_recognised_as_if_it_had_come_at_once(first: str) -> None:
    texts = {"members": "customer_id,name\nana,Ana\nbo,Bo\ncy,Cy\n", "orders": ORDERS, "items": ITEMS}
    old = [one for one in tables(**texts) if one.file != f"{ {'orders': 'items', 'items': 'orders'}[first] }.csv"]
    later = [one for one in tables(**texts) if one.key not in {table.key for table in old}]
    begun = suggest(old)
    both = with_tables(begun, [*old, *later], inspect([*old, *later]), inspect(old))
    kinds = {source.file: source.kind for source in both.sources}
    assert kinds == {"members.csv": "customers", "orders.csv": "order_heads", "items.csv": "orders"}
    spend = run_unsegmented([*old, *later], both).profiles.customers.set_index("customer_id")["spend"]
    assert spend[["ana", "bo"]].to_dict() == {"ana": 37.5, "bo": 10.0}
    chosen = with_kind(begun, old, old[1], "feedback")  # what a person said stays
    kept = with_tables(chosen, [*old, *later], inspect([*old, *later]), inspect(old))
    assert source_of(kept, [*old, *later], old[1]) == source_of(chosen, old, old[1])


def test_a_line_whose_order_is_unknown_is_set_aside_by_name() -> None:
    items = ITEMS + ITEMS.split("\n", 1)[1].replace("o4", "o3") + STRAY
    read = tables(orders=ORDERS, items=items)
    standard = standardise(read, suggest(read))
    [count] = [count for count in standard.counts if count.table == "items.csv"]
    assert (count.read, count.kept, count.set_aside) == (13, 11, {"excluded_state": 1, "no_customer": 1})
    assert all(count.read == count.kept + sum(count.set_aside.values()) for count in standard.counts)


def test_an_amount_table_of_other_orders_stays_apart() -> None:
    others = ITEMS.replace("\no", "\nx")
    assert "order_heads" not in {guess.kind for guess in inspect(tables(orders=ORDERS, items=others))}


def test_merges_reach_the_lines() -> None:
    read = tables(orders=ORDERS, items=ITEMS)
    merges = Merges().decide([("ana", "bo")], "same")
    customers = run_unsegmented(read, merges=merges).profiles.customers
    assert customers["spend"].tolist() == [47.5, 0.0]


def test_days_of_the_order_decide_the_order_of_day_and_month() -> None:
    days = (
        ORDERS.replace("2018-01-02", "02/01/2018")
        .replace("2018-01-03", "25/01/2018")
        .replace("2018-02-04", "04/02/2018")
    )
    read = tables(orders=days, items=ITEMS)
    rows = (
        standardise(read, suggest(read)).cursor().execute("SELECT DISTINCT order_id, order_date::VARCHAR FROM orders")
    )
    assert dict(rows.fetchall()) == {"o1": "2018-01-02", "o2": "2018-01-25", "o3": "2018-02-04"}


@pytest.mark.parametrize(
    ("lacking", "code"),
    [("order_id", "no_order_column"), ("customer_id", "no_customer_column"), ("order_date", "no_date_column")],
)
def test_heads_that_lack_a_column_are_refused(lacking: str, code: str) -> None:
    roles = {"order_id": "order_id", "customer_id": "customer_id", "order_purchase_timestamp": "order_date"}
    columns = tuple(Column(name=name, role="ignore" if role == lacking else role) for name, role in roles.items())
    lines = (Column(name="order_id", role="order_id"), Column(name="price", role="amount"))
    recipe = Recipe(sources=(Source(kind="order_heads", columns=columns), Source(kind="orders", columns=lines)))
    with pytest.raises(AnalysisError) as refused:
        standardise(tables(orders=ORDERS, items=ITEMS), recipe)
    assert refused.value.code == code


def test_a_table_that_names_its_customers_borrows_nothing() -> None:
    recipe = suggest(tables(orders=ORDERS, items=ITEMS))
    assert "status" in roles_of_order_headers(recipe, {"order_id", "amount"})
    assert roles_of_order_headers(recipe, {"order_id", "amount", "customer_id", "order_date"}) == ()
    assert roles_of_order_headers(recipe, {"amount"}) == ()


def once_each(n: int = 60) -> str:
    return "order_id,customer_id,order_purchase_timestamp,price\n" + "".join(
        f"o{i},c{i},2018-01-{i % 28 + 1:02d},{i}.50\n" for i in range(n)
    )


def test_customers_who_all_bought_once_are_said_with_the_column_that_comes_back() -> None:
    members = "customer_id,customer_unique_id,customer_city\n" + "".join(
        f"c{i},person{i % 52},{('sao paulo', 'rio')[i % 2]}\n" for i in range(60)
    )
    read = tables(orders=once_each(), members=members)
    found = run_unsegmented(read).quality
    assert found is not None
    [said] = [finding for finding in found.findings if finding.code.startswith("customers_once")]
    assert (said.code, said.column, said.everyone) == ("customers_once_other", "customer_id", True)
    assert said.facts == {"n": 60, "key": "customer_unique_id", "other": "members.csv"}
    pairs = same_in_column(read, suggest(read), "members.csv", "customer_unique_id")
    twice = {frozenset((f"c{i}", f"c{i + 52}")) for i in range(8)}
    assert {frozenset(pair) for pair in pairs} == twice
    joined = run_unsegmented(read, merges=Merges().decide(pairs, "same"))
    assert sorted(joined.profiles.customers["n_orders"]) == [1] * 44 + [2] * 8
    assert joined.quality is not None
    assert not [finding for finding in joined.quality.findings if finding.code.startswith("customers_once")]
    alone = run_unsegmented(tables(orders=once_each())).quality
    assert alone is not None
    assert [found.code for found in alone.findings if found.code.startswith("customers_once")] == ["customers_once"]


@pytest.mark.parametrize("text", [once_each(49), once_each() + "o60,c3,2018-01-02,4.50\n"])
def test_few_customers_or_one_who_came_back_raise_no_alarm(text: str) -> None:
    found = run_unsegmented(tables(orders=text)).quality
    assert found is not None
    assert not [finding for finding in found.findings if finding.code.startswith("customers_once")]


SOLD = "Order No,Ordered on,Client,Order total\n" + "".join(
    f"A-{i},2024-03-{i % 28 + 1:02d},c{i % 5},{100 + i}.00\n" for i in range(30)
)


def test_refunds_in_a_file_of_their_own_find_their_customer_by_the_order() -> None:
    returns = "RMA number,Order No,Return date,Reason,Amount refunded\n" + "".join(
        f"R{i},A-{i},2024-04-0{i + 1},broken,10.00\n" for i in range(3)
    )
    found = run_unsegmented(tables(orders=SOLD, returns=returns))
    spend = found.profiles.customers.set_index("customer_id")["spend"]
    assert spend.sum() == sum(100 + i for i in range(30)) - 30
    assert spend["c0"] == sum(100 + i for i in range(0, 30, 5)) - 10 and len(spend) == 5
    assert summary(found)["orders"] == 30


def test_refunds_whose_orders_are_not_there_are_not_used() -> None:
    returns = "RMA number,Order No,Return date,Amount refunded\n" + "".join(
        f"R{i},B-{i},2024-04-0{i + 1},10.00\n" for i in range(3)
    )
    found = run_unsegmented(tables(orders=SOLD, returns=returns))
    assert [count.kind for count in found.standard.counts] == ["orders", "ignore"]
