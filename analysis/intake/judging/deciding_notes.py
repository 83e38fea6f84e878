"""Decisions that were taken while cells were read, as the notes of the standard tables tell them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_row, literal
from analysis.intake.decision import Alternative, Confidence, Decision
from analysis.intake.fixes import CleaningFix, ColumnFix, SourceFix
from analysis.intake.judging.asked import exactly, money_of, revenue_of, tables_of, tried
from analysis.intake.judging.readings.apart import counted_states, kinds_apart, states_apart
from analysis.intake.judging.readings.rates import by_rates
from analysis.intake.meaning.currency import said_in_heading
from analysis.intake.roles import IGNORE, normal
from analysis.intake.standard.worth.guests import GUEST
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used
    from analysis.intake.suggesting.column_guess import ColumnGuess

MONEY_IN = ("amount", "currency", "refunded")
FULL = 0.9  # of the rows
CALENDARS = ("calendar_buddhist", "calendar_persian", "calendar_roc")
ORDER_NOTES = ("sub_orders", "numbers_start_again")
UNKNOWN_WORDS = ("states_unknown", "types_unknown", "bare_rows")
UNSURE_TOTALS: dict[str, tuple[Confidence, str]] = {  # by note, how sure it is and the evidence
    "order_totals_few": ("low", "equal_on_lines"),
    "order_totals_alike": ("middle", "few_amounts_on_lines"),
}


def _date_orders(asked: Asked) -> Iterator[Decision]:
    """Dates that can be read day first and month first: nobody but their owner knows."""
    for note, one in asked.noted("date_order_undecided"):
        taken, example = str(note.facts.get("taken", "dmy")), str(note.facts.get("example", ""))
        others = tuple(
            replace(_column(one, note, "date_order", order, order), effect=_read_as(example, order))
            for order in ("dmy", "mdy") if order != taken
        )  # fmt: skip
        yield Decision(
            "date_order", taken, "low", (_example("both_ways", note),), _read_as(example, taken), others, "guessed",
            column=note.facts["column"], **one.about,
        )  # fmt: skip


def _read_as(example: str, order: str) -> dict[str, Any]:
    """Return the day that an example is when it is read in an order; nothing where it is not written in three parts."""
    parts = re.match(r"\D*(\d{1,2})\D(\d{1,2})\D(\d{4}|\d{2})(?!\d)", example)
    if parts is None:
        return {}
    day, month = (parts[1], parts[2]) if order == "dmy" else (parts[2], parts[1])
    year = parts[3] if len(parts[3]) == len("2000") else f"20{parts[3]}"
    return {"example": f"{year}-{int(month):02d}-{int(day):02d}"}


def _years(asked: Asked) -> Iterator[Decision]:
    """Dates without a year: the one that file or sheet name is likely, this year is no more than a start."""
    for note, one in asked.noted("dates_without_year"):
        taken = int(note.facts["year"])
        named = bool(note.facts["named"])
        leap, year = bool(note.facts.get("leap")), {"year": str(taken)}
        step = 4 if leap else 1
        others = (taken - step, taken + step if taken + step <= date.today().year else taken - 2 * step)
        evidence = [Note("year_in_name" if named else "no_year", {"example": note.facts["example"], **year})]
        evidence += [Note("leap_day", year)] if leap else []
        yield Decision(
            "year", str(taken), "middle" if named else "low", tuple(evidence),
            alternatives=tuple(_column(one, note, "year", year, str(year)) for year in others),
            decided="guessed", column=note.facts["column"], **one.about,
        )  # fmt: skip


def _calendars(asked: Asked) -> Iterator[Decision]:
    """Years that are those of another calendar: in ours they are so far away that no row would be left."""
    for note, one in asked.noted(*CALENDARS):
        gregorian = _column(one, note, "calendar", "gregorian", "gregorian")
        yield Decision(
            "calendar", note.code.removeprefix("calendar_"), "middle", (_example("far_years", note),),
            alternatives=(replace(gregorian, effect={} if note.facts["others"] else {"rows": 0}),),
            decided="guessed", column=note.facts["column"], **one.about,
        )  # fmt: skip


def _exchanged(asked: Asked) -> Iterator[Decision]:
    """Days and months of real dates that a spreadsheet seems to have exchanged."""
    for note, one in asked.noted("days_months_exchanged"):
        facts = {name: note.facts[name] for name in ("n", "m", "example")}
        yield Decision(
            "real_dates", "keep", "low", (Note("days_to_the_twelfth", facts),),
            alternatives=(_column(one, note, "real_dates", "exchange", "exchange"),),
            decided="guessed", column=note.facts["column"], **one.about,
        )  # fmt: skip


def _decimals(asked: Asked) -> Iterator[Decision]:
    """Points before three digits that nothing else in the file explains."""
    for note, one in asked.noted("thousand_dots"):
        if note.level == "check":
            yield Decision(
                "decimal", "comma", "middle", (_example("points_before_three", note),),
                alternatives=(_column(one, note, "decimal", "point", "point"),),
                decided="guessed", column=note.facts["column"], **one.about,
            )  # fmt: skip


def _minor_units(asked: Asked) -> Iterator[Decision]:
    """Whole numbers that are read as cents because the rest of the table is written by a program."""
    for note, one in asked.noted("minor_units"):
        yield Decision(
            "minor_units", "cents", "middle", (Note("program_amounts", {}),),
            alternatives=(_column(one, note, "scale", "none", "whole_money"),),
            decided="guessed", column=note.facts["column"], **one.about,
        )  # fmt: skip


def _sub_orders(asked: Asked) -> Iterator[Decision]:
    """Lines that are read as those of one order although each has a number of its own, or none has one."""
    for note, one in asked.noted("sub_orders"):
        facts = {name: note.facts[name] for name in ("n", "lines", "example")}
        yield Decision(
            "order", f"lines_by_{note.facts['by']}", "low" if note.level == "ask" else "middle",
            (Note(f"lines_by_{note.facts['by']}", facts),), {"orders": note.facts["orders"]},
            (Alternative("each_line_an_order", {}, CleaningFix(field="sub_orders", value="keep")),), "guessed",
            **one.about,
        )  # fmt: skip


def _numbers_again(asked: Asked) -> Iterator[Decision]:
    """Numbers of orders that start again with the day or the sheet, so that one value is no order."""
    for note, one in asked.noted("numbers_start_again"):
        column = one.source.column("order_id")
        if column is None or asked.standard is None:
            continue
        places = ", ".join(map(str, tables_of(asked, one)))
        with asked.standard.cursor() as cursor:
            orders, numbers = fetch_row(
                cursor,
                "SELECT count(DISTINCT order_id), count(DISTINCT split_part(order_id, ' @ ', 1)) "
                f"FROM sales WHERE source IN ({places})",
            )
        by_day = note.facts["by"] == "number_and_day"
        as_it_stands = Alternative(
            "number_alone", {"orders": int(numbers)} if by_day else {}, CleaningFix(field="sub_orders", value="keep")
        )
        facts = {name: note.facts[name] for name in ("n", "of", "example")}
        yield Decision(
            "order_number", "number_and_day" if by_day else "by_day", "middle",
            (Note("numbers_start_again", {"header": column.name, **facts}),), {"orders": int(orders)},
            (as_it_stands,), "guessed",
            column=column.name, **one.about,
        )  # fmt: skip


def _order_totals(asked: Asked) -> Iterator[Decision]:
    """Amounts that stand on every line of their orders: of too few, or too few amounts, to be those of the orders."""
    for code, (sure, says) in UNSURE_TOTALS.items():
        for note, one in asked.noted(code):
            column = one.source.column("amount")
            yield Decision(
                "order_totals", "each_line", sure, (Note(says, {"n": note.facts["n"]}),), alternatives=(
                    Alternative("split", {}, CleaningFix(field="order_totals", value="split")),
                ), decided="guessed", column=column.name if column else None, **one.about,
            )  # fmt: skip


def _shared_totals(asked: Asked) -> Iterator[Decision]:
    """Totals of orders that stand on each of their lines, and count once."""
    for note, one in asked.noted("order_totals_split"):
        column, by_person = one.source.column("amount"), asked.recipe.cleaning.order_totals != "auto"
        yield Decision(
            "order_totals", "split", "high", (Note("shared_equally", {"money": float(note.facts["money"])}),),
            alternatives=(Alternative("each_line", {}, CleaningFix(field="order_totals", value="each_line")),),
            decided="person" if by_person else "found", column=column.name if column else None, **one.about,
        )  # fmt: skip


def _directions(asked: Asked) -> Iterator[Decision]:
    """Money that went out and is no sale, where some words of the column say no direction or its header names none."""
    for note, one in asked.noted("rows_by_direction"):
        column = one.guess.column("direction")
        if column is None or (column.reason == "header" and not note.facts["unknown"]):
            continue
        yield Decision(
            "direction", "only_received", "middle", (Note("words_of_direction", {"words": note.facts["words"]}),),
            alternatives=(Alternative("both_directions", {}, CleaningFix(field="movements", value="keep")),),
            decided="guessed", column=column.name, **one.about,
        )  # fmt: skip


def _currencies(asked: Asked) -> Iterator[Decision]:
    """Money of several currencies, of which one counts and the others are left out."""
    for note in asked.standard.notes if asked.standard else ():
        if note.code == "currencies_mixed" and note.facts["by_column"] and not note.facts["by_person"]:
            yield from by_rates(asked, note)
            continue
        if note.code != "currencies_mixed" or not note.facts["n"]:
            continue
        lines, money = note.facts["lines"], note.facts["money"]
        effects = {code: {"rows": lines[code], "revenue": round(money[code], 6)} for code in lines}
        chosen = str(note.facts["chosen"])
        others = sorted((code for code in lines if code != chosen), key=lambda code: -lines[code])
        yield Decision(
            "currency", chosen, "low", (Note("several_currencies", {"n": len(lines)}),), effects[chosen],
            (
                *_converted(asked),
                *(Alternative(code, effects[code], CleaningFix(field="only_currency", value=code)) for code in others),
                *_in_one_currency(asked),
            ),
            "person" if note.facts["by_person"] else "guessed",
        )  # fmt: skip


def _converted(asked: Asked) -> Iterator[Alternative]:
    """Offer the amounts that an export converted itself: columns called like amount and currency with a word more."""
    for one in asked.used:
        mapped = {role: column.name for role in MONEY_IN if (column := one.source.column(role)) is not None}
        if one.source.kind != "orders" or not {"amount", "currency"} <= mapped.keys():
            continue
        seen = {normal(column.name): column for column in one.guess.columns}
        known = normal(mapped["currency"])
        for word in (name.removesuffix(known) for name in seen if name.endswith(known) and name != known):
            twins = {role: seen.get(word + normal(name)) for role, name in mapped.items()}
            own, amount = twins["currency"], twins["amount"]
            full = amount is not None and amount.evidence.n_filled >= FULL * amount.evidence.n_rows
            if own is None or amount is None or not full or own.evidence.n_distinct != 1 or None in twins.values():
                continue
            roles = tuple((name, IGNORE) for name in mapped.values())
            taken = tuple((twin.name, role) for role, twin in twins.items() if twin is not None)
            fix = SourceFix(source=one.place, roles=(*roles, *taken))
            back = twins.get("refunded")
            yield Alternative(amount.name, _in_all(asked, one, amount, back.name if back else None), fix)


def _in_one_currency(asked: Asked) -> Iterator[Alternative]:
    """Offer a column that tells what each row was worth in the currency of its heading, in place of the two."""
    for one in asked.used:
        amount, told = one.source.column("amount"), one.source.column("currency")
        for column in one.guess.columns if amount and told and one.source.kind == "orders" else ():
            seen, used = column.evidence, {mapped.name for mapped in one.source.columns if mapped.role != IGNORE}
            if column.name in used or seen.kind != "number" or seen.n_filled < seen.n_rows:
                continue
            if amount and told and said_in_heading(column.name):
                roles = ((amount.name, IGNORE), (told.name, IGNORE), (column.name, "amount"))
                back = one.source.column("refunded")
                effect = _in_all(asked, one, column, back.name if back else None)
                yield Alternative(column.name, effect, SourceFix(source=one.place, roles=roles))


def _in_all(asked: Asked, one: Used, amount: ColumnGuess, back: str | None) -> dict[str, Any]:
    """Return the rows of a column and what it holds in all currencies, less what was paid back of it where known."""
    sums = money_of(asked, one, [amount.name, *([back] if back else [])], every=True)
    left = abs(sums.get(back or "", 0.0))
    known = {"revenue": round(sums[amount.name] - left, 6)} if amount.name in sums else {}
    return {"rows": amount.evidence.n_filled} | known


def _states(asked: Asked) -> Iterator[Decision]:
    """States of orders that count although nobody knows what they mean."""
    for note, one in asked.noted("states_unknown"):
        states = [str(state) for state in note.facts["states"]]
        each = note.facts["each"] | counted_states(asked, one, states)
        doubted = [str(state) for state in note.facts["doubted"]]
        kept = {state: each[state] for state in states if state not in doubted}
        left = tuple(sorted({*note.facts["left_out"], *doubted}))
        column, revenue = one.source.column("status"), revenue_of(asked, one)
        fix = CleaningFix(field="excluded_states", value=left)
        rest = None if revenue is None else round(revenue - sum(each[one]["revenue"] for one in doubted), 6)
        known = {} if rest is None else {"revenue": exactly(asked, one, fix, rest)}
        instead = Alternative("most_sold" if kept else "not_sold", _sold(kept) | known if kept else known, fix)
        ended = [state for state in states if state in note.facts["ended"]]
        said = {"unknown_words": [state for state in states if state not in ended], "ran_out": ended}
        evidence = tuple(
            Note(code, {"states": ", ".join(some[:6]), "n": sum(each[state]["rows"] for state in some)})
            for code, some in said.items() if some
        )  # fmt: skip
        apart = list(states_apart(asked, one, doubted, each, revenue)) if len(doubted) > 1 else []
        yield Decision(
            "state", "sold", "low" if said["unknown_words"] else "middle", evidence,
            _sold(each) | ({} if revenue is None else {"revenue": round(revenue, 6)}), (*apart, instead), "guessed",
            column=column.name if column else None, **one.about,
        )  # fmt: skip


def _guests(asked: Asked) -> Iterator[Decision]:
    """Rows without an id that name a person, who is told apart by name or contact."""
    for note, one in asked.noted("guests_by_contact"):
        column, revenue, places = one.source.column("customer_id"), revenue_of(asked, one), tables_of(asked, one)
        if column is None or revenue is None or asked.standard is None:
            continue
        with asked.standard.cursor() as cursor:  # of those that count: the others are left out either way
            n, people, money = fetch_row(
                cursor,
                "SELECT count(*), count(DISTINCT customer_id), coalesce(sum(amount), 0) FROM orders WHERE source IN "
                f"({', '.join(map(str, places))}) AND starts_with(customer_id, {literal(GUEST)})",
            )
        if not n:
            continue
        now, left = {"revenue": round(revenue, 6)}, {"revenue": round(revenue - float(money), 6)}
        fix = ColumnFix(source=one.place, column=column.name, field="guests", value="leave")
        facts = {"column": note.facts["column"], "n": int(n), "people": int(people)}
        yield Decision(
            "guests", note.facts["column"], "middle", (Note("guests_by_contact", {"header": column.name, **facts}),),
            now, (Alternative("guests_left_out", left, fix),), "guessed", column=column.name, **one.about,
        )  # fmt: skip


def _stand_ins(asked: Asked) -> Iterator[Decision]:
    """A name that a till writes for everybody whom it does not know, in a word that no list holds."""
    for note, one in asked.noted("stand_in"):
        revenue, facts = revenue_of(asked, one) or 0.0, note.facts
        counted = Alternative(
            "counted_as_one", {"revenue": round(revenue + float(facts["money"]), 6)},
            ColumnFix(source=one.place, column=facts["column"], field="nothing", value=tuple(facts["nothing"])),
        )  # fmt: skip
        evidence = Note("stand_in_rows", {"name": facts["name"], "n": facts["n"]})
        yield Decision(
            "stand_in", "nobody", "middle", (evidence,), {"revenue": round(revenue, 6)}, (counted,), "guessed",
            column=facts["column"], **one.about,
        )  # fmt: skip


def _row_types(asked: Asked) -> Iterator[Decision]:
    """Rows of a kind that nobody knows, which count as sales."""
    for note, one in asked.noted("types_unknown"):
        words, doubted = [str(word) for word in note.facts["words"]], tuple(map(str, note.facts["doubted"]))
        column, money, total = one.source.column("sale_type"), float(note.facts["money"]), float(note.facts["total"])
        effect = {"rows": note.facts["n"], "revenue": round(total, 6), "kinds": note.facts["each"]}
        evidence = Note("unknown_kinds", {"words": ", ".join(words[:6]), "doubted": ", ".join(doubted[:6])})
        yield Decision(
            "row_type", "sold", "low" if note.level == "ask" else "middle", (evidence,), effect,
            (
                *kinds_apart(doubted, note.facts["each"], total),
                Alternative(
                    "kinds_left_out", {"revenue": round(total - money, 6)},
                    CleaningFix(field="left_out_types", value=doubted),
                ),
                Alternative(
                    "kinds_taken_back", {"revenue": round(total - 2 * money, 6)},
                    CleaningFix(field="return_types", value=doubted),
                ),
            ),
            "guessed", column=column.name if column else None, **one.about,
        )  # fmt: skip


def _bare_rows(asked: Asked) -> Iterator[Decision]:
    """Rows that settle what was sold before: no article, no quantity, no price."""
    for note, one in asked.noted("bare_rows"):
        column, revenue = one.source.column("sale_type"), revenue_of(asked, one)
        if column is None or revenue is None:
            continue
        fix = CleaningFix(field="movements", value="keep")
        then = tried(asked, one, fix)
        evidence = Note("bare_rows", {name: note.facts[name] for name in ("words", "n")})
        yield Decision(
            "left_out", "not_sold", "middle", (evidence,), {"revenue": round(revenue, 6)},
            (Alternative("sold", {} if then is None else {"revenue": round(then, 6)}, fix),), "guessed",
            column=column.name, **one.about,
        )  # fmt: skip


def _sold(each: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return the rows and the revenue of states that count, of all and of each."""
    rows, revenue = (sum(said[part] for said in each.values()) for part in ("rows", "revenue"))
    return {"rows": rows, "revenue": round(revenue, 6), "states": dict(each)} if each else {"rows": 0}


def _column(one: Used, note: Note, field: str, value: str | int, choice: str) -> Alternative:
    """Offer another reading of the column that a note is about."""
    fix = ColumnFix.model_validate(
        {"source": one.place, "column": note.facts["column"], "field": field, "value": value}
    )
    return Alternative(choice, {}, fix)


def _example(code: str, note: Note) -> Note:
    return Note(code, {"example": note.facts.get("example", "")})


FROM_NOTES: tuple[Callable[[Asked], Iterator[Decision]], ...] = (
    _guests, _stand_ins, _currencies, _states, _row_types, _bare_rows, _date_orders, _years, _exchanged, _calendars,
    _decimals, _minor_units, _directions, _sub_orders, _numbers_again, _order_totals, _shared_totals,
)  # fmt: skip
