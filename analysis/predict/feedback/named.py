"""Names that a person gave to groups of words, found again where the groups have changed with new texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.predict.feedback.params import TopicName

ALIKE = 0.4  # of the words, which two groups share to be the same one


def names_of(groups: Mapping[str, tuple[str, ...]], names: Sequence[TopicName]) -> dict[str, int]:
    """Return which name each group of words has, by the words that it shares with the group that was named.

    Parameters
    ----------
    groups : mapping of str to tuple of str
        The hashes of each group's words, by its key.
    names : sequence of TopicName

    Returns
    -------
    dict of str to int
        Places among the names, each at most once: of all ways to hand them out the one that shares most words
        (Kuhn 1955). A group that shares less than two fifths of the words of any has none.

    Examples
    --------
    >>> from analysis.predict.feedback.params import TopicName
    >>> a, b, c, d, e = (letter * 16 for letter in "abcde")
    >>> names_of({"x": (a, b, c), "y": (d, e)}, [TopicName(words=(c, b), name="Slow")])
    {'x': 0}
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    if not groups or not names:
        return {}
    shared = np.array([[_alike(words, name.words) for name in names] for words in groups.values()])
    keys = list(groups)
    found = zip(*linear_sum_assignment(shared, maximize=True), strict=True)
    return {keys[one]: int(place) for one, place in found if shared[one, place] >= ALIKE}


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    return len(set(one) & set(other)) / min(len(one), len(other))
