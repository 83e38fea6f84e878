"""Frozen segmentations: keep what a run learned, and put other customers into the same groups without learning anew.

``fit="frozen"`` in a plan asks for it; ``apply`` is what then runs in the place of the method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.segments.assign import cell_labels, cell_segment, cluster_positions, labels_of
from analysis.segments.fitted import (
    Fitted,
    FittedClusters,
    FittedHybrid,
    FittedMovement,
    FittedRfm,
    FittedRules,
    FittedStudy,
    FittedTiers,
    HybridCell,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.hybrid import HybridResult
    from analysis.segments.params import ClusterParams, SegmentEdit
    from analysis.segments.result import EditedSegmentation

# With fewer customers in both runs than this, where groups lie says more than who is in them.
LEAST_SHARED = 30


@dataclass(frozen=True)
class Before:
    """The run before, as far as the next one needs it.

    Attributes
    ----------
    fitted : FittedStudy or None
        What it learned.
    customer_ids : Series or None
    clusters : Series of str, aligned with ``customer_ids``, or None
        The group of each customer, before a person's merges.
    """

    fitted: FittedStudy | None = None
    customer_ids: pd.Series | None = field(default=None, repr=False)
    clusters: pd.Series | None = field(default=None, repr=False)

    @cached_property
    def state(self) -> str:
        """A hash of all that a result can depend on."""
        import hashlib

        parts = ["" if self.fitted is None else self.fitted.model_dump_json()]
        for column in (self.customer_ids, self.clusters):
            parts.append("" if column is None else "\t".join(column.fillna("").astype("str")))
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def freeze_method(result: Any, params: Any, profiles: Profiles, *, edits: Sequence[SegmentEdit] = ()) -> Fitted:
    """Return what a segmentation learned, so that a frozen run puts the same customers into the same groups.

    Parameters
    ----------
    result : result of a method
    params : params of the method
    profiles : Profiles
        Those the result is of.
    edits : sequence of SegmentEdit, optional
        A person's names, merges and hidden groups.

    Raises
    ------
    AnalysisError
        ``freeze_no_rule`` (method): the groups are those of these very customers, and no rule puts others into them;
        ``freeze_unknown`` (method).

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> from analysis.segments.params import RfmParams
    >>> from analysis.segments.scores.rfm import rfm
    >>> base = {"customer_id": list("abc"), "recency_days": [3, 40, 9], "n_orders": [9, 1, 1], "spend": [90.0, 5, 20]}
    >>> profiles = Profiles(pd.DataFrame(base), (), date(2024, 1, 1))
    >>> params = RfmParams(n_scores=3)
    >>> freeze_method(rfm(profiles, params), params, profiles).f
    (1.0, 3.666666666666666)
    """
    labels = result.segmentation.labels
    kept: dict[str, Any] = {
        "labels": labels_hash(profiles, labels),
        "edits": tuple(edits),
        "learned_on": _learned_on(result) or profiles.as_of,
    }
    kind = params.kind
    if kind == "rfm":
        return FittedRfm(params=params, **{key: tuple(result.cuts[key]) for key in ("r", "f", "m")}, **kept)
    if kind == "tiers":
        return FittedTiers(params=params, at_least=result.at_least, **kept)
    if kind == "clusters":
        fitted = result.fitted
        if fitted is None or not fitted.by_centre or not labels_of(profiles, fitted).equals(labels):
            raise AnalysisError("freeze_no_rule", method=params.method)
        return fitted.model_copy(update=kept)
    if kind == "hybrid":
        return result.fitted.model_copy(update=kept) if result.fitted else _fit_hybrid(result, kept)
    if kind == "rules":
        return FittedRules(params=params, **kept)
    if kind == "movement":
        return FittedMovement(params=params, **kept)
    raise AnalysisError("freeze_unknown", method=kind)


def _learned_on(result: Any) -> date | None:
    notes = getattr(result, "notes", ())
    return next((note.facts["as_of"] for note in notes if note.code == "segments_frozen"), None)


def labels_hash(profiles: Profiles, labels: pd.Series) -> str:
    """Return a hash of who is in which segment, whatever the order of the customers."""
    import hashlib

    pairs = zip(profiles.customers["customer_id"].astype("str"), labels.fillna("").astype("str"), strict=True)
    return hashlib.sha256("\n".join(f"{one}\t{other}" for one, other in sorted(pairs)).encode()).hexdigest()


def apply(
    before: Before | None,
    params: Any,
    profiles: Profiles,
    *,
    standard: StandardTables | None = None,
    others: Mapping[str, EditedSegmentation] | None = None,
) -> Any:
    """Group customers by what an earlier run learned.

    Raises
    ------
    AnalysisError
        ``frozen_without_fit`` (method): nothing is stored of this method; ``frozen_other_choices`` (method): what is
        stored was learned under other choices; ``frozen_needs_features`` (columns); ``frozen_one_group`` (n); and
        what the method refuses about the customers it is given.
    """
    kind = params.kind
    if kind == "rules":
        from analysis.segments.by_rule.rules import rules

        return rules(profiles, params)
    if kind == "movement":
        from analysis.segments.scores.movement import movement

        return movement(profiles, standard, params)
    learned = before.fitted if before else None
    fitted: Any = learned.of(kind) if learned else None
    if learned is None or fitted is None:
        raise AnalysisError("frozen_without_fit", method=kind)
    if _choices(fitted.params) != _choices(params):
        raise AnalysisError("frozen_other_choices", method=kind)
    if kind == "rfm":
        from analysis.segments.scores.rfm import rfm

        result: Any = rfm(profiles, params, cuts={"r": fitted.r, "f": fitted.f, "m": fitted.m})
    elif kind == "tiers":
        from analysis.segments.scores.tiers import tiers

        result = tiers(profiles, params, at_least=fitted.at_least)
    elif kind == "clusters":
        result = _clusters(profiles, fitted, params)
    else:
        from analysis.segments.hybrid import hybrid

        result = _same_cells(hybrid(profiles, others or {}, params), fitted, profiles, others or {})
    return replace(
        result, notes=(Note("segments_frozen", {"as_of": fitted.learned_on or learned.as_of}), *result.notes)
    )


def continued(result: Any, before: Before | None, profiles: Profiles) -> Any:
    """Return clusters whose groups bear the keys of the groups before that they continue; other results as they are.

    A group continues the one that most of its customers were in; where the two runs share too few customers, the one
    that lay where it lies.
    """
    from analysis.segments.clustering.numbering import anchors_of, bear, follow
    from analysis.segments.match import align, match

    if before is None or result.segmentation.method != "clusters":
        return result
    fitted: Any = before.fitted.of("clusters") if before.fitted else None
    if before.clusters is not None and before.customer_ids is not None:
        ids = profiles.customers["customer_id"]
        old, new = align(before.customer_ids, before.clusters, ids, result.segmentation.labels)
        shared = int((old.notna() & new.notna()).sum())
        if shared >= min(LEAST_SHARED, int(before.clusters.notna().sum())):
            olds = {str(key) for key in before.clusters.dropna().unique()} | set(fitted.keys if fitted else ())
            return replace(bear(result, match(old, new), olds), matched_by="customers")
    return replace(follow(result, anchors_of(fitted)), matched_by="place") if fitted else result


def _choices(params: Any) -> Any:
    """Return the choices that decide who is where, without names, weights of ranking and numbers of groups."""
    if params.kind == "clusters":
        from analysis.segments.clustering.clusters import choices

        return choices(params)
    if params.kind == "tiers":
        return params.model_dump(exclude={"tiers": {"__all__": {"name"}}})
    if params.kind == "rfm":
        unused: dict[str, Any] = {"weights": True, "boxes": {"__all__": {"name"}} if params.scheme == "boxes" else True}
        if params.cuts != "own":
            unused |= dict.fromkeys(("own_recency", "own_frequency", "own_monetary"), True)
        return params.model_dump(exclude=unused)
    return params


def _clusters(profiles: Profiles, fitted: FittedClusters, params: ClusterParams) -> ClusterResult:
    """Return the stored groups with the customers of today, described as groups that were just found are."""
    import numpy as np

    from analysis.segments.clustering.clusters import described
    from analysis.segments.clustering.groupers import Found
    from analysis.segments.clustering.kmeans import Grouping
    from analysis.segments.clustering.prepare import MIN_CUSTOMERS, prepared_of
    from analysis.segments.clustering.scale import steps_of
    from analysis.segments.fitted import mixture_chances

    if not fitted.by_centre:
        raise AnalysisError("freeze_no_rule", method=fitted.params.method)
    rows, places = cluster_positions(profiles, fitted)
    if len(rows) < MIN_CUSTOMERS:
        raise AnalysisError("clusters_too_few_customers", n_customers=len(rows), minimum=MIN_CUSTOMERS)
    used = np.unique(places)
    if len(used) < 2:
        raise AnalysisError("frozen_one_group", n=len(rows))
    inside = profiles.customers.iloc[rows]
    original = np.column_stack(
        [inside[each.feature].to_numpy(dtype=float, na_value=np.nan) for each in fitted.scalings]
    )
    features = tuple(feature for each in fitted.scalings if (feature := profiles.feature(each.feature)))
    matrix = fitted.matrix(inside)
    prepared = replace(
        prepared_of(profiles, features, rows, list(matrix.T), original, seed=params.seed),
        categories=tuple(feature for each in fitted.levels if (feature := profiles.feature(each.feature))),
        steps=steps_of(fitted.scalings, original),
        levels=fitted.levels,
        chosen=fitted.chosen,
    )
    centres = np.array(fitted.centres)
    grouping = Grouping(
        labels=np.searchsorted(used, places),
        centres=centres[used],
        inertia=float(((matrix - centres[places]) ** 2).sum()),
    )
    chances = mixture_chances(matrix, fitted.mixture).max(axis=1) if fitted.mixture else None
    # Groups that nobody is in today are not shown, and are there again when somebody is.
    shown = fitted.model_copy(update={"keys": tuple(fitted.keys[place] for place in used)})
    found = described(prepared, Found(grouping, len(rows), probability=chances), grouping, shown)
    return replace(found, fitted=fitted, matched_by="stored")


def _fit_hybrid(result: HybridResult, kept: dict[str, Any]) -> FittedHybrid:
    cells = result.cells
    largest = cells.sort_values("customers", ascending=False, kind="stable").drop_duplicates("first")
    return FittedHybrid(
        params=result.params,
        cells=tuple(
            HybridCell(first=row["first"], second=row["second"], segment=row["segment"])
            for row in cells.to_dict("records")
        ),
        largest=dict(zip(largest["first"].tolist(), largest["segment"].tolist(), strict=True)),
        **kept,
    )


def _same_cells(
    result: HybridResult, fitted: FittedHybrid, profiles: Profiles, others: Mapping[str, EditedSegmentation]
) -> HybridResult:
    """Return a hybrid of today whose cells stand together as they did before."""
    import numpy as np
    import pandas as pd

    from analysis.segments.hybrid import key_parts
    from analysis.segments.result import segmentation_of

    first, second = (others[kind].segmentation.labels for kind in (fitted.params.first, fitted.params.second))
    labels = cell_labels(first, second, fitted)
    known = {(cell.first, cell.second): cell.segment for cell in fitted.cells}
    cells = result.cells
    segments = [cell_segment(a, b, fitted, known) for a, b in zip(cells["first"], cells["second"], strict=True)]
    row = {key: place for place, key in enumerate(result.first)}
    # As in a hybrid that is not frozen: row by row, what was put together last.
    order = sorted(dict.fromkeys(segments), key=lambda key: (row[key_parts(key)[0]], key_parts(key)[1] in ("", "*")))
    frame = profiles.customers
    spend = frame["spend"].to_numpy(dtype=float, na_value=np.nan) if "spend" in frame.columns else None
    codes = pd.Index(order).get_indexer(pd.Index(labels))
    return replace(
        result,
        segmentation=segmentation_of(codes, order, method="hybrid", spend=spend),
        cells=cells.assign(segment=pd.array(segments, dtype="str")),
        notes=(),
        fitted=fitted,
    )
