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
OUTSIDE = ""  # who is in no group is a group as well


def is_small(n: float) -> bool:
    """Say whether so many people are too few to be shown to others.

    Examples
    --------
    >>> [is_small(n) for n in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    return 0 < n < LEAST


def withheld(
    counts: np.ndarray, within: Sequence[np.ndarray] = (), known_small: Sequence[np.ndarray] = ()
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

    Returns
    -------
    bool array, shape (groups,)
        True for every group of 1 to 4 people and for those withheld with it. Where all together are fewer than 5, all
        are withheld.

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
    everybody = np.ones(len(counts), dtype=bool)
    parts = [codes == code for codes in within for code in np.unique(codes)]
    sums = np.array(
        [*sorted(parts, key=np.count_nonzero), everybody]
    )  # the narrowest first, so that little is withheld
    hidden = (counts > 0) & (counts < LEAST)
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
    small = [np.arange(len(counts)) == place for place in places if is_small(int(counts[place]))]
    for wanted in (*small, *known_small):
        row = wanted[places].astype(float)
        if not (wanted & ~hidden).any() and row.any() and np.abs(row @ follows - row).max() < 1e-6:
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

    found: dict[str, frozenset[str]] = {}
    coarser: list[tuple[np.ndarray, list[np.ndarray]]] = []  # codes as shown, and each of its small groups
    for name in sorted(labels, key=lambda name: len(set(labels[name]))):
        keys, first, codes, counts = np.unique(
            np.asarray(labels[name], dtype=str), return_index=True, return_inverse=True, return_counts=True
        )
        around = [(shown, small) for shown, small in coarser if (shown[first][codes] == shown).all()]
        hidden = withheld(
            counts,
            [shown[first] for shown, _ in around],
            [group[first] for _, small in around for group in small],
        )
        found[name] = frozenset(keys[hidden].tolist())
        small_ones = [codes == place for place in np.flatnonzero((counts > 0) & (counts < LEAST))]
        coarser.append((np.where(hidden[codes], len(keys), codes), small_ones))
    return {name: found[name] for name in labels}
