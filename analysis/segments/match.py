"""Which new segment is which old one: segments that hold most of the same customers keep their names and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

MIN_OVERLAP = 0.5


def match(before: pd.Series, after: pd.Series, *, least: float = MIN_OVERLAP) -> dict[str, str]:
    """Return the new segment of each old one.

    Parameters
    ----------
    before, after : Series of str, aligned
        Segment keys of the same customers, missing outside.
    least : float
        0..1; pairs whose Jaccard coefficient is lower are no match.

    Returns
    -------
    dict of str
        Old key to new key, one to one; the sum of the Jaccard coefficients is the largest there is.

    References
    ----------
    Kuhn (1955), The Hungarian method for the assignment problem (``scipy.optimize.linear_sum_assignment``).

    Examples
    --------
    >>> import pandas as pd
    >>> match(pd.Series(["a", "a", "b", None]), pd.Series(["y", "y", "x", "x"]))
    {'a': 'y', 'b': 'x'}
    """
    import numpy as np
    import pandas as pd
    from scipy.optimize import linear_sum_assignment

    shared = pd.crosstab(before, after)
    if shared.empty:
        return {}
    old = before.value_counts().reindex(shared.index).to_numpy()[:, None]
    new = after.value_counts().reindex(shared.columns).to_numpy()[None, :]
    counts = shared.to_numpy()
    overlap = counts / (old + new - counts)
    # Pairs below the limit count nothing, so that they never take a partner from a pair that counts.
    rows, columns = linear_sum_assignment(np.where(overlap >= least, overlap, 0.0), maximize=True)
    return {
        str(shared.index[row]): str(shared.columns[column])
        for row, column in zip(rows, columns, strict=True)
        if overlap[row, column] >= least
    }


def align(
    ids_before: pd.Series, before: pd.Series, ids_after: pd.Series, after: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return the labels of the customers that two runs share, aligned, for ``match``.

    Parameters
    ----------
    ids_before, ids_after : Series
        Customer ids, each once.
    before, after : Series of str, aligned with their ids

    Examples
    --------
    >>> import pandas as pd
    >>> one, two = pd.Series(["x", "y"]), pd.Series(["a", "b"])
    >>> [labels.tolist() for labels in align(one, two, pd.Series(["y", "z"]), pd.Series(["q", "q"]))]
    [['b'], ['q']]
    """
    import pandas as pd

    old = pd.Series(before.to_numpy(dtype=object), index=pd.Index(ids_before))
    new = pd.Series(after.to_numpy(dtype=object), index=pd.Index(ids_after))
    both = new.index.intersection(old.index)
    return old.loc[both].reset_index(drop=True), new.loc[both].reset_index(drop=True)


def keep_slots(slots: Mapping[str, int], matched: Mapping[str, str], keys: Sequence[str]) -> dict[str, int]:
    """Return the colour slot of each new segment: that of the old one it continues, otherwise the lowest free one.

    Parameters
    ----------
    slots : mapping of int
        Slot by old key.
    matched : mapping of str
        As ``match`` returns it.
    keys : sequence of str
        New segments in display order.

    Examples
    --------
    >>> keep_slots({"a": 0, "b": 1}, {"b": "x"}, ["w", "x", "y"])
    {'w': 0, 'x': 1, 'y': 2}
    """
    kept = {new: slots[old] for old, new in matched.items() if old in slots and new in keys}
    free = iter(i for i in range(len(keys) + len(kept)) if i not in set(kept.values()))
    return {key: kept[key] if key in kept else next(free) for key in keys}


def merged_keys(before: pd.Series, after: pd.Series) -> Mapping[str, str]:
    """Return where each segment went, for those that went into another one."""
    import pandas as pd

    pairs = pd.DataFrame({"before": before, "after": after}).dropna().drop_duplicates()
    return {old: new for old, new in zip(pairs["before"].tolist(), pairs["after"].tolist(), strict=True) if old != new}
