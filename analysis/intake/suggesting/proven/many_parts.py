"""How many parts go into a total, where there are too many to try every way: solved for, and rounded to 1 and −1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

LEAST_VARIED = 3  # rows in which a part is not nought
NEAR = 0.05  # of a whole sign


def signs_solved(rest: np.ndarray, parts: Mapping[str, np.ndarray]) -> dict[str, int]:
    """Return the parts that go into what is left of a total, with their signs; none where they are no whole ones.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1.0, 41)
    >>> parts = {str(by): n % by for by in (3, 4, 5, 7, 9)}
    >>> signs_solved(sum(parts.values()) - 2 * parts["4"] - parts["9"], parts)
    {'3': 1, '4': -1, '5': 1, '7': 1}
    """
    import numpy as np

    moved = [name for name, values in parts.items() if np.count_nonzero(values) >= LEAST_VARIED]
    known = np.isfinite(rest)
    if not moved or known.sum() <= len(moved):
        return {}
    columns = np.stack([parts[name][known] for name in moved], axis=1)
    for rows in (slice(None), np.abs(rest[known]) <= np.quantile(np.abs(rest[known]), 0.95)):
        found, _, rank, _ = np.linalg.lstsq(columns[rows], rest[known][rows], rcond=None)
        if rank == len(moved) and np.all(np.abs(found - np.round(found)) < NEAR) and np.abs(found).max() < 1 + NEAR:
            return {name: int(sign) for name, sign in zip(moved, np.round(found), strict=True) if sign}
    return {}
