"""When and how a segment answers: times of the week and channels, by those who were reached, against all the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.stats.intervals import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd

DAYS, DAY = 7, 24
HOURS = DAYS * DAY
POWER = 0.8
KINDS = 3  # of times that are looked at: days, hours, hours of the week


@dataclass(frozen=True)
class BestTime:
    """The time of the week that is answered most: a day, an hour of every day, or an hour of a day.

    Attributes
    ----------
    weekday : int or None
        0 is Monday; None for every day.
    hour : int or None
        It begins then; None for the whole day.
    share, others : float, 0..1
        Of those reached in it, and of those reached at any other time, who answered.
    n : int
        Reached in it.
    p : float
        Corrected for every day, hour and hour of the week that was looked at.
    """

    weekday: int | None
    hour: int | None
    share: float
    others: float
    n: int
    p: float


@dataclass(frozen=True)
class TimeTold:
    """What so many contacts could have told of an hour of the day, where none stands out.

    Attributes
    ----------
    share : float, 0..1
        Of all those reached, who answered.
    least : float or None
        The share that would have to answer in one hour for it to be named four times in five; None where not even an
        hour in which everybody answers would be.
    """

    share: float
    least: float | None


@dataclass(frozen=True)
class BestChannel:
    """The channel that is answered most: the share of those reached, and whether it differs from the others (Holm)."""

    channel: str
    share: float
    n: int
    others: float
    differs: bool


def best_time(reached: Sequence[int] | np.ndarray, answered: Sequence[int] | np.ndarray) -> BestTime | None:
    """Return the time of the week that stands out from any other; None where none does.

    Days, hours of the day and hours of the week are looked at, a third of the 5 % each; the surest is named. A day or
    an hour that stands out by one hour of the week alone gives way to it; inside others the other of the two is
    looked for once more.

    Parameters
    ----------
    reached, answered : 168 counts, Monday 0:00 first

    Returns
    -------
    BestTime or None
        None unless the corrected p is at most 5 %: where time does not matter one is named in at most one of twenty
        looks.

    Raises
    ------
    AnalysisError
        ``act_bad_hours``: not 168 counts, or more answers than contacts.

    References
    ----------
    Fisher (1935), exact test given the margins, one-sided; Bonferroni over all times of each of the three kinds.
    Meinshausen (2008), Hierarchical testing of variable importance, Biometrika 95(2): a group that was found is
    looked into at the level of its own.

    Examples
    --------
    >>> reached = [10] * 168
    >>> answered = [1] * 168
    >>> best_time(reached, answered) is None
    True
    >>> reached[2 * 24 + 20], answered[2 * 24 + 20] = 200, 60
    >>> found = best_time(reached, answered)
    >>> found.weekday, found.hour
    (2, 20)
    >>> evenly = [1] * 48 + [4] * 24 + [1] * 96  # Wednesdays, at any hour
    >>> found = best_time([10] * 168, evenly)
    >>> found.weekday, found.hour, found.n, found.share
    (2, None, 240, 0.4)
    """
    import numpy as np

    n, k = np.asarray(reached, dtype=int), np.asarray(answered, dtype=int)
    if n.shape != (HOURS,) or k.shape != (HOURS,) or (k > n).any() or (k < 0).any():
        raise AnalysisError("act_bad_hours")
    n, k = n.reshape(DAYS, DAY), k.reshape(DAYS, DAY)
    days, hours, cells = _surest(n.sum(1), k.sum(1)), _surest(n.sum(0), k.sum(0)), _surest(n.ravel(), k.ravel())
    p = min(days[1], hours[1], cells[1])
    if p > ALPHA:
        return None
    cell = divmod(cells[0], DAY)
    weekday: int | None = days[0] if p == days[1] else None
    hour: int | None = hours[0] if p == hours[1] and weekday is None else None
    if p == cells[1] or (cells[1] <= ALPHA and not _without(n, k, cell, weekday, hour)):
        (weekday, hour), p = cell, cells[1]
    elif weekday is not None:
        hour = _inside(n[weekday], k[weekday])
    elif hour is not None:
        weekday = _inside(n[:, hour], k[:, hour])
    whole = slice(None)
    place = (whole if weekday is None else weekday, whole if hour is None else hour)
    here, yes = int(n[place].sum()), int(k[place].sum())
    others = (int(k.sum()) - yes) / (int(n.sum()) - here)
    return BestTime(weekday, hour, yes / here, others, here, p)


def time_told(reached: Sequence[int] | np.ndarray, answered: Sequence[int] | np.ndarray) -> TimeTold:
    """Return what the contacts could have told of an hour of the day with a twenty-fourth of them in it.

    Parameters
    ----------
    reached, answered : 168 counts, as ``best_time`` takes them, at least one contact in all

    References
    ----------
    The power of the exact test: the chance of a count, binomial, that is rare enough by the hypergeometric p times 24
    hours and three kinds of times (Casagrande, Pike, Smith 1978, Biometrics 34, for Fisher's test).

    Examples
    --------
    >>> told = time_told([12] * 168, [2] * 168)
    >>> round(told.share, 3), told.least
    (0.167, 0.36)
    >>> time_told([1] * 168, [0] * 100 + [1] * 68).least is None
    True
    """
    import numpy as np
    from scipy.stats import binom, hypergeom

    total, yes = int(np.sum(reached)), int(np.sum(answered))
    n, share = round(total / DAY), yes / total
    count = np.arange(n + 1)
    for hundredth in range(int(share * 100) + 1, 101):
        least = hundredth / 100
        all_yes = round(share * (total - n) + least * n)
        told = hypergeom.sf(count - 1, total, all_yes, n) * DAY * KINDS <= ALPHA
        if told.any() and binom.sf(int(told.argmax()) - 1, n, least) >= POWER:
            return TimeTold(share, least)
    return TimeTold(share, None)


def _surest(n: np.ndarray, k: np.ndarray) -> tuple[int, float]:
    """Return the time that is answered most surely, with its p times all the times of its kind and the three kinds."""
    import numpy as np
    from scipy.stats import hypergeom

    total, yes = int(n.sum()), int(k.sum())
    p = np.minimum(hypergeom.sf(k - 1, total, yes, n) * len(n) * KINDS, 1.0)
    p[(n == 0) | (n == total)] = 1.0
    at = int(p.argmin())
    return at, float(p[at])


def _without(n: np.ndarray, k: np.ndarray, cell: tuple[int, int], weekday: int | None, hour: int | None) -> bool:
    """Say whether a day or an hour still stands out when one hour of the week is left aside."""
    n, k = n.copy(), k.copy()
    n[cell] = k[cell] = 0
    axis, at = (1, weekday) if weekday is not None else (0, hour)
    found, p = _surest(n.sum(axis), k.sum(axis))
    return found == at and p <= ALPHA


def _inside(n: np.ndarray, k: np.ndarray) -> int | None:
    at, p = _surest(n, k)
    return at if p <= ALPHA else None


def best_channel(counts: Mapping[str, tuple[int, int]]) -> BestChannel | None:
    """Return the channel that is answered most by those whom it reached; None where nobody was reached.

    Parameters
    ----------
    counts : mapping of channel to (reached, answered)

    Examples
    --------
    >>> best_channel({"SMS": (500, 20), "phone": (100, 30)})
    BestChannel(channel='phone', share=0.3, n=100, others=0.04, differs=True)
    """
    import numpy as np

    from analysis.stats.multiplicity import holm

    known = {name: pair for name, pair in counts.items() if pair[0] > 0}
    if not known:
        return None
    total, yes = (sum(pair[place] for pair in known.values()) for place in (0, 1))
    names = sorted(known)
    p = np.array([_fisher(known[name], (total - known[name][0], yes - known[name][1])) for name in names])
    corrected = dict(zip(names, holm(p), strict=True))
    best = max(names, key=lambda name: (known[name][1] / known[name][0], known[name][0]))
    n, k = known[best]
    others = (yes - k) / (total - n) if total > n else float("nan")
    return BestChannel(best, k / n, n, others, bool(corrected[best] <= ALPHA and total > n and k / n > others))


def _fisher(one: tuple[int, int], other: tuple[int, int]) -> float:
    from scipy.stats import fisher_exact

    if not one[0] or not other[0]:
        return 1.0
    found: Any = fisher_exact([[one[1], one[0] - one[1]], [other[1], other[0] - other[1]]])
    return float(found.pvalue)


def hours_of(contacts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Count contacts and answers by hour of the week.

    Parameters
    ----------
    contacts : DataFrame, one row per contact that reached somebody
        ``time`` (a moment) and ``answered`` (yes or no).
    """
    import numpy as np
    import pandas as pd

    moments = pd.to_datetime(contacts["time"])
    at = (moments.dt.day_of_week * 24 + moments.dt.hour).to_numpy(dtype=int)
    answered = contacts["answered"].fillna(False).to_numpy(dtype=bool)
    return np.bincount(at, minlength=HOURS), np.bincount(at[answered], minlength=HOURS)
