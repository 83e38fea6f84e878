"""Page: who gets what, repeatable by anyone, with a check that the groups are alike and the lists to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.plan_words import clusters_text, enough_text, sizes_text, split_answer, strata_text
from analysis.experiments.split_experiment import (
    SEGMENT,
    audience_key,
    clusterable,
    split_experiment,
    split_newcomers,
    stratifiers,
)
from analysis.experiments.words import prose
from analysis.predict.churn.definition import known_left, some_left
from analysis.profiles.words import feature_names
from ui import compute, session, show
from ui.experiments import experiments, splitting, splitting_views
from ui.segments import explain

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from analysis.workspace.records import StoredExperiment
    from ui.segments.segments import Shown


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    stored = experiments.picker()
    if stored is None:
        show.empty_state(t("split.no_experiment"), "experiments/plan")
        return
    views = explain.views(study, profiles)
    if stored.experiment.assignment is None:
        choose(study, profiles, stored, views)
    else:
        assigned(study, profiles, stored, views)
    show.how_computed("split.method")


def choose(study: compute.LoadedStudy, profiles: Profiles, stored: StoredExperiment, views: dict[str, Shown]) -> None:
    """Show the choices, what they lead to, and the button that makes them hold."""
    offered = splitting.audiences(profiles, views)
    strata = ({SEGMENT: t("split.segment")} if views else {}) | feature_names(stratifiers(profiles), t)
    words = feature_names(clusterable(profiles), t)
    fields = splitting.fields_of(stored, offered, audience_key(stored.experiment), list(strata), list(words))
    bind = experiments.bind(splitting.PAGE, fields)
    top = st.container()
    with st.container(border=True):
        splitting.settings(bind, offered, strata, words, some_left=some_left(profiles))
    chosen = splitting.choices(bind)
    try:
        left = known_left(profiles)
        found = split_experiment(profiles.customers, chosen, segments=splitting.labels(views), left=left)
    except AnalysisError as problem:
        with top:
            show.error(problem)
        return
    with top:
        show.answer(prose(split_answer(found, stored.experiment.plan, t, by=words.get(chosen.cluster, "")), t))
        if st.button(t("split.assign"), type="primary", key="split_assign", icon=":material/call_split:"):
            splitting.keep_assignment(study, stored, found, views)
    splitting_views.alike(
        profiles, list(found.rows), list(found.arms), control=next(iter(found.weights)), units=found.cluster_sizes
    )
    show.code(splitting.code(study, chosen, views))


def assigned(study: compute.LoadedStudy, profiles: Profiles, stored: StoredExperiment, views: dict[str, Shown]) -> None:
    """Show the groups as they were made, their lists, and who came since."""
    kept = stored.experiment.assignment
    assert kept is not None
    try:
        arms = experiments.arms(stored, profiles.customers["customer_id"].astype("str").tolist())
    except AnalysisError as problem:
        show.error(problem)
        splitting_views.again(stored)
        return
    here = [place for place, arm in enumerate(arms) if arm is not None]
    sizes = {one.name: one.n for one in kept.arms}
    done = t("split.done", n=kept.n, sizes=sizes_text(sizes, t), day=session.local_time(kept.assigned_at).date())
    said = [done, *enough_text(sizes, stored.experiment.plan, t, units=kept.clusters)]
    if kept.clusters is not None:
        said.insert(1, clusters_text(kept.clusters, cluster_name(profiles, kept.cluster), t))
    show.answer(prose(said, t))
    if len(here) < kept.n:
        st.warning(show.md_escape(t("split.missing", n=kept.n - len(here))), icon=":material/person_off:")
    newcomers(study, profiles, stored, views, arms)
    splitting_views.lists(study, profiles, stored, arms)
    splitting_views.alike(
        profiles, here, [str(arms[place]) for place in here], control=kept.arms[0].name, units=kept.clusters
    )
    st.caption(show.md_escape(t("split.how", seed=kept.seed, strata=strata_text(profiles, kept.strata, t))))
    splitting_views.started(stored)
    splitting_views.again(stored)


def cluster_name(profiles: Profiles, column: str) -> str:
    """Return what was assigned as a whole, in words."""
    feature = profiles.feature(column)
    return feature_names([feature], t)[column] if feature else column


def newcomers(
    study: compute.LoadedStudy,
    profiles: Profiles,
    stored: StoredExperiment,
    views: dict[str, Shown],
    arms: list[str | None],
) -> None:
    """Offer to assign the customers who joined the audience since; nobody who has a group is moved."""
    if stored.experiment.readings:
        return
    try:
        labels, left = splitting.labels(views), known_left(profiles)
        found = split_newcomers(profiles.customers, stored.experiment, arms, segments=labels, left=left)
    except AnalysisError as problem:
        show.error(problem)
        return
    if found is None:
        return
    new = sum(arms[place] is None for place in found.rows)
    st.markdown(show.md_escape(t("split.newcomers", n=new)))
    if st.button(t("split.add"), key="split_add", icon=":material/person_add:"):
        splitting.keep_newcomers(study, stored, found)


t = session.t()
show.page_header(t("split.title"), t("split.question"))
main()
show.next_step("experiments/read")
