"""From measures to scores: how many cuts a value lies above, and several scores weighed into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def score(values: np.ndarray, cuts: tuple[float, ...], *, low_is_best: bool = False) -> np.ndarray:
    """Score values: 1 + the number of cuts strictly below the value; reversed when low is best.

    Examples
    --------
    >>> import numpy as np
    >>> score(np.array([1, 2, 3]), (1.0, 2.0)).tolist()
    [1, 2, 3]
    >>> score(np.array([1, 2, 3]), (1.0, 2.0), low_is_best=True).tolist()
    [3, 2, 1]
    """
    import numpy as np

    below = np.searchsorted(np.asarray(cuts, dtype=float), values, side="left")
    return len(cuts) + 1 - below if low_is_best else 1 + below


def weighted_score(
    scores: dict[str, np.ndarray], n_scores: dict[str, int], weights: tuple[float, float, float]
) -> np.ndarray:
    """Return one score of 0..100: each score as a part of its range, weighted by ``weights`` of r, f and m.

    A measure without scores counts for nothing.

    Examples
    --------
    >>> import numpy as np
    >>> scores = {"r": np.array([5, 1]), "f": np.array([3, 1]), "m": np.array([1, 1])}
    >>> weighted_score(scores, {"r": 5, "f": 5, "m": 5}, (2, 1, 1)).tolist()
    [62.5, 0.0]
    """
    import numpy as np

    weighed = {key: weight for key, weight in zip(("r", "f", "m"), weights, strict=True) if key in scores}
    if not sum(weighed.values()):
        weighed = dict.fromkeys(weighed, 1.0)  # all the weight lay on money, which nobody knows
    parts = [weight * (scores[key] - 1) / max(n_scores[key] - 1, 1) for key, weight in weighed.items()]
    return 100 * np.sum(parts, axis=0) / sum(weighed.values())
