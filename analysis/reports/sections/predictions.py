"""Predictions of the recipe: what each says, and how it did on a past that it had not seen."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.predict.methods import PREDICTIONS
from analysis.privacy.small_groups import apart, is_small
from analysis.reports.content import Chart, Native, Page, Series, Table
from analysis.reports.parts import column, finding, first_and_rest

if TYPE_CHECKING:
    from analysis.predict.churn.measure import Measured
    from analysis.predict.churn.result import ChurnResult
    from analysis.reports.material import Material
    from analysis.translate import Translate


OWN, BESIDE_EXPERIMENTS = 1, 0  # predictions that fill a page of a deck of at most 15 slides


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page for each prediction that could be made; why another could not is a sentence of the last.

    But for analysts only the first has a page, and none beside experiments; what the others say stands together on one.
    """
    predicted = material.result.predicted
    if predicted is None:
        return ()
    n = len(material.result.profiles.customers)
    told = [_page(kind, one, n, material, t) for kind, one in predicted.results.items()]
    failed = tuple(
        t("report.not_predicted", prediction=t(f"prediction.{kind}"), why=problem.sentence(t))
        for kind, problem in predicted.problems.items()
    )
    own = OWN if not material.experiments else BESIDE_EXPERIMENTS
    if not material.is_full and told and len(told) + bool(failed) > own + 1:
        first, *others = told[own:]
        said = (*(page.title for page in others), *failed)
        notes = tuple(note for page in (first, *others) for note in page.notes)
        return (*told[:own], Page(first.title, said, notes=notes))
    return (*told, Page(t("report.not_predicted_title", predictions=len(failed)), failed)) if failed else tuple(told)


def _page(kind: str, found: Any, n: int, material: Material, t: Translate) -> Page:
    words = import_module(f"analysis.predict.{kind if kind in PREDICTIONS else ''}.words")
    names = {} if kind != "trend" else {"names": _names(found, material, t)}
    said, rest = first_and_rest(words.answer(found, t, **names), t("report.nothing_found"))
    chart, table = _trend(found, names["names"], t) if kind == "trend" else (None, None)
    if kind == "trend" and _tells_of_few(found, material):
        chart = None
    if kind == "churn":
        from analysis.charts.predict.churn import found_by_risk

        drawn: Any = found_by_risk(_coarse(found), t)
        chart = Chart(t("report.alt.churn"), drawn.to_dict())
    note = t("report.note.prediction", prediction=t(f"prediction.{kind}"), day=material.result.profiles.as_of)
    return Page(finding(said, n, t), rest, chart=chart, table=table, notes=(note,))


def _coarse(found: ChurnResult) -> ChurnResult:
    """Return the curves in steps of five tested customers or more: between two points stands who of them left."""

    def told(one: Measured) -> Measured:
        looked_at = (one.recall["share"] * one.n).round().astype(int).to_numpy()
        return replace(one, recall=one.recall[apart(looked_at, (0, one.n))].reset_index(drop=True))

    beside = found.active
    return replace(
        found,
        measured=told(found.measured),
        rule=told(found.rule),
        active=None if beside is None else replace(beside, model=told(beside.model), rule=told(beside.rule)),
    )


def _tells_of_few(found: Any, material: Material) -> bool:
    """Say whether a month of the trend is of one to four buyers, whose money it would tell; unknown counts as yes."""
    was = found.months[~found.months["is_told"]]
    if found.measure == "customers" and was["value"].map(is_small).any():
        return True
    seen = material.overview
    if seen is None or seen.bucket != "month" or found.by != "none":
        return True
    buyers = dict(zip(seen.over_time["start"].astype(str).str[:10], seen.over_time["buyers"], strict=True))
    of_each = was["month"].dt.strftime("%Y-%m-%d").map(buyers)
    return bool((of_each.isna() | of_each.map(is_small))[was["value"] != 0].any())


def _names(found: Any, material: Material, t: Translate) -> dict[str, str]:
    from analysis.segments.names import segment_names

    groups = [one.group for one in found.groups if one.group]
    if found.by != "segments" or not groups:
        return {}
    known = material.names(material.methods[0], t) if material.methods else {}
    return segment_names(groups, t) | {key: known[key] for key in groups if key in known}


def _trend(found: Any, names: dict[str, str], t: Translate) -> tuple[Chart, Table]:
    from analysis.charts.predict.trend import months_ahead

    first = found.groups[0].group
    rows = found.months[found.months["group"] == first]
    steps = tuple(f"{month:%Y-%m}" for month in rows["month"])
    was = tuple(None if told else float(value) for value, told in zip(rows["value"], rows["is_told"], strict=True))
    ahead = tuple(float(value) if told else None for value, told in zip(rows["value"], rows["is_told"], strict=True))
    form = "money" if found.measure == "revenue" else "count"
    native = Native("lines", steps, (Series(t("report.trend.was"), was), Series(t("report.trend.ahead"), ahead)), form)
    told = rows[rows["is_told"]]
    table = Table(
        (
            column(t("overview.step.month"), "text", [f"{month:%Y-%m}" for month in told["month"]]),
            column(t("report.trend.ahead"), form, [_round(value, form) for value in told["value"]]),
            column(t("report.trend.low"), form, [_round(value, form) for value in told["low"]]),
            column(t("report.trend.high"), form, [_round(value, form) for value in told["high"]]),
        )
    )
    drawn: Any = months_ahead(found, t, names)
    return Chart(t("report.alt.trend", months=len(told)), drawn.to_dict(), native), table


def _round(value: float, form: str) -> float:
    return float(value) if form == "money" else float(round(value))
