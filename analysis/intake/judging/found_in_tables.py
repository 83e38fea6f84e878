"""Findings about whole tables: which column tells the customers apart, and rows that another table holds too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analysis.intake.judging.asked import ORDERS
from analysis.intake.judging.deciding import decisions, matches_little
from analysis.intake.judging.finding import Counted, Finding, Look
from analysis.intake.questions import matched_members

if TYPE_CHECKING:
    from analysis.intake.decision import Decision
    from analysis.intake.mapped import Mapped
    from analysis.intake.suggesting.guess import TableGuess

EXAMPLES = 3
# How cells and lines are read: the other reading is one click away.
READ = ("date", "year", "calendar", "real_dates", "decimal", "order")
# Other guesses have findings of their own.
SAID = (
    "kind",
    "customer",
    "amount",
    "worth",
    "guests",
    "stand_in",
    "unpaid",
    "voucher",
    "drawdown",
    "order_number",
    "prepaid",
    *READ,
)
LEAST_BUYERS = 50  # fewer may well have bought once each
BACK = (0.5, 0.999)  # different ids to filled cells of a column in which some come back


def found_in_tables(look: Look, guesses: Sequence[TableGuess], profiles: Counted | None = None) -> Iterator[Finding]:
    """Find what was concluded about each table as a whole."""
    yield from _nobody_comes_back(look, guesses, profiles)
    yield from _matches_little(look)
    made = decisions([one.table for one in look.tables], guesses, look.recipe, look.standard)
    for one in look.tables:
        guess = next((guess for guess in guesses if guess.table.key == one.table.key), None)
        if guess is not None:
            yield from _guessed(look, one, made, guess)
            yield from _repeats(look, one, guess)


def _matches_little(look: Look) -> Iterator[Finding]:
    """Say when few of the customers of orders stand in the customers table, or the other way round."""
    members = next((one for one in look.of_kind("customers") if one.raw("customer_id")), None)
    if members is None or not any(True for kind in ORDERS for _ in look.of_kind(kind)):
        return
    buyers, known, n = matched_members(look.standard)
    if matches_little(buyers, known, n):
        yield Finding(
            "join_little", rows=members.table.n_rows, everyone=True, facts={"n": known, "buyers": buyers, "members": n},
            **look.about(members, look.header(members, "customer_id")),
        )  # fmt: skip


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


def _guessed(look: Look, one: Mapped, made: Sequence[Decision], guess: TableGuess) -> Iterator[Finding]:
    """What figures rest on without anybody having said that it is right: the customer above all."""
    for decision in made:
        if decision.table != one.table.key or decision.subject not in SAID or not decision.is_guess:
            continue
        header = decision.column if decision.column in one.table.columns else None
        seen = next((column.evidence for column in guess.columns if column.name == header), None)
        kind = look.personal(one, header) if header else None
        cells = seen.examples[:EXAMPLES] if seen else ()
        code = decision.code if header or decision.subject != "customer" else "customer_rows"
        facts = dict(decision.evidence[0].facts) if decision.subject in READ else {}
        fix = next((other.fix for other in decision.alternatives), None) if decision.subject in READ else None
        yield Finding(
            code, rows=one.table.n_rows, everyone=True, ask=decision.is_question,
            example=None if kind or not cells else " · ".join(cells),
            facts={"n": seen.n_distinct if seen else one.table.n_rows, "choice": decision.choice} | facts, fix=fix,
            **look.about(one, header),
        )  # fmt: skip


def _repeats(look: Look, one: Mapped, guess: TableGuess) -> Iterator[Finding]:
    """Rows or orders that stand in another table as well are not used, unless a person uses them."""
    if guess.repeats:
        used = one.source is not None
        yield Finding(
            "table_repeats_used" if used else "table_repeats", rows=one.table.n_rows, everyone=used,
            facts={"other": guess.repeats}, status="open" if used else "fixed", **look.about(one),
        )  # fmt: skip
