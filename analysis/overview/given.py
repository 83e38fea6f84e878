"""What came in for nothing or went back: rows beside the revenue, with their money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.intake.moved import given_back_or_free

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables
    from analysis.translate import Translate


@dataclass(frozen=True)
class Given:
    """Rows of returns, of orders whose state says that they were paid back, and of what was free, each with its money.

    ``free_worth`` is what the free rows would be worth at their prices; None where no column tells these.
    """

    returned: int
    returned_money: float
    paid_back: int
    paid_back_money: float
    free: int
    free_worth: float | None


def given(standard: StandardTables) -> Given | None:
    """Count what went back and what was free; None where no export holds money.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.study import suggest
    >>> from analysis.intake.standard.standardise import standardise
    >>> rows = "".join(f"{i},K{i % 3},2024-01-{i + 1:02d},{(9.5, -4.5, 0)[i % 3]}\\n" for i in range(9))
    >>> tables = read_file(("Order,Customer ID,Date,Total\\n" + rows).encode())
    >>> given(standardise(tables, suggest(tables)))
    Given(returned=3, returned_money=13.5, paid_back=0, paid_back_money=0.0, free=3, free_worth=None)
    """
    known = standard.order_roles
    if "amount" not in known:
        return None
    returned, money, free, at_price, n, back = given_back_or_free(standard)
    list_price = float(at_price) if at_price else None
    return Given(int(returned), float(money), int(n), float(back), int(free), list_price)


def given_sentences(found: Given | None, t: Translate) -> list[str]:
    """Return what went back and what was free in sentences; none where there is no such row."""
    if found is None:
        return []
    said = []
    if found.returned:
        said.append(t("overview.given.returned", n=found.returned, money=found.returned_money))
    if found.paid_back:
        said.append(t("overview.given.paid_back", n=found.paid_back, money=found.paid_back_money))
    if found.free:
        priced = found.free_worth is not None
        said.append(t("overview.given.free_priced" if priced else "overview.given.free", n=found.free,
                      **({"money": found.free_worth} if priced else {})))  # fmt: skip
    return said
