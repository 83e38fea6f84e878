"""Whether a price beside a quantity is that of one piece, or already that of the line (Amazon's item-price)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analysis.engine import fetch_row
from analysis.intake.cells.values import number
from analysis.intake.roles import normal

if TYPE_CHECKING:
    import duckdb

Per = Literal["unit", "line", "undecided"]
# Headers that say it themselves.
PER_UNIT = (
    "unitprice",
    "priceperunit",
    "priceeach",
    "eachprice",
    "unitcost",
    "单价",
    "成交单价",
    "商品单价",
    "pieceprice",
)
USUALLY_LINE = ("itemprice",)  # of Amazon: price times quantity
LOOKED_AT = 200_000  # lines
LEAST_LINES = 5  # of articles that were bought one at a time and several at a time
AGREE = 0.8
CLOSE = 0.02


def price_per(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    *,
    header: str,
    price: str,
    quantity: str,
    article: str | None,
    decimal: str = "point",
) -> Per:
    """Say whether prices are those of one piece or of the line, by articles bought one and several at a time.

    Parameters
    ----------
    rows : str
        SQL that names the raw rows.
    price, quantity, article : str
        Stored columns.

    Returns
    -------
    str
        ``undecided`` when several pieces were bought, the header does not say it, and no article shows it; ``unit`` too
        when every quantity is one, where it makes no difference.
    """
    name = normal(header)
    if any(word in name for word in PER_UNIT):
        return "unit"
    rows = f"(SELECT * FROM {rows} LIMIT {LOOKED_AT})"
    typed = f"SELECT CAST({number(price, decimal=decimal)} AS DOUBLE) AS price, CAST({number(quantity)} AS DOUBLE) AS n"
    several, known = fetch_row(
        connection, f"SELECT count(*) FILTER (n > 1), count(*) FROM ({typed} FROM {rows}) WHERE price > 0 AND n > 0"
    )
    if not several:
        return "unit"
    if article:
        unit, line = fetch_row(
            connection,
            f"WITH typed AS ({typed}, {article} AS article FROM {rows}), "
            "one AS (SELECT article, median(price) AS price FROM typed WHERE n = 1 AND price > 0 GROUP BY article) "
            f"SELECT count(*) FILTER (abs(t.price / o.price - 1) <= {CLOSE}), "
            f"count(*) FILTER (abs(t.price / t.n / o.price - 1) <= {CLOSE}) "
            "FROM typed t JOIN one o USING (article) WHERE t.n > 1 AND t.price > 0",
        )
        if unit + line >= LEAST_LINES and max(unit, line) >= AGREE * (unit + line):
            return "unit" if unit > line else "line"
    return "undecided" if several >= 0.01 * known else "unit"
