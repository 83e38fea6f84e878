"""Charts of a comparison: the index against all, means and shares with intervals, what differs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts.palette import (
    DIVERGING,
    INK,
    axis_form,
    axis_of_lines,
    cell_text,
    look,
    segment_axis,
    segment_colours,
    titled,
    within,
)
from analysis.compare.compare import YES
from analysis.compare.ranked import size_of
from analysis.compare.words import SMALL, influence_name
from analysis.compare.words import level_name as level_name
from analysis.errors import AnalysisError
from analysis.profiles.words import feature_name, mean_text, with_unit
from analysis.segments.names import segment_names
from analysis.translate import unique_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import altair as alt
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.compare.influence import Influence
    from analysis.profiles.result import Feature
    from analysis.translate import Translate

INDEX_RANGE = (0.0, 200.0)
MAX_INDEX_ROWS = 30
ROW_NAMES = 260  # pixels for a segment and a feature, in two lines where they need them


def index_heat(
    comparison: Comparison,
    t: Translate,
    *,
    features: tuple[str, ...] = (),
    names: Mapping[str, str] | None = None,
) -> alt.LayerChart:
    """Draw the index (100 is as all customers) of each level in each segment, at most 30 levels.

    Parameters
    ----------
    comparison : Comparison
    t : Translator
    features : tuple of str, optional
        Category or flag features; the levels that differ most when left out.
    names : mapping of str, optional
        Words by segment key.

    Raises
    ------
    AnalysisError
        ``chart_no_categories``: there is no such feature to draw.
    """
    import altair as alt

    shares = comparison.shares[comparison.shares["feature"].isin(features)] if features else comparison.shares
    if len(shares) == 0:
        raise AnalysisError("chart_no_categories")
    strength = shares.groupby(["feature", "level"], sort=False)["h"].agg(lambda h: h.abs().max())
    kept = list(strength.index) if features else list(strength.sort_values(ascending=False, kind="stable").index)
    kept = kept[:MAX_INDEX_ROWS]
    by_key = {feature.key: feature for feature in comparison.features}
    rows = dict(zip(kept, unique_words(_row_words(by_key[feature], level, t) for feature, level in kept), strict=True))
    words = _words(comparison, t, names)
    shares = shares[[pair in rows for pair in zip(shares["feature"], shares["level"], strict=True)]]
    data = shares[["tgi", "share", "low", "high", "n"]].assign(
        segment=shares["segment"].map(words),
        row=[rows[pair] for pair in zip(shares["feature"], shares["level"], strict=True)],
        label=[
            t("charts.too_few", n=n) if few else t.number(tgi, 0)
            for tgi, n, few in zip(shares["tgi"], shares["n"], shares["too_few"], strict=True)
        ],
        share_text=[
            _interval(t.percent, *cells) for cells in zip(shares["share"], shares["low"], shares["high"], strict=True)
        ],
    )
    base = alt.Chart(data).encode(
        x=alt.X("segment:N", sort=list(words.values()), title=None, axis=segment_axis(words.values())),
        y=alt.Y("row:N", sort=list(rows.values()), title=None),
    )
    cells = base.mark_rect(stroke="#80808033", cornerRadius=3).encode(
        color=alt.Color(
            "tgi:Q",
            title=t("charts.index"),
            scale=alt.Scale(
                domain=[INDEX_RANGE[0], 100, INDEX_RANGE[1]], range=list(DIVERGING), clamp=True, interpolate="rgb"
            ),
            legend=alt.Legend(orient="bottom"),
        ),
        tooltip=[
            alt.Tooltip("segment:N", title=t("charts.segment")),
            alt.Tooltip("row:N", title=t("charts.feature")),
            alt.Tooltip("tgi:Q", title=t("charts.index"), format=".0f"),
            alt.Tooltip("share_text:N", title=t("charts.share_interval")),
            alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
        ],
    )
    texts = base.mark_text(fontSize=12, color=cell_text("tgi")).encode(text=alt.Text("label:N"))
    layers = alt.layer(cells, texts)
    told = comparison.differences
    told = told[[pair in rows for pair in zip(told["feature"], told["level"], strict=True)]]
    title = titled(_finding(told, comparison, words, t), t("charts.index_heat"))
    return look(layers, width="container", height=max(28 * len(rows), 100), title=title)


def mean_dots(
    comparison: Comparison, feature: str, t: Translate, *, names: Mapping[str, str] | None = None
) -> alt.LayerChart:
    """Draw the mean of a number per segment with its 95 % interval, and the mean of all customers as a line.

    Fields: ``segment`` (words), ``mean``, ``low``, ``high``, ``all_mean``, ``label``.

    Raises
    ------
    AnalysisError
        ``chart_unknown_feature`` (feature).
    """
    table = comparison.numbers[comparison.numbers["feature"] == feature]
    described = next((f for f in comparison.features if f.key == feature), None)
    if described is None or len(table) == 0:
        raise AnalysisError("chart_unknown_feature", feature=feature, known=tuple(f.key for f in comparison.features))
    words = _words(comparison, t, names)
    cells = zip(table["mean"], table["n"], table["too_few"], strict=True)
    data = table[["mean", "low", "high", "all_mean", "n"]].assign(
        segment=table["segment"].map(words),
        label=[t("charts.too_few", n=n) if few else mean_text(mean, described, t) for mean, n, few in cells],
    )
    told = comparison.differences[comparison.differences["feature"] == feature]
    title = titled(_finding(told, comparison, words, t, of=feature_name(described, t)), t("charts.mean_dots"))
    axis_title = _axis_title(described, t)
    return _dots(
        data,
        "mean",
        "all_mean",
        words,
        comparison,
        t,
        title=title,
        axis_title=axis_title,
        form=axis_form(described.unit),
        write=lambda value: mean_text(value, described, t),
    )


def share_dots(
    comparison: Comparison, feature: str, level: str, t: Translate, *, names: Mapping[str, str] | None = None
) -> alt.LayerChart:
    """Draw the share of a level per segment with its 95 % interval, and the share among all customers as a line.

    Fields: ``segment`` (words), ``share``, ``low``, ``high``, ``all_share``, ``label``.

    Raises
    ------
    AnalysisError
        ``chart_unknown_feature`` (feature).
    """
    shares = comparison.shares
    table = shares[(shares["feature"] == feature) & (shares["level"] == level)]
    described = next((f for f in comparison.features if f.key == feature), None)
    if described is None or len(table) == 0:
        raise AnalysisError("chart_unknown_feature", feature=feature, known=tuple(f.key for f in comparison.features))
    words = _words(comparison, t, names)
    data = table[["share", "low", "high", "all_share", "n"]].assign(
        segment=table["segment"].map(words),
        label=[
            t("charts.too_few", n=n) if few else t.percent(share)
            for share, n, few in zip(table["share"], table["n"], table["too_few"], strict=True)
        ],
    )
    told = comparison.differences[comparison.differences["feature"] == feature]
    told, of = told[told["level"] == level], _row_words(described, level, t)
    title = titled(_finding(told, comparison, words, t, of=of), t("charts.share_dots"))
    return _dots(
        data,
        "share",
        "all_share",
        words,
        comparison,
        t,
        title=title,
        axis_title=t("charts.share"),
        form="%",
        write=t.percent,
    )


def _dots(
    data: pd.DataFrame,
    value: str,
    overall: str,
    words: Mapping[str, str],
    comparison: Comparison,
    t: Translate,
    *,
    title: alt.TitleParams,
    axis_title: str,
    form: str,
    write: Callable[[float], str],
) -> alt.LayerChart:
    import altair as alt

    columns = {"value_text": value, "low_text": "low", "high_text": "high"}
    told = {text: [write(one) if one == one else "–" for one in data[column]] for text, column in columns.items()}
    data = data.assign(**told)
    colours = segment_colours(comparison.segments["segment"])
    y = alt.Y("segment:N", sort=list(words.values()), title=None)
    tooltip = [
        alt.Tooltip("segment:N", title=t("charts.segment")),
        alt.Tooltip("value_text:N", title=t("charts.value")),
        alt.Tooltip("low_text:N", title=t("charts.interval_low")),
        alt.Tooltip("high_text:N", title=t("charts.interval_high")),
        alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
    ]
    colour = alt.Color(
        "segment:N", scale=alt.Scale(domain=list(words.values()), range=list(colours.values())), legend=None
    )
    base = alt.Chart(data).encode(y=y, color=colour, tooltip=tooltip)
    x = alt.X(
        f"{value}:Q",
        title=axis_title,
        axis=alt.Axis(format=form, tickCount=6),
        scale=alt.Scale(zero=False),
    )
    reference = alt.Chart(data.head(1)).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=f"{overall}:Q")
    intervals = base.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", title=axis_title), x2=alt.X2("high:Q"))
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x)
    labels = base.mark_text(dy=-12, fontSize=11).encode(x=x, text=alt.Text("label:N"), color=alt.ColorValue(INK))
    layers = alt.layer(reference, intervals, points, labels)
    return look(layers, width="container", height=max(44 * len(words), 110), title=title)


def difference_bars(
    comparison: Comparison, t: Translate, *, names: Mapping[str, str] | None = None, limit: int = 15
) -> alt.LayerChart:
    """Draw what differs most from the rest, largest first; pale bars are not significant after Holm's correction.

    Outlined bars are by construction. Fields: ``row`` (words), ``segment`` (words), ``effect``, ``significant``,
    ``by_construction``, ``label``.

    Raises
    ------
    AnalysisError
        ``chart_no_differences`` (n): nothing could be compared.
    """
    import altair as alt
    import numpy as np

    table = comparison.differences.head(limit)
    if len(table) == 0:
        raise AnalysisError("chart_no_differences", n=int(comparison.segments["customers"].sum()))
    words = _words(comparison, t, names)
    by_key = {feature.key: feature for feature in comparison.features}
    rows, labels = [], []
    for row in table.to_dict("records"):
        feature = by_key[row["feature"]]
        words_of_row = _row_words(feature, row["level"], t)
        rows.append(t("charts.difference_row", segment=words[row["segment"]], feature=words_of_row))
        value, rest = (
            t.percent(number) if row["level"] else mean_text(number, feature, t)
            for number in (row["value"], row["rest_value"])
        )
        labels.append(t("charts.difference", value=value, rest=rest))
    data = table[["effect", "significant", "by_construction", "n"]].assign(
        row=within(unique_words(rows), ROW_NAMES), segment=table["segment"].map(words), label=labels
    )
    colours = segment_colours(comparison.segments["segment"])
    edge = float(np.nanmax(np.r_[data["effect"].abs(), SMALL])) * 1.05
    # Of two sides neither of which varies there is no d: their bar goes to the edge.
    towards = np.sign((table["value"] - table["rest_value"]).to_numpy(dtype=float))
    data["drawn"] = np.where(data["effect"].isna(), edge * towards, data["effect"])
    scale = alt.Scale(domain=[-edge, edge])
    base = alt.Chart(data).encode(
        y=alt.Y("row:N", sort=data["row"].tolist(), title=None, axis=axis_of_lines(ROW_NAMES)),
        x=alt.X("drawn:Q", title=t("charts.effect"), axis=alt.Axis(tickCount=7), scale=scale),
    )
    by_segment = alt.Scale(domain=list(words.values()), range=list(colours.values()))
    bars = base.mark_bar(cornerRadiusEnd=3, strokeWidth=1.5).encode(
        color=alt.Color("segment:N", scale=by_segment, legend=None),
        stroke=alt.Stroke("segment:N", scale=by_segment, legend=None),
        fillOpacity=alt.condition("datum.by_construction", alt.value(0.0), alt.value(1.0)),
        opacity=alt.condition("datum.significant || datum.by_construction", alt.value(1.0), alt.value(0.35)),
        tooltip=[
            alt.Tooltip("row:N", title=t("charts.feature")),
            alt.Tooltip("label:N", title=t("charts.value")),
            alt.Tooltip("effect:Q", title=t("charts.effect"), format="+.2f"),
            alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
        ],
    )
    # Across from its bar a label has half the chart, however narrow that is.
    words_of = base.encode(text=alt.Text("label:N"), x=alt.XDatum(0))
    right = words_of.transform_filter("datum.drawn < 0").mark_text(align="left", dx=5, color=INK, fontSize=11)
    left = words_of.transform_filter("datum.drawn >= 0").mark_text(align="right", dx=-5, color=INK, fontSize=11)
    layers = alt.layer(bars, right, left)
    made = data["by_construction"]
    pale = bool((~made & ~data["significant"]).any())
    about = t("charts.difference_bars_" + (("both" if pale else "made") if made.any() else "pale" if pale else "sure"))
    title = titled(_finding(table, comparison, words, t), about)
    return look(layers, width="container", height=max(28 * len(data), 80), title=title)


def influence_bars(found: Influence, t: Translate, *, names: Mapping[str, str]) -> alt.LayerChart:
    """Draw how many times as likely each level makes belonging to the segment, with its 95 % interval.

    Fields: ``row`` (words), ``ratio``, ``low``, ``high``, ``n``, ``label``.

    Raises
    ------
    AnalysisError
        ``chart_no_differences`` (n): nothing makes it more likely.
    """
    import altair as alt

    if len(found.rows) == 0:
        raise AnalysisError("chart_no_differences", n=0)
    rows = found.rows.to_dict("records")
    data = found.rows[["ratio", "low", "high", "n"]].assign(
        row=unique_words(influence_name(row, found.features, t) for row in rows),
        label=[
            t("charts.influence_label", ratio=t.number(row["ratio"], 1), share=row["share"], n=row["n"]) for row in rows
        ],
        none=1.0,
    )
    colour = segment_colours([found.segment])[found.segment]
    title = t("charts.influence_times")
    y = alt.Y("row:N", sort=data["row"].tolist(), title=None, axis=alt.Axis(labelLimit=260))
    base = alt.Chart(data).encode(y=y)
    bars = base.mark_bar(cornerRadiusEnd=3, color=colour, height={"band": 0.55}).encode(
        x=alt.X("none:Q", title=title, scale=alt.Scale(zero=False, domainMin=1)), x2=alt.X2("ratio:Q"),
        tooltip=[alt.Tooltip("row:N", title=t("charts.feature")), alt.Tooltip("label:N", title=t("charts.value"))],
    )  # fmt: skip
    spans = base.mark_rule(strokeWidth=2, color=INK).encode(x=alt.X("low:Q", title=title), x2=alt.X2("high:Q"))
    marks = base.mark_text(align="left", dx=6, color=INK, fontSize=11)
    labels = marks.encode(x=alt.X("high:Q", title=title), text=alt.Text("label:N"))
    layers = alt.layer(bars, spans, labels)
    first = rows[0]
    ratio = t.number(first["ratio"], 1)
    finding = t("charts.influence", segment=names[found.segment], row=data["row"].iloc[0], ratio=ratio, n=first["n"])
    return look(layers, width="container", height=max(28 * len(data), 80), title=finding)


def _finding(
    rows: pd.DataFrame, comparison: Comparison, words: Mapping[str, str], t: Translate, *, of: str = ""
) -> str:
    """Return the largest of some differences with its n; that none is beyond chance, or too few to tell, says so.

    ``of`` is what they are all differences in.
    """
    facts: dict[str, Any] = {"n": comparison.n_all}
    if len(rows) == 0:
        return t("charts.finding_few", **facts)
    tested = rows[~rows["by_construction"]]
    sure = tested[tested["significant"]]
    if len(tested) and not len(sure):
        return t("charts.finding_none_of", feature=of, **facts) if of else t("charts.finding_none", **facts)
    told = sure if len(sure) else rows
    top = told.iloc[int(size_of(told["effect"]).argmax())]
    feature = next(one for one in comparison.features if one.key == top["feature"])
    value, rest = (
        t.percent(number) if top["level"] else mean_text(number, feature, t)
        for number in (top["value"], top["rest_value"])
    )
    key = "made" if not len(sure) else "slight" if abs(top["effect"]) < SMALL else "most"
    name = of or _row_words(feature, str(top["level"]), t)
    return t(
        f"charts.finding_{key}", segment=words[top["segment"]], feature=name, value=value, rest=rest, n=int(top["n"])
    )


def _words(comparison: Comparison, t: Translate, names: Mapping[str, str] | None) -> dict[str, str]:
    return segment_names(comparison.segments["segment"], t, names=names)


def _row_words(feature: Feature, level: str, t: Translate) -> str:
    name = feature_name(feature, t)
    return t("charts.level", feature=name, level=level_name(feature, level, t)) if level and level != YES else name


def _axis_title(feature: Feature, t: Translate) -> str:
    return with_unit(feature_name(feature, t), feature.unit, t)


def _interval(write: Callable[[float], str], value: float, low: float, high: float) -> str:
    return f"{write(value)} ({write(low)} – {write(high)})"
