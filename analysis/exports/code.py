"""The few lines of Python that reproduce what a screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from analysis.recipe import Recipe
from analysis.segments.methods import used_kinds
from analysis.tags.params import OfSegment

if TYPE_CHECKING:
    from analysis.overview.params import OverviewParams

KEPT_COMMENT = (
    "# Merged ids, forgotten customers and tag values from files lie with the study on this computer, as hashes."
)
KEPT_ARGUMENTS = ", merges=kept.merges, imported=kept.imported, forgotten=kept.forgotten"
_NOT_COMPUTED = {"version", "name", "goal", "segmentations"}


def segmentation_code(
    recipe: Recipe,
    method: str,
    *,
    files: Sequence[str] = (),
    suggested: Recipe | None = None,
    compared: Sequence[str] = (),
    kept_in: str | None = None,
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
    kept_in : str, optional
        The study of this computer that knows which ids are the same customer, who was forgotten, and the values of
        tags that came from files.

    Examples
    --------
    >>> print(segmentation_code(Recipe(), "rfm", files=["orders.xlsx"]).splitlines()[0])
    from analysis.recipe import SegmentationPlan
    """
    names: set[tuple[str, str]] = set()
    plan = recipe.plan_or_usual(method)
    study = JoinedStudy(recipe, files, suggested, kept_in=kept_in)
    lines = study_lines(study, [*used_kinds(plan.params), method], names)
    lines += [
        f"segmentation = result.edited[{method!r}].segmentation",
        "print(segmentation.segments)",
    ]
    if compared:
        names.add(("analysis.compare.compare", "compare"))
        lines.append(f"comparison = compare(result.profiles, segmentation, {list(compared)!r})")
        lines.append("print(comparison.differences)")
    return "\n".join([*import_lines(names), "", *lines])


def overview_code(study: JoinedStudy, params: OverviewParams) -> str:
    """Return a script that gives the same overview: the study as its recipe says, the period and the filters.

    Examples
    --------
    >>> from analysis.overview.params import OverviewParams
    >>> overview_code(JoinedStudy(Recipe(), ["orders.xlsx"], None), OverviewParams()).splitlines()[-1]
    'found = overview(result.standard, result.profiles, OverviewParams())'
    """
    names: set[tuple[str, str]] = {("analysis.overview.overview", "overview")}
    lines = study_lines(study, [], names)
    lines.append(f"found = overview(result.standard, result.profiles, {written(params, names)})")
    return "\n".join([*import_lines(names), "", *lines])


@dataclass(frozen=True)
class JoinedStudy:
    """A study, and what of it a table of results was joined with.

    ``recipe``, ``files``, ``suggested`` and ``kept_in`` are those of ``segmentation_code``;
    ``columns`` are its segmentations and features that were joined; ``assigned`` is (experiment, digest, seed) of the
    arms that were assigned, and ``hold_out`` the word for those who get nothing; ``everyone`` says that who was
    assigned and has no row counts with 0.
    """

    recipe: Recipe
    files: Sequence[str]
    suggested: Recipe | None
    columns: Sequence[str] = ()
    assigned: tuple[str, str, str] | None = None
    hold_out: str = ""
    everyone: bool = False
    kept_in: str | None = None


def tags_code(study: JoinedStudy) -> str:
    """Return a script that gives every customer the tags of the study, and prints how many have each.

    Examples
    --------
    >>> print(tags_code(JoinedStudy(Recipe(), ["orders.xlsx"], None)).splitlines()[-1])
        print(key, found.n, found.counts)
    """
    names: set[tuple[str, str]] = set()
    methods = [tag.source.method for tag in study.recipe.tags if isinstance(tag.source, OfSegment)]
    used = [kind for method in methods for kind in (*used_kinds(study.recipe.plan_or_usual(method).params), method)]
    lines = study_lines(study, list(dict.fromkeys(used)), names)
    lines += ["for key, found in (result.tagged.values if result.tagged else {}).items():"]
    lines += ["    print(key, found.n, found.counts)"]
    return "\n".join([*import_lines(names), "", *lines])


def prediction_code(study: JoinedStudy, params: Any) -> str:
    """Return a script that makes one prediction, and prints each customer's score.

    Examples
    --------
    >>> from analysis.predict.lifetime.params import LifetimeParams
    >>> print(prediction_code(JoinedStudy(Recipe(), ["orders.xlsx"], None), LifetimeParams()).splitlines()[-2])
    found = lifetime_value(result.standard, result.profiles, LifetimeParams())
    """
    from analysis.predict.methods import PREDICTIONS

    module, called = PREDICTIONS[params.kind].called
    names: set[tuple[str, str]] = set()
    lines = study_lines(study, [], names)
    if getattr(params, "by", None) == "segments":  # which are those of the first screen
        names.add(("analysis.study", "begin"))
        lines.append(f"found = begin(tables, result.recipe).prediction({written(params, names)})")
    else:
        names.add((module, called))
        lines.append(f"found = {called}(result.standard, result.profiles, {written(params, names)})")
    return "\n".join([*import_lines(names), "", *lines, "print(found.to_frame())"])


def study_lines(study: JoinedStudy, methods: Sequence[str], names: set[tuple[str, str]]) -> list[str]:
    """Return the lines that end with ``result``, the study with the segmentations of some methods."""
    recipe = study.recipe
    plans = [recipe.plan_or_usual(kind) for kind in methods]
    files = list(dict.fromkeys(study.files or [source.file for source in recipe.sources if source.file]))
    base = study.suggested or Recipe()
    update = {
        name: written(getattr(recipe, name), names)
        for name in Recipe.model_fields
        if name not in _NOT_COMPUTED and getattr(recipe, name) != getattr(base, name)
    }
    names |= {("analysis.study", name) for name in ("read", "run", "suggest")}
    called = [*(f"plan_{i + 1}" for i in range(len(plans) - 1)), "plan"][-len(plans) :] if plans else []
    lines = [f"{name} = {written(each, names)}" for name, each in zip(called, plans, strict=True)]
    paths, chosen, kept = ", ".join(repr(file) for file in files), "", ""
    if any(source.encoding or source.header_row is not None for source in recipe.sources):
        # Encodings and header rows are chosen before there is anything to suggest from.
        names.add(("analysis.recipe", "Recipe"))
        lines.append(f"sources = {written(recipe.sources, names)}")
        chosen = ", recipe=Recipe(sources=sources)"
        update["sources"] = "sources"
    if study.kept_in is not None:
        names.add(("analysis.workspace", "Workspace"))
        lines += [KEPT_COMMENT, f"kept = Workspace.open().carried({study.kept_in!r})"]
        kept = KEPT_ARGUMENTS
    entries = [f"{name!r}: {value}" for name, value in update.items()]
    entries.append(f"'segmentations': ({', '.join(called)}{',' if len(called) == 1 else ''})")
    return [
        *lines,
        f"tables = read({paths}{chosen})",
        f"recipe = suggest(tables).model_copy(update={{{', '.join(entries)}}})",
        f"result = run(tables, recipe{kept})",
    ]


def import_lines(names: set[tuple[str, str]]) -> list[str]:
    """Return the lines that import names, given as (module, name)."""
    modules: dict[str, list[str]] = {}
    for module, name in names:
        modules.setdefault(module, []).append(name)
    return [f"from {module} import {', '.join(sorted(found))}" for module, found in sorted(modules.items())]


def written(value: Any, names: set[tuple[str, str]]) -> str:
    """Write a value as Python; models as calls with what differs from their defaults."""
    if isinstance(value, BaseModel):
        kind = type(value)
        names.add((kind.__module__, kind.__name__))
        fields = [
            f"{name}={written(getattr(value, name), names)}"
            for name, field in kind.model_fields.items()
            if field.is_required() or getattr(value, name) != field.get_default(call_default_factory=True)
        ]
        return f"{kind.__name__}({', '.join(fields)})"
    if isinstance(value, tuple):
        parts = [written(item, names) for item in value]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    if type(value).__module__ == "datetime":
        names.add(("datetime", type(value).__name__))
        return repr(value).removeprefix("datetime.")
    return repr(value)
