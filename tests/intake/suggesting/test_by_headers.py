"""Lists of subscriptions are customers, and visits that somebody paid are orders."""

from __future__ import annotations

import pytest

from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe


def guess_of(header: str, row, n: int = 60):
    text = header + "\n" + "".join(row(i) + "\n" for i in range(n))
    return inspect(read_file(text.encode(), name="t.csv"))[0]


def paid(i: int) -> str:
    return f"2023-{1 + i % 12:02d}-{1 + i % 28:02d},{('9', '29')[i % 2]}.00"


@pytest.mark.parametrize(
    "header",
    [
        "Subscription ID,Customer,Plan,Status,Start date,MRR",
        "Abonnement-Nr.,Kundennummer,Tarif,Status,Datum,Betrag",
        "订阅编号,客户,套餐,状态,开始日期,金额",
    ],
)
def test_a_list_of_subscriptions_holds_customers_whose_cancelling_is_no_undone_order(header: str) -> None:
    guess = guess_of(header, lambda i: f"S{i:04d},K{i:04d},Pro {i % 2},{('active', 'canceled')[i % 2]},{paid(i)}")
    assert (guess.kind, guess.columns[1].role) == ("customers", "customer_id")


def test_orders_that_name_the_subscription_they_belong_to_stay_orders() -> None:
    row = lambda i: f"O{i},S{i % 9},K{i % 9},Pro,{paid(i)}"  # noqa: E731
    assert guess_of("Order,Subscription ID,Customer,Plan,Order date,Total", row).kind == "orders"


def test_visits_that_somebody_paid_are_orders_whose_amount_is_marked_and_offered() -> None:
    head = "Visit ID,Patient No,Visit date,Fee,Patient paid"
    guess = guess_of(head, lambda i: f"V{i},P{i % 9},2024-03-{1 + i % 28:02d},{30 + i}.00,{9 + i}.25")
    assert guess.kind == "orders"
    assert guess.column("session_id") is None
    [worth] = [one for one in decisions([guess.table], (guess,), suggest_recipe((guess,))) if one.is_guess]
    assert {"Fee", "Patient paid"} <= {worth.choice, *(other.choice for other in worth.alternatives)}


def test_visits_without_money_and_named_events_stay_events() -> None:
    head = "session id,user id,time,minutes"
    assert guess_of(head, lambda i: f"V{i},P{i % 9},2024-03-{1 + i % 28:02d} 10:00,{i}").kind == "events"
    head = "event,user id,time,fee"
    assert guess_of(head, lambda i: f"view{i % 3},P{i % 9},2024-03-{1 + i % 28:02d} 10:00,{i}.5").kind == "events"


def test_a_tax_of_a_city_is_no_city() -> None:
    row = lambda i: f"O{i},K{i % 9},2024-03-{1 + i % 28:02d},{2 + i % 3}.00,{90 + i}.00"  # noqa: E731
    guess = guess_of("Order,Customer,Order date,City Tax,Total", row)
    assert guess.column("city") is None


@pytest.mark.parametrize("header", ["Shipping City", "市"])
def test_the_city_of_a_parcel_and_a_heading_of_one_sign_are_cities(header: str) -> None:
    row = lambda i: f"O{i},K{i % 9},2024-03-{1 + i % 28:02d},{('York', 'Bath')[i % 2]},{90 + i}.00"  # noqa: E731
    found = guess_of(f"Order,Customer,Order date,{header},Total", row).column("city")
    assert found is not None and found.name == header
