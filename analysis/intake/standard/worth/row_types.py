"""Kinds of rows whose words nobody knows, where what they mean changes the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_rows
from analysis.intake.cells.values import category
from analysis.intake.meaning.words import UNKNOWN, words_of
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Cleaning
    from analysis.intake.mapped import Mapped

MOST_WORDS = 12  # more different ones are no kinds of rows
LEAST_KINDS = 2
SHORT = 3  # letters up to which a word is a code


def note_unknown_types(
    connection: duckdb.DuckDBPyConnection, one: Mapped, cleaning: Cleaning, notes: list[Note]
) -> None:
    """Note ``types_unknown`` where rows count as sales whose type nobody knows, with rows and money of each word.

    Words of rows that are all negative say with their sign what they are, and words without money change nothing.
    ``doubted`` are those that may be no sales: where no word is known, the most frequent one is not among them.
    ``level`` is ``ask`` where a code, or a word beside known ones, may take sales back; else ``check``.
    """
    raw = one.raw("sale_type")
    if raw is None or cleaning.left_out_types or cleaning.return_types or cleaning.movements == "keep":
        return
    cell = category(f"r.{raw}")
    found = fetch_rows(
        connection,
        f"SELECT {cell} AS word, count(*), coalesce(sum(amount), 0), min(l.line), coalesce(max(amount), 0) > 0 "
        f"FROM {one.lines} AS l JOIN {one.view} AS r ON r.line = l.line WHERE l.reason IS NULL "
        f"GROUP BY word HAVING word IS NOT NULL ORDER BY 2 DESC, 1 LIMIT {MOST_WORDS + 1}",
    )
    if not LEAST_KINDS <= len(found) <= MOST_WORDS:
        return
    words = words_of("row_types")
    meant = {str(word): words.meaning(str(word)) for word, *_ in found}
    unknown = [row for row in found if meant[str(row[0])] in (UNKNOWN, "unpaid") and row[4] and row[2]]
    all_unknown = not set(meant.values()) - {UNKNOWN, "unpaid"}
    free = [row for row in unknown if meant[str(row[0])] == "unpaid"]
    doubted = [str(word) for word, *_ in (free or (unknown[1:] if all_unknown else unknown))]
    if not doubted:
        return
    codes = all(len(word) <= SHORT for word in meant) or any(len(word) == 1 for word in _last_parts(doubted))
    asks = bool(codes or free) or not all_unknown
    facts = {
        "table": one.table.key, "words": [str(word) for word, *_ in unknown], "doubted": doubted,
        "n": sum(int(n) for word, n, *_ in unknown if str(word) in doubted),
        "money": float(sum(money for word, _, money, *_ in unknown if str(word) in doubted)),
        "total": float(sum(money for _, _, money, *_ in found)),
        "line": min(line for word, _, _, line, _ in unknown if str(word) in doubted),
        "each": {str(word): {"rows": int(n), "revenue": float(money)} for word, n, money, *_ in found},
    }  # fmt: skip
    notes.append(Note("types_unknown", facts, "ask" if asks else "check"))


def _last_parts(words: list[str]) -> list[str]:
    """Return the last part of each word: A of Typ A."""
    return [word.split()[-1] for word in words]
