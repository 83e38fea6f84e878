"""What the segments differ in, beyond what made them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.charts.compare import difference_bars
from analysis.compare.compare import YES
from analysis.compare.words import by_construction, findings, influence_answer, level_name, telling_differences
from analysis.errors import AnalysisError
from analysis.profiles.words import feature_name, mean_text
from analysis.reports.content import Chart, Page, Table
from analysis.reports.parts import column, finding, first_and_rest
from analysis.translate import word

if TYPE_CHECKING:
    from analysis.compare.compare import Comparison
    from analysis.reports.material import Material
    from analysis.translate import Translate

MOST = 10


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page for each method with two segments or more, and one on what goes with an outcome."""
    found = [(method, material.result.comparison(method)) for method in material.methods]
    told = [_page(material, method, one, t) for method, one in found if one is not None]
    influence = material.result.influence
    if influence is not None:
        said, rest = first_and_rest(influence_answer(influence, {}, t), t("report.nothing_found"))
        n = influence.n_known
        told.append(Page(finding(said, n, t), rest, notes=(t("report.note.outcome", n=n),)))
    return tuple(told)


def _page(material: Material, method: str, found: Comparison, t: Translate) -> Page:
    names = material.names(method, t)
    said, rest = first_and_rest(findings(found, names, t), t("report.nothing_found"))
    made = tuple(by_construction(found, t))
    features = {feature.key: feature for feature in found.features}
    rows = telling_differences(found, MOST)

    def write(value: float, row: dict[str, Any]) -> str:
        return t.percent(value) if row["level"] else mean_text(value, features[row["feature"]], t)

    def what(row: dict[str, Any]) -> str:
        feature = features[row["feature"]]
        name = feature_name(feature, t)
        if row["level"] in ("", YES):
            return name
        return t("charts.level", feature=name, level=level_name(feature, row["level"], t))

    table = None
    if rows:
        table = Table(
            (
                column(t("workbook.segment"), "text", [names[row["segment"]] for row in rows]),
                column(t("report.what"), "text", [what(row) for row in rows]),
                column(t("report.here"), "text", [write(row["value"], row) for row in rows]),
                column(t("report.elsewhere"), "text", [write(row["rest_value"], row) for row in rows]),
                column(t("report.n"), "count", [int(row["n"]) for row in rows]),
                column(t("report.p"), "text", [t.p_value(row["p_holm"]) for row in rows]),
            )
        )
    chart = None
    try:
        drawn: Any = difference_bars(_sure_first(found), t, names=names)
        chart = Chart(t("report.alt.differences", rows=len(rows)), drawn.to_dict()) if rows else None
    except AnalysisError:
        pass  # nothing differs, as the title says
    if chart is not None and not material.is_full:
        table = None
    about = t("report.note.compare", method=word(t, f"workbook.segmentation.{method}", method), n=found.n_all)
    if material.is_full:
        rest, made = (*rest, *made), ()
    return Page(finding(said, found.n_all, t), rest, chart=chart, table=table, notes=(about, *made))


def _sure_first(found: Comparison) -> Comparison:
    """Return a comparison whose differences beyond chance come first, so that the chart shows what the title says."""
    sure = found.differences["significant"] & ~found.differences["by_construction"]
    return replace(found, differences=found.differences.loc[sure.sort_values(ascending=False, kind="stable").index])
