"""Arms given to whole stores, classes or cities: how alike their customers are, and what that makes of a plan.

A test by cluster reads each cluster as the mean of its customers (``rows.clusters``). The variance of such a mean is
that of one customer times ``ICC + (1 - ICC) / m``, with m the customers of the cluster (over clusters of different size
their harmonic mean); times the mean size that is the design effect (Donner and Klar 2000, ch. 5; Hayes and Bennett
1999, International Journal of Epidemiology 28).

Method and limits: ``docs/methods/experiments-plan.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.planning.noncentral import power_of_t
from analysis.experiments.rows.clusters import FEWEST
from analysis.params import Params
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Clusters(Params):
    """How customers who get an arm together hang together.

    ``size`` is the mean number of customers of a cluster, ``variation`` the standard deviation of the sizes over their
    mean; ``icc`` the intraclass correlation, 0 to below 1: the share of the variance of one customer that lies between
    clusters. ``icc_low`` and ``icc_high`` are its 95 % interval, None where it was typed.
    """

    size: float
    variation: float = 0.0
    icc: float
    icc_low: float | None = None
    icc_high: float | None = None

    @property
    def of_one(self) -> float:
        """The variance of a cluster's mean over that of one customer."""
        harmonic = max(self.size / (1 + self.variation**2), 1.0)  # of sizes of one or more it is one or more
        return self.icc + (1 - self.icc) / harmonic

    @property
    def design_effect(self) -> float:
        """How many times the customers are needed that would be if each were assigned alone.

        Examples
        --------
        >>> Clusters(size=51, icc=0.02).design_effect
        2.0
        """
        return round(self.size * self.of_one, 12)


def check_clusters(clusters: Clusters | None) -> None:
    """Refuse what has no answer: ``experiment_bad_cluster_size``, ``experiment_bad_icc``."""
    if clusters is None:
        return
    if not 1 <= clusters.size < math.inf or not 0 <= clusters.variation < math.inf:
        raise AnalysisError("experiment_bad_cluster_size", size=clusters.size, variation=clusters.variation)
    if not 0 <= clusters.icc < 1:
        raise AnalysisError("experiment_bad_icc", icc=clusters.icc)


def least_in_arm(clusters: Clusters | None, split: float) -> float:
    """Return the customers of control from which on both arms can be read."""
    return max(1.0, 1.0 / split) * (2.0 if clusters is None else FEWEST * clusters.size)


def power_of_clusters(
    clusters: Clusters, sizes: tuple[float, float], variances: tuple[float, float], distance: float, tail: float
) -> float:
    """Return the power of the pooled t test of the means of clusters.

    Parameters
    ----------
    sizes : (control, treatment)
        Customers of each arm.
    variances : (control, treatment)
        Of one customer.
    distance : float
        The effect in its direction, or its distance from the margin.
    tail : float
        The chance of an error in that direction.
    """
    one, two = (n / clusters.size for n in sizes)
    df = one + two - 2
    first, second = (clusters.of_one * variance for variance in variances)
    true = first / one + second / two
    # What the test takes the variance to be on average: arms of unequal size and spread are pooled.
    pooled = ((one - 1) * first + (two - 1) * second) / df * (1 / one + 1 / two)
    return power_of_t(distance / math.sqrt(true), df, tail, wider=math.sqrt(pooled / true))


@dataclass(frozen=True)
class ClustersSeen(
    Tabular,
    columns=(
        "n",
        "customers",
        "size=clusters.size",
        "icc=clusters.icc",
        "icc_low=clusters.icc_low",
        "icc_high=clusters.icc_high",
    ),
):
    """Clusters of the past: ``n`` with ``customers`` in all, and what a plan takes from them."""

    n: int
    customers: int
    clusters: Clusters


def clusters_of(values: np.ndarray, labels: pd.Series) -> ClustersSeen:
    """Return how alike the customers of a cluster were.

    The intraclass correlation is that of the analysis of variance with one factor, below 0 counted as 0; its interval
    comes from the F distribution (exact for clusters of one size and normal values; for others with the size that
    makes the estimate unbiased).

    Parameters
    ----------
    values : array of float, one per customer
        What is measured; NaN is left out.
    labels : Series of the same length
        The cluster of each; missing ones are left out.

    Raises
    ------
    AnalysisError
        ``experiment_few_clusters_seen`` (n, least) with fewer than two clusters, or none with two customers;
        ``experiment_no_variation``.

    References
    ----------
    Donner (1986), A review of inference procedures for the intraclass correlation coefficient in the one-way random
    effects model, International Statistical Review 54; Searle (1971), Linear models, ch. 9; Shrout and Fleiss (1979),
    Psychological Bulletin 86.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> seen = clusters_of(np.array([9.0, 2, 5, 8, 6, 1, 3, 2]), pd.Series(list("aaaabbbb")))
    >>> seen.n, round(seen.clusters.icc, 3)
    (2, 0.267)
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import f as f_distribution

    known = ~np.isnan(values) & labels.notna().to_numpy()
    table = pd.DataFrame({"value": values[known]}).groupby(labels[known].astype("str").to_numpy())["value"]
    sizes, means = table.size().to_numpy(dtype=float), table.mean().to_numpy(dtype=float)
    k, n = len(sizes), float(sizes.sum())
    if k < 2 or n <= k:
        raise AnalysisError("experiment_few_clusters_seen", n=k, least=2)
    within_sum = float((table.var(ddof=0).to_numpy(dtype=float) * sizes).sum())
    between_sum = float((sizes * (means - (sizes * means).sum() / n) ** 2).sum())
    if not within_sum + between_sum > 0:
        raise AnalysisError("experiment_no_variation")
    alike = (n - float((sizes**2).sum()) / n) / (k - 1)  # n0, the size that makes the estimate unbiased
    between, within = between_sum / (k - 1), within_sum / (n - k)
    size = n / k
    harmonic = k / float((1 / sizes).sum())

    def correlation(ratio: float) -> float:
        return min(max((ratio - 1) / (ratio + alike - 1), 0.0), 1 - 1e-9)

    if within == 0:
        low = icc = high = 1 - 1e-9
    else:
        ratio = between / within
        low, high = (correlation(ratio / float(f_distribution.ppf(q, k - 1, n - k))) for q in (0.975, 0.025))
        icc = correlation(ratio)
    variation = math.sqrt(max(size / harmonic - 1, 0.0))
    return ClustersSeen(k, int(n), Clusters(size=size, variation=variation, icc=icc, icc_low=low, icc_high=high))
