"""Everything a recipe computes, as one frozen result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.study.prepared import Prepared

if TYPE_CHECKING:
    from analysis.errors import AnalysisError
    from analysis.intake.judging.quality import QualityReport
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe
    from analysis.segments.method import SegmentationResult
    from analysis.segments.result import EditedSegmentation


@dataclass(frozen=True)
class StudyResult:
    """Everything a recipe computes.

    Attributes
    ----------
    prepared : Prepared
    segmentations : mapping of method to result
        By kind, those of the recipe that could be computed.
    edited : mapping of method to EditedSegmentation
        The same after the recipe's renames and merges.
    problems : mapping of method to AnalysisError
        Why a segmentation could not be computed.
    quality : QualityReport, optional
        How good the data is, and what matters about it.
    """

    recipe: Recipe
    prepared: Prepared
    segmentations: Mapping[str, SegmentationResult]
    edited: Mapping[str, EditedSegmentation]
    problems: Mapping[str, AnalysisError]
    quality: QualityReport | None = None

    @property
    def standard(self) -> StandardTables:
        """The standard tables."""
        return self.prepared.standard

    @property
    def profiles(self) -> Profiles:
        """One row per customer."""
        return self.prepared.profiles
