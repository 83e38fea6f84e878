"""Cuts as people read and write them: own cuts to start from, cuts typed as text, what each score means."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.params import RfmParams
from analysis.segments.scores.schemes import measured

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.scores.rfm import RfmResult

MAX_CUTS = 9
OWN_FIELDS = {"r": "own_recency", "f": "own_frequency", "m": "own_monetary"}
# Full-width and Chinese marks too; a space alone also parts two numbers.
_BETWEEN = re.compile(r"[,，、;；\s]+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－", "0123456789.-")


def read_cuts(text: str) -> tuple[float, ...]:
    """Read cuts that a person typed.

    Parameters
    ----------
    text : str
        Numbers with commas, semicolons or spaces between them.

    Returns
    -------
    tuple of float
        One to nine increasing numbers.

    Raises
    ------
    AnalysisError
        ``cuts_missing``, ``cuts_not_a_number`` (word), ``cuts_too_many`` (n, maximum), ``cuts_not_increasing``
        (first, second).

    Examples
    --------
    >>> read_cuts("30, 90，180")
    (30.0, 90.0, 180.0)
    """
    words = [word for word in _BETWEEN.split(text.translate(_FULL_WIDTH).strip()) if word]
    if not words:
        raise AnalysisError("cuts_missing")
    cuts = []
    for word in words:
        try:
            cut = float(word)
        except ValueError:
            cut = math.nan
        if not math.isfinite(cut):
            raise AnalysisError("cuts_not_a_number", word=word[:40])
        cuts.append(cut)
    if len(cuts) > MAX_CUTS:
        raise AnalysisError("cuts_too_many", n=len(cuts), maximum=MAX_CUTS)
    for first, second in pairwise(cuts):
        if second <= first:
            raise AnalysisError("cuts_not_increasing", first=first, second=second)
    return tuple(cuts)


def write_cuts(cuts: tuple[float, ...]) -> str:
    """Write cuts the way ``read_cuts`` reads them.

    Examples
    --------
    >>> write_cuts((30.0, 90.5))
    '30, 90.5'
    """
    return ", ".join(f"{cut:.15g}" for cut in cuts)


def own_params(profiles: Profiles, params: RfmParams, cuts: Mapping[str, tuple[float, ...]] | None = None) -> RfmParams:
    """Return params with own cuts to start from: the present cuts in tidy numbers, apart where they had collapsed.

    Parameters
    ----------
    profiles : Profiles
        With ``recency_days`` and ``n_orders``, and ``spend`` where money is known.
    params : RfmParams
        The scheme decides how many cuts there are: ``n_scores - 1``, in the eight classes one.
    cuts : mapping of tuple, optional
        ``RfmResult.cuts``; found from the data when left out.

    Raises
    ------
    AnalysisError
        ``rfm_needs_orders`` (columns), ``rfm_no_customers``.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> base = {"recency_days": [1, 2, 3, 4], "n_orders": [1, 1, 1, 7], "spend": [10.0, 20, 30, 40]}
    >>> own_params(Profiles(pd.DataFrame(base), (), date(2024, 1, 1)), RfmParams(n_scores=2)).own_frequency
    (1.0,)
    """
    import numpy as np

    frame = profiles.customers
    measures = {key: frame[column].to_numpy(dtype=float, na_value=np.nan) for key, column in measured(profiles).items()}
    inside = np.logical_and.reduce([np.isfinite(values) for values in measures.values()]) & (measures["f"] > 0)
    if not inside.any():
        raise AnalysisError("rfm_no_customers")
    eight = params.scheme.startswith("eight")
    wanted = 1 if eight else params.n_scores - 1
    own = {}
    for key, values in measures.items():
        present = (cuts or {}).get(key, ())
        chosen = present if len(present) == wanted else ()
        tidy = _tidy(chosen, values[inside], key, eight)
        if len(tidy) < wanted:
            tidy = _tidy(_apart(values[inside], wanted), values[inside], key, eight)
        own[OWN_FIELDS[key]] = tidy
    return RfmParams.model_validate({**params.model_dump(), **own, "cuts": "own"})


def business_params(profiles: Profiles, params: RfmParams) -> RfmParams:
    """Return params with the cuts that many shops use: 30 and 90 days, 1 and 4 orders, money at its thirds.

    Parameters
    ----------
    profiles : Profiles
        With ``spend``, whose thirds are rounded to three figures; without it money keeps its cuts, which nothing uses.
    params : RfmParams
        The scheme stays; the eight classes take one cut each and are left out.
    """
    frame = profiles.customers
    own: dict[str, tuple[float, ...]] = {"own_recency": (30.0, 90.0), "own_frequency": (1.0, 4.0)}
    if "spend" in frame:
        spend = frame.loc[frame["n_orders"] > 0, "spend"].astype("float64")
        own["own_monetary"] = tuple(sorted({_three_figures(float(cut)) for cut in spend.quantile([1 / 3, 2 / 3])}))
    return RfmParams.model_validate({**params.model_dump(), **own, "cuts": "own"})


def thresholds(result: RfmResult) -> pd.DataFrame:
    """Return what each score means in days, orders and money.

    Returns
    -------
    DataFrame, one row per measure and score, the best score first
        ``measure`` (``r``, ``f``, ``m``), ``score``, ``above`` and ``up_to`` (days, orders, currency; missing at the
        open ends; ``up_to`` itself belongs to the score, except for recency in the eight classes, where ``above``
        does), ``customers`` (count).
    """
    import numpy as np
    import pandas as pd

    rows = []
    for key in result.cuts:
        edges = [np.nan, *result.cuts[key], np.nan]
        counts = result.customers[key].value_counts()
        n = result.n_scores[key]
        for score in range(n, 0, -1):
            position = n - score if key == "r" else score - 1
            rows.append((key, score, edges[position], edges[position + 1], int(counts.get(score, 0))))
    return pd.DataFrame(rows, columns=["measure", "score", "above", "up_to", "customers"])


def _apart(values: np.ndarray, wanted: int) -> tuple[float, ...]:
    """Cut off an equal part of what is left, again and again: no score stays empty, however many values are equal."""
    import numpy as np

    rest = np.sort(values)
    cuts = []
    for parts in range(wanted + 1, 1, -1):
        below = rest[rest < rest[-1]]
        if len(below) == 0:
            break
        cut = min(rest[math.ceil(len(rest) / parts) - 1], below[-1])
        rest = rest[rest > cut]
        cuts.append(float(cut))
    return tuple(cuts) or (float(values.max()),)


def _tidy(cuts: tuple[float, ...], values: np.ndarray, key: str, eight: bool) -> tuple[float, ...]:
    """Days and orders are whole, money has three figures; cuts that become equal or part nobody are dropped."""
    if key == "m":
        tidy = [_three_figures(cut) for cut in cuts]
    elif key == "r" and eight:
        # There a customer below the cut is high, so the next whole day keeps everyone where he is.
        tidy = [float(math.ceil(cut)) for cut in cuts]
    else:
        tidy = [float(math.floor(cut)) for cut in cuts]
    low, high = float(values.min()), float(values.max())
    kept = tuple(sorted({cut for cut in tidy if cut < high or low == high}))
    return kept or tuple(tidy[:1])


def _three_figures(value: float) -> float:
    if value == 0:
        return 0.0
    return round(value, 2 - math.floor(math.log10(abs(value))))
