"""When and how a segment answers: hours of the week and channels, by those who were reached, against all the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.stats.intervals import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd

HOURS = 168  # of a week


@dataclass(frozen=True)
class BestTime:
    """The hour of the week that is answered most, where it stands out.

    Attributes
    ----------
    weekday, hour : int
        0 is Monday; the hour begins then.
    share, others : float, 0..1
        Of those reached in it, and of those reached at any other time, who answered.
    n : int
        Reached in it.
    p : float
        Of the hypergeometric test against all other hours, times the 168 hours that could have been picked.
    """

    weekday: int
    hour: int
    share: float
    others: float
    n: int
    p: float


@dataclass(frozen=True)
class BestChannel:
    """The channel that is answered most: the share of those reached, and whether it differs from the others (Holm)."""

    channel: str
    share: float
    n: int
    others: float
    differs: bool


def best_time(reached: Sequence[int] | np.ndarray, answered: Sequence[int] | np.ndarray) -> BestTime | None:
    """Return the hour of the week that stands out from any other time; None where none does.

    Parameters
    ----------
    reached, answered : 168 counts, Monday 0:00 first

    Returns
    -------
    BestTime or None
        None unless the corrected p is at most 5 %: where the hour does not matter an hour is named in at most one of
        twenty looks.

    Raises
    ------
    AnalysisError
        ``act_bad_hours``: not 168 counts, or more answers than contacts.

    References
    ----------
    Fisher (1935), exact test given the margins, one-sided; Bonferroni over all hours.

    Examples
    --------
    >>> reached = [10] * 168
    >>> answered = [1] * 168
    >>> best_time(reached, answered) is None
    True
    >>> reached[2 * 24 + 20], answered[2 * 24 + 20] = 200, 60
    >>> best_time(reached, answered).hour
    20
    """
    import numpy as np
    from scipy.stats import hypergeom

    n, k = np.asarray(reached, dtype=int), np.asarray(answered, dtype=int)
    if n.shape != (HOURS,) or k.shape != (HOURS,) or (k > n).any() or (k < 0).any():
        raise AnalysisError("act_bad_hours")
    total, yes = int(n.sum()), int(k.sum())
    if not yes or yes == total:
        return None
    p = np.minimum(hypergeom.sf(k - 1, total, yes, n) * HOURS, 1.0)
    p[n == 0] = 1.0
    at = int(p.argmin())
    if p[at] > ALPHA or n[at] == total:
        return None
    weekday, hour = divmod(at, 24)
    others = (yes - int(k[at])) / (total - int(n[at]))
    return BestTime(weekday, hour, int(k[at]) / int(n[at]), others, int(n[at]), float(p[at]))


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
