"""What the Plan page shows: the figures, power over customers and weeks, every segment."""

from __future__ import annotations

import streamlit as st

from analysis.charts.experiment import plan as charts
from analysis.experiments.plan_experiment import (
    PlannedExperiment,
    PlanSource,
    power_by_customers,
    power_by_weeks,
    segment_effects,
)
from analysis.experiments.plan_words import effect_text, level_text, smallest_text
from ui import session, show


def figures(found: PlannedExperiment) -> list[show.Metric]:
    """Return the figures of the plan."""
    t, plan, needed = session.t(), found.plan, found.needed
    arms = t.number(needed.n_control)
    if plan.split != 1:
        arms = f"{arms} : {t.number(needed.n_treatment)}"
    shown = [
        show.Metric(t("plan.figure_arm") if plan.split == 1 else t("plan.figure_arms"), arms),
        show.Metric(t("plan.figure_total"), t.number(needed.n_total)),
    ]
    units = None
    if needed.clusters_control is not None:
        units = t.number(needed.clusters_control)
        units = units if plan.split == 1 else f"{units} : {t.number(needed.clusters_treatment or 0)}"
    more = {
        "clusters": units,
        "weeks": None if found.weeks is None else t.number(found.weeks) if found.weeks else t("plan.weeks_none"),
        "smallest": None if found.smallest is None else smallest_text(found.smallest, found.choices.metric, t),
        "power": None if found.power is None else t.percent(found.power),
        "alpha": None if needed.alpha == plan.alpha else f"{needed.alpha:.2%}",
    }
    shown += [
        show.Metric(t(f"plan.figure_{name}"), text, help=t(f"plan.figure_{name}_help"))
        for name, text in more.items()
        if text is not None
    ]
    return shown


def pictures(found: PlannedExperiment) -> None:
    """Show the power over customers and, where they come week by week, over weeks."""
    import pandas as pd

    t, plan, needed = session.t(), found.plan, found.needed
    points = power_by_customers(found)
    marks = [(t("plan.mark_plan"), float(needed.n_total), needed.power)]
    if found.customers and found.power is not None:
        marks.append((t("plan.mark_yours"), float(found.customers), found.power))
    by_weeks = power_by_weeks(found) if found.weeks != 0 else None  # they are there already
    places = st.columns(2, gap="medium") if by_weeks else [st.container()]
    title = t("charts.plan_power")
    with places[0]:
        show.chart(
            charts.power_curve(points, t, over="customers", wanted=plan.power, marks=marks), t("plan.curve_alt"),
            name="power_customers", data=pd.DataFrame(points, columns=pd.Index([t("charts.plan_customers"), title])),
            of_study=found.source is not None,
        )  # fmt: skip
    if by_weeks:
        weeks, over = by_weeks
        with places[1]:
            show.chart(
                charts.power_curve(
                    [(float(week), power) for week, power in over], t, over="weeks", wanted=plan.power,
                    marks=[(t("plan.mark_plan"), float(week), power) for week, power in over if week == weeks],
                ),
                t("plan.weeks_alt"), name="power_weeks",
                data=pd.DataFrame(over, columns=pd.Index([t("charts.plan_weeks"), title])),
                of_study=found.source is not None,
            )  # fmt: skip


def segments_table(found: PlannedExperiment, source: PlanSource) -> None:
    """Show what each segment of the segmentation could show with this plan."""
    import pandas as pd

    if found.plan.margin is not None:
        return
    t, metric = session.t(), found.choices.metric
    effects, left_out = segment_effects(found)
    rows = [
        (
            one.segment, source.names.get(one.segment, one.segment), one.n, level_text(one.baseline, metric, t),
            one.measured, one.effect, effect_text(one.effect, metric, t),
        )
        for one in effects
    ]  # fmt: skip
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
    elif not found.choices.feature:
        st.caption(show.md_escape(t("plan.foresight", n=source.chosen.measured, days=int(found.choices.days or 0))))
    if left_out:
        names = ", ".join(source.names.get(key, key) for key in left_out)
        st.caption(show.md_escape(t("plan.left_out", names=names)))
