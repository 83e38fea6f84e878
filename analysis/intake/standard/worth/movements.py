"""What the rows of a table are: sales, what takes them back, money that moved without one, and flags that undo them.

The words stand in ``intake/meaning``; the columns are the type of a row, the direction of its money, and two flags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.booleans import MOST_CELLS, read_flags
from analysis.engine import fetch_rows
from analysis.intake.cells.values import NOTHING, TOTAL_TEXT, category, is_nothing, number, one_of
from analysis.intake.meaning.words import UNKNOWN, says_counted, words_of
from analysis.intake.standard.worth.no_sales import bare_words, gives_back_paid_in
from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from analysis.intake.choices import Cleaning
    from analysis.intake.mapped import Mapped

MOVED = ("moved_back", "moved_undone", "moved_otherwise", "told_again")  # names of the tests among typed lines
NOT_SALES = ("quote", "transfer", "fee", "purchase", "left_out")  # the last as a person says
MOST_TYPES = 1000
MARKS = ("x", "✓", "✔", "✗", "✘", "√", "*", "●", "■", "+")  # a mark in a column of flags, whatever its shape
MOSTLY = 0.9
TAKES_BACK = 0.5  # of the flagged rows have the sale itself beside them


@dataclass(frozen=True)
class Movements:
    """Tests of raw rows as SQL, each ``false`` where there is none.

    ``returns`` take a sale back whatever their signs, ``undone`` never were or no longer are a sale, ``not_sales``
    move money without one, ``other_level`` tell a sale again that has a row of its own.
    """

    returns: str = "false"
    undone: str = "false"
    not_sales: str = "false"
    other_level: str = "false"


def movements(connection: duckdb.DuckDBPyConnection, one: Mapped, cleaning: Cleaning, notes: list[Note]) -> Movements:
    """Read what the rows of a table are from their type, the direction of their money, and flags.

    Notes ``rows_by_type`` and ``rows_by_direction`` with what was left out for which words.
    """
    parts = [_flags(connection, one), _left_out(one)]
    directions = _directions(connection, one, notes) if cleaning.movements == "auto" else Movements()
    if cleaning.movements == "keep" or directions != Movements():
        # Which way the money went says more than what the row is called: a payment out is no payment of a sale.
        parts += [directions, Movements(returns=_types(connection, one, cleaning, []).returns)]
    else:
        parts.append(_types(connection, one, cleaning, notes))
    return Movements(
        *(_any_of(getattr(part, name) for part in parts) for name in Movements.__dataclass_fields__)
    )  # fmt: skip


def moved_columns(moved: Movements) -> str:
    """Write the tests as columns of raw rows, named as ``MOVED`` says."""
    tests = (moved.returns, moved.undone, moved.not_sales, moved.other_level)
    return ", ".join(f"{test} AS {name}" for test, name in zip(tests, MOVED, strict=True))


def _any_of(tests: Iterable[str]) -> str:
    true = [test for test in tests if test != "false"]
    return f"({' OR '.join(true)})" if true else "false"


def _types(connection: duckdb.DuckDBPyConnection, one: Mapped, cleaning: Cleaning, notes: list[Note]) -> Movements:
    found = _cells(connection, one, "sale_type")
    if not found:
        return Movements()
    cell, counts = found
    meant: dict[str, list[str]] = {}
    for text in counts:
        chosen = {"return": text in cleaning.return_types, "left_out": text in cleaning.left_out_types}
        said = next((name for name, is_so in chosen.items() if is_so), words_of("row_types").meaning(text))
        meant.setdefault(said, []).append(text)
    returns = meant.get("return", [])
    has_sales, has_lines = "sale" in meant, "line" in meant
    left = [text for name in NOT_SALES for text in meant.get(name, [])]
    if "transfer" in meant:  # what takes back money that is no sale is no return of one
        left += [text for text in returns if gives_back_paid_in(text) and text not in cleaning.return_types]
        returns = [text for text in returns if text not in left]
    payments = meant.get("payment", [])
    if has_sales or has_lines:
        left += payments
    bare = bare_words(connection, one, cell, counts, [*meant.get(UNKNOWN, []), *payments])
    left += [text for text in bare if text not in left]
    again = meant["line"] if has_sales and has_lines else []
    if not set(counts) - {*left, *again, *returns}:  # but for what a person leaves out, nothing would be left
        left, again, bare = [text for text in left if text in cleaning.left_out_types], [], ()
    if left or again:
        facts = {
            "table": one.table.key,
            "words": ", ".join(sorted([*left, *again])[:6]),
            "n": _rows(counts, left, again),
        }
        notes.append(Note("rows_by_type", facts, "check"))
    if bare:
        facts = {"table": one.table.key, "words": ", ".join(bare), "n": _rows(counts, list(bare))}
        notes.append(Note("bare_rows", facts, "check"))
    not_sales = [one_of(cell, left)] if left else []
    if "transfer" in meant and left and (amount := one.raw("amount")):
        # Beside withdrawals stands what the shop paid itself: money out that takes no sale back.
        back = f"NOT {one_of(cell, returns)} AND " if returns else ""
        not_sales.append(f"({back}coalesce({number(amount)} < 0, false))")
    return Movements(
        returns=one_of(cell, returns) if returns else "false",
        not_sales=_any_of(not_sales),
        other_level=one_of(cell, again) if again else "false",
    )


def _directions(connection: duckdb.DuckDBPyConnection, one: Mapped, notes: list[Note]) -> Movements:
    found = _cells(connection, one, "direction")
    if not found:
        return Movements()
    cell, counts = found
    meant = {text: words_of("directions").meaning(text) for text in counts}
    known = sum(n for text, n in counts.items() if meant[text] != UNKNOWN)
    out = sorted(text for text, said in meant.items() if said == "paid_out")
    neither = sorted(text for text, said in meant.items() if said == "neither")
    if "received" not in meant.values() or known < MOSTLY * sum(counts.values()) or not (out or neither):
        return Movements()
    unknown = sum(counts.values()) - known
    facts = {
        "table": one.table.key, "words": ", ".join([*out, *neither]), "n": _rows(counts, out, neither),
        "unknown": unknown,
    }  # fmt: skip
    notes.append(Note("rows_by_direction", facts, "check"))
    back = _says_back(connection, one)
    paid = one_of(cell, out) if out else "false"
    return Movements(
        returns=f"({paid} AND {back})" if back != "false" and out else "false",
        not_sales=_any_of([f"({paid} AND NOT {back})", one_of(cell, neither) if neither else "false"]),
    )


def _says_back(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str:
    """Test whether a row that money went out with is called a refund by its article, category or state."""
    tests = []
    for role in ("sale_type", "product", "category", "status"):
        found = _cells(connection, one, role)
        if found:
            cell, counts = found
            said = [text for text in counts if words_of("row_types").meaning(text) == "return"]
            tests.append(one_of(cell, said) if said else "false")
    return _any_of(tests)


def _left_out(one: Mapped) -> Movements:
    """Test for the cells whose rows a person says are no sales."""
    tests: list[str] = []
    for column in one.source.columns if one.source else ():
        if column.left_out and column.name in one.table.columns:
            raw = f"c{one.table.columns.index(column.name)}"
            words = [cell for cell in column.left_out if cell]
            tests += [f"coalesce({one_of(f'trim({raw})', words)}, false)"] if words else []
            tests += [is_nothing(raw)] if "" in column.left_out else []
    return Movements(not_sales=_any_of(tests))


def _flags(connection: duckdb.DuckDBPyConnection, one: Mapped) -> Movements:
    undone = _says_yes(connection, one, "cancelled_flag")
    amount = one.raw("amount")  # of which the sign is the same whatever its commas stand for
    below = f"coalesce(coalesce({number(amount)}, {number(amount, decimal='comma')}) < 0, false)" if amount else "false"
    if _are_counter_entries(connection, one, undone, below):
        undone = f"({undone} AND NOT {below})"  # what they take back stays in, so they have to as well
    # A sum that went back says more than the day on which it did.
    returned = "false" if one.raw("refunded") else _says_yes(connection, one, "return_flag")
    if returned == "false":
        return Movements(undone=undone)
    if _stand_beside(connection, one, returned):
        return Movements(undone=undone, returns=returned)
    return Movements(undone=_any_of([undone, f"({returned} AND NOT {below})"]))


def _are_counter_entries(connection: duckdb.DuckDBPyConnection, one: Mapped, flagged: str, below: str) -> bool:
    """Say whether rows flagged as cancelled take back sales that bear no flag: nearly all stand below nought.

    Where the sale bears the flag too, half of them stand above, and both go.
    """
    if "false" in (flagged, below):
        return False
    counts = f"SELECT count(*), count(*) FILTER ({below}) FROM {one.view} WHERE {flagged}"
    [(n, n_below)] = fetch_rows(connection, counts)
    return bool(n) and n_below >= MOSTLY * n


def _stand_beside(connection: duckdb.DuckDBPyConnection, one: Mapped, flagged: str) -> bool:
    """Say whether the rows flagged as returns stand beside the sales that they take back, which they then lower."""
    keys = [raw for role in ("order_id", "customer_id", "product_id", "product") if (raw := one.raw(role))]
    order, customer, amount = one.raw("order_id"), one.raw("customer_id"), one.raw("amount")
    pairs = [[order, *keys[2:]]] if order else []
    pairs += [[customer, *keys[2:], amount]] if customer and amount and not order else []
    for columns in pairs:
        names = ", ".join(column for column in columns if column)
        n, met = fetch_rows(
            connection,
            f"SELECT (SELECT count(*) FROM {one.view} WHERE {flagged}), (SELECT count(*) FROM (SELECT {names} FROM "
            f"{one.view} WHERE {flagged}) SEMI JOIN (SELECT {names} FROM {one.view} "
            f"WHERE NOT {flagged}) USING ({names}))",
        )[0]
        if n and met >= TAKES_BACK * n:
            return True
    return False


def _says_yes(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str) -> str:
    """Test a flag: a word for yes; where the column has no such words, any mark or day at all.

    Under a heading that says that a document counts, it is the word for no.
    """
    raw = one.raw(role)
    if raw is None:
        return "false"
    cells = [
        cell
        for (cell,) in fetch_rows(
            connection, f"SELECT DISTINCT {raw} FROM {one.view} WHERE NOT {is_nothing(raw)} LIMIT {MOST_CELLS + 1}"
        )
    ]
    cells = [cell for cell in cells if not re.search(TOTAL_TEXT, cell)]  # under the rows
    marks = bool(cells) and all(cell.strip().lower() in MARKS for cell in cells)
    flags = read_flags(cells, nothing=NOTHING, asked=True) if len(cells) <= MOST_CELLS and not marks else None
    column = one.source.column(role) if one.source else None
    counted = role == "cancelled_flag" and column is not None and says_counted(column.name)
    if flags is not None:
        undone = flags.no if counted else flags.yes
        return one_of(raw, sorted(undone)) if undone else "false"
    if counted:
        return is_nothing(raw)  # ticked or left empty
    return f"NOT {is_nothing(raw)}" if cells else "false"


def _cells(connection: duckdb.DuckDBPyConnection, one: Mapped, role: str) -> tuple[str, dict[str, int]] | None:
    """Return how a column of words is read, and how many rows hold each; None for one of too many words."""
    raw = one.raw(role)
    if raw is None:
        return None
    rows = fetch_rows(
        connection,
        f"SELECT {category(raw)} AS cell, count(*) FROM {one.view} GROUP BY cell HAVING cell IS NOT NULL "
        f"ORDER BY cell LIMIT {MOST_TYPES + 1}",
    )
    return None if not rows or len(rows) > MOST_TYPES else (category(raw), {str(cell): int(n) for cell, n in rows})


def _rows(counts: dict[str, int], *groups: list[str]) -> int:
    return sum(counts[text] for group in groups for text in group)
