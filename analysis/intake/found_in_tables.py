"""Findings about whole tables: which column tells the customers apart, and rows that another table holds too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analysis.intake.finding import Finding, Look
from analysis.intake.roles import header_score, roles

if TYPE_CHECKING:
    from analysis.intake.mapped import Mapped
    from analysis.intake.suggest import TableGuess

EXAMPLES = 3


def found_in_tables(look: Look, guesses: Sequence[TableGuess]) -> Iterator[Finding]:
    """Find what was concluded about each table as a whole."""
    for one in look.tables:
        guess = next((guess for guess in guesses if guess.table.key == one.table.key), None)
        if guess is not None:
            yield from _customer_guessed(look, one, guess)
            yield from _repeats(look, one, guess)


def _customer_guessed(look: Look, one: Mapped, guess: TableGuess) -> Iterator[Finding]:
    """The customers are told apart by a column that no header names: by its values, or for want of a better one."""
    header, guessed = look.header(one, "customer_id"), guess.column("customer_id")
    if header is None or guessed is None or guessed.name != header or guessed.reason != "values":
        return
    if header_score(header, roles()["customer_id"]):
        return
    kind = look.personal(one, header)
    cells = guessed.evidence.examples[:EXAMPLES]
    yield Finding(
        "customer_guessed", rows=one.table.n_rows, everyone=True, example=None if kind else " · ".join(cells),
        facts={"n": guessed.evidence.n_distinct}, **look.about(one, header),
    )  # fmt: skip


def _repeats(look: Look, one: Mapped, guess: TableGuess) -> Iterator[Finding]:
    """Rows or orders that stand in another table as well are not used, unless a person uses them."""
    if guess.repeats:
        used = one.source is not None
        yield Finding(
            "table_repeats_used" if used else "table_repeats", rows=one.table.n_rows, everyone=used,
            facts={"other": guess.repeats}, status="open" if used else "fixed", **look.about(one),
        )  # fmt: skip
