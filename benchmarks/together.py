"""Products bought together in ten million order lines against one self-join in DuckDB that counts the pairs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks.measure import in_turns, report

N, LINES, PRODUCTS, LEAST = 10_000_000, 5, 5_000, 10
UNTIL = date(2024, 12, 31)


def tables(n: int) -> Any:
    """Return standard tables of n lines, about five to an order; few products sell most (Zipf)."""
    from analysis.engine import connect
    from analysis.intake.sales import add_sales
    from analysis.intake.tables import StandardTables

    connection = connect()
    connection.execute(f"""
        CREATE TABLE orders AS
        SELECT 'c' || (number // {3 * LINES}) AS customer_id, 'o' || (number // {LINES}) AS order_id,
               'product ' || floor({PRODUCTS - 1} * pow(hash(number, 7)::DOUBLE / pow(2, 64), 3))::INTEGER AS product,
               DATE '2024-01-01' + (number // {LINES} % 365)::INTEGER AS order_date,
               (DATE '2024-01-01' + (number // {LINES} % 365)::INTEGER)::TIMESTAMP AS order_time,
               10::DECIMAL(24,6) AS amount, false AS is_return
        FROM range({n}) AS lines(number)
    """)
    add_sales(connection)
    return StandardTables(connection, (), frozenset({"product"}), frozenset())


def self_join(standard: Any) -> int:
    """Count the pairs by one join of the lines with themselves, repeated lines and all: the least that anybody runs."""
    with standard.cursor() as cursor:
        found = cursor.execute(f"""
            SELECT a.product, b.product, count(*) AS n FROM sales a
            JOIN sales b ON a.order_id = b.order_id AND a.product < b.product
            GROUP BY 1, 2 HAVING n >= {LEAST}
        """).fetchnumpy()
    return len(found["n"])


def main() -> None:
    """Print the ratio, and how many pairs both counted."""
    from analysis.predict.offers.together import bought_together

    n = next((int(word) for word in sys.argv[1:] if word.isdigit()), N)
    standard = tables(n)
    ours = bought_together(standard, UNTIL, least=LEAST)
    print(f"{self_join(standard)} pairs in {LEAST} orders; {ours.n_found} of {ours.n_tested} no chance")
    calls: dict[str, Callable[[], object]] = {
        "bought together": lambda: bought_together(standard, UNTIL, least=LEAST),
        "self-join": lambda: self_join(standard),
    }
    report(in_turns(calls, runs=3), ours="bought together")


if __name__ == "__main__":
    main()
