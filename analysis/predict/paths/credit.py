"""Which contact an order is credited to: first, last, linear, and by what would be lost without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Path = tuple[str, ...]
_START, _GOAL, _LOST = object(), object(), object()


def credits_of(paths: Mapping[Path, tuple[int, int]]) -> pd.DataFrame:
    """Return how many orders each contact is credited with, by each way of sharing them out.

    Parameters
    ----------
    paths : mapping of (contacts in their order) to (ways that ended in an order, ways that did not)

    Returns
    -------
    DataFrame, one row per contact, by ``removal``, the most first
        ``contact``; ``ways`` (that it stands on); ``first``, ``last``, ``linear``, ``removal`` (orders; each adds up to
        all orders with a contact before them); ``effect`` (share of the chance of an order that goes with the contact).

    Notes
    -----
    Removal effects of a Markov chain of first order: Anderl et al. (2016).

    Examples
    --------
    >>> paths = {("search",): (2, 1), ("mail",): (1, 0), ("search", "mail"): (1, 0)}
    >>> credits_of(paths)[["contact", "first", "last", "linear"]].to_numpy().tolist()
    [['search', 3.0, 2.0, 2.5], ['mail', 1.0, 2.0, 1.5]]
    """
    import pandas as pd

    contacts = sorted({contact for path in paths for contact in path})
    table = pd.DataFrame({"contact": contacts}).set_index("contact")
    table["ways"] = [sum(won + lost for path, (won, lost) in paths.items() if one in path) for one in contacts]
    shares = {name: dict.fromkeys(contacts, 0.0) for name in ("first", "last", "linear")}
    for path, (won, _) in paths.items():
        if not path:
            continue
        shares["first"][path[0]] += won
        shares["last"][path[-1]] += won
        for contact in path:
            shares["linear"][contact] += won / len(path)
    for name, one in shares.items():
        table[name] = pd.Series(one)
    effects = removal_effects(paths)
    total = sum(won for path, (won, _) in paths.items() if path)
    whole = sum(effects.values())
    table["removal"] = [total * effects[one] / whole if whole else 0.0 for one in contacts]
    table["effect"] = [effects[one] for one in contacts]
    return table.sort_values(["removal", "ways"], ascending=False, kind="stable").reset_index()


def removal_effects(paths: Mapping[Path, tuple[int, int]]) -> dict[str, float]:
    """Return by what share the chance of an order falls without each contact.

    Examples
    --------
    Five ways: search to an order twice, mail to an order, search and mail to an order, search to nothing:

    >>> paths = {("search",): (2, 1), ("mail",): (1, 0), ("search", "mail"): (1, 0)}
    >>> removal_effects(paths)
    {'mail': 0.5, 'search': 0.75}
    """
    contacts = sorted({contact for path in paths for contact in path})
    steps: dict[tuple[object, object], float] = {}
    for path, (won, lost) in paths.items():
        if not path:
            continue
        ends: Sequence[tuple[object, int]] = ((_GOAL, won), (_LOST, lost))
        for end, n in ends:
            way = (_START, *path, end)
            for pair in pairwise(way):
                steps[pair] = steps.get(pair, 0.0) + n
    whole = _chance(steps, contacts, None)
    if whole == 0:
        return dict.fromkeys(contacts, 0.0)
    return {one: 1 - _chance(steps, contacts, one) / whole for one in contacts}


def _chance(steps: Mapping[tuple[object, object], float], contacts: Sequence[str], without: str | None) -> float:
    """Return the chance of an order from the start, with a contact leading nowhere."""
    import numpy as np

    states: list[object] = [_START, *contacts]
    place = {state: number for number, state in enumerate(states)}
    moves, wins, sums = np.zeros((len(states), len(states))), np.zeros(len(states)), np.zeros(len(states))
    for (one, other), n in steps.items():
        sums[place[one]] += n
        if other is _GOAL:
            wins[place[one]] += n
        elif other is not _LOST and other != without:
            moves[place[one], place[other]] += n
    known = sums > 0
    moves[known] /= sums[known, None]
    wins[known] /= sums[known]
    if without is not None:
        moves[place[without]] = 0
        wins[place[without]] = 0
    return float(np.linalg.solve(np.eye(len(states)) - moves, wins)[0])
