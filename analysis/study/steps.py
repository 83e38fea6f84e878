"""A study from files to segments: the stages in order, for the app, the command line and a notebook alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import AnalysisError
from analysis.mapping import suggest_recipe as suggest_recipe
from analysis.segments.methods import KINDS, place, used_kinds
from analysis.segments.params import ClusterParams
from analysis.study import grouping, predicting, tagging
from analysis.study.memo import Memo, in_dict
from analysis.study.prepared import Prepared, Progress, prepare, prepared_version, read_as, today
from analysis.study.result import StudyResult
from analysis.study.segmenting import edit, planned, segment
from analysis.study.settling import placed

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.decision import Decision
    from analysis.intake.judging.quality import QualityReport
    from analysis.intake.people.identity import Identity
    from analysis.intake.people.join import Join, Unmatched
    from analysis.intake.standard.merges import Merges
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.suggesting.personal import PersonalData
    from analysis.intake.tables import RawTable
    from analysis.overview.card_result import SegmentCards
    from analysis.predict.apply import Predicted
    from analysis.predict.params import PredictionParams
    from analysis.privacy.forget import Forgotten
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.clustering.prepare import ClusterFeatures as Features
    from analysis.segments.fitted_study import FittedStudy
    from analysis.segments.frozen import Before
    from analysis.segments.method import MethodParams
    from analysis.segments.result import EditedSegmentation
    from analysis.tags.apply import Tagged
    from analysis.tags.imported import ImportedValues
    from analysis.tags.params import Tag
    from analysis.tags.values import TagValues

STEPS = ("standardise", "profiles", *KINDS)


def read(*sources: Any, recipe: Recipe | None = None) -> list[RawTable]:
    """Read paths, folders, frames (pandas, polars, Arrow), DuckDB relations and queries, or lists of them.

    ``Named("orders", frame)`` gives a frame a name, ``DuckDBQuery(path, sql)`` asks a DuckDB file. Encodings and header
    rows are those that a recipe gives. The first source that cannot be read is refused; ``read_sources`` goes on.

    Examples
    --------
    >>> from analysis.study import read, run
    >>> result = run(read("sample_data/中文店铺.xlsx"))
    >>> len(result.profiles.customers)
    1350
    """
    from analysis.intake.reading.sources import read_files

    return read_files(sources, recipe)


def suggest(tables: Sequence[RawTable]) -> Recipe:
    """Return the recipe that runs when nobody chooses anything."""
    from analysis.intake.suggesting.suggest import inspect

    return suggest_recipe(inspect(tables))


def run(
    tables: Sequence[RawTable],
    recipe: Recipe | None = None,
    *,
    merges: Merges | None = None,
    before: Before | None = None,
    imported: Mapping[str, ImportedValues] | None = None,
    forgotten: Forgotten | None = None,
    progress: Progress = lambda step: None,
) -> StudyResult:
    """Run a recipe on raw tables, from cleaning to segments; without one, the suggested recipe.

    A segmentation that the data cannot carry does not stop the others; its reason stands in ``problems``.

    Raises
    ------
    AnalysisError
        What ``begin``, intake and profiles refuse.
    """
    memo = in_dict(forget=("features",))  # nobody asks again: what only other numbers of clusters need is not kept
    return begin(
        tables, recipe, merges=merges, before=before, imported=imported, forgotten=forgotten, memo=memo
    ).result(progress)


def begin(
    tables: Sequence[RawTable],
    recipe: Recipe | None = None,
    *,
    merges: Merges | None = None,
    before: Before | None = None,
    imported: Mapping[str, ImportedValues] | None = None,
    forgotten: Forgotten | None = None,
    memo: Memo | None = None,
) -> Run:
    """Return a study whose steps are computed when they are asked for; without a recipe, the suggested one's.

    Raises
    ------
    AnalysisError
        ``study_no_tables``; ``study_not_tables`` (kind): what was handed in has to be read first.

    Examples
    --------
    >>> study = begin(read("sample_data/中文店铺.xlsx"))
    >>> _, edited = study.segmentation("tiers")
    >>> edited.segmentation.segments["segment"].tolist()
    ['tier_heavy', 'tier_medium', 'tier_light', 'tier_zero']
    """
    from analysis.intake.tables import RawTable

    given: Any = tables
    given = (given,) if isinstance(given, RawTable) else tuple(given)
    if not given:
        raise AnalysisError("study_no_tables")
    for table in given:
        if not isinstance(table, RawTable):
            raise AnalysisError("study_not_tables", kind=type(table).__name__)
    memo = memo or in_dict()
    recipe = recipe or suggest_recipe(_guesses(memo, tables))
    return Run(given, recipe, merges, before, memo, imported or {}, forgotten)


@dataclass(frozen=True)
class Run:
    """A study as its steps, each computed once and kept in the memo: the one way from files to segments.

    Attributes
    ----------
    tables : tuple of RawTable
    recipe : Recipe
    merges : Merges, optional
        Which ids are the same customer.
    before : Before, optional
        The run before this one, for plans with ``fit="frozen"`` and for the numbers of clusters.
    memo : Memo
        Keeps what was computed: a dict in a notebook and on the command line, the caches of the app.
    imported : mapping of tag key to ImportedValues
        Values of tags that came from files.
    forgotten : Forgotten, optional
        Whose rows are left out.
    """

    tables: tuple[RawTable, ...]
    recipe: Recipe
    merges: Merges | None = None
    before: Before | None = field(default=None, repr=False, compare=False)
    memo: Memo = field(default_factory=in_dict, repr=False, compare=False)
    imported: Mapping[str, ImportedValues] = field(default_factory=dict, repr=False, compare=False)
    forgotten: Forgotten | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        kinds = ", ".join(plan.params.kind for plan in self.recipe.segmentations)
        return f"Run({len(self.tables)} table{'s' * (len(self.tables) != 1)}: {kinds or 'no segmentation'})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without what was computed; there each step is computed again when asked for."""
        return _again, (self.tables, self.recipe, self.merges, self.before, self.imported, self.forgotten)

    @cached_property
    def version(self) -> str:
        """The state of the data that prepared tables depend on."""
        return prepared_version(self.tables, self.recipe, self.merges, self.forgotten)

    @cached_property
    def state(self) -> str:
        """The state of the profiles with predictions and tags, which everything after them depends on."""
        known = predicting.state_of(self.version, self.recipe.predictions)
        return tagging.state_of(known, self.recipe.tags, self.imported) if self.recipe.tags else known

    def guesses(self) -> tuple[TableGuess, ...]:
        """Return what every column looks like, and the roles suggested."""
        return _guesses(self.memo, self.tables)

    def personal(self) -> PersonalData:
        """Return where the tables hold personal data."""
        from analysis.intake.suggesting.personal import find_personal

        return self.memo("guesses", f"personal {read_as(self.tables)}", lambda: find_personal(self.tables))

    def untagged(self, progress: Progress = lambda step: None) -> Prepared:
        """Return standard tables and profiles alone, without predictions and tags; refuses as ``prepare``."""

        def compute() -> Prepared:
            return prepare(self.tables, self.recipe, merges=self.merges, forgotten=self.forgotten, progress=progress)

        return self.memo("prepared", self.version, compute)

    def prepared(self, progress: Progress = lambda step: None) -> Prepared:
        """Return tables and profiles, with predictions and the tags that rest on no segmentation."""
        found = predicting.with_all(self, self.untagged(progress))
        return tagging.with_early_tags(self, found) if self.recipe.tags else found

    def prediction(self, params: PredictionParams) -> Any:
        """Return what params predict, whether the recipe holds them or not; refuses as the prediction does."""
        return predicting.prediction_of(self, params)

    def predicted(self) -> Predicted:
        """Return the profiles with every prediction of the recipe, and why one could not be made."""
        return predicting.all_predictions(self)

    def tagged(self) -> Tagged:
        """Return the profiles with every tag of the recipe, those of segments as well, and who has which."""
        return tagging.with_all_tags(self, predicting.with_all(self, self.untagged()))

    def tag_values(self, tag: Tag) -> TagValues:
        """Return who would have a tag, with the other tags of the study as they are: the count while it is edited."""
        from analysis.tags.values import tag_values

        return tag_values(tag, tagging.basis_of(self, tag))

    def kept(self, step: str, choices: str, compute: Callable[[], Any]) -> Any:
        """Return what a step gave for these choices in this state of the data and the tags, or compute it."""
        return self.memo(step, f"{self.state} {choices}", compute)

    def kept_untagged(self, step: str, choices: str, compute: Callable[[], Any]) -> Any:
        """Return the same of a step that knows neither predictions nor tags."""
        return self.memo(step, f"{self.version} {choices}", compute)

    def quality(self) -> QualityReport:
        """Return how good the data is today; what is accepted is marked each time, because it changes no figure."""
        from analysis.intake.judging.quality import quality, with_accepted

        def compute() -> QualityReport:
            recipe = self.recipe.model_copy(update={"accepted": ()})
            found = self.prepared()
            return quality(self.tables, self.guesses(), recipe, found.standard, found.profiles)

        return with_accepted(self.small("quality", today(), compute), self.recipe.accepted)

    def decisions(self) -> tuple[Decision, ...]:
        """Return what was decided about the tables, how sure it is and what else it could be; questions first.

        Where the rows cannot be cleaned, what is known from the tables alone.
        """
        from analysis.intake.judging.deciding import decisions

        try:
            standard = self.prepared().standard
        except AnalysisError:
            return decisions(self.tables, self.guesses(), self.recipe)
        said = "|".join(self.recipe.accepted)
        return self.small("decisions", said, lambda: decisions(self.tables, self.guesses(), self.recipe, standard))

    def joins(self) -> tuple[Join, ...]:
        """Return how the tables join."""
        from analysis.intake.people.join import joins

        return self.kept("matching", "joins", lambda: joins(self.tables, self.recipe, self.merges, self.forgotten))

    def unmatched(self, join: Join, side: Literal["left", "right"]) -> tuple[Unmatched, ...]:
        """Return keys of one side of a join that the other lacks."""
        from analysis.intake.people.join import unmatched

        def compute() -> tuple[Unmatched, ...]:
            return unmatched(self.tables, self.recipe, join, side, self.merges, self.forgotten)

        return self.kept("matching", f"unmatched {side} {join!r}", compute)

    def identity(self) -> Identity:
        """Return which ids may be the same customer, and what was decided."""
        from analysis.intake.people.identity import identity

        decided = self.merges.model_dump_json() if self.merges else ""
        return self.kept("matching", decided, lambda: identity(self.tables, self.recipe, self.merges, self.forgotten))

    def segmentation(self, plan: SegmentationPlan | MethodParams | str) -> tuple[Any, EditedSegmentation]:
        """Return the result of a segmentation, and the same after the plan's renames and merges.

        Parameters
        ----------
        plan : SegmentationPlan, MethodParams or str
            Params stand for a plan without edits, a kind for the recipe's plan of that kind, or for want of one the
            usual plan; so do the two that a hybrid crosses.

        Raises
        ------
        AnalysisError
            Why the data cannot carry it, or one that it crosses.
        """
        if isinstance(plan, str):
            plan = self.recipe.plan_or_usual(plan)
        plan = planned(plan)
        profiles = grouping.profiles_for(self, plan)
        if isinstance(plan.params, ClusterParams) and plan.fit == "refit":
            result = grouping.clusters_of(self, plan.params)
        else:
            result = self._segmented(plan)
        return result, edit(result, plan, profiles)

    def _segmented(self, plan: SegmentationPlan) -> Any:
        crossed = [self.recipe.plan_or_usual(kind) for kind in used_kinds(plan.params)]
        others = {other.params.kind: self.segmentation(other)[1] for other in crossed}

        def compute() -> Any:
            found = self.prepared()
            return segment(found.profiles, plan, standard=found.standard, others=others, before=self.before)

        # What is applied as stored is never answered by what was found anew, nor by what another run left.
        choices = [plan.fit, plan.params.model_dump_json(), *(other.model_dump_json() for other in crossed)]
        choices += [self.before.state] if self.before else []
        return self.kept("segmentation", " ".join(choices), compute)

    def features(self, params: ClusterParams) -> Features:
        """Return what clusters start from, the same for every number of them."""
        from analysis.segments.clustering.clusters import prepare_for

        mixed = str(params.method == "mixed")  # the other methods share what they start from
        choices = mixed + params.model_dump_json(include={"features", "preparation", "seed"})
        return self.kept("features", choices, lambda: prepare_for(self.prepared().profiles, params))

    def silhouettes(self, plan: SegmentationPlan) -> pd.DataFrame:
        """Return the silhouette of each customer of the sample."""
        return grouping.silhouettes(self, plan)

    def stability(self, plan: SegmentationPlan) -> dict[str, float]:
        """Return how well each cluster is found again in other customers, 0..1."""
        return grouping.stability(self, plan)

    def cards(self) -> SegmentCards:
        """Return the cards of the first screen, as ``StudyResult.cards``."""
        from analysis.study.cards import study_cards

        choices = self.recipe.model_dump_json(include={"segmentations", "goal"}) + (
            self.before.state if self.before else ""
        )
        return self.small("cards", choices, lambda: study_cards(self.recipe, self.prepared(), self.segmentation))

    def fitted(self, plan: SegmentationPlan | str) -> FittedStudy:
        """Return what one segmentation learned, as ``StudyResult.fitted`` keeps it of all."""
        from analysis.segments.frozen import learned

        plan = self.recipe.plan_or_usual(plan) if isinstance(plan, str) else plan
        return learned([(plan, self.segmentation(plan)[0])], self.prepared().profiles)

    def small(self, name: str, params: str, compute: Callable[[], Any]) -> Any:
        """Return a small result (frames of at most some thousand rows), computed once per version of the data.

        Parameters
        ----------
        name, params : str
            What is computed, and with which choices as JSON: together with the data's version they are the key.
        """
        return self.kept("small", f"{name} {params}", compute)

    def result(self, progress: Progress = lambda step: None, *, judged: bool = True) -> StudyResult:
        """Return everything the recipe computes; ``judged`` leaves the quality report out when it is False.

        Raises
        ------
        AnalysisError
            What intake and profiles refuse.
        """
        from concurrent.futures import ThreadPoolExecutor
        from contextvars import copy_context

        prepared = self.prepared(progress)
        with ThreadPoolExecutor(1) as beside:  # the report waits for rows, the segments for arithmetic
            report = beside.submit(copy_context().run, self.quality) if judged else None
            found: dict[str, Any] = {}
            edited: dict[str, EditedSegmentation] = {}
            problems: dict[str, AnalysisError] = {}
            for plan in sorted(self.recipe.segmentations, key=lambda plan: place(plan.params.kind)):
                kind = plan.params.kind
                progress(kind)
                try:
                    found[kind], edited[kind] = self.segmentation(plan)
                except AnalysisError as problem:
                    problems[kind] = problem
            quality = report.result() if report else None
        tagged = self.tagged() if self.recipe.tags else None
        predicted = self.predicted() if self.recipe.predictions else None
        parts = (found, edited, problems, quality, self.decisions(), tagged, predicted)
        return placed(StudyResult(self.recipe, prepared, *parts))


def _again(tables: Any, recipe: Any, merges: Any, before: Any, imported: Any, forgotten: Any) -> Run:
    return Run(tables, recipe, merges, before, imported=imported, forgotten=forgotten)


def _guesses(memo: Memo, tables: Sequence[RawTable]) -> tuple[TableGuess, ...]:
    from analysis.intake.suggesting.suggest import inspect

    found = memo("guesses", read_as(tables), lambda: inspect(tables))
    # Said of these tables: equal ones of another study may lie elsewhere, or no longer.
    return tuple(replace(one, table=table) for one, table in zip(found, tables, strict=True))
