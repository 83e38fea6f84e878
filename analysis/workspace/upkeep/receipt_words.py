"""What was touched when a customer was forgotten, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.translate import Translate
    from analysis.workspace.records import Receipt

COUNTED = (
    "remarks", "snapshot_rows", "tag_values", "campaigns", "experiment_rows", "merges", "settings", "undo", "uploads",
    "runs", "trash", "elsewhere",
)  # fmt: skip


def receipt_words(receipt: Receipt, t: Translate) -> list[str]:
    """Write the receipt, one sentence for each place that was touched; no sentence names the customer.

    Examples
    --------
    >>> from analysis.workspace.records import Receipt
    >>> from texts import translator
    >>> for line in receipt_words(Receipt("ab12", {"orders.csv": 2}, trash=1), translator("en")):
    ...     print(line)
    The customer is forgotten. The log and the list of forgotten customers hold only the hash ab12.
    orders.csv: 2 rows taken out.
    1 thing in the trash deleted for good.
    """
    lines = [t("forget.done", hash=receipt.customer)]
    lines += [t("forget.rows", table=table, n=n) for table, n in receipt.rows.items()]
    for name in COUNTED:
        if n := getattr(receipt, name):
            more = {"snapshots": receipt.snapshots} if name == "snapshot_rows" else {}
            lines.append(t(f"forget.{name}", n=n, **more))
    return lines
