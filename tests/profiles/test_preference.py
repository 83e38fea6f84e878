"""Tastes: what is counted as a product."""

from __future__ import annotations

from analysis.intake.reading.read import read_file
from analysis.study import prepare, suggest

LINES = [
    ("a", "P1", "Mug"), ("a", "P1", "Mug, blue"), ("a", "P2", "Mug"), ("b", "P1", "Mug"), ("b", "", "Delivery"),
    ("c", "", "Delivery"), ("c", "", "Gift wrap"),
]  # fmt: skip


def n_products(header: str, *rows: str) -> dict[str, int]:
    text = f"customer id,order id,order date,amount,{header}\n"
    text += "".join(
        f"{row.split(',')[0]},{i},2024-01-{i + 1:02d},5,{row.split(',', 1)[1]}\n" for i, row in enumerate(rows)
    )
    tables = read_file(text.encode(), name="orders.csv")
    customers = prepare(tables, suggest(tables)).profiles.customers
    return {str(one): int(n) for one, n in zip(customers["customer_id"], customers["n_products"], strict=True)}


def test_products_are_counted_by_their_id_where_the_lines_have_one() -> None:
    rows = [f'{customer},{code},"{name}"' for customer, code, name in LINES]
    assert n_products("product id,product name", *rows) == {"a": 2, "b": 1, "c": 2}


def test_products_are_counted_by_their_name_where_there_is_no_id() -> None:
    rows = [f'{customer},"{name}"' for customer, _, name in LINES]
    assert n_products("product name", *rows) == {"a": 2, "b": 2, "c": 2}


def test_products_are_counted_by_their_id_where_there_is_no_name() -> None:
    rows = [f"{customer},{code or 'P9'}" for customer, code, _ in LINES]
    assert n_products("product id", *rows) == {"a": 2, "b": 2, "c": 1}
