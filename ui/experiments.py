"""The experiment that is being worked on: which one it is, what is kept of it, and what its pages hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.record import Experiment, MetricKind
from analysis.translate import unique_words
from ui import session, show
from ui.compute import workspace
from ui.page_choices import Choice

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.experiments.record import KeptReading
    from analysis.workspace.records import StoredExperiment

_PICKER = "experiment_picker"
_NEW = ""


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


def level_text(value: float, metric: MetricKind) -> str:
    """Write a level of a metric: a share in percent, money with its sign, else a number."""
    t = session.t()
    if metric == "proportion":
        return t.percent(value)
    return t.money(value) if metric in ("revenue", "ratio") else t.number(value)


def effect_text(value: float, metric: MetricKind) -> str:
    """Write a difference of two levels, without its sign: of shares in percentage points."""
    t = session.t()
    if metric == "proportion":
        return t("plan.in_points", n=round(abs(value) * 100, 6))
    return level_text(abs(value), metric)


def change_text(value: float, metric: MetricKind) -> str:
    """Write a difference of two levels with its sign."""
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{effect_text(value, metric)}"


def lines(stored: StoredExperiment) -> list[str]:
    """Return what is known of an experiment in sentences: reading, decision, what was learned."""
    t, experiment = session.t(), stored.experiment
    found, decision = [], experiment.decision
    if (reading := experiment.last_reading) is not None and (line := reading_line(experiment, reading)):
        found.append(line)
    if decision is not None:
        facts = {
            "verdict": t(f"experiment.decision_{decision.verdict}"), "arm": decision.arm,
            "day": session.local_time(decision.decided_at).date(),
        }  # fmt: skip
        read = experiment.reading_at(decision.read_at)
        found.append(t("experiments.decided" if decision.arm else "experiments.decided_change", **facts))
        if read is not None and read.design != "test":
            found.append(t("experiments.by_change"))
        elif decision.by_rule is None:
            found.append(t("experiments.no_rule"))
        elif decision.by_rule != decision.verdict:
            found.append(t("experiments.against_rule", rule=t(f"experiment.decision_{decision.by_rule}")))
        yearly = decision.yearly
        if yearly is not None and yearly.low is not None and yearly.high is not None:
            money = {name: t.money(getattr(yearly, name)) for name in ("value", "low", "high")}
            found.append(t("experiments.yearly", **money))
        if decision.why:
            found.append(t("experiments.why_said", why=decision.why))
    if experiment.learned:
        found.append(t("experiments.learned_said", learned=experiment.learned))
    return found


def reading_line(experiment: Experiment, reading: KeptReading) -> str:
    """Return what a reading found in one sentence; of a change with the remark that it is weaker evidence."""
    t, goal = session.t(), reading.goal
    if goal is None:
        return ""
    metric, effect = experiment.metric_of(reading), goal.absolute
    values = {"arm_value": goal.value_arm, "control_value": goal.value_control}
    write = change_text if reading.design == "differences" else level_text
    facts: dict[str, Any] = {
        "outcome": goal.metric, "arm": goal.arm, "control": goal.control, "n": goal.n_arm + goal.n_control,
        "effect": change_text(effect.value, metric), "day": session.local_time(reading.read_at).date(),
        **{name: write(value, metric) for name, value in values.items()},
    }  # fmt: skip
    if effect.low is None or effect.high is None:
        return t("experiments.reading_open", **facts)
    key = "experiments.reading" if reading.design == "test" else f"experiments.reading_{reading.design}"
    low, high = change_text(effect.low, metric), change_text(effect.high, metric)
    return t(key, low=low, high=high, level=effect.level, **facts)


def picker() -> StoredExperiment | None:
    """Show which experiment the page is about, and let another be chosen; return it, None for a new one.

    Shows nothing while no experiment is kept.
    """
    t, found, chosen = session.t(), listed(), current()
    if not found:
        return None
    begun = found[::-1]  # the number of a name that was given before stays when a further one is begun
    names = dict(zip([one.id for one in begun], unique_words(one.experiment.name for one in begun), strict=True))
    widget = key(_PICKER, "of")
    session.set_widget(widget, chosen.id if chosen else _NEW)
    st.selectbox(
        t("experiments.picker"),
        [_NEW, *reversed(names)],
        format_func=lambda one: names.get(one) or t("experiments.new"),
        key=widget,
        on_change=_pick,
        args=(widget, session.experiment_id()),
        width=360,
    )
    return chosen


def _pick(widget: str, shown: str | None) -> None:
    # A browser that has not heard yet of a new experiment still sends the menu that showed the one before.
    if shown == session.experiment_id():
        session.go_to_experiment(session.widget(widget) or None)


def begin(experiment: Experiment, page: str | None = None) -> StoredExperiment:
    """Keep a new experiment, in the open study if there is one, and make it the one being worked on.

    What ``page`` held of the new experiment goes along; the page is empty for the one after it.
    """
    held = {} if page is None else typed(page)
    experiment_id = workspace().add_experiment(experiment, session.study_id())
    if page is not None:
        keep_typed(page, {})
        workspace().keep_experiment_typed(experiment_id, page, held)
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
    from analysis.experiments.assignment import arms_of

    kept = stored.experiment.assignment
    if kept is None:
        raise AnalysisError("experiment_not_assigned", experiment=stored.experiment.name)
    return arms_of(customers, table(stored, kept.digest), seed=kept.seed)


def key(page: str, name: str) -> str:
    """Return the key of a widget that belongs to the experiment being worked on."""
    return f"{page}_{name}_{session.experiment_id() or 'new'}"


def typed(page: str) -> dict[str, Any]:
    """Return what a page held when it was left: of the experiment, or of the new one that is not kept yet."""
    experiment_id = session.experiment_id()
    if experiment_id is None:
        kept = workspace().document("experiment_choices", page, session.study_id())
        return {} if kept is None else kept.value.values
    try:
        return workspace().experiment_typed(experiment_id).get(page, {})
    except AnalysisError:
        return {}


def keep_typed(page: str, values: Mapping[str, Any]) -> None:
    """Keep what a page holds (JSON values), so that leaving it, a refresh and a restart lose nothing typed."""
    if typed(page) == values:
        return
    experiment_id = session.experiment_id()
    if experiment_id is None:
        from analysis.workspace.documents import ExperimentChoices

        new = ExperimentChoices(page=page, values=dict(values))
        workspace().save_document("experiment_choices", new, page, session.study_id(), revision=None)
    else:
        workspace().keep_experiment_typed(experiment_id, page, values)


def restore(page: str, choices: Mapping[str, Choice]) -> None:
    """Give the widgets of a page what they held on the last visit, before they are drawn."""
    saved = typed(page)
    for name, choice in choices.items():
        if session.holds(choice.key):
            continue
        value = saved.get(name)
        known = name in saved and (choice.free if value is None else choice.offers(value))
        session.set_widget(choice.key, choice.default if not known else None if value is None else choice.read(value))


def bound(page: str, choices: Mapping[str, Choice]) -> Callable[[str], dict[str, Any]]:
    """Return what binds a widget to its field: its key, and that what it is changed to is kept before the page is run.

    A page that is left by a click right after the typing is not run to its end.
    """
    options = {"on_change": _take, "args": (page, choices, session.experiment_id())}
    return lambda name: {"key": choices[name].key, **options}


def _take(page: str, choices: Mapping[str, Choice], shown: str | None) -> None:
    if shown == session.experiment_id():  # as in _pick
        keep(page, choices)


def keep(page: str, choices: Mapping[str, Choice]) -> None:
    """Keep what the widgets of a page hold, empty fields too; call it after they are drawn."""
    held = {name: session.widget(choice.key) for name, choice in choices.items() if session.holds(choice.key)}
    keep_typed(page, typed(page) | held)
