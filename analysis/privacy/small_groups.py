"""Groups of a few people are not shown to others, nor can they be worked out from what is shown.

Whoever knows that a table adds up finds the one number that is missing. So more groups are withheld with a small one,
until neither it nor any total of small ones follows from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

LEAST = 5
SMALL = "small_groups"  # the segment of all who are not shown apart
OUTSIDE = ""  # who is in no group is a group as well
_ROUNDED = 1e-6


def is_small(n: float) -> bool:
    """Say whether so many people are too few to be shown to others.

    Examples
    --------
    >>> [is_small(n) for n in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    return 0 < n < LEAST


def leaves_few(n: float, whole: float) -> bool:
    """Say whether so many of a whole, or those left over of it, are too few to be shown to others.

    Examples
    --------
    >>> [leaves_few(n, 40) for n in (0, 3, 20, 37, 40)]
    [False, True, False, True, False]
    """
    return is_small(n) or is_small(whole - n)


def apart(counts: np.ndarray, always: Sequence[int] = ()) -> np.ndarray:
    """Say which of rising counts of the same people may be told, so that no two of them lie 1 to 4 people apart.

    Parameters
    ----------
    counts : int array, shape (n,)
        Rising, as along a curve of sums: what lies between two of them is what so many people bring.
    always : sequence of int
        Counts that are told anyhow.

    Returns
    -------
    bool array, shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> apart(np.array([0, 3, 6, 8, 9, 14, 20]), (0, 8, 20)).tolist()
    [True, False, False, True, False, True, True]
    """
    import numpy as np

    told = set(always)
    for count in np.asarray(counts).tolist():
        if all(count == other or abs(count - other) >= LEAST for other in told):
            told.add(count)
    return np.isin(counts, list(told))


def withheld(
    counts: np.ndarray,
    within: Sequence[np.ndarray] = (),
    known_small: Sequence[np.ndarray] = (),
    also: np.ndarray | None = None,
) -> np.ndarray:
    """Say which groups are not to be shown apart; their total is taken to be known, and so are those they lie within.

    Parameters
    ----------
    counts : int array, shape (groups,)
        People in each group, 0 or more.
    within : sequence of int arrays, shape (groups,)
        Of each coarser grouping that is shown too, the position of the one in which a group lies whole.
    known_small : sequence of bool arrays, shape (groups,)
        Unions of groups that must not follow either.
    also : bool array, shape (groups,), optional
        Groups that are withheld anyhow.

    Returns
    -------
    bool array, shape (groups,)
        True for every group of 1 to 4 people and for those withheld with it. All are withheld where they are fewer
        than 5 together, or where the coarser groupings cross so that they alone tell of a small group (``together``
        then puts groups of those together too).

    References
    ----------
    Cox (1980), Suppression methodology and statistical disclosure control, JASA 75, 377-385. Hundepool et al. (2012),
    Statistical Disclosure Control, ch. 4.

    Examples
    --------
    >>> import numpy as np
    >>> withheld(np.array([3, 40, 12, 0])).tolist()
    [True, False, True, False]
    >>> withheld(np.array([3, 40, 2, 12])).tolist()
    [True, False, True, False]
    >>> withheld(np.array([3, 40, 12, 20]), [np.array([0, 0, 1, 1])]).tolist()
    [True, True, False, False]
    """
    import numpy as np

    counts = np.asarray(counts)
    sums = _sums(len(counts), within)
    hidden = (counts > 0) & (counts < LEAST)
    if also is not None:
        hidden |= also & (counts > 0)
    while True:
        told = _told(counts, sums, hidden, known_small)
        if told is None:
            return hidden
        free = ~hidden & (counts > 0)
        # One that shares a total with what is told helps most.
        near = sums[(sums & told).any(axis=1)]
        candidates = next((places for one in (told, *near) if len(places := np.flatnonzero(free & one))), None)
        if candidates is None:
            return hidden
        hidden[candidates[counts[candidates].argmin()]] = True


def _sums(n: int, within: Sequence[np.ndarray]) -> np.ndarray:
    """Return the groups of each total that is known, the narrowest first, so that little is withheld."""
    import numpy as np

    parts = [codes == code for codes in within for code in np.unique(codes)]
    return np.array([*sorted(parts, key=np.count_nonzero), np.ones(n, dtype=bool)])


def _told(
    counts: np.ndarray, sums: np.ndarray, hidden: np.ndarray, known_small: Sequence[np.ndarray]
) -> np.ndarray | None:
    """Return the groups of a total that is too small, or a small one that follows from what is shown; None if none."""
    import numpy as np

    for total in sums:
        if is_small(int(counts[total & hidden].sum())):
            return total
    places = np.flatnonzero(hidden)
    if len(places) == 0:
        return None
    equations = sums[:, places].astype(float)
    follows = np.linalg.pinv(equations) @ equations  # the projection on what the totals say of the hidden groups
    # The row of a group alone is its row of the projection: all of them are looked at in one.
    alone = np.abs(follows - np.eye(len(places))).max(axis=1) < _ROUNDED
    if len(small := places[alone & (counts[places] < LEAST)]):
        return np.arange(len(counts)) == small[0]
    for wanted in known_small:
        row = wanted[places].astype(float)
        if not (wanted & ~hidden).any() and row.any() and np.abs(row @ follows - row).max() < _ROUNDED:
            return wanted
    return None


def together(labels: Mapping[str, np.ndarray]) -> dict[str, frozenset[str]]:
    """Return, of several groupings of the same people, which groups are to be shown as one, without small ones.

    Parameters
    ----------
    labels : mapping of str arrays, shape (people,)
        Of each grouping the group of each person; ``OUTSIDE`` for who is in none.

    Returns
    -------
    dict of frozenset
        Groups to put together, empty where a grouping holds none that is small. A grouping whose groups each lie whole
        within one of another (a segmentation crossed with one more) is shown so that neither gives the other away.

    Examples
    --------
    >>> import numpy as np
    >>> tiers = np.array(["heavy"] * 20 + ["light"] * 30)
    >>> crossed = np.array(["heavy a"] * 17 + ["heavy b"] * 3 + ["light a"] * 14 + ["light b"] * 16)
    >>> {name: sorted(groups) for name, groups in together({"tiers": tiers, "crossed": crossed}).items()}
    {'tiers': [], 'crossed': ['heavy a', 'heavy b']}
    """
    import numpy as np

    people = {name: np.asarray(of_each, dtype=str) for name, of_each in labels.items()}
    forced: dict[str, set[str]] = {name: set() for name in people}
    while True:
        found, crossing = _each_together(people, forced)
        if crossing is None:
            return {name: found[name] for name in labels}
        keys, counts = np.unique(people[crossing], return_counts=True)
        smallest = [str(key) for key in keys[counts.argsort(kind="stable")] if key not in found[crossing]]
        forced[crossing] |= found[crossing] | set(smallest[: 1 if found[crossing] else 2])


def _each_together(
    people: Mapping[str, np.ndarray], forced: Mapping[str, set[str]]
) -> tuple[dict[str, frozenset[str]], str | None]:
    """Put the groups of each grouping together, coarse ones first; also name a coarse one that crosses another so that
    both tell of a small group whatever is withheld, and that has groups left to put together.
    """
    import numpy as np

    found: dict[str, frozenset[str]] = {}
    coarser: list[tuple[str, np.ndarray, list[np.ndarray]]] = []  # name, codes as shown, and each of its small groups
    for name in sorted(people, key=lambda name: len(np.unique(people[name]))):
        keys, first, codes, counts = np.unique(people[name], return_index=True, return_inverse=True, return_counts=True)
        around = [one for one in coarser if (one[1][first][codes] == one[1]).all()]
        within = [shown[first] for _, shown, _ in around]
        small = [group[first] for _, _, groups in around for group in groups]
        hidden = withheld(counts, within, small, np.isin(keys, list(forced[name])))
        found[name] = frozenset(keys[hidden].tolist())
        open_ones = [one for one, shown, _ in around if len(np.unique(shown)) > 1]
        if open_ones and _told(counts, _sums(len(counts), within), hidden, small) is not None:
            return found, open_ones[-1]
        small_ones = [codes == place for place in np.flatnonzero((counts > 0) & (counts < LEAST))]
        coarser.append((name, np.where(hidden[codes], len(keys), codes), small_ones))
    return found, None
