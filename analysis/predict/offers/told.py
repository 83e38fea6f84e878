"""What offers leave to others: the next product and category as features, a row per customer, and the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.offers.measure import Measured
    from analysis.predict.offers.result import Offers
    from analysis.profiles.result import Feature


def features(result: Offers) -> tuple[tuple[Feature, pd.Series], ...]:
    """Return the columns that the profiles get: the first product offered, and the next category where there is one."""
    first = _ranked(result, "next", 1)
    columns = [first.reset_index(drop=True).astype("object")]
    if result.next_category is not None:
        columns.append(result.next_category.customers["value"].astype("object"))
    return tuple(zip(result.features, columns, strict=True))


def rows(result: Offers) -> pd.DataFrame:
    """Return one row per customer: the products of each list by rank, why the first is offered, the next category."""
    import pandas as pd

    columns: dict[str, Any] = {"customer_id": result.customers}
    for which in ("next", "again", "new"):
        for rank in range(1, result.n + 1):
            columns[f"{which}_{rank}"] = _ranked(result, which, rank).to_numpy()
    columns["next_reason"] = _ranked(result, "next", 1, "reason").to_numpy()
    if result.next_category is not None:
        columns["category"] = result.next_category.customers["value"].to_numpy()
    return pd.DataFrame(columns)


def _ranked(result: Offers, which: str, rank: int, column: str = "name") -> pd.Series:
    found = result.offers
    chosen = found[(found["list"] == which) & (found["rank"] == rank)]
    return chosen.set_index("customer_id")[column].reindex(result.customers)


def figures(result: Offers) -> dict[str, Any]:
    """Return what is offered, what each list is ranked by, how it did on last orders, and what is not offered."""
    why = result.items["why"].value_counts()
    category = result.next_category
    return {
        "by": result.by,
        "used": dict(result.used),
        "tested": _tested(result.measured),
        "category": None if category is None else {"used": category.used, "tested": _tested(category.measured)},
        "not_offered": {str(reason): int(n) for reason, n in why.items() if reason}
        | {"once": int(result.items["once"].sum()), "given_back": result.n_given_back},
        "new_products": len(result.fresh.products),
        "model_version": result.version,
        "notes": [note.code for note in result.notes],
    }


def _tested(measured: Measured | None) -> dict[str, Any] | None:
    """Return each way's figures; those of a task that no last order had are left out."""
    if measured is None:
        return None
    known = measured.table[measured.table["n"] > 1]
    return {"n": measured.n, "offers": measured.at, "ways": known.to_dict("records")}
