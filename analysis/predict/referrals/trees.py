"""Referrals as trees: who was brought by whom, how far it reaches, what all of it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Forest:
    """Referrals after what cannot be was taken out.

    Attributes
    ----------
    parents : mapping of str to str
        Who referred a customer, by the referred one.
    days : mapping of str to Timestamp or NaT
        When, by the referred one.
    n_rows, n_repeated, n_second, n_self, n_loops : int
        Rows read; the same pair again; another referrer of somebody who has one (the earliest counts); referrals of
        oneself; referrals that would close a circle.
    selves : tuple of str
        Who referred themselves.
    loops : tuple of (str, str)
        Referrer and referred of what would close a circle.
    """

    parents: Mapping[str, str] = field(repr=False)
    days: Mapping[str, pd.Timestamp] = field(repr=False)
    n_rows: int
    n_repeated: int
    n_second: int
    selves: tuple[str, ...] = field(repr=False)
    loops: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def n_self(self) -> int:
        """Referrals of oneself."""
        return len(self.selves)

    @property
    def n_loops(self) -> int:
        """Referrals that would close a circle."""
        return len(self.loops)


def forest_of(rows: pd.DataFrame) -> Forest:
    """Return who was brought by whom: the earliest referrer of each, no one by themselves, no circle.

    Parameters
    ----------
    rows : DataFrame
        ``customer_id`` (who referred), ``referred_id``, ``day`` (may be missing; such rows come last).

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"customer_id": ["a", "b", "b"], "referred_id": ["b", "a", "b"], "day": pd.NaT})
    >>> forest = forest_of(rows)
    >>> dict(forest.parents), forest.n_loops, forest.n_self
    ({'b': 'a'}, 1, 1)
    """
    ordered = rows.sort_values(["day", "customer_id", "referred_id"], na_position="last", kind="stable")
    pairs = ordered.drop_duplicates(["customer_id", "referred_id"])
    parents: dict[str, str] = {}
    days: dict[str, pd.Timestamp] = {}
    selves, loops, second = [], [], 0
    for referrer, referred, day in pairs[["customer_id", "referred_id", "day"]].itertuples(index=False):
        if referrer == referred:
            selves.append(referrer)
        elif referred in parents:
            second += 1
        elif referred in _above(referrer, parents):
            loops.append((referrer, referred))
        else:
            parents[referred], days[referred] = referrer, day
    n_rows = len(rows)
    return Forest(parents, days, n_rows, n_rows - len(pairs), second, tuple(dict.fromkeys(selves)), tuple(loops))


def _above(customer: str, parents: Mapping[str, str]) -> set[str]:
    """Return everybody above a customer in the tree, and the customer."""
    found = {customer}
    while (customer := parents.get(customer, "")) and customer not in found:
        found.add(customer)
    return found


def worth(forest: Forest, spend: Mapping[str, float]) -> pd.DataFrame:
    """Return of each referrer what those below brought.

    Parameters
    ----------
    forest : Forest
    spend : mapping of str to float
        Of each customer; who is missing spent nothing.

    Returns
    -------
    DataFrame, one row per referrer, sorted by id
        ``customer_id``; ``referred`` (direct, count); ``reach`` (all below, count); ``depth`` (generations below);
        ``direct`` and ``tree`` (currency: spend of those directly below, and of all below).

    Examples
    --------
    A brings B and C, B brings D; they spent 10, 20, 30 and 40:

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"customer_id": ["a", "a", "b"], "referred_id": ["b", "c", "d"], "day": pd.NaT})
    >>> table = worth(forest_of(rows), {"a": 10, "b": 20, "c": 30, "d": 40}).set_index("customer_id")
    >>> table.loc["a", ["direct", "tree"]].tolist()
    [50.0, 90.0]
    """
    import pandas as pd

    direct: dict[str, float] = {}
    tree: dict[str, float] = {}
    referred: dict[str, int] = {}
    reach: dict[str, int] = {}
    depth: dict[str, int] = {}
    for customer in _from_the_leaves(forest.parents):
        above = forest.parents.get(customer)
        if above is None:
            continue
        own = float(spend.get(customer, 0.0))
        referred[above] = referred.get(above, 0) + 1
        direct[above] = direct.get(above, 0.0) + own
        tree[above] = tree.get(above, 0.0) + own + tree.get(customer, 0.0)
        reach[above] = reach.get(above, 0) + 1 + reach.get(customer, 0)
        depth[above] = max(depth.get(above, 0), 1 + depth.get(customer, 0))
    ids = sorted(referred)
    columns = {"referred": referred, "reach": reach, "depth": depth, "direct": direct, "tree": tree}
    return pd.DataFrame({"customer_id": ids, **{name: [one[key] for key in ids] for name, one in columns.items()}})


def _from_the_leaves(parents: Mapping[str, str]) -> list[str]:
    """Return everybody, each after all who are below."""
    waiting: dict[str, int] = {}
    for above in parents.values():
        waiting[above] = waiting.get(above, 0) + 1
    ready = sorted(customer for customer in parents if customer not in waiting)
    found = []
    while ready:
        customer = ready.pop()
        found.append(customer)
        if (above := parents.get(customer)) is not None:
            waiting[above] -= 1
            if not waiting[above]:
                ready.append(above)
    return found
