"""Charts of an experiment: arms, effects with intervals, forest plot by segment, day by day, what to believe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.charts.palette import ACCENT, BAD, CATEGORICAL, GOOD, GREY, INK, look
from analysis.errors import AnalysisError
from analysis.experiments.reading.evaluate import day_table
from analysis.experiments.words import (
    effect_interval,
    effect_text,
    level_text,
    lift_interval,
    lift_text,
    value_interval,
    value_text,
)
from analysis.profiles.words import with_unit
from analysis.translate import unique_words

if TYPE_CHECKING:
    from datetime import date

    import altair as alt
    import pandas as pd

    from analysis.experiments.arms.result import Estimate
    from analysis.experiments.arms.sequential import Day
    from analysis.experiments.reading.evaluate import ArmValue, Evaluation
    from analysis.experiments.reading.segments import SegmentReading
    from analysis.experiments.reading.targets import Targeting
    from analysis.translate import Translate

# Blue is what is wanted, orange what is not, grey what cannot be told: as everywhere, red stays for alarms.
_SIDES = {"better": GOOD, "worse": BAD, "unclear": GREY[0]}
_DENSITY_POINTS = 240


def arm_dots(values: Sequence[ArmValue], kind: str, t: Translate, *, metric: str) -> alt.LayerChart:
    """Draw the share or mean of each arm with its interval, control first.

    Fields: ``arm``, ``value``, ``low``, ``high``, ``n``, ``label``, ``interval``.

    Raises
    ------
    AnalysisError
        ``chart_nothing_read``: no arm has a value.
    """
    import altair as alt
    import pandas as pd

    if not values:
        raise AnalysisError("chart_nothing_read")
    data = pd.DataFrame(
        {
            "arm": [found.arm for found in values],
            "value": [found.value.value for found in values],
            "low": [found.value.low for found in values],
            "high": [found.value.high for found in values],
            "n": [found.n for found in values],
            "label": [value_text(found.value.value, kind, t) for found in values],
            "interval": [value_interval(found.value, kind, t) for found in values],
            "side": ["control", *["treatment"] * (len(values) - 1)],
        }
    )
    colour = alt.Color("side:N", scale=alt.Scale(domain=["control", "treatment"], range=[GREY[0], ACCENT]), legend=None)
    tooltip = [
        alt.Tooltip("arm:N", title=t("charts.arm")),
        alt.Tooltip("label:N", title=t("charts.value")),
        alt.Tooltip("interval:N", title=t("charts.interval")),
        alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
    ]
    base = alt.Chart(data).encode(
        y=alt.Y("arm:N", sort=data["arm"].tolist(), title=None), color=colour, tooltip=tooltip
    )
    x = alt.X("value:Q", title=_unit(metric, kind, t), axis=_axis(kind), scale=alt.Scale(zero=False))
    layers = _dots(base, x)
    return _finish(layers, len(data), t("charts.arms", metric=metric, level=values[0].value.level))


def effect_dots(found: Evaluation, t: Translate) -> alt.LayerChart:
    """Draw the relative effect of every metric and treatment with its interval, and a line at no effect.

    Fields: ``row``, ``lift``, ``low``, ``high``, ``side`` (better, worse, unclear), ``label``, ``interval``.

    Raises
    ------
    AnalysisError
        ``chart_no_relative``: control is 0 everywhere, so no effect is relative to it.
    """
    import altair as alt
    import pandas as pd

    several = len(found.arms) > 2
    rows = [
        {
            "row": t("charts.effect_row", metric=item.metric.name, arm=item.treatment) if several else item.metric.name,
            "lift": lift.value,
            "low": lift.low,
            "high": lift.high,
            "side": item.direction,
            "label": lift_text(lift.value, t),
            "interval": lift_interval(lift, t),
        }
        for item in found.results
        if (lift := item.reading.relative) is not None and item.reading.control != 0
    ]
    if not rows:
        raise AnalysisError("chart_no_relative")
    data = pd.DataFrame(rows)
    data["row"] = unique_words(data["row"])
    tooltip = [
        alt.Tooltip("row:N", title=t("charts.metric")),
        alt.Tooltip("label:N", title=t("charts.relative_effect")),
        alt.Tooltip("interval:N", title=t("charts.interval")),
    ]
    base = alt.Chart(data).encode(y=_rows(data["row"]), color=_side_colour(t), tooltip=tooltip)
    x = alt.X("lift:Q", title=t("charts.relative_effect"), axis=alt.Axis(format="+%", tickCount=6))
    return _finish(_dots(base, x, zero=True), len(data), t("charts.effects"))


def forest(found: SegmentReading, kind: str, t: Translate, *, more_is_better: bool = True) -> alt.LayerChart:
    """Draw the effect in each segment with its corrected interval, and the effect of all as the last row.

    Fields: ``row``, ``effect``, ``low``, ``high``, ``n``, ``side``, ``label``, ``interval``.
    """
    import altair as alt
    import pandas as pd

    def row(name: str, effect: Estimate, n: int, is_sure: bool, whole: bool) -> dict[str, Any]:
        gain = effect.value if more_is_better else -effect.value
        return {
            "row": name,
            "effect": effect.value,
            "low": effect.low,
            "high": effect.high,
            "n": n,
            "side": "unclear" if not is_sure else "better" if gain > 0 else "worse",
            "label": effect_text(effect.value, kind, t),
            "interval": effect_interval(effect, kind, t),
            "whole": whole,
        }

    rows = [
        row(level_text(item.segment, t), item.absolute, item.n_control + item.n_treatment, item.significant, False)
        for item in found.effects
    ]
    whole = found.overall
    sure = (whole.low or 0) > 0 or (whole.high or 0) < 0
    n = sum(item["n"] for item in rows)
    rows.append(row(t("charts.all_segments"), whole, n, sure, True))
    data = pd.DataFrame(rows)
    data["row"] = unique_words(data["row"])
    tooltip = [
        alt.Tooltip("row:N", title=t("charts.segment")),
        alt.Tooltip("label:N", title=t("charts.effect_absolute")),
        alt.Tooltip("interval:N", title=t("charts.interval_corrected")),
        alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
    ]
    base = alt.Chart(data).encode(y=_rows(data["row"]), color=_side_colour(t), tooltip=tooltip)
    x = alt.X("effect:Q", title=_effect_title(found.metric, kind, t), axis=_axis(kind, points=True))
    shape = alt.Shape("whole:N", scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]), legend=None)
    layers = _dots(base, x, zero=True, shape=shape)
    title = t("charts.forest", metric=found.metric, arm=found.treatment)
    return _finish(layers, len(data), title)


def day_band(
    dates: Sequence[date], days: Sequence[Day], kind: str, t: Translate, *, metric: str, treatment: str
) -> alt.LayerChart:
    """Draw the effect as of each day: the band that may be looked at any time, and the narrower one of a single look.

    Fields: ``day``, ``effect``, ``low``, ``high`` (always valid), ``once_low``, ``once_high``, ``n``.

    Raises
    ------
    AnalysisError
        ``chart_too_few_days``: fewer than two days can be read.
    """
    import altair as alt
    import pandas as pd

    if len(days) < 2:
        raise AnalysisError("chart_too_few_days")
    data = day_table(dates, days)
    start = next((i for i, found in enumerate(days) if found.n >= 0.05 * days[-1].n), 0)
    data = data.iloc[min(start, len(data) - 2) :]  # the first days alone would stretch the axis a hundredfold
    data = data.assign(
        day=pd.to_datetime(data["day"]),
        label=[effect_text(value, kind, t) for value in data["effect"]],
        interval=[effect_interval(found.always, kind, t) for found in days][-len(data) :],
    )
    tooltip = [
        alt.Tooltip("day:T", title=t("charts.day"), format="%Y-%m-%d"),
        alt.Tooltip("label:N", title=t("charts.effect_absolute")),
        alt.Tooltip("interval:N", title=t("charts.always_valid")),
        alt.Tooltip("n:Q", title=t("charts.customers"), format=","),
    ]
    base = alt.Chart(data).encode(x=alt.X("day:T", title=None, axis=alt.Axis(format="%m-%d", tickCount=8)))
    y = alt.Y("low:Q", title=_effect_title(metric, kind, t), axis=_axis(kind, points=True))
    names = [t("charts.always_valid"), t("charts.one_look")]
    colours = alt.Scale(domain=names, range=[ACCENT, GREY[0]])
    band = alt.Color("band:N", scale=colours, legend=alt.Legend(orient="bottom", title=None, symbolOpacity=0.6))
    wide = base.transform_calculate(band=f"'{_plain(names[0])}'").mark_area(opacity=0.22).encode(
        y=y, y2=alt.Y2("high:Q"), color=band, tooltip=tooltip
    )  # fmt: skip
    narrow = base.transform_calculate(band=f"'{_plain(names[1])}'").mark_area(opacity=0.3).encode(
        y=alt.Y("once_low:Q"), y2=alt.Y2("once_high:Q"), color=band, tooltip=tooltip
    )  # fmt: skip
    line = base.mark_line(color=ACCENT, strokeWidth=2.5, point=alt.OverlayMarkDef(size=30, color=ACCENT)).encode(
        y=alt.Y("effect:Q"), tooltip=tooltip
    )
    zero = alt.Chart(data.head(1)).mark_rule(color=INK, strokeDash=[4, 3]).encode(y=alt.YDatum(0))
    title = t("charts.day_by_day", metric=metric, arm=treatment)
    return look(alt.layer(wide, narrow, zero, line), width="container", height=280, title=title)


def share_posteriors(shapes: Mapping[str, tuple[float, float]], t: Translate, *, metric: str) -> alt.LayerChart:
    """Draw what to believe of the share of each arm: a Beta density each.

    Parameters
    ----------
    shapes : mapping of arm to (alpha, beta)
        Of the posterior, control first.
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import beta

    low = min(float(beta.ppf(1e-4, *shape)) for shape in shapes.values())
    high = max(float(beta.ppf(1 - 1e-4, *shape)) for shape in shapes.values())
    x = np.linspace(low, high, _DENSITY_POINTS)
    parts = [pd.DataFrame({"arm": arm, "x": x, "density": beta.pdf(x, *shape)}) for arm, shape in shapes.items()]
    return _densities(pd.concat(parts, ignore_index=True), list(shapes), "proportion", t, metric=metric)


def effect_posterior(effect: Estimate, kind: str, t: Translate, *, metric: str, arm: str) -> alt.LayerChart:
    """Draw what to believe of an effect: its normal density, and a line at no effect."""
    import numpy as np
    import pandas as pd
    from scipy.stats import norm

    assert effect.se is not None
    x = np.linspace(effect.value - 4 * effect.se, effect.value + 4 * effect.se, _DENSITY_POINTS)
    data = pd.DataFrame({"arm": arm, "x": x, "density": norm.pdf(x, effect.value, effect.se)})
    return _densities(data, [arm], kind, t, metric=_effect_title(metric, kind, t), zero=True)


def _densities(
    data: pd.DataFrame, arms: list[str], kind: str, t: Translate, *, metric: str, zero: bool = False
) -> alt.LayerChart:
    import altair as alt

    colours = [GREY[0], *(CATEGORICAL[i % len(CATEGORICAL)] for i in range(len(arms)))]
    scale = alt.Scale(domain=arms, range=colours[1:] if zero else colours[: len(arms)])
    legend = None if zero else alt.Legend(orient="bottom", title=None)
    base = alt.Chart(data).encode(
        x=alt.X("x:Q", title=metric, axis=_axis(kind, points=zero), scale=alt.Scale(zero=False)),
        y=alt.Y("density:Q", title=None, axis=None, stack=None),
        color=alt.Color("arm:N", scale=scale, legend=legend),
    )
    area, line = base.mark_area(opacity=0.25, interpolate="monotone"), base.mark_line(strokeWidth=2)
    layers = alt.layer(*([_zero()] if zero else []), area, line)
    title = t("charts.posterior_effect" if zero else "charts.posterior")
    return look(layers, width="container", height=220, title=title)


def money_bars(found: Targeting, t: Translate) -> alt.LayerChart:
    """Draw the expected money of treating each segment with its interval, best first.

    Fields: ``row``, ``money``, ``low``, ``high``, ``customers``, ``advice`` (words).
    """
    import altair as alt
    import pandas as pd

    sides = {"send": "better", "hold": "worse", "unclear": "unclear"}
    data = pd.DataFrame(
        {
            "row": unique_words(level_text(item.segment, t) for item in found.targets),
            "money": [item.money.value for item in found.targets],
            "low": [item.money.low for item in found.targets],
            "high": [item.money.high for item in found.targets],
            "customers": [item.customers for item in found.targets],
            "label": [t.money(item.money.value) for item in found.targets],
            "advice": [t(f"charts.advice_{item.advice}") for item in found.targets],
            "side": [sides[item.advice] for item in found.targets],
        }
    )
    words = {sides[advice]: t(f"charts.advice_{advice}") for advice in sides}
    told = {"row": "segment", "label": "money", "advice": "advice"}
    tooltip = [alt.Tooltip(f"{name}:N", title=t(f"charts.{key}")) for name, key in told.items()]
    tooltip.insert(2, alt.Tooltip("customers:Q", title=t("charts.customers"), format=","))
    of, below = [_SIDES[side] for side in words], alt.Legend(orient="bottom", title=None)
    colour = alt.Color("advice:N", scale=alt.Scale(domain=[*words.values()], range=of), legend=below)
    base = alt.Chart(data).encode(y=_rows(data["row"]), color=colour, tooltip=tooltip)
    x = alt.X("money:Q", title=with_unit(t("charts.money"), "money", t), axis=alt.Axis(format="~s", tickCount=6))
    return _finish(_dots(base, x, zero=True), len(data), t("charts.money_by_segment"))


def report_charts(
    found: Evaluation,
    t: Translate,
    *,
    segments: SegmentReading | None = None,
    targets: Targeting | None = None,
    dates: Sequence[date] = (),
    days: Sequence[Day] = (),
    days_of: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """Draw the charts of a whole reading, those that can be drawn, by the key of their alternative text.

    ``days_of`` is the metric and treatment of ``days``.
    """
    main, kinds = found.main, {result.metric.name: result.metric for result in found.results}
    values = [value for value in found.values if value.metric == main.metric.name]
    makers: dict[str, Callable[[], Any]] = {
        "effects_alt": lambda: effect_dots(found, t),
        "arms_alt": lambda: arm_dots(values, main.metric.written, t, metric=main.metric.name),
    }
    if days:
        metric, arm = days_of
        makers["days_alt"] = lambda: day_band(dates, days, kinds[metric].written, t, metric=metric, treatment=arm)
    if segments is not None:
        of = kinds[segments.metric]
        makers["forest_alt"] = lambda: forest(segments, of.written, t, more_is_better=of.higher_is_better)
    if targets is not None:
        makers["money_alt"] = lambda: money_bars(targets, t)
    drawn = {}
    for key, make in makers.items():
        try:
            drawn[key] = make()
        except AnalysisError:
            continue  # no relative effect, or too few days: the tables say the rest
    return drawn


def _dots(base: alt.Chart, x: alt.X, *, zero: bool = False, shape: Any = None) -> alt.LayerChart:
    import altair as alt

    ends = x.copy()
    ends.shorthand = "low:Q"
    intervals = base.mark_rule(strokeWidth=2.5).encode(x=ends, x2=alt.X2("high:Q"))
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x)
    points = points if shape is None else points.encode(shape=shape)
    labels = base.mark_text(dy=-12, fontSize=11).encode(x=x, text=alt.Text("label:N"), color=alt.ColorValue(INK))
    layers = [*([_zero()] if zero else []), intervals, points, labels]
    return alt.LayerChart(layer=layers)


def _zero() -> alt.Chart:
    import altair as alt
    import pandas as pd

    return alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("zero:Q"))


def _rows(words: pd.Series) -> alt.Y:
    import altair as alt

    return alt.Y("row:N", sort=words.tolist(), title=None, axis=alt.Axis(labelLimit=260))


def _side_colour(t: Translate) -> alt.Color:
    import altair as alt

    words = "{" + ", ".join(f"'{side}': '{_plain(t(f'charts.side_{side}'))}'" for side in _SIDES) + "}"
    legend = alt.Legend(orient="bottom", title=None, labelExpr=f"{words}[datum.label]")
    return alt.Color("side:N", scale=alt.Scale(domain=list(_SIDES), range=list(_SIDES.values())), legend=legend)


def _effect_title(metric: str, kind: str, t: Translate) -> str:
    return _unit(t("charts.effect_points" if kind == "proportion" else "charts.effect_of", metric=metric), kind, t)


def _unit(title: str, kind: str, t: Translate) -> str:
    return with_unit(title, "money", t) if kind == "revenue" else title


def _axis(kind: str, *, points: bool = False) -> alt.Axis:
    """Percent for shares; differences of shares are percentage points, which the title says."""
    import altair as alt

    if kind == "proportion" and points:
        return alt.Axis(labelExpr="format(datum.value * 100, '+.2~f')", tickCount=6)
    if kind == "proportion":
        return alt.Axis(format=".1~%", tickCount=6)
    return alt.Axis(format="+,.3~g" if points else ",.3~f", tickCount=6)


def _finish(layers: alt.LayerChart, n_rows: int, title: str) -> alt.LayerChart:
    return look(layers, width="container", height=max(46 * n_rows, 110), title=title)


def _plain(text: str) -> str:
    """Return one of our own words for use inside a Vega expression."""
    return text.replace("\\", "").replace("'", "")
