"""The step from lines to customers on Spark against the same step on DuckDB, checked to be equal to the cent."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import in_turns, report

N_LINES, N_CUSTOMERS, SEED = 20_000, 2_000, 20240305
AS_OF = date(2024, 7, 1)
ROLES = frozenset({"customer_id", "order_id", "order_date", "amount", "category", "city"})
SCHEMA = (
    "customer_id string, order_id string, order_time timestamp_ntz, order_date date, is_return boolean, "
    "amount decimal(24,6), category string, city string"
)


def main() -> None:
    """Print the ratio; say in words what is missing when Spark cannot run."""
    there = {"java": shutil.which("java"), "pyspark": importlib.util.find_spec("pyspark")}
    missing = [name for name, found in there.items() if not found]
    if missing:
        print(f"skipped: Spark needs {' and '.join(missing)}, which is not installed")
        return
    from pyspark.sql import SparkSession

    from analysis import parquet
    from analysis.engine import connect

    with tempfile.TemporaryDirectory() as folder, connect() as connection:
        file = Path(folder) / "lines.parquet"
        connection.register("lines", lines())
        select = "* REPLACE (CAST(amount AS DECIMAL(24,6)) AS amount, CAST(order_date AS DATE) AS order_date)"
        parquet.copy(connection, f"SELECT {select} FROM lines", file, use="kept")
        spark = SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false").getOrCreate()
        try:
            on_spark = spark.read.schema(SCHEMA).parquet(str(file))
            here = step(connection.sql(f"SELECT * FROM {parquet.scan(file)}"))
            pd.testing.assert_frame_equal(step(on_spark), here, check_dtype=False, rtol=1e-12)
            print(f"equal: {len(here):,} customers, {here.shape[1]} columns")
            costs = in_turns(
                {
                    "DuckDB": lambda: step(connection.sql(f"SELECT * FROM {parquet.scan(file)}")),
                    "Spark": lambda: step(on_spark),
                },
                runs=2,
            )
            report(costs, ours="DuckDB")
        finally:
            spark.stop()


def lines() -> pd.DataFrame:
    """Return order lines of two years."""
    rng = np.random.default_rng(SEED)
    day = pd.Timestamp("2022-07-01") + pd.to_timedelta(rng.integers(0, 730, N_LINES), unit="D")
    amount = (rng.lognormal(3, 1, N_LINES) * np.where(rng.random(N_LINES) < 0.05, -1, 1)).round(2)
    return pd.DataFrame(
        {
            "customer_id": [f"c{n:05d}" for n in rng.integers(0, N_CUSTOMERS, N_LINES)],
            "order_id": [f"o{n // 2}" for n in range(N_LINES)],
            "order_time": (day + pd.to_timedelta(rng.integers(0, 1440, N_LINES), unit="m")).astype("datetime64[us]"),
            "order_date": day.astype("datetime64[us]"),
            "is_return": amount < 0,
            "amount": amount,
            "category": rng.choice(["tea", "cups", "pots"], N_LINES),
            "city": rng.choice(["Paris", "Lyon"], N_LINES),
        }
    )


def step(orders: object) -> pd.DataFrame:
    """Reduce the lines to customers."""
    from analysis.profiles.build import profile_orders
    from analysis.profiles.lines import order_lines

    profiles, _ = profile_orders([order_lines(orders, as_of=AS_OF, roles=ROLES, has_time=True)])
    return profiles.sort_index()
