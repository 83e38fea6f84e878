"""The experiment that is being worked on: which one it is, what is kept of it, and what its pages hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.choices import (
    MOST_TREATMENTS,
    Parsed,
    PlanChoices,
    ReadChoices,
    SplitChoices,
    parse_choices,
)
from analysis.experiments.record import Experiment
from analysis.experiments.record_words import decision_text, outcome_text
from analysis.experiments.suggest_choices import first_read
from analysis.translate import unique_words
from ui import bound, session, show
from ui.compute import workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.workspace.documents import Document
    from analysis.workspace.records import StoredExperiment

_PICKER = "experiment_picker"
_NEW = ""
_NEW_NAME = "new"  # the document of an experiment that is not kept yet
AnyChoices = PlanChoices | SplitChoices | ReadChoices
# What each page holds; the choices of Read are more than fields (``ui/experiments/reading.py``).
CHOICES: dict[str, type[Any]] = {"plan": PlanChoices, "split": SplitChoices, "read": ReadChoices}


def current() -> StoredExperiment | None:
    """Return the experiment of this visit, taken from the address after a refresh, or None for a new one.

    An experiment of another study than the open one is let go.
    """
    wanted = session.experiment_id()
    if wanted is None:
        return None
    try:
        found = workspace().experiment(wanted)
    except AnalysisError as problem:
        session.set_experiment(None)
        show.error(problem)
        return None
    if found.study_id not in (None, session.study_id()):
        session.set_experiment(None)
        return None
    return found


def listed() -> list[StoredExperiment]:
    """Return the experiments of the open study and those that belong to none, the one begun last first.

    Not the one changed last: what is typed is kept at once, and the card under the reader's hands would jump away.
    """
    study_id = session.study_id()
    found = workspace().experiments()
    if study_id is not None:
        found = [*found, *workspace().experiments(study_id)]
    return sorted(found, key=lambda stored: stored.created_at, reverse=True)


def of_segment(method: str, segment: str) -> list[StoredExperiment]:
    """Return the experiments of the open study that were for one segment, the one changed last first."""
    found = workspace().experiments(session.study_id()) if session.study_id() else []
    return [
        stored
        for stored in found
        if (whom := stored.experiment.audience) and (whom.method, whom.segment) == (method, segment)
    ]


def decided(method: str) -> dict[str, str]:
    """Return the last decision on each segment of a segmentation that has one, in a sentence with the experiment."""
    found: dict[str, str] = {}
    for stored in workspace().experiments(session.study_id()) if session.study_id() else []:
        whom, decision = stored.experiment.audience, stored.experiment.decision
        if whom is not None and decision is not None and whom.method == method:
            said = decision_text(decision, session.t(), local=session.local_time)
            found.setdefault(whom.segment, session.t()("cards.decided", name=stored.experiment.name, decision=said))
    return found


def lines(stored: StoredExperiment) -> list[str]:
    """Return what became of an experiment in sentences: reading, decision, what was learned."""
    return outcome_text(stored.experiment, session.t(), local=session.local_time)


def picker() -> StoredExperiment | None:
    """Show which experiment the page is about, and let another be chosen; return it, None for a new one.

    Shows nothing while no experiment is kept.
    """
    t, found, chosen = session.t(), listed(), current()
    show.problem()
    if not found:
        return None
    begun = found[::-1]  # the number of a name that was given before stays when a further one is begun
    names = dict(zip([one.id for one in begun], unique_words(one.experiment.name for one in begun), strict=True))
    st.selectbox(
        t("experiments.picker"),
        [_NEW, *reversed(names)],
        format_func=lambda one: names.get(one) or t("experiments.new"),
        width=360,
        **bound.one(key(_PICKER, "of"), chosen.id if chosen else _NEW, partial(_pick, session.experiment_id())),
    )
    return chosen


def _pick(shown: str | None, wanted: str) -> None:
    # A browser that has not heard yet of a new experiment still sends the menu that showed the one before.
    if shown == session.experiment_id():
        session.go_to_experiment(wanted or None)


def begin(experiment: Experiment, page: str | None = None) -> StoredExperiment:
    """Keep a new experiment, in the open study if there is one, and make it the one being worked on.

    What ``page`` held of the new experiment goes along; the page is empty for the one after it.
    """
    held = None if page is None else _of_new(page)
    experiment_id = workspace().add_experiment(experiment, session.study_id())
    if page is not None and held is not None:
        workspace().remove_document(f"{page}_choices", _NEW_NAME, session.study_id())
        workspace().keep_experiment_typed(experiment_id, page, _plain(held.value))
    session.set_experiment(experiment_id)
    return workspace().experiment(experiment_id)


def change(stored: StoredExperiment, change: Callable[[Experiment], Experiment]) -> StoredExperiment:
    """Apply a change to the record as it is kept now; raises AnalysisError as ``Workspace.change_experiment``."""
    return workspace().change_experiment(stored.id, change)


def keep_table(stored: StoredExperiment, table: pa.Table) -> str:
    """Keep a table of results beside the experiment; return the hash for ``record.TableSource``."""
    return workspace().keep_experiment_table(stored.id, table)


def table(stored: StoredExperiment, digest: str) -> pa.Table:
    """Return a table kept beside the experiment; raises ``experiment_table_lost``."""
    return workspace().experiment_table(stored.id, digest)


def arms(stored: StoredExperiment, customers: Sequence[str]) -> list[str | None]:
    """Return the arm that each customer of the study was assigned, None for those who were not.

    Raises ``experiment_not_assigned`` when the experiment has no assignment, ``experiment_table_lost``.
    """
    from analysis.experiments.splitting.assignment import arms_of

    kept = stored.experiment.assignment
    if kept is None:
        raise AnalysisError("experiment_not_assigned", experiment=stored.experiment.name)
    return arms_of(customers, table(stored, kept.digest), seed=kept.seed)


def key(page: str, name: str) -> str:
    """Return the key of a widget that belongs to the experiment being worked on."""
    return f"{page}_{name}_{session.experiment_id() or 'new'}"


def chosen(page: str) -> Parsed[Any]:
    """Return what a page held when it was left: of the experiment, or of the new one that is not kept yet."""
    experiment_id = session.experiment_id()
    if experiment_id is None:
        kept = _of_new(page)
        return Parsed(CHOICES[page]()) if kept is None else Parsed(kept.value, kept.lost)
    try:
        typed = workspace().experiment_typed(experiment_id).get(page, {})
        if page == "read" and not typed:
            stored = workspace().experiment(experiment_id)
            return Parsed(first_read(stored.experiment, joined=session.study_id() is not None))
    except AnalysisError:
        typed = {}
    return parse_choices(CHOICES[page], typed)


def keep_chosen(page: str, choices: AnyChoices, *, revision: int | None = None) -> None:
    """Keep what a page holds, so that leaving it, a refresh and a restart lose nothing typed.

    Raises
    ------
    AnalysisError
        ``document_changed_elsewhere``: another window has kept something of the new experiment since ``revision``.
    """
    before = chosen(page)
    if not before.lost and _plain(before.choices) == _plain(choices):
        return
    experiment_id = session.experiment_id()
    if experiment_id is None:
        place = f"{page}_choices", choices, _NEW_NAME, session.study_id()
        kept = workspace().save_document(*place, revision=revision)
        session.keep(key(page, "revision"), kept.revision)
    else:
        workspace().keep_experiment_typed(experiment_id, page, _plain(choices))


def _of_new(page: str) -> Document | None:
    return workspace().document(f"{page}_choices", _NEW_NAME, session.study_id())


def _plain(choices: AnyChoices) -> dict[str, Any]:
    return choices.model_dump(mode="json")


def bind(page: str, fields: Mapping[str, bound.Field]) -> bound.Bound:
    """Give the widgets of a page what they held on the last visit, and return what binds them.

    What an older version kept is read; what cannot be read any more is named, not passed over.
    """
    shown = session.experiment_id()
    if shown is None:
        kept = _of_new(page)
        session.keep(key(page, "revision"), 0 if kept is None else kept.revision)
    say_lost(page, chosen(page).lost)
    found = bound.Bound(page, shown or _NEW_NAME, partial(_saved, page), partial(_save, page, shown), whole=True)
    for name, field in fields.items():
        found.declare(name, field)
    return found


def _saved(page: str) -> dict[str, Any]:
    choices = chosen(page).choices
    saved = _flat(choices.model_dump(mode="json", include=choices.model_fields_set))
    # A name that was taken out is as one that was never given.
    return {name: value for name, value in saved.items() if name != "name" or value}


def _save(page: str, shown: str | None, values: dict[str, Any]) -> None:
    if shown == session.experiment_id():  # as in _pick
        choices = parse_choices(CHOICES[page], values).choices
        told(lambda: keep_chosen(page, choices, revision=session.kept(key(page, "revision"))))


def told(action: Callable[[], object]) -> None:
    """Do something in a callback, where nothing can be shown; say on the next run why it could not be done."""
    try:
        action()
    except AnalysisError as problem:
        session.keep(session.REFUSED, problem)


def say_lost(page: str, fields: Sequence[str]) -> None:
    """Say for the rest of the visit which choices another version kept in a form that this one cannot read."""
    place = key(page, "lost")
    if fields:
        session.keep(place, tuple(fields))
    if lost := session.kept(place):
        t = session.t()
        st.warning(show.md_escape(t("experiments.choices_lost", fields=", ".join(lost))), icon=":material/history:")


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Return choices with one value for each widget: arms are a name and a share each."""
    if "arms" not in values:
        return values
    arms = values.pop("arms")[: MOST_TREATMENTS + 1]
    return values | {f"{part}{place}": arm[part] for place, arm in enumerate(arms) for part in ("name", "share")}
