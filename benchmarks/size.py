"""Many order rows as CSV and as Parquet to profiles, against an analyst's pandas (``by_hand``); growth with the rows.

``python -m benchmarks size [rows ...]``: the first number is compared with pandas (10 million by default), all of them
are put beside each other (1, 3, 10 and 30 million by default).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Cost, process, report, script, side_by_side

COMPARED = 10_000_000
ROWS = (1_000_000, 3_000_000, 10_000_000, 30_000_000)
# Mostly clean, as exports are: 0.5 % of lines without a customer, 0.02 % with a date that does not exist, 0.1 % without
# an amount, 1 % returns, and one in 5,000 written twice.
MAKE = """
import sys, duckdb
rows, file = int(sys.argv[1]), sys.argv[2]
kind = "format parquet" if file.endswith("parquet") else "format csv, header"
duckdb.execute(f'''copy (select
    case when hash(i * 17) % 200 > 0 then 'C' || lpad((hash(i * 7) % ({rows} // 12))::varchar, 8, '0') end
        as customer_id,
    'O' || (i // 2)::varchar as order_id,
    case when hash(i * 19) % 5000 = 0 then '2023-02-30 10:00:00' else strftime(timestamp '2023-01-01'
        + to_minutes((i // 2 * 131) % 1050000), '%Y-%m-%d %H:%M:%S') end as order_time,
    ['tea', 'coffee', 'cups', 'gifts', 'books'][(1 + hash(i * 3) % 5)::int] as category,
    ((1 + hash(i * 5) % 4) * if(hash(i * 23) % 100 = 0, -1, 1))::int as quantity,
    case when hash(i * 29) % 1000 > 0 then round((5 + (hash(i * 11) % 20000) / 100.0)
        * if(hash(i * 23) % 100 = 0, -1, 1), 2) end as amount,
    ['web', 'app', 'shop'][(1 + hash(i * 13) % 3)::int] as channel
from (select j - (j % 5000 = 1)::int as i from range({rows}) r(j))) to '{file}' ({kind})''')
"""
OURS = """
import sys
from analysis.study import prepare, read, suggest
tables = read(sys.argv[1])
print(prepare(tables, suggest(tables)).profiles.customers.shape)
"""


def main() -> None:
    """Print the ratios to pandas, and how time and memory grow."""
    asked = tuple(int(word) for word in sys.argv[1:] if word.isdigit())
    chosen, compared = asked or ROWS, asked[0] if asked else COMPARED
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("csv", "parquet"):
            file = _made(Path(folder), compared, suffix)
            costs = side_by_side(
                {
                    f"profiles ({suffix})": script(OURS, file),
                    f"pandas ({suffix})": [sys.executable, "-m", "benchmarks.by_hand", file],
                },
                runs=1,
                warm_up=0,
            )
            report(costs, ours=f"profiles ({suffix})")
            ours, theirs = (found[0] for found in costs.values())
            print(f"peak memory, profiles / pandas ({suffix}): {ours.megabytes / theirs.megabytes:.3f}")
            print(f"processor time, profiles / pandas ({suffix}): {ours.processor / theirs.processor:.3f}")
            Path(file).unlink()
        costs_by_rows: dict[int, Cost] = {}
        for rows in sorted(chosen):
            file = _made(Path(folder), rows, "csv")
            costs_by_rows[rows] = process(script(OURS, file))
            Path(file).unlink()
    _print_growth(costs_by_rows)


def _made(folder: Path, rows: int, suffix: str) -> str:
    file = str(folder / f"orders_{rows}.{suffix}")
    process(script(MAKE, str(rows), file))
    return file


def _print_growth(costs: dict[int, Cost]) -> None:
    before: tuple[int, Cost] | None = None
    for rows, cost in costs.items():
        growth = ""
        if before is not None:
            growth = (
                f"  time x {cost.seconds / before[1].seconds:.2f}, processor time x "
                f"{cost.processor / before[1].processor:.2f} for rows x {rows / before[0]:.2f}"
            )
        print(
            f"{rows:>12,} rows {cost.seconds:7.1f} s  processor {cost.processor:7.1f} s  "
            f"peak {cost.megabytes:6.0f} MB{growth}"
        )
        before = rows, cost


if __name__ == "__main__":
    main()
