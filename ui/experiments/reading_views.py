"""The views of the Read page: effects, what to believe, day by day, by segment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.experiment import reading as charts
from analysis.errors import AnalysisError
from analysis.experiments import words
from analysis.experiments.choices import ReadChoices
from analysis.experiments.evaluate_experiment import EvaluatedExperiment, segment_reading, targeting
from analysis.experiments.note_words import note_texts
from analysis.experiments.reading.evaluate import day_table
from analysis.exports.experiment.contents import effect_rows, method_sentences, narrow_tables
from ui import bound, compute, session, show
from ui.experiments import reading, reading_inputs, reading_study

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from analysis.experiments.reading.evaluate import Evaluation
    from analysis.experiments.reading.results import MetricResult
    from analysis.experiments.reading.segments import SegmentReading
    from analysis.notes import Note


def health(found: Evaluation) -> None:
    """Show alarms in red, before the answer: it holds only if they are unfounded. Remarks come after it."""
    t = session.t()
    for note in found.alarms:
        st.error(show.md_escape(words.note_text(note, t)), icon=":material/warning:")


def says(text: str) -> None:
    """Show what a view says; the answer of the page stands above all views."""
    st.markdown(show.md_escape(text))


def remarks(notes: Sequence[Note]) -> None:
    """Show notes in one small line each."""
    t = session.t()
    for text in note_texts(notes, t):
        st.caption(f":material/info: {show.md_escape(text)}")


def pick(chosen: ReadChoices, found: Evaluation, *, metric: bool = True, arm: bool = True) -> MetricResult:
    """Show which metric and treatment a view is about, where there are several; return that comparison."""
    t = session.t()
    main = found.main
    names = list(dict.fromkeys(result.metric.name for result in found.results))
    name = chosen.shown.get("metric", "")
    name = name if name in names else main.metric.name
    treatments = [result.treatment for result in found.results if result.metric.name == name]
    treatment = chosen.shown.get("arm", "")
    treatment = (
        treatment if treatment in treatments else main.treatment if main.treatment in treatments else treatments[0]
    )
    if (metric and len(names) > 1) or (arm and len(treatments) > 1):
        with st.container(horizontal=True):
            if metric and len(names) > 1:
                st.selectbox(t("charts.metric"), names, width=280, **reading_inputs.field("shown.metric", name))
            if arm and len(treatments) > 1:
                st.selectbox(t("charts.arm"), treatments, width=280, **reading_inputs.field("shown.arm", treatment))
    result = found.result(name, treatment)
    assert result is not None
    return result


def effects(read: EvaluatedExperiment) -> None:
    """Show each arm's value, every effect with its interval, and the covariate's help."""
    t, chosen, found = session.t(), read.choices, read.found
    if len(found.results) > 1:
        try:
            data = effect_rows(found, t)
            show.chart(
                charts.effect_dots(found, t), t("read.effects_alt"), name="read_effects", data=data, of_study=False
            )
        except AnalysisError as problem:
            show.error(problem)
    result = pick(chosen, found, arm=False)
    values = [value for value in found.values if value.metric == result.metric.name]
    kind = result.metric.written
    data = arm_words(found, result.metric.name, kind)
    show.chart(
        charts.arm_dots(values, kind, t, metric=result.metric.name),
        t("read.arms_alt"),
        name="read_arms",
        data=data,
        of_study=False,
    )
    st.subheader(t("read.comparisons"), anchor=False)
    for name, table in narrow_tables(found, t).items():
        st.dataframe(table, hide_index=True, alt=t("read.comparisons"), key=f"table_read_{name}")
    show.download_csv(lambda: effect_rows(found, t), "read_comparisons")
    for sentence in method_sentences(found, t):
        st.caption(show.md_escape(sentence))
    cuped(found, result.metric.name)
    if read.read.rows is not None and result.metric.kind == "mean":
        other_tests(read, result)
    told = [note for note in found.notes if note.code not in words.OF_CLUSTERS]  # which the answer says
    remarks([*told, *(note for one in found.results for note in one.reading.notes)])
    remarks([note for note in found.health if note.level == "info"])


def arm_words(found: Evaluation, metric: str, kind: str) -> pd.DataFrame:
    """Return the arms of one metric in words."""
    import pandas as pd

    t = session.t()
    rows = [value for value in found.values if value.metric == metric]
    return pd.DataFrame(
        {
            t("charts.arm"): [row.arm for row in rows],
            t("charts.customers"): [row.n for row in rows],
            t("charts.value"): [words.value_text(row.value.value, kind, t) for row in rows],
            t("charts.interval"): [words.value_interval(row.value, kind, t) for row in rows],
            t("read.by"): [words.convention_text(row.value.convention, t) for row in rows],
        }
    )


def cuped(found: Evaluation, metric: str) -> None:
    """Say what the covariate of before the start adds, with the reduction of the variance."""
    t = session.t()
    helped = [one for one in found.results if one.adjusted is not None and one.metric.name == metric]
    if not helped:
        return
    st.subheader(t("read.cuped"), anchor=False, help=t("read.cuped_help"))
    for result in helped:
        assert result.adjusted is not None
        st.markdown(show.md_escape(words.cuped_text(result, t)))


def other_tests(read: EvaluatedExperiment, result: MetricResult) -> None:
    """Offer the tests that need every customer's value, computed when asked for."""
    from analysis.experiments.arms.means import bootstrap_means, mann_whitney
    from analysis.experiments.rows.read import read_values

    t, chosen = session.t(), read.choices
    if not st.toggle(t("read.other_tests"), key="read_other_tests", help=t("read.other_tests_help")):
        return
    columns = chosen.columns
    assert columns is not None and chosen.table is not None
    name, arms = result.metric.name, result.treatment
    key = f"{chosen.table.digest} {columns.model_dump_json()} {chosen.source} {name} {arms} {chosen.how.alpha}"

    def compute_it() -> Any:
        values = read_values(read.read.rows, columns, name)
        control, treatment = values[read.found.control], values[arms]
        return (
            bootstrap_means(control, treatment, seed=1, alpha=chosen.how.alpha),
            mann_whitney(control, treatment),
        )

    try:
        with st.spinner(t("app.working")):
            bootstrap, rank = compute.experiment("other_tests", key, compute_it)
    except AnalysisError as problem:
        show.error(problem)
        return
    text = words.reading_text(bootstrap, result.metric.written, t, metric=name, arm=arms, control=read.found.control)
    st.markdown(show.md_escape(text))
    st.markdown(show.md_escape(t("read.rank_test", test=words.significance_text(rank, t))))


def belief(read: EvaluatedExperiment) -> None:
    """Show what to believe: chances, expected loss, credible intervals, with the prior that went in."""
    t, chosen, found = session.t(), read.choices, read.found
    result = pick(chosen, found)
    name, kind = result.metric.name, result.metric.written
    one = found.beliefs.get((name, result.treatment))
    if one is None:
        show.error(AnalysisError("experiment_no_variation"))
        return
    st.markdown(show.md_escape(words.belief_text(result, one, t)))
    with st.container(horizontal=True):
        if name in found.control_shapes:
            prior = chosen.how.prior
            for field, value in (("alpha", prior.alpha), ("beta", prior.beta)):
                st.number_input(
                    t(f"read.prior_{field}"), 0.01, step=1.0, width=220, help=t("read.prior_help"),
                    **bound.one(f"read_prior_{field}", value, partial(_take_prior, field)),
                )  # fmt: skip
        else:
            st.number_input(
                t("read.prior_sd"), value=None, width=320, format="%.15g", help=t("read.prior_sd_help"),
                **bound.one("read_prior_sd", chosen.how.effect_prior.sd, _take_effect_prior),
            )  # fmt: skip
    if name in found.control_shapes:
        shapes = {found.control: found.control_shapes[name]}
        for arm in found.arms[1:]:
            other = found.beliefs.get((name, arm))
            if other is not None and other.shape is not None:
                shapes[arm] = other.shape
        chart = charts.share_posteriors(shapes, t, metric=name)
    else:
        chart = charts.effect_posterior(one.credible, kind, t, metric=name, arm=result.treatment)
    show.chart(chart, t("read.belief_alt"), name="read_belief", data=belief_words(found, name, kind), of_study=False)
    show.table(belief_words(found, name, kind), alt=t("read.belief"), name="read_beliefs")


def belief_words(found: Evaluation, metric: str, kind: str) -> pd.DataFrame:
    """Return the beliefs of every treatment of one metric in words."""
    import pandas as pd

    t = session.t()
    rows = {arm: one for (name, arm), one in found.beliefs.items() if name == metric}
    results = {one.treatment: one for one in found.results if one.metric.name == metric}
    table = {
        t("charts.arm"): list(rows),
        t("read.chance"): [words.chance_text(one.chance) for one in rows.values()],
        t("read.best"): ["–" if one.best is None else words.chance_text(one.best) for one in rows.values()],
        t("read.loss"): [words.loss_text(one, results[arm], t) for arm, one in rows.items()],
        t("read.credible"): [words.credible_text(one, kind, t) for one in rows.values()],
        t("read.by"): [words.convention_text(one.credible.convention, t) for one in rows.values()],
    }
    return pd.DataFrame(table)


def _take_prior(field: str, value: float | None) -> None:
    reading.change_part("how", prior={**reading.choices().how.prior.model_dump(), field: value or 1.0})


def _take_effect_prior(sd: float | None) -> None:
    reading.change_part("how", effect_prior={"mean": 0.0, "sd": sd or None})


def days(read: EvaluatedExperiment) -> None:
    """Show the reading as of each day, with what may be looked at any day, and planned looks."""
    t, chosen, found = session.t(), read.choices, read.found
    result = pick(chosen, found)
    key = (result.metric.name, result.treatment)
    if key in found.always:
        st.markdown(show.md_escape(words.always_text(result, *found.always[key], t)))
    dates, looked = running_days(read, result)
    if len(looked) >= 2:
        chart = charts.day_band(dates, looked, result.metric.written, t, metric=key[0], treatment=key[1])
        data = day_table(dates, looked)
        titles = {name: t(f"read.day_{name}") for name in data.columns}
        show.chart(chart, t("read.days_alt"), name="read_days", data=data.rename(columns=titles), of_study=False)
    else:
        show.empty_state(t("read.no_days"))
    st.number_input(
        t("read.tuning"), 1, width=320, help=t("read.tuning_help"),
        **reading_inputs.field("how.tuning", chosen.how.tuning),
    )  # fmt: skip
    looks(chosen, result)


def running_days(read: EvaluatedExperiment, result: MetricResult) -> Any:
    """Return dates and readings of the running totals, computed once."""
    from analysis.experiments.reading.evaluate import running_days as run

    chosen, data = read.choices, read.read.data
    if data.days.empty or chosen.table is None or chosen.columns is None:
        return (), ()
    name, arm = result.metric.name, result.treatment
    key = f"{chosen.table.digest} {chosen.columns.model_dump_json()} {chosen.source} {name} {arm} "
    key += chosen.how.model_dump_json()
    return compute.experiment("days", key, lambda: run(data, name, arm, chosen.how))


def looks(chosen: ReadChoices, result: MetricResult) -> None:
    """Show the bounds of planned looks: how far z has to be at each, and where it is now."""
    import pandas as pd

    from analysis.experiments.arms.sequential import group_design

    t = session.t()
    with st.expander(t("read.looks"), icon=":material/event_repeat:"):
        left, right = st.columns(2)
        with left:
            st.selectbox(
                t("read.bounds"), ["obrien_fleming", "pocock"], format_func=lambda one: t(f"read.bounds_{one}"),
                help=t("read.bounds_help"),
                **reading_inputs.field("shown.bounds", chosen.shown.get("bounds", "obrien_fleming")),
            )  # fmt: skip
        with right:
            count = int(chosen.shown.get("looks", "5"))
            st.number_input(
                t("read.n_looks"), 1, 20,
                **bound.one("read_looks", count, lambda looks: reading.change_part("shown", looks=str(looks))),
            )  # fmt: skip
        kind: Any = chosen.shown.get("bounds", "obrien_fleming")
        design = group_design(kind, count, alpha=chosen.how.alpha)
        z = words.z_now(result)
        table = pd.DataFrame(
            {
                t("read.look"): range(1, count + 1),
                t("read.bound"): design.bounds,
                t("read.bound_p"): design.levels,
                t("read.bound_crossed"): [
                    t("read.yes") if abs(z) >= bound else t("read.no") for bound in design.bounds
                ],
            }
        )
        st.markdown(show.md_escape(t("read.z_now", z=f"{z:.3f}")))
        show.table(table, alt=t("read.looks"), name="read_looks_table")


def segments_of(read: EvaluatedExperiment, result: MetricResult) -> SegmentReading:
    """Return the effects by segment of a comparison, in words; AnalysisError says why there are none."""
    chosen = read.choices
    found = segment_reading(chosen, read, result)
    if chosen.source != "study" or chosen.columns is None:
        return found
    return reading_study.in_words(found, reading_study.level_names((chosen.columns.segment, chosen.columns.crossed)))


def segments(read: EvaluatedExperiment) -> None:
    """Show the effect by segment, whether it truly differs, and whom to send it to."""
    t, chosen, found = session.t(), read.choices, read.found
    if chosen.columns is None or chosen.columns.segment is None:
        show.empty_state(t("read.no_segment_column"))
        return
    result = pick(chosen, found)
    try:
        by_segment = segments_of(read, result)
    except AnalysisError as problem:
        show.error(problem)
        return
    for note in by_segment.notes:
        if note.level == "ask":
            st.error(show.md_escape(words.note_text(note, t)), icon=":material/warning:")
    says(words.prose(words.segments_answer(by_segment, t), t))
    kind = result.metric.written
    chart = charts.forest(by_segment, kind, t, more_is_better=result.metric.higher_is_better)
    table = segment_words(by_segment, kind)
    show.chart(chart, t("read.forest_alt"), name="read_forest", data=table, of_study=False)
    show.table(table, alt=t("read.by_segment"), name="read_segments")
    remarks([note for note in by_segment.notes if note.level != "ask"])
    if result.metric.kind != "quantile":
        money(chosen, by_segment, result)


def segment_words(found: SegmentReading, kind: str) -> pd.DataFrame:
    """Return the effects by segment in words."""
    from analysis.exports.experiment.contents import segment_rows

    return segment_rows(found, kind, session.t())


def money(chosen: ReadChoices, by_segment: SegmentReading, result: MetricResult) -> None:
    """Show whom to send it to with the expected money, once a person said what one unit is worth."""
    import pandas as pd

    t = session.t()
    st.subheader(t("read.whom"), anchor=False)
    with st.container(horizontal=True):
        for field, value in (("value_of_one", chosen.value_of_one), ("cost_per_customer", chosen.cost_per_customer)):
            st.number_input(
                t(f"read.{field}"), 0.0, value=None, format="%.15g", width=280, help=t(f"read.{field}_help"),
                **reading_inputs.field(field, value),
            )  # fmt: skip
    targets = targeting(chosen, by_segment, result)
    if targets is None:
        st.caption(show.md_escape(t("read.whom_needs_value")))
        return
    says(words.targets_answer(targets, t))
    data = pd.DataFrame(
        {
            t("charts.segment"): [words.level_text(one.segment, t) for one in targets.targets],
            t("charts.customers"): [one.customers for one in targets.targets],
            t("charts.money"): [t.money(one.money.value) for one in targets.targets],
            t("charts.interval"): [words.money_interval(one.money, t) for one in targets.targets],
            t("charts.advice"): [t(f"charts.advice_{one.advice}") for one in targets.targets],
        }
    )
    show.chart(charts.money_bars(targets, t), t("read.money_alt"), name="read_money", data=data, of_study=False)
