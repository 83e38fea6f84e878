"""A line that answers a question or a guess, put into the recipe, gives the figure that is printed beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import yaml

from analysis.exports.files import recipe_to_yaml
from analysis.figures import summary
from analysis.intake.decision import Decision
from analysis.intake.reading.read import read_file
from analysis.intake.recipe_lines import accepting_line, recipe_line, with_lines
from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.study import suggest
from tests.unsegmented import run_unsegmented

N = 60
FIGURES = ("customers", "orders", "revenue")
CENT = 0.011
Row = Callable[[int], str]


def _day(i: int) -> date:
    return date(2024, 1, 14) + timedelta(3 * i)


def _money(i: int) -> float:
    return 20 + 3.25 * (i * 7 % 31)


def _rows(head: str, *cells: Row) -> str:
    """Write rows of which each cell is told by the place of the row."""
    return "\n".join([head, *(",".join(cell(i) for cell in cells) for i in range(N))])


def _of(head: str, *more: Row, money: Callable[[int], float] = _money) -> str:
    """Write orders with further columns behind number, day, customer and amount."""
    return _rows(f"Order,Date,Customer ID,Total,{head}", NR, DAY, WHO, lambda i: f"{money(i):.2f}", *more)


def _less(every: int) -> Callable[[int], float]:
    return lambda i: -_money(i) if i % every == 5 else _money(i)


def _one_of(*words: str) -> Row:
    return lambda i: words[i % len(words)]


def _every(n: int, word: str, other: str = "") -> Row:
    return lambda i: other if i % n else word


NR: Row = str
DAY: Row = lambda i: str(_day(i))  # noqa: E731
LATER: Row = lambda i: str(_day(i) + timedelta(20 + i % 9))  # noqa: E731
WHO: Row = lambda i: f"C{i % 7}"  # noqa: E731
NAME: Row = lambda i: f"Ann Berg{'abcdef'[i % 6]}"  # noqa: E731
SUM: Row = lambda i: f"{_money(i):.2f}"  # noqa: E731
SMALL: Row = lambda i: f"{_money(i + 3) / 9:.2f}"  # noqa: E731
COUNT: Row = lambda i: str(1 + i % 3)  # noqa: E731
PAID: Row = lambda i: f"{_money(i) / (1 + (i % 4 == 0)):.2f}"  # noqa: E731
OPEN: Row = lambda i: f"{0 if i % 4 else _money(i) / 2:.2f}"  # noqa: E731
PRODUCT: Row = lambda i: f"{(1 + i % 3) * _money(i):.2f}"  # noqa: E731
ORDERS = "Order,Date,Customer ID"

TABLES: dict[str, dict[str, str]] = {
    "unknown states": {"a.csv": _of("Status", _one_of("C/O", "C/O", "CXL", "N/S"))},
    "unknown among known states, with returns": {
        "a.csv": _of("Status", _one_of("Paid", "Refunded", "Zorp", "Blonk", "Paid"), money=_less(8))
    },
    "few beside a state of nearly all": {"a.csv": _of("Status", lambda i: "Blonk" if i in (9, 19, 29) else "Zorped")},
    "most is pending": {"a.csv": _of("Status", _every(3, "Paid", "Pending"))},
    "in part refunded": {"a.csv": _of("Status", _every(9, "Partially refunded", "Paid"))},
    "kinds of rows": {"a.csv": _of("Type", _one_of(*"SSSVX"))},
    "free of charge": {"a.csv": _of("Complimentary", _every(9, "yes", "no"))},
    "not paid": {"a.csv": _of("Paid", _every(9, "no", "yes"), money=_less(7))},
    "other money, with returns": {"a.csv": _of("Levy", lambda i: f"{1 + i % 3}.35", money=_less(8))},
    "shipping beside": {"a.csv": _of("Shipping", _one_of("4.90"))},
    "several currencies": {"a.csv": _of("Currency", _one_of("EUR", "USD", "GBP"))},
    "rates": {"a.csv": _of("Currency,Exchange rate", _one_of("EUR,1", "USD,0.92"))},
    "paid so far": {"a.csv": _of("Paid amount,Outstanding", PAID, OPEN)},
    "gift cards sold": {
        "a.csv": _rows(f"{ORDERS},Item,Total", NR, DAY, WHO, _every(9, "Gift card", "Haircut"), SUM)
    },
    "discount not taken off": {
        "a.csv": _rows(
            f"{ORDERS},Quantity,Price,Discount %,Total", NR, DAY, WHO, COUNT, SUM, _every(4, "10", "0"), PRODUCT
        )
    },
    "a price and a discount": {
        "a.csv": _rows(f"{ORDERS},Price,Discount", NR, DAY, WHO, SUM, _every(4, "5.00", "0.00"))
    },
    "money that nobody names": {"a.csv": _rows("A,B,C,D,E", NR, DAY, NAME, SUM, SMALL)},
    "two columns of money": {"a.csv": _rows(f"{ORDERS},Work,Parts", NR, DAY, WHO, SUM, SMALL)},
    "names that several share": {
        "a.csv": _rows(
            "Order,Date,Customer,Phone,Total", NR, DAY, NAME, lambda i: f"1380000{1000 + i % 18 * 37}", SUM
        )
    },
    "guests by their e-mail": {
        "a.csv": _rows(
            f"{ORDERS},Email,Total", NR, DAY, lambda i: WHO(i) if i % 3 else "", lambda i: f"g{i % 11}@x.com", SUM
        )
    },
    "numbers that start again": {
        "a.csv": _rows(
            "Bon,Date,Customer ID,Total", COUNT, lambda i: str(_day(i // 6)), lambda i: f"C{i // 2 % 7}", SUM
        )
    },
    "a statement": {
        "a.csv": _rows(
            "Date,Counterparty,Debit,Credit", DAY, lambda i: f"Firm {i % 7}", lambda i: "" if i % 4 else SUM(i),
            lambda i: SUM(i) if i % 4 else "",
        )
    },
    "visits booked before": {
        "a.csv": _rows("Order,Booked on,Arrival,Customer ID,Total", NR, DAY, LATER, WHO, SUM)
    },
    "paid in before": {
        "消费.csv": _rows("单号,日期,会员号,金额,支付方式", NR, DAY, WHO, SUM, _every(3, "储值卡", "微信")),
        "充值.csv": _rows("充值单号,充值日期,会员号,充值金额", lambda i: f"T{i}", DAY, WHO, _one_of("500")),
    },
    "the same sales twice": {
        "quotes.csv": _rows(f"{ORDERS},Total", NR, DAY, WHO, SUM),
        "payments.csv": _rows("Payment,Date,Customer ID,Amount paid", lambda i: f"P{i}", DAY, WHO, SUM),
    },
}  # fmt: skip


def _answered(tables: list[RawTable], recipe: Recipe, line: str) -> dict[str, float]:
    """Paste a line at the end of a recipe, as a person does, and return the figures of the study."""
    content = yaml.safe_load(recipe_to_yaml(recipe) + "\n" + line)
    return summary(run_unsegmented(tables, Recipe.model_validate(with_lines(content))))


def _wrong(of: str, said: dict[str, object], got: dict[str, float]) -> Iterator[str]:
    for name in FIGURES:
        told = said.get(name)
        if isinstance(told, (int, float)) and abs((got[name] or 0) - told) > CENT:
            yield f"{of}: {name} {told} is told, {got[name]} comes"


@pytest.mark.parametrize("name", TABLES)
def test_the_line_of_every_answer_gives_the_figure_beside_it(name: str) -> None:
    tables = [table for path, text in TABLES[name].items() for table in read_file(text.encode(), name=path)]
    recipe = suggest(tables).model_copy(update={"segmentations": ()})
    result = run_unsegmented(tables, recipe)
    guesses: list[Decision] = [one for one in result.decisions if one.is_guess]
    assert guesses, "nothing is asked"
    wrong, now = [], summary(result)
    for one in guesses:
        wrong += _wrong(one.subject, dict(one.effect), now)
        assert one.is_question <= bool(one.alternatives)
        for other in one.alternatives:
            assert 0 not in [other.effect.get(figure) for figure in ("rows", "orders", "customers")]
            got = _answered(tables, recipe, recipe_line(other.fix))
            wrong += _wrong(f"{one.subject} → {other.choice}", dict(other.effect), got)
    right = run_unsegmented(tables, recipe.model_copy(update={"accepted": tuple(one.id for one in guesses)}))
    assert not [one for one in right.decisions if one.is_guess]
    assert all(accepting_line(one.id).startswith("accepted[") for one in guesses)
    assert not wrong
