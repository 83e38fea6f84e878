"""What a part of a study asks of the whole: its choices, its data so far, and what was computed already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from analysis.intake.standard.merges import Merges
    from analysis.overview.card_result import SegmentCards
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.clustering.prepare import ClusterFeatures
    from analysis.segments.frozen import Before
    from analysis.segments.params import ClusterParams
    from analysis.segments.result import EditedSegmentation
    from analysis.study.prepared import Prepared
    from analysis.tags.apply import Tagged
    from analysis.tags.imported import ImportedValues


class Steps(Protocol):
    """The steps of a study; ``steps.Run`` is one."""

    @property
    def recipe(self) -> Recipe: ...  # noqa: D102
    def kept_untagged(self, step: str, choices: str, compute: Callable[[], Any]) -> Any: ...  # noqa: D102
    def untagged(self) -> Prepared: ...  # noqa: D102
    @property
    def before(self) -> Before | None: ...  # noqa: D102
    @property
    def merges(self) -> Merges | None: ...  # noqa: D102
    @property
    def imported(self) -> Mapping[str, ImportedValues]: ...  # noqa: D102
    def kept(self, step: str, choices: str, compute: Callable[[], Any]) -> Any: ...  # noqa: D102
    def prepared(self) -> Prepared: ...  # noqa: D102
    def tagged(self) -> Tagged: ...  # noqa: D102
    def cards(self) -> SegmentCards: ...  # noqa: D102
    def features(self, params: ClusterParams) -> ClusterFeatures: ...  # noqa: D102
    def segmentation(self, plan: SegmentationPlan | str) -> tuple[Any, EditedSegmentation]: ...  # noqa: D102
