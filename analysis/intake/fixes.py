"""What one click does about a finding: a change of the recipe, as data, that can be applied and taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from analysis.errors import AnalysisError, ChoiceError
from analysis.intake.choices import Kind
from analysis.intake.roles import IGNORE
from analysis.params import Params

if TYPE_CHECKING:
    from analysis.intake.choices import AnyChoices, Choices, Source


class CleaningFix(Params):
    """Decide one step of the cleaning."""

    kind: Literal["cleaning"] = "cleaning"
    field: Literal[
        "returns", "excluded_states", "duplicate_lines", "repeated_lines", "test_orders", "zero_amounts", "outliers",
        "ages", "order_totals", "sub_orders", "categories", "blank_cells",
        "credit_numbers", "movements", "overlaps", "only_currency", "left_out_types", "return_types",
        "not_sold", "prepaid",
    ]  # fmt: skip
    value: str | tuple[str, ...]


class ColumnFix(Params):
    """Decide how one column of a source is read; ``source`` is its place in the recipe."""

    kind: Literal["column"] = "column"
    source: int = Field(ge=0)
    column: str
    field: Literal[
        "role",
        "date_order",
        "calendar",
        "year",
        "real_dates",
        "decimal",
        "scale",
        "nothing",
        "missing",
        "merges",
        "answers",
        "guests",
        "left_out",
    ]  # fmt: skip
    value: str | int | tuple[str, ...] | tuple[tuple[str, str], ...] | None


class AsOfFix(Params):
    """Decide the day that profiles look back from."""

    kind: Literal["as_of"] = "as_of"
    value: Literal["latest"] | date


class SourceFix(Params):
    """Decide what a whole source is, or what several of its columns mean at once: roles by header.

    ``instead_of`` is the place of another source, which is no longer used.
    """

    kind: Literal["source"] = "source"
    source: int = Field(ge=0)
    value: Kind | None = None  # the kind of table stays when left out
    roles: tuple[tuple[str, str], ...] = ()
    instead_of: int | None = Field(None, ge=0)


AnyFix = CleaningFix | ColumnFix | AsOfFix | SourceFix
Fix = Annotated[AnyFix, Field(discriminator="kind")]


def apply_fix(recipe: AnyChoices, fix: AnyFix) -> AnyChoices:
    """Return the recipe with one decision changed.

    Raises
    ------
    AnalysisError
        ``fix_impossible`` when the recipe has no such column, or the value is none that can be chosen.

    Examples
    --------
    >>> from analysis.intake.choices import Choices
    >>> apply_fix(Choices(), CleaningFix(field="test_orders", value="set_aside")).cleaning.test_orders
    'set_aside'
    """
    if fix.kind == "as_of":
        return recipe.model_copy(update={"as_of": fix.value})
    if fix.kind == "cleaning":
        return recipe.model_copy(update={"cleaning": _changed(recipe.cleaning, fix.field, fix.value)})
    if fix.kind == "source":
        return _with_source(recipe, fix)
    place = _place(recipe, fix)
    source = recipe.sources[fix.source]
    columns = tuple(
        _changed(column, fix.field, fix.value) if index == place else column
        for index, column in enumerate(source.columns)
    )
    return _replaced(recipe, fix.source, source.model_copy(update={"columns": columns}))


def _with_source(recipe: AnyChoices, fix: SourceFix) -> AnyChoices:
    for header, _ in fix.roles:
        _column(recipe, fix.source, header)
    source, chosen = recipe.sources[fix.source], dict(fix.roles)
    columns = tuple(
        column.model_copy(update={"role": chosen.get(column.name, column.role)}) for column in source.columns
    )
    if fix.instead_of is not None and fix.instead_of < len(recipe.sources):
        unused = recipe.sources[fix.instead_of].model_copy(update={"kind": IGNORE})
        recipe = _replaced(recipe, fix.instead_of, unused)
    return _replaced(
        recipe, fix.source, source.model_copy(update={"columns": columns, "kind": fix.value or source.kind})
    )


def _replaced(recipe: AnyChoices, place: int, changed: Source) -> AnyChoices:
    sources = tuple(changed if index == place else other for index, other in enumerate(recipe.sources))
    return recipe.model_copy(update={"sources": sources})


def inverse(recipe: Choices, fix: AnyFix) -> AnyFix:
    """Return the change that takes a fix back: applied after it, it gives this recipe.

    Examples
    --------
    >>> from analysis.intake.choices import Choices
    >>> inverse(Choices(), CleaningFix(field="outliers", value="cap")).value
    'keep'
    """
    if fix.kind == "as_of":
        return AsOfFix(value=recipe.as_of)
    if fix.kind == "cleaning":
        return CleaningFix(field=fix.field, value=getattr(recipe.cleaning, fix.field))
    if fix.kind == "source":
        if fix.instead_of is not None:
            return SourceFix(source=fix.instead_of, value=recipe.sources[fix.instead_of].kind, instead_of=fix.source)
        places = [_column(recipe, fix.source, header) for header, _ in fix.roles]
        source = recipe.sources[fix.source]
        before = tuple((source.columns[place].name, source.columns[place].role) for place in places)
        return SourceFix(source=fix.source, value=source.kind, roles=before)
    column = recipe.sources[fix.source].columns[_place(recipe, fix)]
    return ColumnFix(source=fix.source, column=fix.column, field=fix.field, value=getattr(column, fix.field))


def accept(recipe: AnyChoices, finding: str) -> AnyChoices:
    """Return the recipe with a finding accepted as it is."""
    return recipe.model_copy(update={"accepted": (*(known for known in recipe.accepted if known != finding), finding)})


def reopen(recipe: AnyChoices, finding: str) -> AnyChoices:
    """Return the recipe with a finding no longer accepted."""
    return recipe.model_copy(update={"accepted": tuple(known for known in recipe.accepted if known != finding)})


def _place(recipe: Choices, fix: ColumnFix) -> int:
    return _column(recipe, fix.source, fix.column)


def _column(recipe: Choices, place: int, header: str) -> int:
    if place < len(recipe.sources):
        for index, column in enumerate(recipe.sources[place].columns):
            if column.name == header:
                return index
    raise AnalysisError("fix_impossible", column=header)


def _changed(part: Any, field: str, value: object) -> Any:
    try:
        return type(part).model_validate({**part.model_dump(), field: value})
    except ChoiceError as problem:
        raise AnalysisError("fix_impossible", column=getattr(part, "name", field)) from problem
