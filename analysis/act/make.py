"""From a ladder to the campaign that the study keeps, and back from it to the rows of today's profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.act.campaign import Arms, Campaign
from analysis.errors import AnalysisError
from analysis.experiments.planning.plan import ProportionPlan, smallest_effect
from analysis.intake.reading.layout import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import numpy as np

    from analysis.act.ladder import Ladder
    from analysis.act.people import People
    from analysis.profiles.result import Profiles

A_STEP = 1e-9


@dataclass(frozen=True)
class Power:
    """What a hold-out can show: the smallest rise of a share that is seen four times in five, in points of it (0..1).

    ``effect`` is None where so few are held out that no rise at all would be seen.
    """

    n_sent: int
    n_held: int
    baseline: float
    effect: float | None


def power_before(n_sent: int, n_held: int, baseline: float) -> Power:
    """Say what a hold-out can show before anything is sent (two-sided 5 %, power 80 %).

    Parameters
    ----------
    baseline : float, 0..1
        Share of those held out who will order by themselves.

    Raises
    ------
    AnalysisError
        ``experiment_bad_baseline``.

    Examples
    --------
    >>> round(power_before(720, 80, 0.08).effect, 3)
    0.118
    """
    if not 0 < baseline < 1:
        raise AnalysisError("experiment_bad_baseline", baseline=baseline)
    effect = None
    if n_sent > 0 and n_held > 0:
        plan = ProportionPlan(baseline=baseline, effect=A_STEP, split=n_sent / n_held)
        try:
            effect = smallest_effect(plan, n_held)
        except AnalysisError as problem:
            if problem.code not in ("experiment_nothing_detectable", "experiment_too_few"):
                raise
    return Power(n_sent, n_held, baseline, effect)


def campaign_of(
    ladder: Ladder,
    people: People,
    profiles: Profiles,
    *,
    name: str,
    method: str,
    seed: str,
    made_on: date,
    window_days: int | None = None,
    action: str = "",
    taken: Iterable[str] = (),
) -> Campaign:
    """Return what the study keeps of a list.

    Parameters
    ----------
    taken : iterable of str
        Names of other campaigns, which this one cannot have.

    Raises
    ------
    AnalysisError
        ``act_nobody_left`` (n): the segment has n customers, and the list none; ``act_no_name``;
        ``act_name_taken`` (name).
    """
    if not ladder.sent.size:
        raise AnalysisError("act_nobody_left", n=ladder.rungs[0].n)
    name = clean_text(name)
    if not name:
        raise AnalysisError("act_no_name")
    if name in set(taken):
        raise AnalysisError("act_name_taken", name=name)
    in_list = ladder.labels[[*ladder.sent.tolist(), *ladder.held.tolist()]]
    arms = [
        Arms(
            segment=str(segment)[:200],
            sent=tuple(people.keys[row] for row in ladder.sent if ladder.labels[row] == segment),
            held=tuple(people.keys[row] for row in ladder.held if ladder.labels[row] == segment),
        )
        for segment in sorted(set(in_list.tolist()))
    ]
    return Campaign(
        name=name, made_on=made_on, as_of=profiles.as_of, method=method, choices=ladder.choices, seed=seed,
        arms=tuple(arms), window_days=window_days, action=action,
    )  # fmt: skip


def rows_of(campaign: Campaign, people: People) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of those who were to be written to and of those held out; who is gone from the files has none.

    Nobody is in both, whoever was merged since: a person who was written to was written to.
    """
    import numpy as np

    sent = people.rows(one for arms in campaign.arms for one in arms.sent)
    held = people.rows(one for arms in campaign.arms for one in arms.held)
    return sent, np.setdiff1d(held, sent)
