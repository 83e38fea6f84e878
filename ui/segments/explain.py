"""What a page shows of an explanation: what sets segments apart, profiles side by side, boxes, rules, neighbours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.compare.explain import Against, Separation, against, quantile_table, separation
from analysis.compare.nearest import neighbours
from analysis.compare.surrogate import SurrogateRule, segment_rules
from analysis.compare.words import (
    crm_definition,
    crm_rule,
    definition_text,
    level_name,
    neighbour_sentence,
    pairs_text,
    rule_sentence,
    rule_text,
    separation_answer,
    sure_text,
)
from analysis.errors import AnalysisError
from analysis.profiles.words import feature_name, feature_names, mean_text
from analysis.segments.definition import definitions
from analysis.segments.methods import ALWAYS, METHODS, SEGMENT_COLUMNS
from analysis.segments.names import segment_meaning
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.segments import segments
from ui.segments.segments import Shown

if TYPE_CHECKING:
    import pandas as pd

    from analysis.compare.compare import Comparison
    from analysis.profiles.result import Profiles

NEIGHBOUR_ROWS = 5


def views(study: compute.LoadedStudy, profiles: Profiles) -> dict[str, Shown]:
    """Return every segmentation of the study that can be computed, as pages show it, by method."""
    return views_and_problems(study, profiles)[0]


def views_and_problems(
    study: compute.LoadedStudy, profiles: Profiles
) -> tuple[dict[str, Shown], dict[str, AnalysisError]]:
    """Return the segmentations as ``views`` does, and why those that a person chose cannot be computed."""
    kinds = dict.fromkeys([*ALWAYS, *(plan.params.kind for plan in study.recipe.segmentations)])
    found: dict[str, Shown] = {}
    problems: dict[str, AnalysisError] = {}
    for method in kinds:
        try:
            result, edited = study.run.segmentation(segments.plan_of(study, method))
            if len(edited.segmentation.segments):
                found[method] = segments.shown(result, edited, profiles, method)
        except AnalysisError as problem:
            if study.recipe.is_chosen(method):
                problems[method] = problem
    return found, problems


def method_name(method: str) -> str:
    """Return the words of a segmentation method."""
    t = session.t()
    return t(f"workbook.segmentation.{method}") if t.has(f"workbook.segmentation.{method}") else method


def segment_choices(found: dict[str, Shown]) -> dict[str, str]:
    """Return every segment of the segmentations with its size, in words by ``method|segment``."""
    t = session.t()
    return {
        f"{method}|{row['segment']}": t(
            "plan.from_segment", method=method_name(method), segment=view.names[row["segment"]],
            n=int(row["customers"]),
        )
        for method, view in found.items()
        for row in view.table.to_dict("records")
    }  # fmt: skip


def column_of(method: str) -> str:
    """Return the column of a segmentation in exports and snapshots."""
    return SEGMENT_COLUMNS[method]


def key_of(study: compute.LoadedStudy, view: Shown) -> str:
    """Name the state of a segmentation that an explanation depends on."""
    plan = study.recipe.plan(view.method)
    return f"{view.method} {plan.model_dump_json() if plan else ''}"


def rules_of(study: compute.LoadedStudy, profiles: Profiles, view: Shown) -> dict[str, SurrogateRule]:
    """Return the short rule of each segment, found once per state of the study."""
    return study.run.small("rules", key_of(study, view), lambda: segment_rules(profiles, view.edited.segmentation))


def neighbours_of(study: compute.LoadedStudy, profiles: Profiles, view: Shown) -> dict[str, str]:
    """Return the nearest other segment of each segment."""
    return study.run.small("neighbours", key_of(study, view), lambda: neighbours(profiles, view.edited.segmentation))


def against_of(study: compute.LoadedStudy, profiles: Profiles, view: Shown, segment: str, other: str) -> Against:
    """Return one segment against another, or against ``"all"``."""
    key = f"{key_of(study, view)} {segment} {other}"
    return study.run.small("against", key, lambda: against(profiles, view.edited.segmentation, segment, other))


def apart(
    study: compute.LoadedStudy,
    profiles: Profiles,
    view: Shown,
    comparison: Comparison,
    chosen: list[str],
    focus: str | None,
) -> None:
    """Show which features separate the chosen segments, and the segments side by side."""
    from analysis.charts import explain as charts

    t = session.t()
    st.subheader(t("explain.why"), anchor=False)
    key = f"{key_of(study, view)} {' '.join(chosen)}"
    with st.spinner(t("app.working")):
        found: Separation = study.run.small(
            "separation", key,
            lambda: separation(profiles, view.edited.segmentation, segments=tuple(chosen)),
        )  # fmt: skip
    if len(found.features) == 0:
        show.error(AnalysisError("chart_no_differences", n=found.n))
        return
    st.markdown(show.md_escape(prose(separation_answer(found, profiles.features, t), t)))
    chart = charts.separation_bars(found, profiles.features, t)
    show.chart(chart, t("explain.separation_alt"), name="separation", data=separation_rows(found, profiles))
    if found.n_tested:
        facts = {"accuracy": found.accuracy, "base": found.base_accuracy, "n": found.n_tested}
        st.caption(show.md_escape(t("explain.second_opinion", **facts)))
    profile(comparison, found, view, focus)
    boxes(study, profiles, view, found, chosen, focus)
    show.how_computed("explain.method")


def separation_rows(found: Separation, profiles: Profiles) -> pd.DataFrame:
    """Return the ranked features in words."""
    import pandas as pd

    t = session.t()
    by_key = {feature.key: feature for feature in profiles.features}
    rows = [
        {
            t("charts.feature"): feature_name(by_key[row["feature"]], t),
            t("explain.strength"): round(row["strength"], 3),
            t("explain.measure"): "eta²" if row["measure"] == "eta2" else "V",
            t("explain.effect"): round(row["effect"], 3),
            t("explain.importance"): None if row["importance"] != row["importance"] else round(row["importance"], 3),
            t("compare.n"): row["n"],
            t("explain.sure"): sure_text(row, t),
        }
        for row in found.features.to_dict("records")
    ]
    return pd.DataFrame(rows)


def profile(comparison: Comparison, found: Separation, view: Shown, focus: str | None) -> None:
    """Show the segments as lines over the numbers that separate most; a click picks one of them."""
    from analysis.charts import explain as charts

    t = session.t()
    ranked = found.features["feature"].tolist()
    try:
        chart = charts.parallel_profile(comparison, ranked, t, names=view.names)
    except AnalysisError:
        return  # two numbers make a profile; with fewer the bars above say everything
    numbers = comparison.numbers[comparison.numbers["feature"].isin(ranked)]
    frame = numbers[["segment", "feature", "mean", "d_all", "n"]].assign(segment=numbers["segment"].map(view.names))
    segments.clickable(chart, view, t("explain.parallel_alt"), name="parallel", data=frame, focus=focus, layer=2)
    st.caption(show.md_escape(t("explain.parallel_help")))


def boxes(
    study: compute.LoadedStudy, profiles: Profiles, view: Shown, found: Separation, chosen: list[str], focus: str | None
) -> None:
    """Show how a number spreads within each segment; the numbers are offered by how far they separate."""
    from analysis.charts import explain as charts
    from analysis.charts.palette import fade

    t = session.t()
    ranked = found.features[found.features["kind"] == "number"]["feature"].tolist()
    if not ranked:
        return
    by_key = {feature.key: feature for feature in profiles.features}
    words = feature_names([by_key[key] for key in ranked], t)
    feature = st.selectbox(
        t("explain.boxes_choose"), ranked, format_func=lambda key: words[key],
        **bound.to_visit("boxes").to("feature", ranked[0], offered=ranked),
    )  # fmt: skip
    key = f"{key_of(study, view)} {feature} {' '.join(chosen)}"
    table = study.run.small(
        "quantiles", key,
        lambda: quantile_table(profiles, view.edited.segmentation, str(feature), tuple(chosen)),
    )  # fmt: skip
    try:
        chart = charts.quantile_boxes(table, by_key[str(feature)], t, names=view.names)
    except AnalysisError as problem:
        # Too few customers are no mistake of the reader's.
        st.info(show.md_escape(t(f"error.{problem.code}", **problem.facts)), icon=":material/info:")
        return
    rows = table.assign(segment=table["segment"].map(view.names)).dropna(axis=1, how="all")
    titles = {"segment": t("column.segment"), "zeros": t("explain.zeros_column"), "n_drawn": t("explain.n_drawn")}
    rows = rows.rename(columns=titles)
    chart = fade(chart, view.names[focus] if focus else None, field="name")
    show.chart(chart, t("explain.boxes_alt"), name="boxes", data=rows)


def rules(study: compute.LoadedStudy, profiles: Profiles, view: Shown, chosen: list[str]) -> None:
    """Show what each segment is: its definition where it has one, else a short rule that comes near it.

    Three ways: a sentence, a table, and conditions for another system.
    """
    import pandas as pd

    t = session.t()
    near = neighbours_of(study, profiles, view)
    told = _defined(study, profiles, view, chosen) or _found(study, profiles, view, chosen)
    st.subheader(t("explain.definitions" if told.exact else "explain.rules"), anchor=False)
    lines = []
    for key in chosen:
        other = against_of(study, profiles, view, key, near[key])
        sentence = neighbour_sentence(other, view.names, profiles.features, t)
        lines.append(t("segments.then", first=told.lines[key], second=sentence) if sentence else told.lines[key])
    st.markdown("\n".join(f"- {show.md_escape(line)}" for line in lines))
    if told.rows:
        name = "definitions" if told.exact else "rules"
        show.table(
            pd.DataFrame(told.rows), alt=t("explain.definitions" if told.exact else "explain.rules_alt"), name=name
        )
    if told.rows and told.exact:
        st.caption(show.md_escape(t("explain.exact")))
    with st.expander(t("explain.neighbours")):
        show.table(_neighbour_rows(study, profiles, view, chosen, near), alt=t("explain.neighbours"), name="neighbours")
    if told.crm:
        with st.expander(t("explain.crm")):
            st.code(json.dumps(told.crm, ensure_ascii=False, indent=2), "json")


@dataclass(frozen=True)
class _Told:
    """What is said of the chosen segments: a sentence each, rows of a table, rules for another system."""

    lines: dict[str, str]
    rows: list[dict[str, Any]]
    crm: list[dict[str, object]]
    exact: bool


def _defined(study: compute.LoadedStudy, profiles: Profiles, view: Shown, chosen: list[str]) -> _Told | None:
    """Tell what the segments are by definition; None where they have none that the profiles could tell."""
    from ui.segments.segments import plan_of

    t = session.t()
    table = view.edited.segmentation.segments
    n = dict(zip(table["segment"], table["customers"].tolist(), strict=True))
    if METHODS[view.method].told_by_meaning:
        pairs = view.base.labels.groupby(view.edited.segmentation.labels, sort=False).unique()
        words = {key: prose([segment_meaning(base, t) or "" for base in pairs[key]], t) for key in chosen}
        lines = {key: t("explain.moved", segment=view.names[key], meaning=words[key], n=n[key]) for key in chosen}
        return _Told(lines, [], [], exact=True)
    result, _ = study.run.segmentation(plan_of(study, view.method))
    found = definitions(result, view.edited, profiles)
    if not found:
        return None
    words = {key: definition_text(found[key], profiles.features, t) for key in chosen}
    lines = {key: t("explain.defined", segment=view.names[key], rule=words[key], n=n[key]) for key in chosen}
    titles = (t("column.segment"), t("explain.definition"), t("column.customers"))
    rows = [dict(zip(titles, (view.names[key], words[key], n[key]), strict=True)) for key in chosen]
    return _Told(lines, rows, [crm_definition(key, found[key]) for key in chosen], exact=True)


def _found(study: compute.LoadedStudy, profiles: Profiles, view: Shown, chosen: list[str]) -> _Told:
    t = session.t()
    found = rules_of(study, profiles, view)
    lines = {
        key: rule_sentence(found[key], view.names[key], profiles.features, t)
        if key in found
        else t("explain.no_rule", segment=view.names[key])
        for key in chosen
    }
    rows = [_rule_row(found[key], view, profiles) for key in chosen if key in found]
    return _Told(lines, rows, [crm_rule(found[key]) for key in chosen if key in found], exact=False)


def _rule_row(rule: SurrogateRule, view: Shown, profiles: Profiles) -> dict[str, Any]:
    t = session.t()

    def share(value: float, low: float, high: float) -> str:
        if value != value:
            return "–"
        return f"{t.percent(value)} ({t('rfm.span', low=t.percent(low), high=t.percent(high))})"

    return {
        t("column.segment"): view.names[rule.segment],
        t("explain.rule"): rule_text(rule.conditions, profiles.features, t),
        t("explain.precision"): share(rule.precision, rule.precision_low, rule.precision_high),
        t("explain.coverage"): share(rule.coverage, rule.coverage_low, rule.coverage_high),
        t("explain.n_met"): rule.n_tested,
    }


def _neighbour_rows(
    study: compute.LoadedStudy, profiles: Profiles, view: Shown, chosen: list[str], near: dict[str, str]
) -> pd.DataFrame:
    import pandas as pd

    t = session.t()
    by_key = {feature.key: feature for feature in profiles.features}
    rows = []
    for key in chosen:
        found = against_of(study, profiles, view, key, near[key])
        for row in found.rows.head(NEIGHBOUR_ROWS).to_dict("records"):
            feature, level = by_key[row["feature"]], row["level"]

            def write(value: float, feature: Any = feature, level: str = level) -> str:
                return t.percent(value) if level else mean_text(value, feature, t)

            rows.append(
                {
                    t("column.segment"): view.names[key],
                    t("explain.other"): view.names[near[key]],
                    t("charts.feature"): feature_name(feature, t),
                    t("compare.level"): level_name(feature, level, t) if level else "",
                    t("compare.value"): write(row["value"]),
                    t("explain.difference"): write(row["difference"]),
                    t("compare.interval"): t("rfm.span", low=write(row["low"]), high=write(row["high"])),
                    t("compare.index"): None if row["index"] != row["index"] else round(row["index"]),
                    t("compare.effect"): round(row["effect"], 2),
                    t("compare.pairs"): pairs_text(row, t),
                    t("compare.n"): row["n"],
                    t("compare.sure"): sure_text(row, t),
                }
            )
    return pd.DataFrame(rows)
