"""What a change of a tag does: who comes in, who goes out, with what they spend; on everyone or on a pilot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.tabular import Tabular
from analysis.tags.asking import who_holds
from analysis.tags.params import Tag
from analysis.tags.values import Basis, TagValues, tag_values

if TYPE_CHECKING:
    import numpy as np

    from analysis.conditions import Expression
    from analysis.profiles.result import Profiles


@dataclass(frozen=True)
class TagChange(
    Tabular,
    columns=(
        *("key", "n_before", "n_after", "n_in", "n_out", "n_moved"),
        *("revenue_in", "revenue_out", "n_looked_at"),
    ),
):
    """What another definition changes.

    Attributes
    ----------
    key : str
    n_before, n_after : int
        Customers with the tag.
    n_in, n_out, n_moved : int
        Customers who get it, lose it, or get another value.
    revenue_in, revenue_out : float
        What those who come in and go out have spent (currency; NaN without money).
    n_looked_at : int
        Customers compared: all, or those of the pilot.
    """

    key: str
    n_before: int
    n_after: int
    n_in: int
    n_out: int
    n_moved: int
    revenue_in: float
    revenue_out: float
    n_looked_at: int


def tag_change(before: Tag, after: Tag, basis: Basis, *, only: Expression | float | None = None) -> TagChange:
    """Return what putting one definition in the place of another changes, before it is used anywhere.

    Parameters
    ----------
    before, after : Tag
    basis : Basis
    only : Expression or float, optional
        A pilot: the customers to look at, those of a region or a channel for instance, or the share of a sample.

    Raises
    ------
    AnalysisError
        ``tag_pilot_nobody``: nobody is in the pilot; what either definition refuses.
    """
    first, second = tag_values(before, basis), tag_values(after, basis)
    return compared(first, second, basis, looked_at(after, basis.profiles, only))


def looked_at(tag: Tag, profiles: Profiles, only: Expression | float | None) -> np.ndarray:
    """Say which customers a pilot looks at: all without one, the same sample each time; raises ``tag_pilot_nobody``."""
    import numpy as np

    n = len(profiles.customers)
    if only is None:
        return np.ones(n, dtype=bool)
    looked = (
        np.random.default_rng(0).random(n) < only if isinstance(only, (int, float)) else who_holds(tag, only, profiles)
    )
    if not looked.any():
        raise AnalysisError("tag_pilot_nobody")
    return looked


def compared(first: TagValues, second: TagValues, basis: Basis, looked: np.ndarray) -> TagChange:
    """Return what changed between two sets of values of the same customers."""
    import numpy as np

    had, has = first.has & looked, second.has & looked
    came, went = has & ~had, had & ~has
    values = np.array([*second.values, ""], dtype=object)
    earlier = np.array([*first.values, ""], dtype=object)
    moved = had & has & (earlier[first.codes] != values[second.codes])
    spend = basis.profiles.customers.get("spend")

    def money(who: np.ndarray) -> float:
        return float("nan") if spend is None else float(np.nansum(spend.to_numpy(dtype=float, na_value=np.nan)[who]))

    return TagChange(
        second.tag.key, int(had.sum()), int(has.sum()), int(came.sum()), int(went.sum()), int(moved.sum()),
        money(came), money(went), int(looked.sum()),
    )  # fmt: skip
