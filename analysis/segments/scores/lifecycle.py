"""Lifecycle stages: prospect, new, active, at risk, dormant and lost, each customer by the rhythm of his own orders.

Method, sources and limits: ``docs/methods/lifecycle.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from analysis.errors import AnalysisError
from analysis.intake.questions import order_days
from analysis.segments.method import Basis, Method, MethodParams
from analysis.segments.result import Note, Segmentation, segmentation_of
from analysis.segments.scores import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.translate import Translate

STAGES = ("prospect", "new", "active", "at_risk", "dormant", "lost")
SEGMENTS = tuple(f"lifecycle_{stage}" for stage in STAGES)
PROSPECT, NEW, ACTIVE = range(3)
# Customers who came back, at least: the last quantile of fewer first gaps is the largest of them and little more.
LEAST_RETURNED = 20
# Days of a gap that is a year but for the season's own length, of the bands beside it, and of a season.
YEAR, BESIDE, SEASON = (320, 410), ((229, 319), (411, 501)), 120
LEAST_YEARLY = 10

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
    season: Literal["auto", "never"] = "auto"
    days: tuple[Days, Days, Days, Days] = (30, 90, 180, 365)

    @model_validator(mode="after")
    def _stages_follow_each_other(self) -> LifecycleParams:
        for borders in (self.ends, self.least, self.days[1:]):
            if list(borders) != sorted(set(borders)):
                raise ValueError("each stage ends after the one before it")
        return self


@dataclass(frozen=True)
class LifecycleResult:
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
    names: dict[str, str] = field(default_factory=dict)

    @property
    def share_here(self) -> float:
        """Share of the customers with an order who are new or active, 0..1."""
        here = self.segmentation.labels.isin([SEGMENTS[NEW], SEGMENTS[ACTIVE]]).sum()
        return float(here / (self.customers["order_days"] > 0).sum())


def lifecycle(
    profiles: Profiles, standard: StandardTables | None, params: LifecycleParams | None = None
) -> LifecycleResult:
    """Put every customer into the stage that his silence says, measured in his own rhythm.

    Parameters
    ----------
    profiles : Profiles
    standard : StandardTables
        With dated orders. An order counts when it sold something (no return, amount above zero), up to the study's
        date; orders of one day are one.
    params : LifecycleParams, optional

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
    import numpy as np
    import pandas as pd

    params = params or LifecycleParams()
    if standard is None or "order_date" not in standard.order_roles:
        raise AnalysisError("lifecycle_needs_orders")
    days = _order_days(standard, profiles)
    if days.empty:
        raise AnalysisError("lifecycle_needs_orders")
    gaps = days.dropna(subset="gap")
    each = days.groupby("row")["day"].agg(["size", "min", "max"]).reindex(range(len(profiles.customers)))
    today = profiles.as_of.toordinal()
    found = pd.DataFrame(
        {
            "order_days": each["size"].fillna(0).astype("int64"),
            "tenure_days": today - each["min"],
            "silent_days": today - each["max"],
            "rhythm_days": np.nan,
            "multiple": np.nan,
            "seasonal": False,
        }
    )
    silent = found["silent_days"].to_numpy()
    ends = SEGMENTS[ACTIVE:-1]
    shop, once, notes = float("nan"), float("nan"), []
    if params.by == "days":
        new_days = float(params.days[0])
        borders = pd.DataFrame({"segment": ends, "multiple": np.nan, "days": np.array(params.days[1:], float)})
        place = np.searchsorted(borders["days"].to_numpy(), silent, side="left")
    else:
        first_gaps = gaps.groupby("row")["gap"].first().to_numpy(dtype=float)
        if len(first_gaps) < LEAST_RETURNED:
            code = "lifecycle_too_few_gaps" if len(first_gaps) else "lifecycle_no_repeat_buyers"
            raise AnalysisError(code, n=len(first_gaps), least=LEAST_RETURNED)
        yearly = _once_a_year(gaps, each["max"], params)
        found["seasonal"] = found.index.isin(yearly.index)
        usual = gaps[~gaps["row"].isin(yearly.index)]
        own = usual.groupby("row")["gap"].agg(["size", "median"])
        shop = float(own["median"].median())
        weight = own["size"] / (own["size"] + params.shop_gaps)
        rhythm = np.exp(weight * np.log(own["median"]) + (1 - weight) * np.log(shop))
        once = float(np.quantile(first_gaps, 0.5))
        new_days = float(np.quantile(first_gaps, params.new_until))
        found.loc[found["order_days"] == 1, "rhythm_days"] = once
        found.loc[rhythm.index, "rhythm_days"] = rhythm
        found.loc[yearly.index, "rhythm_days"] = yearly
        found["multiple"] = found["silent_days"] / found["rhythm_days"]
        again = _ended(usual["gap"] / usual["row"].map(rhythm), 1 / usual["row"].map(own["size"]), params)
        first = np.maximum(np.quantile(first_gaps, params.ends), np.array(params.least) * once)
        borders = pd.DataFrame({"segment": ends, "multiple": again, "days": first})
        place = np.where(
            found["order_days"] > 1,
            np.searchsorted(again, found["multiple"].to_numpy(), side="left"),
            np.searchsorted(first, silent, side="left"),
        )
        notes = _notes(found, float(first[-1]))
    new = (found["tenure_days"] <= new_days).to_numpy()
    codes = np.where(np.isnan(silent), PROSPECT, np.where(new, NEW, ACTIVE + place))
    spend = profiles.customers.get("spend", None)
    money = None if spend is None else spend.to_numpy(dtype=float, na_value=np.nan)
    return LifecycleResult(
        segmentation=segmentation_of(codes, SEGMENTS, method="lifecycle", spend=money),
        customers=found,
        borders=borders,
        new_days=new_days,
        shop_rhythm=shop,
        usual_first_gap=once,
        n_returned=int((found["order_days"] > 1).sum()),
        notes=tuple(notes),
        params=params,
    )


def _order_days(standard: StandardTables, profiles: Profiles) -> pd.DataFrame:
    """Return ``row`` (of the profiles), ``day`` (ordinal) and ``gap`` (days since the day before), in order."""
    import pandas as pd

    found = order_days(standard, profiles.as_of)
    ids = profiles.customers["customer_id"].astype(object)
    row = pd.Index(ids).get_indexer(pd.Index(found["customer_id"].astype(object)))
    days = pd.DataFrame({"row": row, "day": found["day"].astype("int64")})
    days = days[days["row"] >= 0].sort_values(["row", "day"], ignore_index=True)
    return days.assign(gap=days.groupby("row")["day"].diff())


def _once_a_year(gaps: pd.DataFrame, last: pd.Series, params: LifecycleParams) -> pd.Series:
    """Return the rhythm, by row, of customers who come once a year and whose latest orders lie in one season.

    Two gaps of a year are a customer's own proof; one is enough where the shop as a whole has more of them than of
    the gaps on both sides together, which chance does not bring about: longer gaps are rarer.
    """
    yearly = gaps[gaps["gap"].between(*YEAR)]
    if params.season == "never":
        yearly = yearly.iloc[:0]
    beside = sum(int(gaps["gap"].between(*band).sum()) for band in BESIDE)
    asked = 1 if len(yearly) >= LEAST_YEARLY and len(yearly) > beside else 2
    each = yearly.groupby("row").agg(n=("gap", "size"), rhythm=("gap", "median"), back=("day", "max"))
    kept = each[(each["n"] >= asked) & (last.reindex(each.index) - each["back"] <= SEASON)]
    return kept["rhythm"].astype(float)


def _ended(multiples: pd.Series, weights: pd.Series, params: LifecycleParams) -> np.ndarray:
    """Return the multiples of the rhythm at which the asked shares of gaps have ended; every customer weighs the same.

    The smallest multiple at which the share is reached (the inverse of the weighted distribution).
    """
    import numpy as np

    least = np.array(params.least)
    if multiples.empty:
        return least
    order = np.argsort(multiples.to_numpy(), kind="stable")
    reached = np.cumsum(weights.to_numpy()[order])
    at = np.searchsorted(reached / reached[-1], np.array(params.ends) - 1e-9)
    return np.maximum(multiples.to_numpy()[order][at], least)


def _notes(found: pd.DataFrame, lost: float) -> list[Note]:
    notes = []
    if n := int(found["seasonal"].sum()):
        notes.append(Note("lifecycle_seasonal", {"n": n}))
    # Gaps longer than the data are unknown: what ends late cannot have been seen to end.
    if (history := float(found["tenure_days"].max())) < 2 * lost:
        notes.append(Note("lifecycle_short_history", {"days": round(history), "lost": round(lost)}))
    return notes


def _run(basis: Basis, params: LifecycleParams) -> LifecycleResult:
    return lifecycle(basis.profiles, basis.standard, params)


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
    colours=dict(zip(SEGMENTS, ("pale", "teal", "blue", "orange", "rust", "grey"), strict=True)),
    ordered=True,
    told_by_meaning=True,
    why=_why,
)
