"""What the Plan page says: the conclusion, the figures, power over customers and weeks, every segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.experiment import plan as charts
from analysis.errors import AnalysisError
from analysis.experiments.planning.outlook import EVERYBODY, weeks_to_fill, with_baseline
from analysis.experiments.planning.plan import (
    Plan,
    Planned,
    power_of,
    power_over_sizes,
    power_over_weeks,
    smallest_effect,
)
from ui import session, show
from ui.experiments import experiments

if TYPE_CHECKING:
    from analysis.experiments.record import MetricKind
    from ui.experiments.planning import Source


CURVE_POINTS = 60
MOST_WEEKS = 52


def answer(
    plan: Plan,
    planned: Planned,
    typed: dict[str, Any],
    source: Source | None,
    customers: int | None,
    per_week: float | None,
) -> list[str]:
    """Return the conclusion in plain sentences."""
    t = session.t()
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
    is_segment = bool(source and source.segment != EVERYBODY)
    if source and is_segment:
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
        return [have, t("plan.then_weeks" if is_segment else "plan.then_weeks_all", weeks=weeks), need]
    return [have, t("plan.then_never" if is_segment else "plan.then_never_all"), need]


def smallest_of(plan: Plan, customers: float) -> float | None:
    """Return the smallest effect that so many customers of all arms can show, or None when there is none."""
    try:
        return smallest_effect(plan, customers / (1 + plan.split * plan.treatments))
    except AnalysisError:
        return None


def smallest_text(effect: float, metric: MetricKind) -> str:
    """Write an effect for a figure, which cuts off what is long."""
    if metric != "proportion":
        return experiments.effect_text(effect, metric)
    return session.t()("plan.points_figure", n=round(abs(effect) * 100, 6))


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
    t = session.t()
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
                    smallest_text(smallest, typed["metric"]),
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

    t = session.t()
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

    t = session.t()
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
    if plan.margin is not None:
        return
    columns = ["segment", "name", "n", "baseline", "measured", "effect", "label"]
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    titles = {
        "name": t("column.segment"), "n": t("column.customers"), "baseline": t("plan.column_baseline"),
        "measured": t("plan.column_measured"), "label": t("charts.plan_smallest"),
    }  # fmt: skip
    if len(rows) > 1:  # one alone is in the answer already
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


def formula_words(plan: Plan, planned: Planned) -> str:
    """Return the formula in words, with the way of looking early where there is one."""
    t = session.t()
    words = t(f"plan.formula_{planned.formula.removesuffix(f'_{plan.sequential}')}")
    return words if plan.sequential == "fixed" else f"{words}; {t(f'plan.{plan.sequential}')}"


def code_of(plan: Plan) -> str:
    """Return the lines that repeat the plan in a notebook."""
    name = type(plan).__name__
    chosen = plan.model_dump(exclude_defaults=True) | {"baseline": plan.baseline, "effect": plan.effect}
    given = ", ".join(f"{key}={value!r}" for key, value in chosen.items())
    return "\n".join(
        (
            f"from analysis.experiments.planning.plan import {name}, power_of, sample_size, smallest_effect",
            "",
            f"plan = {name}({given})",
            "needed = sample_size(plan)",
            "print(needed.n_control, needed.n_treatment, needed.n_total, needed.formula)",
        )
    )
