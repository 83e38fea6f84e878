"""How much of a segment's change is customers who changed, and how much a definition that changed; both add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments import frozen
from analysis.segments.edit import apply_edits
from analysis.segments.methods import METHODS
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.history.moment import Moment
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.segments.fitted_study import FittedStudy
    from analysis.segments.result import EditedSegmentation


@dataclass(frozen=True)
class Split(Tabular, rows="table"):
    """The change of each segment in two parts.

    Attributes
    ----------
    method : str
    table : DataFrame, one row per segment of either run
        ``segment``; ``before``, ``now`` (customers); ``by_customers`` (by the definition of before, how many more or
        fewer there would be now) and ``by_definition`` (how many the new definition adds or takes away): together
        ``now - before``. ``money_…`` are the same in currency, NaN where a run knows no money.
    redefined : int
        Customers of both runs who stand elsewhere now, and by the definition of before would not have moved.
    """

    method: str
    table: pd.DataFrame = field(repr=False)
    redefined: int


def by_old_definition(
    fitted: FittedStudy | None,
    method: str,
    profiles: Profiles,
    *,
    standard: StandardTables | None = None,
    others: Mapping[str, EditedSegmentation] | None = None,
) -> pd.Series:
    """Put the customers of today into the segments of an earlier run, by what it had learned and chosen.

    Parameters
    ----------
    fitted : FittedStudy or None
        What the earlier run left.
    method : str
    profiles : Profiles
        Of today.
    standard, others
        As ``segments.frozen.apply`` takes them.

    Returns
    -------
    Series of str, index ``customer_id``
        Keys after the merges of then, missing outside.

    Raises
    ------
    AnalysisError
        ``history_definition_not_kept`` (method): the run left none, or none that others can be put into; and what the
        method refuses about the customers of today.
    """
    then: Any = None if fitted is None else fitted.of(method)
    if then is None or (fitted is not None and method in fitted.not_kept):
        raise AnalysisError("history_definition_not_kept", method=method)
    before = frozen.Before(fitted)
    found = frozen.apply(before, then.params, profiles, standard=standard, others=others)
    edited = apply_edits(found.segmentation, then.edits)
    return edited.segmentation.labels.set_axis(profiles.customers["customer_id"])


def split_change(before: Moment, now: Moment, method: str, by_before: pd.Series) -> Split:
    """Tell the change of segments apart into customers who changed and a definition that changed.

    Parameters
    ----------
    before, now : Moment
    method : str
        A segmentation of both.
    by_before : Series of str, index ``customer_id``
        The customers of ``now`` by the definition of ``before`` (``by_old_definition``).

    Raises
    ------
    AnalysisError
        ``history_method_not_there`` (method, day).

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.history.moment import Moment
    >>> labels = pd.DataFrame({"was": ["rest"] * 3, "now": ["vip", "vip", "rest"]}, index=["a", "b", "c"], dtype="str")
    >>> was, now = (Moment(date(2024, 1, 1), labels[[]], {"rules": labels[one]}) for one in labels)
    >>> old_rule = pd.Series({"a": "vip", "b": "rest", "c": "rest"})
    >>> found = split_change(was, now, "rules", old_rule)
    >>> found.table[["segment", "before", "by_customers", "by_definition", "now"]].values.tolist()
    [['rest', 3, -1, -1, 1], ['vip', 0, 1, 1, 2]]
    >>> found.redefined
    1
    """
    import pandas as pd

    was, new = before.labels_of(method), now.labels_of(method)
    middle = by_before.reindex(new.index)
    keys = list(dict.fromkeys((*now.segments_of(method), *before.segments_of(method), *middle.dropna().unique())))
    counts = [labels.value_counts().reindex(keys).fillna(0).astype(int).to_numpy() for labels in (was, middle, new)]
    money = [_money(moment, labels, keys) for moment, labels in ((before, was), (now, middle), (now, new))]
    table = pd.DataFrame(
        {
            "segment": keys,
            "before": counts[0],
            "by_customers": counts[1] - counts[0],
            "by_definition": counts[2] - counts[1],
            "now": counts[2],
            "money_before": money[0],
            "money_by_customers": money[1] - money[0],
            "money_by_definition": money[2] - money[1],
            "money_now": money[2],
        }
    )
    both = new.index.intersection(was.index)
    then, old, here = (labels.reindex(both).fillna("") for labels in (was, middle, new))
    return Split(method, table, int(((old == then) & (here != then)).sum()))


def can_change(method: str, fit: str) -> bool:
    """Say whether the borders of a segmentation can move by themselves: it learns them, and anew in each run."""
    return fit == "refit" and METHODS[method].freezing.learns


def _money(moment: Moment, labels: pd.Series, keys: list[str]) -> Any:
    import numpy as np

    if "spend" not in moment.customers:
        return np.full(len(keys), np.nan)
    spend = moment.customers["spend"].fillna(0.0)
    return spend.groupby(labels.to_numpy(dtype=object)).sum().reindex(keys).fillna(0.0).to_numpy(dtype=float)
