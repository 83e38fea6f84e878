"""What was decided about the tables of a study, each reading once: for the quality report, pages, commands, exports.

Another reading becomes one by a function in ``DECIDERS``: it yields ``Decision`` values, their alternatives as fixes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict

from analysis.intake.decision import ROW_NUMBERS, Alternative, Confidence, Decision
from analysis.intake.fixes import CleaningFix, ColumnFix, SourceFix
from analysis.intake.roles import IGNORE, header_score, roles
from analysis.intake.standard.mapped import find_sources
from analysis.intake.suggesting.customer import without_customer
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.choices import Choices, Source
    from analysis.intake.suggesting.candidates import Candidate
    from analysis.intake.suggesting.column_guess import ColumnGuess
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable, StandardTables

MOST_OFFERED = 2
ORDERS = ("orders", "order_heads")


class Where(TypedDict):
    """Where a decision stands."""

    table: str
    source: int


@dataclass(frozen=True)
class Used:
    """A table in use: its guess, and the source of the recipe that it is read by."""

    guess: TableGuess
    place: int
    source: Source

    @property
    def about(self) -> Where:
        """Its file and sheet, and the place of its source in the recipe."""
        return {"table": self.guess.table.key, "source": self.place}

    @property
    def as_guessed(self) -> bool:
        """Whether the recipe uses the table for what it was guessed to be."""
        return self.source.kind == self.guess.kind


@dataclass(frozen=True)
class Asked:
    """What there is to decide from: the tables in use, the recipe, and the standard tables where there are any."""

    used: tuple[Used, ...]
    recipe: Choices
    standard: StandardTables | None


def decisions(
    tables: Sequence[RawTable],
    guesses: Sequence[TableGuess],
    recipe: Choices,
    standard: StandardTables | None = None,
) -> tuple[Decision, ...]:
    """Return every decision about the tables in use, those that must be asked first, then the guesses.

    A guess that the recipe changes, or that stands in ``accepted``, was decided by a person.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.intake.suggesting.suggest import inspect
    >>> from analysis.study import suggest
    >>> tables = read_file("会员号,付款日期,金额\\n甲,2024-01-01,3\\n乙,2024-01-02,4\\n甲,2024-01-03,5\\n".encode())
    >>> [(one.subject, one.choice, one.confidence) for one in decisions(tables, inspect(tables), suggest(tables))]
    [('kind', 'orders', 'high'), ('customer', '会员号', 'high')]
    """
    by_key = {guess.table.key: guess for guess in guesses}
    used: dict[int, Used] = {}
    for table, place in zip(tables, find_sources(tables, recipe), strict=True):
        if place is None or recipe.sources[place].kind == IGNORE or table.key not in by_key:
            continue
        known = used.get(place)
        if known is None or table.n_rows > known.guess.table.n_rows:
            used[place] = Used(by_key[table.key], place, recipe.sources[place])
    asked = Asked(tuple(used.values()), recipe, standard)
    found = [
        replace(one, decided="person") if one.id in recipe.accepted else one
        for decide in DECIDERS
        for one in decide(asked)
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_question, not one.is_guess)))


def _kinds(asked: Asked) -> Iterator[Decision]:
    for one in asked.used:
        guess = one.guess
        if not one.as_guessed:
            yield Decision("kind", one.source.kind, decided="person", **one.about)
            continue
        headers = sum(1 for column in guess.columns if column.reason == "header")
        evidence = (Note("headers", {"n": headers, "of": len(guess.columns)}),)
        yield Decision(
            "kind", guess.kind, guess.sure, evidence, {"rows": guess.table.n_rows}, (
                Alternative(IGNORE, {"rows": 0}, SourceFix(source=one.place, value=IGNORE)),
            ), _decided(guess.sure), **one.about,
        )  # fmt: skip


def _customers(asked: Asked) -> Iterator[Decision]:
    for one in asked.used:
        if one.source.kind not in (*ORDERS, "customers"):
            continue
        column, guessed = one.source.column("customer_id"), one.guess.column("customer_id")
        if column is None:
            if one.source.kind == "customers":
                effect = {"customers": one.guess.table.n_rows}
                yield Decision(
                    "customer", ROW_NUMBERS, "middle", (Note("no_number", {}),), effect, decided="guessed", **one.about
                )
            continue
        if not one.as_guessed or guessed is None or guessed.name != column.name:
            yield Decision("customer", column.name, decided="person", column=column.name, **one.about)
            continue
        confidence = one.guess.customer if one.source.kind in ORDERS else _member_confidence(guessed)
        best = next((found for found in one.guess.candidates if found.name == column.name), None)
        effect = _effect(best) if best else {"customers": guessed.evidence.n_distinct}
        others = [found for found in one.guess.candidates if found.name != column.name][:MOST_OFFERED]
        alternatives = tuple(Alternative(other.name, _effect(other), _swap(one, guessed, other)) for other in others)
        yield Decision(
            "customer", column.name, confidence, _evidence(guessed, best, others), effect, alternatives,
            _decided(confidence), column=column.name, **one.about,
        )  # fmt: skip


def _decided(confidence: Confidence) -> Any:
    return "found" if confidence == "high" else "guessed"


def _member_confidence(key: ColumnGuess) -> Confidence:
    """A number or an e-mail tells members apart; a name may be that of two people."""
    known = roles()
    named = any(header_score(key.name, known[role]) >= 0.9 for role in ("customer_id", "phone", "company"))
    return "high" if named or key.reason.startswith("header") or key.evidence.personal == "email" else "middle"


def _effect(one: Candidate) -> dict[str, Any]:
    return {"customers": one.n, "come_back": one.come_back}


def _evidence(key: ColumnGuess, best: Candidate | None, others: Sequence[Candidate]) -> tuple[Note, ...]:
    seen = key.evidence
    values = {"n": seen.n_distinct, "rows": seen.n_rows, "empty": 1 - seen.fill}
    said = [Note("values", values)]
    if best is None:
        return (Note(key.reason, {}), *said)
    facts: dict[str, dict[str, Any]] = {
        "comes_back": {"n": best.come_back, "share": best.come_back / best.n}, "joins": {"other": best.joins},
    }  # fmt: skip
    said = [Note(code, facts.get(code, {})) for code in best.codes] + said
    return (*said, *(Note("beside", {"other": other.name, "n": other.n}) for other in others))


def _swap(one: Used, key: ColumnGuess, other: Candidate) -> SourceFix:
    """Give the customer's role to another column; the one that had it becomes the personal data that it is."""
    rest = {column.role for column in one.source.columns if column.name not in (key.name, other.name)}
    left = without_customer(key)
    return SourceFix(
        source=one.place, roles=((key.name, IGNORE if left in rest else left), (other.name, "customer_id"))
    )


def _amounts(asked: Asked) -> Iterator[Decision]:
    """The money of an order that no header names."""
    money = ("unit_price", "shipping", "discount", "cost", "spend")
    for one in asked.used:
        column = one.source.column("amount")
        guessed = one.guess.column("amount") if one.as_guessed else None
        if column is None or guessed is None or guessed.name != column.name or guessed.reason != "values":
            continue
        if not any(header_score(column.name, roles()[role]) >= 0.5 for role in money):
            yield Decision(
                "amount", column.name, "middle", (Note("only_decimals", {}),), decided="guessed",
                column=column.name, **one.about,
            )  # fmt: skip


def _date_orders(asked: Asked) -> Iterator[Decision]:
    """Dates that can be read day first and month first: nobody but their owner knows."""
    for note in asked.standard.notes if asked.standard else ():
        if note.code != "date_order_undecided":
            continue
        table, header = note.facts.get("table"), note.facts.get("column")
        one = next((one for one in asked.used if one.guess.table.key == table), None)
        if one is None or header is None:
            continue
        taken = str(note.facts.get("taken", "dmy"))
        fixes = {
            order: ColumnFix(source=one.place, column=header, field="date_order", value=order)
            for order in ("dmy", "mdy")
        }
        yield Decision(
            "date_order", taken, "low", (Note("both_ways", {"example": note.facts.get("example", "")}),),
            alternatives=tuple(Alternative(order, {}, fix) for order, fix in fixes.items() if order != taken),
            decided="guessed", column=header, **one.about,
        )  # fmt: skip


def _currencies(asked: Asked) -> Iterator[Decision]:
    """Money of several currencies, of which one counts and the others are left out."""
    for note in asked.standard.notes if asked.standard else ():
        if note.code != "currencies_mixed" or not note.facts["n"]:
            continue
        lines, money = note.facts["lines"], note.facts["money"]
        effects = {code: {"rows": lines[code], "revenue": round(money[code], 6)} for code in lines}
        chosen = str(note.facts["chosen"])
        others = sorted((code for code in lines if code != chosen), key=lambda code: -lines[code])
        yield Decision(
            "currency", chosen, "low", (Note("several_currencies", {"n": len(lines)}),), effects[chosen],
            tuple(
                Alternative(code, effects[code], CleaningFix(field="only_currency", value=code)) for code in others
            ),
            "person" if note.facts["by_person"] else "guessed",
        )  # fmt: skip


def _states(asked: Asked) -> Iterator[Decision]:
    """States of orders that count although nobody knows what they mean."""
    for note in asked.standard.notes if asked.standard else ():
        one = next((one for one in asked.used if one.guess.table.key == note.facts.get("table")), None)
        if note.code != "states_unknown" or one is None:
            continue
        states = [str(state) for state in note.facts["states"]]
        left = tuple(sorted({*note.facts["left_out"], *states}))
        column = one.source.column("status")
        yield Decision(
            "state", "sold", "low", (Note("unknown_words", {"states": ", ".join(states[:6]), "n": note.facts["n"]}),),
            {"rows": note.facts["n"], "revenue": round(note.facts["money"], 6)},
            (Alternative("not_sold", {"rows": 0}, CleaningFix(field="excluded_states", value=left)),),
            "guessed", column=column.name if column else None, **one.about,
        )  # fmt: skip


DECIDERS: tuple[Callable[[Asked], Iterator[Decision]], ...] = (
    _kinds, _customers, _amounts, _currencies, _states, _date_orders,
)  # fmt: skip
