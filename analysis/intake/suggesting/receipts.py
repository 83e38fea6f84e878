"""Receipts and invoices: what came in for an order bit by bit, beside its price, and which number is the document's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, look
from analysis.intake.cells.values import number
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import WHOLE_HEADER, Evidence, header_score, normal, roles
from analysis.intake.suggesting.arithmetic import instalments, numbers_instalments, numbers_of
from analysis.intake.suggesting.by_headers import DUE, INVOICE
from analysis.intake.suggesting.column_guess import Taken
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.other_money import NO_MONEY, is_other_money
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    import duckdb
    import numpy as np

MOSTLY_FULL = 0.98
LEAST_ORDERS = 5  # of several rows
MOST_ORDERS = 6  # columns that are tried
LOOKED_AT = 50_000  # rows
PEOPLE = ("customer_id", "phone", "email", "id_number", "name", "company")  # roles by which an order is that of one
MOSTLY = 0.9  # of them show one price, and hold receipts of several days
VARIED = 0.5  # of them hold different receipts (three equal ones may be all of an order), and stay within their price
CENT = 0.011
HALF = 0.5  # score of a heading that names what it holds
MOST_RESTS = 3  # columns of what is open that are tried
LEAST_WHOLES, LEAST_OPEN = 8, 2  # rows with a total, and of them with a rest
NEAR = 0.01  # of a total
MADE = 0.85  # of the rows add up
TO_PAY = re.compile(
    r"te betalen|zu zahlen|zahlbetrag|to pay|à payer|a pagar|da pagare|do zapłaty|к оплате|ödenecek", re.I
)
HALF_EMPTY = 0.9  # of the rows have a number, below which it is that of the buyer, or of some orders
BILLED = re.compile(  # headings of what an invoice is over
    r"brutto|rechnungs(?:betrag|summe)|invoice ?(?:amount|value|total)|gross|\bttc\b|importe (?:de )?factura|"
    r"importo fattura|lordo|valor da (?:fatura|nota)|factuurbedrag|kwota faktury|сумма сч[её]та|fatura tutarı|"
    r"发票金额|开票金额|含税金额|価税合計|税込|請求金額|청구금액",
    re.I,
)


def came_in(header: str) -> bool:
    """Say whether a heading of money says that it came in: not what is asked for, given back, or still open.

    Examples
    --------
    >>> [came_in(one) for one in ("收款金额", "Amount received", "Zahlung", "应收款金额", "Refund paid", "套系总价")]
    [True, True, True, False, False, False]
    """
    words = words_of("amounts")
    if NO_MONEY.search(normal(header)) or is_other_money(header) or words.says(header, "asked"):
        return False
    said = words.says(header, "came_in") or words.says(header, "paid")
    return said and not words_of("figures").says(header, "of_shop")


def prices_beside(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    *,
    order: int,
    day: int,
    receipt: int,
    prices: Sequence[int],
    person: int | None = None,
) -> dict[int, bool]:
    """Return the columns that show one sum on all receipts of an order, where these came on several days and differ.

    Each with True where receipts stay within it, and False where each says what was received so far; a sum that they
    go beyond is no price of theirs, as that of a month is none of a subscription. Lines of one basket are of one day.

    Parameters
    ----------
    rows : str
        SQL that names rows of cells ``c0``, ``c1``, ….
    order, day, receipt, prices, person : int
        The places of columns; with ``person`` an order has to be that of one.
    """
    if not prices:
        return {}
    whose = "NULL" if person is None else f"c{person}"
    told = ", ".join(f"c{at} AS w{at}, {_money(at)} AS p{at}" for at in prices)
    each = ", ".join(
        f"min(w{at}) = max(w{at}) AND count(w{at}) = n AS one{at}, sum(paid) <= max(p{at}) + {CENT} AS within{at}"
        for at in prices
    )
    counted = ", ".join(f"count(*) FILTER (one{at}), count(*) FILTER (within{at})" for at in prices)
    n, of_days, differ, shared, longer, grow, *found = fetch_row(
        connection,
        f"SELECT count(*), count(*) FILTER (days > 1), count(*) FILTER (sums > 1), count(*) FILTER (people > 1), "
        f"count(*) FILTER (n > 2), count(*) FILTER (n > 2 AND grows), {counted} FROM ("
        "SELECT count(*) AS n, count(DISTINCT d) AS days, count(DISTINCT t) AS sums, count(DISTINCT who) AS people, "
        f"coalesce(min(step) > 0 OR max(step) < 0, false) AS grows, {each} FROM ("
        f"SELECT *, paid - lag(paid) OVER (PARTITION BY o ORDER BY r) AS step FROM (SELECT row_number() OVER () AS r, "
        f"c{order} AS o, c{day} AS d, c{receipt} AS t, {whose} AS who, {_money(receipt)} AS paid, {told} "
        f"FROM (FROM {rows} LIMIT {LOOKED_AT}))) WHERE o IS NOT NULL GROUP BY o HAVING count(*) > 1)",
    )
    if n < LEAST_ORDERS or of_days < MOSTLY * n or differ < VARIED * n or shared > (1 - MOSTLY) * n:
        return {}
    so_far = longer >= LEAST_ORDERS and grow >= MOSTLY * longer
    pairs = zip(prices, found[::2], found[1::2], strict=True)
    beside = {at: within >= VARIED * n for at, one, within in pairs if one >= MOSTLY * n}
    return {at: within for at, within in beside.items() if within or so_far}


def _money(place: int) -> str:
    """Read money of either decimal style, as SQL."""
    return f"coalesce({number(f'c{place}')}, {number(f'c{place}', decimal='comma')})"


def by_instalments(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> bool:
    """Take instalments for the amount where those of a contract add up to a total that stands on each of its rows.

    The contract is the order, and its day that of the order where it has one. Return whether they do.
    """
    amount = roles_taken.get("amount")
    if amount is None or table.stored or not any(map(numbers_instalments, evidence)):
        return False
    free = [index for index in range(len(table.columns)) if index not in columns_taken]
    money = [amount, *(index for index in free if evidence[index].kind == "number")]
    named = roles_taken.get("order_id")
    contracts = [named] if named is not None else [i for i in free if 1 < evidence[i].n_distinct < evidence[i].n_filled]
    days = [i for i, seen in enumerate(evidence) if seen.kind == "date" and seen.fill >= MOSTLY_FULL]
    found = instalments(table, evidence, money=money, contracts=contracts, days=days)
    if found is None:
        return False
    taken = {"amount": found.part, "order_id": found.contract} | (
        {} if found.day is None else {"order_date": found.day}
    )
    take(taken, roles_taken, columns_taken)
    return True


def by_receipts(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> bool:
    """Take what came in for the amount rather than the price of an order that stands on each of its receipts.

    Where receipts have numbers of their own, that of the contract beside them is the order. What was received so far
    cannot be added up: then the price is the amount, and counts once for its contract. Return whether there are any.
    """
    amount, named, day = (roles_taken.get(role) for role in ("amount", "order_id", "order_date"))
    if amount is None or day is None or table.stored:
        return False
    free = [index for index in range(len(table.columns)) if index not in columns_taken]
    money = [amount, *(i for i in free if evidence[i].kind == "number" and not is_other_money(table.columns[i]))]
    receipts = [index for index in money if came_in(table.columns[index])]
    person = next((roles_taken[role] for role in PEOPLE if role in roles_taken), None)
    orders = [named] if named is not None else []
    orders += [i for i in free if person is not None and evidence[i].kind in ("text", "category")]
    orders = [i for i in orders if 1 < evidence[i].n_distinct < evidence[i].n_filled and evidence[i].personal is None]
    if not orders or not receipts:
        return False
    with look() as connection, scan(connection, table) as rows:
        for order, receipt in product(orders[:MOST_ORDERS], receipts):
            both = {"order": order, "receipt": receipt}
            prices = [amount] if receipt != amount else [one for one in money if one != amount]
            of_one = None if order == named else person
            found = prices_beside(connection, rows, day=day, prices=prices, person=of_one, **both)
            for price, within in found.items():
                take({"order_id": order, "amount": receipt if within else price}, roles_taken, columns_taken)
                return True
    return False


def by_full_number(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take the number that every row has, and that groups rows of one customer and day, rather than a half-empty one.

    What buyers write on their orders stands on some documents alone. A number that is blank below the first line of its
    order differs within the other one, and stays.
    """
    named = roles_taken.get("order_id")
    if named is None or table.stored or evidence[named].fill >= HALF_EMPTY:
        return
    others = [
        i for i, seen in enumerate(evidence)
        if (i not in columns_taken or columns_taken[i][0].key in ("parent_order", "product_id"))
        and seen.fill >= MOSTLY_FULL and 1 < seen.n_distinct < seen.n_filled
        and header_score(table.columns[i], roles()["order_id"]) >= WHOLE_HEADER
    ]  # fmt: skip
    beside = [roles_taken[role] for role in ("order_date", *PEOPLE) if role in roles_taken][:2]
    told = ", ".join(f"count(DISTINCT coalesce(c{i}, '')) AS k{i}" for i in (named, *beside))
    for other in others:
        with look() as connection, scan(connection, table) as rows:
            n, of_one = fetch_row(
                connection,
                f"SELECT count(*), count(*) FILTER ({' AND '.join(f'k{i} = 1' for i in (named, *beside))}) FROM ("
                f"SELECT {told} FROM (FROM {rows} LIMIT {LOOKED_AT}) WHERE c{other} IS NOT NULL GROUP BY c{other})",
            )
        if n >= LEAST_ORDERS and of_one >= MOSTLY * n:
            columns_taken.pop(other, None)
            for role in [role for role, index in roles_taken.items() if index == other]:
                roles_taken.pop(role)
            take({"order_id": other}, roles_taken, columns_taken)
            return


def by_invoices(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take what a document is over rather than what was paid of it so far, or in money beside a gift card.

    The rows show the total: as what was paid and what a heading calls still open, or paid by other means; or, of
    invoices, as the column that is what was paid in the rows that were, and never less.
    """
    amount, named = roles_taken.get("amount"), roles_taken.get("order_id")
    if amount is None:
        return
    lines = named is not None and evidence[named].n_distinct < MOSTLY * evidence[named].n_filled
    paid = table.columns[amount]
    free = [i for i, seen in enumerate(evidence) if i not in columns_taken and seen.kind == "number"]
    seen = {table.columns[i]: evidence[i] for i in (amount, *free)}
    whole = None if lines else whole_beside(table, seen, paid)
    if whole is None and came_in(paid):
        are_invoices = named is not None and INVOICE.search(table.columns[named]) is not None
        has_states = not {"status", "payment_state"}.isdisjoint(roles_taken)
        if (are_invoices and has_states) or any(map(DUE.search, table.columns)):
            totals = [
                name for name in seen
                if name != paid and (words_of("amounts").says(name, "total") or BILLED.search(name))
                and not is_other_money(name) and not DUE.search(name)
            ]  # fmt: skip
            numbers = numbers_of(table, {name: seen[name] for name in (paid, *totals)})
            whole = next((name for name in totals if name in numbers and paid_of(numbers[paid], numbers[name])), None)
    if whole is not None:
        take({"amount": table.columns.index(whole)}, roles_taken, columns_taken)


def whole_beside(table: RawTable, seen: Mapping[str, Evidence], paid: str) -> str | None:
    """Name the total of documents that is ``paid`` and what a column says is open, or was paid by other means.

    Parameters
    ----------
    seen : mapping of str to Evidence
        The columns of numbers, ``paid`` among them.
    """
    found = open_beside(table, seen, paid, meanings=("open", "means"))
    return found[0] if found else None


def open_beside(
    table: RawTable,
    seen: Mapping[str, Evidence],
    paid: str,
    discount: str | None = None,
    meanings: Sequence[str] = ("open",),
) -> tuple[str, str] | None:
    """Name the total that is ``paid`` and a rest, and the column of the rest; a discount may come off the total."""
    words, off = words_of("paying"), roles()["discount"]
    rests = [
        name for name in seen
        if name != paid and any(words.says(name, meaning) for meaning in meanings)
        and header_score(name, off) < HALF and not words_of("amounts").says(name, "by_platform")
    ]  # fmt: skip
    totals = [name for name in seen if name not in (paid, discount, *rests) and may_be_whole(name)]
    if not rests or not totals or not (came_in(paid) or words_of("amounts").says(paid, "asked") or TO_PAY.search(paid)):
        return None
    less = [discount] if discount is not None and discount in seen else []
    numbers = numbers_of(table, {name: seen[name] for name in (paid, *rests[:MOST_RESTS], *totals, *less)})
    for name, rest in product(totals, rests):
        if {name, rest, paid} <= numbers.keys():
            wholes = [
                numbers[name],
                *(abs(numbers[name]) - abs(_nought(numbers[one])) for one in less if one in numbers),
            ]
            if any(made_of(numbers[paid], numbers[rest], whole) for whole in wholes):
                return name, rest
    return None


def _nought(values: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.nan_to_num(values)


def may_be_whole(header: str) -> bool:
    """Say whether a heading may name what a document is over: no part of it, and nothing that stands on a list.

    Examples
    --------
    >>> [may_be_whole(one) for one in ("合同金额", "Total incl. VAT", "Shipping", "原价", "Invoice no")]
    [True, True, False, False, False]
    """
    return not (
        NO_MONEY.search(normal(header))
        or is_other_money(header)
        or words_of("amounts").says(header, "promised")
        or came_in(header)
    )


def made_of(paid: np.ndarray, rest: np.ndarray, total: np.ndarray) -> bool:
    """Say whether a total is what was paid and a rest, in nearly all rows but those called off, and never less.

    Examples
    --------
    >>> import numpy as np
    >>> total = np.arange(1.0, 21)
    >>> rest = np.where(total > 15, total / 2, 0)
    >>> made_of(total - rest, rest, total), made_of(total, rest, total), made_of(total, rest * 0, total)
    (True, False, False)
    """
    import numpy as np

    held, left, whole = (np.abs(np.nan_to_num(one)) for one in (paid, rest, total))
    rows = whole > 0
    if rows.sum() < LEAST_WHOLES or (left[rows] > CENT).sum() < LEAST_OPEN:
        return False
    near = CENT + NEAR * whole  # odd cents may be let off
    same = np.abs(held + left - whole) <= near
    return bool(
        same[rows].mean() >= MADE
        and same[rows & (left > CENT)].mean() >= MADE
        and (held <= whole + near)[rows].mean() >= MOSTLY_FULL
    )


def paid_of(paid: np.ndarray, total: np.ndarray) -> bool:
    """Say whether a column is what was paid of another: all of it in most rows with money, and more in next to none.

    Examples
    --------
    >>> import numpy as np
    >>> total = np.arange(1.0, 21)
    >>> paid_of(np.where(total > 17, 0, total), total), paid_of(total, total), paid_of(total * 0.8, total)
    (True, False, False)
    """
    import numpy as np

    held, all_of_it = np.abs(np.nan_to_num(paid)), np.abs(np.nan_to_num(total))
    some = held > 0
    open_rows = (held < all_of_it - CENT).sum()
    whole = np.abs(held - all_of_it) <= CENT
    return bool(
        open_rows and some.any() and whole[some].mean() >= VARIED and (held <= all_of_it + CENT).mean() >= MOSTLY_FULL
    )


def take(chosen: dict[str, int], roles_taken: dict[str, int], columns_taken: dict[int, Taken]) -> None:
    """Give roles to columns; those that had them have none."""
    for role, index in chosen.items():
        if roles_taken.get(role) != index:
            columns_taken.pop(roles_taken.get(role, -1), None)
            roles_taken[role] = index
            columns_taken[index] = (roles()[role], 0.6)
