"""Levels of membership: thresholds to try, beside those that are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analysis.act.playbook.levels import Level, Levels, simulate_levels
from analysis.errors import AnalysisError
from analysis.profiles.words import with_unit
from ui import show
from ui.act import trades

if TYPE_CHECKING:
    from ui.act.listing import Act

_SHARES = (0.5, 0.8, 0.95)  # of the customers who lie below the first thresholds that are offered
_COLUMNS = ("name", "spend", "orders", "recency_days", "benefit")


def editor(act: Act) -> None:
    """Let thresholds be changed, and say who would move and what it would cost."""
    t = act.t
    with st.expander(t("levels.heading"), key="playbook_levels_box"):
        if "spend" not in act.profiles.customers:
            st.caption(show.md_escape(t("levels.needs_money")))
            return
        saved = trades.settings(act.study.id).get("levels")
        in_force = Levels.model_validate(saved) if saved else None
        st.caption(show.md_escape(t("levels.what")))
        edited = st.data_editor(
            _rows(in_force or _first(act)), hide_index=True, key="levels_editor", num_rows="dynamic",
            column_config={name: st.column_config.Column(t(f"levels.{name}")) for name in _COLUMNS},
        )  # fmt: skip
        try:
            wanted = Levels(levels=tuple(_level(row) for row in edited.to_dict("records")))
            found = simulate_levels(act.profiles, wanted, in_force)
        except AnalysisError as problem:
            show.error(problem)
            return
        if in_force is not None:
            facts = {"up": found.up, "down": found.down, "revenue": found.moved_revenue}
            st.markdown(show.md_escape(t("levels.moves", cost=found.cost, before=found.cost_before, **facts)))
        revenue, cost = (with_unit(t(f"levels.{name}"), "money", t) for name in ("revenue", "cost"))
        frame = pd.DataFrame(
            {
                t("levels.name"): [row.name or t("levels.none") for row in found.rows],
                t("charts.customers"): [row.customers for row in found.rows],
                t("levels.moved_up"): [row.moved_up for row in found.rows],
                t("levels.moved_down"): [row.moved_down for row in found.rows],
                revenue: [round(row.revenue, 2) for row in found.rows],
                cost: [round(row.cost, 2) for row in found.rows],
            }
        )  # fmt: skip
        money = st.column_config.NumberColumn(format="%,.0f")
        show.table(frame, {revenue: money, cost: money}, alt=t("levels.alt"), name="levels")
        st.button(
            t("levels.keep"), key="levels_keep", help=t("levels.keep_help"),
            on_click=trades.keep, args=(act.study.id,), kwargs={"levels": wanted.model_dump()},
        )  # fmt: skip


def _first(act: Act) -> Levels:
    """Return thresholds to begin with: round figures near shares of the customers."""
    spend = act.profiles.customers["spend"].dropna()
    names = [act.t(f"levels.first_{place}") for place in range(len(_SHARES))]
    cuts = [_round(float(spend.quantile(share))) for share in _SHARES]
    return Levels(levels=tuple(Level(name=name, spend=cut) for name, cut in zip(names, cuts, strict=True)))


def _round(value: float) -> float:
    return max(float(f"{max(value, 0.0):.1g}"), 0.0)


def _rows(levels: Levels) -> pd.DataFrame:
    rows = [one.model_dump() for one in levels.levels]
    return pd.DataFrame(rows, columns=pd.Index(_COLUMNS)).astype({"recency_days": "Int64"})


def _level(row: Any) -> Level:
    told = {name: value for name, value in row.items() if not pd.isna(value)}
    return Level.model_validate({str(name): value for name, value in told.items()})
