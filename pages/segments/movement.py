"""Page: movement between two periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts import movement as charts
from analysis.errors import AnalysisError
from analysis.segments.params import MovementParams
from analysis.segments.scores.movement import MovementResult, periods
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import segment_table, segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles

LENGTHS = (30, 90, 180, 365)
OWN = 0


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "movement")
    params: Any = plan.params
    try:
        with st.spinner(t("movement.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        show.error(problem)
        if problem.code == "movement_needs_orders":
            show.empty_state(t("movement.without_orders"), "data/files")
            return
        study = segments.take_up(study, plan)
        settings(params, profiles)
        controls.undo(study)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "movement")
    show.answer(answer(result))
    settings(params, profiles)
    focus = segments.focus(view) if edited.shown else None
    picture(result, view, focus)
    segments.notes(edited.notes, view)
    money(result, view)
    segments.segment_bars(view, name="movement_bars", focus=focus)
    segment_table.editor(study, view)
    customer_list.customers(view, profiles)
    show.how_computed("movement.method")
    segments.code(study, "movement")


def answer(result: MovementResult) -> str:
    """Return the page's answer in two or three sentences."""
    counts = result.money.set_index("segment")
    n = {key: int(counts["customers"].get(f"movement_{key}", 0)) for key in ("new", "returned", "repeating", "lapsed")}
    facts = {"before_start": result.before[0], "before_end": result.before[1], "start": result.now[0]}
    sentences = [
        t("movement.answer", before=result.revenue_before, now=result.revenue_now, end=result.now[1], **facts),
        t("movement.answer_customers", **n),
    ]
    if n["lapsed"]:
        lost = float(counts["before"]["movement_lapsed"])
        sentences.append(t("movement.answer_lost", n=n["lapsed"], revenue=lost))
    return segments.prose(sentences)


def settings(params: MovementParams, profiles: Profiles) -> None:
    """Show the choices; each is kept at once."""
    chosen = OWN if params.start else params.days
    session.set_widget("movement_days", chosen)
    left, middle, right = st.columns([2, 2, 2] if params.start else [4, 1, 1], vertical_alignment="top")
    with left:
        st.selectbox(
            t("movement.periods"), [*sorted({*LENGTHS, params.days}), OWN],
            format_func=lambda days: t("movement.last", n=days) if days else t("movement.own"), key="movement_days",
            on_change=set_days, args=(profiles,), help=t("movement.periods_help"),
        )  # fmt: skip
    if params.start:
        for place, name, first, last in (
            (middle, "before", params.before_start, params.before_end),
            (right, "now", params.start, params.end),
        ):
            with place:
                session.set_widget(f"movement_{name}", (first, last))
                st.date_input(
                    t(f"movement.{name}"), key=f"movement_{name}", on_change=set_dates, format="YYYY-MM-DD",
                    max_value=profiles.as_of,
                )  # fmt: skip
    segments.problem()


def set_days(profiles: Profiles) -> None:
    """Compare other periods; two of one's own start from the present ones."""
    days = session.widget("movement_days")

    def changed(plan: Any) -> Any:
        if days == OWN:
            before, now = periods(plan.params, profiles.as_of)
            params = MovementParams(start=now[0], end=now[1], before_start=before[0], before_end=before[1])
        else:
            params = MovementParams(days=days)
        return plan.model_copy(update={"params": params})

    segments.change_plan("movement", changed)


def set_dates() -> None:
    """Keep two periods once both have two ends; periods that cross are refused."""
    before, now = session.widget("movement_before") or (), session.widget("movement_now") or ()
    if len(before) < 2 or len(now) < 2:
        return

    def changed(plan: Any) -> Any:
        if before[1] >= now[0]:
            raise AnalysisError("movement_periods_cross")
        params = MovementParams(start=now[0], end=now[1], before_start=before[0], before_end=before[1])
        return plan.model_copy(update={"params": params})

    segments.change_plan("movement", changed)


def picture(result: MovementResult, view: segments.Shown, focus: str | None) -> None:
    """Show the waterfall; a click on a step picks the segment whose money it is."""
    data = result.waterfall[["step", "customers", "amount"]]
    data = data.assign(step=[t(f"charts.movement_{step}") for step in data["step"]])
    titles = {"step": t("movement.step"), "customers": t("column.customers"), "amount": t("movement.amount")}
    segments.clickable(
        charts.waterfall(result, t, names=view.names), view, t("movement.waterfall_alt"), name="movement_waterfall",
        data=data.rename(columns=titles), focus=focus,
    )  # fmt: skip


def money(result: MovementResult, view: segments.Shown) -> None:
    """Show what each segment brought in both periods."""
    st.subheader(t("movement.money"), anchor=False)
    titles = {
        "segment": t("column.segment"), "customers": t("column.customers"), "before": t("movement.revenue_before"),
        "now": t("movement.revenue_now"), "change": t("movement.change"),
    }  # fmt: skip
    table = result.money.assign(segment=result.money["segment"].map(view.names)).rename(columns=titles)
    form = st.column_config.NumberColumn(format="%,.0f")
    show.table(
        table, {titles[name]: form for name in ("before", "now", "change")}, alt=t("movement.money"),
        name="movement_money",
    )  # fmt: skip


segments.begin("movement")
t = session.t()
st.fragment(main)()
show.next_step("segments/compare")
