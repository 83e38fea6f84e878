"""The customer base: figures, money over time, how much of it hangs on how few."""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import TYPE_CHECKING, Any

from analysis.charts.overview import concentration_curve, over_time
from analysis.overview.concentration import TOP
from analysis.overview.words import amount, bucket_text, sentences
from analysis.privacy.small_groups import apart, is_small
from analysis.reports.content import Chart, Figure, Native, Page, Series, Table
from analysis.reports.parts import column, finding, first_and_rest

if TYPE_CHECKING:
    from analysis.overview.concentration import Concentration
    from analysis.overview.result import Figure as OneFigure
    from analysis.overview.result import Overview
    from analysis.reports.material import Material
    from analysis.translate import Translate

MOST = 36  # steps of time in a table


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return what is known of the customer base, and its months; nothing for customers without orders."""
    found = material.overview
    if found is None:
        return ()
    if found.overdue is not None and is_small(found.overdue.customers):
        found = replace(found, overdue=None)
    found = replace(found, concentration=_coarse(found.concentration))
    n = material.figures["buyers"] or material.figures["customers"]
    said, rest = first_and_rest(sentences(found, t), t("report.nothing_found"))
    figures = tuple(
        Figure(t(f"overview.figure.{one.key}"), amount(one.key, one.value, t))
        for one in found.figures
        if one.value is not None and not any(is_small(n) for n in _people(one, found))
    )
    notes = (t("report.note.n", n=n, day=found.as_of),)
    top = found.concentration
    curve = None
    if top is not None and top.top_share <= 1:
        drawn: Any = concentration_curve(top, t)
        curve = Chart(t("report.alt.concentration", n=top.n), drawn.to_dict())
    first = Page(finding(said, n, t), rest, figures, chart=curve, notes=notes)
    months = _months(found, material, n, t) if len(found.over_time) > 1 else None
    return (first,) if months is None else (first, months)


def _coarse(top: Concentration | None) -> Concentration | None:
    """Return the curve in steps of five buyers or more; None where the best fifth or the best half are fewer.

    Between two points of the curve stands the money of the buyers between them.
    """
    if top is None or is_small(top.top_n) or is_small(top.half_n):
        return None
    buyers = (top.curve["buyers"] * top.n).round().astype(int).to_numpy()
    told = apart(buyers, (0, top.top_n, top.n))
    return replace(top, curve=top.curve[told].reset_index(drop=True))


def _people(figure: OneFigure, found: Overview) -> list[float]:
    """Return how many people a figure rests on, counts, and leaves over of those who are counted beside it."""
    value = figure.value or 0.0
    if figure.key == "repurchase_rate":
        return [figure.n, round(value * figure.n), figure.n - round(value * figure.n)]
    if figure.key == "top_share":
        return [figure.n, floor(round(TOP * figure.n, 9))]
    if figure.key not in ("customers", "buyers", "new_buyers"):
        return [figure.n]
    beside = {"buyers": "customers", "new_buyers": "buyers"}.get(figure.key)
    whole = value if beside is None else found.figure(beside).value or value  # pyright: ignore[reportArgumentType]
    return [figure.n, value, whole - value]


def _months(found: Overview, material: Material, n: int, t: Translate) -> Page | None:
    """Return what came in over time; None where the best step is of so few buyers that its money is theirs."""
    rows = found.over_time
    knows_money = bool(rows["revenue"].notna().any())
    measure = "revenue" if knows_money else "orders"
    best = rows.iloc[int(rows[measure].astype(float).argmax())]
    if is_small(best["buyers"]):
        return None
    write = t.money if knows_money else t.number
    facts = {"step": bucket_text(best["start"], found.bucket), "value": write(float(best[measure]))}
    few = rows["buyers"].map(is_small).any()  # a month of four buyers is a group of four people
    steps = [bucket_text(start, found.bucket) for start in rows["start"]]
    chart = table = None
    if not few:
        drawn: Any = over_time(found, t)
        values = tuple(float(value) for value in rows[measure])
        native = Native(
            "lines",
            tuple(steps),
            (Series(t(f"overview.measure.{measure}"), values),),
            "money" if knows_money else "count",
        )
        chart = Chart(t("report.alt.over_time", steps=len(rows)), drawn.to_dict(), native)
    if not few and material.is_full and len(rows) <= MOST:
        columns = [
            column(t(f"overview.step.{found.bucket}"), "text", steps),
            column(t("overview.measure.orders"), "count", [int(each) for each in rows["orders"]]),
            column(t("overview.measure.buyers"), "count", [int(each) for each in rows["buyers"]]),
        ]
        if knows_money:
            columns.append(column(t("overview.measure.revenue"), "money", rows["revenue"].astype(float)))
        table = Table(tuple(columns))
    title = finding(t(f"report.overview.best_{measure}", **facts), n, t)
    return Page(title, chart=chart, table=table, notes=(t("report.note.n", n=n, day=found.as_of),))
