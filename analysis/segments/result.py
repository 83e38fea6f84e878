"""What every segmentation method hands on: who is in which segment, and how much each segment weighs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from analysis.notes import Note as Note
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class Segmentation(Tabular, rows="segments"):
    """Customers in named groups.

    Attributes
    ----------
    method : str
        Its kind, as in ``methods.METHODS``.
    labels : Series of str, aligned with ``Profiles.customers``
        Segment key, missing for customers outside (no purchase, or a missing value).
    segments : DataFrame, one row per segment that has customers, in display order
        ``segment`` (key), ``customers`` (count), ``share`` (of the customers inside, 0..1), ``revenue`` (currency),
        ``revenue_share`` (of the revenue of the customers inside). Both are NaN when the profiles hold no spend, the
        share also when that revenue is not positive.
    n_outside : int
        Customers without a segment.
    made_of : tuple of str
        Keys of the features that decided who is in which segment; empty where nobody knows.
    """

    method: str
    labels: pd.Series = field(repr=False)
    segments: pd.DataFrame
    n_outside: int = 0
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class EditedSegmentation(Tabular, rows="segmentation.segments"):
    """A segmentation with a person's changes.

    Attributes
    ----------
    segmentation : Segmentation
        Merged; hidden segments are still in it, so that shares keep adding up.
    names : dict of str
        Own name by segment key.
    hidden : tuple of str
        Keys that screens and lists leave out.
    notes : tuple of Note
        ``edit_unknown_segment`` (segment): the change names a segment that is not there, and is left out.
    """

    segmentation: Segmentation
    names: dict[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the segments that are not hidden, in display order."""
        return tuple(key for key in self.segmentation.segments["segment"] if key not in self.hidden)

    @property
    def table(self) -> pd.DataFrame:
        """The rows of ``segmentation.segments`` that are not hidden."""
        table = self.segmentation.segments
        return table[table["segment"].isin(self.shown)].reset_index(drop=True)


class Segmented(Protocol):
    """What holds a segmentation: the result of a method, or one with a person's changes."""

    @property
    def segmentation(self) -> Segmentation:
        """Who is in which segment."""
        ...


def groups_of(found: Segmentation | Segmented) -> Segmentation:
    """Return the segmentation itself, or the one that a result holds."""
    return found if isinstance(found, Segmentation) else found.segmentation


def segmentation_of(
    codes: np.ndarray, keys: Sequence[str], *, method: str, spend: np.ndarray | None = None,
    made_of: Sequence[str] = (),
) -> Segmentation:  # fmt: skip
    """Count the customers and the revenue of each segment.

    Parameters
    ----------
    codes : int array, shape (customers,)
        Position in ``keys``; -1 for a customer outside.
    keys : sequence of str
        Segment keys in display order.
    method : str
    spend : float array, shape (customers,), optional
        Currency; a missing value counts as no revenue.
    made_of : sequence of str, optional
        Keys of the features that decided the positions.

    Examples
    --------
    >>> import numpy as np
    >>> segmentation_of(np.array([0, 1, 1, -1]), ["a", "b"], method="rfm").segments.customers.tolist()
    [1, 2]
    """
    import numpy as np
    import pandas as pd

    inside = codes >= 0
    customers = np.bincount(codes[inside], minlength=len(keys))
    if spend is None:
        revenue = np.full(len(keys), np.nan)
    else:
        revenue = np.bincount(codes[inside], np.nan_to_num(spend[inside]), minlength=len(keys))
    total = revenue.sum()
    table = pd.DataFrame(
        {
            "segment": pd.array(list(keys), dtype="str"),
            "customers": customers,
            "share": customers / max(customers.sum(), 1),
            "revenue": revenue,
            "revenue_share": revenue / total if total > 0 else np.full(len(keys), np.nan),
        }
    )
    labels = labels_at(codes, keys)
    return Segmentation(
        method=method,
        labels=labels,
        segments=table[table["customers"] > 0].reset_index(drop=True),
        n_outside=int((~inside).sum()),
        made_of=tuple(dict.fromkeys(made_of)),
    )


def leading(segments: pd.DataFrame, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the facts of a sentence on the segment that brings the most revenue; none where nobody knows revenue.

    Parameters
    ----------
    segments : DataFrame
        Rows of ``Segmentation.segments``.
    names : mapping of str
        Words by segment key.

    Returns
    -------
    dict
        ``segment`` (words), ``share`` and ``revenue_share`` (0..1); empty when no row has a share of revenue.
    """
    known = segments[segments["revenue_share"].notna()]
    if len(known) == 0:
        return {}
    top = known.sort_values("revenue", ascending=False, kind="stable").iloc[0].to_dict()
    return {"share": top["share"], "revenue_share": top["revenue_share"], "segment": names[top["segment"]]}


def labels_at(codes: np.ndarray, keys: Sequence[str]) -> pd.Series:
    """Return the key at each position, missing where the position is -1."""
    import pandas as pd

    return pd.Series(pd.array(list(keys), dtype="str").take(codes, allow_fill=True), name="segment")
