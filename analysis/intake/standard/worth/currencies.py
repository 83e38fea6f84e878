"""Money of several currencies: which each line is in, and that they are never added up.

One currency is counted: the one a person chose, else the one of most lines. The others are converted by rates that a
column tells or a person typed, or set aside.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, literal
from analysis.intake.cells.values import MONEY, category, number
from analysis.intake.meaning.currency import SIGN, code_of
from analysis.intake.meaning.words import means_yuan
from analysis.intake.suggesting.proven.rates import rate_cell
from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from analysis.intake.choices import Choices
    from analysis.intake.mapped import Mapped

WITHOUT_CENTS = ("JPY", "KRW", "VND", "CLP", "HUF", "TWD", "ISK", "PYG", "UGX", "XAF", "XOF")
MOST_CURRENCIES = 60


def line_currency(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str | None:
    """Write the code of the currency of each raw row as SQL; None where a table says nothing of it."""
    raw = one.raw("currency")
    said = category(raw) if raw else None
    if said is None and (amount := one.raw("amount") or one.raw("unit_price")) and not one.table.stored:
        said = f"trim(regexp_extract({amount}, {literal(SIGN)}, 1), ' 0123456789().')"
    if said is None:
        return None
    found = fetch_rows(
        connection, f"SELECT DISTINCT {said} AS sign FROM {one.view} ORDER BY sign LIMIT {MOST_CURRENCIES}"
    )
    codes = {str(sign): code for (sign,) in found if sign and (code := code_of(str(sign)))}
    if not codes:
        return None
    whens = " ".join(f"WHEN {literal(sign)} THEN {literal(code)}" for sign, code in codes.items())
    return f"CASE {said} {whens} END"


def one_currency(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped], recipe: Choices, notes: list[Note]
) -> dict[int, int]:
    """Convert or set aside the lines of other currencies; return how many were set aside, by table.

    Notes ``currencies_mixed`` with the lines and the money of each.
    """
    with_one = [one for one in tables if "money_in" in _columns(connection, one)]
    if any(_states_another(connection, one) for one in with_one):
        with_one += _told_by_headings(connection, [one for one in tables if one not in with_one])
    lines: Counter[str] = Counter()
    money: dict[str, float] = {}
    for one in with_one:
        for code, n, total in fetch_rows(
            connection,
            f"SELECT money_in, count(*), sum(amount) FROM {one.lines} WHERE reason IS NULL AND money_in IS NOT NULL "
            "GROUP BY money_in ORDER BY money_in",
        ):
            lines[code] += int(n)
            money[code] = money.get(code, 0.0) + float(total or 0)
    if len(lines) < 2:
        return {}
    chosen = recipe.cleaning.only_currency
    if chosen not in lines:
        chosen = _main_by_rates(connection, with_one)
    if chosen not in lines:
        own = recipe.currency
        chosen = own if own is not None and own in lines else max(lines, key=lambda code: (lines[code], code))
    rates = {rate.currency: rate.rate for rate in recipe.rates}
    left: dict[int, int] = {}
    by_column: dict[str, int] = {}
    for one in with_one:
        n = _by_column(connection, one, chosen) if chosen != recipe.cleaning.only_currency else 0
        if n:
            by_column[one.table.key] = n
        for code, rate in rates.items():
            if code != chosen:
                connection.execute(
                    f"UPDATE {one.lines} SET amount = TRY_CAST(CAST(amount AS DOUBLE) * {rate!r} AS {MONEY}), "
                    f"money_in = {literal(chosen)} WHERE money_in = {literal(code)} AND reason IS NULL"
                )
        other = f"reason IS NULL AND money_in <> {literal(chosen)}"
        [(n,)] = fetch_rows(connection, f"SELECT count(*) FROM {one.lines} WHERE {other}")
        if n:
            connection.execute(
                f"INSERT INTO set_aside SELECT {one.index}, line, 'other_currency' FROM {one.lines} WHERE {other}"
            )
            connection.execute(f"UPDATE {one.lines} SET reason = 'other_currency' WHERE {other}")
            left[one.index] = int(n)
    facts = {
        "chosen": chosen, "lines": dict(lines), "money": dict(money), "converted": sorted(set(rates) & set(lines)),
        "n": sum(left.values()), "by_person": recipe.cleaning.only_currency in lines, "by_column": by_column,
    }  # fmt: skip
    asks = left and not facts["by_person"] and not by_column
    notes.append(Note("currencies_mixed", facts, "ask" if asks else "check"))
    return left


def _rated(one: Mapped) -> tuple[str, str] | None:
    """Write the rate of each raw row, and how money is turned into the main currency by it; None without rates."""
    for role, way in (("fx_times", "*"), ("fx_divided", "/")):
        if raw := one.raw(role):
            return f"(SELECT line AS told_line, {rate_cell(raw)} AS rate FROM {one.view})", way
    return None


def _main_by_rates(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped]) -> str:
    """Return the currency of the lines whose rate is one; "" without rates."""
    of_one: Counter[str] = Counter()
    for one in tables:
        if rated := _rated(one):
            for code, n in fetch_rows(
                connection,
                f"SELECT money_in, count(*) FROM {one.lines} JOIN {rated[0]} ON line = told_line WHERE rate = 1 "
                "AND money_in IS NOT NULL GROUP BY money_in ORDER BY money_in",
            ):
                of_one[str(code)] += int(n)
    return max(of_one, key=lambda code: of_one[code], default="")


def _by_column(connection: duckdb.DuckDBPyConnection, one: Mapped, main: str) -> int:
    """Turn the lines of other currencies into the main one by the rate that a column tells; return how many."""
    rated = _rated(one)
    if rated is None:
        return 0
    test = f"reason IS NULL AND money_in <> {literal(main)} AND rate > 0"
    [(n,)] = fetch_rows(
        connection, f"SELECT count(*) FROM {one.lines} JOIN {rated[0]} ON line = told_line WHERE {test}"
    )
    connection.execute(
        f"UPDATE {one.lines} SET amount = TRY_CAST(CAST(amount AS DOUBLE) {rated[1]} rate AS {MONEY}), "
        f"money_in = {literal(main)} FROM {rated[0]} WHERE line = told_line AND {test}"
    )
    return int(n)


def _states_another(connection: duckdb.DuckDBPyConnection, one: Mapped) -> bool:
    found = connection.execute(
        f"SELECT 1 FROM {one.lines} WHERE reason IS NULL AND money_in <> 'CNY' LIMIT 1"
    ).fetchone()
    return found is not None


def _told_by_headings(connection: duckdb.DuckDBPyConnection, tables: Sequence[Mapped]) -> list[Mapped]:
    """Return the tables without a currency whose money has a Chinese heading; their lines are taken as yuan."""
    found = []
    for one in tables:
        columns = [column for role in ("amount", "unit_price") if one.source and (column := one.source.column(role))]
        if any(means_yuan(column.name) for column in columns):
            connection.execute(f"ALTER TABLE {one.lines} ADD COLUMN money_in VARCHAR DEFAULT 'CNY'")
            found.append(one)
    return found


def _columns(connection: duckdb.DuckDBPyConnection, one: Mapped) -> set[str]:
    return {str(name) for name, *_ in fetch_rows(connection, f"DESCRIBE {one.lines}")}


def in_cents(currency: str | None) -> str:
    """Write how a typed number of cents, ``{}``, becomes money; a currency without cents stays as it is."""
    if currency is None:
        return f"CAST({{0}} / 100 AS {MONEY})"
    whole = ", ".join(map(literal, WITHOUT_CENTS))
    return f"CAST({{0}} / CASE WHEN {currency} IN ({whole}) THEN 1 ELSE 100 END AS {MONEY})"


def are_minor_units(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str) -> bool:
    """Say whether whole amounts are cents, as programs exchange them: the rest of the table must look like a program's.

    Two of: times as seconds since 1970, ids such as ``ch_1`` or ``cus_2``, currencies in small letters, a column that
    names the kind of object; and amounts that are no round figures.
    """
    if one.table.stored:
        return False
    columns = [f"c{place}" for place in range(len(one.table.columns))]
    shapes = (("1[0-9]{9}", 1.0), ("[a-z]{2,4}_[A-Za-z0-9]+", 100.0), ("[a-z]{3}", 10000.0))
    looks = ", ".join(
        "avg(CASE "
        + " ".join(f"WHEN regexp_full_match(trim({column}), '{shape}') THEN {mark}" for shape, mark in shapes)
        + " ELSE 0 END)"
        for column in columns
    )
    shares = fetch_rows(connection, f"SELECT {looks} FROM (SELECT * FROM {one.view} LIMIT 2000)")[0]
    signs = {
        "epoch": any(share == 1.0 for share in shares),
        "ids": any(share == 100.0 for share in shares),
        "codes": any(
            share == 10000.0 and code_of(_first(connection, one, column)) is not None
            for share, column in zip(shares, columns, strict=True)
        ),
    }
    if sum(signs.values()) < 2:
        return False
    value = f"CASE WHEN NOT regexp_matches({raw}, '[.,]') THEN {number(raw)} END"
    whole, odd, n = fetch_rows(
        connection,
        f"SELECT count(*) FILTER ({value} = floor({value})), count(*) FILTER ({value} % 100 <> 0), count({raw}) "
        f"FROM (SELECT * FROM {one.view} LIMIT 20000)",
    )[0]
    return bool(n) and whole == n and odd >= 0.2 * n


def _first(connection: duckdb.DuckDBPyConnection, one: Mapped, column: str) -> str:
    found = fetch_rows(connection, f"SELECT {column} FROM {one.view} WHERE {column} IS NOT NULL LIMIT 1")
    return str(found[0][0]) if found else ""
