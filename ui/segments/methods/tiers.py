"""What the page of value tiers is made of: the choices, each kept at once, the Pareto curve, and the borders."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from analysis.charts import tiers as charts
from analysis.errors import AnalysisError
from analysis.profiles.words import with_unit
from analysis.segments.param_edit import MOST_TIERS, own_name, tiers_by, with_fewer_tiers, with_more_tiers, with_tier
from analysis.segments.params import Tier, TierParams
from analysis.segments.scores.tiers import TierResult
from ui import bound, session, show
from ui.segments import kept, segments

MEASURES = ("customers", "revenue", "amount")


def refused(plan: Any, problem: AnalysisError) -> None:
    """Say why there are no tiers, and offer what helps."""
    t = session.t()
    show.error(problem)
    if problem.code == "tiers_need_spend":
        show.empty_state(t("tiers.without_spend"), "data/columns")
        return
    kept.offer(plan)
    settings(plan.params, None, None)


def settings(params: TierParams, result: TierResult | None, view: segments.Shown | None) -> None:
    """Show the choices; each is kept at once."""
    t = session.t()
    st.selectbox(
        t("tiers.by"), MEASURES, format_func=lambda by: t(f"tiers.by_{by}"), help=t("tiers.by_help"),
        **bound.one("tiers_by", params.by, partial(set_by, result)),
    )  # fmt: skip
    for position, tier in enumerate(params.tiers):
        tier_row(params, position, tier, view)
    with st.container(horizontal=True):
        st.button(
            t("tiers.add"), icon=":material/add:", on_click=segments.edit_params, args=("tiers", with_more_tiers),
            disabled=len(params.tiers) >= MOST_TIERS,
        )  # fmt: skip
        st.button(
            t("tiers.remove"), icon=":material/remove:", on_click=segments.edit_params,
            args=("tiers", with_fewer_tiers), disabled=len(params.tiers) <= 2,
        )  # fmt: skip
    show.problem()


def tier_row(params: TierParams, position: int, tier: Tier, view: segments.Shown | None) -> None:
    """Show the name and the border of one tier."""
    t = session.t()
    key = f"tier_{tier.key}"
    name = tier.name or (view.names.get(key) if view else None) or segments.word(key)
    columns = st.columns([3, 2], vertical_alignment="bottom")
    first = "visible" if position == 0 else "collapsed"
    with columns[0]:
        st.text_input(
            t("tiers.name"), max_chars=80, label_visibility=first,
            **bound.one(f"tiers_name_{position}", name, partial(set_name, position, segments.word(key))),
        )  # fmt: skip
    with columns[1]:
        if position == len(params.tiers) - 1:
            st.markdown(show.md_escape(t("tiers.rest")))
        elif params.by == "amount":
            amount = float(tier.at_least or 0)
            st.number_input(
                t("tiers.at_least"), min_value=0.01, label_visibility=first, format="%.15g",
                **bound.one(f"tiers_amount_{position}", amount, lambda value: change(position, at_least=value)),
            )  # fmt: skip
        else:
            percent = round(100 * float(tier.share or 0), 6)
            st.number_input(
                t(f"tiers.share_{params.by}"), min_value=0.1, max_value=99.9, step=5.0, label_visibility=first,
                format="%.15g",
                **bound.one(f"tiers_share_{position}", percent, lambda value: change(position, share=value / 100)),
            )  # fmt: skip


def set_by(result: TierResult | None, by: Any) -> None:
    """Measure the tiers in something else, from borders that suit it."""
    segments.edit_params("tiers", lambda params: tiers_by(by, result))


def set_name(position: int, suggested: str, typed: str) -> None:
    """Keep the name of a tier; its suggested one, or none, is no name of one's own."""
    change(position, name=own_name(typed, suggested))


def change(position: int, **changes: Any) -> None:
    """Change one tier; borders that do not go down are refused with a sentence."""
    segments.edit_params("tiers", lambda params: with_tier(params, position, **changes))


def curve(result: TierResult, view: segments.Shown, focus: str | None) -> None:
    """Show the Pareto curve; a click on the mark of a tier picks it."""
    t = session.t()
    data = result.curve.rename(
        columns={"customer_share": t("charts.pareto_customers"), "revenue_share": t("charts.pareto_revenue")}
    )
    names = {key: view.names[key] for key in result.borders["segment"]}
    chart = charts.pareto_curve(result, t, names=names)
    segments.clickable(chart, view, t("tiers.curve_alt"), name="tiers_curve", data=data, focus=focus, layer=3)


def borders(result: TierResult, view: segments.Shown) -> None:
    """Show the amounts between which each tier lies."""
    t = session.t()
    table = result.borders.assign(segment=result.borders["segment"].map(view.names))
    table = table.round({"customer_share": 3, "revenue_share": 3})
    titles = {
        "segment": t("column.segment"), "lowest": with_unit(t("tiers.lowest"), "money", t),
        "highest": with_unit(t("tiers.highest"), "money", t),
        "customer_share": t("tiers.customers_to_here"), "revenue_share": t("tiers.revenue_to_here"),
    }  # fmt: skip
    money, share = st.column_config.NumberColumn(format="%,.2f"), st.column_config.NumberColumn(format="percent")
    forms = {"lowest": money, "highest": money, "customer_share": share, "revenue_share": share}
    show.table(
        table.rename(columns=titles), {titles[name]: form for name, form in forms.items()}, alt=t("tiers.borders"),
        name="tiers_borders",
    )  # fmt: skip
