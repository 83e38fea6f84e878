"""A column of rates beside money of several currencies: what its rows prove of it, and which way round it is written.

The rate of the main currency is one in each of its rows, and those of another hardly move. Whether money is multiplied
by it (7.1 yuan for a dollar) or divided (1.08 dollars for a euro) says about what the two are worth.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from analysis.engine import fetch_row, fetch_rows, look
from analysis.intake.cells.values import category, number
from analysis.intake.meaning.currency import code_of
from analysis.intake.meaning.words import folded
from analysis.intake.roles import EXTRA, IGNORE
from analysis.intake.suggesting.describe import scan

if TYPE_CHECKING:
    from analysis.intake.suggesting.column_guess import ColumnGuess
    from analysis.intake.suggesting.guess import TableGuess

RATE = re.compile(
    r"\brates?\b|\bfx\b|exchange|\bconversion\b|\broe\b|kurs|\btaux\b|\bcours\b|\bcambio\b|\btasa\b|\btasso\b|\btaxa\b|"
    r"\bcotacao\b|koers|\bkurz\b|\bcurs\b|arfolyam|курс|\bkur\b|汇率|匯率|レート|為替|환율|سعر الصرف|แลกเปลี่ยน|"
    r"ty gia|valuutta"
)
MOVES = 1.6  # the highest rate of a currency by its lowest
FAR = 2.0  # from what two currencies are about worth, beyond which a rate is none of them
ALSO = 1.5  # within which the other way round may be meant as well
CENT = 0.011
ROUNDED = 0.0005  # of the money: rates are written with few decimals
# About what a unit of a currency is worth in US dollars (mean of the years 2020 to 2025), to tell 7.1 from 0.14.
ABOUT = {
    "USD": 1.0, "EUR": 1.1, "GBP": 1.27, "CHF": 1.12, "CNY": 0.143, "JPY": 0.0075, "HKD": 0.128, "TWD": 0.032,
    "KRW": 0.00077, "SGD": 0.74, "MOP": 0.124, "AUD": 0.68, "NZD": 0.62, "CAD": 0.75, "SEK": 0.1, "NOK": 0.1,
    "DKK": 0.148, "ISK": 0.0074, "PLN": 0.25, "CZK": 0.044, "HUF": 0.0029, "RON": 0.22, "BGN": 0.56,
    "TRY": 0.05, "RUB": 0.0125, "UAH": 0.029, "KZT": 0.0022, "INR": 0.0125, "THB": 0.029, "VND": 0.000042,
    "IDR": 0.000066, "MYR": 0.225, "PHP": 0.018, "BRL": 0.19, "MXN": 0.054, "ARS": 0.004, "CLP": 0.0012,
    "COP": 0.00025, "PEN": 0.27, "UYU": 0.025, "ZAR": 0.057, "AED": 0.272, "SAR": 0.267, "ILS": 0.29,
    "EGP": 0.035, "MAD": 0.1, "NGN": 0.0015, "KES": 0.0082, "PKR": 0.0045, "BDT": 0.0103, "LKR": 0.0038,
}  # fmt: skip


@dataclass(frozen=True)
class Rates:
    """A column of rates to a main currency; ``unsure`` where the other way round may be meant as well."""

    column: str
    main: str
    role: Literal["fx_times", "fx_divided"]
    unsure: bool


def with_rates(guess: TableGuess) -> TableGuess:
    """Give a column of rates its role, unless the amounts are what it made of others: they are in one currency."""
    told = guess.column("currency")
    if guess.kind != "orders" or told is None or guess.table.stored:
        return guess
    found = rates_of(guess)
    if found is None:
        return guess
    given: dict[str, str] = {found.column: found.role}
    if raw := _converted(guess, found):  # a price and a quantity are no other money and its rate
        given = {told.name: IGNORE, raw: IGNORE, found.column: IGNORE}
    columns = (
        replace(column, role=given[column.name], reason="values") if column.name in given else column
        for column in guess.columns
    )
    return replace(guess, columns=tuple(columns))


def rates_of(guess: TableGuess) -> Rates | None:
    """Return the column of rates that the rows of a table prove; None without one."""
    told = guess.column("currency")
    if told is None:
        return None
    for column in guess.columns:
        unused = column.role in (IGNORE, EXTRA, "fx_times", "fx_divided")
        priced = column.role == "unit_price" and guess.column("amount") is not None
        if column.evidence.number_share < 1 or not (unused or priced) or not RATE.search(folded(column.name)):
            continue
        each = _each(guess, told, column)
        mains = [code for code, (low, high) in each.items() if low == high == 1]
        others = {code: rates for code, rates in each.items() if code not in mains}
        if len(mains) != 1 or not others or any(low <= 0 or high > MOVES * low for low, high in others.values()):
            continue
        ways = [way_round(math.sqrt(low * high), mains[0], code) for code, (low, high) in others.items()]
        for role in ("fx_times", "fx_divided"):
            if all(way is not None and way[0] == role for way in ways):
                return Rates(column.name, mains[0], role, any(way is not None and way[1] for way in ways))
    return None


def way_round(rate: float, main: str, other: str) -> tuple[Literal["fx_times", "fx_divided"], bool] | None:
    """Say whether money in another currency is multiplied or divided by a rate, and whether both may be meant.

    None where a rate is neither, as one for a hundred units.

    Examples
    --------
    >>> way_round(7.12, "CNY", "USD"), way_round(0.14, "CNY", "USD"), way_round(1.08, "EUR", "USD")
    (('fx_times', False), ('fx_divided', False), ('fx_divided', True))
    >>> way_round(0.62, "EUR", "JPY") is None, way_round(3.0, "CNY", "XYZ")
    (True, ('fx_times', True))
    """
    if main not in ABOUT or other not in ABOUT:
        return "fx_times", True
    worth = ABOUT[other] / ABOUT[main]
    times, divided = (abs(math.log(rate / about)) for about in (worth, 1 / worth))
    if min(times, divided) > math.log(FAR):
        return None
    unsure = max(times, divided) < math.log(ALSO)
    return ("fx_times" if times <= divided else "fx_divided"), unsure


def rate_cell(raw: str) -> str:
    """Write a cell as a rate, in SQL: a point or a comma in it is that of the decimals, also before three of them."""
    one = f"regexp_full_match(trim({raw}), '[0-9]+[.,][0-9]+')"
    plain = number(raw, decimal="point")
    return f"CASE WHEN {one} THEN TRY_CAST(replace(trim({raw}), ',', '.') AS DOUBLE) ELSE CAST({plain} AS DOUBLE) END"


def _each(guess: TableGuess, told: ColumnGuess, column: ColumnGuess) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest rate of each currency."""
    places = {one.name: f"c{at}" for at, one in enumerate(guess.columns)}
    rate = rate_cell(places[column.name])
    found: dict[str, tuple[float, float]] = {}
    with look() as connection, scan(connection, guess.table) as rows:
        cells = fetch_rows(
            connection,
            f"SELECT {category(places[told.name])} AS code, min({rate}), max({rate}) FROM {rows} GROUP BY code "
            "HAVING code IS NOT NULL ORDER BY code LIMIT 60",
        )
    for cell, low, high in cells:
        code = code_of(str(cell))
        if code is None:
            continue
        low, high = (1.0, 1.0) if low is None else (low, high)  # the main currency may need none
        before = found.get(code, (low, high))
        found[code] = (min(before[0], low), max(before[1], high))
    return found


def _converted(guess: TableGuess, found: Rates) -> str:
    """Name the column of money that the amounts are made of by the rates; "" where they are no such thing."""
    amount, places = guess.column("amount"), {one.name: f"c{at}" for at, one in enumerate(guess.columns)}
    if amount is None:
        return ""
    others = [
        column for column in guess.columns
        if column.evidence.kind == "number" and column.name not in (amount.name, found.column)
    ]  # fmt: skip
    rate, way = rate_cell(places[found.column]), "*" if found.role == "fx_times" else "/"
    tests = ["count(*)"]
    for column in others:
        made = f"CAST({number(places[column.name], decimal=column.evidence.decimal)} AS DOUBLE) {way} rate"
        tests.append(f"count(*) FILTER (abs({made} - amount) <= greatest({CENT}, {ROUNDED} * abs(amount)))")
    money = f"CAST({number(places[amount.name], decimal=amount.evidence.decimal)} AS DOUBLE)"
    with look() as connection, scan(connection, guess.table) as rows:
        n, *same = fetch_row(
            connection,
            f"SELECT {', '.join(tests)} FROM (SELECT *, {rate} AS rate, {money} AS amount FROM {rows}) "
            "WHERE rate > 0 AND rate <> 1 AND amount <> 0",
        )
    return next((column.name for column, counted in zip(others, same, strict=True) if n and counted == n), "")
