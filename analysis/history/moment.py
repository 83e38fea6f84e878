"""A study as it was on a day: who its customers were, what they had spent, and where each stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from analysis.errors import AnalysisError
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from analysis.study.result import StudyResult


class KeptRun(Protocol):
    """What a snapshot of the workspace holds: the profiles with a column of segment keys per segmentation."""

    @property
    def profiles(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def segments(self) -> pd.DataFrame: ...  # noqa: D102


@dataclass(frozen=True)
class Moment(Tabular, rows="customers"):
    """The customers of a study on a day.

    Attributes
    ----------
    as_of : date
    customers : DataFrame, one row per customer, index ``customer_id`` (text, unique)
        Features as the profiles hold them; ``spend`` (currency) and ``recency_days`` where there were orders.
    labels : mapping of method to Series of str, aligned with ``customers``
        Segment keys after merges, missing outside.
    order : mapping of method to tuple of str
        Segment keys of each method in display order.
    """

    as_of: date
    customers: pd.DataFrame = field(repr=False)
    labels: Mapping[str, pd.Series] = field(repr=False)
    order: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)

    @property
    def methods(self) -> tuple[str, ...]:
        """Segmentations that put somebody into a segment."""
        return tuple(method for method, labels in self.labels.items() if labels.notna().any())

    def labels_of(self, method: str) -> pd.Series:
        """Return the segment of each customer by id.

        Raises
        ------
        AnalysisError
            ``history_method_not_there`` (method, day): the run had no such segmentation.
        """
        if method not in self.labels:
            raise AnalysisError("history_method_not_there", method=method, day=self.as_of, known=tuple(self.labels))
        return self.labels[method]

    def segments_of(self, method: str) -> tuple[str, ...]:
        """Return the segments of a method in display order, those without customers last where they are known."""
        present = [str(key) for key in self.labels_of(method).dropna().unique()]
        known = [key for key in self.order.get(method, ()) if key in present]
        return (*known, *sorted(key for key in present if key not in known))


def moment_of(result: StudyResult) -> Moment:
    """Return a run of a study as a moment.

    Examples
    --------
    >>> from analysis.study import read, run
    >>> moment_of(run(read("sample_data/b2b_crm_en.xlsx"))).segments_of("rfm")[0]
    'champions'
    """
    customers = result.profiles.customers.set_index("customer_id", drop=True)
    return Moment(
        as_of=result.profiles.as_of,
        customers=customers,
        labels={
            method: edited.segmentation.labels.set_axis(customers.index) for method, edited in result.edited.items()
        },
        order={
            method: tuple(edited.segmentation.segments["segment"].astype(str))
            for method, edited in result.edited.items()
        },
    )


def moment_then(kept: KeptRun, as_of: date) -> Moment:
    """Return a kept run as a moment.

    Parameters
    ----------
    kept : Snapshot
        Of the workspace; its profiles hold ``customer_id`` and ``segment_…`` columns.
    as_of : date
        The day it looked back from.

    Raises
    ------
    AnalysisError
        ``history_ids_twice``: customers of the run were masked, so nobody can be followed.
    """
    from analysis.segments.methods import SEGMENT_COLUMNS

    frame = kept.profiles
    if frame["customer_id"].duplicated().any():
        raise AnalysisError("history_ids_twice", day=as_of)
    customers = frame.set_index("customer_id", drop=True)
    columns = {kind: column for kind, column in SEGMENT_COLUMNS.items() if column in customers}
    found = kept.segments
    listed = found.groupby("method", sort=False)["segment"].agg(tuple).to_dict() if "method" in found else {}
    return Moment(
        as_of=as_of,
        customers=customers.drop(columns=list(columns.values())),
        labels={kind: customers[column] for kind, column in columns.items() if customers[column].notna().any()},
        order={str(kind): tuple(map(str, keys)) for kind, keys in listed.items()},
    )
