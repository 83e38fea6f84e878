"""Rows that may be no sales although they count: ticked as free, a sample, under warranty or internal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from analysis.booleans import MOST_CELLS, read_flags
from analysis.intake.cells.values import NOTHING, is_nothing, one_of
from analysis.intake.decision import Alternative, Decision
from analysis.intake.fixes import SourceFix
from analysis.intake.judging.money_beside import revenue_of, tables_of
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import IGNORE
from analysis.intake.suggesting.describe import scan
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used


SOLD_BESIDE = re.compile(
    r"extend|plus|plan\b|verlänger|prolong|ampliad|estes|延长|延保|shipping|versand|delivery|运费|配送|送料",
    re.IGNORECASE,
)  # what is paid for, or costs nothing beside what is


def _ticked(asked: Asked) -> Iterator[Decision]:
    """Rows with a tick under a heading of what is not paid for."""
    for one in asked.used:
        if one.source.kind != "orders" or asked.standard is None or one.source.column("cancelled_flag") is not None:
            continue
        ignored = {column.name for column in one.source.columns if column.role == IGNORE}
        for column in one.guess.columns:
            if column.name not in ignored or not column.evidence.flag:
                continue
            if words_of("row_types").meaning(column.name) != "unpaid" or SOLD_BESIDE.search(column.name):
                continue
            n, money = _of_ticked(asked, one, column.name)
            revenue = revenue_of(asked, one)
            if not n or not money or revenue is None:
                continue
            left = {"revenue": round(revenue - money, 6)}
            yield Decision(
                "row_type", "sold", "low", (Note("ticked_rows", {"header": column.name, "n": n}),),
                {"rows": one.guess.table.n_rows, "revenue": round(revenue, 6)},
                (
                    Alternative(
                        "kinds_left_out", left,
                        SourceFix(source=one.place, roles=((column.name, "cancelled_flag"),)),
                    ),
                ),
                "guessed", column=column.name, **one.about,
            )  # fmt: skip


def _of_ticked(asked: Asked, one: Used, header: str) -> tuple[int, float]:
    """Return the kept rows that are ticked, and their money."""
    assert asked.standard is not None
    n, total = 0, 0.0
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            raw = f"c{table.columns.index(header)}"
            with scan(cursor, table) as rows:
                cells = cursor.execute(
                    f"SELECT DISTINCT {raw} FROM {rows} WHERE NOT {is_nothing(raw)} LIMIT {MOST_CELLS + 1}"
                ).fetchall()
                flags = read_flags([str(cell) for (cell,) in cells], nothing=NOTHING, asked=True)
                if flags is None or not flags.yes:
                    continue
                found: Any = cursor.execute(
                    f"SELECT count(*), coalesce(sum(o.amount), 0) FROM orders o JOIN {rows} r ON r.line = o.line "
                    f"WHERE o.source = {place} AND {one_of(f'r.{raw}', sorted(flags.yes))}"
                ).fetchall()[0]
            n, total = n + int(found[0]), total + float(found[1])
    return n, total


OF_ROWS: tuple[Callable[[Asked], Iterator[Decision]], ...] = (_ticked,)
