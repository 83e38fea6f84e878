"""Chart of the shapes of customers: how the orders of each lie over twelve months."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import SEQUENTIAL, amount_size, axis_of_lines, cell_text, look, rows_high
from analysis.errors import AnalysisError
from analysis.predict.shapes.forms import MONTHS, TURNED

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.shapes.result import Shapes
    from analysis.translate import Translate


def over_the_year(found: Shapes, t: Translate) -> alt.LayerChart:
    """Draw the share of a customer's orders in each month, a line of cells per shape told.

    Fields: ``shape`` (words), ``month`` (1..12), ``share`` (0..1), ``label``.

    Raises
    ------
    AnalysisError
        ``shapes_none`` (n): no shape is told.
    """
    import altair as alt

    if found.months.empty:
        raise AnalysisError("shapes_none", n=found.n)
    names = {name: t(f"value.shape.{name}") for name in found.months["shape"].unique()}
    said = {name: t("shapes.chart.turned", shape=word) if name in TURNED else word for name, word in names.items()}
    data = found.months.assign(
        shape=found.months["shape"].map(said), label=[f"{100 * share:.0f}" for share in found.months["share"]]
    )
    # An even year fills no cell; what holds four times as much takes the darkest shade.
    scale = alt.Scale(domain=[0, 4 / MONTHS], range=list(SEQUENTIAL), interpolate="rgb", clamp=True)
    base = alt.Chart(data).encode(
        x=alt.X("month:O", title=t("shapes.chart.month", day=found.as_of), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("shape:N", sort=list(said.values()), title=None, axis=axis_of_lines(110)),
    )
    cells = base.mark_rect(stroke="#80808033", cornerRadius=2).encode(
        color=alt.Color("share:Q", scale=scale, legend=None),
        tooltip=[
            alt.Tooltip("shape:N", title=t("shapes.column.shape")),
            alt.Tooltip("month:O", title=t("trend.chart.month")),
            alt.Tooltip("share:Q", title=t("shapes.chart.share"), format=".1%"),
        ],
    )
    texts = base.mark_text(fontSize=amount_size("label"), color=cell_text("share")).encode(text=alt.Text("label:N"))
    return look(
        alt.layer(cells, texts), width="container", height=rows_high(len(said), 36), title=t("shapes.chart.percent")
    )
