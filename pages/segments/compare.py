"""Page: segments side by side."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts import compare as charts
from analysis.charts.palette import segment_colours
from analysis.compare.compare import YES, Comparison, compare
from analysis.errors import AnalysisError
from analysis.profiles.result import DIMENSIONS
from analysis.profiles.words import feature_name, feature_names, value_text
from analysis.segments.methods import ALWAYS, place
from ui import compute, session, show
from ui.segments import beside, explain, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Feature

MOST = 6
FIRST = 3
RANKED = 40
_SAVED = "compare"


def main() -> None:
    """Show the page; a fragment, so that a change reruns nothing but it."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    saved = compute.workspace().setting(_SAVED, {}, study.id)
    found: dict[str, segments.Shown] = {}
    problems = {}
    for method in sorted({*ALWAYS, *(plan.params.kind for plan in study.recipe.segmentations)}, key=place):
        try:
            result, edited = study.run.segmentation(segments.plan_of(study, method))
            found[method] = segments.shown(result, edited, profiles, method)
        except AnalysisError as problem:
            problems[method] = problem
    usable = {method: view for method, view in found.items() if len(view.edited.shown) > 1}
    for method, view in found.items():
        if len(view.edited.segmentation.segments) == 1:
            facts = {"segment": view.names[view.table["segment"].iloc[0]], "n": int(view.table["customers"].iloc[0])}
            sentence = t("segments.one_segment", method=t(f"workbook.segmentation.{method}"), **facts)
            st.caption(f":material/info: {show.md_escape(sentence)}")
    if not usable:
        # The hybrid fails for the reason of one that it crosses.
        for problem in {str(problem): problem for problem in problems.values()}.values():
            show.error(segments.missing_columns(problem, profiles))
        show.empty_state(t("compare.nothing"), "segments/rfm")
        return
    chosen_by_hand = {method: found for method, found in problems.items() if study.recipe.plan(method) is not None}
    segments.left_out(chosen_by_hand, profiles)
    above = st.container()
    view, chosen = choice(usable, saved, study.id)
    if len(chosen) < 2:
        show.empty_state(t("compare.choose_two"))
        return
    key = f"{view.method} {study.revision} {' '.join(chosen)}"
    comparison = study.run.small("compare", key, lambda: compare(profiles, view.edited.segmentation, chosen))
    with above:
        show.answer(answer(comparison, view))
    cards(comparison, view)
    segments.notes(comparison.notes, view)
    focus = segments.focus(view, chosen)
    explain.apart(study, profiles, view, comparison, chosen, focus)
    by_dimension(comparison, view, focus)
    ranked(comparison if focus is None else only(comparison, focus), view)
    explain.rules(study, profiles, view, chosen if focus is None else [focus])
    beside.section(study, profiles, view, usable)
    beside.keep(study, view)
    show.how_computed("compare.method")
    segments.code(study, view.method, compared=chosen)


def only(comparison: Comparison, segment: str) -> Comparison:
    """Return a comparison whose ranking holds one segment."""
    differences = comparison.differences
    return replace(comparison, differences=differences[differences["segment"] == segment].reset_index(drop=True))


def choice(usable: dict[str, segments.Shown], saved: dict[str, Any], study_id: str) -> tuple[segments.Shown, list[str]]:
    """Show which segments are compared; the choice is kept with the study."""
    method = str(saved["method"] if saved.get("method") in usable else next(iter(usable)))
    session.set_widget("compare_method", method)

    def save(method: str, chosen: list[str] | None = None) -> None:
        kept = {**saved, "method": method}
        if chosen is not None:
            kept[method] = chosen
        compute.workspace().set_setting(_SAVED, kept, study_id)

    left, right = st.columns([2, 5], vertical_alignment="top")
    with left:
        st.selectbox(
            t("compare.segmentation"), list(usable), format_func=lambda method: t(f"compare.{method}"),
            key="compare_method", on_change=lambda: save(session.widget("compare_method")),
        )  # fmt: skip
    view = usable[str(method)]
    options = list(view.edited.shown)
    kept = saved.get(method)
    if kept is None:
        order = view.table.sort_values(["revenue", "customers"], ascending=False, na_position="last")
        first = set(order["segment"].head(FIRST))
        kept = [key for key in options if key in first]
    key = f"compare_{method}"
    session.set_widget(key, [segment for segment in kept if segment in options])
    with right:
        st.multiselect(
            t("compare.segments"), options, format_func=lambda segment: view.names[segment], key=key,
            max_selections=MOST, on_change=lambda: save(str(method), list(session.widget(key) or [])),
            help=t("compare.segments_help"), placeholder=t("compare.choose_two"), select_all=False,
        )  # fmt: skip
    return view, list(session.widget(key) or [])


def answer(comparison: Comparison, view: segments.Shown) -> str:
    """Return the three differences that matter most, in words: one per segment first, then other features."""
    rows: list[Any] = comparison.differences[comparison.differences["significant"]].to_dict("records")
    taken: list[dict[str, Any]] = []
    for one_each in (True, False):
        for row in rows:
            known = {other["feature"] for other in taken}
            has_one = one_each and row["segment"] in {other["segment"] for other in taken}
            if len(taken) < FIRST and row["feature"] not in known and not has_one:
                taken.append(row)
    if not taken:
        return t("compare.answer_none")
    by_key = {feature.key: feature for feature in comparison.features}
    sentences = []
    for row in taken:
        feature = by_key[row["feature"]]
        facts = {"segment": view.names[row["segment"]], "feature": feature_name(feature, t)}
        if row["level"]:
            facts |= {"value": t.percent(row["value"]), "rest": t.percent(row["rest_value"])}
            level = charts.level_name(feature, row["level"], t)
            key = "compare.answer_flag" if row["level"] == YES else "compare.answer_share"
            sentences.append(t(key, level=level, **facts) if key.endswith("share") else t(key, **facts))
        else:
            value, rest = (value_text(row[name], feature, t) for name in ("value", "rest_value"))
            sentences.append(t("compare.answer_mean", value=value, rest=rest, **facts))
    return segments.prose(sentences)


def cards(comparison: Comparison, view: segments.Shown) -> None:
    """Show size and revenue of each segment side by side, each with its colour."""
    colours = segment_colours(comparison.segments["segment"])
    with st.grid(min_column_width=180):
        for row in comparison.segments.to_dict("records"):
            with st.container(border=True, height="stretch"):
                name = html.escape(view.names[row["segment"]])
                # The colour is one of ours; the name is escaped.
                st.html(
                    f'<div style="display:flex;gap:.5rem;align-items:baseline;font-weight:600"><span style="flex:none;'
                    f'width:.8rem;height:.8rem;border-radius:50%;background:{colours[row["segment"]]}"></span>{name}</div>'
                )
                facts = {"n": row["customers"], "share": row["share"]}
                st.markdown(show.md_escape(t("compare.card_customers", **facts)))
                if row["revenue_share"] == row["revenue_share"]:
                    facts = {"revenue": row["revenue"], "share": row["revenue_share"]}
                    st.markdown(show.md_escape(t("compare.card_revenue", **facts)))
                if row["too_few"]:
                    st.caption(show.md_escape(t("charts.too_few", n=row["customers"])))


def by_dimension(comparison: Comparison, view: segments.Shown, focus: str | None) -> None:
    """Show means and shares of one dimension at a time, with the index against all."""
    measured = set(comparison.numbers["feature"]) | set(comparison.shares["feature"])
    features = [feature for feature in comparison.features if feature.key in measured]
    present = [dimension for dimension in DIMENSIONS if any(f.dimension == dimension for f in features)]
    if not present:
        return
    st.subheader(t("compare.by_dimension"), anchor=False)
    chosen = st.segmented_control(
        t("compare.dimension"), present, format_func=lambda dimension: t(f"workbook.dimension.{dimension}"),
        default="value" if "value" in present else present[0], required=True, key="compare_dimension",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    here = [feature for feature in features if feature.dimension == chosen]
    numbers = [feature for feature in here if feature.kind == "number"]
    others = tuple(feature.key for feature in here if feature.kind != "number")
    if numbers:
        dots(comparison, numbers, view, focus)
    if others:
        rows = comparison.shares[comparison.shares["feature"].isin(others)]
        chart = charts.index_heat(comparison, t, features=others, names=view.names)
        data = share_rows(rows, comparison, view)
        segments.clickable(chart, view, t("compare.index_alt"), name="compare_index", data=data, focus=focus)
    if numbers:
        show.table(mean_rows(comparison, numbers, view), alt=t("compare.means_alt"), name="compare_means")


def dots(comparison: Comparison, numbers: list[Feature], view: segments.Shown, focus: str | None) -> None:
    """Show the mean of one number per segment with its interval."""
    words = feature_names(numbers, t)
    strongest = comparison.differences[comparison.differences["feature"].isin(words)]
    first = str(strongest["feature"].iloc[0]) if len(strongest) else numbers[0].key
    options = list(words)
    chosen = st.selectbox(
        t("compare.number"), options, index=options.index(first), format_func=lambda key: words[key],
        key=f"compare_number_{numbers[0].dimension}", persist_state="session",
    )  # fmt: skip
    feature = next(feature for feature in numbers if feature.key == chosen)
    chart = charts.mean_dots(comparison, str(chosen), t, names=view.names)
    data = mean_rows(comparison, [feature], view)
    words_alt = t("compare.dots_alt", feature=words[str(chosen)])
    segments.clickable(chart, view, words_alt, name="compare_dots", data=data, focus=focus, layer=2)


def mean_rows(comparison: Comparison, numbers: list[Feature], view: segments.Shown) -> pd.DataFrame:
    """Return the means of some features, one row per feature and segment, in words."""
    import pandas as pd

    by_key = {feature.key: feature for feature in numbers}
    table = comparison.numbers[comparison.numbers["feature"].isin(by_key)]
    rows = []
    for row in table.to_dict("records"):
        feature = by_key[row["feature"]]
        mean, low, high, overall = (value_text(row[name], feature, t) for name in ("mean", "low", "high", "all_mean"))
        index = round(100 * row["mean"] / row["all_mean"]) if row["all_mean"] > 0 else None
        rows.append(
            {
                t("charts.feature"): feature_name(feature, t),
                t("column.segment"): view.names[row["segment"]],
                t("charts.mean"): mean,
                t("compare.interval"): t("rfm.span", low=low, high=high) if row["low"] == row["low"] else "–",
                t("clusters.all_mean"): overall,
                t("compare.index"): index,
                t("compare.n"): row["n"],
            }
        )
    return pd.DataFrame(rows)


def share_rows(table: pd.DataFrame, comparison: Comparison, view: segments.Shown) -> pd.DataFrame:
    """Return shares, one row per level and segment, in words."""
    import pandas as pd

    by_key = {feature.key: feature for feature in comparison.features}
    rows = [
        {
            t("charts.feature"): feature_name(by_key[row["feature"]], t),
            t("compare.level"): charts.level_name(by_key[row["feature"]], row["level"], t),
            t("column.segment"): view.names[row["segment"]],
            t("compare.share"): t.percent(row["share"]),
            t("compare.interval"): t("rfm.span", low=t.percent(row["low"]), high=t.percent(row["high"])),
            t("compare.index"): round(row["tgi"]) if row["tgi"] == row["tgi"] else None,
            t("compare.n"): row["n"],
        }
        for row in table.to_dict("records")
    ]
    return pd.DataFrame(rows)


def ranked(comparison: Comparison, view: segments.Shown) -> None:
    """Show what differs most, as bars and as a table with n and intervals."""
    st.subheader(t("compare.differs"), anchor=False)
    try:
        chart = charts.difference_bars(comparison, t, names=view.names)
    except AnalysisError as problem:
        show.error(problem)
        return
    frame = difference_rows(comparison, view)
    segments.clickable(chart, view, t("compare.differs_alt"), name="compare_differences", data=frame.head(15))
    show.table(frame, alt=t("compare.differs_alt"), name="compare_ranked")


def difference_rows(comparison: Comparison, view: segments.Shown) -> pd.DataFrame:
    """Return the ranked differences in words."""
    import pandas as pd

    by_key = {feature.key: feature for feature in comparison.features}
    numbers: Any = comparison.numbers.set_index(["segment", "feature"])[["low", "high"]]
    shares: Any = comparison.shares.set_index(["segment", "feature", "level"])[["low", "high"]]
    rows = []
    for row in comparison.differences.head(RANKED).to_dict("records"):
        feature, level = by_key[row["feature"]], row["level"]
        place = (row["segment"], row["feature"])
        low, high = (shares.loc[(*place, level)] if level else numbers.loc[place]).tolist()
        value, rest, low_text, high_text = (
            t.percent(number) if level else value_text(number, feature, t)
            for number in (row["value"], row["rest_value"], low, high)
        )
        rows.append(
            {
                t("column.segment"): view.names[row["segment"]],
                t("charts.feature"): feature_name(feature, t),
                t("compare.level"): charts.level_name(feature, level, t) if level else "",
                t("compare.value"): value,
                t("compare.interval"): t("rfm.span", low=low_text, high=high_text),
                t("compare.rest"): rest,
                t("compare.effect"): round(row["effect"], 2),
                t("compare.n"): row["n"],
                t("compare.sure"): t("compare.sure_yes" if row["significant"] else "compare.sure_no"),
            }
        )
    return pd.DataFrame(rows)


segments.begin("compare")
t = session.t()
st.fragment(main)()
show.next_step("share/export")
compute.keep_snapshot(compute.study_or_stop())
