"""Page: RFM segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.changes import shown_grid
from analysis.segments.params import RfmParams
from analysis.segments.scores.cuts import OWN_FIELDS, own_params, read_cuts, thresholds, write_cuts
from ui import compute, controls, session, show
from ui.customers import customer_list
from ui.segments import kept, rfm_options, segment_table, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.scores.rfm import RfmResult

SCHEMES = ("two_digit", "eight_a", "eight_b", "boxes")
MEASURES = ("r", "f", "m")
# Good customers who have not been back: the keys in each scheme.
AWAY = {
    "at_risk",
    "cant_lose",
    "box.at_risk",
    "box.cant_lose",
    *(f"eight_{school}.{key}" for school in "ab" for key in ("keep", "win_back")),
}
OWN_CUTS_HELP = {"rfm_one_customer", "rfm_too_few_customers", "rfm_all_equal"}


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    plan = segments.plan_of(study, "rfm")
    params: Any = plan.params
    try:
        with st.spinner(t("rfm.working")):
            result, edited = study.run.segmentation(plan)
    except AnalysisError as problem:
        refused(study, plan, profiles, problem)
        return
    view = segments.shown(result, edited, profiles, "rfm")
    show.answer(answer(result, view))
    kept.told(study, plan, result)
    settings(params, profiles, result)
    kept.choice(plan)
    for found in result.notes:
        if found.code.endswith("cuts_collapse"):
            collapsed(found, profiles, result)
    segments.notes([n for n in (*result.notes, *edited.notes) if not n.code.endswith("cuts_collapse")], view)
    if result.params.scheme == "boxes":
        rfm_options.checker(result, view)
    focus = segments.focus(view) if edited.shown else None
    grid(shown_grid(result, edited), view, focus)
    segments.segment_bars(view, name="rfm_bars", focus=focus)
    segment_table.editor(study, view)
    scores(result)
    customer_list.customers(view, profiles, score_columns(result, profiles))
    show.how_computed("rfm.method")
    segments.code(study, "rfm")


def refused(study: compute.Study, plan: Any, profiles: Profiles, problem: AnalysisError) -> None:
    """Say why there are no segments, and offer what helps."""
    if problem.code == "rfm_needs_orders":
        show.error(segments.missing_columns(problem, profiles))
        show.empty_state(t("rfm.without_orders"), "data/files")
        return
    show.error(problem)
    kept.offer(problem, plan)
    settings(plan.params, profiles, None)
    if problem.code in OWN_CUTS_HELP:
        st.button(t("rfm.use_own"), type="primary", on_click=use_own, args=(profiles, None))
    controls.undo(study)


def answer(result: RfmResult, view: segments.Shown) -> str:
    """Return the page's answer in one to three sentences."""
    table = view.table
    sentences = []
    known = table[table["revenue_share"].notna()]
    if len(known):
        top = known.sort_values("revenue", ascending=False, kind="stable").iloc[0].to_dict()
        facts = {"share": top["share"], "revenue_share": top["revenue_share"], "segment": view.names[top["segment"]]}
        sentences.append(t("rfm.answer_top", **facts))
    base = result.segmentation.segments
    away = base[base["segment"].isin(AWAY)]
    if len(away):
        n, revenue = int(away["customers"].sum()), float(away["revenue"].sum())
        sentences.append(t("rfm.answer_away", n=n, revenue=revenue))
    if result.n_outside:
        sentences.append(t("rfm.answer_outside", n=result.n_outside))
    return segments.prose(sentences)


def settings(params: RfmParams, profiles: Profiles, result: RfmResult | None) -> None:
    """Show the choices; each is kept at once."""
    eight = params.scheme.startswith("eight")
    methods = ["mean", "median", "own"] if eight else ["quantile", "interval", "mean", "median", "own"]
    session.set_widget("rfm_scheme", params.scheme)
    session.set_widget("rfm_cuts", params.cuts)
    cuts = result.cuts if result is not None else None
    columns = st.columns([3, 3, 3], vertical_alignment="top")
    with columns[0]:
        st.selectbox(
            t("rfm.scheme"), SCHEMES, format_func=lambda scheme: t(f"rfm.scheme_{scheme}"), key="rfm_scheme",
            on_change=set_scheme, help=t("rfm.scheme_help"),
        )  # fmt: skip
    with columns[1]:
        st.selectbox(
            t("rfm.cuts"), methods, format_func=lambda method: t(f"rfm.cuts_{method}"), key="rfm_cuts",
            on_change=set_cuts, args=(profiles, cuts), help=t("rfm.cuts_help"),
        )  # fmt: skip
    with columns[2]:
        if not eight and params.cuts in ("quantile", "interval"):
            session.set_widget("rfm_n_scores", params.n_scores)
            st.slider(
                t("rfm.n_scores"), 2, 10, key="rfm_n_scores", help=t("rfm.n_scores_help"),
                on_change=lambda: segments.change_params("rfm", n_scores=session.widget("rfm_n_scores")),
            )  # fmt: skip
    if params.cuts == "own":
        own_cuts(params)
    rfm_options.more(params, profiles)
    segments.problem()


def own_cuts(params: RfmParams) -> None:
    """Show a field for the cuts of each measure, in days, orders and money."""
    for key, place in zip(MEASURES, st.columns(3), strict=True):
        saved = getattr(params, OWN_FIELDS[key])
        name = f"rfm_own_{key}"
        with place:
            if not params.scheme.startswith("eight"):
                session.set_widget(name, session.kept(name, write_cuts(saved)))
                st.text_input(t(f"rfm.own_{key}"), key=name, on_change=set_own, args=(key,), help=t("rfm.own_help"))
                refusal = session.kept(f"{name}_problem")
                if refusal is not None:
                    show.error(refusal)
            else:
                session.set_widget(f"{name}_one", float(saved[0]))
                st.number_input(
                    t(f"rfm.own_one_{key}"), key=f"{name}_one", on_change=set_own_one, args=(key,), min_value=0.0,
                    step=1.0, format="%.15g",
                )  # fmt: skip


def set_scheme() -> None:
    """Take another naming scheme, with cuts that it can use."""
    scheme = session.widget("rfm_scheme")
    forget_drafts()

    def changed(plan: Any) -> Any:
        fits = plan.params.scheme.startswith("eight") == scheme.startswith("eight")
        cuts = plan.params.cuts if fits else "mean" if scheme.startswith("eight") else "quantile"
        params = RfmParams.model_validate({**plan.params.model_dump(), "cuts": cuts, "scheme": scheme})
        return plan.model_copy(update={"params": params})

    segments.change_plan("rfm", changed)


def set_cuts(profiles: Profiles, cuts: dict[str, tuple[float, ...]] | None) -> None:
    """Take another way to cut; own cuts start from the present ones."""
    chosen = session.widget("rfm_cuts")
    if chosen == "own":
        use_own(profiles, cuts)
    else:
        segments.change_params("rfm", cuts=chosen)


def use_own(profiles: Profiles, cuts: dict[str, tuple[float, ...]] | None) -> None:
    """Start own cuts from the present ones, apart where many customers share a value."""
    forget_drafts()

    def changed(plan: Any) -> Any:
        return plan.model_copy(update={"params": own_params(profiles, plan.params, cuts)})

    segments.change_plan("rfm", changed)


def set_own(key: str) -> None:
    """Keep cuts that were typed; what cannot be read stays in the field with the reason."""
    name = f"rfm_own_{key}"
    text = str(session.widget(name) or "")
    try:
        cuts = read_cuts(text)
    except AnalysisError as problem:
        session.keep(name, text)
        session.keep(f"{name}_problem", problem)
        return
    session.keep(name, None)
    session.keep(f"{name}_problem", None)
    segments.change_params("rfm", **{OWN_FIELDS[key]: cuts})


def set_own_one(key: str) -> None:
    """Keep the one cut of the eight classes."""
    cut = session.widget(f"rfm_own_{key}_one")
    if cut is not None:
        segments.change_params("rfm", **{OWN_FIELDS[key]: (float(cut),)})


def forget_drafts() -> None:
    """Forget texts that could not be read."""
    for key in MEASURES:
        session.keep(f"rfm_own_{key}", None)
        session.keep(f"rfm_own_{key}_problem", None)


def collapsed(found: Any, profiles: Profiles, result: RfmResult) -> None:
    """Say that cuts fell together, with the way out one click away."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(show.md_escape(t(f"note.{found.code}", **found.facts)))
        st.button(
            t("rfm.use_own"), key=f"use_own_{found.code}", on_click=use_own, args=(profiles, result.cuts),
            icon=":material/edit:",
        )  # fmt: skip


def grid(result: RfmResult, view: segments.Shown, focus: str | None) -> None:
    """Show the cells; a click on one lists the customers of its segment."""
    import altair as alt

    from analysis.charts import segments as charts
    from analysis.charts.palette import fade

    chart: Any = fade(charts.rfm_grid(result, t, names=view.names), view.names[focus] if focus else None)
    picked = alt.selection_point(name="segment", fields=["segment"])
    data = result.grid.assign(segment=result.grid["segment"].map(view.names)).dropna(axis=1, how="all")
    titles = {"r": t("rfm.r"), "f": t("rfm.f"), "m": t("rfm.m")}
    show.chart(
        chart.add_params(picked),
        t("rfm.grid_alt"),
        name="rfm_grid",
        data=data.rename(columns={c: titles.get(c) or t(f"column.{c}") for c in data.columns}),
        on_select=lambda: segments.pick("chart_rfm_grid", view),
    )
    st.caption(show.md_escape(t("rfm.grid_help")))


def scores(result: RfmResult) -> None:
    """Show what each score means in days, orders and money."""
    st.subheader(t("rfm.thresholds"), anchor=False)
    table = thresholds(result)
    eight = result.params.scheme.startswith("eight")
    wide: dict[str, Any] = {}
    for key in MEASURES:
        part = table[table["measure"] == key].set_index("score")
        wide[t(f"rfm.unit_{key}")] = part.apply(lambda row, key=key: span(row, key, eight), axis=1)
        wide[t(f"rfm.customers_{key}")] = part["customers"].astype("Int64")
    import pandas as pd

    frame = pd.DataFrame(wide).sort_index(ascending=False)
    first = [level(score, eight) for score in frame.index]
    frame.insert(0, t("rfm.score"), pd.Series(first, index=frame.index, dtype="str"))
    show.table(frame, alt=t("rfm.thresholds"), name="rfm_scores")


def level(score: int, eight: bool) -> str:
    """Return the words of a score."""
    return t("charts.high" if score == 2 else "charts.low") if eight else t.number(score)


def span(row: pd.Series, key: str, eight: bool) -> str:
    """Write the range of values of one score."""
    write = t.money if key == "m" else t.number
    above, up_to = float(row["above"]), float(row["up_to"])
    if eight and key == "r":
        # Below the comparison value is high; at it is already low.
        return t("rfm.below", high=write(up_to)) if above != above else t("rfm.from", low=write(above))
    if above == up_to:
        return t("rfm.unused")
    whole = key != "m"
    low = float(int(above // 1) + 1) if whole and above == above else above
    high = float(up_to // 1) if whole and up_to == up_to else up_to
    if above != above:
        return t("rfm.up_to", high=write(high))
    if up_to != up_to:
        return t("rfm.from" if whole else "rfm.over", low=write(low))
    if whole and low > high:
        return t("rfm.unused")
    return write(low) if whole and low == high else t("rfm.span", low=write(low), high=write(high))


def score_columns(result: RfmResult, profiles: Profiles) -> pd.DataFrame:
    """Return the scores of every customer, aligned with the profiles."""
    import pandas as pd

    inside = result.segmentation.labels.notna().to_numpy()
    columns = {}
    for key in MEASURES:
        column = pd.Series(pd.NA, index=profiles.customers.index, dtype="Int64")
        column[inside] = result.customers[key].to_numpy()
        columns[t(f"rfm.{key}")] = column
    weighted = pd.Series(float("nan"), index=profiles.customers.index)
    weighted[inside] = result.customers["weighted"].round(1).to_numpy()
    columns[t("rfm.weighted")] = weighted
    return pd.DataFrame(columns)


segments.begin("rfm")
t = session.t()
st.fragment(main)()
show.next_step("segments/clusters")
