"""Value tiers: who brings the money, in tiers by what each customer spent.

Method, sources and limits: ``docs/methods/tiers.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.conditions import Condition
from analysis.errors import AnalysisError
from analysis.segments.fitted import FittedTiers
from analysis.segments.method import Basis, Freezing, Method
from analysis.segments.params import Tier, TierParams
from analysis.segments.parts import Part, all_of
from analysis.segments.result import Note, Segmentation, labels_at, segmentation_of
from analysis.segments.scores import words
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.translate import Translate

ZERO = "tier_zero"
CURVE_POINTS = 200
# What a tier takes when nobody chooses: the field's 20/30/50 of customers, and A, B and C of the ABC analysis.
BY_CUSTOMERS = (Tier(key="heavy", share=0.2), Tier(key="medium", share=0.3), Tier(key="light"))
BY_REVENUE = (Tier(key="heavy", share=0.8), Tier(key="medium", share=0.15), Tier(key="light"))


@dataclass(frozen=True)
class TierResult(Tabular, rows="segmentation.segments"):
    """Tiers of value.

    Attributes
    ----------
    segmentation : Segmentation
        ``tier_<key>`` of each tier, best first, then ``tier_zero`` for customers who spent nothing.
    borders : DataFrame, one row per tier with customers, best first, without ``tier_zero``
        ``segment``, ``lowest`` and ``highest`` (currency, the least and the most that a customer of it spent),
        ``customer_share`` and ``revenue_share`` (0..1, of the buyers, of this tier and those above it together).
    curve : DataFrame, at most about 200 rows
        The Pareto curve from (0, 0) to (1, 1): ``customer_share`` of the buyers who spent most, and the
        ``revenue_share`` they brought. The borders of the tiers are among its points.
    names : dict of str
        A person's own names by segment key.
    notes : tuple of Note
        ``tiers_ties`` (segment, n, wanted, taken): equal spend drew more customers into the tier than it asked for;
        ``tiers_empty`` (segment): nobody is in it; ``tiers_negative_spend`` (n).
    n_buyers : int
        Customers who spent something.
    params : TierParams
    at_least : tuple of float
        Where each tier but the last begins (currency), to apply to other customers; in a tier that found nobody, where
        the one above it begins.
    """

    segmentation: Segmentation
    borders: pd.DataFrame
    curve: pd.DataFrame = field(repr=False)
    names: dict[str, str]
    notes: tuple[Note, ...]
    n_buyers: int
    params: TierParams
    at_least: tuple[float, ...] = ()


def tiers(
    profiles: Profiles, params: TierParams | None = None, *, at_least: tuple[float, ...] | None = None
) -> TierResult:
    """Put customers into tiers by what they spent.

    A customer is in the first tier whose border is above the part of the buyers (or of the revenue) that spent
    strictly more. So customers with equal spend are in the same tier, the better one where a border falls among them.

    Parameters
    ----------
    profiles : Profiles
        With ``spend`` (currency); a customer whose spend is missing is outside.
    params : TierParams, optional
        20, 30 and 50 % of the buyers when left out.
    at_least : tuple of float, optional
        Where each tier but the last begins (currency, ``TierResult.at_least`` of another run), instead of finding it.

    Raises
    ------
    AnalysisError
        ``tiers_need_spend``, ``tiers_no_spend`` (n_customers), ``tiers_too_few_customers`` (n_customers, n_tiers),
        ``tiers_all_equal`` (n_customers, value).

    References
    ----------
    Pareto (1896), Cours d'économie politique; Dickie (1951), ABC inventory analysis shoots for dollars, not pennies.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> base = {"customer_id": list("abcdef"), "spend": [90.0, 5, 20, 1, 4, 0]}
    >>> tiers(Profiles(pd.DataFrame(base), (), date(2024, 1, 1))).segmentation.labels.tolist()
    ['tier_heavy', 'tier_medium', 'tier_medium', 'tier_light', 'tier_light', 'tier_zero']
    """
    import numpy as np

    params = params or TierParams()
    frame = profiles.customers
    if "spend" not in frame.columns:
        raise AnalysisError("tiers_need_spend")
    spend = frame["spend"].to_numpy(dtype=float, na_value=np.nan)
    buyers = np.isfinite(spend) & (spend > 0)
    amounts = spend[buyers]
    if at_least is None and params.by == "amount":
        at_least = tuple(tier.at_least for tier in params.tiers[:-1] if tier.at_least is not None)
    _refuse(amounts, len(frame), params, learns=at_least is None)
    positions = _positions(amounts, params) if at_least is None else _from_amounts(amounts, at_least)
    keys = [segment_key(tier) for tier in params.tiers]
    codes = np.where(np.isfinite(spend), len(keys), -1)
    codes[buyers] = positions
    segmentation = segmentation_of(codes, [*keys, ZERO], method="tiers", spend=spend, made_of=("spend",))
    borders = _borders(amounts, positions, keys)
    return TierResult(
        segmentation=segmentation,
        borders=borders,
        curve=_curve(amounts, borders),
        names={key: tier.name for key, tier in zip(keys, params.tiers, strict=True) if tier.name},
        notes=tuple(_notes(spend, amounts, positions, params, learned=at_least is None)),
        n_buyers=len(amounts),
        params=params,
        at_least=_lowest(borders, params) if at_least is None else at_least,
    )


def segment_key(tier: Tier) -> str:
    """Return the segment key of a tier."""
    return f"tier_{tier.key}"


def own_tiers(result: TierResult) -> TierParams:
    """Return the tiers as amounts of money to start from: the least that was spent in each, to three figures.

    Raises
    ------
    AnalysisError
        ``tiers_amounts_equal``: fewer than two tiers have customers, or their amounts are the same once rounded.
    """
    lowest = result.borders.set_index("segment")["lowest"]
    kept = [tier for tier in result.params.tiers if segment_key(tier) in lowest.index]
    amounts = [float(f"{lowest[segment_key(tier)]:.3g}") for tier in kept[:-1]]
    if not amounts or amounts != sorted(set(amounts), reverse=True):
        raise AnalysisError("tiers_amounts_equal")
    upper = [Tier(key=t.key, name=t.name, at_least=a) for t, a in zip(kept[:-1], amounts, strict=True)]
    return TierParams(by="amount", tiers=(*upper, Tier(key=kept[-1].key, name=kept[-1].name)))


def _lowest(borders: pd.DataFrame, params: TierParams) -> tuple[float, ...]:
    lowest = dict(zip(borders["segment"], borders["lowest"], strict=True))
    amounts: list[float] = []
    for tier in params.tiers[:-1]:
        # The first tier always has customers: the one who spent most is in it.
        amounts.append(float(lowest[segment_key(tier)]) if segment_key(tier) in lowest else amounts[-1])
    return tuple(amounts)


def _refuse(amounts: np.ndarray, n_customers: int, params: TierParams, *, learns: bool) -> None:
    if len(amounts) == 0:
        raise AnalysisError("tiers_no_spend", n_customers=n_customers)
    if not learns:
        return
    if len(amounts) < len(params.tiers):
        raise AnalysisError("tiers_too_few_customers", n_customers=len(amounts), n_tiers=len(params.tiers))
    if amounts.min() == amounts.max():
        raise AnalysisError("tiers_all_equal", n_customers=len(amounts), value=float(amounts[0]))


def _from_amounts(amounts: np.ndarray, at_least: tuple[float, ...]) -> np.ndarray:
    import numpy as np

    return (amounts[:, None] < np.array(at_least, dtype=float)[None, :]).sum(axis=1)


def _positions(amounts: np.ndarray, params: TierParams) -> np.ndarray:
    """Position of each buyer's tier: the first whose border lies above what is spent by strictly better ones."""
    import numpy as np

    borders = np.cumsum([tier.share or 0.0 for tier in params.tiers[:-1]])
    ascending = np.sort(amounts)
    above = np.searchsorted(ascending, amounts, side="right")
    if params.by == "customers":
        better = (len(amounts) - above) / len(amounts)
    else:
        running = np.concatenate([np.cumsum(ascending[::-1])[::-1], [0.0]])
        better = running[above] / running[0]
    # A border that a share such as 0.2 + 0.3 meets exactly is reached, whatever the last bit says.
    return (better[:, None] >= borders[None, :] - 1e-12).sum(axis=1)


def _borders(amounts: np.ndarray, positions: np.ndarray, keys: list[str]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    rows = []
    total = amounts.sum()
    for position, key in enumerate(keys):
        inside = amounts[positions == position]
        if len(inside):
            upper = positions <= position
            rows.append((key, inside.min(), inside.max(), upper.mean(), amounts[upper].sum() / total))
    columns = ["segment", "lowest", "highest", "customer_share", "revenue_share"]
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    # The last tier ends where everyone is, whatever the order in which the amounts were added.
    table.loc[len(table) - 1, ["customer_share", "revenue_share"]] = np.array([1.0, 1.0])
    return table


def _curve(amounts: np.ndarray, borders: pd.DataFrame) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    falling = np.sort(amounts)[::-1]
    n = len(falling)
    steps = np.unique(np.linspace(0, n, min(n, CURVE_POINTS) + 1).round().astype(int))
    ends = np.rint(borders["customer_share"].to_numpy() * n).astype(int)
    counts = np.union1d(steps, ends)
    running = np.concatenate([[0.0], np.cumsum(falling)])
    return pd.DataFrame({"customer_share": counts / n, "revenue_share": running[counts] / running[-1]})


def _notes(
    spend: np.ndarray, amounts: np.ndarray, positions: np.ndarray, params: TierParams, *, learned: bool
) -> list[Note]:
    import math

    import numpy as np

    notes = []
    counts = np.bincount(positions, minlength=len(params.tiers))
    asked = 0.0
    for position, tier in enumerate(params.tiers):
        if counts[position] == 0:
            notes.append(Note("tiers_empty", {"segment": segment_key(tier)}))
        if learned and params.by == "customers" and tier.share is not None:
            asked += tier.share
            taken = int(counts[: position + 1].sum())
            wanted = math.ceil(asked * len(amounts) - 1e-9)
            if taken > wanted:
                facts = {"segment": segment_key(tier), "n": taken - wanted, "wanted": asked}
                notes.append(Note("tiers_ties", {**facts, "taken": taken / len(amounts)}))
    n_negative = int((spend < 0).sum())
    return [*notes, Note("tiers_negative_spend", {"n": n_negative})] if n_negative else notes


def _run(basis: Basis, params: TierParams) -> TierResult:
    return tiers(basis.profiles, params)


def _keep(result: TierResult, params: TierParams, profiles: Profiles, kept: Mapping[str, Any]) -> FittedTiers:
    return FittedTiers(params=params, at_least=result.at_least, **kept)


def _apply(basis: Basis, fitted: FittedTiers, params: TierParams) -> TierResult:
    return tiers(basis.profiles, params, at_least=fitted.at_least)


def _labels(basis: Basis, fitted: FittedTiers, others: Mapping[str, pd.Series]) -> pd.Series:
    import numpy as np

    frame = basis.profiles.customers
    if "spend" not in frame.columns:
        raise AnalysisError("tiers_need_spend")
    spend = frame["spend"].to_numpy(dtype=float, na_value=np.nan)
    keys = [*(segment_key(tier) for tier in fitted.params.tiers), ZERO]
    below = _from_amounts(spend, fitted.at_least)
    codes = np.select([~np.isfinite(spend), spend <= 0], [-1, len(keys) - 1], default=below)
    return labels_at(codes, keys)


def _choices(params: TierParams) -> dict[str, Any]:
    return params.model_dump(exclude={"tiers": {"__all__": {"name"}}})


def _parts(result: TierResult, profiles: Profiles) -> list[Part]:
    """Return the spend that each tier asks."""
    params = result.params
    if params.by == "amount":
        least = [(segment_key(tier), tier.at_least) for tier in params.tiers]
    else:
        least = list(zip(result.borders["segment"], result.borders["lowest"].tolist(), strict=True))
        least[-1] = (least[-1][0], None)  # the last tier takes every buyer whom those above leave
    parts, above = [], None
    for key, lowest in least:
        low = Condition(feature="spend", op="gt", values=(0,))
        if lowest is not None:
            low = Condition(feature="spend", op="ge", values=(lowest,))
        high = [] if above is None else [Condition(feature="spend", op="lt", values=(above,))]
        parts.append(Part(key, all_of([low, *high])))
        above = lowest
    return [*parts, Part(ZERO, Condition(feature="spend", op="le", values=(0,)))]


def _why(
    result: TierResult, profiles: Profiles, row: int, names: Mapping[str, str], t: Translate
) -> list[tuple[int, str]]:
    label = str(result.segmentation.labels.iloc[row])
    border = result.borders[result.borders["segment"] == label]
    if len(border) == 0:
        return [(0, t(f"segment.{label}.meaning"))]
    facts = {name: float(border[name].iloc[0]) for name in ("lowest", "highest")}
    return [(0, t("card.tier", spend=float(profiles.customers["spend"].iloc[row]), segment=names[label], **facts))]


METHOD = Method(
    params=TierParams,
    run=_run,
    icon="leaderboard",
    answer=words.tiers_answer,
    freezing=Freezing(FittedTiers, keep=_keep, apply=_apply, labels=_labels, choices=_choices),
    colours={"tier_heavy": "blue", "tier_medium": "teal", "tier_light": "orange", ZERO: "grey"},
    numbered={"tier": 3},  # a person's own come beside the three that have their colours
    ordered=True,
    parts=_parts,
    why=_why,
)
