"""The views of what moved: the matrix with its customers, the flow, the bridge, changed definitions, drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.history.words import place_name
from analysis.profiles.words import feature_names, with_unit
from analysis.segments.names import segment_names
from ui import session, show
from ui.customers import customer_list
from ui.history import runs

if TYPE_CHECKING:
    import pandas as pd

    from analysis.history.matrix import Migration
    from analysis.profiles.result import Profiles
    from ui import bound, compute

BRIDGED = ("segment", "product", "category", "channel", "region")


def names_of(found: runs.Pair, moved: Migration) -> tuple[dict[str, str], dict[str, str]]:
    """Return the words of the rows and of the columns of a matrix, by key."""
    from analysis.history.words import PLACES

    t = session.t()
    plan = found.earlier.recipe.plan(moved.method)
    then = {edit.segment: edit.name for edit in plan.edits if edit.name} if plan else {}
    now = found.result.edited[moved.method].names
    sides = []
    for keys, own in ((moved.rows, then), (moved.columns, now)):
        words = segment_names([key for key in keys if key not in PLACES], t, names=own)
        sides.append({key: words.get(key) or place_name(key, t) for key in keys})
    return sides[0], sides[1]


def matrix(found: runs.Pair, moved: Migration, profiles: Profiles) -> None:
    """Show the matrix as a table whose cells list their customers."""
    import pandas as pd

    t = session.t()
    rows, columns = names_of(found, moved)
    wide = moved.table.pivot_table(index="before", columns="now", values="customers", fill_value=0, aggfunc="sum")
    wide = wide.reindex(index=list(rows), columns=list(columns), fill_value=0).astype(int)
    head = t("moved.from_to")
    shown = pd.DataFrame({head: list(rows.values())} | {columns[key]: wide[key].to_numpy() for key in columns})
    drawn: Any = st.dataframe(
        shown, hide_index=True, alt=t("moved.matrix_alt"), key=f"matrix_{moved.method}", on_select="rerun",
        selection_mode="single-cell", height="content",
        column_config={name: st.column_config.NumberColumn(format="localized") for name in columns.values()},
    )  # fmt: skip
    cells = drawn.selection.cells
    if not cells:
        st.caption(show.md_escape(t("moved.pick_cell")))
    elif cells[0][1] != head and cells[0][0] < len(rows):
        row = list(rows)[cells[0][0]]
        column = next(key for key, word in columns.items() if word == cells[0][1])
        cell(found, moved, row, column, profiles)
    with st.expander(t("moved.table"), icon=":material/table_rows:"):
        show.table(_long(moved, rows, columns), alt=t("moved.matrix_alt"), name=f"moved_{moved.method}")


def cell(found: runs.Pair, moved: Migration, row: str, column: str, profiles: Profiles) -> None:
    """List the customers of a cell; those who are no longer there by their number alone."""
    import pandas as pd

    from analysis.history.matrix import GONE

    t = session.t()
    rows, columns = names_of(found, moved)
    ids = moved.who(row, column)
    name = t("moved.cell", was=rows[row], now=columns[column])
    st.markdown(f"**{show.md_escape(name)}** · {show.md_escape(t.number(len(ids)))}")
    if column == GONE:
        from analysis.privacy.masks import mask

        there = pd.Series([str(one) for one in ids])
        there = mask(there, profiles.id_kind) if profiles.id_kind else there
        show.table(pd.DataFrame({t("column.customer_id"): there}), alt=name, name="moved_gone")
        return
    customer_list.listed(profiles, profiles.customers["customer_id"].isin(ids), name=name, key="moved_cell")


def flow(found: runs.Pair, moved: Migration) -> None:
    """Show where the customers of each segment went, as bands."""
    from analysis.charts.flow import flow as drawn

    t = session.t()
    rows, columns = names_of(found, moved)
    table = moved.table.rename(columns={"now": "after"})
    chart = drawn(table, t, before=rows, after=columns, title=t("moved.flow"))
    show.chart(chart, t("moved.flow_alt"), name="moved_flow", data=_long(moved, rows, columns))


def bridge(study: compute.LoadedStudy, found: runs.Pair, method: str, bind: bound.Bound) -> None:
    """Show the way of the revenue from the days before to those since, and by a column."""
    from analysis.charts.movement import waterfall
    from analysis.history.bridge import bridge as bridged
    from analysis.history.bridge import since
    from analysis.history.moment import moment_of
    from analysis.history.params import BridgeParams
    from analysis.intake.questions import table_of

    t, standard = session.t(), found.result.standard
    offered = [one for one in BRIDGED if one == "segment" or table_of(standard, one) is not None]
    by = st.segmented_control(
        t("moved.by"), offered, format_func=lambda one: t("moved.by_segment") if one == "segment" else t(f"role.{one}"),
        **bind.to("by", "segment", offered=offered, kind=str | None),
    )  # fmt: skip
    params = BridgeParams(by=by or "segment", method=method)

    def make() -> Any:
        periods = since(found.earlier.as_of, found.result.profiles.as_of)
        return bridged(standard, *periods, params, segments=(found.earlier.moment, moment_of(found.result)))

    try:
        bridges = runs.between(study, found, f"bridge {params.model_dump_json()}", make)
    except AnalysisError as problem:
        show.error(problem)
        return
    show.chart(
        waterfall(bridges.whole, t), t("movement.waterfall_alt"), name="moved_bridge",
        data=bridges.whole.waterfall[["step", "customers", "amount"]],
    )  # fmt: skip
    parts = _parts(found, bridges, method)
    money = {
        title: st.column_config.NumberColumn(with_unit(str(title), "money", t), format="%,.0f")
        for title in parts.columns[1:]
    }
    show.table(parts, money, alt=t("moved.bridge_alt"), name=f"moved_by_{params.by}")


def _parts(found: runs.Pair, bridges: Any, method: str) -> pd.DataFrame:
    import pandas as pd

    t = session.t()
    words = {part.value: place_name(part.value, t) for part in bridges.parts}
    if bridges.by == "segment":
        own = found.result.edited[method].names
        words |= segment_names([key for key in words if key not in ("outside", "other")], t, names=own)
    steps = [
        step for step in ("new", "returned", "moved_in", "up", "down", "moved_out", "lost")
        if any(part.step(step).customers for part in bridges.parts)
    ]  # fmt: skip
    rows = [
        {t("moved.value"): words[part.value], t("moved.before"): float(part.before)}
        | {t(f"moved.step_{step}"): float(part.step(step).change) for step in steps}
        | {t("moved.now"): float(part.now)}
        for part in bridges.parts
    ]
    return pd.DataFrame(rows)


def definition(study: compute.LoadedStudy, found: runs.Pair, method: str) -> None:
    """Show how much of each segment's change is customers, and how much the definition."""
    import pandas as pd

    from analysis.history.moment import moment_of
    from analysis.history.split import by_old_definition, split_change

    t, result = session.t(), found.result

    def make() -> Any:
        middle = by_old_definition(
            found.earlier.fitted, method, result.profiles, standard=result.standard, others=result.edited
        )
        return split_change(found.earlier.moment, moment_of(result), method, middle)

    try:
        parts = runs.between(study, found, f"definition {method}", make)
    except AnalysisError as problem:
        show.error(problem)
        return
    st.markdown(show.md_escape(t("moved.redefined" if parts.redefined else "moved.not_redefined", n=parts.redefined)))
    names = segment_names(parts.table["segment"], t, names=result.edited[method].names)
    titles = {name: t(f"moved.{name}") for name in ("before", "by_customers", "by_definition", "now")}
    table = pd.DataFrame(
        {t("charts.segment"): parts.table["segment"].map(names)}
        | {title: parts.table[name] for name, title in titles.items()}
    )
    money = {}
    if parts.table["money_now"].notna().any():
        for name in ("money_by_customers", "money_by_definition"):
            title = with_unit(t(f"moved.{name}"), "money", t)
            table[title] = parts.table[name]
            money[title] = st.column_config.NumberColumn(format="%,.0f")
    show.table(table, money, alt=t("moved.definition_alt"), name="moved_definition")


def drifted(study: compute.LoadedStudy, found: runs.Pair, method: str) -> None:
    """Show which features are spread otherwise, those that move most customers first."""
    import pandas as pd

    from analysis.history.drift import drift
    from analysis.history.moment import moment_of

    t, result = session.t(), found.result
    features = [one for one in result.profiles.features if one.origin != "tag"]
    drifts = runs.between(
        study, found, f"drift {method}",
        lambda: drift(found.earlier.moment, moment_of(result), features, method=method),
    )  # fmt: skip
    st.markdown(show.md_escape(t("moved.drift_answer", n=len(drifts.drifted), all=len(drifts.features))))
    names = feature_names(features, t)
    rows = [
        {
            t("moved.feature"): names[one.feature],
            t("moved.drifted"): t("moved.yes") if one.drifted else "",
            t("moved.effect"): one.effect,
            t("moved.psi"): _short(one.psi),
            t("moved.level"): _short(one.level),
            t("moved.wasserstein"): _short(one.wasserstein),
            t("moved.missing_before"): one.missing_before,
            t("moved.missing_now"): one.missing_now,
        }
        for one in drifts.features
    ]
    share = st.column_config.NumberColumn(format="percent")
    effect = st.column_config.NumberColumn(format="percent", help=t("moved.effect_help"))
    columns = {t("moved.effect"): effect, t("moved.missing_before"): share, t("moved.missing_now"): share}
    for name in ("psi", "level", "wasserstein"):
        columns[t(f"moved.{name}")] = st.column_config.NumberColumn(help=t(f"moved.{name}_help"))
    show.table(pd.DataFrame(rows), columns, alt=t("moved.drift_alt"), name="moved_drift")
    _kept_promise(study, found)
    _kept_ranks(study, found)
    _kept_orders(study, found)


def _short(value: float | None) -> float | None:
    """Return a figure with three digits, as many as these tell anything by."""
    return None if value is None else float(f"{value:.3g}")


def _kept_orders(study: compute.LoadedStudy, found: runs.Pair) -> None:
    """Say whether as many purchase days came as the earlier run foretold; nothing while its months last."""
    from analysis.history.promised import months_promised, promised_orders

    t, months = session.t(), months_promised(found.info.summary)
    if months is None:
        return
    try:
        one = runs.between(
            study, found, f"promised orders {months}",
            lambda: promised_orders(found.earlier.moment, months, found.result.standard),
        )  # fmt: skip
    except AnalysisError as problem:
        if problem.code != "promise_orders_none":
            st.caption(show.md_escape(t(f"error.{problem.code}", **problem.facts)))
        return
    facts = {"day": one.made_on, "until": one.until, "n": one.n, "promised": one.promised, "came": one.came}
    st.markdown(show.md_escape(t(f"moved.promise_orders_{'off' if one.off else 'kept'}", **facts)))


def _kept_promise(study: compute.LoadedStudy, found: runs.Pair) -> None:
    """Show whether the chances of leaving that the earlier run told came true, or until when they cannot be judged."""
    import pandas as pd

    from analysis.history.promised import days_promised, promised

    t, days = session.t(), days_promised(found.info.summary)
    if days is None:
        return

    def make() -> Any:
        return promised(found.earlier.moment, days, found.result.standard)

    try:
        one = runs.between(study, found, f"promised {days}", make)
    except AnalysisError as problem:
        st.caption(show.md_escape(t(f"error.{problem.code}", **problem.facts)))
        return
    facts = {"day": one.made_on, "until": one.until, "n": one.n, "promised": one.promised, "came": one.came}
    code = "off" if one.off else ("sure" if one.shape > 0 else "careful") if one.too_sure else "kept"
    st.markdown(show.md_escape(t(f"moved.promise_{code}", **facts)))
    titles = {"foretold": t("moved.promise_foretold"), "observed": t("moved.promise_came"), "n": t("column.customers")}
    share = st.column_config.NumberColumn(format="percent")
    show.table(
        pd.DataFrame({title: one.bands[name] for name, title in titles.items()}),
        {titles["foretold"]: share, titles["observed"]: share}, alt=t("moved.promise_alt"), name="moved_promise",
    )  # fmt: skip


def _kept_ranks(study: compute.LoadedStudy, found: runs.Pair) -> None:
    """Say whether those who left by a column had the higher chances in the earlier run."""
    from analysis.history.promised import promised_ranks

    predicted = found.result.predicted
    churn = None if predicted is None else predicted.results.get("churn")
    if churn is None or churn.definition.feature is None:
        return
    t, profiles, definition = session.t(), found.result.profiles, churn.definition
    try:
        one = runs.between(
            study, found, "promised ranks", lambda: promised_ranks(found.earlier.moment, profiles, definition)
        )
    except AnalysisError as problem:
        if problem.code != "promise_none":
            st.caption(show.md_escape(t(f"error.{problem.code}", **problem.facts)))
        return
    facts = {"day": one.made_on, "until": one.until, "n": one.n, "came": one.came}
    facts |= {"auc": one.auc.value, "low": one.auc.low, "high": one.auc.high}
    st.markdown(show.md_escape(t(f"moved.promise_{'unranked' if one.off else 'ranked'}", **facts)))


def _long(moved: Migration, rows: dict[str, str], columns: dict[str, str]) -> pd.DataFrame:
    t = session.t()
    table = moved.table.assign(before=moved.table["before"].map(rows), now=moved.table["now"].map(columns))
    if table["money_now"].isna().all():
        table = table.drop(columns=["money_before", "money_now"])
    titles = {"before": t("moved.before"), "now": t("moved.now"), "customers": t("column.customers")}
    titles |= {"share": t("beside.share")} | {
        name: with_unit(t(f"moved.{name}"), "money", t) for name in ("money_before", "money_now")
    }
    return table.rename(columns=titles)
