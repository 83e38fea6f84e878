"""States of which whole groups of rows do not count: one that holds most of the money, visits that lie ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from analysis.booleans import MOST_CELLS
from analysis.engine import fetch_rows
from analysis.intake.cells.values import category
from analysis.intake.decision import Alternative, Decision
from analysis.intake.fixes import CleaningFix
from analysis.intake.judging.asked import money_cell, planned_of, revenue_of, tables_of
from analysis.intake.judging.deciding_rows import cells_of, without_meaning
from analysis.intake.standard.states import state_meanings
from analysis.intake.standard.worth.excluded import suggested_states
from analysis.intake.suggesting.by_words import STATE_ROLES
from analysis.intake.suggesting.describe import scan
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used
    from analysis.intake.suggesting.column_guess import ColumnGuess


def _left_by_state(asked: Asked) -> Iterator[Decision]:
    """Ask for a single word of a state that leaves out more than half of the money."""
    for one in without_meaning(asked):
        amount, revenue = one.guess.column("amount"), revenue_of(asked, one)
        if amount is None or asked.recipe.cleaning.excluded_states != "auto":
            continue
        for role in STATE_ROLES:
            column = one.source.column(role)
            each, kept = _money_left(asked, one, column.name, amount) if column else ({}, 0.0)
            word, (n, money) = max(each.items(), key=lambda found: found[1][1], default=("", (0, 0.0)))
            if column is None or 2 * money <= kept + sum(left for _, left in each.values()):
                continue
            if "won" in state_meanings(cells_of(asked, one, column.name, f"LIMIT {MOST_CELLS}")).values():
                continue  # most offers are lost
            kind = one.source.column("sale_type")
            types = cells_of(asked, one, kind.name, f"LIMIT {MOST_CELLS + 1}") if kind else []
            states = suggested_states(cells_of(asked, one, column.name), one.source, types).states
            states = (*states, *planned_of(asked, one))
            fix = CleaningFix(field="excluded_states", value=tuple(state for state in states if state != word))
            yield Decision(
                "left_out", "not_sold", "low", (Note("most_left_out", {"state": word, "n": n, "money": money}),),
                {"rows": one.guess.table.n_rows, "revenue": round(revenue or 0.0, 6)},
                (Alternative("sold", {"revenue": round((revenue or 0.0) + money, 6)}, fix),),
                "guessed", column=column.name, **one.about,
            )  # fmt: skip


def _planned(asked: Asked) -> Iterator[Decision]:
    """Mark the visits that are booked and lie ahead: not sold yet, unless they are paid for when they are booked."""
    for note, one in asked.noted("states_planned"):
        column, revenue, money = one.source.column("status"), revenue_of(asked, one), float(note.facts["money"])
        if column is None or asked.recipe.cleaning.excluded_states != "auto":
            continue
        cells, kind = cells_of(asked, one, column.name, f"LIMIT {MOST_CELLS + 1}"), one.source.column("sale_type")
        types = cells_of(asked, one, kind.name, f"LIMIT {MOST_CELLS + 1}") if kind else []
        fix = CleaningFix(field="excluded_states", value=suggested_states(cells, one.source, types).states)
        words = [str(state) for state in note.facts["states"]]
        facts = {"states": ", ".join(words), "words": words, "n": note.facts["n"], "money": money}
        yield Decision(
            "left_out", "not_sold", "middle", (Note("not_yet", facts),),
            {"rows": one.guess.table.n_rows, "revenue": round(revenue or 0.0, 6)},
            (Alternative("sold", {"revenue": round((revenue or 0.0) + money, 6)}, fix),),
            "guessed", column=column.name, **one.about,
        )  # fmt: skip


def _money_left(
    asked: Asked, one: Used, header: str, amount: ColumnGuess
) -> tuple[dict[str, tuple[int, float]], float]:
    """Return the rows and the money that each state leaves out, and the money of the rows that count."""
    assert asked.standard is not None
    each: dict[str, tuple[int, float]] = {}
    kept = 0.0
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            money = money_cell(table, amount.name, amount.evidence.decimal)
            with scan(cursor, table) as rows:
                cells = fetch_rows(
                    cursor,
                    f"SELECT {category(f'c{table.columns.index(header)}')} AS state, count(*) FILTER (left_out), "
                    "coalesce(sum(money) FILTER (left_out), 0), coalesce(sum(money) FILTER (counts), 0) FROM (SELECT "
                    f"r.*, {money} AS money, a.line IS NULL AS counts, coalesce(a.reason = 'excluded_state', false) AS "
                    f"left_out FROM {rows} r LEFT JOIN set_aside a ON a.source = {place} AND a.line = r.line) "
                    "GROUP BY state ORDER BY state",
                )
            for state, n, left, counted in cells:
                kept += float(counted)
                if n and state is not None:
                    before = each.get(state, (0, 0.0))
                    each[str(state)] = (before[0] + int(n), before[1] + float(left))
    return each, kept


OF_STATES: tuple[Callable[[Asked], Iterator[Decision]], ...] = (_planned, _left_by_state)
