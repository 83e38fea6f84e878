"""A study from files to segments: the stages in order, for the app, the command line and a notebook alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.kinds import KINDS, place

if TYPE_CHECKING:
    from analysis.intake.merges import Merges
    from analysis.intake.quality import QualityReport
    from analysis.intake.suggest import TableGuess
    from analysis.intake.tables import RawTable, StandardTables
    from analysis.notes import Note
    from analysis.profiles.result import Profiles
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.edit import EditedSegmentation
    from analysis.segments.frozen import Before

STEPS = ("standardise", "profiles", *KINDS)
# Part of the name of kept results: a change in what the stages compute makes old ones stale.
ENGINE_VERSION = 5
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """Standard tables and the profiles made from them."""

    standard: StandardTables
    profiles: Profiles


@dataclass(frozen=True)
class StudyResult:
    """Everything a recipe computes.

    Attributes
    ----------
    prepared : Prepared
    segmentations : mapping of method to result
        By kind, those of the recipe that could be computed.
    edited : mapping of method to EditedSegmentation
        The same after the recipe's renames and merges.
    problems : mapping of method to AnalysisError
        Why a segmentation could not be computed.
    quality : QualityReport, optional
        How good the data is, and what matters about it.
    """

    recipe: Recipe
    prepared: Prepared
    segmentations: Mapping[str, Any]
    edited: Mapping[str, EditedSegmentation]
    problems: Mapping[str, AnalysisError]
    quality: QualityReport | None = None

    @property
    def standard(self) -> StandardTables:
        """The standard tables."""
        return self.prepared.standard

    @property
    def profiles(self) -> Profiles:
        """One row per customer."""
        return self.prepared.profiles


def read(*paths: Path | str, recipe: Recipe | None = None) -> list[RawTable]:
    """Read files into raw tables, with the encodings and header rows that a recipe gives.

    Examples
    --------
    >>> from analysis.study import read, run
    >>> result = run(read("sample_data/中文店铺.xlsx"))
    >>> len(result.profiles.customers)
    1350
    """
    from analysis.intake.read import read_files

    return read_files(paths, recipe)


def suggest(tables: Sequence[RawTable]) -> Recipe:
    """Return the recipe that runs when nobody chooses anything."""
    from analysis.intake.suggest import inspect

    return suggest_recipe(inspect(tables))


def suggest_recipe(guesses: Sequence[TableGuess]) -> Recipe:
    """Turn guesses about tables into the recipe that runs when nobody chooses anything.

    Raises
    ------
    AnalysisError
        As ``intake.suggest.refuse_useless``.
    """
    from analysis.intake.suggest import guess_currency, refuse_useless
    from analysis.recipe import Column, Recipe, Source

    refuse_useless(guesses)
    # Monthly files and sheets have the same columns: they are one table in parts, and the largest says what it is.
    alike: dict[tuple[str, ...], list[TableGuess]] = {}
    for guess in guesses:
        if not guess.repeats:
            alike.setdefault(tuple(sorted(guess.table.columns)), []).append(guess)
    largest = [max(group, key=lambda guess: guess.table.n_rows) for group in alike.values()]
    sources = tuple(
        Source(
            kind=guess.kind,  # pyright: ignore
            file=guess.table.file,
            sheet=guess.table.sheet,
            columns=tuple(Column(name=column.name, role=column.role) for column in guess.columns),
        )
        for guess in (*largest, *(guess for guess in guesses if guess.repeats))
    )
    return Recipe(sources=sources, currency=guess_currency(guesses))


def prepare(
    tables: Sequence[RawTable],
    recipe: Recipe,
    *,
    merges: Merges | None = None,
    progress: Progress = lambda step: None,
) -> Prepared:
    """Clean the tables and reduce them to one row per customer; ``merges`` says which ids are the same customer."""
    from analysis.intake.standardise import standardise
    from analysis.profiles.build import build_profiles

    progress("standardise")
    standard = standardise(tables, recipe, merges)
    progress("profiles")
    return Prepared(standard, build_profiles(standard, as_of=recipe.as_of))


def prepared_version(tables: Sequence[RawTable], recipe: Recipe, merges: Merges | None = None) -> str:
    """Name the state of a study that ``prepare`` depends on: the rows, the merges, the choices before segmentation."""
    import hashlib

    parts = [
        str(ENGINE_VERSION),
        *(f"{table.fingerprint} {table.key} {table.header_row} {table.encoding}" for table in tables),
        recipe.model_dump_json(include={"version", "sources", "cleaning", "as_of", "time_zone"}),
        merges.state() if merges else "",
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def segment(
    profiles: Profiles,
    plan: SegmentationPlan,
    *,
    standard: StandardTables | None = None,
    others: Mapping[str, EditedSegmentation] | None = None,
    before: Before | None = None,
) -> Any:
    """Group the customers by one method.

    Parameters
    ----------
    profiles : Profiles
    plan : SegmentationPlan
    standard : StandardTables, optional
        For the methods that read orders.
    others : mapping of EditedSegmentation, optional
        The other segmentations of the study by kind, for the hybrid.
    before : Before, optional
        The run before: what a frozen plan applies, and whose groups clusters continue.

    Returns
    -------
    The method's frozen result, which holds ``segmentation``.
    """
    from analysis.segments.frozen import apply, continued
    from analysis.segments.methods import METHODS, Basis

    if plan.fit == "frozen":
        return apply(before, plan.params, profiles, standard=standard, others=others)
    found = METHODS[plan.params.kind](Basis(profiles, standard, others or {}), plan.params)
    return continued(found, before, profiles)


def edit(result: Any, plan: SegmentationPlan, profiles: Profiles) -> EditedSegmentation:
    """Apply the plan's renames, merges and hidden segments; a name given in the params counts until it is changed."""
    from dataclasses import replace

    from analysis.segments.edit import apply_edits, standing

    spend = profiles.customers.get("spend", None)
    edits, notes = standing(plan.edits, result)
    edited = apply_edits(result.segmentation, edits, spend=spend)
    return replace(edited, names={**getattr(result, "names", {}), **edited.names}, notes=(*edited.notes, *notes))


def run(
    tables: Sequence[RawTable],
    recipe: Recipe | None = None,
    *,
    merges: Merges | None = None,
    before: Before | None = None,
    progress: Progress = lambda step: None,
) -> StudyResult:
    """Run a recipe on raw tables, from cleaning to segments; without one, the suggested recipe.

    A segmentation that the data cannot carry does not stop the others; its reason stands in ``problems``. ``before`` is
    the run before, as ``analysis.refresh.refresh`` hands it on.

    Raises
    ------
    AnalysisError
        What intake and profiles refuse.
    """
    from concurrent.futures import ThreadPoolExecutor

    from analysis.intake.suggest import inspect

    guesses = inspect(tables)
    recipe = recipe or suggest_recipe(guesses)
    prepared = prepare(tables, recipe, merges=merges, progress=progress)
    with ThreadPoolExecutor(1) as beside:  # the report waits for rows, the segments for arithmetic
        report = beside.submit(judge, tables, guesses, recipe, prepared)
        return _segmented(recipe, prepared, progress, report.result, before)


def judge(
    tables: Sequence[RawTable], guesses: Sequence[TableGuess], recipe: Recipe, prepared: Prepared
) -> QualityReport:
    """Judge the data of a study, as ``intake.quality.quality`` does."""
    from analysis.intake.quality import quality

    return quality(tables, guesses, recipe, prepared.standard, prepared.profiles)


def _segmented(
    recipe: Recipe,
    prepared: Prepared,
    progress: Progress,
    report: Callable[[], QualityReport],
    before: Before | None,
) -> StudyResult:
    results: dict[str, Any] = {}
    edited: dict[str, Any] = {}
    problems: dict[str, AnalysisError] = {}
    for plan in sorted(recipe.segmentations, key=lambda plan: place(plan.params.kind)):
        progress(plan.params.kind)
        try:
            results[plan.params.kind] = segment(
                prepared.profiles, plan, standard=prepared.standard, others=edited, before=before
            )
            edited[plan.params.kind] = edit(results[plan.params.kind], plan, prepared.profiles)
        except AnalysisError as problem:
            results.pop(plan.params.kind, None)
            problems[plan.params.kind] = problem
    return StudyResult(recipe, prepared, results, edited, problems, report())


def summary(result: StudyResult) -> dict[str, Any]:
    """Return the figures of a study as plain numbers and texts, as ``summary.json`` holds them."""
    profiles = result.profiles
    customers = profiles.customers
    orders = None
    if "orders" in _kinds(result):
        sold = "SELECT count(DISTINCT order_id) FROM orders WHERE NOT is_return AND amount > 0 AND order_date <= ?"
        with result.standard.cursor() as cursor:
            orders = int(cursor.execute(sold, [profiles.as_of]).fetchall()[0][0])
    return {
        "as_of": profiles.as_of.isoformat(),
        "customers": len(customers),
        "buyers": int((customers["n_orders"] > 0).sum()) if "n_orders" in customers else None,
        "orders": orders,
        "revenue": round(float(customers["spend"].sum()), 6) if "spend" in customers else None,
        "currency": result.recipe.currency,
        "lines_after_as_of": profiles.n_after_as_of,
        "tables": {
            count.table: {"kind": count.kind, "read": count.read, "kept": count.kept, "set_aside": count.set_aside}
            for count in result.standard.counts
        },
        "segmentations": {method: _segments(result, method) for method in result.segmentations},
        "not_segmented": {method: {"code": e.code, **_plain(e.facts)} for method, e in result.problems.items()},
        "notes": [
            {"code": note.code, "level": note.level, **_plain(note.facts)}
            for note in (*result.standard.notes, *profiles.notes)
        ],
        "quality": _quality(result),
    }


def _quality(result: StudyResult) -> dict[str, Any] | None:
    from analysis.intake.quality import quality_dict

    return None if result.quality is None else quality_dict(result.quality)


def _kinds(result: StudyResult) -> set[str]:
    return {count.kind for count in result.standard.counts if count.kept}


def _segments(result: StudyResult, method: str) -> dict[str, Any]:
    edited = result.edited[method]
    table = edited.segmentation.segments
    entry: dict[str, Any] = {
        "segments": [
            {
                "key": row["segment"],
                "name": edited.names.get(row["segment"]),
                "customers": int(row["customers"]),
                "share": round(float(row["share"]), 6),
                "revenue": round(float(row["revenue"]), 6) if row["revenue"] == row["revenue"] else None,
            }
            for row in table.to_dict("records")
        ],
        "outside": edited.segmentation.n_outside,
        "notes": [{"code": note.code, "level": note.level, **_plain(note.facts)} for note in _marks(result, method)],
    }
    found = result.segmentations[method]
    if method == "clusters":
        entry |= {
            "k": found.k,  # pyright: ignore
            "silhouette": round(found.silhouette, 6),  # pyright: ignore
            "features": [feature.key for feature in found.features],  # pyright: ignore
        }
    if method == "hybrid":
        entry |= {"first": found.params.first, "second": found.params.second, "limit": found.limit}
    return entry


def _marks(result: StudyResult, method: str) -> list[Note]:
    """Return what is to be known of who stands under which name: edits that were left out, groups that are stored."""
    found = getattr(result.segmentations[method], "notes", ())
    return [*(note for note in found if note.code == "segments_frozen"), *result.edited[method].notes]


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, (int, float, str)) else str(value) for name, value in facts.items()}
