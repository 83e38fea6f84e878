"""Tests of ranks that stay right where amounts are skewed, groups unequal and most values the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.stats.effects import delta_interval
from analysis.stats.exact import fisher_p
from analysis.stats.intervals import ALPHA

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

# From this share on the most frequent value (nobody bought, one order) is looked at by itself.
MOSTLY = 0.5
# More values than these are ranked in a sample; a group with few customers in it is ranked whole.
MOST_RANKED = 10_000
FEW_RANKED = 300


@dataclass(frozen=True)
class AgainstRest:
    """Each group against all others, by ranks; arrays of one number a group.

    Attributes
    ----------
    p : array
        Two-sided; missing where nothing varies or a side is empty.
    towards : array
        1 where the group tends to the larger values, -1 to the smaller, 0 for neither.
    delta, delta_low, delta_high : array, -1..1
        Cliff's delta of all values (of pairs of one of the group and one of the others, the share in which that of the
        group is the larger, less the share in which it is the smaller) and its 95 % interval
        (``stats.effects.delta_interval``), which has 0 inside where p is 5 % or more, and
        else 0 at an end or outside; missing as ``p``.
    """

    p: np.ndarray
    towards: np.ndarray
    delta: np.ndarray
    delta_low: np.ndarray
    delta_high: np.ndarray


def against_rest(values: np.ndarray, codes: np.ndarray, k: int, *, seed: int = 0) -> AgainstRest:
    """Test each group against all others: do its values tend to be larger, or smaller.

    Mann–Whitney's test with the tails of the Pearson III distribution of the same skewness where they are heavier than
    the normal ones. Where half of the values and more are the same, that value against any other is tested exactly
    (Fisher) and the other values by rank; p is twice the smaller of both. Of more than ``MOST_RANKED`` values a random
    sample is ranked.

    Parameters
    ----------
    values : float array, shape (customers,)
        Finite.
    codes : int array, shape (customers,)
        Group from 0 to ``k`` - 1; -1 belongs to the others of every group.
    k : int
        Groups.
    seed : int
        Of the sample.

    Returns
    -------
    AgainstRest

    References
    ----------
    Mann, Whitney (1947), Annals of Mathematical Statistics 18; Mielke, Berry (2007), Permutation methods, ch. 2, for
    Pearson III from the exact first three moments; Lachenbruch (2001), Comparisons of two-part models with competitors,
    Statistics in Medicine 20.

    Examples
    --------
    >>> import numpy as np
    >>> found = against_rest(np.array([1.0, 2, 3, 4, 9, 8, 7, 6]), np.array([0] * 4 + [1] * 4), 2)
    >>> found.p.round(3).tolist(), found.towards.tolist(), found.delta.tolist(), found.delta_low.round(2).tolist()
    ([0.03, 0.03], [-1.0, 1.0], [-1.0, 1.0], [-1.0, 0.09])
    """
    import numpy as np

    usual = _usual(values, seed)
    if usual is None:
        return _with_delta(*_ranked(values, codes, k, seed), values, codes, seed)
    other = values != usual
    inside = codes >= 0
    n = np.bincount(codes[inside], minlength=k)
    count = np.bincount(codes[inside & other], minlength=k)
    rest_n, rest_count = len(values) - n, other.sum() - count
    first = fisher_p(count, n, rest_count, rest_n)
    second, towards = _ranked(values[other], codes[other], k, seed)
    p = np.minimum(2 * np.fmin(first, second), 1.0)
    # Other values lie above the usual one or below it: on which side most do says what having more of them means.
    side = np.sign((values[other] > usual).mean() - 0.5) if other.any() else 0.0
    more = np.sign(count / np.maximum(n, 1) - rest_count / np.maximum(rest_n, 1)) * side
    decisive = np.isnan(second) | (first <= second)
    return _with_delta(p, np.where(decisive, more, towards), values, codes, seed)


def _with_delta(p: np.ndarray, towards: np.ndarray, values: np.ndarray, codes: np.ndarray, seed: int) -> AgainstRest:
    """Add Cliff's delta with its interval, of a sample where there are many values."""
    import numpy as np

    k = len(p)
    many = len(values) > MOST_RANKED
    some, own = (one[_sample(len(values), seed)] if many else one for one in (values, codes))
    found = _dominance(some, own, k)
    for group, both, sides in _whole_groups(values, codes, k, some, own) if many else ():
        found[:, group] = _dominance(both, sides, 1)[:, 0]
    delta, n, rest, ties, variance = found
    sure = (p < ALPHA) & (towards == np.sign(delta))
    return AgainstRest(p, towards, delta, *delta_interval(delta, n, rest, ties=ties, variance=variance, sure=sure))


def _dominance(values: np.ndarray, codes: np.ndarray, k: int) -> np.ndarray:
    """Return for each group delta, how many are on either side, what ties leave, and the variance of delta."""
    import numpy as np

    if len(values) < 3 or values.min() == values.max():
        return np.full((5, k), np.nan)
    levels, at = np.unique(values, return_inverse=True)
    inside = codes >= 0
    own = np.bincount(codes[inside] * len(levels) + at[inside], minlength=k * len(levels)).reshape(k, -1).astype(float)
    both = np.bincount(at, minlength=len(levels)).astype(float)
    rest = both - own
    n, m = own.sum(axis=1), rest.sum(axis=1)
    known = (n > 0) & (m > 0)
    size, other = np.where(known, n, 1)[:, None], np.where(known, m, 1)[:, None]
    # How far a value of one side lies above the other side: the share of it below, less the share above.
    above_rest = (2 * rest.cumsum(axis=1) - rest - m[:, None]) / other
    above_own = (2 * own.cumsum(axis=1) - own - n[:, None]) / size
    delta = (own * above_rest).sum(axis=1) / size[:, 0]
    first = (own * above_rest**2).sum(axis=1) / size[:, 0] - delta**2
    second = (rest * above_own**2).sum(axis=1) / other[:, 0] - delta**2
    variance = first / np.maximum(size[:, 0] - 1, 1) + second / np.maximum(other[:, 0] - 1, 1)
    total = float(len(values))
    ties = 1 - (both**3 - both).sum() / (total**3 - total)
    return np.array([np.where(known, delta, np.nan), n, m, np.full(k, ties), variance])


def _usual(values: np.ndarray, seed: int) -> float | None:
    """Return the value that half of all and more have, None where there is none: it would be the median."""
    import numpy as np

    some = values if len(values) <= MOST_RANKED else values[_sample(len(values), seed)]
    if len(some) == 0:
        return None
    middle = np.sort(some)[len(some) // 2]
    return float(middle) if np.count_nonzero(values == middle) >= MOSTLY * len(values) else None


@lru_cache(maxsize=16)
def _sample(n: int, seed: int) -> np.ndarray:
    """Return the places of a random sample, each once, in the order of the places."""
    import numpy as np

    rng = np.random.default_rng(seed)
    # A few more than wanted, so that those drawn twice can go.
    drawn = np.sort(rng.integers(0, n, int(MOST_RANKED * 1.5)))
    drawn = drawn[np.append(True, drawn[1:] != drawn[:-1])]
    places = drawn if len(drawn) <= MOST_RANKED else np.sort(rng.permutation(drawn)[:MOST_RANKED])
    places.flags.writeable = False
    return places


def _ranked(values: np.ndarray, codes: np.ndarray, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    if len(values) <= MOST_RANKED:
        return _rank_sums(values, codes, k)
    sample = _sample(len(values), seed)
    some, own = values[sample], codes[sample]
    p, towards = _rank_sums(some, own, k)
    for group, both, sides in _whole_groups(values, codes, k, some, own):
        one, way = _rank_sums(both, sides, 1)
        p[group], towards[group] = one[0], way[0]
    return p, towards


def _whole_groups(
    values: np.ndarray, codes: np.ndarray, k: int, some: np.ndarray, own: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Give each group of which few are in the sample: all its values beside the sampled others, and which are which."""
    import numpy as np

    sizes = np.bincount(codes[codes >= 0], minlength=k)
    in_sample = np.bincount(own[own >= 0], minlength=k)
    for group in np.flatnonzero((in_sample < FEW_RANKED) & (sizes > 0)):
        whole = values[codes == group]
        both = np.concatenate([whole, some[own != group]])
        yield int(group), both, np.repeat([0, -1], [len(whole), len(both) - len(whole)])


def _rank_sums(values: np.ndarray, codes: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np
    from scipy.special import ndtr

    total = len(values)
    empty = np.full(k, np.nan), np.zeros(k)
    if total < 3:
        return empty
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if len(starts) < 2:
        return empty
    runs = np.diff(np.append(starts, total))
    # Ranks of equal values are their middle; about 0, so that sums and cubes stay small.
    middles = starts + (runs - 1) / 2 - (total - 1) / 2
    own = codes[order]
    inside = own >= 0
    n = np.bincount(own[inside], minlength=k).astype(float)
    w = np.bincount(own[inside], np.repeat(middles, runs)[inside], minlength=k)
    rest = total - n
    known = (n > 0) & (rest > 0)
    second, third = (runs * middles**2).sum(), (runs * middles**3).sum()
    both = np.where(known, n * rest, 1.0)
    spread = np.sqrt(both / total / (total - 1) * second)
    skew = both * (rest - n) / (total * (total - 1.0) * (total - 2)) * third / spread**3
    # The continuity correction: the smallest step of the sum is half a rank.
    z = np.maximum(np.abs(w) - 0.5, 0.0) / spread
    tail = np.maximum(ndtr(-z), _pearson_tail(z, np.sign(w) * skew))
    return np.where(known, np.minimum(2 * tail, 1.0), np.nan), np.where(known, np.sign(w), 0.0)


def _pearson_tail(z: np.ndarray, skew: np.ndarray) -> np.ndarray:
    """Return how likely a standardised Pearson III variable of positive skewness lies above z; 0 for others."""
    import numpy as np
    from scipy.special import gammaincc

    skewed = skew > 1e-6
    safe = np.where(skewed, skew, 1.0)
    shape = 4 / safe**2
    return np.where(skewed, gammaincc(shape, np.maximum(shape + z * np.sqrt(shape), 0.0)), 0.0)
