"""Who got what, kept without the customers: a salted hash of each id and the arm, to be met again by the same ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("customer", "arm")


def customer_hashes(customers: Sequence[str], *, seed: str) -> list[str]:
    """Return 32 hexadecimal digits per customer that depend on the seed of the experiment and the id alone.

    Examples
    --------
    >>> customer_hashes(["1"], seed="spring") == customer_hashes(["1"], seed="autumn")
    False
    """
    # The middle part keeps these hashes apart from those that place a customer in an arm (``split.assign``).
    start = hashlib.blake2b(f"{seed}\x1fkept\x1f".encode(), digest_size=16)
    found = []
    for customer in customers:
        own = start.copy()
        own.update(customer.encode())
        found.append(own.hexdigest())
    return found


def to_table(customers: Sequence[str], arms: Sequence[str], *, seed: str) -> pa.Table:
    """Return the assignment as it is kept: ``customer`` (the hash) and ``arm``, sorted by hash.

    Raises ``experiment_unequal_lengths``.
    """
    import pyarrow as pa

    if len(customers) != len(arms):
        raise AnalysisError("experiment_unequal_lengths", first=len(customers), second=len(arms))
    rows = sorted(zip(customer_hashes(customers, seed=seed), arms, strict=True))
    hashes, sorted_arms = [row[0] for row in rows], [row[1] for row in rows]
    return pa.table({"customer": pa.array(hashes, pa.string()), "arm": pa.array(sorted_arms, pa.string())})


def arms_of(customers: Sequence[str], table: pa.Table, *, seed: str) -> list[str | None]:
    """Return the arm of each customer, None for those who were not assigned.

    Raises ``experiment_table_lost`` when the table is no assignment.

    Examples
    --------
    >>> kept = to_table(["1", "2"], ["A", "B"], seed="spring")
    >>> arms_of(["2", "3"], kept, seed="spring")
    ['B', None]
    """
    if not set(COLUMNS) <= set(table.column_names):
        raise AnalysisError("experiment_table_lost")
    known = dict(zip(table["customer"].to_pylist(), table["arm"].to_pylist(), strict=True))
    return [known.get(own) for own in customer_hashes(customers, seed=seed)]
