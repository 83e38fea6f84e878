"""Whether a column of costs says what one piece cost, or the whole line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_row
from analysis.intake.roles import normal

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

PER_UNIT = (
    "unitcost", "costperunit", "costprice", "itemcost", "进价", "进货价", "成本价", "成本单价", "单位成本", "单件成本",
)  # fmt: skip
PER_LINE = ("totalcost", "costamount", "linecost", "costofgoods", "cogs", "成本金额", "总成本", "成本总额")
LEAST_LINES = 20


def cost_per_unit(connection: duckdb.DuckDBPyConnection, one: Mapped, typed: dict[str, str]) -> bool:
    """Say whether the cost of a line is that of one piece, to be multiplied by the quantity.

    The header decides where it says so. Otherwise the lines do: a cost per piece leaves the share of the cost in the
    amount the same for one piece and for several only after multiplying. Without at least 20 lines of each, the cost is
    that of the line.

    Parameters
    ----------
    typed : mapping of role to SQL
        Expressions of ``cost``, ``quantity`` and ``amount`` or ``unit_price`` over the rows of ``one.view``.
    """
    column = one.source.column("cost") if one.source else None
    if column is None or "quantity" not in typed:
        return False
    header = normal(column.name)
    if any(word in header for word in PER_UNIT):
        return True
    if any(word in header for word in PER_LINE):
        return False
    amount = typed.get("amount") or f"({typed['quantity']}) * ({typed['unit_price']})"
    single, several, as_unit, n_single, n_several = fetch_row(
        connection,
        "SELECT median(share) FILTER (WHERE quantity = 1), median(share) FILTER (WHERE quantity > 1), "
        "median(share * quantity) FILTER (WHERE quantity > 1), "
        "count(share) FILTER (WHERE quantity = 1), count(share) FILTER (WHERE quantity > 1) "
        "FROM (SELECT quantity, cost / nullif(amount, 0) AS share FROM (SELECT "
        f"CAST({typed['quantity']} AS DOUBLE) AS quantity, CAST({typed['cost']} AS DOUBLE) AS cost, "
        f"CAST({amount} AS DOUBLE) AS amount FROM {one.view}) WHERE amount > 0 AND quantity > 0)",
    )
    if min(n_single, n_several) < LEAST_LINES:
        return False
    return abs(as_unit - single) < abs(several - single)
