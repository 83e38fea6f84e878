"""Every way to group customers: the one place where a new method is entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.segments import hybrid
from analysis.segments.by_rule import rules
from analysis.segments.clustering import method as clusters
from analysis.segments.method import Basis as Basis
from analysis.segments.method import Method
from analysis.segments.scores import lifecycle, movement, rfm, tiers

if TYPE_CHECKING:
    from analysis.segments.method import MethodParams

# In the order in which they are computed and shown: a method comes after those that it uses.
_FILES = (rfm, tiers, movement, lifecycle, clusters, rules, hybrid)
METHODS: Mapping[str, Method] = {file.METHOD.kind: file.METHOD for file in _FILES}
KINDS = tuple(METHODS)
ALWAYS = tuple(kind for kind, method in METHODS.items() if method.always)
CROSSABLE = tuple(kind for kind, method in METHODS.items() if method.crossable)
# Beginnings of keys that end in a number, and the place of the colour of the first.
NUMBERED = {beginning: first for method in METHODS.values() for beginning, first in method.numbered.items()}
SEGMENT_COLUMNS: Mapping[str, str] = {kind: method.segment_column for kind, method in METHODS.items()}


def place(kind: str) -> int:
    """Return where a way to group customers stands in the order shown.

    Examples
    --------
    >>> sorted(["rules", "clusters", "rfm"], key=place)
    ['rfm', 'clusters', 'rules']
    """
    return KINDS.index(kind)


def numbered(key: str) -> tuple[str, int]:
    """Return the beginning and the number of a segment that a method counts; for any other key ``("", 0)``.

    Examples
    --------
    >>> numbered("cluster_3"), numbered("champions")
    (('cluster', 3), ('', 0))
    """
    beginning, _, number = key.rpartition("_")
    return (beginning, int(number)) if beginning in NUMBERED and number.isdigit() else ("", 0)


def used_kinds(params: MethodParams) -> tuple[str, ...]:
    """Return the kinds of the segmentations that have to be computed before this one.

    Examples
    --------
    >>> from analysis.segments.params import HybridParams, RfmParams
    >>> used_kinds(HybridParams()), used_kinds(RfmParams())
    (('rfm', 'clusters'), ())
    """
    return METHODS[params.kind].uses(params)
