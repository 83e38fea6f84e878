"""What a segment does when left alone: its size, its baseline, and how many customers come into it each week.

Method, sources and limits: ``docs/methods/experiments-plan.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from analysis.errors import AnalysisError
from analysis.experiments.arms.skewed import skewness_of
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic, Statistic
from analysis.experiments.planning.clusters import ClustersSeen, clusters_of
from analysis.experiments.planning.plan import Plan, Planned, ProportionPlan
from analysis.intake import questions
from analysis.params import Params
from analysis.predict.churn.definition import known_left, left_among, left_by
from analysis.profiles.outcome import came_about, of_leaving
from analysis.segments.methods import METHODS, Basis
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Feature, Profiles
    from analysis.recipe import SegmentationPlan
    from analysis.segments.result import EditedSegmentation

Outcome = Literal["ordered", "orders", "revenue", "order_value", "feature"]
EVERYBODY = "__everybody__"
ALIKE_IN = ("recency_days", "n_orders", "spend")  # features by which one segment is near another


class OutlookParams(Params):
    """What is measured of each customer, in the ``days`` before the study's date.

    ``ordered`` (share of customers with an order), ``orders`` (orders of a customer), ``revenue`` (money of a customer,
    net of returns, those with none counted as 0), ``order_value`` (money over orders) or ``feature``: a number, a flag
    or an outcome in words (``profiles.outcome``) of the profile as it is today. ``cluster`` is the column of the
    customers that says to which store or class they belong, where such get an arm as a whole. ``leave_out_left`` counts
    only customers of whom no column says that they left, unless all of a segment did.
    """

    outcome: Outcome = "ordered"
    days: int = Field(default=28, ge=1, le=3660)
    feature: str | None = None
    cluster: str | None = None
    leave_out_left: bool = True


@dataclass(frozen=True)
class SegmentOutlook(Tabular, columns=("segment", "n", "measured", "mean=statistic.mean", "per_week", "hindsight")):
    """One segment, or ``EVERYBODY``.

    ``n`` are its customers today and ``statistic`` what was measured on the ``measured`` customers who were in it when
    the days began (None when there were none); ``per_week`` how many came into it in a week (None when not known);
    ``hindsight`` says that today's customers were measured instead, because those of then are not known. ``place`` is
    where its customers of today stand among all, as mean ranks 0..1 of ``ALIKE_IN``, as far as these are known.
    ``clusters`` is how alike the customers of a cluster were; None without a cluster, or where it cannot be told.
    ``n_clusters`` are those of today, and ``n_in_clusters`` the customers of today who belong to one. ``n_left`` are
    those who have left, and are not among the ``n``.
    """

    segment: str
    n: int
    measured: int
    statistic: Statistic | None
    per_week: float | None
    hindsight: bool
    place: tuple[float, ...] = ()
    clusters: ClustersSeen | None = None
    n_clusters: int = 0
    n_in_clusters: int = 0
    n_left: int = 0


def outlook(
    standard: StandardTables,
    profiles: Profiles,
    edited: EditedSegmentation,
    plan: SegmentationPlan,
    params: OutlookParams,
) -> tuple[SegmentOutlook, ...]:
    """Read baselines from a study.

    The segmentation is applied to what was known when the days began, and what those customers did since is the
    baseline: who is "at risk" today did, by definition, not order lately, but those at risk four weeks ago might have.
    Who had left when the days began is not measured, where a column says since when; of an outcome that is leaving
    itself all are.

    Returns
    -------
    tuple of SegmentOutlook
        ``EVERYBODY`` first, then the segments of ``edited`` in their order.

    Raises
    ------
    AnalysisError
        ``experiment_needs_orders``, ``experiment_no_history`` (days), ``experiment_unknown_feature``,
        ``experiment_unknown_column``.
    """
    now = edited.segmentation.labels
    keys = [str(key) for key in edited.segmentation.segments["segment"]]
    customers = profiles.customers
    left = known_left(profiles) if params.leave_out_left else None
    here = {key: _without(left, _mask(now, key)) for key in (EVERYBODY, *keys)}
    together = _clusters(customers, params.cluster)
    if params.outcome == "feature":
        top = _feature_values(profiles, params.feature)
        kind = "proportion" if params.feature in shares_of(profiles) else "mean"
        who = here if not _is_leaving(profiles, params.feature) else {key: (_mask(now, key), 0) for key in here}
        found = tuple(
            _in_clusters(
                _one(key, here[key], who[key][0], top, None, kind, per_week=None, hindsight=False), together, together,
                here[key][0], who[key][0], top,
            )
            for key in here
        )  # fmt: skip
        return _placed(found, customers, now)
    start = profiles.as_of - timedelta(days=params.days)
    if params.outcome in ("revenue", "order_value") and "amount" not in standard.order_roles:
        raise AnalysisError("experiment_needs_money")
    done = _since(standard, start, profiles.as_of)
    if METHODS[plan.params.kind].found_anew:  # a segment of another day is not the same one
        then, present, hindsight = now, customers["customer_id"], True
    else:
        present, then = _then(standard, plan, start - timedelta(days=1), days=params.days)
        hindsight = False
    found = done.reindex(present).fillna(0.0)
    top, bottom, kind = _values(found, params.outcome)
    # Where a customer belongs is known as of today only.
    before = None if together is None else together.reindex(present)
    gone = left_by(profiles, start) if params.leave_out_left else None
    gone = None if gone is None else gone.set_axis(customers["customer_id"]).reindex(present)
    weeks = params.days / 7
    parts = []
    for key in here:
        per_week, was = None, _mask(then, key)
        if not hindsight:
            inside = customers["customer_id"][here[key][0]]
            earlier = set(present[was])
            per_week = sum(customer not in earlier for customer in inside) / weeks
        was, _ = _without(gone, was)
        one = _one(key, here[key], was, top, bottom, kind, per_week=per_week, hindsight=hindsight)
        # A ratio is not read by cluster.
        parts.append(one if bottom is not None else _in_clusters(one, together, before, here[key][0], was, top))
    return _placed(parts, customers, now)


def with_baseline(plan: Plan, statistic: Statistic) -> Plan:
    """Return the plan with the baseline, and for means spread and skewness, of customers already seen.

    Raises ``experiment_no_variation`` when all are equal.
    """
    if isinstance(plan, ProportionPlan):
        return plan.model_copy(update={"baseline": statistic.mean})
    if statistic.variance <= 0:
        raise AnalysisError("experiment_no_variation")
    # A ratio is read by the delta method, which knows no skewness.
    skewness = skewness_of(statistic) if isinstance(statistic, MeanStatistic) else 0.0
    return plan.model_copy(
        update={"baseline": statistic.mean, "sd": math.sqrt(statistic.variance), "skewness": skewness}
    )


def weeks_to_fill(planned: Planned, *, at_once: int, per_week: float | None) -> int | None:
    """Return after how many whole weeks all arms are full; 0 when those there are now suffice, None when never.

    Examples
    --------
    >>> from analysis.experiments.planning.plan import ProportionPlan, sample_size
    >>> weeks_to_fill(sample_size(ProportionPlan(baseline=0.2, effect=0.05)), at_once=412, per_week=300)
    6
    """
    missing = planned.n_total - at_once
    if missing <= 0:
        return 0
    if per_week is None or not per_week > 0 or not math.isfinite(per_week):
        return None
    return math.ceil(missing / per_week)


def _one(
    key: str,
    here: tuple[np.ndarray, int],
    was: np.ndarray,
    top: np.ndarray,
    bottom: np.ndarray | None,
    kind: str,
    *,
    per_week: float | None,
    hindsight: bool,
) -> SegmentOutlook:
    """Measure a segment: ``here`` are its customers of today and how many left, ``was`` those who are measured."""
    import numpy as np

    n, inside = int(here[0].sum()), was & ~np.isnan(top)
    measured, statistic = int(inside.sum()), None
    if measured:
        values = top[inside]
        if bottom is not None:
            statistic = RatioStatistic.from_values(values, bottom[inside])
        else:
            statistic = (
                ProportionStatistic.from_values(values) if kind == "proportion" else MeanStatistic.from_values(values)
            )
    return SegmentOutlook(key, n, measured, statistic, per_week, hindsight, n_left=here[1])


def _clusters(customers: pd.DataFrame, column: str | None) -> pd.Series | None:
    if column is None:
        return None
    if column not in customers:
        raise AnalysisError("experiment_unknown_column", column=column)
    return customers.set_index("customer_id")[column]


def _in_clusters(
    one: SegmentOutlook, today: pd.Series | None, before: pd.Series | None, here: np.ndarray, was: np.ndarray,
    top: np.ndarray,
) -> SegmentOutlook:  # fmt: skip
    """Return the outlook with its clusters; ``today`` and ``before`` are those of the customers of now and then."""
    if today is None or before is None:
        return one
    units = today[here].dropna()
    try:
        seen = clusters_of(top[was], before[was])
    except AnalysisError:
        seen = None
    return replace(one, clusters=seen, n_clusters=units.nunique(), n_in_clusters=len(units))


def _placed(parts: Iterable[SegmentOutlook], customers: pd.DataFrame, now: pd.Series) -> tuple[SegmentOutlook, ...]:
    """Return the segments with where their customers stand; who has no value stands in the middle."""
    known = [key for key in ALIKE_IN if key in customers]
    ranks = customers[known].astype(float).rank(pct=True).fillna(0.5).to_numpy()
    return tuple(
        replace(one, place=tuple(ranks[_mask(now, one.segment)].mean(axis=0).tolist())) if one.n else one
        for one in parts
    )


def _mask(labels: pd.Series, key: str) -> np.ndarray:
    import numpy as np

    return np.ones(len(labels), dtype=bool) if key == EVERYBODY else labels.eq(key).fillna(False).to_numpy(dtype=bool)


def _without(left: pd.Series | None, inside: np.ndarray) -> tuple[np.ndarray, int]:
    """Return who of some customers has not left, and how many have."""
    gone = left_among(left, inside)
    return (inside, 0) if gone is None else (inside & ~gone, int(gone.sum()))


def _is_leaving(profiles: Profiles, key: str | None) -> bool:
    """Say whether a feature tells who left."""
    feature = profiles.feature(key) if key else None
    told = came_about(feature, profiles) if feature is not None else None
    return feature is not None and told is not None and of_leaving(feature, told[1])


def _then(standard: StandardTables, plan: SegmentationPlan, day: date, *, days: int) -> tuple[pd.Series, pd.Series]:
    """Return the customers known on a day and their segments then."""
    from analysis.profiles.build import build_profiles
    from analysis.segments.edit import apply_edits

    try:
        profiles = build_profiles(standard, as_of=day)
        result = METHODS[plan.params.kind].run(Basis(profiles, standard), plan.params)
    except AnalysisError as error:
        raise AnalysisError("experiment_no_history", days=days) from error
    edited = apply_edits(result.segmentation, plan.edits, spend=profiles.customers.get("spend", None))
    return profiles.customers["customer_id"], edited.segmentation.labels


def _since(standard: StandardTables, start: date, end: date) -> pd.DataFrame:
    """Return ``n`` (orders that sold something) and ``money`` (net of returns) per customer in the days."""
    if not {"amount", "order_date"} & standard.order_roles:
        raise AnalysisError("experiment_needs_orders")
    return questions.within(standard, (start, end))


def _values(found: pd.DataFrame, outcome: Outcome) -> tuple[np.ndarray, np.ndarray | None, str]:
    n, money = found["n"].to_numpy(dtype=float), found["money"].to_numpy(dtype=float)
    if outcome == "ordered":
        return (n > 0).astype(float), None, "proportion"
    if outcome == "orders":
        return n, None, "mean"
    return (money, n, "ratio") if outcome == "order_value" else (money, None, "mean")


def shares_of(profiles: Profiles) -> tuple[str, ...]:
    """Return the keys of the features that can be a share, not personal: values of 0 and 1 only, or an outcome."""
    binary = {key for key in _numeric(profiles) if _is_binary(profiles, key)}
    return tuple(one.key for one in profiles.features if one.key in binary or _is_worded(profiles, one))


def amounts_of(profiles: Profiles) -> tuple[str, ...]:
    """Return the keys of the features that can be a mean: other numbers, not personal."""
    return tuple(key for key in _numeric(profiles) if not _is_binary(profiles, key))


def _numeric(profiles: Profiles) -> list[str]:
    from pandas.api import types

    known = [one.key for one in profiles.features if one.kind in ("number", "flag") and one.personal is None]
    # A flag of the file may hold words.
    return [key for key in known if key in profiles.customers and types.is_numeric_dtype(profiles.customers[key].dtype)]


def _is_binary(profiles: Profiles, key: str) -> bool:
    values = profiles.customers[key].dropna().to_numpy(dtype=float)
    return bool(((values == 0.0) | (values == 1.0)).all())


def _is_worded(profiles: Profiles, feature: Feature) -> bool:
    """Say whether a column of words tells an outcome, such as who was won."""
    return feature.kind == "category" and came_about(feature, profiles) is not None


def _feature_values(profiles: Profiles, key: str | None) -> np.ndarray:
    import numpy as np

    feature = profiles.feature(key) if key else None
    if feature is not None and feature.kind == "category" and (came := came_about(feature, profiles)) is not None:
        return came[0].to_numpy(dtype=float, na_value=np.nan)
    if key is None or key not in _numeric(profiles):
        raise AnalysisError("experiment_unknown_feature", feature=key or "", known=tuple(_numeric(profiles)))
    values = profiles.customers[key].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)
