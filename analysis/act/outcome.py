"""What came of a list: those it wrote to beside those held out, everybody counted in the group they were drawn for.

Method, sources and limits: ``docs/methods/act.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from analysis.act.campaign import Before, Came, Campaign, Counted
from analysis.act.playbook.value import Seen
from analysis.errors import AnalysisError
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.proportions import compare_proportions
from analysis.experiments.arms.result import Reading
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.reading.health import check_sample_ratio
from analysis.notes import Note
from analysis.stats.intervals import ALPHA
from analysis.stats.multiplicity import holm
from analysis.tabular import Tabular, under

if TYPE_CHECKING:
    import pandas as pd

    from analysis.act.people import People
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

Arm = Literal["sent", "held"]
ARMS: tuple[Arm, ...] = ("sent", "held")
LEAST = 10  # in an arm, from where on a segment is read by itself


@dataclass(frozen=True)
class SegmentOutcome:
    """One segment: the share that ordered, those written to against those held out; ``p_corrected`` is Holm's."""

    segment: str
    reading: Reading
    p_corrected: float


@dataclass(frozen=True)
class Outcome(
    Tabular, rows="segments", columns=("segment", *under("reading", ("control", "treatment", "effect=absolute.value"))),
):  # fmt: skip
    """What came of a campaign.

    Attributes
    ----------
    campaign : str
    response : Reading or None
        Shares that ordered: treatment is those written to. None without a hold-out: nobody knows what would have come.
    money : Reading or None
        Money a customer.
    extra_orders, extra_money : float or None
        Effect times those written to.
    cost, net : float or None
    segments : tuple of SegmentOutcome
    n_sent, responded : int
    held_reached : int
        Held-out customers who were written to all the same; they count as held out.
    verdict : str
        ``works`` (the interval lies above nothing), ``harms``, ``unclear``, or ``unknown`` without a hold-out.
    notes : tuple of Note
    before : Before or None
        What those written to did before the list; it proves nothing, and says so.
    """

    campaign: str
    response: Reading | None
    money: Reading | None
    extra_orders: float | None
    extra_money: float | None
    cost: float | None
    net: float | None
    segments: tuple[SegmentOutcome, ...]
    n_sent: int
    responded: int
    held_reached: int
    verdict: Literal["works", "harms", "unclear", "unknown"]
    notes: tuple[Note, ...] = field(default=())
    before: Before | None = None


@dataclass(frozen=True)
class Results:
    """Results of a file as counts, and rows of nobody: ids that no customer has, and customers never on the list.

    ``n_again`` are rows of customers who stand in an earlier one (their amounts are added up), ``n_outside`` those of
    days before or after those in which the list is measured.
    """

    came: Came
    n_unknown: int
    n_others: int
    n_again: int = 0
    n_outside: int = 0


def came_by_orders(
    campaign: Campaign, people: People, profiles: Profiles, standard: StandardTables, *, cost: float | None = None
) -> Came:
    """Count the orders of both groups in the days after a list was made, from the files of today.

    Those written to are also counted in as many days before it, where the files reach back so far.

    Raises
    ------
    AnalysisError
        ``act_not_measured``: a list without days in which it is measured; ``act_no_orders``;
        ``act_window_not_begun`` (day): the files end before the list was made.
    """
    import pandas as pd

    from analysis.intake.questions import order_span, within

    if campaign.window_days is None:
        raise AnalysisError("act_not_measured")
    if "order_date" not in standard.order_roles:
        raise AnalysisError("act_no_orders")
    first, last = _days_of(campaign)
    if profiles.as_of < first:
        raise AnalysisError("act_window_not_begun", day=campaign.made_on)
    ids = pd.Index(profiles.customers["customer_id"].astype(object))

    def counted(days: tuple[date, date]) -> tuple[tuple[Counted, ...], bool]:
        found = within(standard, days).reindex(ids)
        orders = found["n"].fillna(0).to_numpy(dtype=float)
        money = found["money"].fillna(0.0).to_numpy(dtype=float)

        def told(key: str) -> tuple[bool, float]:
            row = people.row(key)
            return (False, 0.0) if row is None else (orders[row] > 0, float(money[row]))

        return _counts(campaign, people, told), bool(found["money"].notna().any())

    counts, knows_money = counted((first, last))
    days = (min(last, profiles.as_of) - campaign.made_on).days
    start, reach = campaign.made_on - timedelta(days=days - 1), order_span(standard).first
    before = None
    if reach is not None and reach <= start:
        sent = _together(counted((start, campaign.made_on))[0], "sent")
        before = Before(days=days, n=sent.n, responded=sent.responded, money=sent.money)
    return Came(
        read_on=profiles.as_of, source="orders", counts=counts, knows_money=knows_money, cost=cost, before=before
    )


def came_by_results(
    campaign: Campaign,
    people: People,
    profiles: Profiles,
    rows: pd.DataFrame,
    *,
    read_on: date,
    cost: float | None = None,
) -> Results:
    """Count what a file of results says of both groups; who does not stand in it did not respond.

    Parameters
    ----------
    rows : DataFrame
        ``customer_id`` (text), ``responded`` (yes or no), and if they are known ``amount`` (money) and ``day``: what is
        of a day before the list, or after the days in which it is measured, came not of it.

    Raises
    ------
    AnalysisError
        ``act_results_nobody`` (n, unknown): no row is of a customer of the list; ``act_results_other_days`` (n, first,
        last): all are of other days.
    """
    import pandas as pd

    known = people.rows_of_ids(rows["customer_id"])
    ids = {str(one): row for row, one in enumerate(profiles.customers["customer_id"])} | known
    given = rows.assign(row=rows["customer_id"].astype("str").str.strip().map(ids))
    unknown = int(given["row"].isna().sum())
    given = given.dropna(subset=["row"])
    inside = _in_days(given, campaign)
    if len(given) and not inside.any():
        raise AnalysisError("act_results_other_days", n=len(given), first=campaign.made_on, last=_days_of(campaign)[1])
    n_outside, given = int((~inside).sum()), given[inside]
    knows_money = "amount" in given and bool(given["amount"].notna().any())
    amounts = pd.Series(0.0, given.index)
    if knows_money:
        amounts = pd.to_numeric(given["amount"], errors="coerce").fillna(0.0)
    yes = given["responded"].astype("boolean").fillna(False).astype(bool)
    responded: dict[Any, bool] = yes.groupby(given["row"].astype(int)).any().to_dict()
    money: dict[Any, float] = amounts.groupby(given["row"].astype(int)).sum().to_dict()
    listed = {people.row(one) for arms in campaign.arms for one in (*arms.sent, *arms.held)} - {None}
    here = set(responded) & listed
    if not here:
        raise AnalysisError("act_results_nobody", n=len(rows), unknown=unknown)

    def told(key: str) -> tuple[bool, float]:
        row = people.row(key)
        return (False, 0.0) if row is None else (responded.get(row, False), money.get(row, 0.0))

    held = {people.row(one) for arms in campaign.arms for one in arms.held}
    came = Came(
        read_on=read_on, source="results", counts=_counts(campaign, people, told), knows_money=knows_money,
        held_reached=len(here & held), cost=cost,
    )  # fmt: skip
    return Results(came, unknown, len(set(responded) - listed), len(given) - len(responded), n_outside)


def _days_of(campaign: Campaign) -> tuple[date, date]:
    """Return the first and the last day on which something counts as the effect of a list."""
    after = campaign.window_days or date.max.toordinal() - campaign.made_on.toordinal()
    return campaign.made_on + timedelta(days=1), campaign.made_on + timedelta(days=after)


def _in_days(given: pd.DataFrame, campaign: Campaign) -> pd.Series:
    """Say which rows count: those of the days of the list, and those without a day."""
    import pandas as pd

    if "day" not in given:
        return pd.Series(True, given.index)
    first, last = campaign.made_on, _days_of(campaign)[1]  # who is called on the day itself may order on it
    days = given["day"]
    return days.isna() | ((days >= pd.Timestamp(first)) & (days < pd.Timestamp(last) + pd.Timedelta(days=1)))


def _counts(campaign: Campaign, people: People, told: Any) -> tuple[Counted, ...]:
    """Count both groups of each segment; whose ids were merged since counts once, and as written to if they were."""
    found: list[Counted] = []
    counted: set[int] = set()
    kept: dict[tuple[str, str], list[str]] = {}
    for arm in ARMS:
        for arms in campaign.arms:
            kept[arms.segment, arm] = []
            for one in arms.sent if arm == "sent" else arms.held:
                row = people.row(one)
                if row is None or row not in counted:
                    kept[arms.segment, arm].append(one)
                    counted |= set() if row is None else {row}
    for arms in campaign.arms:
        for arm in ARMS:
            hashes = kept[arms.segment, arm]
            answers = [told(one) for one in hashes]
            found.append(
                Counted(
                    segment=arms.segment, arm=arm, n=len(hashes), responded=sum(yes for yes, _ in answers),
                    money=sum(money for _, money in answers), money_squares=sum(money**2 for _, money in answers),
                )
            )  # fmt: skip
    return tuple(found)


def read_outcome(campaign: Campaign, came: Came | None = None) -> Outcome:
    """Read what came of a campaign: effect, interval, the ratio of the groups, and each segment by itself, corrected.

    Parameters
    ----------
    came : Came, optional
        What was counted; without it what the campaign keeps.

    Raises
    ------
    AnalysisError
        ``act_nothing_came`` (name): nothing was counted yet.

    Examples
    --------
    >>> from analysis.act.params import ListChoices
    >>> day = date(2024, 5, 1)
    >>> made = Campaign(name="May", made_on=day, as_of=day, method="rfm", choices=ListChoices(), seed="s", arms=())
    >>> counts = (
    ...     Counted(segment="lost", arm="sent", n=900, responded=90),
    ...     Counted(segment="lost", arm="held", n=100, responded=2),
    ... )
    >>> found = read_outcome(made, Came(read_on=day, source="orders", counts=counts))
    >>> found.verdict, round(found.extra_orders)
    ('works', 72)
    """
    came = came or campaign.came
    if came is None:
        raise AnalysisError("act_nothing_came", name=campaign.name)
    sent, held = (_together(came.counts, arm) for arm in ARMS)
    notes: list[Note] = []
    silent = came.source == "results" and came.held_reached == 0 and held.responded == 0 and held.n > 0
    if silent:
        notes.append(Note("act_held_not_in_file", {"n": held.n}, "check"))
    response = money = None
    if held.n and sent.n and not silent:
        response = _response(sent, held)
        money = _money(sent, held) if came.knows_money else None
        notes += [] if response is not None else [Note("act_all_alike", {}, "check")]
        notes += check_sample_ratio({"sent": sent.n, "held": held.n}, _planned(campaign, sent, held))
    else:
        notes.append(Note("act_weak_no_hold_out", {}, "check"))
    if (
        came.source == "orders"
        and campaign.window_days
        and ((over := campaign.made_on + timedelta(days=campaign.window_days)) > came.read_on)
    ):
        notes.append(Note("act_window_open", {"day": over}, "check"))
    if came.held_reached:
        notes.append(Note("act_held_reached", {"n": came.held_reached}, "check"))
    extra = None if response is None else response.absolute.value * sent.n
    gain = None if money is None else money.absolute.value * sent.n
    net = None if gain is None or came.cost is None else gain - came.cost
    segments = () if silent else _segments(came.counts)
    return Outcome(
        campaign.name, response, money, extra, gain, came.cost, net, segments, sent.n, sent.responded,
        came.held_reached, _verdict(response), tuple(notes), came.before,
    )  # fmt: skip


def _together(counts: Sequence[Counted], arm: Arm) -> Counted:
    inside = [one for one in counts if one.arm == arm]
    return Counted(
        segment="", arm=arm, n=sum(one.n for one in inside), responded=sum(one.responded for one in inside),
        money=sum(one.money for one in inside), money_squares=sum(one.money_squares for one in inside),
    )  # fmt: skip


def _planned(campaign: Campaign, sent: Counted, held: Counted) -> dict[str, float]:
    share = campaign.choices.hold_out
    if not share:
        return {"sent": float(sent.n), "held": float(held.n)}
    return {"sent": 1 - share, "held": share}


def _response(sent: Counted, held: Counted) -> Reading | None:
    """Compare the shares that responded; None where everybody did the same, so that nothing can be told."""
    try:
        return compare_proportions(*(ProportionStatistic(one.n, one.responded) for one in (held, sent)))
    except AnalysisError as problem:
        if problem.code != "experiment_no_variation":
            raise
        return None


def _money(sent: Counted, held: Counted) -> Reading | None:
    try:
        return compare_means(*(MeanStatistic(one.n, one.money, one.money_squares) for one in (held, sent)))
    except AnalysisError:
        return None  # too few, or nothing varies: the shares are all there is to say


def _segments(counts: Sequence[Counted]) -> tuple[SegmentOutcome, ...]:
    import numpy as np

    names = list(dict.fromkeys(one.segment for one in counts))
    inside = {name: [one for one in counts if one.segment == name] for name in names}
    pairs = {name: [_together(own, arm) for arm in ARMS] for name, own in inside.items()}
    large = {name: pair for name, pair in pairs.items() if min(one.n for one in pair) >= LEAST}
    read = {name: found for name, pair in large.items() if (found := _response(*pair)) is not None}
    if not read:
        return ()
    corrected = holm(np.array([one.test.p for one in read.values()]))
    return tuple(SegmentOutcome(name, one, float(p)) for (name, one), p in zip(read.items(), corrected, strict=True))


def _verdict(response: Reading | None) -> Literal["works", "harms", "unclear", "unknown"]:
    if response is None:
        return "unknown"
    low, high = response.absolute.low, response.absolute.high
    if low is not None and low > 0 and response.test.p <= ALPHA:
        return "works"
    return "harms" if high is not None and high < 0 and response.test.p <= ALPHA else "unclear"


def seen_effects(campaigns: Sequence[Campaign], segment: str, channel: str) -> list[Seen]:
    """Return the effects that were read for a segment and a channel, one per campaign with a hold-out."""
    found = []
    for campaign in campaigns:
        came = campaign.came
        if came is None or campaign.choices.channel != channel or read_outcome(campaign).response is None:
            continue
        inside = [one for one in came.counts if one.segment == segment]
        sent, held = (_together(inside, arm) for arm in ARMS)
        if not sent.n or not held.n:
            continue
        # A share of none or all still has an error: one customer more who did the other thing (Agresti, Caffo 2000).
        p, q = ((one.responded + 1) / (one.n + 2) for one in (sent, held))
        se = (p * (1 - p) / (sent.n + 2) + q * (1 - q) / (held.n + 2)) ** 0.5
        found.append(Seen(sent.responded / sent.n - held.responded / held.n, se, sent.n + held.n))
    return found
