"""What was decided about the tables of a study, each reading once: for the quality report, pages, commands, exports.

Another reading becomes one by a function in ``DECIDERS``: it yields ``Decision`` values, their alternatives as fixes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_row, fetch_rows, fetch_value, look
from analysis.intake.decision import ROW_NUMBERS, Alternative, Confidence, Decision
from analysis.intake.fixes import CleaningFix, SourceFix
from analysis.intake.headings import normal
from analysis.intake.judging.asked import ORDERS, Asked, Used, customers_of, swapped, tables_of
from analysis.intake.judging.deciding_money import OF_MONEY
from analysis.intake.judging.deciding_notes import FROM_NOTES
from analysis.intake.judging.deciding_rows import OF_ROWS
from analysis.intake.judging.readings.days import of_several_days, told_apart, undated
from analysis.intake.judging.readings.prepaid import prepaid_visits
from analysis.intake.judging.readings.sensible import sensible
from analysis.intake.judging.readings.states import OF_STATES
from analysis.intake.known.known_export import alike
from analysis.intake.meaning.words import words_of
from analysis.intake.questions import matched_members
from analysis.intake.roles import IGNORE, header_score, roles
from analysis.intake.standard.mapped import find_sources
from analysis.intake.suggesting.against import speaks_against
from analysis.intake.suggesting.by_headers import DUE
from analysis.intake.suggesting.customer import without_customer
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.guess import MADE
from analysis.intake.suggesting.suggest import guess_currency, said_currencies
from analysis.notes import Note
from analysis.privacy.masks import mask_text

if TYPE_CHECKING:
    from analysis.intake.choices import Choices
    from analysis.intake.suggesting.candidates import Candidate
    from analysis.intake.suggesting.column_guess import ColumnGuess
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable, StandardTables

MOST_OFFERED = 2
ARRIVED = re.compile(
    r"\barriv|check-?\s?in|\bentrada\b|llegada|anreise|ankunft|arrivée|arrivo|chegada|aankomst|przyjazd|заезд|прибыт|giriş|varış|"
    r"\bstay|入住|到店|到达|チェックイン|宿泊日|到着|체크인|입실|الوصول|เข้าพัก|ankomst|incheck|"
    r"\blesson|\bclass\b|\bappointment|\bappt|\bsession|\bevent\b|\btreatment|leçon|séance|rendez-?\s?vous|\brdv\b|unterricht|"
    r"fahrstunde|behandlung|termin(?!.*płat)|veranstaltung|lezione|seduta|appuntamento|\bclase|lección|\bcita\b|\baula\b|"
    r"\bles(?:datum)?\b|afspraak|lekcj|wizyt|занят|урок|ders|randevu|上课|就诊|服务日|活动日|レッスン|施術|利用日|수업|진료|시술",
    re.IGNORECASE,
)  # the day on which guests come, or it takes place …
BOOKED = re.compile(
    r"book|reserv|gebucht|buchung|réserv|prenota|boek|rezerw|брониров|rezerv|bokning|bestill|预订|预定|下单|予約|申込|예약|الحجز|จอง",
    re.IGNORECASE,
)  # … and that on which they said so
LINES = {"product", "product_id", "quantity", "unit_price"}  # roles of tables whose rows are lines of orders
LEAST_TOGETHER = 0.05  # of the orders have several rows
MATCHED = 0.5  # share of the smaller of two tables whose customers must stand in the other


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
    left: dict[int, Used] = {}
    places: dict[str, int] = {}
    for table, place in zip(tables, find_sources(tables, recipe), strict=True):
        if place is None or table.key not in by_key:
            continue
        guess, source = by_key[table.key], recipe.sources[place]
        if source.kind == IGNORE and not (guess.paid_in_for and guess.kind == IGNORE):
            continue
        places[table.key] = place
        group = left if source.kind == IGNORE else used
        known = group.get(place)
        if known is None or table.n_rows > known.guess.table.n_rows:
            group[place] = Used(guess, place, source)
    asked = Asked(tuple(used.values()), recipe, standard, tuple(tables), places, tuple(left.values()))
    found = {one.id: sensible(one) for decide in DECIDERS for one in decide(asked)}
    marked = [replace(one, decided="person") if one.id in recipe.accepted else one for one in found.values()]
    return tuple(sorted(marked, key=lambda one: (not one.is_question, not one.is_guess)))


def _kinds(asked: Asked) -> Iterator[Decision]:
    for one in asked.used:
        guess = one.guess
        if not one.as_guessed:
            yield Decision("kind", one.source.kind, decided="person", **one.about)
            continue
        headers = sum(1 for column in guess.columns if column.reason == "header")
        evidence = (Note("headers", {"n": headers, "of": len(guess.columns)}),)
        yield Decision(
            "kind", guess.kind, guess.sure, evidence, {"rows": guess.table.n_rows},
            (Alternative(IGNORE, {}, SourceFix(source=one.place, value=IGNORE)),) if len(asked.used) > 1 else (),
            _decided(guess.sure), **one.about,
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
        others = [found for found in one.guess.candidates if found.name != column.name][:MOST_OFFERED]
        if best and others:
            best, *others = _counted(asked, one, [best, *others])
        effect = _effect(best) if best else {"customers": guessed.evidence.n_distinct}
        alternatives = tuple(Alternative(other.name, _effect(other), _swap(one, guessed, other)) for other in others)
        yield Decision(
            "customer", column.name, confidence, _evidence(guessed, best, others), effect, alternatives,
            _decided(confidence), column=column.name, **one.about,
        )  # fmt: skip


def _counted(asked: Asked, one: Used, found: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates with the customers that a run counts by each, where what is left out is known."""
    people = customers_of(asked, one, [each.name for each in found])
    if not people or not all(n for n, _ in people.values()):
        return [*found]
    return [replace(each, n=n, come_back=back) for each in found for n, back in (people[each.name],)]


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
        return (Note(key.reason, {}), *said) if key.reason.startswith("header") else tuple(said)
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


def _order_dates(asked: Asked) -> Iterator[Decision]:
    """The day of an order, where the header of another column of dates speaks as much or as little for it."""
    for one in asked.used:
        column, guessed = one.source.column("order_date"), one.guess.column("order_date")
        if one.source.kind not in ORDERS or column is None or guessed is None or guessed.name != column.name:
            continue
        named = header_score(column.name, roles()["order_date"])
        others = [
            other
            for other in one.guess.columns
            if other.name != column.name and other.role == IGNORE and other.evidence.kind == "date"
            and header_score(other.name, roles()["order_date"]) >= named
            and not speaks_against("order_date", other.name, other.evidence) and DUE.search(other.name) is None
            and not _says_the_same_day(one, column.name, other.name)
        ][:MOST_OFFERED]  # fmt: skip
        stays = _stays(one, column.name)
        paid = [] if stays or not MADE.search(column.name) else _days_of_payment(one, column.name)
        others = stays or [other for other in others if other not in paid]
        sure: Confidence = "middle" if stays or (others and guessed.reason != "header") else "high"
        others = [*(others if sure == "middle" else ()), *paid][:MOST_OFFERED]  # those of payment are no doubt
        if not others:
            continue
        examples = _cells_of_a_row(one, [guessed, *others])
        says = "dates_of_stay" if stays else "dates_beside" if sure == "middle" else "paid_later"
        yield Decision(
            "date", column.name, sure,
            (Note(says, {"others": ", ".join(one.name for one in others)}),),
            examples[column.name], tuple(
                Alternative(other.name, examples[other.name], swapped(one, column.name, other.name, "order_date"))
                for other in others
            ), _decided(sure), column=column.name, **one.about,
        )  # fmt: skip


def _says_the_same_day(one: Used, first: str, second: str) -> bool:
    """Say whether two columns of dates show one day in all rows, so that it makes no difference which one is read."""
    table = one.guess.table
    if table.stored:
        return False
    cells = (f"left(trim(c{table.columns.index(name)}), {len('2026-01-31')})" for name in (first, second))
    with look() as cursor, scan(cursor, table) as rows:
        return not fetch_value(cursor, f"SELECT count(*) FROM {rows} WHERE {' IS DISTINCT FROM '.join(cells)}")


def _days_of_payment(one: Used, chosen: str) -> list[ColumnGuess]:
    """Return the days on which orders were paid, beside that on which they were made."""
    return [
        other for other in one.guess.columns
        if other.name != chosen and other.role == IGNORE and other.evidence.kind == "date"
        and words_of("paying").says(other.name, "paid") and not words_of("paying").says(chosen, "paid")
    ]  # fmt: skip


def _stays(one: Used, chosen: str) -> list[ColumnGuess]:
    """Return the day of a booking beside that of an arrival, or the other way round: either may be the order's."""
    for first, second in ((ARRIVED, BOOKED), (BOOKED, ARRIVED)):
        if first.search(chosen) and not second.search(chosen):
            return [
                other
                for other in one.guess.columns
                if other.name != chosen and other.role == IGNORE and other.evidence.kind == "date"
                and second.search(other.name) and not first.search(other.name)
            ][:1]  # fmt: skip
    return []


def _orders_by_day(asked: Asked) -> Iterator[Decision]:
    """Rows of one customer and one day that count as one order, where nothing says that they are lines of one."""
    for one in asked.used:
        roles_ = {column.role for column in one.source.columns}
        apart = asked.recipe.cleaning.sub_orders == "keep"
        if one.source.kind != ORDERS[0] or asked.standard is None or "order_id" in roles_ or apart:
            continue
        if not one.as_guessed or alike(one.guess.table.columns) is not None:
            continue
        places = ", ".join(map(str, tables_of(asked, one)))
        by_day = (
            f"SELECT count(*) AS n FROM orders WHERE source IN ({places}) AND NOT is_return "
            "GROUP BY customer_id, order_time"
        )
        with asked.standard.cursor() as cursor:
            n, several, lines = fetch_row(
                cursor,
                f"SELECT count(*), count(*) FILTER (n > 1), coalesce(sum(n) FILTER (n > 1), 0) FROM ({by_day})",
            )
        if not several or several < LEAST_TOGETHER * n:
            continue
        told = told_apart(asked, one)
        if LINES & roles_ and not told:
            continue  # lines of what was bought, and nothing that tells orders apart
        each = int(n - several + lines)
        alone = Alternative("each_line_an_order", {"orders": each}, CleaningFix(field="sub_orders", value="keep"))
        alternatives = [*told, *([] if any(other.effect["orders"] == each for other in told) else [alone])]
        evidence = [Note("lines_by_day", {"n": int(several), "lines": int(lines)})]
        yield Decision(
            "order", "by_day", "middle",
            (*evidence, *(Note("told_apart", {"header": other.choice}) for other in told)),
            {"orders": int(n)}, tuple(alternatives), "guessed", **one.about,
        )  # fmt: skip


def _cells_of_a_row(one: Used, columns: Sequence[ColumnGuess]) -> dict[str, dict[str, Any]]:
    """Return an example of each column, of the first row in which all differ where there is one."""
    table = one.guess.table
    found = {column.name: column.evidence.examples[0] for column in columns if column.evidence.examples}
    if not table.stored and len(columns) > 1:
        cells = [f"trim(c{table.columns.index(column.name)})" for column in columns]
        apart = [f"{first} <> {second}" for first, second in combinations(cells, 2)]
        with look() as cursor, scan(cursor, table) as rows:
            where = " AND ".join(apart)
            told = fetch_rows(cursor, f"SELECT {', '.join(cells)} FROM {rows} WHERE {where} ORDER BY line LIMIT 1")
        found |= {column.name: cell for column, cell in zip(columns, told[0], strict=True)} if told else {}
    return {
        column.name: {"example": mask_text(found[column.name])} if column.name in found else {} for column in columns
    }


def matches_little(buyers: int, known: int, members: int) -> bool:
    """Say whether few of the customers of orders stand in the customers table, or the other way round."""
    return bool(min(buyers, members)) and known < MATCHED * min(buyers, members)


def _joins(asked: Asked) -> Iterator[Decision]:
    """A customers table of which hardly anybody bought: another of its columns may be the number on the orders."""
    members = next(
        (one for one in asked.used if one.source.kind == "customers" and one.source.column("customer_id")), None
    )
    orders = [one for one in asked.used if one.source.kind in ORDERS]
    if asked.standard is None or members is None or not orders:
        return
    buyers, known, n = matched_members(asked.standard)
    key = members.source.column("customer_id")
    if key is None or not matches_little(buyers, known, n):
        return
    left = Alternative("without_members", {}, SourceFix(source=members.place, value=IGNORE))
    yield Decision(
        "join", key.name, "middle", (Note("members_matched", {"n": known, "buyers": buyers, "members": n}),),
        {"matched": known, "buyers": buyers}, (*_better_keys(asked, members), left), "guessed",
        column=key.name, **members.about,
    )  # fmt: skip


def _better_keys(asked: Asked, members: Used) -> Iterator[Alternative]:
    """Look among the columns of the customers table for one that holds the customers of the orders."""
    from analysis.intake.people.join import joins

    for join in joins(asked.tables, asked.recipe):
        for own, other in ((join.left, join.right), (join.right, join.left)):
            met = asked.of_table(asked.tables[other.place].key)
            column = met.source.column("customer_id") if met is not None and met.source.kind in ORDERS else None
            key = members.source.column("customer_id")
            at_home = asked.of_table(asked.tables[own.place].key) is members
            if at_home and column and key and column.name == other.column and own.column != key.name:
                effect = {"matched": other.matched_keys, "buyers": other.keys}
                yield Alternative(own.column, effect, swapped(members, key.name, own.column, "customer_id"))


def _currencies_of_others(asked: Asked) -> Iterator[Decision]:
    """Orders that say no currency beside another export that does: theirs need not be the same."""
    with_money = [one for one in asked.used if one.source.kind == ORDERS[0] and one.source.column("amount")]
    told = {one.place: guess_currency([one.guess]) for one in with_money}
    chosen = asked.recipe.currency
    for one in with_money:
        theirs = next((other for other in with_money if told[other.place] == chosen is not None), None)
        if theirs is None or told[one.place] or said_currencies([one.guess]) or one.guess.column("customer_id") is None:
            continue
        if set(map(normal, one.guess.table.columns)) == set(map(normal, theirs.guess.table.columns)):
            continue  # the same export of another month
        yield Decision(
            "currency", str(chosen), "middle", (Note("currency_of_another", {"other": theirs.guess.table.key}),),
            {"rows": one.guess.table.n_rows},
            (Alternative("left_out", {}, SourceFix(source=one.place, value=IGNORE)),), "guessed",
            **one.about,
        )  # fmt: skip


DECIDERS: tuple[Callable[[Asked], Iterator[Decision]], ...] = (
    _kinds, _customers, *OF_MONEY, *OF_ROWS, *OF_STATES, _order_dates, undated, of_several_days, _orders_by_day, _joins,
    _currencies_of_others, prepaid_visits, *FROM_NOTES,
)  # fmt: skip
