"""Everything the pages compute, cached once for all sessions (``ui.data.caches``).

Results are keyed by the study, the version of its data and the params as JSON, never by a frame. Frames are shared and
read-only. Rows stay in their files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.engine import StoppedError
from analysis.errors import AnalysisError
from analysis.study import Prepared, Run, StudyResult, prepare
from ui import session, show, undo, work
from ui.data import caches
from ui.history.opened import own_workspace as own_workspace
from ui.history.opened import past as past
from ui.history.opened import workspace as workspace

if TYPE_CHECKING:
    from analysis.act.playbook.trade import Trade, TradeFound
    from analysis.exports.code import JoinedStudy
    from analysis.goals import Goal
    from analysis.intake.people.identity import Identity
    from analysis.intake.standard.merges import Merges
    from analysis.intake.tables import RawTable
    from analysis.privacy.forget import Forgotten
    from analysis.privacy.kinds import PersonalKind
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.frozen import Before
    from analysis.tags.imported import ImportedValues

STEPS = {"standardise": "app.step_clean", "profiles": "app.step_profiles"}


@dataclass(frozen=True)
class LoadedStudy:
    """The open study: its tables and the recipe as saved, with the revision that a save has to name."""

    id: str
    tables: tuple[RawTable, ...]
    recipe: Recipe
    revision: int
    merges: Merges
    forgotten: Forgotten

    @cached_property
    def run(self) -> Run:
        """The steps of the study, each kept for all sessions."""
        return Run(
            self.tables,
            self.recipe,
            self.merges,
            self._stored(),
            partial(caches.remember, workspace, self.id, self.tables),
            self._imported(),
            self.forgotten,
        )

    def _imported(self) -> dict[str, ImportedValues]:
        """Return the values of tags that came from files."""
        if all(tag.source.kind != "imported" for tag in self.recipe.tags):
            return {}
        return workspace().tag_values(self.id)

    def _stored(self) -> Before | None:
        """Return what the newest snapshots learned, for plans that apply it."""
        from analysis.segments.fitted_study import FittedStudy
        from analysis.segments.frozen import Before

        if (then := past()) is not None:
            return then.before
        kinds = [plan.params.kind for plan in self.recipe.segmentations if plan.fit == "frozen"]
        found = [(kind, fit) for kind in kinds if (fit := workspace().latest_fit(self.id, kind))]
        if not found:
            return None
        methods = tuple(stored for kind, fit in found if (stored := fit.of(kind)))
        return Before(FittedStudy(as_of=max(fit.as_of for _, fit in found), methods=methods))

    @property
    def version(self) -> str:
        """The state of the data that prepared results depend on."""
        return self.run.version

    @property
    def in_code(self) -> JoinedStudy:
        """What the code under "Show code" needs to read and run the study as it is."""
        from analysis.exports.code import JoinedStudy
        from analysis.study import suggest_recipe

        files = list(dict.fromkeys(table.file for table in self.tables))
        suggested = suggest_recipe(self.run.guesses())
        return JoinedStudy(self.recipe, files, suggested, kept_in=self.kept_in)

    @property
    def kept_in(self) -> str | None:
        """The study's id when it carries more than files and recipe, for the code that reproduces its results."""
        from analysis.workspace.records import Carried

        return None if Carried(self.merges, self.run.imported, self.forgotten).is_empty else self.id


def experiment(name: str, key: str, compute: Callable[[], Any]) -> Any:
    """Return something that the pages of experiments compute, once per key.

    Parameters
    ----------
    name, key : str
        What is computed; and the hash of the table with every choice as JSON.
    """
    return caches.CACHES["experiment"](name, key, compute)


def study_or_stop() -> LoadedStudy:
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
    from analysis.workspace import desk

    study_id = session.study_id()
    if study_id and st.button(session.t()("app.read_again"), key="read_again", type="primary"):
        try:
            desk.read_again(workspace(), study_id)
        except AnalysisError as problem:
            show.error(problem)
        else:
            st.rerun()


def study_if_any() -> LoadedStudy | None:
    """Return the open study, or None where a page can do without one; raises AnalysisError as the workspace does."""
    study_id = session.study_id()
    if study_id is None:
        return None
    saved = workspace().load_recipe(study_id)
    tables = tuple(workspace().raw_tables(study_id))
    if not tables or saved.recipe is None:
        return None
    merges, forgotten = workspace().merges(study_id), workspace().forgotten(study_id)
    return LoadedStudy(study_id, tables, saved.recipe, saved.revision, merges, forgotten)


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


def save_recipe(study: LoadedStudy, recipe: Recipe) -> None:
    """Keep a changed recipe at once; a change made elsewhere in the meantime is not overwritten."""
    if recipe != study.recipe:
        workspace().save_recipe(study.id, recipe, study.revision)


def change(study: LoadedStudy, recipe: Recipe) -> None:
    """Keep a changed recipe, remember the one before for "undo", and run the page again with it."""
    if recipe == study.recipe:
        return
    try:
        save_recipe(study, recipe)
    except AnalysisError as problem:
        show.error(problem)
        st.stop()
    undo.remember(workspace(), study.id, study.recipe, recipe)
    st.rerun()


def edit_recipe(edit: Callable[[Recipe], Recipe]) -> None:
    """Change the recipe of the open study in a callback, keep it and remember the one before for "undo".

    The recipe is changed as it is now, not as the page saw it: another tab may have changed something else. What is
    refused shows on the next run (``show.problem``).
    """
    study_id = session.study_id()
    if study_id is None:
        return
    try:
        saved = workspace().load_recipe(study_id)
        recipe = saved.recipe or study_or_stop().recipe
        new = edit(recipe)
        if new != recipe:
            workspace().save_recipe(study_id, new, saved.revision)
            undo.remember(workspace(), study_id, recipe, new)
            session.keep(session.REFUSED, None)
    except AnalysisError as problem:
        session.keep(session.REFUSED, problem)


def save_merges(study: LoadedStudy, merges: Merges) -> None:
    """Keep decisions about customers with several ids, and run the page again with them."""
    try:
        workspace().save_merges(study.id, merges)
    except AnalysisError as problem:
        show.error(problem)
        st.stop()
    st.rerun()


def personal_columns(study: LoadedStudy, table: RawTable) -> dict[str, PersonalKind]:
    """Return the headers of a table that hold personal data, with the kind of each."""
    from analysis.mapping import personal_columns

    return personal_columns(study.recipe, study.tables, table, study.run.guesses())


def prepared(study: LoadedStudy) -> Prepared:
    """Return standard tables and profiles.

    Raises
    ------
    AnalysisError
        Why the data cannot carry them.
    """
    _prepare_beside(study)
    found = study.run.prepared()
    _show_in_frame(study, found.profiles)
    return found


def _prepare_beside(study: LoadedStudy) -> None:
    """Have profiles made beside the page, with the step shown and a way to stop, unless they are kept already."""
    from analysis.workspace.runs import is_kept, save_prepared

    folder = workspace().run_folder(study.id, study.version)
    if is_kept(folder):
        return

    t = session.t()
    n_rows = sum(table.n_rows for table in study.tables)

    def make(job: work.Job[None]) -> None:
        made = prepare(
            study.tables,
            study.recipe,
            merges=study.merges,
            forgotten=study.forgotten,
            progress=lambda step: job.say(STEPS[step], n=n_rows),
        )
        job.say("app.step_save")
        save_prepared(made, folder)

    try:
        work.result(f"prepare {study.id} {study.version}", make, doing=t("app.preparing"))
    except StoppedError:
        st.info(t("app.stopped"))
        st.button(t("app.prepare_again"), key="prepare_again", type="primary")
        st.stop()


def prepared_or_stop(study: LoadedStudy) -> Prepared:
    """Return standard tables and profiles; show why not and stop the page when the data cannot carry them."""
    try:
        return prepared(study)
    except AnalysisError as problem:
        show.error(problem)
        if problem.code == "stored_rows_damaged":
            _offer_reading_again()
        show.next_step("data/columns")
        st.stop()


def _show_in_frame(study: LoadedStudy, profiles: Profiles) -> None:
    """Let the header know the study's name, as-of date and currency."""
    from analysis.act.playbook.plays import called

    name = study.recipe.name or study.tables[0].file
    known: dict[str, Any] = {
        "name": name, "as_of": profiles.as_of, "currency": study.recipe.money_in,
        "n_customers": len(profiles.customers), "customers": called(chosen_trade(study)),
    }  # fmt: skip
    if session.open_study() != session.OpenStudy(study.id, **known):
        session.set_study(study.id, **known)
        st.rerun()  # the header is drawn before the data is there; everything is in the cache by now


def found_trade(study: LoadedStudy) -> TradeFound:
    """Return the trade that the columns of a study say; looked for once."""
    from analysis.act.playbook import plays

    return study.run.small("trade", "", lambda: plays.found_trade(study.tables, study.recipe))


def chosen_trade(study: LoadedStudy) -> Trade:
    """Return the trade that was chosen, else the one that the columns say."""
    from analysis.act.playbook import plays
    from analysis.workspace.stores.act import PLAYBOOK

    kept = plays.PlaySettings.kept(workspace().setting(PLAYBOOK, {}, study.id), (), workspace().trades(study.id))
    return plays.used_trade(found_trade(study), kept)


def identity(study: LoadedStudy) -> Identity:
    """Return which ids may be the same customer, and what was decided; a spinner turns meanwhile."""
    with st.spinner(session.t()("app.working")):
        return study.run.identity()


def study_result(study: LoadedStudy) -> StudyResult:
    """Return everything the recipe computes but the quality report; as ``Run.result``."""
    prepared(study)
    return study.run.result(judged=False)


def keep_snapshot(study: LoadedStudy) -> None:
    """Leave what this run found as a snapshot, once per state of the study; called where results are looked at."""
    if past() is not None:
        return
    choices = study.recipe.model_dump_json(exclude={"name", "goal"})
    try:
        with st.spinner(session.t()("app.keeping_snapshot")):
            found = study_result(study)
            before = study.run.before.state if study.run.before else ""
            key = f"{study.version} {choices} {before}"
            study.run.memo("snapshot", key, lambda: _add_snapshot(study, found))
    except AnalysisError as problem:
        show.error(problem)


def _add_snapshot(study: LoadedStudy, result: StudyResult) -> str:
    from analysis.exports.contents import segment_table
    from analysis.workspace.refreshing.refreshing import keep_run
    from texts import translator

    # Names given by the engine are the same in every snapshot, whatever language it was taken in.
    names = translator("en", result.recipe.money_in)
    return keep_run(workspace(), study.id, result, segment_table(result, names))


def keep_fit(study: LoadedStudy, plan: SegmentationPlan) -> None:
    """Leave what a segmentation learned in the study, for a run that applies it; a frozen one learned nothing."""
    if plan.fit == "frozen" or past() is not None:
        return
    run = study.run
    key = f"{run.state} {plan.model_dump_json()} {run.before.state if run.before else ''}"
    # Of this visit, not of all: a state that somebody left and looks at again is the one looked at last.
    if session.kept(f"fit_{plan.params.kind}") != (study.id, key):
        try:
            workspace().keep_fit(study.id, run.fitted(plan))
        except AnalysisError as problem:
            show.error(problem)
        session.keep(f"fit_{plan.params.kind}", (study.id, key))
