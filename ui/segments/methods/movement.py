"""What the page of movement between periods is made of: its choices, the waterfall, and the money."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import movement as charts
from analysis.profiles.words import with_unit
from analysis.segments.param_edit import own_periods
from analysis.segments.params import MovementParams
from analysis.segments.scores.movement import MovementResult, periods
from ui import bound, session, show
from ui.segments import segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles

LENGTHS = (30, 90, 180, 365)
OWN = 0


def settings(params: MovementParams, profiles: Profiles) -> None:
    """Show the choices; each is kept at once."""
    t = session.t()
    chosen = OWN if params.start else params.days
    st.selectbox(
        t("movement.periods"), [*sorted({*LENGTHS, params.days}), OWN],
        format_func=lambda days: t("movement.last", n=days) if days else t("movement.own"),
        help=t("movement.periods_help"), **bound.one("movement_days", chosen, partial(set_days, profiles)),
    )  # fmt: skip
    if params.start:
        for name, *days in (
            ("before", params.before_start, params.before_end),
            ("now", params.start, params.end),
        ):
            st.date_input(
                t(f"movement.{name}"), format="YYYY-MM-DD", max_value=profiles.as_of,
                **bound.one(f"movement_{name}", tuple(days), set_dates, kind=tuple[date, date]),
            )  # fmt: skip
    show.problem()


def set_days(profiles: Profiles, days: int) -> None:
    """Compare other periods; two of one's own start from the present ones."""

    def changed(params: MovementParams) -> MovementParams:
        if days == OWN:
            before, now = periods(params, profiles.as_of)
            return own_periods(before, now)
        return MovementParams(days=days)

    segments.edit_params("movement", changed)


def set_dates(_: tuple[date, date]) -> None:
    """Keep two periods once both have two ends; periods that cross are refused."""
    before, now = session.widget("movement_before") or (), session.widget("movement_now") or ()
    if len(before) < 2 or len(now) < 2:
        return
    segments.edit_params("movement", lambda params: own_periods(before, now))


def picture(result: MovementResult, view: segments.Shown, focus: str | None) -> None:
    """Show the waterfall; a click on a step picks the segment whose money it is."""
    t = session.t()
    data = result.waterfall[["step", "customers", "amount"]]
    data = data.assign(step=[t(f"charts.movement_{step}") for step in data["step"]])
    titles = {"step": t("movement.step"), "customers": t("column.customers"), "amount": t("movement.amount")}
    segments.clickable(
        charts.waterfall(result, t, names=view.names), view, t("movement.waterfall_alt"), name="movement_waterfall",
        data=data.rename(columns=titles), focus=focus,
    )  # fmt: skip


def money(result: MovementResult, view: segments.Shown) -> None:
    """Show what each segment brought in both periods."""
    t = session.t()
    titles = {
        "segment": t("column.segment"), "customers": t("column.customers"),
        "before": with_unit(t("movement.revenue_before"), "money", t),
        "now": with_unit(t("movement.revenue_now"), "money", t), "change": with_unit(t("movement.change"), "money", t),
    }  # fmt: skip
    table = result.money.assign(segment=result.money["segment"].map(view.names)).rename(columns=titles)
    form = st.column_config.NumberColumn(format="%,.0f")
    show.table(
        table, {titles[name]: form for name in ("before", "now", "change")}, alt=t("movement.money"),
        name="movement_money",
    )  # fmt: skip
