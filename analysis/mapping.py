"""Suggest what a recipe says about tables and columns, and change it: tables come and go, roles are corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from analysis.intake.judging.way_on import as_orders, read_as_orders
from analysis.intake.roles import EXTRA, IGNORE, roles
from analysis.intake.standard.mapped import find_sources
from analysis.intake.suggesting.describe import describe
from analysis.intake.suggesting.personal import personal_kind_of as personal_kind_of
from analysis.intake.suggesting.suggest import TableGuess, guess_as, guess_currency, pays_by_instalments, refuse_useless
from analysis.intake.tables import RawTable
from analysis.recipe import Cleaning, Column, Kind, Recipe, Source

if TYPE_CHECKING:
    from analysis.errors import AnalysisError
    from analysis.privacy.kinds import PersonalKind

MANY = (EXTRA, IGNORE)  # roles that any number of columns may have


def suggest_recipe(guesses: Sequence[TableGuess]) -> Recipe:
    """Turn guesses about tables into the recipe that runs when nobody chooses anything.

    Raises
    ------
    AnalysisError
        As ``intake.judging.unowned.refuse_unowned`` and ``intake.suggest.refuse_useless``.
    """
    from analysis.intake.judging.unowned import refuse_unowned

    refuse_unowned(guesses, Recipe(currency=guess_currency(guesses)))
    refuse_useless(guesses)
    # Monthly files and sheets have the same columns: they are one table in parts, and the largest says what it is.
    alike: dict[tuple[str, ...], list[TableGuess]] = {}
    # Money that is paid in may stand in the columns of the orders: a source of its own, as repeats are.
    apart = [guess for guess in guesses if guess.repeats or guess.table.hidden or guess.paid_in_for]
    for guess in guesses:
        if not any(guess is one for one in apart):
            alike.setdefault(tuple(sorted(guess.table.columns)), []).append(guess)
    largest = [max(group, key=lambda guess: guess.table.n_rows) for group in alike.values()]
    sources = tuple(map(source_from, (*largest, *apart)))
    # Equal instalments of a contract are no total that stands on each of its lines.
    cleaning = Cleaning(order_totals="each_line") if any(map(pays_by_instalments, largest)) else Cleaning()
    return Recipe(sources=sources, currency=guess_currency(guesses), cleaning=cleaning)


def unfinished_recipe(guesses: Sequence[TableGuess], problem: AnalysisError) -> Recipe | None:
    """Return what a recipe would say where a column is lacking, for a person to name it; None for other refusals.

    Examples
    --------
    >>> from analysis.errors import AnalysisError
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.intake.suggesting.suggest import inspect
    >>> guesses = inspect(read_file(b"day,sum\\n2024-01-01,3.50\\n2024-01-02,4.50\\n", name="a.csv"))
    >>> recipe = unfinished_recipe(guesses, AnalysisError("no_customer_column", table="a.csv"))
    >>> [(source.kind, [column.role for column in source.columns]) for source in recipe.sources]
    [('orders', ['order_date', 'amount'])]
    """
    place = read_as_orders(guesses, problem)
    if place is None:
        return None
    told = [as_orders(guess) if at == place else guess for at, guess in enumerate(guesses)]
    return Recipe(sources=tuple(map(source_from, told)), currency=guess_currency(told))


def source_of(recipe: Recipe, tables: Sequence[RawTable], table: RawTable) -> Source | None:
    """Return the source of the recipe that a table is read by, or None; tables with the same columns share one.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.study import suggest
    >>> tables = read_file("会员号,付款日期,金额\\n甲,2024-01-01,3\\n乙,2024-01-02,4\\n甲,2024-01-03,5\\n".encode())
    >>> source_of(suggest(tables), tables, tables[0]).kind
    'orders'
    """
    position = _position(recipe, tables, table)
    return None if position is None else recipe.sources[position]


def sharing(recipe: Recipe, tables: Sequence[RawTable], table: RawTable) -> list[RawTable]:
    """Return the other tables that are read by the same source."""
    position = _position(recipe, tables, table)
    return [
        other
        for other in tables
        if other.key != table.key and position is not None and _position(recipe, tables, other) == position
    ]


def _position(recipe: Recipe, tables: Sequence[RawTable], table: RawTable) -> int | None:
    keys = [one.key for one in tables]
    return find_sources(tables, recipe)[keys.index(table.key)]


def with_tables(
    recipe: Recipe, tables: Sequence[RawTable], guesses: Sequence[TableGuess], before: Sequence[TableGuess] = ()
) -> Recipe:
    """Add sources for new tables; what is mapped stays, and a table that an old source fits is read by it.

    Parameters
    ----------
    recipe : Recipe
    tables : sequence of RawTable
        All tables of the study, the new ones too.
    guesses : sequence of TableGuess
        Of the new tables, or of all tables seen together.
    before : sequence of TableGuess
        Of the tables there were, seen without the new ones. One that is still used as was suggested then becomes what
        is suggested now, when that is something else: orders whose lines come later are no customers.
    """
    known = {guess.table.key: guess for guess in before}
    for guess in guesses:
        there, old = source_of(recipe, tables, guess.table), known.get(guess.table.key)
        if old is not None and there is not None:
            if _is_as_suggested(there, old) and not _is_as_suggested(there, guess):
                recipe = _with_source(recipe, tables, guess.table, source_from(guess))
        elif there is None or there.kind == IGNORE:
            recipe = recipe.model_copy(update={"sources": (*recipe.sources, source_from(guess))})
    return recipe


def _is_as_suggested(source: Source, guess: TableGuess) -> bool:
    suggested = {column.name: column.role for column in guess.columns}
    return source.kind == guess.kind and {column.name: column.role for column in source.columns} == suggested


def without_tables(recipe: Recipe, left: Sequence[RawTable]) -> Recipe:
    """Drop the sources that no remaining table is read by."""
    positions = set(find_sources(left, recipe))
    kept = tuple(source for index, source in enumerate(recipe.sources) if index in positions)
    return recipe.model_copy(update={"sources": kept})


def source_from(guess: TableGuess) -> Source:
    """Return the source that a guess amounts to."""
    return Source(
        kind=guess.kind,  # pyright: ignore
        file=guess.table.file,
        sheet=guess.table.sheet,
        columns=tuple(Column(name=column.name, role=column.role) for column in guess.columns),
    )


def personal_columns(
    recipe: Recipe, tables: Sequence[RawTable], table: RawTable, guesses: Sequence[TableGuess]
) -> dict[str, PersonalKind]:
    """Return the headers of a table that hold personal data, by their role or by what stands in them, with the kind."""
    guess = next(guess for guess in guesses if guess.table.key == table.key)
    source = source_of(recipe, tables, table)
    chosen = {column.name: column.role for column in source.columns} if source else {}
    return {
        column.name: kind
        for column in guess.columns
        if (kind := personal_kind_of(column.name, chosen.get(column.name, IGNORE), column.evidence))
    }


def with_kind(
    recipe: Recipe, tables: Sequence[RawTable], table: RawTable, kind: Kind, guesses: Sequence[TableGuess] = ()
) -> Recipe:
    """Use one table as something else, with the roles suggested for that; tables that shared its source keep it.

    ``guesses`` are those of all tables seen together: one of this table and kind knows more than the table alone tells.
    """
    known = next((guess for guess in guesses if guess.table.key == table.key and guess.kind == kind), None)
    new = source_from(known or guess_as(table, describe(table), kind))
    if old := source_of(recipe, tables, table):
        new = new.model_copy(update={"encoding": old.encoding, "header_row": old.header_row})
    return _with_source(recipe, tables, table, new)


def with_reading(
    recipe: Recipe,
    tables: Sequence[RawTable],
    old: RawTable,
    new: RawTable,
    *,
    encoding: str | None,
    header_row: int | None,
) -> Recipe:
    """Say that a table is read with another encoding or header row; columns that it still has keep their meaning."""
    source = source_of(recipe, tables, old)
    guess = guess_as(new, describe(new), source.kind if source and source.kind != IGNORE else "orders")
    if guess.missing and (source is None or source.kind == IGNORE):
        guess = guess_as(new, describe(new), IGNORE)
    fresh = source_from(guess)
    known = {column.name: column for column in source.columns} if source else {}
    taken = {known[column.name].role for column in fresh.columns if column.name in known} - set(MANY)
    columns = tuple(
        known.get(column.name) or (column if column.role not in taken else column.model_copy(update={"role": IGNORE}))
        for column in fresh.columns
    )
    fresh = fresh.model_copy(update={"columns": columns, "encoding": encoding, "header_row": header_row})
    return _with_source(recipe, tables, old, fresh)


def with_roles(recipe: Recipe, tables: Sequence[RawTable], table: RawTable, chosen: Mapping[str, str]) -> Recipe:
    """Give columns of a table other roles, by header; whatever else is known of a column stays.

    Tables with the same columns are read by the same source, so the change holds for them too.
    """
    position = _position(recipe, tables, table)
    if position is None:
        columns = tuple(Column(name=name, role=chosen.get(name, IGNORE)) for name in table.columns)
        new = Source(kind="orders", file=table.file, sheet=table.sheet, columns=columns)
        return recipe.model_copy(update={"sources": (*recipe.sources, new)})
    source = recipe.sources[position]
    known = {column.name for column in source.columns}
    columns = (
        *(column.model_copy(update={"role": chosen.get(column.name, column.role)}) for column in source.columns),
        *(Column(name=name, role=chosen[name]) for name in table.columns if name in chosen and name not in known),
    )
    return _replaced(recipe, position, source.model_copy(update={"columns": columns}))


def with_date_order(
    recipe: Recipe, tables: Sequence[RawTable], table: RawTable, header: str, order: Literal["dmy", "mdy"]
) -> Recipe:
    """Say whether the day or the month comes first in a column of dates."""
    position = _position(recipe, tables, table)
    if position is None:
        return recipe
    source = recipe.sources[position]
    columns = tuple(
        column.model_copy(update={"date_order": order}) if column.name == header else column
        for column in source.columns
    )
    return _replaced(recipe, position, source.model_copy(update={"columns": columns}))


def _with_source(recipe: Recipe, tables: Sequence[RawTable], table: RawTable, new: Source) -> Recipe:
    """Put a source of its own in place of the one that a table is read by."""
    position = _position(recipe, tables, table)
    if position is None:
        return recipe.model_copy(update={"sources": (*recipe.sources, new)})
    others = sharing(recipe, tables, table)
    if not others:
        return _replaced(recipe, position, new)
    shared = recipe.sources[position].model_copy(update={"file": others[0].file, "sheet": others[0].sheet})
    recipe = _replaced(recipe, position, shared)
    return recipe.model_copy(update={"sources": (*recipe.sources, new)})


def _replaced(recipe: Recipe, position: int, source: Source) -> Recipe:
    sources = tuple(source if index == position else old for index, old in enumerate(recipe.sources))
    return recipe.model_copy(update={"sources": sources})


def roles_twice(chosen: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the roles that more than one column was given, with the headers; each may stand once in a table.

    Examples
    --------
    >>> roles_twice({"a": "amount", "b": "amount", "c": "ignore", "d": "ignore"})
    {'amount': ['a', 'b']}
    """
    headers: dict[str, list[str]] = {}
    for header, role in chosen.items():
        if role not in MANY:
            headers.setdefault(role, []).append(header)
    return {role: names for role, names in headers.items() if len(names) > 1}


def roles_for(kind: str) -> list[str]:
    """Return the roles that a column of a table of this kind can play, those that any column can play last."""
    known = [role.key for role in roles().values() if kind in role.tables]
    return [*known, *(MANY if kind == "customers" else (IGNORE,))]


def both_readings(example: str) -> tuple[date, date] | None:
    """Return a numeric date read day first and month first, or None when it cannot be read both ways.

    Examples
    --------
    >>> both_readings("03/04/2024")
    (datetime.date(2024, 4, 3), datetime.date(2024, 3, 4))
    """
    import re

    found = re.match(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", example)
    if not found:
        return None
    first, second, year = (int(part) for part in found.groups())
    year += 0 if year > 99 else 2000 if year < 69 else 1900
    try:
        return date(year, second, first), date(year, first, second)
    except ValueError:
        return None
