"""The words of the next order: what can be said, how often it was right, and the window of one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.predict.next_order.result import NextOrders
    from analysis.translate import Translate


def answer(found: NextOrders, t: Translate) -> list[str]:
    """Return who has a window, how often such windows were right, and what cannot be said."""
    counts = found.customers["state"].value_counts()
    n = {state: int(counts.get(state, 0)) for state in ("window", "overdue", "one_order")}
    half, most = found.coverage.to_dict("records")
    told = [
        t("next_order.answer", n=n["window"], all=len(found.customers)),
        t("next_order.coverage", half=half["covered"], most=most["covered"], n=half["n"]),
    ]
    if n["overdue"]:
        told.append(t("next_order.overdue", n=n["overdue"]))
    if n["one_order"]:
        seen = found.customers["comes_back"].notna().any()
        told.append(
            t("next_order.one_order" if seen else "next_order.one_order_unseen", n=n["one_order"], days=found.days)
        )
    return told


def customer_words(found: NextOrders, customer_id: str, t: Translate) -> str:
    """Return what can be said of one customer's next order.

    Raises
    ------
    KeyError
        There is no such customer.
    """
    rows = found.customers[found.customers["customer_id"] == customer_id].to_dict("records")
    if not rows:
        raise KeyError(customer_id)
    row = rows[0]
    if row["state"] == "window":
        days = {name: row[name].date() for name in ("low_50", "high_50", "low_80", "high_80")}
        return t("next_order.window", **days)
    if row["state"] == "one_order" and row["comes_back"] == row["comes_back"]:
        share, days = row["comes_back"], found.days
        if row["curve"]:
            return t("next_order.curve_of", share=share, days=days, value=row["curve"])
        return t("next_order.curve", share=share, days=days)
    if row["state"] == "overdue":
        return t("next_order.is_overdue", usual=row["usual_days"])
    return t(f"next_order.cannot_say_{row['state']}")
