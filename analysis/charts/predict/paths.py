"""Charts of the ways that customers take: the funnel, and what follows what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.flow import flow
from analysis.charts.palette import ACCENT, axis_form, look, rows_high
from analysis.errors import AnalysisError
from analysis.predict.paths.funnel import NOTHING
from analysis.predict.paths.paths import OTHER

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.paths.result import Paths
    from analysis.translate import Translate


def funnel_bars(found: Paths, t: Translate) -> alt.LayerChart:
    """Draw who reached each step. Fields: ``step``, ``customers``, ``of_before``, ``median_days``.

    Raises
    ------
    AnalysisError
        ``paths_no_events``: there are no events.
    """
    import altair as alt

    if found.funnel is None:
        raise AnalysisError("paths_no_events")
    data = found.funnel.steps
    steps = data["step"].tolist()
    bars = alt.Chart(data).mark_bar(cornerRadiusEnd=3, color=ACCENT).encode(
        y=alt.Y("step:N", sort=steps, title=None, axis=alt.Axis(labelLimit=180)),
        x=alt.X("customers:Q", title=t("paths.chart.customers"), axis=alt.Axis(format=axis_form("count"), tickCount=5)),
        tooltip=[
            alt.Tooltip("step:N", title=t("paths.chart.step")),
            alt.Tooltip("customers:Q", title=t("paths.chart.customers"), format=","),
            alt.Tooltip("of_before:Q", title=t("paths.chart.of_before"), format=".1%"),
            alt.Tooltip("median_days:Q", title=t("paths.chart.days"), format=".1f"),
        ],
    )  # fmt: skip
    return look(alt.layer(bars), width="container", height=rows_high(len(steps), 50), title=t("paths.chart.funnel"))


def what_follows(found: Paths, place: int, t: Translate) -> alt.LayerChart:
    """Draw which event follows which at one place of the way. Fields as in ``flow.flow``.

    Raises
    ------
    AnalysisError
        ``paths_no_flow``: nothing follows there.
    """
    rows = found.flows[found.flows["place"] == place]
    if rows.empty:
        raise AnalysisError("paths_no_flow")
    said = {OTHER: t("paths.other"), NOTHING: t("paths.nothing")}

    def words(column: str) -> dict[str, str]:
        most = rows.groupby(column)["customers"].sum().sort_values(ascending=False, kind="stable").index
        return {str(name): said.get(str(name), str(name)) for name in most}

    table = rows[["before", "after", "customers"]].reset_index(drop=True)
    return flow(table, t, before=words("before"), after=words("after"), title=t("paths.chart.flow"))
