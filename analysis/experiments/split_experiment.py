"""From the choices of a split to who gets what, and its record."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.choices import MOST_TREATMENTS, SplitChoices
from analysis.experiments.planning.outlook import EVERYBODY
from analysis.experiments.planning.plan import sample_size
from analysis.experiments.record import ArmShare, Experiment, KeptAssignment, KeptPlan
from analysis.experiments.rows.clusters import FEWEST
from analysis.experiments.splitting.clusters import assign_clusters
from analysis.experiments.splitting.split import HOLD_OUT, assign, assign_stratified
from analysis.experiments.splitting.strata import strata
from analysis.predict.churn.definition import left_among
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.experiments.planning.plan import Planned
    from analysis.profiles.result import Feature, Profiles

SEGMENT = "segment"
LEVELS_COMPARED = 20
LESS_SURE = 1.05  # the variance of a difference over the planned one: 80 % power become 78 %
Segments = Mapping[str, "pd.Series"]


@dataclass(frozen=True)
class SplitExperiment(Tabular):
    """Who gets what: ``rows`` are places in the table of customers, ``customers`` their ids, ``arms`` one of each.

    ``weights`` has the share of each arm, control first and a hold-out (``split.HOLD_OUT``) last. ``n_not_contacted``
    are customers of the audience who may not be contacted, ``n_left`` those who have left: both are in no arm. Where
    whole clusters were assigned ``units`` is the cluster of each customer, and ``n_without_cluster`` those who belong
    to none and are in no arm.
    """

    choices: SplitChoices
    weights: Mapping[str, float]
    rows: Sequence[int] = field(repr=False)
    customers: Sequence[str] = field(repr=False)
    arms: Sequence[str] = field(repr=False)
    n_not_contacted: int = 0
    units: Sequence[str] = field(default=(), repr=False)
    n_without_cluster: int = 0
    n_left: int = 0

    def to_frame(self) -> pd.DataFrame:
        """Return one row per customer: ``customer_id`` and ``arm``."""
        import pandas as pd

        return pd.DataFrame({"customer_id": list(self.customers), "arm": list(self.arms)})

    def shown_frame(self) -> pd.DataFrame:
        """Return the customers of each arm as a number: an id may be a name."""
        import pandas as pd

        return pd.DataFrame({"arm": list(self.sizes), "customers": list(self.sizes.values())})

    def _shape(self) -> tuple[int, int]:
        return len(self.arms), 2

    @property
    def sizes(self) -> dict[str, int]:
        """Customers of each arm."""
        arms = list(self.arms)
        return {arm: arms.count(arm) for arm in self.weights}

    @property
    def cluster_sizes(self) -> dict[str, int] | None:
        """Whole clusters of each arm; None where customers were assigned."""
        if not self.units:
            return None
        arms = list(dict(zip(self.units, self.arms, strict=True)).values())
        return {arm: arms.count(arm) for arm in self.weights}


def split_experiment(
    customers: pd.DataFrame, choices: SplitChoices, *, segments: Segments | None = None, left: pd.Series | None = None
) -> SplitExperiment:
    """Assign customers to arms, so that anyone who repeats it gets the same.

    Who may not be contacted, or has left, is in no arm, the control neither: the arms would not be alike.

    Parameters
    ----------
    customers : DataFrame, one row per customer
        ``customer_id``, the columns named in ``strata``, and ``may_contact`` where consent is known;
        ``Profiles.customers`` is one.
    choices : SplitChoices
    segments : mapping of method to Series, optional
        Labels aligned with ``customers``, wanted for an audience that is a segment and for the stratum ``"segment"``.
    left : Series of bool, optional
        Who has left, aligned with ``customers``, as ``known_left`` finds it; missing where nothing is said.

    Raises
    ------
    AnalysisError
        ``experiment_arm_names``, ``experiment_bad_weights``, ``experiment_bad_hold_out``, ``experiment_no_seed``,
        ``experiment_segment_gone``, ``experiment_unknown_column``, ``experiment_nobody_contacted`` (n),
        ``experiment_cluster_strata``, ``experiment_no_clusters`` (column), ``experiment_few_clusters`` (n, least), and
        as ``split.assign``.

    Examples
    --------
    >>> import pandas as pd
    >>> shop = pd.DataFrame({"customer_id": ["1", "2", "3"]})
    >>> split_experiment(shop, SplitChoices(seed="spring")).arms
    ['control', 'treatment', 'treatment']
    """
    weights = weights_of(choices)
    asked = members(customers, choices.audience, segments or {})
    everyone = _staying(asked, left) if choices.leave_out_left else asked
    rows = _contacted(customers, everyone)
    if everyone and not rows:
        raise AnalysisError("experiment_nobody_contacted", n=len(everyone))
    found = _split(customers, choices, weights, rows, segments or {}, {})
    return replace(found, n_not_contacted=len(everyone) - len(rows), n_left=len(asked) - len(everyone))


def split_newcomers(
    customers: pd.DataFrame,
    experiment: Experiment,
    arms: Sequence[str | None],
    *,
    segments: Segments | None = None,
    left: pd.Series | None = None,
) -> SplitExperiment | None:
    """Assign the customers who joined the audience since; nobody who has an arm is moved. None without newcomers.

    Parameters
    ----------
    customers, segments, left : as for ``split_experiment``
    experiment : Experiment
        With an assignment.
    arms : sequence of str or None
        The arm of each customer, aligned with ``customers``.

    Raises
    ------
    AnalysisError
        As ``split_experiment``; ``experiment_not_assigned``.
    """
    kept = experiment.assignment
    if kept is None:
        raise AnalysisError("experiment_not_assigned", experiment=experiment.name)
    audience = audience_key(experiment)
    everyone = members(customers, audience, segments or {})
    everyone = _staying(everyone, left) if kept.leave_out_left else everyone
    new = {place for place in _contacted(customers, everyone) if arms[place] is None}
    if not new:
        return None
    ids = customers["customer_id"].astype("str").tolist()
    both = [place for place in range(len(ids)) if arms[place] is not None or place in new]
    known = {ids[place]: str(arms[place]) for place in both if arms[place] is not None}
    choices = SplitChoices(
        audience=audience, seed=kept.seed, strata=kept.strata, cluster=kept.cluster, leave_out_left=kept.leave_out_left
    )  # fmt: skip
    return _split(customers, choices, {one.name: one.share for one in kept.arms}, both, segments or {}, known)


def _split(
    customers: pd.DataFrame, choices: SplitChoices, weights: Mapping[str, float], rows: Sequence[int],
    segments: Segments, kept: Mapping[str, str],
) -> SplitExperiment:  # fmt: skip
    part = customers.iloc[list(rows)]
    ids = part["customer_id"].astype("str").tolist()
    seed = (choices.seed or "").strip()
    if not seed:
        raise AnalysisError("experiment_no_seed")
    if choices.cluster:
        return _split_clusters(customers, choices, weights, rows, seed, kept)
    if not choices.strata:
        arms = assign(ids, weights, seed=seed)
    else:
        columns = {}
        for name in choices.strata:
            if name == SEGMENT:
                columns[SEGMENT] = _labels(choices.audience, segments).iloc[list(rows)]
            elif name in customers:
                columns[name] = part[name]
            else:
                raise AnalysisError("experiment_unknown_column", column=name)
        arms = assign_stratified(ids, strata(columns), weights, seed=seed, kept=kept)
    # By the hash alone nobody moves either, but a customer whose arm is known keeps it in any case.
    arms = [kept.get(one, arm) for one, arm in zip(ids, arms, strict=True)]
    return SplitExperiment(choices, weights, rows, ids, arms)


def _split_clusters(
    customers: pd.DataFrame, choices: SplitChoices, weights: Mapping[str, float], rows: Sequence[int], seed: str,
    kept: Mapping[str, str],
) -> SplitExperiment:  # fmt: skip
    if choices.strata:
        raise AnalysisError("experiment_cluster_strata")
    if choices.cluster not in customers:
        raise AnalysisError("experiment_unknown_column", column=choices.cluster)
    part = customers.iloc[list(rows)]
    known = part[choices.cluster].notna().to_numpy(dtype=bool)
    part, inside = part[known], [row for row, has in zip(rows, known, strict=True) if has]
    if not inside:
        raise AnalysisError("experiment_no_clusters", column=choices.cluster)
    ids, units = part["customer_id"].astype("str").tolist(), part[choices.cluster].astype("str").tolist()
    # Of a cluster that has an arm its members say which; who moved there from another keeps what he had.
    seen: dict[str, Counter[str]] = {}
    for one, unit in zip(ids, units, strict=True):
        if one in kept:
            seen.setdefault(unit, Counter())[kept[one]] += 1
    before = {unit: arms.most_common(1)[0][0] for unit, arms in seen.items()}
    by_unit = assign_clusters(units, weights, seed=seed, kept=before)
    arms = [kept.get(one, by_unit[unit]) for one, unit in zip(ids, units, strict=True)]
    left = len(rows) - len(inside)
    return SplitExperiment(choices, weights, inside, ids, arms, units=units, n_without_cluster=left)


def members(customers: pd.DataFrame, audience: str, segments: Segments) -> list[int]:
    """Return the rows of the customers that an experiment is for; ``experiment_segment_gone``."""
    method, _, segment = audience.partition("|")
    if segment == EVERYBODY:
        return list(range(len(customers)))
    if method not in segments:
        raise AnalysisError("experiment_segment_gone")
    return segments[method].eq(segment).fillna(False).to_numpy(dtype=bool).nonzero()[0].tolist()


def _staying(rows: list[int], left: pd.Series | None) -> list[int]:
    import numpy as np

    inside = np.zeros(0 if left is None else len(left), dtype=bool)
    if left is not None:
        inside[rows] = True
    gone = left_among(left, inside)
    return rows if gone is None else [row for row in rows if not gone[row]]


def _contacted(customers: pd.DataFrame, rows: Sequence[int]) -> list[int]:
    from analysis.privacy.consent import may_be_contacted

    allowed = may_be_contacted(customers)
    return [row for row in rows if allowed[row]]


def _labels(audience: str, segments: Segments) -> pd.Series:
    """Return the segmentation of the audience, or the first one when the experiment is for everybody."""
    method = audience.partition("|")[0]
    found = segments.get(method) if method else next(iter(segments.values()), None)
    if found is None:
        raise AnalysisError("experiment_segment_gone")
    return found


def weights_of(choices: SplitChoices) -> dict[str, float]:
    """Return the share of each arm, control first and the hold-out last.

    Raises ``experiment_arm_names``, ``experiment_bad_weights``, ``experiment_bad_hold_out``.

    Examples
    --------
    >>> weights_of(SplitChoices(hold_out=10))
    {'control': 50.0, 'treatment': 50.0, '__hold_out__': 11.11111111111111}
    """
    weights: dict[str, float] = {}
    wanted = treatments_of(choices.treatments) + 1
    if len(choices.arms) < wanted:
        raise AnalysisError("experiment_arm_names")
    for arm in choices.arms[:wanted]:
        name, share = arm.name.strip(), arm.share
        if not name or name in weights or name == HOLD_OUT:
            raise AnalysisError("experiment_arm_names")
        if share is None or not share > 0:
            raise AnalysisError("experiment_bad_weights")
        weights[name] = float(share)
    held_out = choices.hold_out or 0.0
    if not 0 <= held_out < 100:
        raise AnalysisError("experiment_bad_hold_out", share=held_out)
    if held_out:
        weights[HOLD_OUT] = sum(weights.values()) * held_out / (100 - held_out)
    return weights


def treatments_of(typed: float | None) -> int:
    """Return how many treatments there are."""
    return min(max(int(typed or 1), 1), MOST_TREATMENTS)


def audience_key(experiment: Experiment) -> str:
    """Return whom the experiment was planned for, as ``SplitChoices.audience``."""
    planned = experiment.audience
    return f"|{EVERYBODY}" if planned is None else f"{planned.method}|{planned.segment}"


def stratifiers(profiles: Profiles) -> list[Feature]:
    """Return the features that groups can be alike in: numbers, flags and words with few levels, not personal."""
    kinds = ("number", "flag", "category")
    found = [one for one in profiles.features if one.kind in kinds and one.personal is None]
    return [
        one
        for one in found
        if one.key in profiles.customers
        and profiles.customers[one.key].nunique() > 1
        and (one.kind == "number" or profiles.customers[one.key].nunique() <= LEVELS_COMPARED)
    ]


def clusterable(profiles: Profiles) -> list[Feature]:
    """Return the features that can say who gets an arm together: words with levels enough, not personal."""
    least = 2 * FEWEST
    return [
        one
        for one in profiles.features
        if one.kind == "category" and one.personal is None and one.key in profiles.customers
        and least <= profiles.customers[one.key].nunique() <= len(profiles.customers) / 2
    ]  # fmt: skip


def fills_plan(sizes: Mapping[str, int], plan: KeptPlan | None) -> tuple[bool, Planned] | None:
    """Say whether the arms are as large as planned, and what was planned; None without a plan that has an answer.

    Of a plan by cluster ``sizes`` are whole clusters.

    A split by chance makes arms that are not quite equal: when all the customers of the plan are there, no arm falls
    short by more than two standard deviations of such a split, and the difference is as sure but for ``LESS_SURE``, the
    arms are as planned.
    """
    if plan is None:
        return None
    try:
        planned = sample_size(plan.choices)
    except AnalysisError:
        return None
    control, *treatments = [n for arm, n in sizes.items() if arm != HOLD_OUT]
    if planned.clusters_control is not None:
        enough = min(treatments) >= (planned.clusters_treatment or 0)
        return control >= planned.clusters_control and enough, planned
    total = control + sum(treatments)
    if total < planned.n_control + planned.n_treatment * len(treatments):
        return False, planned
    wanted = 1 / planned.n_control + 1 / planned.n_treatment
    return all(
        _as_chance(control, planned.n_control, total)
        and _as_chance(n, planned.n_treatment, total)
        and 1 / control + 1 / n <= wanted * LESS_SURE
        for n in treatments
    ), planned


def _as_chance(n: int, planned: int, total: int) -> bool:
    """Say whether an arm is as large as planned, or chance alone can have made it smaller."""
    share = min(planned / total, 1.0)
    return n > 0 and n >= planned - 2 * math.sqrt(total * share * (1 - share))


def kept_assignment(found: SplitExperiment, *, digest: str, now: datetime, data_version: str = "") -> KeptAssignment:
    """Return the assignment as it is kept; ``digest`` names the file that says who got what."""
    sizes, units = found.sizes, found.cluster_sizes or {}
    return KeptAssignment(
        seed=(found.choices.seed or "").strip(),
        arms=tuple(
            ArmShare(name=arm, share=share, n=sizes[arm], clusters=units.get(arm, 0))
            for arm, share in found.weights.items()
        ),
        strata=found.choices.strata,
        digest=digest,
        assigned_at=now,
        data_version=data_version,
        cluster=found.choices.cluster,
        leave_out_left=found.choices.leave_out_left,
    )
