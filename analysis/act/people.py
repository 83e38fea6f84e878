"""Customers under the hashes by which campaigns know them, whichever of their ids were merged since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.experiments.splitting.split import place

if TYPE_CHECKING:
    import numpy as np

    from analysis.act.params import HoldOut
    from analysis.intake.standard.merges import Merges


@dataclass(frozen=True)
class People:
    """The customers of the profiles, in their order.

    Attributes
    ----------
    hashes : tuple of str
        Of each customer's id, with the salt of the study's merges.
    roots : mapping of str
        Of each hash that was merged with others, the one that stands for the person.
    merges : Merges, optional
        Whose salt made the hashes.
    """

    hashes: tuple[str, ...] = field(repr=False)
    roots: dict[str, str] = field(repr=False)
    merges: Merges | None = field(default=None, repr=False)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The one hash that stands for each customer."""
        return tuple(self.roots.get(one, one) for one in self.hashes)

    @cached_property
    def _row(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self.keys)}

    @cached_property
    def _together(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one, root in self.roots.items():
            found.setdefault(root, []).append(one)
        return found

    def rows(self, hashes: Iterable[str]) -> np.ndarray:
        """Return the rows of the people behind some hashes, each once, in the order of the rows; others have none."""
        import numpy as np

        found = {self._row.get(self.roots.get(one, one)) for one in hashes}
        return np.array(sorted(row for row in found if row is not None), dtype=int)

    def row(self, one: str) -> int | None:
        """Return the row of the person behind a hash, or None."""
        return self._row.get(self.roots.get(one, one))

    def rows_of_ids(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the row of the person behind each id as files write it, one that was merged since among them.

        Examples
        --------
        >>> from analysis.intake.standard.merges import Merges
        >>> merged = Merges(salt="00" * 16).decide([("a", "b")], "same")
        >>> people_of(["a"], merged).rows_of_ids(["a", "b", "c"])
        {'a': 0, 'b': 0}
        """
        if self.merges is None:
            return {}
        found = {one: self.row(self.merges.hashed(one)) for one in set(ids)}
        return {one: row for one, row in sorted(found.items()) if row is not None}

    def always_held(self, hold_out: HoldOut) -> np.ndarray:
        """Say of each customer whether no list takes them; of merged ids it is enough that one was held out."""
        import numpy as np

        if hold_out.share == 0:
            return np.zeros(len(self.keys), dtype=bool)
        return np.array(
            [
                any(place(hold_out.seed, one) < hold_out.share for one in self._together.get(key, (key,)))
                for key in self.keys
            ],
            dtype=bool,
        )


def people_of(ids: Sequence[str], merges: Merges | None = None) -> People:
    """Return the customers as campaigns know them.

    Parameters
    ----------
    ids : sequence of str
        As the profiles have them, each once.
    merges : Merges, optional
        Which ids are one customer; its salt makes the hashes.

    Examples
    --------
    >>> from analysis.intake.standard.merges import Merges
    >>> before = people_of(["a", "b"], Merges(salt="00" * 16))
    >>> merged = Merges(salt="00" * 16).decide([("a", "b")], "same")
    >>> people_of(["a"], merged).rows([before.hashes[1]]).tolist()
    [0]
    """
    from analysis.intake.standard.merges import Merges, groups

    known = merges or Merges()
    roots = groups((link.first, link.second) for link in known.same)
    return People(tuple(known.hashed(str(one)) for one in ids), roots, known)
