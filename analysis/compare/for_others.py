"""A comparison as others may see it: nothing that counts fewer than five people, nor what would tell of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.compare.compare import YES
from analysis.privacy.small_groups import is_small, withheld

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.compare.influence import Influence


def comparison_for_others(found: Comparison) -> Comparison:
    """Return a comparison without rows that tell of fewer than five people, for segments that are no few themselves.

    Who has another level is a group as well, and so is who of a segment has no value at all. The sizes of the segments,
    and how many have a level in all, are taken to be known, so that further rows go with the small ones.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.compare.compare import compare
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> base = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(120)]})
    >>> base["city"] = ["x"] * 57 + ["y"] * 3 + ["x"] * 30 + ["y"] * 30
    >>> groups = segmentation_of(np.repeat([0, 1], 60), ["big", "small"], method="rfm")
    >>> profiles = Profiles(base, (Feature("city", "basic", "category"),), date(2024, 1, 1))
    >>> found = compare(profiles, groups, ["big", "small"])
    >>> len(found.shares), len(comparison_for_others(found).shares)
    (4, 0)
    """
    import pandas as pd

    numbers, shares = found.numbers[_numbers_kept(found)], found.shares[_shares_kept(found)]
    key = ["segment", "feature", "level"]
    told = pd.MultiIndex.from_frame(pd.concat([numbers.assign(level="")[key], shares[key]]).astype(str))
    kept = pd.MultiIndex.from_frame(found.differences[key].astype(str)).isin(told)
    return replace(
        found,
        numbers=numbers.reset_index(drop=True),
        shares=shares.reset_index(drop=True),
        differences=found.differences[kept].reset_index(drop=True),
    )


def influence_for_others(found: Influence) -> Influence:
    """Return what goes with an outcome without levels that tell of fewer than five people of whom it came about or not.

    Where the levels that are told leave a few of a feature over, the last of them goes too.
    """
    import numpy as np

    came_not = found.n_known - found.n_came
    kept: list[bool] = []
    told: dict[str, tuple[int, int]] = {}
    for row in found.rows.to_dict("records"):
        count, other = int(row["count"]), int(row["n"] - row["count"])
        came, gone = told.get(row["feature"], (0, 0))
        sums = came + count, gone + other
        left = found.n_came - sums[0], came_not - sums[1]
        kept.append(not any(is_small(n) for n in (count, other, *left)))
        if kept[-1]:
            told[row["feature"]] = sums
    return replace(found, rows=found.rows[np.array(kept, dtype=bool)].reset_index(drop=True))


def _numbers_kept(found: Comparison) -> np.ndarray:
    """Say which rows of numbers rest on many, and are needed to hide none of the others."""
    import numpy as np

    rows = found.numbers
    kept = np.ones(len(rows), dtype=bool)
    n, rest_n = rows["n"].to_numpy(dtype=int), rows["rest_n"].to_numpy(dtype=int)
    few = _few_known(rows, found)
    for places in _by_feature(rows):
        if few[places].any():
            # Who has a value and is in no segment that is compared is one more group.
            counts = np.append(n[places], n[places][0] + rest_n[places][0] - n[places].sum())
            kept[places] = ~withheld(counts, also=np.append(few[places], False))[:-1]
    return kept


def _shares_kept(found: Comparison) -> np.ndarray:
    import numpy as np

    rows = found.shares
    kept = np.ones(len(rows), dtype=bool)
    few = _few_known(rows, found)
    for places in _by_feature(rows):
        kept[places] = _cells_kept(rows.iloc[places], few[places])
    return kept


def _cells_kept(rows: pd.DataFrame, few: np.ndarray) -> np.ndarray:
    """Say which shares of one feature may be told: segments by levels add up both ways; ``few`` are not told anyhow."""
    import numpy as np

    segments, levels = (rows[name].drop_duplicates().tolist() for name in ("segment", "level"))
    at = rows["segment"].map(segments.index).to_numpy(), rows["level"].map(levels.index).to_numpy()
    shape = len(segments) + 1, len(levels) + 1  # the other segments, and who has the other level of a flag
    table, also, known = np.zeros(shape, dtype=int), np.zeros(shape, dtype=bool), np.zeros(shape[0], dtype=int)
    table[at], also[at], known[at[0]] = rows["count"], few, rows["n"]
    first = rows.iloc[0]
    n_known = int(first["n"] + first["rest_n"])
    known[-1] = n_known - known.sum()
    totals = rows.groupby("level", sort=False)["all_share"].first().reindex(levels).to_numpy(dtype=float) * n_known
    table[-1, :-1] = np.rint(totals).astype(int) - table.sum(axis=0)[:-1]
    table[:, -1] = known - table.sum(axis=1)
    segment, level = np.indices(shape)
    hidden = withheld(table.ravel(), [segment.ravel(), level.ravel()], also=also.ravel()).reshape(shape)
    if levels == [YES]:
        hidden[:, 0] |= hidden[:, 1]
    return ~(hidden[at] | few)


def _few_known(rows: pd.DataFrame, found: Comparison) -> np.ndarray:
    """Say of which rows few of the segment or of the others have a value, or few of the segment none, by ``n``."""
    sizes = dict(zip(found.segments["segment"], found.segments["customers"], strict=True))
    n, rest_n = rows["n"].to_numpy(dtype=int), rows["rest_n"].to_numpy(dtype=int)
    return _few(n) | _few(rest_n) | _few(rows["segment"].map(sizes).to_numpy(dtype=int) - n)


def _by_feature(rows: pd.DataFrame) -> list[np.ndarray]:
    import numpy as np

    return [np.asarray(places) for places in rows.groupby("feature", sort=False).indices.values()]


def _few(counts: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.array([is_small(n) for n in counts.tolist()], dtype=bool)
