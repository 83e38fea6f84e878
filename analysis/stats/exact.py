"""Exact tests of counts on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

# Beside the observed table, one as likely up to rounding is as extreme (R's fisher.test: 1e-7).
_TIE = 1e-7
# Terms of one block, so that a block stays in the cache.
_BLOCK = 1 << 18


def fisher_p(count_a: ArrayLike, n_a: ArrayLike, count_b: ArrayLike, n_b: ArrayLike) -> np.ndarray:
    """Return the two-sided p value of Fisher's exact test of two shares: all tables no likelier than the one seen.

    It holds at every size, and is conservative where events are rare.

    Parameters
    ----------
    count_a, n_a, count_b, n_b : arrays of one shape, whole numbers
        Successes and trials on both sides.

    Returns
    -------
    float array
        0..1; missing where a side is empty, or where both shares are 0 or both are 1.

    References
    ----------
    Fisher (1935), The logic of inductive inference, JRSS 98; Irwin (1935), Metron 12, for the two sides.

    Examples
    --------
    >>> round(float(fisher_p([1], [30], [0], [1970])[0]), 4)
    0.015
    """
    import numpy as np

    a, n_a, b, n_b = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (count_a, n_a, count_b, n_b)))
    shape = a.shape
    a, n_a, b, n_b = (part.ravel() for part in (a, n_a, b, n_b))
    total, drawn = n_a + n_b, a + b
    known = (n_a > 0) & (n_b > 0) & (drawn > 0) & (drawn < total)
    p = np.full(a.shape, np.nan)
    if known.any():
        p[known] = _two_sided(a[known], n_a[known], drawn[known], total[known])
    return p.reshape(shape)


def _two_sided(seen: np.ndarray, n: np.ndarray, drawn: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Sum the hypergeometric distribution over all counts no likelier than the one seen, from both ends inwards."""
    import numpy as np

    low, high = np.maximum(0.0, n + drawn - total), np.minimum(n, drawn)
    mean = n * drawn / total
    spread = np.sqrt(mean * (1 - drawn / total) * (total - n) / np.maximum(total - 1, 1))
    here = _log_chance(seen, n, drawn, total)
    up = seen >= mean
    # The count on the other side that is as likely: the distribution rises up to its middle and falls after it.
    mode = np.clip(np.floor((n + 1) * (drawn + 1) / (total + 2)), low, high)
    mirrored = _mirror(here, np.where(up, low, mode), np.where(up, mode, high), up, n, drawn, total)
    upper, lower = np.where(up, seen, mirrored), np.where(up, mirrored, seen)
    width = np.ceil(10 * spread + 40)
    p = _tail(upper, np.minimum(high, upper + width), 1.0, n, drawn, total)
    p += _tail(lower, np.maximum(low, lower - width), -1.0, n, drawn, total)
    return np.minimum(p, 1.0)


def _mirror(
    here: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    up: np.ndarray,
    n: np.ndarray,
    drawn: np.ndarray,
    total: np.ndarray,
) -> np.ndarray:
    """Return the count nearest the middle, between ``low`` and ``high``, that is no likelier than the one seen.

    One step outside of the range where there is none.
    """
    import numpy as np

    limit = here + _TIE
    # Bisection over whole numbers; with the one seen above the middle the other side is below, and the other way round.
    inner, outer = np.where(up, high + 1, low - 1), np.where(up, low - 1, high + 1)
    for _ in range(int(np.ceil(np.log2(np.abs(inner - outer).max() + 1))) + 1):
        middle = np.floor((inner + outer) / 2)
        inside = (middle != inner) & (middle != outer)
        place = np.clip(middle, low, high)
        enough = _log_chance(place, n, drawn, total) <= limit
        outer = np.where(inside & enough, middle, outer)
        inner = np.where(inside & ~enough, middle, inner)
    return outer


def _tail(
    start: np.ndarray, stop: np.ndarray, step: float, n: np.ndarray, drawn: np.ndarray, total: np.ndarray
) -> np.ndarray:
    """Add up the chances from ``start`` to ``stop``; nothing where the start lies beyond it."""
    import numpy as np

    lengths = np.maximum((stop - start) * step + 1, 0).astype(int)
    sums = np.zeros(len(lengths))
    head = _log_chance(start, n, drawn, total) + _log_whole(n, drawn, total)
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    first = 0
    while first < len(order):
        last = first + 1
        while last < len(order) and (last + 1 - first) * lengths[order[last]] <= _BLOCK:
            last += 1
        rows = order[first:last]
        steps = np.arange(lengths[rows].max())
        inside = steps < lengths[rows][:, None]
        own_n, own_drawn, own_total = (part[rows][:, None] for part in (n, drawn, total))
        counts = start[rows][:, None] + step * np.where(inside, steps, 0)
        # Each chance over the one before it, which lies one step nearer to the middle.
        upper = counts if step > 0 else counts + 1
        rising = (own_n - upper + 1) * (own_drawn - upper + 1)
        falling = upper * (own_total - own_n - own_drawn + upper)
        ratios = rising / np.maximum(falling, 1) if step > 0 else falling / np.maximum(rising, 1)
        ratios[:, 0] = 1.0
        whole = np.cumprod(np.where(inside, ratios, 0.0), axis=1).sum(axis=1)
        sums[rows] = np.exp(head[rows]) * whole
        first = last
    return sums


def _log_chance(count: np.ndarray, n: np.ndarray, drawn: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the logarithm of the hypergeometric chance of ``count``, but for what does not depend on it."""
    from scipy.special import gammaln

    left = total - n - drawn
    return -(gammaln(count + 1) + gammaln(n - count + 1) + gammaln(drawn - count + 1) + gammaln(left + count + 1))


def _log_whole(n: np.ndarray, drawn: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return what ``_log_chance`` leaves out."""
    from scipy.special import gammaln

    parts = gammaln(n + 1) + gammaln(total - n + 1) + gammaln(drawn + 1) + gammaln(total - drawn + 1)
    return parts - gammaln(total + 1)
