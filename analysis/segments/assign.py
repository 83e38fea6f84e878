"""Put customers into the segments of an earlier run, each judged alone, whoever else is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.fitted import (
    Fitted,
    FittedClusters,
    FittedHybrid,
    FittedMovement,
    FittedRfm,
    FittedRules,
    FittedStudy,
    FittedTiers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles


def assign(customers: Profiles, frozen: FittedStudy, *, methods: Sequence[str] | None = None) -> pd.DataFrame:
    """Put customers into the segments of an earlier run; each is judged alone, whoever else is there.

    Parameters
    ----------
    customers : Profiles
        Of any number of customers, with the features that the segments were made from.
    frozen : FittedStudy
        As ``freeze`` returns it.
    methods : sequence of str, optional
        Kinds of segmentation; all that are stored when left out.

    Returns
    -------
    DataFrame, one row per customer in their order
        ``customer_id`` and one column per segmentation as exports name it (``segment_rfm``, …): the key after a
        person's merges, missing for customers outside. Movement is left out: it is about orders.

    Raises
    ------
    AnalysisError
        ``frozen_needs_features`` (columns), ``rfm_needs_orders`` (columns), ``tiers_need_spend``, what rules refuse;
        ``freeze_no_rule`` (method): a method whose groups nobody can be put into.
    """
    import pandas as pd

    from analysis.segments.methods import SEGMENT_COLUMNS

    found: dict[str, pd.Series] = {}
    for fitted in sorted(frozen.methods, key=lambda each: list(SEGMENT_COLUMNS).index(each.kind)):
        if isinstance(fitted, FittedMovement) or (methods is not None and fitted.kind not in methods):
            continue
        if isinstance(fitted, FittedHybrid):
            if fitted.params.first not in found or fitted.params.second not in found:
                continue
            labels = cell_labels(found[fitted.params.first], found[fitted.params.second], fitted)
        else:
            labels = labels_of(customers, fitted)
        merges = {edit.segment: edit.merge_into for edit in fitted.edits if edit.merge_into}
        found[fitted.kind] = labels.replace(merges) if merges else labels
    columns = {SEGMENT_COLUMNS[kind]: labels for kind, labels in found.items()}
    return pd.DataFrame({"customer_id": customers.customers["customer_id"].reset_index(drop=True), **columns})


def labels_of(profiles: Profiles, fitted: Fitted) -> pd.Series:
    """Return the segment of each customer by what one method learned, before a person's merges; missing outside.

    Raises
    ------
    AnalysisError
        As ``assign``; ``assign_needs_orders`` (method) for movement, ``assign_needs_both`` for a hybrid,
        ``freeze_no_rule`` (method).
    """
    import pandas as pd

    if isinstance(fitted, FittedClusters):
        if not fitted.by_centre:
            raise AnalysisError("freeze_no_rule", method=fitted.params.method)
        rows, positions = cluster_positions(profiles, fitted)
        codes = _everyone(len(profiles.customers), rows, positions)
        return pd.Series(pd.array(list(fitted.keys), dtype="str").take(codes, allow_fill=True), name="segment")
    if isinstance(fitted, FittedTiers):
        return _tier_labels(profiles, fitted)
    if isinstance(fitted, FittedRfm):
        from analysis.segments.scores.rfm import rfm

        try:
            found = rfm(profiles, fitted.params, cuts={"r": fitted.r, "f": fitted.f, "m": fitted.m})
        except AnalysisError as problem:
            if problem.code != "rfm_no_customers":
                raise
            return pd.Series(pd.array([None] * len(profiles.customers), dtype="str"), name="segment")
        return found.segmentation.labels
    if isinstance(fitted, FittedRules):
        from analysis.segments.by_rule.rules import rules

        return rules(profiles, fitted.params).segmentation.labels
    if isinstance(fitted, FittedMovement):
        raise AnalysisError("assign_needs_orders", method=fitted.kind)
    raise AnalysisError("assign_needs_both", method=fitted.kind)


def cluster_positions(profiles: Profiles, fitted: FittedClusters) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that take part, and the position of the group of each."""
    import numpy as np

    from analysis.segments.clustering.features import values_inside

    _, inside, _ = values_inside(profiles, _features(profiles, fitted), fitted.params.preparation)
    rows = np.flatnonzero(inside)
    if len(rows) == 0:
        return rows, rows
    return rows, fitted.positions(fitted.matrix(profiles.customers.iloc[rows]))


def _features(profiles: Profiles, fitted: FittedClusters) -> list[Feature]:
    """Return the number features that were chosen and are there; what the groups are by has to be there."""
    needed = [each.feature for each in (*fitted.scalings, *fitted.levels)]
    columns = profiles.customers.columns
    missing = [key for key in needed if profiles.feature(key) is None or key not in columns]
    if missing:
        raise AnalysisError("frozen_needs_features", columns=", ".join(missing))
    return [feature for key in fitted.chosen if key in columns and (feature := profiles.feature(key)) is not None]


def _everyone(n: int, rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
    import numpy as np

    codes = np.full(n, -1)
    codes[rows] = positions
    return codes


def _tier_labels(profiles: Profiles, fitted: FittedTiers) -> pd.Series:
    import numpy as np
    import pandas as pd

    from analysis.segments.scores.tiers import ZERO, segment_key

    if "spend" not in profiles.customers.columns:
        raise AnalysisError("tiers_need_spend")
    spend = profiles.customers["spend"].to_numpy(dtype=float, na_value=np.nan)
    keys = [*(segment_key(tier) for tier in fitted.params.tiers), ZERO]
    below = (spend[:, None] < np.array(fitted.at_least)[None, :]).sum(axis=1)
    codes = np.select([~np.isfinite(spend), spend <= 0], [-1, len(keys) - 1], default=below)
    return pd.Series(pd.array(keys, dtype="str").take(codes, allow_fill=True), name="segment")


def cell_segment(first: str, second: str, fitted: FittedHybrid, known: Mapping[tuple[str, str], str]) -> str:
    """Return where a cell's customers stand; a cell that was empty joins the largest of its row."""
    from analysis.segments.hybrid import hybrid_key

    if (first, second) in known:
        return known[first, second]
    if fitted.params.small == "keep":
        return hybrid_key(first, second)
    return fitted.largest.get(first, hybrid_key(first, ""))


def cell_labels(first: pd.Series, second: pd.Series, fitted: FittedHybrid) -> pd.Series:
    """Return the hybrid's segment of each customer from those of both segmentations; missing outside either."""
    import pandas as pd

    known = {(cell.first, cell.second): cell.segment for cell in fitted.cells}
    found = [
        None if pd.isna(one) or pd.isna(other) else cell_segment(str(one), str(other), fitted, known)
        for one, other in zip(first, second, strict=True)
    ]
    return pd.Series(pd.array(found, dtype="str"), name="segment")
