"""Findings about whole tables: which column tells the customers apart, and rows that another table holds too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analysis.intake.judging.finding import Counted, Finding, Look
from analysis.intake.roles import header_score, roles

if TYPE_CHECKING:
    from analysis.intake.mapped import Mapped
    from analysis.intake.suggesting.guess import TableGuess

EXAMPLES = 3
ORDERS = ("orders", "order_heads")
LEAST_BUYERS = 50  # fewer may well have bought once each
BACK = (0.5, 0.999)  # different ids to filled cells of a column in which some come back


def found_in_tables(look: Look, guesses: Sequence[TableGuess], profiles: Counted | None = None) -> Iterator[Finding]:
    """Find what was concluded about each table as a whole."""
    yield from _nobody_comes_back(look, guesses, profiles)
    for one in look.tables:
        guess = next((guess for guess in guesses if guess.table.key == one.table.key), None)
        if guess is not None:
            yield from _customer_guessed(look, one, guess)
            yield from _repeats(look, one, guess)


def _nobody_comes_back(look: Look, guesses: Sequence[TableGuess], profiles: Counted | None) -> Iterator[Finding]:
    """Every customer has one order: the number may be that of the order, or be given anew with each."""
    if profiles is None or "n_orders" not in profiles.customers:
        return
    counts = profiles.customers["n_orders"]
    buyers = int((counts > 0).sum())
    one = next(
        (one for one in look.tables if one.source and one.raw("customer_id") and one.source.kind in ORDERS), None
    )
    if buyers < LEAST_BUYERS or counts.max() > 1 or one is None:
        return
    header, other = look.header(one, "customer_id"), _comes_back(look, guesses)
    facts = {"n": buyers} | ({"key": other[1], "other": other[0]} if other else {})
    yield Finding(
        "customers_once_other" if other else "customers_once", rows=one.table.n_rows, facts=facts, everyone=True,
        **look.about(one, header),
    )  # fmt: skip


def _comes_back(look: Look, guesses: Sequence[TableGuess]) -> tuple[str, str] | None:
    """Return table and header of a column of members that holds ids of which some come back."""
    for one in look.of_kind("customers"):
        guess = next((guess for guess in guesses if guess.table.key == one.table.key), None)
        for column in guess.columns if guess else ():
            seen = column.evidence
            again = BACK[0] * seen.n_filled <= seen.n_distinct < BACK[1] * seen.n_filled
            is_text = seen.kind == "text" and look.personal(one, column.name) is None
            if again and is_text and column.name != look.header(one, "customer_id"):
                return one.table.key, column.name
    return None


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
