"""From a ladder to the campaign that the study keeps, and back from it to the rows of today's profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.act.campaign import Arms, Campaign
from analysis.act.reach import refusals
from analysis.errors import AnalysisError
from analysis.experiments.planning.plan import ProportionPlan, sample_size, smallest_effect
from analysis.intake.reading.layout import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import numpy as np

    from analysis.act.ladder import Ladder
    from analysis.act.params import Channel
    from analysis.act.people import People
    from analysis.profiles.result import Profiles

A_STEP = 1e-9


@dataclass(frozen=True)
class Power:
    """What a hold-out can show: the smallest rise of a share that is seen four times in five, in points of it (0..1).

    ``effect`` is None where so few are held out that no rise at all would be seen. ``needed`` are the customers of a
    list, as many of them held out in a hundred, with which the rise that is expected (``rise``) is seen; None where
    none is expected, or nobody is held out.
    """

    n_sent: int
    n_held: int
    baseline: float
    effect: float | None
    rise: float | None = None
    needed: int | None = None

    @property
    def is_too_small(self) -> bool:
        """Whether the rise that is expected would not be seen."""
        return self.needed is not None and self.needed > self.n_sent + self.n_held


def power_before(n_sent: int, n_held: int, baseline: float, *, rise: float | None = None) -> Power:
    """Say what a hold-out can show before anything is sent (two-sided 5 %, power 80 %).

    Parameters
    ----------
    baseline : float, 0..1
        Share of those held out who will order by themselves.
    rise : float, optional
        By how much of a share the list is expected to raise it, 0..1.

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
    needed = None if rise is None or n_held == 0 else needed_to_tell(rise, baseline, n_held / (n_sent + n_held))
    return Power(n_sent, n_held, baseline, effect, rise, needed)


def needed_to_tell(rise: float, baseline: float, share: float) -> int | None:
    """Return how many customers a list needs so that a rise is seen four times in five (two-sided 5 %).

    Parameters
    ----------
    rise, baseline : float, 0..1
        Of the share that orders, and that share without the list.
    share : float, 0..1
        Of the list, held out.

    Returns
    -------
    int or None
        None where no list would do: no rise is expected, or one beyond everybody.

    Examples
    --------
    >>> needed_to_tell(0.02, 0.05, 0.5), needed_to_tell(0.02, 0.05, 0.1)
    (4426, 12854)
    >>> needed_to_tell(0.0, 0.05, 0.1) is None
    True
    """
    if not rise > 0 or baseline + rise >= 1 or not 0 < share < 1:
        return None
    try:
        planned = sample_size(ProportionPlan(baseline=baseline, effect=rise, split=(1 - share) / share))
    except AnalysisError as problem:
        if problem.code != "experiment_too_many_needed":
            raise
        return None
    return planned.n_control + planned.n_treatment


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


def still_allowed(rows: np.ndarray, profiles: Profiles, channel: Channel) -> np.ndarray:
    """Return those of a list who may still be contacted: who withdrew since it was made is written to no more.

    They stay in the group that they were drawn for, so that its effect is told of all of them.

    Parameters
    ----------
    rows : array of int
        Of the profiles, as ``rows_of`` returns them.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> now = pd.DataFrame({"customer_id": list("abc"), "may_contact": ["allowed", "refused", "allowed"]})
    >>> still_allowed(np.array([0, 1]), Profiles(now, (), date(2024, 1, 1)), "sms").tolist()
    [0]
    """
    return rows[refusals(profiles, channel)[rows] == ""]


def rows_of(campaign: Campaign, people: People) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of those who were to be written to and of those held out; who is gone from the files has none.

    Nobody is in both, whoever was merged since: a person who was written to was written to.
    """
    import numpy as np

    sent = people.rows(one for arms in campaign.arms for one in arms.sent)
    held = people.rows(one for arms in campaign.arms for one in arms.held)
    return sent, np.setdiff1d(held, sent)
