"""Lifecycle stages: prospect, new, active, at risk, dormant and lost, each customer by the rhythm of his own orders.

Method, sources and limits: ``docs/methods/lifecycle.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from analysis.errors import AnalysisError, ChoiceError
from analysis.intake.questions import order_days
from analysis.segments.fitted import Fitted, Row
from analysis.segments.method import Basis, Freezing, Method, MethodParams
from analysis.segments.result import Note, Segmentation, labels_at, segmentation_of
from analysis.segments.scores import words
from analysis.segments.scores.rhythm import Season, ended, own_gaps, weighed, yearly_gaps
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.segments.scores.rhythm import Own
    from analysis.translate import Translate

STAGES = ("prospect", "new", "active", "at_risk", "dormant", "lost")
SEGMENTS = tuple(f"lifecycle_{stage}" for stage in STAGES)
MADE_OF = ("recency_days", "n_orders", "tenure_days")
PROSPECT, NEW, ACTIVE = range(3)
# Customers who came back, at least: the last quantile of fewer first gaps is the largest of them and little more.
LEAST_RETURNED = 20

Share = Annotated[float, Field(gt=0, lt=1)]
Multiple = Annotated[float, Field(ge=1, le=1000)]
Days = Annotated[int, Field(ge=1, le=36_500)]


class LifecycleParams(MethodParams):
    """Where one stage ends and the next begins.

    ``by="rhythm"``: ``new_until`` is the share of first gaps (days from the first to the second order) that have ended
    when a customer is no longer new. ``ends`` are the shares of gaps that have ended when a customer is no longer
    active, at risk, dormant; no stage ends before ``least`` times the customer's rhythm. ``shop_gaps`` says how many
    gaps of his own the shop's usual gap weighs in that rhythm. ``season="auto"`` lets customers who come once a year
    keep a rhythm of a year.

    ``by="days"``: the same ``days`` for everybody: since the first order for new, since the last one for the end of
    active, at risk and dormant.
    """

    kind: Literal["lifecycle"] = "lifecycle"
    by: Literal["rhythm", "days"] = "rhythm"
    new_until: Share = 0.5
    ends: tuple[Share, Share, Share] = (0.75, 0.9, 0.975)
    least: tuple[Multiple, Multiple, Multiple] = (1.25, 2.0, 3.0)
    shop_gaps: float = Field(default=2.0, ge=0, le=100)
    season: Season = "auto"
    days: tuple[Days, Days, Days, Days] = (30, 90, 180, 365)

    @model_validator(mode="after")
    def _stages_follow_each_other(self) -> LifecycleParams:
        for borders in (self.ends, self.least, self.days[1:]):
            if list(borders) != sorted(set(borders)):
                raise ChoiceError("lifecycle_order", borders=", ".join(f"{border:g}" for border in borders))
        return self


class FittedLifecycle(Fitted):
    """What is usual in the shop: its gaps and its yearly rhythm, as the borders of the stages that follow from them.

    ``new_days`` and ``once`` are days: since the first order for new, since the only order (by days: since the last
    order of everybody) for the end of active, at risk and dormant; ``again`` are the same ends in rhythms of customers
    who ordered on several days, empty by days. ``shop_rhythm`` (days) is missing where every customer comes once a
    year, ``first_gap`` (days, the usual one) by days. ``yearly_gaps`` is how many gaps of a year prove that a customer
    comes once a year.
    """

    kind: Literal["lifecycle"] = "lifecycle"
    params: LifecycleParams
    new_days: float
    once: Row
    again: Row = ()
    shop_rhythm: float | None = None
    first_gap: float | None = None
    yearly_gaps: int = 2


@dataclass(frozen=True)
class LifecycleResult(Tabular, rows="segmentation.segments"):
    """Customers by stage.

    Attributes
    ----------
    segmentation : Segmentation
        One of ``SEGMENTS`` for every customer, in this order; nobody is outside.
    customers : DataFrame, aligned with ``Profiles.customers``
        ``order_days`` (count of days with an order), ``tenure_days`` and ``silent_days`` (since the first and the last
        order; NaN for a prospect), ``rhythm_days`` (expected between two orders; NaN for a prospect and by days),
        ``multiple`` (``silent_days`` in rhythms), ``seasonal`` (bool: comes once a year).
    borders : DataFrame, one row per stage that ends by silence
        ``segment``, ``multiple`` (of the own rhythm, of who ordered on several days; NaN by days), ``days`` (since
        the only order, of who ordered once; by days of everybody).
    new_days : float
        Days since the first order up to which a customer is new.
    shop_rhythm : float
        Median of the customers' own median gaps (days); NaN by days, or when all of them come once a year.
    usual_first_gap : float
        Median of the days from the first order to the second; NaN by days.
    n_returned : int
        Customers with orders on two days or more.
    notes : tuple of Note
        ``lifecycle_seasonal`` (n), ``lifecycle_short_history`` (days, lost).
    params : LifecycleParams
    fitted : FittedLifecycle
        What is usual in the shop, found here or in the run that is applied.
    """

    segmentation: Segmentation
    customers: pd.DataFrame = field(repr=False)
    borders: pd.DataFrame
    new_days: float
    shop_rhythm: float
    usual_first_gap: float
    n_returned: int
    notes: tuple[Note, ...]
    params: LifecycleParams
    fitted: FittedLifecycle = field(repr=False)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def share_here(self) -> float:
        """Share of the customers with an order who are new or active, 0..1."""
        here = self.segmentation.labels.isin([SEGMENTS[NEW], SEGMENTS[ACTIVE]]).sum()
        return float(here / (self.customers["order_days"] > 0).sum())


def lifecycle(
    profiles: Profiles,
    standard: StandardTables | None,
    params: LifecycleParams | None = None,
    *,
    usual: FittedLifecycle | None = None,
    days: pd.DataFrame | None = None,
) -> LifecycleResult:
    """Put every customer into the stage that his silence says, measured in his own rhythm.

    Parameters
    ----------
    profiles : Profiles
    standard : StandardTables
        With dated orders. An order counts when it sold something (no return, amount above zero), up to the study's
        date; orders of one day are one.
    params : LifecycleParams, optional
    usual : FittedLifecycle, optional
        What another run found to be usual in the shop, instead of finding it.
    days : DataFrame, optional
        ``days_of`` the same profiles, for who has asked already.

    Raises
    ------
    AnalysisError
        ``lifecycle_needs_orders``; ``lifecycle_no_repeat_buyers``: nobody ordered on two days;
        ``lifecycle_too_few_gaps`` (n, least): too few customers came back to know what is usual.

    References
    ----------
    Efron & Morris (1977), Stein's paradox in statistics (own and common values weighed); Fader & Hardie (2009),
    Probability models for customer-base analysis (silence against a customer's own rate).
    """
    params = params or LifecycleParams()
    if standard is None or "order_date" not in standard.order_roles:
        raise AnalysisError("lifecycle_needs_orders")
    days = days_of(standard, profiles) if days is None else days
    if days.empty:
        raise AnalysisError("lifecycle_needs_orders")
    usual, own = _usual(days, params) if usual is None else (usual, None)
    found, codes = _stages(days, profiles, usual, own)
    borders = _borders(usual)
    spend = profiles.customers.get("spend", None)
    money = None if spend is None else spend.to_numpy(dtype=float, na_value=float("nan"))
    return LifecycleResult(
        segmentation=segmentation_of(codes, SEGMENTS, method="lifecycle", spend=money, made_of=MADE_OF),
        customers=found,
        borders=borders,
        new_days=usual.new_days,
        shop_rhythm=_known(usual.shop_rhythm),
        usual_first_gap=_known(usual.first_gap),
        n_returned=int((found["order_days"] > 1).sum()),
        notes=tuple(_notes(found, usual)),
        params=params,
        fitted=usual,
    )


def _known(value: float | None) -> float:
    return float("nan") if value is None else value


def _usual(days: pd.DataFrame, params: LifecycleParams) -> tuple[FittedLifecycle, Own | None]:
    """Return what the gaps of all customers say is usual, and their own; refuses where too few came back."""
    import numpy as np

    if params.by == "days":
        return FittedLifecycle(params=params, new_days=params.days[0], once=params.days[1:]), None
    gaps = days[days["gap"].notna()]
    first_gaps = gaps["gap"].to_numpy(dtype=float)[~gaps["row"].duplicated().to_numpy()]
    if len(first_gaps) < LEAST_RETURNED:
        code = "lifecycle_too_few_gaps" if len(first_gaps) else "lifecycle_no_repeat_buyers"
        raise AnalysisError(code, n=len(first_gaps), least=LEAST_RETURNED)
    asked = yearly_gaps(gaps, params.season)
    own, yearly = own_gaps(days, params.season, asked)
    shop = float(own["median"].median())
    others = gaps[~gaps["row"].isin(yearly.index)]
    multiples = others["gap"] / others["row"].map(weighed(own, shop, params.shop_gaps))
    again = ended(multiples, 1 / others["row"].map(own["size"]), params.ends, params.least)
    first_gap = float(np.quantile(first_gaps, 0.5))
    once = np.maximum(np.quantile(first_gaps, params.ends), np.array(params.least) * first_gap)
    usual = FittedLifecycle(
        params=params,
        new_days=float(np.quantile(first_gaps, params.new_until)),
        once=tuple(once.tolist()),
        again=tuple(again.tolist()),
        shop_rhythm=None if np.isnan(shop) else shop,
        first_gap=first_gap,
        yearly_gaps=asked,
    )
    return usual, (own, yearly)


def _stages(
    days: pd.DataFrame, profiles: Profiles, usual: FittedLifecycle, own_ones: Own | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return ``LifecycleResult.customers`` and the position in ``SEGMENTS`` of each, judged alone."""
    import numpy as np
    import pandas as pd

    n, today = len(profiles.customers), profiles.as_of.toordinal()
    row, day = days["row"].to_numpy(), days["day"].to_numpy()
    first = np.flatnonzero(np.append(True, row[1:] != row[:-1])[: len(row)])  # the days of a customer stand in order
    size, since, until = np.zeros(n, dtype="int64"), np.full(n, np.nan), np.full(n, np.nan)
    size[row[first]] = np.diff(first, append=len(row))
    since[row[first]], until[row[first]] = day[first], day[np.append(first[1:], len(row)) - 1][: len(first)]
    found = pd.DataFrame(
        {
            "order_days": size,
            "tenure_days": today - since,
            "silent_days": today - until,
            "rhythm_days": np.nan,
            "multiple": np.nan,
            "seasonal": False,
        }
    )
    silent = found["silent_days"].to_numpy()
    place = np.searchsorted(np.array(usual.once), silent, side="left")
    if usual.params.by == "rhythm":
        own, yearly = own_ones or own_gaps(days, usual.params.season, usual.yearly_gaps)
        rhythm = weighed(own, _known(usual.shop_rhythm), usual.params.shop_gaps)
        found["seasonal"] = found.index.isin(yearly.index)
        found.loc[found["order_days"] == 1, "rhythm_days"] = _known(usual.first_gap)
        found.loc[rhythm.index, "rhythm_days"] = rhythm
        found.loc[yearly.index, "rhythm_days"] = yearly
        found["multiple"] = found["silent_days"] / found["rhythm_days"]
        late = np.searchsorted(np.array(usual.again), found["multiple"].to_numpy(), side="left")
        place = np.where(found["order_days"] > 1, late, place)
    new = (found["tenure_days"] <= usual.new_days).to_numpy()
    return found, np.where(np.isnan(silent), PROSPECT, np.where(new, NEW, ACTIVE + place))


def _borders(usual: FittedLifecycle) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    again = usual.again or (np.nan,) * len(usual.once)
    return pd.DataFrame({"segment": SEGMENTS[ACTIVE:-1], "multiple": again, "days": usual.once})


def days_of(standard: StandardTables, profiles: Profiles) -> pd.DataFrame:
    """Return ``row`` (of the profiles), ``day`` (ordinal) and ``gap`` (days since the day before), in order."""
    import numpy as np

    days = order_days(standard, profiles.as_of, profiles.customers["customer_id"]).astype("int64")
    row, day = days["row"].to_numpy(), days["day"].to_numpy()
    follows = np.append(False, row[1:] == row[:-1])[: len(row)]
    return days.assign(gap=np.where(follows, np.diff(day, prepend=0), np.nan))


def _notes(found: pd.DataFrame, usual: FittedLifecycle) -> list[Note]:
    if usual.params.by == "days":
        return []
    notes, lost = [], usual.once[-1]
    if n := int(found["seasonal"].sum()):
        notes.append(Note("lifecycle_seasonal", {"n": n}))
    # Gaps longer than the data are unknown: what ends late cannot have been seen to end.
    if (history := float(found["tenure_days"].max())) < 2 * lost:
        notes.append(Note("lifecycle_short_history", {"days": round(history), "lost": round(lost)}))
    return notes


def _run(basis: Basis, params: LifecycleParams) -> LifecycleResult:
    return lifecycle(basis.profiles, basis.standard, params)


def _keep(
    result: LifecycleResult, params: LifecycleParams, profiles: Profiles, kept: Mapping[str, Any]
) -> FittedLifecycle:
    return result.fitted.model_copy(update=dict(kept))


def _apply(basis: Basis, fitted: FittedLifecycle, params: LifecycleParams) -> LifecycleResult:
    return lifecycle(basis.profiles, basis.standard, params, usual=fitted)


def _labels(basis: Basis, fitted: FittedLifecycle, others: Mapping[str, pd.Series]) -> pd.Series:
    if basis.standard is None or "order_date" not in basis.standard.order_roles:
        raise AnalysisError("lifecycle_needs_orders")
    _, codes = _stages(days_of(basis.standard, basis.profiles), basis.profiles, fitted)
    return labels_at(codes, SEGMENTS)


def _why(
    result: LifecycleResult, profiles: Profiles, row: int, names: Mapping[str, str], t: Translate
) -> list[tuple[int, str]]:
    stage = str(result.segmentation.labels.iloc[row])
    customer = result.customers.iloc[row].to_dict()
    day: date = profiles.as_of
    if stage == SEGMENTS[PROSPECT]:
        return [(0, t("card.lifecycle_prospect", day=day))]
    facts = {"silent": customer["silent_days"], "tenure": customer["tenure_days"], "segment": names[stage]}
    if stage == SEGMENTS[NEW]:
        return [(0, t("card.lifecycle_new", until=result.new_days, **facts))]
    if result.params.by == "days":
        return [(0, t("card.lifecycle_days", **facts))]
    n = customer["order_days"]
    facts |= {"rhythm": customer["rhythm_days"], "multiple": customer["multiple"], "n": n}
    kind = "once" if n == 1 else "yearly" if customer["seasonal"] else "rhythm"
    return [(0, t(f"card.lifecycle_{kind}", **facts))]


METHOD = Method(
    params=LifecycleParams,
    run=_run,
    icon="timeline",
    answer=words.lifecycle_answer,
    freezing=Freezing(FittedLifecycle, keep=_keep, apply=_apply, labels=_labels, by_orders=True),
    colours=dict(zip(SEGMENTS, ("pale", "teal", "blue", "orange", "rust", "grey"), strict=True)),
    ordered=True,
    told_by_meaning=True,
    why=_why,
)
