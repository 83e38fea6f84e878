"""Differences of segments put in order: the largest first, what is beyond chance, what is so by construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.stats.intervals import ALPHA
from analysis.stats.multiplicity import holm

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FEW = 30
RANKS = ("delta", "delta_low", "delta_high")  # the effect size of the test of numbers; shares have none


def ranked_differences(numbers: pd.DataFrame, shares: pd.DataFrame, made: tuple[str, ...]) -> pd.DataFrame:
    """Return the differences of numbers and shares, largest first, as ``Comparison.differences``."""
    import numpy as np
    import pandas as pd

    columns = ["segment", "feature", "level", "effect", "value", "rest_value", "n", "p", *RANKS]
    columns += ["rest_n", "too_few", "towards"]
    from_numbers = numbers.rename(columns={"d": "effect", "mean": "value", "rest_mean": "rest_value"}).assign(level="")
    from_shares = shares.rename(columns={"h": "effect", "share": "value", "rest_share": "rest_value"})
    from_shares = without_ranks(from_shares, from_shares["effect"])
    tables = [table[columns] for table in (from_numbers, from_shares) if len(table)]
    if not tables:
        return pd.DataFrame(columns=[*columns[:-3], "by_construction", "p_holm", "significant"])
    joined = pd.concat(tables, ignore_index=True)
    # A few others are no yardstick for a segment, as a few customers make no segment.
    ranked = (
        ~joined["too_few"]
        & (joined["rest_n"] >= FEW)
        & differs(joined["effect"], joined["value"], joined["rest_value"])
    )
    joined = joined[ranked].drop(columns=["too_few", "rest_n"])
    joined = judged(joined, made, joined["value"] - joined["rest_value"])
    size = size_of(joined["effect"])
    order = [joined["level"], joined["feature"], joined["segment"], -size.round(12), joined["by_construction"]]
    return joined.iloc[np.lexsort(order)].reset_index(drop=True)


def without_ranks(shares: pd.DataFrame, effect: pd.Series) -> pd.DataFrame:
    """Return rows of shares with the columns that a test of ranks fills for numbers."""
    import numpy as np

    return shares.assign(**dict.fromkeys(RANKS, np.nan), towards=np.sign(effect.to_numpy(dtype=float)))


def differs(effect: pd.Series, value: pd.Series, other: pd.Series) -> pd.Series:
    """Say which differences are told: all that have a size, and those of two sides neither of which varies."""
    return effect.notna() | (value.notna() & other.notna() & (value != other))


def size_of(effect: pd.Series) -> np.ndarray:
    """Return how large differences are; one of two sides that do not vary has no d, and is larger than any that has."""
    import numpy as np

    return np.nan_to_num(np.abs(effect.to_numpy(dtype=float)), nan=np.inf)


def judged(rows: pd.DataFrame, made: tuple[str, ...], difference: pd.Series) -> pd.DataFrame:
    """Add what is beyond chance to rows with ``p`` and ``towards``, which goes; ``difference`` is that of the means.

    Segments differ in what made them whatever the data are: such rows are marked, and no test is read of them. A test
    of ranks that points to the other side than the mean does not speak for the sentence on the mean.
    """
    import numpy as np

    by_construction = rows["feature"].isin(made).to_numpy(dtype=bool)
    p = holm(np.where(by_construction, np.nan, rows["p"].to_numpy(dtype=float)))
    agrees = rows["towards"].to_numpy(dtype=float) == np.sign(difference.to_numpy(dtype=float))
    rows = rows.assign(by_construction=by_construction, p_holm=p, significant=(p < ALPHA) & agrees)
    return rows.drop(columns="towards")
