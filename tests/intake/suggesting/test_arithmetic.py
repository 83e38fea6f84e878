"""Quantity, price and amount under headings that nobody knows are told by their products."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.arithmetic import best_product, products, sum_of
from analysis.intake.suggesting.suggest import inspect

N = 20


def roles_of(header: str, rows: list[list[object]]) -> dict[str, str]:
    lines = [f"R{i},2024-01-{1 + i:02d},C{i % 4},{','.join(map(str, row))}" for i, row in enumerate(rows)]
    [guess] = inspect(
        read_file("\n".join([f"Order ID,Order date,Customer ID,{header}", *lines]).encode(), name="x.csv")
    )
    return {column.name: column.role for column in guess.columns[3:]}


def rows(order: str) -> list[list[object]]:
    """Write quantity, price and amount in an order of columns."""
    made = []
    for i in range(N):
        count, price = 1 + i % 4, 5 + 0.25 * i
        cells = {"q": count, "p": f"{price:.2f}", "a": f"{count * price:.2f}"}
        made.append([cells[one] for one in order])
    return made


@pytest.mark.parametrize("order", ["qpa", "apq", "paq"])
def test_two_columns_that_multiply_to_the_third_are_quantity_price_and_amount(order: str) -> None:
    names = {"q": "quantity", "p": "unit_price", "a": "amount"}
    found = roles_of("Aa,Bb,Cc", rows(order))
    assert list(found.values()) == [names[one] for one in order]


@pytest.mark.parametrize("headers", ["Qty,Amount,Total", "Menge,Betrag,Summe", "数量,金额,合计"])
def test_a_column_called_amount_is_a_price_where_another_one_is_its_product(headers: str) -> None:
    assert list(roles_of(headers, rows("qpa")).values()) == ["quantity", "unit_price", "amount"]


def test_a_column_that_nothing_multiplies_to_stays_what_its_header_says() -> None:
    found = roles_of("Qty,Foo,Total", [[1 + i % 3, f"{4 + i}.50", f"{90 - i}.00"] for i in range(N)])
    assert found == {"Qty": "quantity", "Foo": "ignore", "Total": "amount"}


def test_ones_and_few_rows_prove_nothing() -> None:
    n = np.arange(1.0, 21)
    assert products({"ones": np.ones(20), "price": n, "amount": n}) == []
    assert products({"a": n[:5], "b": n[:5], "c": n[:5] ** 2}) == []
    assert best_product({"a": n % 3 + 1.5, "b": n + 0.5, "c": (n % 3 + 1.5) * (n + 0.5)}) is None  # no count among them


def test_a_sum_is_found_with_the_sign_of_each_part_and_rounding_is_allowed_for() -> None:
    rng = np.random.default_rng(5)
    goods, off, post = rng.uniform(10, 90, 60).round(2), rng.uniform(0, 5, 60).round(2), rng.choice([0, 4.9], 60)
    columns = {"goods": goods, "off": off, "post": post, "total": (goods - off + post).round(2)}
    found = sum_of("total", ["goods"], ["off", "post"], columns)
    assert found is not None
    assert (found.sign("off"), found.sign("post"), found.sign("none"), found.n, found.of) == (-1, 1, 0, 60, 60)
    assert found.formula == "goods − off + post = total"
    noise = columns | {"total": columns["total"] + rng.choice([0, 3], 60)}
    assert sum_of("total", ["goods"], ["off", "post"], noise) is None


def test_a_part_must_hold_in_its_own_rows() -> None:
    """A part of three rows in a hundred is not in an amount because the other rows agree without it."""
    total = np.full(100, 10.0) + np.arange(100)
    part = np.zeros(100)
    part[:3] = 2
    columns = {"goods": total, "part": part, "total": total}
    assert sum_of("total", ["goods"], ["part"], columns) is None


def test_fees_that_stay_the_same_make_no_product_of_a_count() -> None:
    """Minus two times minus a half is one, in every row: fees of a marketplace, and no price."""
    cells = [[1, f"{20 + i}.00", "-2.00", "-0.50"] for i in range(N)]
    found = roles_of("Quantity,Sale price,Market fee,Payment fee", cells)
    assert list(found.values()) == ["quantity", "unit_price", "ignore", "ignore"]


def test_a_price_is_known_by_its_header_where_both_factors_are_whole_or_neither_is() -> None:
    told = [(1 + i % 4 * 0.25, 4 + i % 2) for i in range(N)]
    cells = [[f"{weight:.2f}", f"{price}.00", f"{weight * price:.2f}"] for weight, price in told]
    assert roles_of("Kg,€/kg,Total", cells) == {"Kg": "quantity", "€/kg": "unit_price", "Total": "amount"}


@pytest.mark.parametrize(
    ("header", "total"),
    [
        ("Base imponible,IVA,Recargo,Total factura", "Total factura"),
        ("Totaal excl. btw,Btw,Toeslag,Totaal incl. btw", "Totaal incl. btw"),
        ("Subtotal,VAT,Levy,Total", "Total"),
        ("未税金额,税额,附加,价税合计", "价税合计"),
    ],
)
def test_what_was_paid_holds_the_taxes_that_stand_beside_the_net_sum(header: str, total: str) -> None:
    """Credit notes, which are negative, add up like invoices."""
    sign = [-1 if i % 5 == 4 else 1 for i in range(N)]
    told = [(100 + i, 20 + i / 5, 3, 123 + i * 1.2) for i in range(N)]
    found = roles_of(header, [[f"{sign[i] * one:.2f}" for one in row] for i, row in enumerate(told)])
    assert [name for name, role in found.items() if role == "amount"] == [total]


def test_a_total_with_a_tip_is_not_taken_for_the_net_sum() -> None:
    cells = [[100 + i, f"{20 + i / 5:.2f}", i % 4, f"{120 + i * 1.2 + i % 4:.2f}"] for i in range(N)]
    found = roles_of("Net Sales,Tax,Tip,Total Collected", cells)
    assert found["Net Sales"] == "amount"


@pytest.mark.parametrize("header", ["平台佣金", "Channel fee", "Brand commission"])
def test_what_a_platform_takes_is_no_channel(header: str) -> None:
    assert roles_of(f"{header},Total", [[10 + i % 4, f"{90 + i}.00"] for i in range(N)])[header] == "ignore"


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Rejection reason", "Customer changed mind"), ("取消", "取消"), ("Motif d'annulation", "Rupture"),
        ("취소사유", "품절"),
        ("Ablehnungsgrund", "Bonität"), ("Причина отмены", "нет товара"),
    ],
)  # fmt: skip
def test_a_reason_for_being_cancelled_undoes_its_rows_and_a_remark_in_all_rows_does_not(header: str, cell: str) -> None:
    some = roles_of(f"Total,{header}", [[f"{90 + i}.00", cell if i % 6 == 0 else ""] for i in range(N)])
    each = roles_of(f"Total,{header}", [[f"{90 + i}.00", f"{cell} {i % 3}"] for i in range(N)])
    assert (some[header], each[header] == "cancelled_flag") == ("cancelled_flag", False)
