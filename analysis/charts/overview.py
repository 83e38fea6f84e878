"""Charts of the Overview: over time, concentration, cohorts, and one distribution per kind of value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analysis.charts.palette import ACCENT, INK, SEQUENTIAL, axis_form, cell_text, look, titled
from analysis.errors import AnalysisError
from analysis.overview.distributions import OTHER
from analysis.overview.words import bucket_text
from analysis.profiles.words import coded_value, feature_name, value_text, with_unit
from analysis.translate import unique_words

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from analysis.overview.cohorts import Cohorts
    from analysis.overview.concentration import Concentration
    from analysis.overview.distributions import Distribution
    from analysis.overview.result import Overview
    from analysis.profiles.result import Feature
    from analysis.translate import Translate

Measure = Literal["revenue", "orders", "buyers"]
TICKS = 8
PALE, FAINT = 0.45, 0.15
# Pixels, with title and axes, as the screen lays charts out.
HEIGHT, DISTRIBUTION_HEIGHT, FRAME = 320, 240, 90


def over_time(result: Overview, t: Translate, *, measure: Measure | None = None) -> alt.LayerChart:
    """Draw a measure per day, week or month; steps that the period covers only in part are dashed and hollow.

    Without a measure that is chosen, revenue, or orders where nobody knows money.
    Fields: ``start`` (first day), ``value``, ``complete``, ``step_text``, ``value_text``.
    """
    import altair as alt
    import pandas as pd

    table = result.over_time
    measure = measure or ("orders" if table["revenue"].isna().all() else "revenue")
    write = t.money if measure == "revenue" else t.number
    data = pd.DataFrame(
        {
            "start": pd.to_datetime(table["start"]),
            "value": table[measure].astype("float64"),
            "complete": table["complete"],
            "step_text": [bucket_text(start, result.bucket) for start in table["start"]],
            "value_text": [write(float(value)) for value in table[measure]],
        }
    )
    title = with_unit(t(f"overview.measure.{measure}"), "money" if measure == "revenue" else "none", t)
    base = alt.Chart(data).encode(
        x=alt.X(
            "start:T",
            title=None,
            axis=alt.Axis(
                format="%Y-%m" if result.bucket == "month" else "%m-%d",
                values=_ticks(table["start"]),
                labelOverlap=True,
            ),
        ),
        y=alt.Y("value:Q", title=title, axis=alt.Axis(format=",~f", tickCount=5)),
        tooltip=[
            alt.Tooltip("step_text:N", title=t(f"overview.step.{result.bucket}")),
            alt.Tooltip("value_text:N", title=t(f"overview.measure.{measure}")),
        ],
    )
    whole = base.transform_filter("datum.complete")
    layers = [
        whole.mark_area(color=ACCENT, opacity=0.1),
        base.mark_line(color=ACCENT, strokeDash=[3, 4], strokeWidth=1.5),
        whole.mark_line(color=ACCENT, strokeWidth=2.5),
        whole.mark_circle(color=ACCENT, size=28, opacity=1),
    ]
    if not data["complete"].all():
        layers.append(base.transform_filter("!datum.complete").mark_point(color=ACCENT, size=40, filled=False))
    best = data.iloc[int(data["value"].argmax())]
    title = titled(
        t(f"overview.chart.{measure}.{result.bucket}"),
        t("overview.chart.highest", step=best["step_text"], value=best["value_text"]),
    )
    return look(alt.layer(*layers), width="container", height=HEIGHT, title=title)


def _ticks(starts: pd.Series) -> list[alt.DateTime]:
    """Label about eight of the steps; left alone, the axis would label Sundays under weeks that begin on Monday."""
    import altair as alt

    every = -(-len(starts) // TICKS)
    return [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in starts.iloc[::every]]


def concentration_curve(top: Concentration, t: Translate) -> alt.LayerChart:
    """Draw the share of revenue that the best buyers bring, from none to all of them; dashed: if all spent the same.

    Fields: ``buyers``, ``revenue`` (cumulative shares 0..1), ``label``.
    """
    import altair as alt
    import pandas as pd

    percent = alt.Axis(format="%", tickCount=5)
    x = alt.X("buyers:Q", title=t("overview.chart.buyers_axis"), axis=percent, scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("revenue:Q", title=t("overview.chart.revenue_axis"), axis=percent)
    tooltip = [
        alt.Tooltip("buyers:Q", title=t("overview.chart.buyers_axis"), format=".0%"),
        alt.Tooltip("revenue:Q", title=t("overview.chart.revenue_axis"), format=".1%"),
    ]
    curve = alt.Chart(top.curve).encode(x=x, y=y, tooltip=tooltip)
    equal = alt.Chart(pd.DataFrame({"buyers": [0.0, 1.0], "revenue": [0.0, 1.0]})).encode(x=x, y=y)
    share = top.top_n / top.n
    mark = pd.DataFrame(
        {
            "buyers": [share],
            "revenue": [top.top_share],
            "label": [t("overview.chart.top_label", buyers=share, revenue=top.top_share)],
        }
    )
    point = alt.Chart(mark).encode(x=x, y=y, tooltip=tooltip)
    layers = [
        equal.mark_line(color=INK, strokeDash=[4, 4], strokeWidth=1),
        curve.mark_area(color=ACCENT, opacity=0.1),
        curve.mark_line(color=ACCENT, strokeWidth=2.5),
        point.mark_circle(color=ACCENT, size=110, opacity=1),
        point.mark_text(align="left", dx=12, dy=14, fontSize=12, fontWeight="bold", color=INK).encode(
            text=alt.Text("label:N")
        ),
    ]
    title = titled(t("overview.chart.concentration"), t("overview.chart.equal"))
    return look(alt.layer(*layers), width="container", height=HEIGHT, title=title)


def cohort_heat(table: Cohorts, t: Translate) -> alt.LayerChart:
    """Draw the share of each month's new buyers who ordered again 1 to 12 months later, for the latest 18 cohorts.

    Fields: ``cohort`` (month and size in words), ``month``, ``share`` (0..1), ``label``, ``counts`` (in words),
    ``complete``; a cell that is not over yet is not drawn.

    Raises
    ------
    AnalysisError
        ``chart_no_cohorts``: the data ends in the month in which the first buyers came.
    """
    import altair as alt

    cells = table.latest().cells
    later = cells[cells["month"] >= 1]
    kept = sorted(later["cohort"].unique())
    if len(later) == 0:
        raise AnalysisError("chart_no_cohorts")
    # A cohort of two would take the whole scale; the few highest cells share the darkest shade.
    high = max(float(later["share"].quantile(0.95)), 0.01)
    sizes = later.drop_duplicates("cohort").set_index("cohort")["size"]
    words = {
        cohort: t("overview.chart.cohort", month=bucket_text(cohort, "month"), n=int(sizes[cohort])) for cohort in kept
    }
    data = later[["month", "share", "complete"]].assign(
        cohort=later["cohort"].map(words),
        label=[t.percent(share) for share in later["share"]],
        counts=[
            t("overview.chart.cohort_count", buyers=int(buyers), size=int(size))
            for buyers, size in zip(later["buyers"], later["size"], strict=True)
        ],
    )
    base = alt.Chart(data).encode(
        x=alt.X("month:O", title=t("overview.chart.months_later"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("cohort:N", sort=list(words.values()), title=t("overview.chart.first_order_in")),
    )
    cells = base.mark_rect(stroke="#80808033", cornerRadius=2).encode(
        opacity=alt.condition("datum.complete", alt.value(1.0), alt.value(FAINT)),
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[0, high], range=list(SEQUENTIAL), interpolate="rgb", clamp=True),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("cohort:N", title=t("overview.chart.first_order_in")),
            alt.Tooltip("month:O", title=t("overview.chart.months_later")),
            alt.Tooltip("share:Q", title=t("overview.chart.ordered_again"), format=".1%"),
            alt.Tooltip("counts:N", title=t("overview.measure.buyers")),
        ],
    )
    texts = base.mark_text(fontSize=11, color=cell_text("share", solid="datum.complete")).encode(
        text=alt.Text("label:N")
    )
    title = t("overview.chart.cohorts")
    return look(alt.layer(cells, texts), width="container", height=24 * len(kept) + FRAME, title=title)


def distribution_chart(one: Distribution, t: Translate) -> alt.LayerChart:
    """Draw the customers over the values of a feature: bars for categories, a histogram for numbers, months for dates.

    Fields: ``level`` (words), ``customers``, ``share`` (0..1), ``label``; of a histogram also ``low`` and ``high``.
    """
    if one.kind in ("bars", "top_bars", "flag"):
        return _bars(one, t)
    return _months(one, t) if one.kind == "months" else _histogram(one, t)


def level_words(one: Distribution, t: Translate) -> list[str]:
    """Return the words of each bar: the value, the bin, the month, or "other"."""
    if one.kind in ("histogram", "shares"):
        return [
            t("overview.chart.from", low=value_text(low, one.feature, t))
            if high != high
            else t("overview.chart.bin", low=value_text(low, one.feature, t), high=value_text(high, one.feature, t))
            for low, high in zip(one.levels["low"], one.levels["high"], strict=True)
        ]
    if one.kind == "months":
        yearly = len(one.levels) > 1 and one.levels["level"].str.endswith("01-01").all()
        return [level[:4] if yearly else level[:7] for level in one.levels["level"]]
    if one.kind == "flag":
        words = {"True": "charts.yes", "False": "overview.chart.no"}
        return unique_words(t(words[level]) if level in words else level for level in one.levels["level"])
    return unique_words(
        t("charts.other") if level == OTHER else coded_value(one.feature.key, level, t) for level in one.levels["level"]
    )


def _data(one: Distribution, t: Translate) -> pd.DataFrame:
    return one.levels[["low", "high", "customers", "share"]].assign(
        level=level_words(one, t),
        label=[
            t("overview.chart.bar", n=int(n), share=float(share))
            for n, share in zip(one.levels["customers"], one.levels["share"], strict=True)
        ],
    )


def _tooltip(one: Distribution, t: Translate) -> list[alt.Tooltip]:
    import altair as alt

    return [
        alt.Tooltip("level:N", title=feature_name(one.feature, t)),
        alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
        alt.Tooltip("share:Q", title=t("charts.share"), format=".1%"),
    ]


def _title(one: Distribution, t: Translate) -> alt.TitleParams:
    name = feature_name(one.feature, t)
    if one.kind == "top_bars":
        return titled(name, t("overview.chart.top_of", shown=len(one.levels) - 1, n=one.n_levels))
    if one.quantiles:
        low, middle, high = (value_text(one.quantiles[q], one.feature, t) for q in (0.25, 0.5, 0.75))
        return titled(name, t("overview.chart.quantiles", low=low, middle=middle, high=high))
    return titled(name)


def _bars(one: Distribution, t: Translate) -> alt.LayerChart:
    import altair as alt

    data = _data(one, t)
    base = alt.Chart(data).encode(
        y=alt.Y("level:N", sort=data["level"].tolist(), title=None, axis=alt.Axis(labelLimit=150)),
        x=alt.X(
            "customers:Q",
            title=t("charts.customers"),
            axis=alt.Axis(format=",~f", tickCount=4),
            scale=alt.Scale(domain=[0, float(data["customers"].max()) * 1.4], nice=False),
        ),
        tooltip=_tooltip(one, t),
    )
    others = alt.condition(
        alt.datum.level == t("charts.other") if one.kind == "top_bars" else "false", alt.value(INK), alt.value(ACCENT)
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(color=others)
    texts = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(text=alt.Text("label:N"))
    height = 24 * len(data) + FRAME
    return look(alt.layer(bars, texts), width="container", height=height, title=_title(one, t))


def _axis_title(feature: Feature, t: Translate) -> str:
    return with_unit(feature_name(feature, t), feature.unit, t)


def _histogram(one: Distribution, t: Translate) -> alt.LayerChart:
    import altair as alt
    import pandas as pd

    data = _data(one, t).assign(open=one.levels["high"].isna() & (one.kind != "steps"))
    if one.kind == "steps":
        data = data.assign(high=data["low"] + 0.42, low=data["low"] - 0.42)
    else:
        width = float((data["high"] - data["low"]).dropna().iloc[0])
        data["high"] = data["high"].fillna(data["low"] + width)
    axis = alt.Axis(
        format=axis_form(one.feature.unit), tickCount=6, grid=False, tickMinStep=1 if one.kind == "steps" else 0
    )
    base = alt.Chart(data).encode(
        x=alt.X(
            "low:Q", bin="binned", title=_axis_title(one.feature, t), axis=axis, scale=alt.Scale(nice=False, zero=False)
        ),
        x2=alt.X2("high:Q"),
        y=alt.Y("customers:Q", title=t("charts.customers"), axis=alt.Axis(format=",~f", tickCount=4)),
        tooltip=_tooltip(one, t),
    )
    # Beyond the last edge everything stands in one bar; it is paler, because its width means nothing.
    opacity = alt.condition("datum.open", alt.value(PALE), alt.value(1.0))
    bars = base.mark_bar(color=ACCENT).encode(opacity=opacity)
    median = pd.DataFrame({"median": [one.quantiles[0.5]]})
    rule = alt.Chart(median).mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5).encode(x=alt.X("median:Q"))
    return look(alt.layer(bars, rule), width="container", height=DISTRIBUTION_HEIGHT, title=_title(one, t))


def _months(one: Distribution, t: Translate) -> alt.LayerChart:
    import altair as alt

    data = _data(one, t)
    base = alt.Chart(data).encode(
        x=alt.X(
            "level:O",
            title=feature_name(one.feature, t),
            sort=data["level"].tolist(),
            axis=alt.Axis(labelAngle=0, labelOverlap=True),
        ),
        y=alt.Y("customers:Q", title=t("charts.customers"), axis=alt.Axis(format=",~f", tickCount=4)),
        tooltip=_tooltip(one, t),
    )
    bars = base.mark_bar(color=ACCENT, cornerRadiusEnd=2)
    return look(alt.layer(bars), width="container", height=DISTRIBUTION_HEIGHT, title=_title(one, t))
