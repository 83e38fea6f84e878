"""Page: plan an experiment, from typed figures or from a segment, and fix the rule before anything is read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.charts import experiments_plan as charts
from analysis.errors import AnalysisError
from analysis.experiments.outlook import EVERYBODY, amounts_of, shares_of, weeks_to_fill, with_baseline
from analysis.experiments.plan import (
    Plan,
    Planned,
    ProportionFormula,
    power_of,
    power_over_sizes,
    power_over_weeks,
    sample_size,
    smallest_effect,
)
from analysis.experiments.record import NAME_LENGTH, Experiment, KeptPlan, KeptRule, with_rule
from analysis.segments.names import feature_name
from ui import compute, experiments, planning, session, show

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from analysis.workspace.records import StoredExperiment
    from ui.planning import Source

CURVE_POINTS = 60
MOST_WEEKS = 52
_SAVED = "plan_saved"


def main() -> None:
    """Show the page; a fragment, so that a figure typed in reruns nothing but it."""
    stored = experiments.picker()
    study, profiles = of_study()
    offered, views = planning.sources(study, profiles)
    features = [*shares_of(profiles), *amounts_of(profiles)] if profiles else []
    fields = planning.choices(offered, features)
    experiments.restore(planning.PAGE, fields)
    top = st.container()
    controls(fields, offered, profiles)
    with st.expander(t("plan.more"), icon=":material/tune:"):
        more(fields)
    typed = planning.held(fields)
    experiments.keep(planning.PAGE, fields)
    try:
        from_study = study is not None and profiles is not None and typed["source"] != planning.TYPED
        source = planning.source_of(study, profiles, views, typed["source"], typed) if from_study else None  # pyright: ignore
        plan = planning.plan_of(typed, source)
        planned = sample_size(plan)
    except AnalysisError as problem:
        with top:
            show.error(problem)
        if problem.code == "experiment_needs_orders":
            show.empty_state(t("plan.without_orders"), "data/files")
        return
    customers = source.chosen.n if source else typed["customers"]
    per_week = source.chosen.per_week if source and typed["per_week"] is None else typed["per_week"]
    with top:
        show.answer(" ".join(answer(plan, planned, typed, source, customers, per_week)))
        show.metrics(figures(plan, planned, typed, customers, per_week))
    pictures(plan, planned, customers, per_week)
    if source:
        segments_table(plan, source, typed)
    rule_and_save(fields, stored, plan, planned, source, customers, per_week)
    show.how_computed(
        "plan.method",
        formula=formula_words(plan, planned),
    )
    show.code(code_of(plan))


def of_study() -> tuple[compute.Study | None, Profiles | None]:
    """Return the open study and its profiles, or nothing: typed figures need no study."""
    if session.study_id() is None:
        return None, None
    try:
        study = compute.study_if_any()
    except AnalysisError as problem:
        session.close_study()
        show.error(problem)
        return None, None
    try:
        return (study, compute.prepared(study).profiles) if study else (None, None)
    except AnalysisError as problem:
        show.error(problem)
        return None, None


def controls(fields: dict[str, compute.Choice], offered: dict[str, str], profiles: Profiles | None) -> None:
    """Show what most plans need: the metric, for whom, and the effect worth having."""
    key = {name: field.key for name, field in fields.items()}
    with st.container(border=True):
        st.segmented_control(
            t("plan.metric"), planning.METRICS, format_func=lambda one: t(f"plan.metric_{one}"), key=key["metric"],
            required=True, help=t("plan.metric_help"),
        )  # fmt: skip
        metric = session.widget(key["metric"])
        share = planning.is_share(metric)
        left, middle, right = st.columns(3, gap="medium")
        with left:
            st.selectbox(
                t("plan.source"), list(offered), format_func=lambda one: offered[one], key=key["source"],
                help=t("plan.source_help"), disabled=len(offered) == 1,
            )  # fmt: skip
            typed = session.widget(key["source"]) == planning.TYPED
            st.text_input(t("plan.outcome"), key=key["outcome"], max_chars=100, placeholder=t("plan.outcome_hint"))
        with middle:
            if typed and share:
                st.number_input(
                    t("plan.baseline"), key=key["baseline"], value=None, format="%.4g", help=t("plan.baseline_help")
                )
            elif typed:
                st.number_input(
                    t("plan.mean"), key=key["mean"], value=None, format="%.6g", help=t(f"plan.mean_help_{metric}")
                )
                st.number_input(t("plan.sd"), key=key["sd"], value=None, format="%.6g", help=t("plan.sd_help"))
            else:
                measured(fields, str(metric), profiles)
            if typed:
                st.number_input(
                    t("plan.customers"), key=key["customers"], value=None, step=1, help=t("plan.customers_help")
                )
        with right:
            st.segmented_control(
                t("plan.effect_kind"), ("absolute", "relative"), format_func=lambda one: t(f"plan.effect_{one}"),
                key=key["effect_kind"], required=True, help=t("plan.effect_help"),
            )  # fmt: skip
            if session.widget(key["effect_kind"]) == "relative":
                st.number_input(t("plan.relative"), key=key["relative"], value=None, format="%.4g")
            elif share:
                st.number_input(t("plan.points"), key=key["points"], value=None, format="%.4g")
            else:
                st.number_input(t("plan.amount"), key=key["amount"], value=None, format="%.6g")
            st.number_input(
                t("plan.per_week"), key=key["per_week"], value=None, format="%.6g",
                help=t("plan.per_week_help") if typed else t("plan.per_week_help_segment"),
            )  # fmt: skip


def measured(fields: dict[str, compute.Choice], metric: str, profiles: Profiles | None) -> None:
    """Show what is measured of the segment's customers, and over how many days."""
    if profiles is None:
        return
    known = shares_of(profiles) if planning.is_share(metric) else amounts_of(profiles) if metric == "mean" else ()
    words = {"": t(f"plan.measure_{metric}")}
    words |= {key: feature_name(feature, t) for key in known if (feature := profiles.feature(key))}
    if session.widget(fields["feature"].key) not in words:
        session.set_widget(fields["feature"].key, "")
    if len(words) > 1:
        st.selectbox(
            t("plan.feature"), list(words), format_func=lambda one: words[one], key=fields["feature"].key,
            help=t("plan.feature_help"),
        )  # fmt: skip
    if not session.widget(fields["feature"].key):
        st.number_input(
            t("plan.days"),
            key=fields["days"].key,
            value=None,
            step=1,
            min_value=1,
            max_value=3660,
            help=t("plan.days_help"),
        )


def more(fields: dict[str, compute.Choice]) -> None:
    """Show what seldom has to change."""
    key = {name: field.key for name, field in fields.items()}
    left, middle, right = st.columns(3, gap="medium")
    with left:
        st.number_input(t("plan.power"), key=key["power"], value=None, format="%.4g", help=t("plan.power_help"))
        st.number_input(t("plan.alpha"), key=key["alpha"], value=None, format="%.4g", help=t("plan.alpha_help"))
        st.selectbox(
            t("plan.sides"), ("two_sided", "one_sided"), format_func=lambda one: t(f"plan.{one}"), key=key["sides"],
            help=t("plan.sides_help"),
        )  # fmt: skip
    with middle:
        st.number_input(t("plan.treatments"), key=key["treatments"], value=None, step=1, help=t("plan.treatments_help"))
        st.toggle(t("plan.correct"), key=key["correct"], help=t("plan.correct_help"))
        st.number_input(t("plan.split"), key=key["split"], value=None, format="%.4g", help=t("plan.split_help"))
    with right:
        st.selectbox(
            t("plan.sequential"), planning.SEQUENTIAL, format_func=lambda one: t(f"plan.{one}"), key=key["sequential"],
            help=t("plan.sequential_help"),
        )  # fmt: skip
        if session.widget(key["sequential"]) in ("obrien_fleming", "pocock"):
            st.number_input(t("plan.looks"), key=key["looks"], value=None, step=1)
        st.toggle(t("plan.non_inferior"), key=key["non_inferior"], help=t("plan.non_inferior_help"))
        share = planning.is_share(session.widget(key["metric"]))
        if session.widget(key["non_inferior"]):
            label = t("plan.margin_points") if share else t("plan.margin")
            st.number_input(label, key=key["margin"], value=None, format="%.6g")
        elif share and session.widget(key["sequential"]) == "fixed":
            st.selectbox(
                t("plan.formula"), get_args(ProportionFormula), format_func=lambda one: t(f"plan.formula_{one}"),
                key=key["formula"], help=t("plan.formula_help"),
            )  # fmt: skip


def answer(
    plan: Plan,
    planned: Planned,
    typed: dict[str, Any],
    source: Source | None,
    customers: int | None,
    per_week: float | None,
) -> list[str]:
    """Return the conclusion in plain sentences."""
    metric = typed["metric"]
    facts = {
        "control": planned.n_control, "treatment": planned.n_treatment, "total": planned.n_total,
        "treatments": plan.treatments, "power": plan.power, "base": experiments.level_text(plan.baseline, metric),
        "goal": experiments.level_text(plan.baseline + planned.effect, metric),
    }  # fmt: skip
    if plan.margin is not None:
        need = t("plan.answer_margin", margin=experiments.effect_text(plan.margin, metric), **facts)
    else:
        need = t("plan.answer_one" if plan.treatments == 1 else "plan.answer_many", **facts)
    if customers is None:
        return [
            need,
            *(
                [t("plan.answer_weeks", weeks=weeks)]
                if (weeks := weeks_to_fill(planned, at_once=0, per_week=per_week))
                else []
            ),
        ]
    weeks = weeks_to_fill(planned, at_once=customers, per_week=per_week)
    smallest = smallest_of(plan, customers)
    who = {"n": customers, "base": facts["base"]}
    if source and source.segment != EVERYBODY:
        have = t("plan.have_segment", segment=source.name, **who)
    else:
        have = t("plan.have", **who)
    if plan.margin is None:
        have += (
            t("plan.have_smallest", effect=experiments.effect_text(smallest, metric))
            if smallest is not None
            else t("plan.have_nothing")
        )
    else:
        have += t("plan.have_power", power=power_with(plan, customers) or 0.0)
    if weeks == 0:
        return [have, t("plan.then_enough"), need]
    if weeks is not None and weeks <= 10 * MOST_WEEKS:
        return [have, t("plan.then_weeks" if source else "plan.then_weeks_typed", weeks=weeks), need]
    return [have, t("plan.then_never" if source else "plan.then_never_typed"), need]


def smallest_of(plan: Plan, customers: float) -> float | None:
    """Return the smallest effect that so many customers of all arms can show, or None when there is none."""
    try:
        return smallest_effect(plan, customers / (1 + plan.split * plan.treatments))
    except AnalysisError:
        return None


def power_with(plan: Plan, customers: float) -> float | None:
    """Return the power with so many customers in all arms, or None when they are too few to ask."""
    try:
        return power_of(plan, customers / (1 + plan.split * plan.treatments))
    except AnalysisError:
        return None


def figures(
    plan: Plan, planned: Planned, typed: dict[str, Any], customers: int | None, per_week: float | None
) -> list[show.Metric]:
    """Return the figures of the plan."""
    arms = (
        t.number(planned.n_control)
        if plan.split == 1
        else f"{t.number(planned.n_control)} : {t.number(planned.n_treatment)}"
    )
    found = [
        show.Metric(t("plan.figure_arm") if plan.split == 1 else t("plan.figure_arms"), arms),
        show.Metric(t("plan.figure_total"), t.number(planned.n_total)),
    ]
    weeks = weeks_to_fill(planned, at_once=customers or 0, per_week=per_week)
    if weeks is not None:
        found.append(show.Metric(t("plan.figure_weeks"), t.number(weeks), help=t("plan.figure_weeks_help")))
    if customers is not None:
        if plan.margin is None and (smallest := smallest_of(plan, customers)) is not None:
            found.append(
                show.Metric(
                    t("plan.figure_smallest"),
                    experiments.effect_text(smallest, typed["metric"]),
                    help=t("plan.figure_smallest_help"),
                )
            )
        if (power := power_with(plan, customers)) is not None:
            found.append(show.Metric(t("plan.figure_power"), t.percent(power), help=t("plan.figure_power_help")))
    if planned.alpha != plan.alpha:
        found.append(show.Metric(t("plan.figure_alpha"), f"{planned.alpha:.2%}", help=t("plan.figure_alpha_help")))
    return found


def pictures(plan: Plan, planned: Planned, customers: int | None, per_week: float | None) -> None:
    """Show the power over customers and, where they come week by week, over weeks."""
    import pandas as pd

    arms = 1 + plan.split * plan.treatments
    most = max(planned.n_total * 2.0, (customers or 0) * 1.15)
    # The curve is steep at first: half of its points lie in the first sixteenth.
    least = max(4.0, 2.0 * max(1.0, 1.0 / plan.split)) * arms / 2
    totals = sorted({int(least + (most - least) * (i / CURVE_POINTS) ** 2) + 1 for i in range(CURVE_POINTS + 1)})
    sizes = {total: int(total / arms) for total in totals if min(total / arms, total / arms * plan.split) >= 3}
    points = [
        (total, power) for total, (_, power) in zip(sizes, power_over_sizes(plan, list(sizes.values())), strict=True)
    ]
    marks = [(t("plan.mark_plan"), float(planned.n_total), planned.power)]
    if customers and (power := power_with(plan, customers)) is not None:
        marks.append((t("plan.mark_yours"), float(customers), power))
    weeks = weeks_to_fill(planned, at_once=0, per_week=per_week)
    places = st.columns(2, gap="medium") if weeks else [st.container()]
    titles = {"power": t("charts.plan_power")}
    with places[0]:
        show.chart(
            charts.power_curve(points, t, over="customers", wanted=plan.power, marks=marks), t("plan.curve_alt"),
            name="power_customers",
            data=pd.DataFrame(points, columns=pd.Index([t("charts.plan_customers"), titles["power"]])),
        )  # fmt: skip
    if weeks and per_week:
        over = power_over_weeks(plan, per_week, min(max(2 * weeks, 4), 10 * MOST_WEEKS))
        with places[1]:
            show.chart(
                charts.power_curve(
                    [(float(week), power) for week, power in over], t, over="weeks", wanted=plan.power,
                    marks=[(t("plan.mark_plan"), float(week), power) for week, power in over if week == weeks],
                ),
                t("plan.weeks_alt"), name="power_weeks",
                data=pd.DataFrame(over, columns=pd.Index([t("charts.plan_weeks"), titles["power"]])),
            )  # fmt: skip


def segments_table(plan: Plan, source: Source, typed: dict[str, Any]) -> None:
    """Show what each segment of the segmentation could show with this plan."""
    import pandas as pd

    metric, rows, left_out = typed["metric"], [], []
    for one in source.outlooks:
        name = source.names.get(one.segment, one.segment)
        try:
            if one.statistic is None:
                raise AnalysisError("experiment_nobody_then", segment=name)
            own = with_baseline(plan, one.statistic)
            effect = abs(smallest_effect(own, one.n / (1 + plan.split * plan.treatments)))
        except AnalysisError:
            left_out.append(name)
            continue
        rows.append(
            (
                one.segment,
                name,
                one.n,
                experiments.level_text(own.baseline, metric),
                one.measured,
                effect,
                experiments.effect_text(effect, metric),
            )
        )
    if not rows or plan.margin is not None:
        return
    columns = ["segment", "name", "n", "baseline", "measured", "effect", "label"]
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    titles = {
        "name": t("column.segment"), "n": t("column.customers"), "baseline": t("plan.column_baseline"),
        "measured": t("plan.column_measured"), "label": t("charts.plan_smallest"),
    }  # fmt: skip
    show.chart(
        charts.detectable(table, t, chosen=source.segment), t("plan.detectable_alt"), name="detectable",
        data=table[list(titles)].rename(columns=titles),
    )  # fmt: skip
    if source.chosen.hindsight:
        st.caption(show.md_escape(t("plan.hindsight")))
    elif not typed["feature"]:
        st.caption(show.md_escape(t("plan.foresight", n=source.chosen.measured, days=int(typed["days"]))))
    if left_out:
        st.caption(show.md_escape(t("plan.left_out", names=", ".join(left_out))))


def rule_and_save(
    fields: dict[str, compute.Choice], stored: StoredExperiment | None, plan: Plan, planned: Planned,
    source: Source | None, customers: int | None, per_week: float | None,
) -> None:  # fmt: skip
    """Show the rule that will decide, and keep the plan with it."""
    key = {name: field.key for name, field in fields.items()}
    st.subheader(t("plan.rule"), anchor=False)
    st.caption(show.md_escape(t("plan.rule_help")))
    metric = session.widget(key["metric"])
    share = planning.is_share(metric)
    with st.container(border=True):
        left, middle, right = st.columns(3, gap="medium")
        effect = experiments.effect_text(planned.effect, metric)
        with left:
            st.number_input(
                t("plan.target_points") if share else t("plan.target"), key=key["target"], value=None, format="%.6g",
                placeholder=effect, help=t("plan.target_help"),
            )  # fmt: skip
            label = t("plan.guardrail_points") if share else t("plan.guardrail")
            st.number_input(label, key=key["guardrail"], value=None, format="%.6g", help=t("plan.guardrail_help"))
        with middle:
            st.number_input(t("plan.min_days"), key=key["min_days"], value=None, step=1, help=t("plan.min_days_help"))
            st.number_input(t("plan.max_days"), key=key["max_days"], value=None, step=1, help=t("plan.max_days_help"))
        with right:
            st.number_input(
                t("plan.per_year"), key=key["per_year"], value=None, format="%.6g", help=t("plan.per_year_help")
            )
            if metric in ("proportion", "mean"):
                st.number_input(t("plan.value"), key=key["value"], value=None, format="%.6g", help=t("plan.value_help"))
            st.number_input(t("plan.cost"), key=key["cost"], value=None, format="%.6g", help=t("plan.cost_help"))
        if not session.widget(key["name"]):
            session.set_widget(key["name"], stored.experiment.name if stored else suggested_name(source))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("plan.name"), key=key["name"], max_chars=NAME_LENGTH)
            pressed = st.button(
                t("plan.save") if stored is None else t("plan.save_again"), type="primary", key="plan_save",
                icon=":material/save:",
            )  # fmt: skip
    experiments.keep(planning.PAGE, fields)
    if pressed:
        save(planning.held(fields), stored, plan, source, customers, per_week, planned)
    elif stored is not None and session.kept(_SAVED) == stored.id:
        st.success(show.md_escape(t("plan.saved", name=stored.experiment.name)), icon=":material/check:")
        st.page_link(show.page_path("experiments/split"), icon=":material/arrow_forward:")


def suggested_name(source: Source | None) -> str:
    """Return a name to start from."""
    if source is None or source.segment == EVERYBODY:
        return t("plan.name_default")
    return t("plan.name_segment", segment=source.name)[:NAME_LENGTH]


def save(
    typed: dict[str, Any], stored: StoredExperiment | None, plan: Plan, source: Source | None, customers: int | None,
    per_week: float | None, planned: Planned,
) -> None:  # fmt: skip
    """Keep plan and rule in the experiment, or in a new one."""
    metric = typed["metric"]
    now = datetime.now(UTC)
    try:
        kept_plan = KeptPlan(
            choices=plan, metric=metric, outcome=(typed["outcome"] or "").strip(), customers=customers,
            per_week=per_week if per_week else None,
        )  # fmt: skip
        if any(typed[name] is not None and typed[name] < 0 for name in ("per_year", "value", "cost")):
            raise AnalysisError("experiment_bad_rule")
        rule = KeptRule(
            rule=planning.rule_of(typed, planned.effect), fixed_at=now,
            customers_per_year=typed["per_year"] or None,
            value_per_unit=1.0 if metric in ("revenue", "ratio") else typed["value"] or None,
            yearly_cost=typed["cost"] or 0.0,
        )  # fmt: skip
        audience = source.audience if source and source.segment != EVERYBODY else None
        name = typed["name"].strip()[:NAME_LENGTH] or t("plan.name_default")

        def change(experiment: Experiment) -> Experiment:
            # The same rule once more keeps the day on which it was fixed.
            old = experiment.rule
            same = old is not None and old.model_copy(update={"fixed_at": now}) == rule
            ruled = experiment if same else with_rule(experiment, rule)
            return ruled.model_copy(update={"name": name, "plan": kept_plan, "audience": audience})

        if stored is None:
            kept = experiments.begin(change(Experiment(name=name)), planning.PAGE)
        else:
            kept = experiments.change(stored, change)
    except AnalysisError as problem:
        show.error(problem)
        return
    session.keep(_SAVED, kept.id)
    st.rerun()


def formula_words(plan: Plan, planned: Planned) -> str:
    """Return the formula in words, with the way of looking early where there is one."""
    words = t(f"plan.formula_{planned.formula.removesuffix(f'_{plan.sequential}')}")
    return words if plan.sequential == "fixed" else f"{words}; {t(f'plan.{plan.sequential}')}"


def code_of(plan: Plan) -> str:
    """Return the lines that repeat the plan in a notebook."""
    name = type(plan).__name__
    chosen = plan.model_dump(exclude_defaults=True) | {"baseline": plan.baseline, "effect": plan.effect}
    given = ", ".join(f"{key}={value!r}" for key, value in chosen.items())
    return "\n".join(
        (
            f"from analysis.experiments.plan import {name}, power_of, sample_size, smallest_effect",
            "",
            f"plan = {name}({given})",
            "needed = sample_size(plan)",
            "print(needed.n_control, needed.n_treatment, needed.n_total, needed.formula)",
        )
    )


t = session.t()
show.page_header(t("plan.title"), t("plan.question"))
st.fragment(main)()
show.next_step("experiments/split")
