"""Page: who gets what, repeatable by anyone, with a check that the groups are alike and the lists to send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts import experiments_plan as charts
from analysis.compare.words import level_name
from analysis.errors import AnalysisError
from analysis.experiments.assignment import to_table
from analysis.experiments.outlook import EVERYBODY
from analysis.experiments.record import ArmShare, Experiment, KeptAssignment
from analysis.experiments.split import HOLD_OUT, IMBALANCE, assign, assign_stratified, balance
from analysis.experiments.strata import strata
from analysis.segments.names import feature_name
from ui import compute, controls, experiments, explain, planning, session, show
from ui.compute import Choice

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles
    from analysis.workspace.records import StoredExperiment
    from ui.segments import Shown

PAGE = "split"
SEGMENT = "segment"
MOST_TREATMENTS = 8
LEVELS_COMPARED = 20


def main() -> None:
    """Show the page; a fragment, so that a choice reruns nothing but it."""
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


def audiences(profiles: Profiles, views: dict[str, Shown]) -> dict[str, str]:
    """Return whom an experiment can be for, in words by key."""
    words = {f"|{EVERYBODY}": t("plan.from_everybody", n=len(profiles.customers))}
    for method, view in views.items():
        for row in view.table.to_dict("records"):
            words[f"{method}|{row['segment']}"] = t(
                "plan.from_segment", method=explain.method_name(method), segment=view.names[row["segment"]],
                n=int(row["customers"]),
            )  # fmt: skip
    return words


def members(profiles: Profiles, views: dict[str, Shown], audience: str) -> list[int]:
    """Return the rows of the customers that an experiment is for."""
    method, segment = audience.split("|", 1)
    if segment == EVERYBODY:
        return list(range(len(profiles.customers)))
    if method not in views:
        raise AnalysisError("experiment_segment_gone")
    return views[method].edited.segmentation.labels.eq(segment).fillna(False).to_numpy(dtype=bool).nonzero()[0].tolist()


def audience_of(experiment: Experiment) -> str:
    """Return whom the experiment was planned for, as a key of ``audiences``."""
    planned = experiment.audience
    return f"|{EVERYBODY}" if planned is None else f"{planned.method}|{planned.segment}"


def stratifiers(profiles: Profiles) -> list[Feature]:
    """Return the features that groups can be alike in: numbers, flags and words with few levels, not personal."""
    kinds = ("number", "flag", "category")
    found = [one for one in profiles.features if one.kind in kinds and one.personal is None]
    return [
        one
        for one in found
        if one.key in profiles.customers
        and profiles.customers[one.key].nunique() > 1
        and (one.kind == "number" or profiles.customers[one.key].nunique() <= LEVELS_COMPARED)
    ]


def choose(study: compute.Study, profiles: Profiles, stored: StoredExperiment, views: dict[str, Shown]) -> None:
    """Show the choices, what they lead to, and the button that makes them hold."""
    plan = stored.experiment.plan
    offered = audiences(profiles, views)
    planned_for = audience_of(stored.experiment)
    features = {one.key: feature_name(one, t) for one in stratifiers(profiles)}
    fields = fields_of(stored, offered, planned_for, features)
    experiments.restore(PAGE, fields)
    top = st.container()
    with st.container(border=True):
        settings(fields, offered, features)
    typed = planning.held(fields)
    experiments.keep(PAGE, fields)
    try:
        rows = members(profiles, views, typed["audience"])
        arms = assignment(profiles, rows, weights_of(typed), typed, views)
    except AnalysisError as problem:
        with top:
            show.error(problem)
        return
    sizes = {arm: arms.count(arm) for arm in weights_of(typed)}
    with top:
        show.answer(" ".join([t("split.preview", n=len(rows), sizes=sizes_text(sizes)), *enough(sizes, plan)]))
        if st.button(t("split.assign"), type="primary", key="split_assign", icon=":material/call_split:"):
            keep_assignment(study, profiles, stored, rows, arms, typed, offered, views)
    alike(profiles, rows, arms, control=next(iter(sizes)))


def fields_of(
    stored: StoredExperiment, offered: dict[str, str], planned_for: str, features: dict[str, str]
) -> dict[str, Choice]:
    """Return every field of the page by name; the plan says what they start with."""
    plan = stored.experiment.plan
    treatments = plan.choices.treatments if plan else 1
    split = plan.choices.split if plan else 1.0
    control = 100 / (1 + split * treatments)

    def key(name: str) -> str:
        return experiments.key(PAGE, name)

    fields = {
        "audience": Choice(key("audience"), list(offered), planned_for if planned_for in offered else f"|{EVERYBODY}"),
        "treatments": Choice(key("treatments"), (), min(treatments, MOST_TREATMENTS), read=int, free=True),
        "hold_out": Choice(key("hold_out"), (), 0.0, read=float, free=True),
        "strata": Choice(
            key("strata"), [SEGMENT, *features], [SEGMENT] if planned_for == f"|{EVERYBODY}" else [], many=True
        ),
        "seed": Choice(key("seed"), (), stored.id[:12], read=str, free=True),
    }
    for place in range(MOST_TREATMENTS + 1):
        share = control if place == 0 else control * split
        fields |= {
            f"name{place}": Choice(key(f"name{place}"), (), arm_name(place, treatments), read=str, free=True),
            f"share{place}": Choice(key(f"share{place}"), (), round(share, 4), read=float, free=True),
        }
    return fields


def arm_name(place: int, treatments: int) -> str:
    """Return what a group is called until a person names it."""
    if place == 0:
        return t("split.control")
    return t("split.treatment") if treatments == 1 else t("split.treatment_n", n=place)


def settings(fields: dict[str, Choice], offered: dict[str, str], features: dict[str, str]) -> None:
    """Show the choices."""
    key = {name: field.key for name, field in fields.items()}
    left, right = st.columns(2, gap="medium")
    with left:
        st.selectbox(t("split.audience"), list(offered), format_func=lambda one: offered[one], key=key["audience"])
        names = {SEGMENT: t("split.segment"), **features}
        st.multiselect(
            t("split.strata"), list(names), format_func=lambda one: names[one], key=key["strata"],
            help=t("split.strata_help"), placeholder=t("split.strata_none"),
        )  # fmt: skip
        one, two = st.columns(2)
        one.number_input(
            t("split.hold_out"), key=key["hold_out"], value=None, format="%.4g", help=t("split.hold_out_help")
        )
        two.text_input(t("split.seed"), key=key["seed"], max_chars=100, help=t("split.seed_help"))
    with right:
        st.number_input(
            t("plan.treatments"), key=key["treatments"], value=None, step=1, min_value=1, max_value=MOST_TREATMENTS
        )
        for place in range(treatments_of(session.widget(key["treatments"])) + 1):
            one, two = st.columns([2, 1])
            hidden = "visible" if place == 0 else "collapsed"
            one.text_input(t("split.arm"), key=key[f"name{place}"], max_chars=100, label_visibility=hidden)
            two.number_input(
                t("split.share"), key=key[f"share{place}"], value=None, format="%.4g", label_visibility=hidden,
                help=t("split.share_help") if place == 0 else None,
            )  # fmt: skip


def treatments_of(typed: float | None) -> int:
    """Return how many treatments there are."""
    return min(max(int(typed or 1), 1), MOST_TREATMENTS)


def weights_of(typed: dict[str, Any]) -> dict[str, float]:
    """Return the share of each arm, control first and the hold-out last.

    Raises ``experiment_arm_names``, ``experiment_bad_weights``, ``experiment_bad_hold_out``.
    """
    weights: dict[str, float] = {}
    for place in range(treatments_of(typed["treatments"]) + 1):
        name, share = (typed[f"name{place}"] or "").strip(), typed[f"share{place}"]
        if not name or name in weights or name == HOLD_OUT:
            raise AnalysisError("experiment_arm_names")
        if share is None or not share > 0:
            raise AnalysisError("experiment_bad_weights")
        weights[name] = float(share)
    held_out = typed["hold_out"] or 0.0
    if not 0 <= held_out < 100:
        raise AnalysisError("experiment_bad_hold_out", share=held_out)
    if held_out:
        weights[HOLD_OUT] = sum(weights.values()) * held_out / (100 - held_out)
    return weights


def assignment(
    profiles: Profiles, rows: list[int], weights: dict[str, float], typed: dict[str, Any], views: dict[str, Shown],
    kept: dict[str, str] | None = None,
) -> list[str]:  # fmt: skip
    """Assign the customers of some rows; those in ``kept`` stay where they are."""
    customers = profiles.customers.iloc[rows]
    ids = customers["customer_id"].astype("str").tolist()
    seed = (typed["seed"] or "").strip()
    if not seed:
        raise AnalysisError("experiment_no_seed")
    chosen = [name for name in typed["strata"] or () if name == SEGMENT or name in profiles.customers]
    if not chosen:
        return assign(ids, weights, seed=seed)
    columns = {name: customers[name] for name in chosen if name != SEGMENT}
    if SEGMENT in chosen and (view := segmentation_for(typed["audience"], views)) is not None:
        columns[SEGMENT] = view.edited.segmentation.labels.iloc[rows]
    inside = strata(columns) if columns else [""] * len(ids)
    return assign_stratified(ids, inside, weights, seed=seed, kept=kept)


def segmentation_for(audience: str, views: dict[str, Shown]) -> Shown | None:
    """Return the segmentation of the audience, or the first one when the experiment is for everybody."""
    method = audience.split("|", 1)[0]
    return views.get(method) or next(iter(views.values()), None)


def sizes_text(sizes: dict[str, int]) -> str:
    """Write the groups with their customers."""
    parts = [t("split.size", arm=arm_words(arm), n=n) for arm, n in sizes.items()]
    return t("split.and").join(parts)


def arm_words(arm: str) -> str:
    """Return what an arm is called."""
    return t("split.hold_out_name") if arm == HOLD_OUT else arm


def enough(sizes: dict[str, int], plan: Any) -> list[str]:
    """Say whether the groups are as large as planned."""
    from analysis.experiments.plan import sample_size

    if plan is None:
        return []
    try:
        planned = sample_size(plan.choices)
    except AnalysisError:
        return []
    control, *treatments = [n for arm, n in sizes.items() if arm != HOLD_OUT]
    if control >= planned.n_control and all(n >= planned.n_treatment for n in treatments):
        return [t("split.as_planned", control=planned.n_control, treatment=planned.n_treatment)]
    return [t("split.too_few", control=planned.n_control, treatment=planned.n_treatment)]


def keep_assignment(
    study: compute.Study, profiles: Profiles, stored: StoredExperiment, rows: list[int], arms: list[str],
    typed: dict[str, Any], offered: dict[str, str], views: dict[str, Shown],
) -> None:  # fmt: skip
    """Keep who got what, as hashes, with how it was done."""
    from analysis.experiments.record import Audience

    weights, seed = weights_of(typed), typed["seed"].strip()
    ids = profiles.customers["customer_id"].iloc[rows].astype("str").tolist()
    method, segment = typed["audience"].split("|", 1)
    audience = None
    if segment != EVERYBODY:
        audience = Audience(method=method, segment=segment, name=views[method].names[segment], n=len(rows))
    try:
        kept = KeptAssignment(
            seed=seed,
            arms=tuple(ArmShare(name=arm, share=share, n=arms.count(arm)) for arm, share in weights.items()),
            strata=tuple(typed["strata"] or ()),
            digest=experiments.keep_table(stored, to_table(ids, arms, seed=seed)),
            assigned_at=datetime.now(UTC),
            data_version=study.version,
        )
        experiments.change(stored, lambda now: now.model_copy(update={"assignment": kept, "audience": audience}))
    except AnalysisError as problem:
        show.error(problem)
        return
    st.rerun()


def assigned(study: compute.Study, profiles: Profiles, stored: StoredExperiment, views: dict[str, Shown]) -> None:
    """Show the groups as they were made, their lists, and who came since."""
    kept = stored.experiment.assignment
    assert kept is not None
    ids = profiles.customers["customer_id"].astype("str").tolist()
    try:
        arms = experiments.arms(stored, ids)
    except AnalysisError as problem:
        show.error(problem)
        again(stored)
        return
    here = [place for place, arm in enumerate(arms) if arm is not None]
    sizes = {one.name: one.n for one in kept.arms}
    show.answer(
        " ".join(
            [
                t("split.done", n=kept.n, sizes=sizes_text(sizes), day=session.local_time(kept.assigned_at).date()),
                *enough(sizes, stored.experiment.plan),
            ]
        )
    )
    if len(here) < kept.n:
        st.warning(show.md_escape(t("split.missing", n=kept.n - len(here))), icon=":material/person_off:")
    newcomers(study, profiles, stored, views, arms)
    lists(study, profiles, stored, arms)
    alike(profiles, here, [str(arms[place]) for place in here], control=kept.arms[0].name)
    facts = {"seed": kept.seed, "strata": ", ".join(strata_words(profiles, kept)) or t("split.strata_none")}
    st.caption(show.md_escape(t("split.how", **facts)))
    started(stored)
    again(stored)


def strata_words(profiles: Profiles, kept: KeptAssignment) -> list[str]:
    """Return the strata in words."""
    return [
        t("split.segment")
        if name == SEGMENT
        else feature_name(feature, t)
        if (feature := profiles.feature(name))
        else name
        for name in kept.strata
    ]


def newcomers(
    study: compute.Study, profiles: Profiles, stored: StoredExperiment, views: dict[str, Shown], arms: list[str | None]
) -> None:
    """Offer to assign the customers who joined the audience since; nobody who has a group is moved."""
    kept = stored.experiment.assignment
    assert kept is not None
    audience = audience_of(stored.experiment)
    try:
        rows = members(profiles, views, audience)
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
        found = assignment(profiles, both, weights, typed, views, kept=known)
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


def lists(study: compute.Study, profiles: Profiles, stored: StoredExperiment, arms: list[str | None]) -> None:
    """Offer the lists, one per group, as CSV and as one workbook."""
    from analysis.exports.arms import arm_table
    from analysis.exports.contents import shown_profiles
    from analysis.study import StudyResult

    kept = stored.experiment.assignment
    assert kept is not None
    st.subheader(t("split.lists"), anchor=False)
    result = StudyResult(study.recipe, compute.prepared(study), {}, {}, {})
    masked = shown_profiles(result)
    hides = any(not masked.customers[key].equals(profiles.customers[key]) for key in masked.customers)
    if hides:
        controls.show_personal()
        st.caption(show.md_escape(t("split.masked")))
    shown = profiles if session.unmasked() else masked
    names = {one.name: arm_words(one.name) for one in kept.arms}
    title = stored.experiment.name

    def csv_of(arm: str) -> Any:
        def make() -> bytes:
            from analysis.exports.csv import csv_bytes

            table = arm_table(shown, [one if one == arm else None for one in arms], names, t)
            return csv_bytes(table, ids=(t("workbook.customer_id"),))

        return make

    def workbook() -> bytes:
        import io

        from analysis.exports.arms import write_arms

        buffer = io.BytesIO()
        write_arms(buffer, shown, arms, names, t, title=title)
        return buffer.getvalue()

    with st.container(horizontal=True):
        st.download_button(
            t("split.workbook"), workbook, file_name(title, "", "xlsx"), key="split_xlsx", on_click="ignore",
            type="primary", icon=":material/download:",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )  # fmt: skip
        for place, (arm, words) in enumerate(names.items()):
            st.download_button(
                t("split.csv", arm=show.md_escape(words), n=arms.count(arm)), csv_of(arm),
                file_name(title, words, "csv"), "text/csv", key=f"split_csv_{place}", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip
    first = arm_table(shown, first_of_each(arms, list(names), 5), names, t)
    with st.expander(t("split.look"), icon=":material/table_view:"):
        st.dataframe(first, hide_index=True, alt=t("split.look"))


def first_of_each(arms: list[str | None], names: list[str], most: int) -> list[str | None]:
    """Return the arms with all but the first few customers of each left out."""
    left = dict.fromkeys(names, most)
    found: list[str | None] = []
    for arm in arms:
        keep = arm is not None and left.get(arm, 0) > 0
        if keep:
            left[str(arm)] -= 1
        found.append(arm if keep else None)
    return found


def file_name(title: str, arm: str, ending: str) -> str:
    """Return the name of a list."""
    from analysis.exports.names import safe_file_name

    return safe_file_name(f"{title[:60]} {arm[:40]}".strip() + f".{ending}")


def alike(profiles: Profiles, rows: list[int], arms: list[str], *, control: str) -> None:
    """Show how far the groups differ in what is known of their customers."""
    import math

    features = stratifiers(profiles)
    if not features or control not in arms or len(set(arms)) < 2:
        return
    frame = profiles.customers.iloc[rows].reset_index(drop=True)
    table = balance(frame[[one.key for one in features]], arms, control=control)
    by_key = {one.key: one for one in features}
    table = table.assign(
        name=[name_of(by_key[key], level) for key, level in zip(table["feature"], table["level"], strict=True)],
        arm=[arm_words(arm) for arm in table["arm"]],
    )
    st.subheader(t("split.balance"), anchor=False)
    off = table[table["imbalanced"]]["name"].unique().tolist()
    smallest = min(arms.count(arm) for arm in set(arms))
    chance = 1.96 * math.sqrt(2 / max(smallest, 1))
    said = t("split.alike", n=table["name"].nunique()) if not off else t(
        "split.unlike", n=len(off), total=table["name"].nunique()
    )  # fmt: skip
    if off and chance > IMBALANCE:
        said += " " + t("split.by_chance", n=smallest, size=chance)
    st.markdown(show.md_escape(said))
    titles = {
        "arm": t("split.arm"), "name": t("charts.feature"), "control": control, "treatment": t("split.column_value"),
        "difference": t("charts.balance_difference"),
    }  # fmt: skip
    drawn = table[table["difference"].notna()].astype({"difference": float})
    if len(drawn):
        data = table[list(titles)].rename(columns=titles)
        show.chart(charts.balance(drawn, t, limit=IMBALANCE), t("split.balance_alt"), name="balance", data=data)


def name_of(feature: Feature, level: str) -> str:
    """Return a feature, and its level where it has any, in words."""
    name = feature_name(feature, t)
    return t("split.level", feature=name, level=level_name(feature, level, t)) if level else name


def started(stored: StoredExperiment) -> None:
    """Ask for the day on which the first customer got it; readings count their days from there."""
    key = experiments.key(PAGE, "started")
    session.set_widget(key, stored.experiment.started_on)
    st.date_input(
        t("split.started"), key=key, value=None, format="YYYY-MM-DD", help=t("split.started_help"),
        on_change=keep_start, args=(stored, key), width=240,
    )  # fmt: skip


def keep_start(stored: StoredExperiment, key: str) -> None:
    """Keep the first day."""
    day = session.widget(key)
    experiments.change(stored, lambda now: now.model_copy(update={"started_on": day}))


def again(stored: StoredExperiment) -> None:
    """Offer to make the groups anew while nothing was read."""
    if stored.experiment.readings:
        return
    with st.popover(t("split.again"), icon=":material/restart_alt:", type="tertiary"):
        st.markdown(show.md_escape(t("split.again_help")))
        if st.button(t("split.again_sure"), key="split_again"):
            experiments.change(stored, lambda now: now.model_copy(update={"assignment": None, "started_on": None}))
            st.rerun()


t = session.t()
show.page_header(t("split.title"), t("split.question"))
st.fragment(main)()
show.next_step("experiments/read")
