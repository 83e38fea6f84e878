"""What a split leaves behind at the command line: who got what, how alike the groups are, and how it was done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.split_experiment import SplitExperiment


def write_split(
    out: Path, found: SplitExperiment, summary: dict[str, Any], customers: pd.DataFrame, masked: list[str] | None
) -> None:
    """Write ``arms.csv``, ``balance.csv``, ``assignment.parquet`` (salted hashes) and ``split.json``, each whole.

    Parameters
    ----------
    out : Path
        Created when it is not there.
    summary : dict
        As ``experiment_summary.split_summary``, and ``may_contact``: ``allowed`` where columns say who may be
        contacted, else whether a person confirmed it; it marks every row of the list.
    customers : DataFrame, one row per customer
        What was split; its numbers are compared between the arms.
    masked : list of str, optional
        Ids to write in place of personal ones, aligned with ``customers``.
    """
    import pandas as pd

    from analysis.experiments.splitting.assignment import to_table
    from analysis.experiments.splitting.split import balance
    from analysis.exports.csv import write_csv
    from analysis.parquet import write_table

    rows = list(found.rows)
    ids = found.customers if masked is None else [masked[row] for row in rows]
    arms = pd.DataFrame(
        {"customer_id": pd.Series(list(ids), dtype="str"), "arm": pd.Series(list(found.arms), dtype="str")}
    ).assign(may_contact=summary["may_contact"])
    numbers = customers.iloc[rows].select_dtypes(["number", "bool"]).reset_index(drop=True)
    # An arm of few among few customers may have nobody, who is like no one.
    control = next(arm for arm in found.weights if arm in found.arms)
    alike = balance(numbers, list(found.arms), control=control)
    table = to_table(found.customers, found.arms, seed=(found.choices.seed or "").strip())
    text = json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False)
    out.mkdir(parents=True, exist_ok=True)
    steps = {
        "arms.csv": lambda path: write_csv(arms, path),
        "balance.csv": lambda path: write_csv(alike, path, ids=()),
        "assignment.parquet": lambda path: write_table(table, path),
        "split.json": lambda path: path.write_text(text, "utf-8"),
    }
    for name, write in steps.items():
        part = out / f".{name}.part"
        write(part)
        part.replace(out / name)
