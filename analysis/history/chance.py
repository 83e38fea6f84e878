"""How many customers would change the segment by chance alone: borders learned on other draws of the same customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.history.params import ChanceParams
from analysis.history.split import can_change
from analysis.segments.fitted_study import FittedStudy
from analysis.segments.frozen import Before, apply, continued, freeze_method
from analysis.segments.methods import METHODS, Basis
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan


@dataclass(frozen=True)
class ChanceMoves(Tabular, columns=("method", "share", "low", "high", "draws")):
    """What moving borders alone would do.

    Attributes
    ----------
    method : str
    share : float
        Of the customers, 0..1, who stand elsewhere between two runs whose borders were each learned on a fresh draw of
        the same customers: the mean of the draws. ``low`` and ``high`` are the least and the most of them.
    draws : int
        Pairs of runs that were compared; 0 where borders are fixed, so that nobody moves by chance.
    up, down : float or None
        Of those who moved, the shares of all customers who came into a segment before theirs in display order, or
        after; None where segments do not follow one another.
    """

    method: str
    share: float
    low: float
    high: float
    draws: int
    up: float | None = None
    down: float | None = None

    def of(self, n: int) -> int:
        """Return how many of ``n`` customers that is."""
        return round(self.share * n)


def chance_moves(
    profiles: Profiles,
    plan: SegmentationPlan,
    params: ChanceParams | None = None,
    *,
    standard: StandardTables | None = None,
) -> ChanceMoves:
    """Ask how much of a migration the borders alone would make.

    Parameters
    ----------
    profiles : Profiles
        Of one run; the same customers are judged by every pair of borders.
    plan : SegmentationPlan
    params : ChanceParams, optional
    standard : StandardTables, optional

    Raises
    ------
    AnalysisError
        ``history_chance_unknown`` (method): no rule puts customers into the groups of another draw; and what the
        method refuses.

    References
    ----------
    Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics & Data Analysis 52: groups
    found again in bootstrap draws.

    Examples
    --------
    >>> from analysis.recipe import SegmentationPlan
    >>> from analysis.segments.params import RfmParams
    >>> from analysis.study import prepare, read, suggest
    >>> tables = read("sample_data/b2b_crm_en.xlsx")
    >>> profiles = prepare(tables, suggest(tables)).profiles
    >>> found = chance_moves(profiles, SegmentationPlan(params=RfmParams()), ChanceParams(draws=3))
    >>> 0 < found.share < 0.5
    True
    """
    import numpy as np

    params = params or ChanceParams()
    kind = plan.params.kind
    if not can_change(kind, plan.fit):
        return ChanceMoves(kind, 0.0, 0.0, 0.0, 0)
    if METHODS[kind].uses(plan.params):
        raise AnalysisError("history_chance_unknown", method=kind)
    random = np.random.default_rng(params.seed)
    some = _drawn(profiles, random, params.most_customers)
    first = METHODS[kind].run(Basis(some, standard), plan.params)
    follows = Before(None, some.customers["customer_id"], first.segmentation.labels)
    place = {key: at for at, key in enumerate(first.segmentation.segments["segment"])}
    moves = [_moves(some, plan, random, standard, follows, place) for _ in range(params.draws)]
    shares = [move[0] for move in moves]
    ordered = METHODS[kind].ordered or kind == "rfm"
    return ChanceMoves(
        kind, float(np.mean(shares)), min(shares), max(shares), params.draws,
        float(np.mean([move[1] for move in moves])) if ordered else None,
        float(np.mean([move[2] for move in moves])) if ordered else None,
    )  # fmt: skip


def _moves(
    profiles: Profiles, plan: SegmentationPlan, random: np.random.Generator, standard: StandardTables | None,
    follows: Before, place: dict[str, int],
) -> tuple[float, float, float]:  # fmt: skip
    """Learn two pairs of borders on two draws and return the shares of customers who moved, up and down."""
    import numpy as np

    where = []
    for _ in range(2):
        draw = _drawn(profiles, random, len(profiles.customers), again=True)
        found: Any = METHODS[plan.params.kind].run(Basis(draw, standard), plan.params)
        found = continued(found, follows, draw)
        try:
            fitted = freeze_method(found, plan.params, draw, kept=False)
        except AnalysisError as problem:
            raise AnalysisError("history_chance_unknown", method=plan.params.kind) from problem
        before = Before(FittedStudy(as_of=profiles.as_of, methods=(fitted,)))
        labels = apply(before, fitted.params, profiles, standard=standard).segmentation.labels
        where.append(labels.map(place).fillna(-1).to_numpy(dtype=int))
    moved, both = where[0] != where[1], (where[0] >= 0) & (where[1] >= 0)
    up, down = (both & (where[1] < where[0])), (both & (where[1] > where[0]))
    return float(np.mean(moved)), float(np.mean(up)), float(np.mean(down))


def _drawn(profiles: Profiles, random: np.random.Generator, most: int, *, again: bool = False) -> Profiles:
    """Return some of the customers; ``again`` lets each be drawn more than once, under an id of its own each time."""
    import numpy as np

    n = len(profiles.customers)
    if not again and n <= most:
        return profiles
    rows = random.integers(0, n, n) if again else random.choice(n, size=most, replace=False)
    customers = profiles.customers.iloc[np.sort(rows)].reset_index(drop=True)
    if again:
        copies = customers.groupby("customer_id").cumcount().astype(str)
        ids = customers["customer_id"].astype(str)
        customers = customers.assign(customer_id=ids.where(copies == "0", ids + "\x1f" + copies))
    return replace(profiles, customers=customers)
