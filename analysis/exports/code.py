"""The few lines of Python that reproduce what a screen shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from analysis.experiments.rows.table import STUDY
from analysis.experiments.splitting.split import HOLD_OUT
from analysis.recipe import Recipe
from analysis.segments.methods import used_kinds

if TYPE_CHECKING:
    from analysis.experiments.arms.statistics import Statistic
    from analysis.experiments.choices import PlanChoices, ReadChoices, SplitChoices
    from analysis.experiments.planning.plan import Plan
    from analysis.experiments.reading.changes import ChangeParams
    from analysis.experiments.reading.evaluate import EvaluateParams
    from analysis.experiments.reading.results import MetricResult
    from analysis.experiments.rows.read import ReadParams
    from analysis.overview.params import OverviewParams

_NOT_COMPUTED = {"version", "name", "goal", "segmentations"}


def segmentation_code(
    recipe: Recipe,
    method: str,
    *,
    files: Sequence[str] = (),
    suggested: Recipe | None = None,
    compared: Sequence[str] = (),
    merged_in: str | None = None,
) -> str:
    """Return a script that reads the files, segments the customers the way the recipe does, and prints the segments.

    Parameters
    ----------
    recipe : Recipe
    method : str
        The kind of segmentation; with it come those that it uses.
    files : sequence of str, optional
        Names of the files; those of the recipe's sources when left out.
    suggested : Recipe, optional
        What ``suggest`` gives for these files: what equals it is left out. Without it everything is written that
        differs from an empty recipe.
    compared : sequence of str, optional
        Segment keys to set side by side as well.
    merged_in : str, optional
        The study of this computer that knows which ids are the same customer.

    Examples
    --------
    >>> print(segmentation_code(Recipe(), "rfm", files=["orders.xlsx"]).splitlines()[0])
    from analysis.recipe import SegmentationPlan
    """
    names: set[tuple[str, str]] = set()
    plan = recipe.plan_or_usual(method)
    study = JoinedStudy(recipe, files, suggested, merged_in=merged_in)
    lines = _study_lines(study, [*used_kinds(plan.params), method], names)
    lines += [
        f"segmentation = result.edited[{method!r}].segmentation",
        "print(segmentation.segments)",
    ]
    if compared:
        names.add(("analysis.compare.compare", "compare"))
        lines.append(f"comparison = compare(result.profiles, segmentation, {list(compared)!r})")
        lines.append("print(comparison.differences)")
    return "\n".join([*_imports(names), "", *lines])


def _study_lines(study: JoinedStudy, methods: Sequence[str], names: set[tuple[str, str]]) -> list[str]:
    """Return the lines that end with ``result``, the study with the segmentations of some methods."""
    recipe = study.recipe
    plans = [recipe.plan_or_usual(kind) for kind in methods]
    files = list(dict.fromkeys(study.files or [source.file for source in recipe.sources if source.file]))
    base = study.suggested or Recipe()
    update = {
        name: _written(getattr(recipe, name), names)
        for name in Recipe.model_fields
        if name not in _NOT_COMPUTED and getattr(recipe, name) != getattr(base, name)
    }
    names |= {("analysis.study", name) for name in ("read", "run", "suggest")}
    called = [*(f"plan_{i + 1}" for i in range(len(plans) - 1)), "plan"][-len(plans) :] if plans else []
    lines = [f"{name} = {_written(each, names)}" for name, each in zip(called, plans, strict=True)]
    paths, chosen, merges = ", ".join(repr(file) for file in files), "", ""
    if any(source.encoding or source.header_row is not None for source in recipe.sources):
        # Encodings and header rows are chosen before there is anything to suggest from.
        names.add(("analysis.recipe", "Recipe"))
        lines.append(f"sources = {_written(recipe.sources, names)}")
        chosen = ", recipe=Recipe(sources=sources)"
        update["sources"] = "sources"
    if study.merged_in is not None:
        names.add(("analysis.workspace", "Workspace"))
        lines += [
            "# Which ids are the same customer is kept with the study on this computer, as salted hashes of the ids.",
            f"merges = Workspace.open().merges({study.merged_in!r})",
        ]
        merges = ", merges=merges"
    entries = [f"{name!r}: {value}" for name, value in update.items()]
    entries.append(f"'segmentations': ({', '.join(called)}{',' if len(called) == 1 else ''})")
    return [
        *lines,
        f"tables = read({paths}{chosen})",
        f"recipe = suggest(tables).model_copy(update={{{', '.join(entries)}}})",
        f"result = run(tables, recipe{merges})",
    ]


@dataclass(frozen=True)
class JoinedStudy:
    """A study, and what of it a table of results was joined with.

    ``recipe``, ``files``, ``suggested`` and ``merged_in`` as for ``segmentation_code``; ``columns`` are its
    segmentations and features that were joined; ``assigned`` is (experiment, digest, seed) of the arms that were
    assigned, and ``hold_out`` the word for those who get nothing; ``everyone`` says that who was assigned and has no
    row counts with 0.
    """

    recipe: Recipe
    files: Sequence[str]
    suggested: Recipe | None
    columns: Sequence[str] = ()
    assigned: tuple[str, str, str] | None = None
    hold_out: str = ""
    everyone: bool = False
    merged_in: str | None = None


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
        arms = ", ".join(f"{arm!r}: {one!r}" for arm, one in (typed or {}).items())
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
            f"data = read_experiment(rows, {_written(columns, names)})",
        ]
    lines += [
        f"found = evaluate(data, {_written(how, names)})",
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
    return "\n".join([*_imports(names), "", *lines])


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
    lines = _study_lines(study, list(dict.fromkeys(needed)), names)
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
        lines = [f"found = plan_experiment({_written(choices, names)})", "needed = found.needed"]
    else:
        names = {("analysis.experiments.planning.plan", "sample_size")}
        lines = [f"plan = {_written(plan, names)}", "needed = sample_size(plan)"]
    lines.append("print(needed.n_control, needed.n_treatment, needed.n_total, needed.formula)")
    return "\n".join([*_imports(names), "", *lines])


def split_code(
    recipe: Recipe,
    choices: SplitChoices,
    *,
    files: Sequence[str] = (),
    suggested: Recipe | None = None,
    segments: Sequence[str] = (),
    merged_in: str | None = None,
) -> str:
    """Return a script that gives every customer of a study the same arm again.

    Parameters
    ----------
    recipe, files, suggested, merged_in : as for ``segmentation_code``
    choices : SplitChoices
    segments : sequence of str
        The kinds of segmentation that audience and strata are taken from.

    Examples
    --------
    >>> from analysis.experiments.choices import SplitChoices
    >>> print(split_code(Recipe(), SplitChoices(seed="spring"), files=["orders.xlsx"]).splitlines()[-2])
    found = split_experiment(result.profiles.customers, SplitChoices(seed='spring'), segments=segments)
    """
    names = {("analysis.experiments.split_experiment", "split_experiment")}
    needed: list[str] = []
    for method in segments:
        needed += [*used_kinds(recipe.plan_or_usual(method).params), method]
    study = JoinedStudy(recipe, files, suggested, merged_in=merged_in)
    lines = _study_lines(study, list(dict.fromkeys(needed)), names)
    labels = ", ".join(f"{method!r}: result.edited[{method!r}].segmentation.labels" for method in segments)
    called = f"split_experiment(result.profiles.customers, {_written(choices, names)}, segments=segments)"
    lines += [f"segments = {{{labels}}}", f"found = {called}", "print(found.sizes)"]
    return "\n".join([*_imports(names), "", *lines])


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
        f"found = read_change(rows, {_written(params, names)}{level})",
        "print(found.reading.absolute, found.reading.test)",
        "print(found.cells, found.counts)",
    ]
    return "\n".join([*_imports(names), "", *lines])


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
    lines = [f"found = {function}({', '.join(map(repr, sides))}{level})", "print(found.absolute, found.test)"]
    return "\n".join([*_imports(names), "", *lines])


def _imports(names: set[tuple[str, str]]) -> list[str]:
    modules: dict[str, list[str]] = {}
    for module, name in names:
        modules.setdefault(module, []).append(name)
    return [f"from {module} import {', '.join(sorted(found))}" for module, found in sorted(modules.items())]


def _written(value: Any, names: set[tuple[str, str]]) -> str:
    """Write a value as Python; models as calls with what differs from their defaults."""
    if isinstance(value, BaseModel):
        kind = type(value)
        names.add((kind.__module__, kind.__name__))
        fields = [
            f"{name}={_written(getattr(value, name), names)}"
            for name, field in kind.model_fields.items()
            if field.is_required() or getattr(value, name) != field.get_default(call_default_factory=True)
        ]
        return f"{kind.__name__}({', '.join(fields)})"
    if isinstance(value, tuple):
        parts = [_written(item, names) for item in value]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    if type(value).__module__ == "datetime":
        names.add(("datetime", type(value).__name__))
        return repr(value).removeprefix("datetime.")
    return repr(value)


def overview_code(files: Sequence[str], params: OverviewParams) -> str:
    """Return the lines that give the same overview.

    Parameters
    ----------
    files : sequence of str
        The files of the study; each is read once.
    params : OverviewParams
        The period and the filters.
    """
    chosen = params.model_dump_json(exclude_defaults=True)
    return (
        "from analysis.overview.overview import overview\n"
        "from analysis.overview.params import OverviewParams\n"
        "from analysis.study import prepare, read, suggest\n\n"
        f"tables = read({', '.join(repr(file) for file in dict.fromkeys(files))})\n"
        "prepared = prepare(tables, suggest(tables))\n"
        f"params = OverviewParams.model_validate_json({chosen!r})\n"
        "result = overview(prepared.standard, prepared.profiles, params)\n"
    )
