"""The segments of each method: how many, how much they bring, and what a method found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts.segments import segment_bars
from analysis.reports.content import Chart, Native, Page, Series, Table
from analysis.reports.parts import column, finding, says_the_same
from analysis.segments.names import segment_advice, segment_meaning
from analysis.segments.params import RfmParams
from analysis.segments.words import answer
from analysis.translate import word

if TYPE_CHECKING:
    from analysis.reports.material import Material
    from analysis.translate import Translate


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page for each method that is told of."""
    return tuple(_page(material, method, t) for method in material.methods)


def _page(material: Material, method: str, t: Translate) -> Page:
    result, names = material.result, material.names(method, t)
    edited = result.edited[method]
    table = edited.segmentation.segments
    told = answer(result.segmentations[method], edited, t, names=names)
    fresh = [one for one in told if not says_the_same(one, material.cards(t).headline)]  # what the brief has not said
    largest = table.iloc[int(table["customers"].argmax())]
    facts = {"k": len(table), "name": names[largest["segment"]], "share": float(largest["share"])}
    said = fresh[0] if fresh else t("report.segments.largest", **facts)
    rest = tuple(one for one in told if one != said)
    n = int(table["customers"].sum())
    columns = [
        column(t("workbook.segment"), "text", [names[key] for key in table["segment"]]),
        column(t("workbook.customers"), "count", [int(each) for each in table["customers"]]),
        column(t("workbook.share"), "share", table["share"].tolist()),
    ]
    if table["revenue"].notna().any():
        columns += [
            column(t("workbook.revenue"), "money", table["revenue"].tolist()),
            column(t("workbook.revenue_share"), "share", table["revenue_share"].tolist()),
        ]
    meaning = [segment_meaning(str(key), t) or segment_advice(str(key), t) for key in table["segment"]]
    if any(meaning):
        columns.append(column(t("workbook.meaning"), "text", [each or "" for each in meaning]))
    return Page(
        finding(said, n, t), rest, chart=bars(material, method, t), table=Table(tuple(columns)),
        notes=_notes(material, method, n, t), code=_code(material, method),
    )  # fmt: skip


def bars(material: Material, method: str, t: Translate) -> Chart | None:
    """Draw the shares of a method's segments."""
    edited, names = material.result.edited[method], material.names(method, t)
    if not edited.shown:
        return None
    table = edited.segmentation.segments
    table = table[~table["segment"].isin(edited.hidden)]
    drawn: Any = segment_bars(edited.segmentation, t, names=names, hidden=edited.hidden)
    series = [Series(t("workbook.share"), tuple(table["share"].astype(float)))]
    if table["revenue_share"].notna().any():
        series.append(Series(t("workbook.revenue_share"), tuple(table["revenue_share"].astype(float))))
    title = word(t, f"workbook.segmentation.{method}", method)
    native = Native("bars", tuple(names[key] for key in table["segment"]), tuple(series), "share")
    return Chart(t("report.alt.segments", method=title, segments=len(table)), drawn.to_dict(), native)


def _notes(material: Material, method: str, n: int, t: Translate) -> tuple[str, ...]:
    key = f"workbook.method.{method}"
    params = material.result.recipe.plan_or_usual(method).params
    if isinstance(params, RfmParams):
        key = f"{key}.{params.scheme}"
    how = [t(key)] if t.has(key) else []
    return (*how, t("report.note.n", n=n, day=material.result.profiles.as_of))


def _code(material: Material, method: str) -> str:
    from analysis.exports.code import segmentation_code

    if not material.is_full:
        return ""
    files = tuple(dict.fromkeys(table.file for table in material.result.standard.raws))
    return segmentation_code(material.result.recipe, method, files=files)
