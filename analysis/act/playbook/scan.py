"""Groups that nobody asked for: few customers with up to three things in common, worth much more than the others.

Every combination that is looked at is counted, and the p values are corrected for all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from pydantic import Field

from analysis.errors import AnalysisError
from analysis.params import Params
from analysis.stats.intervals import ALPHA
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Feature, Profiles

MOST_LEVELS = 12  # of a feature; one with more tells nobody apart
BANDS = 3
SAME = 0.5  # of a group's customers in one that is named already: the same group by other words


class ScanParams(Params):
    """What is looked for.

    Attributes
    ----------
    by : str
        A feature that is a number: what customers are worth.
    least : int
        The fewest customers of a group.
    most_share : float
        The largest share of all customers that still is a small group.
    depth : int
        How many features are put together at most.
    most : int
        How many groups are named at most.
    features : int
        How many features are looked at most, in the order of the profiles.
    days : int
        Of ``rising``: the last days, held against as many before them.
    """

    by: str = "spend"
    least: int = Field(default=20, ge=10)
    most_share: float = Field(default=0.1, gt=0, le=0.5)
    depth: int = Field(default=3, ge=1, le=3)
    most: int = Field(default=5, ge=1, le=50)
    features: int = Field(default=12, ge=1, le=30)
    days: int = Field(default=90, ge=7, le=730)


@dataclass(frozen=True)
class Trait:
    """One thing in common: a feature and its value; of a number the band, 0 the lowest third, and its ends."""

    feature: str
    value: str
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class Group:
    """A group that stands out.

    Attributes
    ----------
    traits : tuple of Trait
    rows : array of int
        Of the profiles.
    n : int
    mean, others : float
        Of ``by``, in the group and among all others.
    p : float
        One-sided rank-sum test, times the number of groups that were looked at.
    """

    traits: tuple[Trait, ...]
    rows: np.ndarray = field(repr=False)
    n: int
    mean: float
    others: float
    p: float


@dataclass(frozen=True)
class Scan(Tabular, rows="groups", columns=("traits", "n", "mean", "others", "p")):
    """Groups that stand out, the surest first, and how many were looked at."""

    groups: tuple[Group, ...]
    looked_at: int
    params: ScanParams


@dataclass(frozen=True)
class _Coded:
    feature: str
    codes: np.ndarray  # -1 where missing
    traits: tuple[Trait, ...]


def scan(profiles: Profiles, params: ScanParams | None = None) -> Scan:
    """Look for small groups of customers who are worth more than the others.

    Only features of columns are put together: those worked out from orders would find that who buys more spends more.

    Parameters
    ----------
    profiles : Profiles
    params : ScanParams, optional

    Returns
    -------
    Scan
        Without a group where none stands out: of made-up noise at most one look in twenty names any.

    Raises
    ------
    AnalysisError
        ``act_scan_no_number`` (by); ``act_scan_no_features``: no feature tells customers apart;
        ``act_scan_too_few`` (n, least).

    References
    ----------
    Wilcoxon (1945), Mann, Whitney (1947), rank-sum with ties, normal approximation; Bonferroni over all groups.
    """
    import numpy as np

    params = params or ScanParams()
    customers = profiles.customers
    if params.by not in customers or customers[params.by].dtype.kind not in "iuf":
        raise AnalysisError("act_scan_no_number", by=params.by)
    worth = customers[params.by].to_numpy(dtype=float, na_value=0.0)
    return _scan(profiles, np.where(np.isfinite(worth), worth, 0.0), params)


def rising(profiles: Profiles, standard: StandardTables, params: ScanParams | None = None) -> Scan:
    """Look for small groups whose money rises: what each customer brought in the last days less that in as many before.

    Returns
    -------
    Scan
        As of ``scan``; ``mean`` and ``others`` are changes in money a customer, and no group's falls.

    Raises
    ------
    AnalysisError
        ``act_no_orders``; ``act_scan_no_money``; ``act_scan_short`` (first, days): the files do not reach back twice
        the days; what ``scan`` refuses.
    """
    import pandas as pd

    from analysis.intake.questions import order_span, within

    params = params or ScanParams()
    if "order_date" not in standard.order_roles:
        raise AnalysisError("act_no_orders")
    if "amount" not in standard.order_roles:
        raise AnalysisError("act_scan_no_money")
    last, first = profiles.as_of, order_span(standard).first
    middle = last - timedelta(days=params.days)
    start = middle - timedelta(days=params.days)
    if first is None or first > start + timedelta(days=1):
        raise AnalysisError("act_scan_short", first=first or last, days=params.days)
    ids = pd.Index(profiles.customers["customer_id"].astype(object))
    after, before = (
        within(standard, days)["money"].reindex(ids).fillna(0.0).to_numpy(dtype=float)
        for days in ((middle + timedelta(days=1), last), (start + timedelta(days=1), middle))
    )
    found = _scan(profiles, after - before, params)
    return replace(found, groups=tuple(one for one in found.groups if one.mean > 0))


def _scan(profiles: Profiles, worth: np.ndarray, params: ScanParams) -> Scan:
    """Look at every group; ``worth`` is one number per customer."""
    import numpy as np
    from scipy.special import ndtr
    from scipy.stats import rankdata

    n = len(profiles.customers)
    if n < 2 * params.least:
        raise AnalysisError("act_scan_too_few", n=n, least=2 * params.least)
    coded = _coded(profiles, params)
    if not coded:
        raise AnalysisError("act_scan_no_features")
    ranks = rankdata(worth)
    variance, total, money = float(ranks.var()), float(ranks.sum()), float(worth.sum())
    found: list[tuple[float, tuple[_Coded, ...], int, int, float]] = []
    looked_at = 0
    for depth in range(1, params.depth + 1):
        for parts in combinations(coded, depth):
            cells = _cells(parts)
            inside = cells >= 0
            size = int(np.prod([len(part.traits) for part in parts]))
            counts = np.bincount(cells[inside], minlength=size)
            sums = np.bincount(cells[inside], weights=ranks[inside], minlength=size)
            wanted = (counts >= params.least) & (counts <= params.most_share * n)
            looked_at += int(wanted.sum())
            for cell in wanted.nonzero()[0].tolist():
                k = int(counts[cell])
                spread = variance / k * (n - k) / (n - 1)
                z = (sums[cell] / k - total / n) / spread**0.5 if spread > 0 else 0.0
                found.append((float(ndtr(-z)), parts, cell, k, z))
    groups: list[Group] = []
    for p, parts, cell, k, _ in sorted(found, key=lambda one: (one[0], len(one[1]), one[2])):
        corrected = min(p * looked_at, 1.0)
        if corrected > ALPHA or len(groups) == params.most:
            break
        rows = (_cells(parts) == cell).nonzero()[0]
        if any(len(np.intersect1d(rows, one.rows)) > SAME * min(k, one.n) for one in groups):
            continue
        mean = float(worth[rows].mean())
        groups.append(Group(_traits(parts, cell), rows, k, mean, (money - mean * k) / (n - k), corrected))
    return Scan(tuple(groups), looked_at, params)


def _coded(profiles: Profiles, params: ScanParams) -> list[_Coded]:
    found = []
    for feature in profiles.features:
        usable = feature.personal is None and feature.origin in ("column", "attributes") and feature.key != params.by
        if not usable or feature.dimension == "value" or feature.key not in profiles.customers:
            continue
        one = _code(feature, profiles.customers[feature.key])
        if one is not None:
            found.append(one)
        if len(found) == params.features:
            break
    return found


def _code(feature: Feature, values: pd.Series) -> _Coded | None:
    """Return the values of a feature as few codes; None where it has one value, or too many."""
    import numpy as np
    import pandas as pd

    if feature.kind == "number" and values.dtype.kind in "iuf" and values.nunique() > MOST_LEVELS:
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        known = ~np.isnan(numbers)
        cuts = np.unique(np.quantile(numbers[known], [step / BANDS for step in range(1, BANDS)]))
        codes = np.where(known, np.searchsorted(cuts, numbers, side="left"), -1)
        ends = [float(numbers[known].min()), *cuts.tolist(), float(numbers[known].max())]
        traits = tuple(Trait(feature.key, str(place), (ends[place], ends[place + 1])) for place in range(len(cuts) + 1))
        return _Coded(feature.key, codes.astype(int), traits) if len(traits) > 1 else None
    if feature.kind not in ("category", "flag", "number"):
        return None
    told = values.astype("str").where(values.notna())
    codes, levels = pd.factorize(told, sort=True)
    if not 2 <= len(levels) <= MOST_LEVELS:
        return None
    return _Coded(feature.key, np.asarray(codes, dtype=int), tuple(Trait(feature.key, str(one)) for one in levels))


def _cells(parts: tuple[_Coded, ...]) -> np.ndarray:
    import numpy as np

    cells = np.zeros(len(parts[0].codes), dtype=int)
    missing = np.zeros(len(cells), dtype=bool)
    for part in parts:
        cells = cells * len(part.traits) + part.codes
        missing |= part.codes < 0
    return np.where(missing, -1, cells)


def _traits(parts: tuple[_Coded, ...], cell: int) -> tuple[Trait, ...]:
    found = []
    for part in reversed(parts):
        cell, place = divmod(cell, len(part.traits))
        found.append(part.traits[place])
    return tuple(reversed(found))
