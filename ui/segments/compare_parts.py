"""What the page of segments side by side is made of: the choice, cards, one dimension at a time, what differs."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts import compare as charts
from analysis.charts.palette import segment_colours
from analysis.compare import words
from analysis.compare.compare import Comparison
from analysis.errors import AnalysisError
from analysis.profiles.result import DIMENSIONS
from analysis.profiles.words import feature_names
from ui import bound, compute, session, show
from ui.segments import compare_tables, segments

if TYPE_CHECKING:
    from analysis.compare.influence import Influence
    from analysis.profiles.result import Feature

MOST = 6
FIRST = 3
FIRST_BARS = 6


def only(comparison: Comparison, segment: str) -> Comparison:
    """Return a comparison whose ranking holds one segment."""
    differences = comparison.differences
    return replace(comparison, differences=differences[differences["segment"] == segment].reset_index(drop=True))


def choice(study: compute.LoadedStudy, usable: dict[str, segments.Shown]) -> tuple[segments.Shown, list[str]]:
    """Show which segments are compared; the choice is kept with the study."""
    t, bind = session.t(), bound.to_study(study, "compare", keyed=False)
    with st.grid(min_column_width=340):  # one above the other where the names would be cut
        left, right = st.container(), st.container()
    with left:
        method = st.selectbox(
            t("compare.segmentation"), list(usable), format_func=lambda method: t(f"compare.{method}"),
            **bind.to("method", next(iter(usable)), offered=usable, kind=str),
        )  # fmt: skip
    view = usable[method]
    options = list(view.edited.shown)
    order = view.table.sort_values(["revenue", "customers"], ascending=False, na_position="last")
    first = set(order["segment"].head(FIRST))
    with right:
        chosen = st.multiselect(
            t("compare.segments"), options, format_func=lambda segment: view.names[segment], max_selections=MOST,
            help=t("compare.segments_help"), wrap=True, placeholder=t("compare.choose_two"), select_all=False,
            **bind.to(method, [key for key in options if key in first], offered=options, many=True, kind=list[str]),
        )  # fmt: skip
    return view, chosen


def cards(comparison: Comparison, view: segments.Shown) -> None:
    """Show size and revenue of each segment side by side, each with its colour."""
    t = session.t()
    colours = segment_colours(comparison.segments["segment"])
    with st.grid(min_column_width=220):
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
    t = session.t()
    measured = set(comparison.numbers["feature"]) | set(comparison.shares["feature"])
    features = [feature for feature in comparison.features if feature.key in measured]
    present = [dimension for dimension in DIMENSIONS if any(f.dimension == dimension for f in features)]
    if not present:
        return
    st.subheader(t("compare.by_dimension"), anchor=False)
    chosen = st.segmented_control(
        t("compare.dimension"), present, format_func=lambda dimension: t(f"workbook.dimension.{dimension}"),
        required=True, label_visibility="collapsed",
        **bound.to_visit("compare").to("dimension", "value" if "value" in present else present[0], offered=present),
    )  # fmt: skip
    here = [feature for feature in features if feature.dimension == chosen]
    numbers = [feature for feature in here if feature.kind == "number"]
    others = tuple(feature.key for feature in here if feature.kind != "number")
    if numbers:
        dots(comparison, numbers, view, focus)
    if others:
        rows = comparison.shares[comparison.shares["feature"].isin(others)]
        chart = charts.index_heat(comparison, t, features=others, names=view.names)
        data = compare_tables.share_rows(rows, comparison, view)
        segments.clickable(chart, view, t("compare.index_alt"), name="compare_index", data=data, focus=focus)
    if numbers:
        show.table(
            compare_tables.mean_rows(comparison, numbers, view), alt=t("compare.means_alt"), name="compare_means"
        )


def dots(comparison: Comparison, numbers: list[Feature], view: segments.Shown, focus: str | None) -> None:
    """Show the mean of one number per segment with its interval."""
    t = session.t()
    named = feature_names(numbers, t)
    strongest = comparison.differences[comparison.differences["feature"].isin(named)]
    first = str(strongest["feature"].iloc[0]) if len(strongest) else numbers[0].key
    options = list(named)
    chosen = st.selectbox(
        t("compare.number"), options, format_func=lambda key: named[key],
        **bound.to_visit("compare").to(f"number_{numbers[0].dimension}", first, offered=options),
    )  # fmt: skip
    feature = next(feature for feature in numbers if feature.key == chosen)
    chart = charts.mean_dots(comparison, str(chosen), t, names=view.names)
    data = compare_tables.mean_rows(comparison, [feature], view)
    words_alt = t("compare.dots_alt", feature=named[str(chosen)])
    segments.clickable(chart, view, words_alt, name="compare_dots", data=data, focus=focus, layer=2)


def ranked(comparison: Comparison, view: segments.Shown) -> None:
    """Show what differs most, as bars and as a table with n and intervals."""
    t = session.t()
    st.subheader(t("compare.differs"), anchor=False)
    try:
        chart = charts.difference_bars(comparison, t, names=view.names)
    except AnalysisError as problem:
        show.error(problem)
        return
    frame = compare_tables.difference_rows(comparison, view)
    segments.clickable(chart, view, t("compare.differs_alt"), name="compare_differences", data=frame.head(15))
    show.table(frame, alt=t("compare.differs_alt"), name="compare_ranked")


def first_picture(comparison: Comparison, view: segments.Shown) -> None:
    """Show what differs most beyond what made the segments; nothing where there is no such thing."""
    import pandas as pd

    t = session.t()
    rows = comparison.differences
    rows = rows[~rows["by_construction"] & rows["significant"]].head(FIRST_BARS * 5)
    if len(rows) == 0:
        return
    rows = pd.DataFrame(words.said_once(rows.to_dict("records"))).head(FIRST_BARS)
    told = replace(comparison, differences=rows)
    chart = charts.difference_bars(told, t, names=view.names)
    data = compare_tables.difference_rows(told, view)
    segments.clickable(chart, view, t("compare.differs_alt"), name="compare_first", data=data)


def influencers(found: Influence, view: segments.Shown) -> None:
    """Show what makes belonging to the chosen segment more likely, one bar each."""
    t = session.t()
    first = replace(found, rows=found.rows.head(FIRST_BARS))
    chart = charts.influence_bars(first, t, names=view.names)
    data = compare_tables.influence_rows(found)
    show.chart(chart, t("compare.influence_alt"), name="compare_influence", data=data)


def by_construction(comparison: Comparison) -> None:
    """Say which features the segments were made of, so that differences in them are no finding."""
    for sentence in words.by_construction(comparison, session.t()):
        st.caption(show.md_escape(sentence))
