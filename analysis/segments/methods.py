"""Every way to group customers by its kind: the one place where a new method is entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.segments.edit import EditedSegmentation


@dataclass(frozen=True)
class Basis:
    """What a method may look at: the profiles, for some the orders, for the hybrid the other segmentations.

    ``standard`` is None in a notebook that has profiles only; ``others`` are the segmentations by kind, edited.
    """

    profiles: Profiles
    standard: StandardTables | None = None
    others: Mapping[str, EditedSegmentation] = field(default_factory=dict)


def _rfm(basis: Basis, params: Any) -> Any:
    from analysis.segments.rfm import rfm

    interval = None
    if params.cuts == "interval":
        from analysis.segments.interval import repurchase_interval

        interval = repurchase_interval(basis.standard, basis.profiles.as_of)
    return rfm(basis.profiles, params, interval=interval)


def _clusters(basis: Basis, params: Any) -> Any:
    from analysis.segments.clusters import clusters

    return clusters(basis.profiles, params)


def _tiers(basis: Basis, params: Any) -> Any:
    from analysis.segments.tiers import tiers

    return tiers(basis.profiles, params)


def _movement(basis: Basis, params: Any) -> Any:
    from analysis.segments.movement import movement

    return movement(basis.profiles, basis.standard, params)


def _rules(basis: Basis, params: Any) -> Any:
    from analysis.segments.rules import rules

    return rules(basis.profiles, params)


def _hybrid(basis: Basis, params: Any) -> Any:
    from analysis.segments.hybrid import hybrid

    return hybrid(basis.profiles, basis.others, params)


# Each returns a frozen result with ``segmentation``; ``names`` in it, where it has any, are words a person gave.
METHODS: Mapping[str, Callable[[Basis, Any], Any]] = {
    "rfm": _rfm,
    "clusters": _clusters,
    "tiers": _tiers,
    "movement": _movement,
    "rules": _rules,
    "hybrid": _hybrid,
}
