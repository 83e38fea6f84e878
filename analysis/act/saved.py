"""What share of those who would have stayed away a test or a list brought back: the save rate, as measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.act.campaign import Campaign
from analysis.act.outcome import ARMS, LEAST
from analysis.experiments.arms.score import ratio_of_proportions
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.overview.actions import KEEPING

if TYPE_CHECKING:
    from analysis.experiments.record import Experiment, KeptReading

AT_RISK = ("rules", "at_risk")  # method and key of the segment that the page of churn makes


@dataclass(frozen=True)
class SaveRate:
    """Share, 0..1, of the customers who would not have ordered whom a test or a list kept, with its 95 % interval.

    ``campaign`` is its name; ``n_sent`` and ``n_held`` are those written to and those held out.
    """

    campaign: str
    rate: float
    low: float
    high: float
    n_sent: int
    n_held: int

    @property
    def choices(self) -> dict[str, float]:
        """The rate and its range as ``ChurnParams`` has them."""
        return {"save_rate": self.rate, "save_rate_low": self.low, "save_rate_high": self.high}


def save_rate_measured(experiments: Sequence[Experiment], campaigns: Sequence[Campaign]) -> SaveRate | None:
    """Return the save rate of a test of those at risk, else of a list; None where neither was read."""
    return save_rate_tested(experiments) or save_rate_seen(campaigns)


def save_rate_seen(campaigns: Sequence[Campaign]) -> SaveRate | None:
    """Return the save rate of the last list that was to keep customers and was read beside a hold-out; None without.

    Of the held-out customers some did not order; of those written to fewer. One less the one share over the other is
    the part that the list kept, with Koopman's interval for the ratio; where the list did harm, nothing was kept.

    References
    ----------
    Laupacis, Sackett, Roberts (1988), An assessment of clinically useful measures of the consequences of treatment,
    New England Journal of Medicine 318 (relative risk reduction). Koopman (1984), Biometrics 40.

    Examples
    --------
    >>> from datetime import date
    >>> from analysis.act.campaign import Arms, Came, Counted
    >>> from analysis.act.params import ListChoices
    >>> counts = tuple(Counted(segment="lost", arm=arm, n=n, responded=k) for arm, n, k in
    ...                [("sent", 400, 120), ("held", 200, 20)])
    >>> list_ = Campaign(
    ...     name="May", made_on=date(2024, 5, 1), as_of=date(2024, 4, 30), method="rfm", choices=ListChoices(),
    ...     seed="May", arms=(Arms(segment="lost"),), action="win_back",
    ...     came=Came(read_on=date(2024, 6, 1), source="orders", counts=counts),
    ... )
    >>> seen = save_rate_seen([list_])
    >>> round(seen.rate, 3), round(seen.low, 3), round(seen.high, 3)
    (0.222, 0.157, 0.282)
    """
    read = [one for one in campaigns if one.came is not None and one.action in KEEPING and one.state != "dropped"]
    for campaign in sorted(read, key=lambda one: (one.made_on, one.name), reverse=True):
        came = campaign.came
        assert came is not None
        sizes = {arm: sum(one.n for one in came.counts if one.arm == arm) for arm in ARMS}
        away = {arm: n - sum(one.responded for one in came.counts if one.arm == arm) for arm, n in sizes.items()}
        if min(sizes.values()) < LEAST or not away["held"]:
            continue
        held, sent = (ProportionStatistic(sizes[arm], away[arm]) for arm in ("held", "sent"))
        if (found := _kept(campaign.name, held, sent)) is not None:
            return found
    return None


def save_rate_tested(experiments: Sequence[Experiment], audience: tuple[str, str] = AT_RISK) -> SaveRate | None:
    """Return the save rate of the test of a segment that was read last, where its goal is a share; None without one.

    As ``save_rate_seen``: of the control group some left, of those treated fewer. A goal of which more is better is who
    stayed or came back, one of which less is better is who left.

    Parameters
    ----------
    audience : (str, str)
        Method and key of the segment.
    """
    tests = [
        (reading.read_at, one, reading)
        for one in experiments
        if one.audience is not None
        and (one.audience.method, one.audience.segment) == audience
        and (reading := one.last_reading) is not None
        and reading.design == "test"
        and one.metric_of(reading) == "proportion"
    ]
    for _, experiment, reading in sorted(tests, key=lambda test: test[0], reverse=True):
        goal = reading.goal
        if goal is None or min(goal.n_arm, goal.n_control) < LEAST:
            continue
        held, sent = (
            ProportionStatistic(n, round(n * (1 - share if _more_is_better(reading, goal.metric) else share)))
            for n, share in ((goal.n_control, goal.value_control), (goal.n_arm, goal.value_arm))
        )
        if held.successes and (found := _kept(experiment.name, held, sent)) is not None:
            return found
    return None


def _more_is_better(reading: KeptReading, metric: str) -> bool:
    """Whether more of a metric is better; of figures that were typed it is not asked, and more is."""
    columns = getattr(reading.source, "columns", None)
    return all(one.higher_is_better for one in getattr(columns, "metrics", ()) if one.name == metric)


def _kept(name: str, held: ProportionStatistic, sent: ProportionStatistic) -> SaveRate | None:
    """Return the save rate of shares that stayed away, with Koopman's interval."""
    found = ratio_of_proportions(held, sent)
    if found is None or found.low is None or found.high is None:
        return None
    rate, low, high = (min(max(-one, 0.0), 1.0) for one in (found.value, found.high, found.low))
    return SaveRate(name, rate, low, high, sent.n, held.n)
