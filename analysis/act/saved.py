"""What share of those who would have stayed away a list brought back: the save rate, as measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.act.campaign import Campaign
from analysis.act.outcome import ARMS, LEAST
from analysis.experiments.arms.score import ratio_of_proportions
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.overview.actions import KEEPING


@dataclass(frozen=True)
class SaveRate:
    """Share, 0..1, of the customers who would not have ordered whom a list kept, with its 95 % interval.

    ``campaign`` is the name of the list; ``n_sent`` and ``n_held`` are those written to and those held out.
    """

    campaign: str
    rate: float
    low: float
    high: float
    n_sent: int
    n_held: int


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
        found = ratio_of_proportions(held, sent)
        if found is None or found.low is None or found.high is None:
            continue
        rate, low, high = (min(max(-one, 0.0), 1.0) for one in (found.value, found.high, found.low))
        return SaveRate(campaign.name, rate, low, high, sizes["sent"], sizes["held"])
    return None
