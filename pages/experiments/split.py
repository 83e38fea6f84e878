"""Page: who gets what, repeatable by anyone, with a check that the groups are alike and the lists to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.splitting.assignment import to_table
from analysis.experiments.words import prose
from analysis.profiles.words import feature_names
from ui import compute, session, show
from ui.experiments import experiments, planning, splitting, splitting_views
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
    plan = stored.experiment.plan
    offered = splitting.audiences(profiles, views)
    planned_for = splitting.audience_of(stored.experiment)
    features = feature_names(splitting.stratifiers(profiles), t)
    fields = splitting.fields_of(stored, offered, planned_for, features)
    experiments.restore(splitting.PAGE, fields)
    top = st.container()
    with st.container(border=True):
        splitting.settings(fields, offered, features)
    typed = planning.held(fields)
    experiments.keep(splitting.PAGE, fields)
    try:
        rows = splitting.members(profiles, views, typed["audience"])
        arms = splitting.assignment(profiles, rows, splitting.weights_of(typed), typed, views)
    except AnalysisError as problem:
        with top:
            show.error(problem)
        return
    sizes = {arm: arms.count(arm) for arm in splitting.weights_of(typed)}
    with top:
        preview = t("split.preview", n=len(rows), sizes=splitting_views.sizes_text(sizes))
        show.answer(prose([preview, *splitting_views.enough(sizes, plan)], t))
        if st.button(t("split.assign"), type="primary", key="split_assign", icon=":material/call_split:"):
            splitting.keep_assignment(study, profiles, stored, rows, arms, typed, offered, views)
    splitting_views.alike(profiles, rows, arms, control=next(iter(sizes)))


def assigned(study: compute.LoadedStudy, profiles: Profiles, stored: StoredExperiment, views: dict[str, Shown]) -> None:
    """Show the groups as they were made, their lists, and who came since."""
    kept = stored.experiment.assignment
    assert kept is not None
    ids = profiles.customers["customer_id"].astype("str").tolist()
    try:
        arms = experiments.arms(stored, ids)
    except AnalysisError as problem:
        show.error(problem)
        splitting_views.again(stored)
        return
    here = [place for place, arm in enumerate(arms) if arm is not None]
    sizes = {one.name: one.n for one in kept.arms}
    day = session.local_time(kept.assigned_at).date()
    done = t("split.done", n=kept.n, sizes=splitting_views.sizes_text(sizes), day=day)
    show.answer(prose([done, *splitting_views.enough(sizes, stored.experiment.plan)], t))
    if len(here) < kept.n:
        st.warning(show.md_escape(t("split.missing", n=kept.n - len(here))), icon=":material/person_off:")
    newcomers(study, profiles, stored, views, arms)
    splitting_views.lists(study, profiles, stored, arms)
    splitting_views.alike(profiles, here, [str(arms[place]) for place in here], control=kept.arms[0].name)
    facts = {
        "seed": kept.seed,
        "strata": ", ".join(splitting_views.strata_words(profiles, kept)) or t("split.strata_none"),
    }
    st.caption(show.md_escape(t("split.how", **facts)))
    splitting_views.started(stored)
    splitting_views.again(stored)


def newcomers(
    study: compute.LoadedStudy,
    profiles: Profiles,
    stored: StoredExperiment,
    views: dict[str, Shown],
    arms: list[str | None],
) -> None:
    """Offer to assign the customers who joined the audience since; nobody who has a group is moved."""
    kept = stored.experiment.assignment
    assert kept is not None
    audience = splitting.audience_of(stored.experiment)
    try:
        rows = splitting.members(profiles, views, audience)
    except AnalysisError as problem:
        show.error(problem)
        return
    new = [place for place in rows if arms[place] is None]
    if not new or stored.experiment.readings:
        return
    st.markdown(show.md_escape(t("split.newcomers", n=len(new))))
    if not st.button(t("split.add"), key="split_add", icon=":material/person_add:"):
        return
    ids = profiles.customers["customer_id"].astype("str")
    both = [place for place in range(len(ids)) if arms[place] is not None or place in set(new)]
    known = {ids.iloc[place]: str(arms[place]) for place in both if arms[place] is not None}
    weights = {one.name: one.share for one in kept.arms}
    typed = {"seed": kept.seed, "strata": list(kept.strata), "audience": audience}
    try:
        found = splitting.assignment(profiles, both, weights, typed, views, kept=known)
        # By the hash alone nobody moves either, but a customer whose arm is known keeps it in any case.
        found = [known.get(ids.iloc[place], arm) for place, arm in zip(both, found, strict=True)]
        digest = experiments.keep_table(stored, to_table([ids.iloc[place] for place in both], found, seed=kept.seed))
        changed = kept.model_copy(
            update={
                "digest": digest,
                "arms": tuple(one.model_copy(update={"n": found.count(one.name)}) for one in kept.arms),
                "data_version": study.version,
            }
        )
        experiments.change(stored, lambda now: now.model_copy(update={"assignment": changed}))
    except AnalysisError as problem:
        show.error(problem)
        return
    st.rerun()


t = session.t()
show.page_header(t("split.title"), t("split.question"))
main()
show.next_step("experiments/read")
