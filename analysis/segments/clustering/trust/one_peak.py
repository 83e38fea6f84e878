"""Data without groups to compare with: each feature has one peak, and they go together as those of the customers do.

Skewed features, few values and heavy tails pull k-means apart though there are no groups; uniform data in a box has
none of them. Sources and limits: ``docs/methods/clusters.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

# A feature with no more values than this is counted value by value, others in bins.
MOST_VALUES = 40
FEWEST_BINS = 10
# A step between values this much wider than those beside it is a gap, in which values could lie.
WIDE_STEP = 2.5


def one_peak_draws(points: np.ndarray, n: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Draw ``n`` data sets of the size of ``points``, without groups.

    Each column follows the nearest distribution with one peak (least squares of the counts, Frisén 1986), and the
    columns are tied by a Gaussian copula with the correlations of their normal scores.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    n : int
    random : Generator

    References
    ----------
    Frisén (1986), Unimodal regression. Nelsen (2006), An Introduction to Copulas. Silverman (1981) tests for more than
    one peak by drawing from the nearest density with one.

    Examples
    --------
    >>> import numpy as np
    >>> two = np.repeat([0.0, 9.0], 500)[:, None] + np.random.default_rng(0).normal(size=(1000, 1))
    >>> [draw] = one_peak_draws(two, 1, np.random.default_rng(0))
    >>> bool((abs(two - 4.5) < 1).mean() < 0.01), bool((abs(draw - 4.5) < 1).mean() > 0.1)
    (True, True)
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    n_rows = len(points)
    scores = ndtri((np.column_stack([_ranks(column) for column in points.T]) - 0.5) / n_rows)
    spread = scores.std(axis=0)
    scores = (scores - scores.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    variances, axes = np.linalg.eigh(scores.T @ scores / n_rows)
    tied = (axes * np.sqrt(np.maximum(variances, 0.0))) @ axes.T
    cells = [_cells(column) for column in points.T]
    for _ in range(n):
        uniform = ndtr(random.standard_normal(points.shape) @ tied)
        yield np.column_stack([_at(column, *one) for column, one in zip(uniform.T, cells, strict=True)])


def nearest_with_one_peak(counts: np.ndarray) -> np.ndarray:
    """Return the numbers nearest to ``counts`` (least squares) that rise to one peak and fall from there.

    References
    ----------
    Stout (2008), Unimodal regression via prefix isotonic regression.

    Examples
    --------
    >>> import numpy as np
    >>> nearest_with_one_peak(np.array([3.0, 0.0, 0.0, 3.0])).tolist()
    [3.0, 1.0, 1.0, 1.0]
    """
    import numpy as np

    before, after = _rising(counts)[1], _rising(counts[::-1])[1][::-1]
    peak = int(np.argmin([*(before[:-1] + after[1:]), before[-1]]))
    return np.concatenate([_rising(counts[: peak + 1])[0], _rising(counts[peak + 1 :][::-1])[0][::-1]])


def _rising(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest rising numbers, and for each beginning of ``counts`` the squared distance of its own."""
    import numpy as np

    blocks: list[tuple[float, int, float]] = []  # mean, size and squares of each stretch of equal numbers
    total, found = 0.0, []
    for count in counts.tolist():
        mean, size, squares = count, 1, 0.0
        while blocks and blocks[-1][0] > mean:
            other, n, inner = blocks.pop()
            total -= inner
            squares += inner + n * size / (n + size) * (other - mean) ** 2
            mean, size = (n * other + size * mean) / (n + size), n + size
        blocks.append((mean, size, squares))
        total += squares
        found.append(total)
    rising = np.repeat([mean for mean, _, _ in blocks], [size for _, size, _ in blocks])
    return rising, np.array(found)


def _ranks(column: np.ndarray) -> np.ndarray:
    """Return ranks from 1, equal values sharing their mean; scipy.stats takes longer to import than this to run."""
    import numpy as np

    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _cells(column: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cells of a column: where each begins, how wide it is, and the share of the cells up to its end."""
    import numpy as np

    values, counts = np.unique(column, return_counts=True)
    if len(values) <= MOST_VALUES:
        starts, counts = _with_gaps_filled(values, counts.astype(float))
        widths = np.zeros(len(starts))
    else:
        n_bins = int(np.clip(np.sqrt(len(column)), FEWEST_BINS, MOST_VALUES))
        counts, edges = np.histogram(column, bins=n_bins)
        starts, widths = edges[:-1], np.diff(edges)
    shares = nearest_with_one_peak(counts.astype(float))
    return starts, widths, np.cumsum(shares) / shares.sum()


def _with_gaps_filled(values: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put empty values into steps that are much wider than those beside them, as wide apart as those."""
    import numpy as np

    steps = np.diff(values)
    if len(steps) < 2:
        return values, counts
    beside = np.maximum(np.append(steps[1:], 0.0), np.insert(steps[:-1], 0, 0.0))
    more = np.where(steps > WIDE_STEP * beside, np.minimum(steps / beside - 1, MOST_VALUES).round(), 0).astype(int)
    filled = [
        np.linspace(low, high, n + 1, endpoint=False) for low, high, n in zip(values, values[1:], more, strict=False)
    ]
    every = np.append(np.concatenate(filled), values[-1])
    return every, np.where(np.isin(every, values), np.interp(every, values, counts), 0.0)


def _at(uniform: np.ndarray, starts: np.ndarray, widths: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the values below which the given shares lie."""
    import numpy as np

    cell = np.minimum(np.searchsorted(ends, uniform, side="right"), len(ends) - 1)
    below = np.where(cell > 0, ends[cell - 1], 0.0)
    within = (uniform - below) / np.maximum(ends[cell] - below, np.finfo(float).tiny)
    return starts[cell] + widths[cell] * within
