"""Everything a recipe computes, as one frozen result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.study.prepared import Prepared
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.compare.influence import Influence
    from analysis.errors import AnalysisError
    from analysis.intake.decision import Decision
    from analysis.intake.judging.quality import QualityReport
    from analysis.intake.tables import StandardTables
    from analysis.overview.card_result import SegmentCards
    from analysis.predict.apply import Predicted
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.fitted_study import FittedStudy
    from analysis.segments.method import SegmentationResult
    from analysis.segments.result import EditedSegmentation
    from analysis.tags.apply import Tagged


@dataclass(frozen=True)
class StudyResult(Tabular, rows="profiles.customers"):
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
    decisions : tuple of Decision
        What was decided about the tables and columns, questions first; figures rest on those that are guesses.
    tagged : Tagged, optional
        The profiles with every tag of the recipe, and who has which; None where the recipe has no tags.
    predicted : Predicted, optional
        The profiles with what was predicted, and why a prediction could not be made; None where the recipe has none.
    """

    recipe: Recipe
    prepared: Prepared
    segmentations: Mapping[str, SegmentationResult]
    edited: Mapping[str, EditedSegmentation]
    problems: Mapping[str, AnalysisError]
    quality: QualityReport | None = None
    decisions: tuple[Decision, ...] = ()
    tagged: Tagged | None = None
    predicted: Predicted | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return one row per customer: every feature, and a column of segment keys per segmentation."""
        from analysis.segments.edit import labelled

        return labelled(self.profiles.customers, self.edited)

    def _shape(self) -> tuple[int, int]:
        from analysis.segments.edit import columns_of

        n, n_columns = self.profiles.customers.shape
        return n, n_columns + len(columns_of(self.edited))

    def shown_frame(self) -> pd.DataFrame:
        """Return the profiles, masked, with a column of labels per segmentation."""
        from analysis.segments.edit import labelled

        return labelled(self.profiles.shown_frame(), self.edited)

    @cached_property
    def fitted(self) -> FittedStudy:
        """What the run leaves for the one after it: cuts, centres, scaling, names and a hash of who was where."""
        from analysis.segments.frozen import learned

        found = [(plan, self.segmentations.get(plan.params.kind)) for plan in self.recipe.segmentations]
        return learned([(plan, result) for plan, result in found if result is not None], self.profiles)

    @cached_property
    def cards(self) -> SegmentCards:
        """The answer of the first screen: a card per segment, with what to do."""
        from analysis.study.cards import study_cards

        return study_cards(self.recipe, self.prepared, self._segmentation)

    @property
    def card_labels(self) -> pd.Series:
        """The segment of each customer by the first screen, aligned with the profiles; missing for those in none."""
        import pandas as pd

        from analysis.overview.cards import EVERYBODY

        if self.cards.plan is None:
            return pd.Series(EVERYBODY, index=range(len(self.profiles.customers)), dtype="str")
        return self._segmentation(self.cards.plan)[1].segmentation.labels

    def comparison(self, method: str) -> Comparison | None:
        """What the shown segments of a method differ in; None where there are fewer than two."""
        if method not in self._comparisons:
            from analysis.compare.compare import compare

            edited = self.edited[method]
            shown = edited.shown
            self._comparisons[method] = None if len(shown) < 2 else compare(self.profiles, edited.segmentation, shown)
        return self._comparisons[method]

    @cached_property
    def _comparisons(self) -> dict[str, Comparison | None]:
        return {}

    @cached_property
    def influence(self) -> Influence | None:
        """What goes with the outcome that the files hold; None where they hold none, or too few of one answer."""
        from analysis.compare.outcome import influences_on_outcome
        from analysis.errors import AnalysisError

        try:
            return influences_on_outcome(self.profiles)
        except AnalysisError:
            return None

    def _segmentation(self, plan: SegmentationPlan) -> tuple[Any, EditedSegmentation]:
        """Return what was found, or find what the recipe does not ask for."""
        from analysis.segments.edit import apply_edits
        from analysis.segments.methods import METHODS, Basis

        kind = plan.params.kind
        if kind in self.problems:
            raise self.problems[kind]
        if kind in self.edited:
            return self.segmentations[kind], self.edited[kind]
        found = METHODS[kind].run(Basis(self.profiles, self.standard), plan.params)
        return found, apply_edits(found.segmentation, (), spend=self.profiles.customers.get("spend", None))

    @property
    def standard(self) -> StandardTables:
        """The standard tables."""
        return self.prepared.standard

    @property
    def profiles(self) -> Profiles:
        """One row per customer, with the tags of the recipe."""
        return self.prepared.profiles if self.tagged is None else self.tagged.profiles
