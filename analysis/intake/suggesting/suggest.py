"""Suggest what every table is and which role each column plays, all tables of a study seen together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analysis.engine import fetch_value, look
from analysis.errors import AnalysisError
from analysis.intake.cells.values import number
from analysis.intake.known.known_export import AMOUNT, KnownExport, alike, recognised
from analysis.intake.meaning.currency import said_in_cell, said_in_heading
from analysis.intake.meaning.words import folded, means_yuan
from analysis.intake.roles import EXTRA, IGNORE, Evidence, header_score, normal, roles, tells_money
from analysis.intake.suggesting.arithmetic import instalments, numbers_instalments, numbers_of, reduced_of
from analysis.intake.suggesting.by_words import with_words
from analysis.intake.suggesting.describe import describe
from analysis.intake.suggesting.guess import ColumnGuess as ColumnGuess
from analysis.intake.suggesting.guess import TableGuess, guess_table
from analysis.intake.suggesting.guess import guess_as as _guess_as
from analysis.intake.suggesting.guess import missing_roles as missing_roles
from analysis.intake.suggesting.other_money import is_tax, lessened
from analysis.intake.suggesting.proven.converted import main_of_converted, with_converted
from analysis.intake.suggesting.proven.rates import rates_of, with_rates
from analysis.intake.tables import RawTable

_JAPANESE = re.compile(r"[\u3041-\u30fa]|[円売払込価様]|番号")  # kana, and characters that only Japanese writes so
MONEY_ROLES = ("amount", "unit_price", "spend", "discount")


def inspect(tables: Sequence[RawTable]) -> tuple[TableGuess, ...]:
    """Describe every table and suggest its kind and roles.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> lines = "买家昵称,付款日期,实付金额\\n甲,2024-01-01,3\\n乙,2024-01-02,4\\n甲,2024-01-03,5\\n"
    >>> tables = read_file(lines.encode())
    >>> [guess] = inspect(tables)
    >>> guess.kind, [column.role for column in guess.columns]
    ('orders', ['customer_id', 'order_date', 'amount'])
    """
    from analysis.intake.suggesting.related import relate

    each = (_as_known(with_words(_priced(guess_table(table, describe(table))))) for table in tables)
    return relate([with_converted(with_rates(guess)) for guess in each])


def pays_by_instalments(guess: TableGuess) -> bool:
    """Say whether the amounts of a table are instalments that add up to a total on each row of their contract."""
    amount, order = guess.column("amount"), guess.column("order_id")
    seen = [column.evidence for column in guess.columns]
    if guess.kind != "orders" or amount is None or order is None or not any(map(numbers_instalments, seen)):
        return False
    places = {column.name: place for place, column in enumerate(guess.columns)}
    money = [place for place, one in enumerate(seen) if one.kind == "number"]
    found = instalments(guess.table, seen, money=money, contracts=[places[order.name]], days=())
    return found is not None and found.part == places[amount.name]


def guess_as(table: RawTable, evidence: Sequence[Evidence], kind: str) -> TableGuess:
    """Suggest the roles of a table whose kind a person has chosen."""
    return with_words(_guess_as(table, evidence, kind))


def _as_known(guess: TableGuess) -> TableGuess:
    """Take the roles of a known export for its columns, unless a column that it cannot do without is empty.

    Where its layout is not certain, the general way decides.
    """
    known = recognised(guess.table.columns)
    near = alike(guess.table.columns) if known is None else None
    if near and guess.kind not in ("orders", "order_heads") and AMOUNT in near[1].values():
        return replace(guess, kind=IGNORE, missing=("amount",))  # orders that can be counted, and nothing else
    if known is None or not known.certain:
        return _with_its_money(guess, known or (near[0] if near else None))
    chosen = known.roles_of(guess.table.columns)
    needed = {"customer_id", "order_date", "amount"}
    if missing_roles(known.kind, set(chosen.values())) or any(
        chosen[column.name] in needed and not column.evidence.n_filled for column in guess.columns
    ):
        return guess
    columns = tuple(
        column
        if column.role == chosen[column.name]
        else ColumnGuess(column.name, role, 1.0, "unknown" if role in (EXTRA, IGNORE) else "header", column.evidence)
        for column in guess.columns
        for role in (chosen[column.name],)
    )
    return TableGuess(guess.table, known.kind, columns)


def _with_its_money(guess: TableGuess, known: KnownExport | None) -> TableGuess:
    """Take the amount that the export is known to have, where the general way takes another column of money."""
    if known is None or known.kind != "orders":
        return guess
    if guess.kind == IGNORE and guess.missing == ("amount",) and not guess.table.hidden:
        with_money = _guess_as(guess.table, [column.evidence for column in guess.columns], "orders")
        told = _with_its_money(replace(with_money, missing=()), known)
        return told if tells_money({column.role for column in told.columns}) else guess
    if guess.kind != "orders":
        return guess
    chosen = {role: header for header, role in known.roles_of(guess.table.columns).items()}
    wanted = {role: chosen[role] for role in ("amount", "unit_price") if role in chosen}
    if "amount" in wanted:
        wanted = {"amount": wanted["amount"]}
    elif "quantity" not in chosen or guess.column("quantity") is None:
        return guess
    taken = guess.column("amount")
    columns = {column.name: column for column in guess.columns}
    now = {role: column.name for role in ("amount", "unit_price") if (column := guess.column(role)) is not None}
    if not wanted or wanted == now or (taken is not None and taken.name == wanted.get("amount")):
        return guess
    if any(columns[header].evidence.kind != "number" for header in wanted.values()):
        return guess
    made = reduced_of(guess.table, {column.name: column.evidence for column in guess.columns})
    if taken is not None and made is not None and (made.start, made.total) == (wanted.get("amount"), taken.name):
        return guess  # the rows say that it is what is left of the other
    if taken is not None and "amount" in wanted and _is_taxed_rest(guess, taken, columns[wanted["amount"]]):
        return guess
    if taken is not None and "amount" in wanted and _says_the_same(guess, taken, columns[wanted["amount"]]):
        return guess
    role_of = {header: role for role, header in wanted.items()}
    swapped = tuple(
        replace(column, role=role_of[column.name], confidence=0.9, reason="known")
        if column.name in role_of
        else replace(column, role=IGNORE, reason="better_elsewhere")
        if column.role in ("amount", *wanted)
        else column
        for column in guess.columns
    )
    return replace(guess, columns=swapped)


def _is_taxed_rest(guess: TableGuess, total: ColumnGuess, amount: ColumnGuess) -> bool:
    """Say whether a total with its tax is that of less than an amount, as after a discount that nobody wrote."""
    taxes = [column for column in guess.columns if is_tax(column.name) and column.evidence.kind == "number"]
    if not taxes:
        return False
    numbers = numbers_of(guess.table, {column.name: column.evidence for column in (total, amount, *taxes)})
    return any(lessened(numbers[amount.name], numbers[tax.name], numbers[total.name]) for tax in taxes)


def _says_the_same(guess: TableGuess, one: ColumnGuess, other: ColumnGuess) -> bool:
    """Say whether two columns of money hold the same figures."""
    from analysis.intake.suggesting.describe import scan

    first, second = (
        number(f"c{guess.table.columns.index(column.name)}", decimal=column.evidence.decimal) for column in (one, other)
    )
    with look() as connection, scan(connection, guess.table) as rows:
        return not fetch_value(connection, f"SELECT count(*) FROM {rows} WHERE {first} IS DISTINCT FROM {second}")


def _priced(guess: TableGuess) -> TableGuess:
    """Take a price that is the line's already, as its articles or its header say, for the amount."""
    price, quantity = guess.column("unit_price"), guess.column("quantity")
    if guess.kind != "orders" or price is None or quantity is None or guess.column("amount") or guess.table.stored:
        return guess
    from analysis.intake.cells.prices import USUALLY_LINE, price_per
    from analysis.intake.suggesting.describe import scan

    places = {name: f"c{index}" for index, name in enumerate(guess.table.columns)}
    article = guess.column("product_id") or guess.column("product")
    with look() as connection, scan(connection, guess.table) as rows:
        per = price_per(
            connection, rows, header=price.name, price=places[price.name], quantity=places[quantity.name],
            article=places[article.name] if article else None, decimal=price.evidence.decimal,
        )  # fmt: skip
    if per == "line" or (per == "undecided" and normal(price.name) in USUALLY_LINE):
        changed = replace(price, role="amount", reason="values" if per == "line" else "header")
        columns = tuple(changed if column is price else column for column in guess.columns)
        return replace(guess, columns=columns)
    return guess


def refuse_useless(guesses: Sequence[TableGuess]) -> None:
    """Refuse files in which no table can be used, saying what the best of them lacks.

    Raises
    ------
    AnalysisError
        ``no_customer_column``, ``no_date_column`` or ``no_amount_column``, with the table and its columns;
        ``dates_unreadable`` when a column is headed as the date of the order and none of its cells is one.
    """
    if any(guess.kind != "ignore" for guess in guesses):
        return
    best = min(guesses, key=lambda guess: (len(guess.missing), -guess.table.n_rows))
    missing = best.missing or ("customer_id",)
    if missing[0] == "order_date":
        role = roles()["order_date"]
        for column in best.columns:
            if header_score(column.name, role) >= 0.9 and column.evidence.n_filled:
                raise AnalysisError(
                    "dates_unreadable", table=best.table.key, column=column.name, n=column.evidence.n_filled
                )
    code = {"customer_id": "no_customer_column", "order_date": "no_date_column", "amount": "no_amount_column"}[
        missing[0]
    ]
    raise AnalysisError(code, table=best.table.key, columns=", ".join(best.table.columns[:12]))


LEAST_SPANISH = 2  # headings
_OF_STATES = re.compile(r"\bUSD?\b|U\.S\.|d[oó]lar|dollar", re.IGNORECASE)
_GST = re.compile(r"\b(GST|PST|QST|HST|TPS|TVQ)\b", re.IGNORECASE)
_SPANISH = re.compile(
    r"\b(?:fecha|folio|cliente|rfc|iva|cuit|rut|nit|importe|monto|precio|cantidad|pedido|factura|boleta|telefono|correo|"
    r"nombre|vendedor|estatus|estado|pago|venta|sucursal|producto|descuento|saldo)\b"
)


def guess_currency(guesses: Sequence[TableGuess]) -> str | None:
    """Read the currency from its column, or from signs in money cells and headers; None where there are several.

    Chinese headers of money without a sign mean CNY; among Japanese ones they, and ¥, mean JPY. Where a column of rates
    turns several into one, it is that one.
    """
    rated = next((guess for guess in guesses if guess.column("fx_times") or guess.column("fx_divided")), None)
    if rated is not None and (proven := rates_of(rated)) is not None:
        return proven.main
    if len(mains := {main for guess in guesses if (main := main_of_converted(guess))}) == 1:
        return mains.pop()
    found = _said_currency(guesses)
    if found == "USD" and is_any_dollar(guesses):
        return None
    if found == "USD" and (taxes := _dollar_taxes(guesses)):
        return "CAD" if "of_canada" in taxes else None
    if found not in (None, "CNY") or any(guess.column("currency") for guess in guesses):
        return found
    columns = [column for guess in guesses for column in guess.columns]
    is_japanese = any(_JAPANESE.search(column.name) for column in columns)
    told = found or any(column.role in MONEY_ROLES and not column.name.isascii() for column in columns)
    return "JPY" if is_japanese and told and not said_currencies(guesses)[1:] else found


def is_any_dollar(guesses: Sequence[TableGuess]) -> bool:
    """Say whether a $ may be a peso, or a dollar: it stands by itself, among headings in Spanish.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> heads = "Folio,Fecha,Cliente,Importe", "Order,Date,Customer,Amount"
    >>> files = [f"{head}\\n" + "A1,2026-01-02,K1,$5.00\\nA2,2026-01-03,K1,$7.00\\n" for head in heads]
    >>> [is_any_dollar(inspect(read_file(text.encode(), name="a.csv"))) for text in files]
    [True, False]
    """
    columns = [column for guess in guesses for column in guess.columns]
    said = [
        text for column in columns if column.role in MONEY_ROLES for text in (column.name, *column.evidence.examples)
    ]
    if any(column.role == "currency" for column in columns) or any(_OF_STATES.search(text) for text in said):
        return False
    return sum(_SPANISH.search(folded(column.name)) is not None for column in columns) >= LEAST_SPANISH


def _dollar_taxes(guesses: Sequence[TableGuess]) -> set[str]:
    """Return which taxes beside a bare $ no state of the US has: those ``of_canada``, and GST, of ``others`` too."""
    headings = [column.name for guess in guesses for column in guess.columns]
    cells = [text for guess in guesses for column in guess.columns for text in column.evidence.examples]
    if any(map(_OF_STATES.search, (*headings, *cells))):
        return set()
    found = [tax for heading in headings for tax in _GST.findall(heading)]
    return {"others" if tax.upper() == "GST" else "of_canada" for tax in found}


def _said_currency(guesses: Sequence[TableGuess]) -> str | None:
    codes = said_currencies(guesses)
    if codes:  # of several the engine counts the one of most lines
        first, *others = codes
        return None if others or len(first) != 3 else first
    money = [column for guess in guesses for column in guess.columns if column.role in MONEY_ROLES]
    return "CNY" if any(means_yuan(column.name) for column in money) else None


def said_currencies(guesses: Sequence[TableGuess]) -> tuple[str, ...]:
    """Return the codes that a column of currencies says, or else the signs of money cells and headers."""
    money = [column for guess in guesses for column in guess.columns if column.role in MONEY_ROLES]
    money += [column for guess in guesses for column in guess.columns if column.role == "currency"]
    said = (
        code
        for column in money
        for code in (said_in_heading(column.name), *map(said_in_cell, column.evidence.examples))
        if code is not None
    )
    found = dict.fromkeys(said)
    codes = {
        cell.strip().upper(): None for column in money if column.role == "currency" for cell in column.evidence.examples
    }
    return tuple(codes or found)
