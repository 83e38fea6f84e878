"""Put customers into the segments of an earlier run, each judged alone, whoever else is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.methods import METHODS, SEGMENT_COLUMNS, Basis, place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.segments.fitted import Fitted
    from analysis.segments.fitted_study import FittedStudy


def assign(
    customers: Profiles,
    frozen: FittedStudy,
    *,
    standard: StandardTables | None = None,
    methods: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Put customers into the segments of an earlier run; each is judged alone, whoever else is there.

    Parameters
    ----------
    customers : Profiles
        Of any number of customers, with the features that the segments were made from.
    frozen : FittedStudy
        As ``freeze`` returns it.
    standard : StandardTables, optional
        The orders of these customers, for methods that read them (lifecycle).
    methods : sequence of str, optional
        Kinds of segmentation; when left out, all that are stored and that customers can be put into by what is given;
        where that is none, the reason of the first is raised.

    Returns
    -------
    DataFrame, one row per customer in their order
        ``customer_id`` and one column per segmentation as exports name it (``segment_rfm``, …): the key after a
        person's merges, missing for customers outside.

    Raises
    ------
    AnalysisError
        ``frozen_without_fit`` (method): nothing is stored of a method that was asked for; ``assign_needs_orders``
        (method): movement, or lifecycle without orders, was asked for; ``assign_needs_both`` (method);
        ``frozen_needs_features`` (columns), ``rfm_needs_orders`` (columns), ``tiers_need_spend``, what rules refuse;
        ``freeze_no_rule`` (method): a method whose groups nobody can be put into.
    """
    import pandas as pd

    for kind in methods or ():
        if frozen.of(kind) is None:
            raise AnalysisError("frozen_without_fit", method=kind)
    basis = Basis(customers, standard)
    found: dict[str, pd.Series] = {}
    for fitted in sorted(frozen.methods, key=lambda each: place(each.kind)):
        asked = methods is not None and fitted.kind in methods
        if asked or (methods is None and _can(basis, fitted, found)):
            labels = _labels(basis, fitted, found)
            merges = {edit.segment: edit.merge_into for edit in fitted.edits if edit.merge_into}
            found[fitted.kind] = labels.replace(merges) if merges else labels
    if not found and methods is None and frozen.methods:  # nobody can be put anywhere: say why
        _labels(basis, frozen.methods[0], found)
    columns = {SEGMENT_COLUMNS[kind]: labels for kind, labels in found.items()}
    return pd.DataFrame({"customer_id": customers.customers["customer_id"].reset_index(drop=True), **columns})


def labels_of(profiles: Profiles, fitted: Fitted, *, standard: StandardTables | None = None) -> pd.Series:
    """Return the segment of each customer by what one method learned, before a person's merges; missing outside.

    Raises
    ------
    AnalysisError
        As ``assign``; ``assign_needs_both`` for a hybrid.
    """
    return _labels(Basis(profiles, standard), fitted, {})


def _can(basis: Basis, fitted: Fitted, found: Mapping[str, pd.Series]) -> bool:
    freezing = METHODS[fitted.kind].freezing
    needed = METHODS[fitted.kind].uses(fitted.params)
    return freezing.labels is not None and set(needed) <= set(found) and (
        basis.standard is not None or not freezing.by_orders
    )  # fmt: skip


def _labels(basis: Basis, fitted: Fitted, found: Mapping[str, pd.Series]) -> pd.Series:
    freezing = METHODS[fitted.kind].freezing
    if freezing.labels is None or (freezing.by_orders and basis.standard is None):
        raise AnalysisError("assign_needs_orders", method=fitted.kind)
    return freezing.labels(basis, fitted, found)
