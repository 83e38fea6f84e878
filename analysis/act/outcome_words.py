"""What came of a campaign, in sentences. Words come from ``t``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.act.campaign import Campaign
    from analysis.act.outcome import Outcome, Results
    from analysis.translate import Translate


def expected_words(campaign: Campaign, t: Translate) -> str:
    """Return what a campaign was thought to bring, and to how many."""
    size = t("actions.size", sent=campaign.n_sent, held=campaign.n_held, day=campaign.made_on)
    told = campaign.expected
    if told is None:
        return size
    if told.low is not None and told.high is not None:
        return f"{size} {t('review.expected_money', low=told.low, high=told.high)}"
    return f"{size} {t('review.expected', low=told.response_low, high=told.response_high)}"


def results_words(found: Results, n_twice: int, t: Translate) -> list[str]:
    """Return what was read of a file of results, and which of its rows count otherwise than they stand.

    Parameters
    ----------
    n_twice : int
        Rows that repeat another (``ResultColumns.n_twice``).
    """
    here = sum(one.responded for one in found.came.counts)
    said = [t("review.read", n=here, unknown=found.n_unknown, others=found.n_others)]
    more = {"twice": n_twice, "again": found.n_again, "outside": found.n_outside}
    return said + [t(f"review.read_{key}", n=n) for key, n in more.items() if n]


def outcome_words(found: Outcome, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return what came: the verdict with its figures, money, segments that stand out, and what weakens it.

    Examples
    --------
    >>> from datetime import date
    >>> from analysis.act.campaign import Campaign, Came, Counted
    >>> from analysis.act.outcome import read_outcome
    >>> from analysis.act.params import ListChoices
    >>> from texts import translator
    >>> day = date(2024, 5, 1)
    >>> counts = (
    ...     Counted(segment="lost", arm="sent", n=900, responded=90),
    ...     Counted(segment="lost", arm="held", n=100, responded=2),
    ... )
    >>> made = Campaign(name="May", made_on=day, as_of=day, method="rfm", choices=ListChoices(), seed="s", arms=())
    >>> came = Came(read_on=day, source="orders", counts=counts)
    >>> told = outcome_words(read_outcome(made, came), {}, translator("en"))
    >>> told[0]
    'It works: 10% of those written to ordered, 2.0% of those held out; 2.81 to 10.8 percentage points more.'
    """
    if found.response is None:
        said = [t("review.unknown", n=found.n_sent, share=found.responded / found.n_sent if found.n_sent else 0.0)]
    else:
        one = found.response
        low, high = one.absolute.low or 0.0, one.absolute.high or 0.0
        said = [
            t(
                f"review.{found.verdict}", sent=one.treatment, held=one.control, low=low * 100, high=high * 100,
                most=max(abs(low), abs(high)) * 100,
            )
        ]  # fmt: skip
    if found.extra_money is not None and found.money is not None:
        low, high = (found.n_sent * (end or 0.0) for end in (found.money.absolute.low, found.money.absolute.high))
        said.append(t("review.money", extra=found.extra_money, low=low, high=high))
    if found.net is not None:
        said.append(t("review.net", cost=found.cost, net=found.net))
    if found.before is not None and found.before.n and found.n_sent:
        told = {"before": found.before.responded / found.before.n, "after": found.responded / found.n_sent}
        said.append(t("review.before", days=found.before.days, **told))
    clear = [one for one in found.segments if one.p_corrected <= 0.05] if len(found.segments) > 1 else []
    for one in clear:
        name = names.get(one.segment, one.segment)
        said.append(t("review.segment", name=name, points=one.reading.absolute.value * 100))
    return [*said, *(t(f"note.{note.code}", **note.facts) for note in found.notes)]
