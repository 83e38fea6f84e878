"""Money of several currencies that a column of rates turned into one, and the other readings of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.engine import fetch_row
from analysis.intake.decision import Alternative, Decision
from analysis.intake.fixes import SourceFix
from analysis.intake.judging.asked import tables_of
from analysis.intake.roles import IGNORE
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.proven.rates import rate_cell, rates_of
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used

OTHER_WAY = {"fx_times": "fx_divided", "fx_divided": "fx_times"}


def by_rates(asked: Asked, note: Note) -> Iterator[Decision]:
    """Mark what was turned into the main currency, with what its own rows give, and the rates the other way round."""
    main = str(note.facts["chosen"])
    for key, n in note.facts["by_column"].items():
        one = asked.of_table(key)
        column = next((one.source.column(role) for role in OTHER_WAY if one and one.source.column(role)), None)
        if one is None or column is None:
            continue
        said = [Note("rates_in_column", {"header": column.name, "n": n, "main": main})]
        proven = rates_of(one.guess)
        unsure = proven is None or proven.unsure
        said += [Note("rates_either_way", {})] if unsure else []
        said += [Note("without_rate", {"n": note.facts["n"]})] if note.facts["n"] else []
        rows, revenue, other_way = _turned(asked, one, column.name, column.role)
        alternatives = [
            Alternative(
                "rates_other_way", {"revenue": other_way},
                SourceFix(source=one.place, roles=((column.name, OTHER_WAY[column.role]),)),
            )
        ] if unsure else []  # fmt: skip
        own = {"rows": note.facts["lines"][main], "revenue": round(note.facts["money"][main], 6)}
        left = Alternative("only_main", own, SourceFix(source=one.place, roles=((column.name, IGNORE),)))
        yield Decision(
            "currency", main, "middle", tuple(said), {"rows": rows, "revenue": revenue}, (*alternatives, left),
            "guessed", column=column.name, **one.about,
        )  # fmt: skip


def _turned(asked: Asked, one: Used, header: str, role: str) -> tuple[int, float, float]:
    """Return the kept rows of a table, their money, and what it were with the rates the other way round."""
    assert asked.standard is not None
    rows, money, other = 0, 0.0, 0.0
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            rate = f"coalesce({rate_cell(f'r.c{table.columns.index(header)}')}, 1)"
            back = f"/ {rate} / {rate}" if role == "fx_times" else f"* {rate} * {rate}"
            with scan(cursor, table) as raw:
                found = fetch_row(
                    cursor,
                    f"SELECT count(*), coalesce(sum(o.amount), 0), coalesce(sum(CAST(o.amount AS DOUBLE) {back}), 0) "
                    f"FROM orders o JOIN {raw} r ON r.line = o.line WHERE o.source = {place}",
                )
            rows, money, other = rows + int(found[0]), money + float(found[1]), other + float(found[2])
    return rows, round(money, 6), round(other, 6)
