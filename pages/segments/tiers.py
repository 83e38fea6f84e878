"""Page: value tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts import tiers as charts
from analysis.errors import AnalysisError
from analysis.segments.params import Tier, TierParams
from analysis.segments.scores.tiers import BY_CUSTOMERS, BY_REVENUE, TierResult, own_tiers
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import kept, segment_table, segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles

MEASURES = ("customers", "revenue", "amount")
MOST = 10


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "tiers")
    params: Any = plan.params
    try:
        with st.spinner(t("tiers.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        refused(study, plan, problem)
        return
    study = segments.take_up(study, plan)
    view = segments.shown(result, edited, profiles, "tiers")
    show.answer(answer(result, view, profiles))
    kept.told(study, plan, result)
    settings(params, result, view)
    kept.choice(plan)
    focus = segments.focus(view) if edited.shown else None
    curve(result, view, focus)
    segments.notes((*result.notes, *edited.notes), view)
    segments.segment_bars(view, name="tiers_bars", focus=focus)
    segment_table.editor(study, view)
    borders(result, view)
    customer_list.customers(view, profiles)
    show.how_computed("tiers.method")
    segments.code(study, "tiers")


def refused(study: compute.Study, plan: Any, problem: AnalysisError) -> None:
    """Say why there are no tiers, and offer what helps."""
    show.error(problem)
    if problem.code == "tiers_need_spend":
        show.empty_state(t("tiers.without_spend"), "data/columns")
        return
    kept.offer(problem, plan)
    settings(plan.params, None, None)
    controls.undo(study)


def answer(result: TierResult, view: segments.Shown, profiles: Profiles) -> str:
    """Return the page's answer in one to three sentences."""
    top = result.borders.iloc[0].to_dict()
    facts = {"segment": view.names[top["segment"]], "share": top["customer_share"]}
    sentences = [t("tiers.answer", **facts, revenue_share=top["revenue_share"], n=result.n_buyers)]
    n_zero = len(profiles.customers) - result.n_buyers - result.segmentation.n_outside
    if n_zero:
        sentences.append(t("tiers.answer_zero", n=n_zero))
    if result.segmentation.n_outside:
        sentences.append(t("tiers.answer_outside", n=result.segmentation.n_outside))
    return segments.prose(sentences)


def settings(params: TierParams, result: TierResult | None, view: segments.Shown | None) -> None:
    """Show the choices; each is kept at once."""
    session.set_widget("tiers_by", params.by)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.selectbox(
            t("tiers.by"), MEASURES, format_func=lambda by: t(f"tiers.by_{by}"), key="tiers_by", on_change=set_by,
            args=(result,), help=t("tiers.by_help"),
        )  # fmt: skip
        with st.container(horizontal=True):
            st.button(t("tiers.add"), icon=":material/add:", on_click=add, disabled=len(params.tiers) >= MOST)
            st.button(t("tiers.remove"), icon=":material/remove:", on_click=remove, disabled=len(params.tiers) <= 2)
    with right:
        for position, tier in enumerate(params.tiers):
            tier_row(params, position, tier, view)
    segments.problem()


def tier_row(params: TierParams, position: int, tier: Tier, view: segments.Shown | None) -> None:
    """Show the name and the border of one tier."""
    key = f"tier_{tier.key}"
    name = tier.name or (view.names.get(key) if view else None) or segments.word(key)
    columns = st.columns([3, 2], vertical_alignment="bottom")
    first = "visible" if position == 0 else "collapsed"
    with columns[0]:
        session.set_widget(f"tiers_name_{position}", name)
        st.text_input(
            t("tiers.name"), key=f"tiers_name_{position}", max_chars=80, on_change=set_name,
            args=(position, segments.word(key)), label_visibility=first,
        )  # fmt: skip
    with columns[1]:
        if position == len(params.tiers) - 1:
            st.markdown(show.md_escape(t("tiers.rest")))
        elif params.by == "amount":
            session.set_widget(f"tiers_amount_{position}", float(tier.at_least or 0))
            st.number_input(
                t("tiers.at_least"), min_value=0.01, key=f"tiers_amount_{position}", on_change=set_border,
                args=(position, "amount"), label_visibility=first, format="%.15g",
            )  # fmt: skip
        else:
            session.set_widget(f"tiers_share_{position}", round(100 * float(tier.share or 0), 6))
            st.number_input(
                t(f"tiers.share_{params.by}"), min_value=0.1, max_value=99.9, step=5.0, key=f"tiers_share_{position}",
                on_change=set_border, args=(position, "share"), label_visibility=first, format="%.15g",
            )  # fmt: skip


def set_by(result: TierResult | None) -> None:
    """Measure the tiers in something else, from borders that suit it."""
    by = session.widget("tiers_by")

    def changed(plan: Any) -> Any:
        if by == "amount":
            if result is None:
                raise AnalysisError("tiers_amounts_equal")
            params = own_tiers(result)
        else:
            params = TierParams(by=by, tiers=BY_CUSTOMERS if by == "customers" else BY_REVENUE)
        return plan.model_copy(update={"params": params})

    segments.change_plan("tiers", changed)


def set_name(position: int, suggested: str) -> None:
    """Keep the name of a tier; its suggested one, or none, is no name of one's own."""
    typed = " ".join(str(session.widget(f"tiers_name_{position}") or "").split())[:80]
    change(position, name=typed if typed and typed != suggested else None)


def set_border(position: int, what: str) -> None:
    """Keep where a tier ends."""
    value = session.widget(f"tiers_{what}_{position}")
    if value is not None:
        change(position, **({"at_least": float(value)} if what == "amount" else {"share": float(value) / 100}))


def change(position: int, **update: Any) -> None:
    """Change one tier; borders that do not go down are refused with a sentence."""

    def changed(plan: Any) -> Any:
        tiers = list(plan.params.tiers)
        tiers[position] = tiers[position].model_copy(update=update)
        return with_tiers(plan, tiers)

    segments.change_plan("tiers", changed)


def add() -> None:
    """Part the tier above the last in two halves; the new one is named by its number."""

    def changed(plan: Any) -> Any:
        tiers = list(plan.params.tiers)
        taken = {tier.key for tier in tiers}
        key = next(str(number) for number in range(1, MOST + 2) if str(number) not in taken)
        above = tiers[-2]
        by_money = bool(above.at_least)
        half: dict[str, Any] = (
            {"at_least": (above.at_least or 0) / 2} if by_money else {"share": round((above.share or 0) / 2, 6)}
        )
        if above.share:
            tiers[-2] = above.model_copy(update=half)
        tiers.insert(-1, Tier(key=key, **half))
        return with_tiers(plan, tiers)

    segments.change_plan("tiers", changed)


def remove() -> None:
    """Let the last tier take in the one above it."""

    def changed(plan: Any) -> Any:
        return with_tiers(plan, [*plan.params.tiers[:-2], plan.params.tiers[-1]])

    segments.change_plan("tiers", changed)


def with_tiers(plan: Any, tiers: list[Tier]) -> Any:
    """Return the plan with these tiers.

    Raises
    ------
    AnalysisError
        ``tiers_shares_too_large`` (total), ``tiers_amounts_rise``.
    """
    upper = tiers[:-1]
    if plan.params.by == "amount":
        amounts = [tier.at_least or 0 for tier in upper]
        if amounts != sorted(set(amounts), reverse=True):
            raise AnalysisError("tiers_amounts_rise")
    elif (total := sum(tier.share or 0 for tier in upper)) >= 1 - 1e-9:
        raise AnalysisError("tiers_shares_too_large", total=total)
    params = TierParams(by=plan.params.by, tiers=tuple(tiers))
    return plan.model_copy(update={"params": params})


def curve(result: TierResult, view: segments.Shown, focus: str | None) -> None:
    """Show the Pareto curve; a click on the mark of a tier picks it."""
    data = result.curve.rename(
        columns={"customer_share": t("charts.pareto_customers"), "revenue_share": t("charts.pareto_revenue")}
    )
    names = {key: view.names[key] for key in result.borders["segment"]}
    chart = charts.pareto_curve(result, t, names=names)
    segments.clickable(chart, view, t("tiers.curve_alt"), name="tiers_curve", data=data, focus=focus, layer=3)


def borders(result: TierResult, view: segments.Shown) -> None:
    """Show the amounts between which each tier lies."""
    st.subheader(t("tiers.borders"), anchor=False)
    table = result.borders.assign(segment=result.borders["segment"].map(view.names))
    table = table.round({"customer_share": 3, "revenue_share": 3})
    titles = {
        "segment": t("column.segment"), "lowest": t("tiers.lowest"), "highest": t("tiers.highest"),
        "customer_share": t("tiers.customers_to_here"), "revenue_share": t("tiers.revenue_to_here"),
    }  # fmt: skip
    money, share = st.column_config.NumberColumn(format="%,.2f"), st.column_config.NumberColumn(format="percent")
    forms = {"lowest": money, "highest": money, "customer_share": share, "revenue_share": share}
    show.table(
        table.rename(columns=titles), {titles[name]: form for name, form in forms.items()}, alt=t("tiers.borders"),
        name="tiers_borders",
    )  # fmt: skip


segments.begin("tiers")
t = session.t()
st.fragment(main)()
show.next_step("segments/compare")
