"""Frozen segmentations: keep what a run learned, and put other customers into the same groups without learning anew.

``fit="frozen"`` in a plan asks for it; ``apply`` is what then runs in the place of the method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.segments.fitted_study import FittedStudy
from analysis.segments.methods import METHODS, Basis

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.segments.fitted import Fitted
    from analysis.segments.params import SegmentEdit
    from analysis.segments.result import EditedSegmentation

# With fewer customers in both runs than this, where groups lie says more than who is in them.
LEAST_SHARED = 30


class Planned(Protocol):
    """What a recipe plans of one segmentation, as far as it is kept."""

    @property
    def params(self) -> Any: ...  # noqa: D102
    @property
    def edits(self) -> tuple[SegmentEdit, ...]: ...  # noqa: D102


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
            parts.append("" if column is None else "\t".join(_texts(column)))
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def freeze_method(
    result: Any, params: Any, profiles: Profiles, *, edits: Sequence[SegmentEdit] = (), kept: bool = True
) -> Fitted:
    """Return what a segmentation learned, so that a frozen run puts the same customers into the same groups.

    Parameters
    ----------
    result : result of a method
    params : params of the method
    profiles : Profiles
        Those the result is of.
    edits : sequence of SegmentEdit, optional
        A person's names, merges and hidden groups.
    kept : bool
        False where it is applied at once: then nobody asks for the hash of who was where.

    Raises
    ------
    AnalysisError
        ``freeze_no_rule`` (method): the groups are those of these very customers, and no rule puts others into them.

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
    told: dict[str, Any] = {
        "labels": labels_hash(profiles, labels) if kept else "",
        "edits": tuple(edits),
        "learned_on": _learned_on(result) or profiles.as_of,
    }
    return METHODS[params.kind].freezing.keep(result, params, profiles, told)


def learned(found: Iterable[tuple[Planned, Any]], profiles: Profiles) -> FittedStudy:
    """Return what each segmentation learned, with the person's names, merges and hidden groups.

    Parameters
    ----------
    found : iterable of SegmentationPlan and result of its method
    profiles : Profiles
        Those the results are of.

    Returns
    -------
    FittedStudy
        Numbers and keys only; ``not_kept`` says which methods cannot be applied to others, and why.
    """
    methods, not_kept = [], {}
    for plan, result in found:
        kind = plan.params.kind
        try:
            methods.append(freeze_method(result, plan.params, profiles, edits=plan.edits))
        except AnalysisError as problem:
            not_kept[kind] = problem.code
            if kind == "clusters" and result.fitted is not None:
                # Nobody can be put into these groups, but the next run's can be compared with where they lie.
                kept = {"by_centre": False, "edits": plan.edits, "learned_on": profiles.as_of}
                methods.append(result.fitted.model_copy(update=kept))
    return FittedStudy(as_of=profiles.as_of, methods=tuple(methods), not_kept=not_kept)


def _learned_on(result: Any) -> date | None:
    notes = getattr(result, "notes", ())
    return next((note.facts["as_of"] for note in notes if note.code == "segments_frozen"), None)


def labels_hash(profiles: Profiles, labels: pd.Series) -> str:
    """Return a hash of who is in which segment, whatever the order of the customers."""
    import hashlib
    from itertools import pairwise, starmap
    from operator import lt

    ids, keys = _texts(profiles.customers["customer_id"]), _texts(labels)
    pairs = zip(ids, keys, strict=True)
    ordered = pairs if all(starmap(lt, pairwise(ids))) else sorted(pairs)  # customers come in order
    return hashlib.sha256("\n".join(map("\t".join, ordered)).encode()).hexdigest()


def _texts(column: pd.Series) -> list[str]:
    """Return the values of a column as texts, empty for missing ones; many times as fast as one after the other."""
    return column.fillna("").astype("str").to_numpy(dtype=object).tolist()


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
    freezing, basis = METHODS[kind].freezing, Basis(profiles, standard, others or {})
    if not freezing.learns:
        return freezing.apply(basis, None, params)
    stored = before.fitted if before else None
    fitted = stored.of(kind) if stored else None
    if stored is None or fitted is None:
        raise AnalysisError("frozen_without_fit", method=kind)
    if freezing.choices(fitted.params) != freezing.choices(params):
        raise AnalysisError("frozen_other_choices", method=kind)
    result = freezing.apply(basis, fitted, params)
    return replace(result, notes=(Note("segments_frozen", {"as_of": fitted.learned_on or stored.as_of}), *result.notes))


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
