"""Everything the pages compute, cached once for all sessions: the only cache of the app.

Results are keyed by the study, the version of its data and the params as JSON, never by a frame. Frames are shared and
read-only. Rows stay in their files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.engine import StoppedError
from analysis.errors import AnalysisError
from analysis.study import Prepared, StudyResult, edit, judge, prepare, prepared_version, segment
from ui import preparing, session, show

if TYPE_CHECKING:
    import pandas as pd

    from analysis.goals import Goal
    from analysis.intake.identity import Identity
    from analysis.intake.join import Join, Unmatched
    from analysis.intake.merges import Merges
    from analysis.intake.quality import QualityReport
    from analysis.intake.suggest import TableGuess
    from analysis.intake.tables import RawTable
    from analysis.profiles.personal import PersonalKind
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.clusters import ClusterResult
    from analysis.segments.edit import EditedSegmentation
    from analysis.segments.params import ClusterParams
    from analysis.segments.prepare import Prepared as PreparedFeatures
    from analysis.workspace import Workspace

STEPS = {"standardise": "app.step_clean", "profiles": "app.step_profiles"}


@st.cache_resource(show_spinner=False, max_entries=1)
def workspace() -> Workspace:
    """Return the workspace of this server."""
    from analysis.workspace import Workspace

    return Workspace.open()


@dataclass(frozen=True)
class Study:
    """The open study: its tables and the recipe as saved, with the revision that a save has to name."""

    id: str
    tables: tuple[RawTable, ...]
    recipe: Recipe
    revision: int
    merges: Merges

    @property
    def version(self) -> str:
        """The state of the data that prepared results depend on."""
        return prepared_version(self.tables, self.recipe, self.merges)


def study_or_stop() -> Study:
    """Return the open study; without one, or without a file in it, say so and stop the page."""
    try:
        study = study_if_any()
    except AnalysisError as problem:
        show.error(problem)
        if problem.code == "stored_rows_damaged":
            _offer_reading_again()
        else:
            session.close_study()
        st.stop()
    if study is None:
        show.no_study()
        st.stop()
    return study


def _offer_reading_again() -> None:
    from ui import studies

    study_id = session.study_id()
    if study_id and st.button(session.t()("app.read_again"), key="read_again", type="primary"):
        try:
            studies.read_again(study_id)
        except AnalysisError as problem:
            show.error(problem)
        else:
            st.rerun()


def study_if_any() -> Study | None:
    """Return the open study, or None where a page can do without one; raises AnalysisError as the workspace does."""
    study_id = session.study_id()
    if study_id is None:
        return None
    saved = workspace().load_recipe(study_id)
    tables = tuple(workspace().raw_tables(study_id))
    if not tables or saved.recipe is None:
        return None
    return Study(study_id, tables, saved.recipe, saved.revision, workspace().merges(study_id))


@dataclass(frozen=True)
class SavedStudy:
    """What the list of studies knows of the open one; ``recipe`` is None when another version wrote it."""

    id: str
    name: str
    recipe: Recipe | None

    @property
    def goal(self) -> Goal | None:
        """What the study is for."""
        return self.recipe.goal if self.recipe else None


def saved_study() -> SavedStudy | None:
    """Return the open study as saved, without its tables, or None."""
    study_id = session.study_id()
    if study_id is None:
        return None
    try:
        name = workspace().study(study_id).name
    except AnalysisError:
        return None
    try:
        return SavedStudy(study_id, name, workspace().load_recipe(study_id).recipe)
    except AnalysisError:
        return SavedStudy(study_id, name, None)


def know_study() -> None:
    """Let the header know the name of a study that was opened by its address."""
    opened = session.open_study()
    if opened is None or opened.name:
        return
    try:
        session.set_study(opened.study_id, name=workspace().study(opened.study_id).name)
    except AnalysisError:
        return  # the page says that there is no such study


def save_recipe(study: Study, recipe: Recipe) -> None:
    """Keep a changed recipe at once; a change made elsewhere in the meantime is not overwritten."""
    if recipe != study.recipe:
        workspace().save_recipe(study.id, recipe, study.revision)


def change(study: Study, recipe: Recipe) -> None:
    """Keep a changed recipe, remember the one before for "undo", and run the page again with it."""
    if recipe == study.recipe:
        return
    try:
        save_recipe(study, recipe)
    except AnalysisError as problem:
        show.error(problem)
        st.stop()
    session.remember(study.id, study.recipe)
    st.rerun()


def save_merges(study: Study, merges: Merges) -> None:
    """Keep decisions about customers with several ids, and run the page again with them."""
    try:
        workspace().save_merges(study.id, merges)
    except AnalysisError as problem:
        show.error(problem)
        st.stop()
    st.rerun()


def joins(study: Study) -> tuple[Join, ...]:
    """Return how the tables of the study join."""
    from analysis.intake.join import joins as find

    return _matching(study.id, study.version, "joins", lambda: find(study.tables, study.recipe, study.merges))


def unmatched(study: Study, join: Join, side: Any) -> tuple[Unmatched, ...]:
    """Return keys of one side (``left`` or ``right``) of a join that the other lacks."""
    from analysis.intake.join import unmatched as find

    name = f"unmatched {side} {join!r}"
    return _matching(study.id, study.version, name, lambda: find(study.tables, study.recipe, join, side, study.merges))


def identity(study: Study) -> Identity:
    """Return which ids may be the same customer, and what was decided."""
    from analysis.intake.identity import identity as find

    with st.spinner(session.t()("app.working"), show_time=True):
        state = study.merges.model_dump_json()
        return _matching(study.id, study.version, state, lambda: find(study.tables, study.recipe, study.merges))


@st.cache_resource(show_spinner=False, max_entries=16)
def _matching(study_id: str, version: str, name: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


def guesses(study: Study) -> tuple[TableGuess, ...]:
    """Return what every column of the study looks like, and the roles suggested."""
    return _guesses(
        study.id,
        "\n".join(f"{table.fingerprint} {table.key} {table.header_row} {table.encoding}" for table in study.tables),
        study.tables,
    )


def personal_columns(study: Study, table: RawTable) -> dict[str, PersonalKind]:
    """Return the headers of a table that hold personal data, with the kind of each."""
    from analysis.mapping import personal_kind_of, source_of

    guess = next(guess for guess in guesses(study) if guess.table.key == table.key)
    source = source_of(study.recipe, study.tables, table)
    chosen = {column.name: column.role for column in source.columns} if source else {}
    return {
        column.name: kind
        for column in guess.columns
        if (kind := personal_kind_of(column.name, chosen.get(column.name, "ignore"), column.evidence))
    }


@st.cache_resource(show_spinner=False, max_entries=16)
def _guesses(study_id: str, fingerprints: str, _tables: tuple[RawTable, ...]) -> tuple[TableGuess, ...]:
    from analysis.intake.suggest import inspect

    return inspect(_tables)


def prepared(study: Study) -> Prepared:
    """Return standard tables and profiles.

    Raises
    ------
    AnalysisError
        Why the data cannot carry them.
    """
    _prepare_beside(study)
    found = _prepared(study.id, study.version, study.tables, study.recipe)
    _show_in_frame(study, found.profiles)
    return found


def _prepare_beside(study: Study) -> None:
    """Have profiles made beside the page, with the step shown and a way to stop, unless they are kept already."""
    from analysis.workspace.runs import is_kept, save_prepared

    folder = workspace().run_folder(study.id, study.version)
    if is_kept(folder):
        return

    t = session.t()
    n_rows = sum(table.n_rows for table in study.tables)

    def work(say: preparing.Say) -> None:
        made = prepare(
            study.tables, study.recipe, merges=study.merges, progress=lambda step: say(STEPS[step], n=n_rows)
        )
        say("app.step_save")
        save_prepared(made, folder)

    try:
        preparing.wait_for_all(f"{study.id} {study.version}", work, doing=t("app.preparing"))
    except StoppedError:
        st.info(t("app.stopped"))
        st.button(t("app.prepare_again"), key="prepare_again", type="primary")
        st.stop()


def prepared_or_stop(study: Study) -> Prepared:
    """Return standard tables and profiles; show why not and stop the page when the data cannot carry them."""
    try:
        return prepared(study)
    except AnalysisError as problem:
        show.error(problem)
        show.next_step("data/columns")
        st.stop()


def _show_in_frame(study: Study, profiles: Profiles) -> None:
    """Let the header know the study's name, as-of date and currency."""
    name = study.recipe.name or study.tables[0].file
    opened = session.OpenStudy(study.id, name, profiles.as_of, study.recipe.currency)
    if session.open_study() != opened:
        session.set_study(study.id, name=name, as_of=profiles.as_of, currency=study.recipe.currency)
        st.rerun()  # the header is drawn before the data is there; everything is in the cache by now


@st.cache_resource(show_spinner=False, max_entries=4)
def _prepared(study_id: str, version: str, _tables: tuple[RawTable, ...], _recipe: Recipe) -> Prepared:
    from analysis.workspace.runs import load_prepared, save_prepared

    merges = workspace().merges(study_id)
    folder = workspace().run_folder(study_id, prepared_version(_tables, _recipe, merges))
    kept = load_prepared(folder, _tables)
    if kept is None:
        save_prepared(prepare(_tables, _recipe, merges=merges), folder)
        kept = load_prepared(folder, _tables)
        assert kept is not None
    return kept


def quality(study: Study, found: Prepared) -> QualityReport:
    """Return how good the data is; what is accepted is marked each time, because it changes no figure."""
    from analysis.intake.quality import with_accepted

    recipe = study.recipe.model_copy(update={"accepted": ()})
    report = result(
        study, "quality", date.today().isoformat(), lambda: judge(study.tables, guesses(study), recipe, found)
    )
    return with_accepted(report, study.recipe.accepted)


def segmentation(study: Study, profiles: Profiles, plan: SegmentationPlan) -> tuple[Any, EditedSegmentation]:
    """Return the result of a segmentation and its edited form.

    Raises
    ------
    AnalysisError
        Why the data cannot carry it.
    """
    choices, others = plan.params.model_dump_json(), {}
    if plan.params.kind == "hybrid":
        crossed = [study.recipe.plan_or_usual(kind) for kind in (plan.params.first, plan.params.second)]
        choices = " ".join([choices, *(other.model_dump_json() for other in crossed)])
        others = {other.params.kind: segmentation(study, profiles, other)[1] for other in crossed}
    numbers = ()
    if plan.params.kind == "clusters":
        # Groups are found once, whatever numbers they bear.
        numbers = plan.params.numbers
        choices = plan.params.model_dump_json(exclude={"numbers"})
    result = _segmentation(study.id, study.version, choices, profiles, plan, study, others)
    if numbers:
        result = _numbered(study.id, study.version, f"{choices} {numbers}", result, numbers)
    return result, edit(result, plan, profiles)


@st.cache_resource(show_spinner=False, max_entries=16)
def _numbered(study_id: str, version: str, choices: str, _result: ClusterResult, _numbers: tuple[int, ...]) -> Any:
    from analysis.segments.numbering import renumbered

    return renumbered(_result, _numbers)


@st.cache_resource(show_spinner=False, max_entries=64)
def _segmentation(
    study_id: str,
    version: str,
    params: str,
    _profiles: Profiles,
    _plan: SegmentationPlan,
    _study: Study,
    _others: Mapping[str, EditedSegmentation],
) -> Any:
    if _plan.params.kind == "clusters":
        from analysis.segments.clusters import group

        return group(_features_of(study_id, version, _plan.params, _profiles), _plan.params)
    standard = _prepared(study_id, version, _study.tables, _study.recipe).standard
    return segment(_profiles, _plan, standard=standard, others=_others)


@st.cache_resource(show_spinner=False, max_entries=8)
def _features(
    study_id: str, version: str, choices: str, _params: ClusterParams, _profiles: Profiles
) -> PreparedFeatures:
    from analysis.segments.clusters import prepare_for

    return prepare_for(_profiles, _params)


def _features_of(study_id: str, version: str, params: ClusterParams, profiles: Profiles) -> PreparedFeatures:
    """Prepare what does not depend on the number of groups, once for all moves of the slider."""
    # Only mixed data is prepared in another way; the other methods share what they start from.
    mixed = str(params.method == "mixed")
    choices = mixed + params.model_dump_json(include={"features", "preparation", "seed"})
    return _features(study_id, version, choices, params, profiles)


def silhouettes(study: Study, profiles: Profiles, params: ClusterParams, found: ClusterResult) -> pd.DataFrame:
    """Return the silhouette of each customer of the sample, as ``fit.customer_silhouettes``."""
    from analysis.segments.fit import customer_silhouettes

    def computed() -> pd.DataFrame:
        return customer_silhouettes(_features_of(study.id, study.version, params, profiles), found)

    return result(study, "silhouettes", params.model_dump_json(), computed)


def stability(study: Study, profiles: Profiles, params: ClusterParams, found: ClusterResult) -> dict[str, float]:
    """Return how well each cluster is found again in other customers, 0..1."""
    from analysis.segments.clusters import segment_stability

    if found.stability is not None:
        return found.stability

    def computed() -> dict[str, float]:
        features = _features_of(study.id, study.version, params, profiles)
        return segment_stability(features, found, seed=params.seed)

    return result(study, "stability", params.model_dump_json(), computed)


@st.cache_data(show_spinner=False, max_entries=256)
def _result(study_id: str, version: str, name: str, params: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


def result(study: Study, name: str, params: str, compute: Callable[[], Any]) -> Any:
    """Return a small result (frames of at most some thousand rows), computed once per version of the data.

    Parameters
    ----------
    name, params : str
        What is computed, and with which choices as JSON: together with the data's version they are the key.
    """
    return _result(study.id, study.version, name, params, compute)


def study_result(study: Study) -> StudyResult:
    """Return everything the recipe computes, from what is cached; why a method cannot be computed is in ``problems``.

    Raises
    ------
    AnalysisError
        Why the data cannot carry profiles.
    """
    return _study_result(study, prepared(study))


def _study_result(study: Study, found: Prepared) -> StudyResult:
    results: dict[str, Any] = {}
    edited: dict[str, EditedSegmentation] = {}
    problems: dict[str, AnalysisError] = {}
    for plan in study.recipe.segmentations:
        try:
            results[plan.params.kind], edited[plan.params.kind] = segmentation(study, found.profiles, plan)
        except AnalysisError as problem:
            results.pop(plan.params.kind, None)
            problems[plan.params.kind] = problem
    return StudyResult(study.recipe, found, results, edited, problems)


def keep_snapshot(study: Study) -> None:
    """Leave what this run found as a snapshot, once per state of the study; called where results are looked at."""
    choices = study.recipe.model_dump_json(exclude={"name", "goal"})
    try:
        with st.spinner(session.t()("app.keeping_snapshot"), show_time=True):
            _keep_snapshot(study.id, study.version, choices, study_result(study))
    except AnalysisError as problem:
        show.error(problem)


@st.cache_resource(show_spinner=False, max_entries=256)
def _keep_snapshot(study_id: str, version: str, choices: str, _result: StudyResult) -> str:
    from analysis.exports.contents import segment_table, with_segments
    from analysis.study import summary
    from texts import translator

    # Names given by the engine are the same in every snapshot, whatever language it was taken in.
    names = translator("en", _result.recipe.currency)
    return workspace().add_snapshot(
        study_id,
        _result.profiles.as_of,
        _result.recipe,
        summary(_result),
        with_segments(_result, _result.profiles.customers),
        segment_table(_result, names),
    )


@st.cache_resource(show_spinner=False, max_entries=24)
def _experiment(name: str, key: str, _compute: Callable[[], Any]) -> Any:
    return _compute()


def experiment(name: str, key: str, compute: Callable[[], Any]) -> Any:
    """Return something that the pages of experiments compute, once per key.

    Parameters
    ----------
    name, key : str
        What is computed; and the hash of the table with every choice as JSON.
    """
    return _experiment(name, key, compute)
