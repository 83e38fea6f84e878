"""The few lines of Python that reproduce a plan, a split, a reading or a change of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.experiments.rows.table import STUDY
from analysis.experiments.splitting.split import HOLD_OUT
from analysis.exports.code import JoinedStudy, import_lines, study_lines, written
from analysis.recipe import Recipe
from analysis.segments.methods import used_kinds

if TYPE_CHECKING:
    from analysis.experiments.arms.statistics import Statistic
    from analysis.experiments.choices import PlanChoices, ReadChoices, SplitChoices
    from analysis.experiments.planning.calculators import Calculator, CalculatorChoices
    from analysis.experiments.planning.plan import Plan
    from analysis.experiments.reading.changes import ChangeParams
    from analysis.experiments.reading.evaluate import EvaluateParams
    from analysis.experiments.reading.results import MetricResult
    from analysis.experiments.rows.params import ReadParams


def reading_code(
    *,
    columns: ReadParams | None = None,
    how: EvaluateParams,
    file: str = "",
    typed: Mapping[str, Statistic] | None = None,
    metric: str = "",
    segment: tuple[str, str] | None = None,
    study: JoinedStudy | None = None,
) -> str:
    """Return a script that reads an experiment as the page does, and prints every comparison.

    Parameters
    ----------
    columns, file : ReadParams and str
        Of a table of results.
    typed, metric : mapping of arm to statistic, and name
        Of figures typed in; used when there are no ``columns``.
    segment : (metric, treatment), optional
        Whose effect to read by segment as well.
    study : JoinedStudy, optional
        The study whose columns were joined to the table.

    Examples
    --------
    >>> from analysis.experiments.reading.evaluate import EvaluateParams
    >>> from analysis.experiments.arms.statistics import ProportionStatistic
    >>> arms = {"A": ProportionStatistic(10, 2), "B": ProportionStatistic(12, 5)}
    >>> print(reading_code(how=EvaluateParams(), typed=arms, metric="bought").splitlines()[-1])
        print(result.metric.name, result.treatment, result.reading.absolute, result.reading.test)
    """
    names: set[tuple[str, str]] = {("analysis.experiments.reading.evaluate", "evaluate")}
    if columns is None:
        names.add(("analysis.experiments.rows.typed", "data_of_statistics"))
        names |= {(type(one).__module__, type(one).__name__) for one in (typed or {}).values()}
        arms = ", ".join(f"{arm!r}: {_side(one)}" for arm, one in (typed or {}).items())
        lines = [f"data = data_of_statistics({{{arms}}}, metric={metric!r})"]
    else:
        names |= {("analysis.intake.reading.read", "read_file"), ("analysis.experiments.rows.table", "results_table")}
        names.add(("analysis.experiments.rows.read", "read_experiment"))
        measured = {name for metric in columns.metrics for name in (metric.column, metric.denominator)}
        roles = (columns.arm, columns.unit, columns.segment, columns.crossed)
        text = [name for name in roles if name and name not in measured and not name.startswith(STUDY)]
        lines = [
            f"table = max(read_file({file!r}), key=lambda table: table.n_rows)",
            f"rows = results_table(table, text={text!r})",
            *(_joined_lines(study, columns.unit, _outcomes(columns), names) if study is not None else ()),
            f"data = read_experiment(rows, {written(columns, names)})",
        ]
    lines += [
        f"found = evaluate(data, {written(how, names)})",
        "for note in found.health:",
        "    print(note)",
        "for result in found.results:",
        "    print(result.metric.name, result.treatment, result.reading.absolute, result.reading.test)",
    ]
    if segment is not None:
        names.add(("analysis.experiments.reading.segments", "read_segments"))
        by_segment = [
            f"for effect in read_segments(data, metric={segment[0]!r}, treatment={segment[1]!r}).effects:",
            "    print(effect.segment, effect.absolute, effect.p_corrected)",
        ]
        lines = [*lines[:-2], *by_segment, *lines[-2:]]
    return "\n".join([*import_lines(names), "", *lines])


def _outcomes(columns: ReadParams) -> list[str]:
    found = [name for metric in columns.metrics for name in (metric.column, metric.denominator) if name]
    return list(dict.fromkeys(found))


def _joined_lines(
    study: JoinedStudy, unit: str | None, outcomes: Sequence[str], names: set[tuple[str, str]]
) -> list[str]:
    """Return the lines that add to ``rows`` what the study knows of each customer."""
    methods = [name for name in study.columns if study.recipe.plan(name) is not None]
    needed = []
    for method in methods:
        needed += [*used_kinds(study.recipe.plan_or_usual(method).params), method]
    lines = study_lines(study, list(dict.fromkeys(needed)), names)
    lines.append("customers = result.profiles.customers[['customer_id']].copy()")
    for name in study.columns:
        column = f"result.profiles.customers[{name!r}]"
        column = f"result.edited[{name!r}].segmentation.labels" if name in methods else column
        lines.append(f"customers[{name!r}] = {column}.astype(object)")
    if study.assigned is not None:
        names |= {("analysis.workspace", "Workspace"), ("analysis.experiments.splitting.assignment", "arms_of")}
        experiment, digest, seed = study.assigned
        lines += [
            "# Who got what is kept with the experiment on this computer, as salted hashes of the ids.",
            f"kept = Workspace.open().experiment_table({experiment!r}, {digest!r})",
            f"arms = arms_of(customers['customer_id'].tolist(), kept, seed={seed!r})",
            f"customers['arm'] = [{study.hold_out!r} if arm == {HOLD_OUT!r} else arm for arm in arms]",
        ]
    names.add(("analysis.experiments.rows.table", "join_study"))
    everyone = f", everyone='arm', outcomes={list(outcomes)!r}" if study.everyone else ""
    return [*lines, f"rows = join_study(rows, {unit!r}, customers{everyone}).rows"]


def experiment_code(
    choices: ReadChoices, result: MetricResult | None = None, *, study: JoinedStudy | None = None
) -> str:
    """Return a script that reads a test as its choices say; empty for a table whose columns are not chosen.

    Parameters
    ----------
    choices : ReadChoices
    result : MetricResult, optional
        The comparison whose effect is read by segment as well, where a segment is chosen.
    study : JoinedStudy, optional
        The study whose columns were joined to the table.

    Examples
    --------
    >>> from analysis.experiments.choices import ReadChoices
    >>> from analysis.experiments.record import TypedArm
    >>> arms = (TypedArm(name="A", n=10, conversions=2), TypedArm(name="B", n=12, conversions=5))
    >>> "ProportionStatistic(n=12, successes=5)" in experiment_code(ReadChoices(arms=arms))
    True
    """
    from analysis.experiments.evaluate_experiment import outcome_name, typed_statistics

    if choices.source == "typed":
        return reading_code(how=choices.how, typed=typed_statistics(choices), metric=outcome_name(choices))
    if choices.columns is None or choices.table is None:
        return ""
    segment = (result.metric.name, result.treatment) if result is not None and choices.columns.segment else None
    return reading_code(columns=choices.columns, how=choices.how, file=choices.table.file, segment=segment, study=study)


def plan_code(choices: PlanChoices, plan: Plan) -> str:
    """Return a script that repeats a plan: from its choices, or where they name a segment from what was seen there.

    Examples
    --------
    >>> from analysis.experiments.choices import PlanChoices
    >>> from analysis.experiments.plan_experiment import plan_experiment
    >>> choices = PlanChoices(points=2)
    >>> print(plan_code(choices, plan_experiment(choices).plan).splitlines()[-3])
    found = plan_experiment(PlanChoices(points=2.0))
    """
    if choices.source == "typed":
        names = {("analysis.experiments.plan_experiment", "plan_experiment")}
        lines = [f"found = plan_experiment({written(choices, names)})", "needed = found.needed"]
    else:
        names = {("analysis.experiments.planning.plan", "sample_size")}
        lines = [f"plan = {written(plan, names)}", "needed = sample_size(plan)"]
    lines.append("print(needed.n_control, needed.n_treatment, needed.n_total, needed.formula)")
    return "\n".join([*import_lines(names), "", *lines])


def calculator_code(calculator: Calculator, choices: CalculatorChoices) -> str:
    """Return a script that repeats a calculator.

    Examples
    --------
    >>> from analysis.experiments.planning.calculators import CalculatorChoices
    >>> print(calculator_code("bayesian", CalculatorChoices(n_control=900)).splitlines()[-1])
    print(bayesian(CalculatorChoices(n_control=900.0)))
    """
    from analysis.experiments.planning.calculators import FUNCTIONS

    function = FUNCTIONS[calculator]
    names = {(function.__module__, function.__name__)}
    call = f"print({function.__name__}({written(choices, names)}))"
    return "\n".join([*import_lines(names), "", call])


def split_code(
    recipe: Recipe,
    choices: SplitChoices,
    *,
    files: Sequence[str] = (),
    suggested: Recipe | None = None,
    segments: Sequence[str] = (),
    kept_in: str | None = None,
) -> str:
    """Return a script that gives every customer of a study the same arm again.

    Parameters
    ----------
    recipe, files, suggested, kept_in : as for ``segmentation_code``
    choices : SplitChoices
    segments : sequence of str
        The kinds of segmentation that audience and strata are taken from.

    Examples
    --------
    >>> from analysis.experiments.choices import SplitChoices
    >>> print(split_code(Recipe(), SplitChoices(seed="spring"), files=["orders.xlsx"]).splitlines()[-2])
    found = split_experiment(result.profiles.customers, SplitChoices(seed='spring'), segments=segments, left=left)
    """
    names = {
        ("analysis.experiments.split_experiment", "split_experiment"),
        ("analysis.predict.churn.definition", "known_left"),
    }
    needed: list[str] = []
    for method in segments:
        needed += [*used_kinds(recipe.plan_or_usual(method).params), method]
    study = JoinedStudy(recipe, files, suggested, kept_in=kept_in)
    lines = study_lines(study, list(dict.fromkeys(needed)), names)
    labels = ", ".join(f"{method!r}: result.edited[{method!r}].segmentation.labels" for method in segments)
    called = f"split_experiment(result.profiles.customers, {written(choices, names)}, segments=segments, left=left)"
    lines += [
        f"segments = {{{labels}}}",
        "left = known_left(result.profiles)",
        f"found = {called}",
        "print(found.sizes)",
    ]
    return "\n".join([*import_lines(names), "", *lines])


def change_code(
    params: ChangeParams, *, file: str, text: Sequence[str] = (), alpha: float = 0.05, study: JoinedStudy | None = None
) -> str:
    """Return a script that reads a change from a table as the page does.

    Parameters
    ----------
    params : ChangeParams
    file : str
    text : sequence of str
        The columns left as text.
    alpha : float
        1 less the level of the interval.
    study : JoinedStudy, optional
        The study that says who belongs to which group.

    Examples
    --------
    >>> from analysis.experiments.reading.changes import ChangeParams
    >>> choice = ChangeParams(outcome="sales", when="day", since="2024-03-05", unit="shop")
    >>> print(change_code(choice, file="shops.csv", text=["shop"]).splitlines()[-2])
    print(found.reading.absolute, found.reading.test)
    """
    names = {("analysis.intake.reading.read", "read_file"), ("analysis.experiments.rows.table", "results_table")}
    names.add(("analysis.experiments.reading.changes", "read_change"))
    level = "" if alpha == 0.05 else f", alpha={alpha!r}"
    lines = [
        f"table = max(read_file({file!r}), key=lambda table: table.n_rows)",
        f"rows = results_table(table, text={list(text)!r})",
        *(_joined_lines(study, params.unit, (), names) if study is not None else ()),
        f"found = read_change(rows, {written(params, names)}{level})",
        "print(found.reading.absolute, found.reading.test)",
        "print(found.cells, found.counts)",
    ]
    return "\n".join([*import_lines(names), "", *lines])


def typed_change_code(sides: Sequence[Statistic], *, alpha: float = 0.05) -> str:
    """Return a script that reads a change from figures typed in: before and after, or these of two groups.

    Examples
    --------
    >>> from analysis.experiments.arms.statistics import ProportionStatistic
    >>> print(typed_change_code([ProportionStatistic(10, 2), ProportionStatistic(12, 5)]).splitlines()[-2])
    found = compare_before_after(ProportionStatistic(n=10, successes=2), ProportionStatistic(n=12, successes=5))
    """
    function = "compare_before_after" if len(sides) == 2 else "difference_in_differences"
    names = {("analysis.experiments.reading.quasi", function)}
    names |= {(type(one).__module__, type(one).__name__) for one in sides}
    level = "" if alpha == 0.05 else f", alpha={alpha!r}"
    lines = [f"found = {function}({', '.join(map(_side, sides))}{level})", "print(found.absolute, found.test)"]
    return "\n".join([*import_lines(names), "", *lines])


def _side(one: Statistic) -> str:
    """Return the sums of an arm as they are written; those about the mean too, as squares alone lose large values."""
    from analysis.experiments.arms.statistics import MeanStatistic

    if isinstance(one, MeanStatistic) and one.about is not None:
        return f"MeanStatistic(n={one.n}, sum={one.sum!r}, sum_squares={one.sum_squares!r}, about={one.about!r})"
    return repr(one)
