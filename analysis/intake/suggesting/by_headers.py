"""What the headers of a table say together: orders or customers, and money in two columns, in and out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from analysis.engine import fetch_rows, look
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import Role, header_score, normal, roles
from analysis.intake.suggesting.against import numbers_each_row
from analysis.intake.suggesting.column_guess import ColumnGuess
from analysis.intake.suggesting.describe import scan
from analysis.intake.tables import RawTable

OF_ORDERS, MORE = 3, 2  # headers that only orders have, and how many more than those of customers alone
WHOLE = 0.9  # score of a header that says what it is
CENTS = 0.3  # share of figures with decimals, from which they may be money
SUBSCRIPTION = re.compile(
    r"subscription|subskription|abonnement|\babo(?:\b|[-_ ]?n)|suscripci|assinatura|abbonament|подписк|abonelik|订阅"
    r"|サブスク|구독",
    re.IGNORECASE,
)
RUNS_ON = re.compile(
    r"\bplan\b|tarif|\bmrr\b|\barr\b|interval|billing cycle|renew|cancel|trial|next billing"
    r"|套餐|周期|续费|到期|プラン|更新|요금제",
    re.IGNORECASE,
)
RECURRING = re.compile(
    r"\b[ma]rr\b|recurring|per month|/ ?mo(?:nth)?\b|plan price|monthly (?:price|fee|amount|revenue|value)"
    r"|récurrent|recurrente|ricorrent|"
    r"recorrente|wiederkehrend|monatlich|ежемесяч|月度经常性|经常性收入|套餐价|月額|월 ?정액",
    re.IGNORECASE,
)  # money that comes again, and is no order's
MONEY_WORD = re.compile(
    r"fee|price|paid|cost|amount|charge|revenue|total|betrag|preis|kosten|prix|montant|importe|precio|importo|prezzo|valor|费|额|价|款|金"
)
# Money in and out, each in a column of its own: what a bank, a wallet or a ledger shows.
MONEY_IN = re.compile(
    r"^(?:credit|credits|creditamount|amountcredit|moneyin|paidin|deposit|deposits|haben|gutschrift|recette|encaissement|"
    r"abono|abonos|haber|avere|entrate|entradas|credito|creditos|kredit|bij|ma|кредит|приход|alacak|"
    r"贷方|贷方金额|贷方发生额|貸方|貸方金额|收入|收入金额|入金|입금|대변|دائن)$"
)
MONEY_OUT = re.compile(
    r"^(?:debit|debits|debitamount|amountdebit|moneyout|paidout|withdrawal|withdrawals|soll|belastung|depense|"
    r"decaissement|cargo|cargos|debe|dare|uscite|saidas|debito|debitos|debet|af|wn|дебет|расход|borc|"
    r"借方|借方金额|借方发生额|支出|支出金额|出金|출금|차변|مدين)$"
)
STATEMENT = re.compile(
    r"valuta|buchungstag|verwendungszweck|auftraggeber|empfänger|value date|booking date|counterparty|beneficiary|"
    r"payee|iban|payment reference|libellé|date de valeur|bénéficiaire|fecha valor|concepto|beneficiario|data valuta|"
    r"causale|ordinante|"
    r"tegenrekening|naam tegenpartij|omschrijving|data operacji|nadawca|odbiorca|назначение платежа|контрагент|"
    r"对方户名|对方账号|摘要|交易对方|記帳日|적요",
    re.IGNORECASE,
)  # headings of a bank statement, of which two make one
INVOICE = re.compile(
    r"invoice|rechnung|factur|fattur|fatura|faktur|billing|bill\.?\s?doc|发票|發票|開票|开票|請求書|请求书|счет|счёт|рахун|"
    r"청구서|계산서|فاتورة|ใบแจ้งหนี้|számla|lasku|τιμολ|hóa đơn",
    re.I,
)
DUE = re.compile(
    r"due ?date|amount ?due|balance ?due|fällig|échéance|vencimiento|scadenza|vencimento|vervaldatum|"
    r"termin płatności|splatnost|срок оплаты|vade tarihi|forfald|förfallo|到期日|支払期限|납기",
    re.I,
)
LEAST_SAYING = 2
LOOKED_AT = 2000  # rows in which the words of either side are looked for
LEAST_SOLD = 3  # rows of either side that are called sales
ONE_SIDE = 0.9  # of them
BARE = ("id", "number", "no", "编号", "号码", "nr", "numero")


def is_open(header: str, beside: Sequence[str] = ()) -> bool:
    """Say whether a heading names what is still to be paid, or the day by which; or what was paid first, beside such.

    Examples
    --------
    >>> [is_open(one) for one in ("Balance due", "未收金额", "Due date", "Amount paid")]
    [True, True, True, False]
    >>> is_open("定金", ["合同金额", "尾款"]), is_open("定金", ["合同金额"])
    (True, False)
    """
    words = words_of("paying")
    if DUE.search(header) is not None or words.says(header, "open"):
        return True
    return words.says(header, "means") and any(words.says(other, "open") for other in beside)


def says_customers(as_orders: Sequence[ColumnGuess], as_customers: Sequence[ColumnGuess]) -> bool:
    """With one row per customer, count the headers that only one kind of table has."""
    return _only_of("customers", as_customers) >= _only_of("orders", as_orders)


def numbers_orders(key: ColumnGuess, as_orders: Sequence[ColumnGuess], as_customers: Sequence[ColumnGuess]) -> bool:
    """Say whether an id that does not say whose it is stands on orders that lack something: they are no customers."""
    is_order = any(one.name == key.name and one.role == "order_id" for one in as_orders)
    if not is_order and normal(key.name) not in BARE:
        return False
    n_orders, n_customers = _only_of("orders", as_orders), _only_of("customers", as_customers)
    return n_orders >= OF_ORDERS and n_orders >= n_customers + MORE


def _only_of(kind: str, columns: Sequence[ColumnGuess]) -> int:
    catalogue = roles()
    return sum(1 for column in columns if column.reason == "header" and _only(catalogue[column.role], kind))


def _only(role: Role, kind: str) -> bool:
    """Say whether a role is one of orders but not of customers, or the other way round."""
    return kind in role.tables and not {"orders", "customers"} - {kind} & set(role.tables)


def lists_subscriptions(as_orders: Sequence[ColumnGuess]) -> bool:
    """Say whether rows are subscriptions: what is cancelled there is a customer who left, and no order undone.

    A number of its own for each row, which its header calls a subscription's, and a plan, a renewal or a monthly sum.
    """
    own = [one for one in as_orders if SUBSCRIPTION.search(one.name) and numbers_each_row(one.evidence)]
    return bool(own) and any(RUNS_ON.search(one.name) for one in as_orders if one not in own)


def lists_accounts(as_orders: Sequence[ColumnGuess], as_customers: Sequence[ColumnGuess]) -> bool:
    """Say whether rows, one for each customer, hold what an account brings in again and again, and who it is.

    That is no order, whenever the account was opened; an order has a number, goods or pieces.
    """
    amount = next((one for one in as_orders if one.role == "amount"), None)
    if amount is None or not RECURRING.search(amount.name):
        return False
    of_orders = {one.role for one in as_orders if one.reason == "header"} & {
        "order_id",
        "product",
        "product_id",
        "quantity",
    }
    people = {one.role for one in as_customers} & {"email", "phone", "company", "name"}
    return bool(people) and not of_orders


def visits_are_paid(events: Sequence[ColumnGuess], as_orders: Sequence[ColumnGuess]) -> bool:
    """Say whether rows taken for events are visits that somebody paid: no event is named, and money stands there."""
    if any(one.role == "event" for one in events):
        return False
    return any(
        one.evidence.kind == "number" and one.evidence.decimal_share > CENTS and MONEY_WORD.search(normal(one.name))
        for one in as_orders
    )


@dataclass(frozen=True)
class Sides:
    """The places of debit and credit, which of them sales stand in, and what says so.

    ``by`` is ``words`` (rows of one side are called sales, by the column ``header``), ``statement`` (a bank shows what
    came in), ``customer`` (the rows are of customers: of what is booked for them, sales are the debit) or ``nothing``.
    ``back`` rows of the other side are called returns.
    """

    debit: int
    credit: int
    sold: Literal["debit", "credit"]
    by: Literal["words", "statement", "customer", "nothing"]
    header: str = ""
    back: int = 0

    @property
    def chosen(self) -> int:
        """The place of the column that sales stand in."""
        return self.debit if self.sold == "debit" else self.credit

    @property
    def other(self) -> int:
        """The place of the other one."""
        return self.credit if self.sold == "debit" else self.debit


def is_statement(headers: Sequence[str]) -> bool:
    """Say whether headings are those of a bank statement.

    Examples
    --------
    >>> is_statement(["Buchungstag", "Verwendungszweck", "Betrag"]), is_statement(["Datum", "Kunde", "Betrag"])
    (True, False)
    """
    return sum(1 for header in headers if STATEMENT.search(header)) >= LEAST_SAYING


def has_sides(headers: Sequence[str]) -> bool:
    """Say whether money stands in one column of debits and one of credits.

    Examples
    --------
    >>> has_sides(["Date", "Debit", "Credit"]), has_sides(["Date", "Credit", "Total"]), has_sides(["Soll", "Haben"])
    (True, False, True)
    """
    named = [normal(header) for header in headers]
    return all(sum(1 for name in named if side.match(name)) == 1 for side in (MONEY_IN, MONEY_OUT))


def sides_of(table: RawTable) -> Sides | None:
    """Return which of debit and credit holds the sales of a table; None where money stands otherwise.

    In the shop's books an invoice is the customer's debit and a payment his credit, in a statement of its bank what
    came in is the credit. The words of the rows decide, then the headings.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> days = [f"2024-01-{i + 10},K{i % 4}," for i in range(20)]
    >>> rows = "".join(day + ("Invoice,5.5,\\n" if i % 3 else "Receipt,,5.5\\n") for i, day in enumerate(days))
    >>> found = sides_of(read_file(("Date,Party,Type,Debit,Credit\\n" + rows).encode())[0])
    >>> found.sold, found.by, found.header
    ('debit', 'words', 'Type')
    """
    headers = table.columns
    if not has_sides(headers):
        return None
    debit = next(place for place, header in enumerate(headers) if MONEY_OUT.match(normal(header)))
    credit = next(place for place, header in enumerate(headers) if MONEY_IN.match(normal(header)))
    if is_statement(headers):
        return Sides(debit, credit, "credit", "statement")
    by_words = _by_words(table, debit, credit)
    if by_words is not None:
        return by_words
    named = any(
        header_score(header, roles()["customer_id"]) >= WHOLE and not STATEMENT.search(header) for header in headers
    )
    return Sides(debit, credit, "debit" if named else "credit", "customer" if named else "nothing")


def _by_words(table: RawTable, debit: int, credit: int) -> Sides | None:
    """Return the side on which nearly all rows stand that a column calls sales."""
    meaning = cache(words_of("row_types").meaning)
    others = [place for place in range(len(table.columns)) if place not in (debit, credit)]
    cells = ", ".join(f"c{place}" for place in (debit, credit, *others))
    with look() as connection, scan(connection, table) as rows:
        found = fetch_rows(connection, f"SELECT {cells} FROM {rows} LIMIT {LOOKED_AT}")
    counts: Counter[tuple[int, str, bool]] = Counter()
    for out, into, *words in found:
        filled = [bool(re.search("[1-9]", cell or "")) for cell in (out, into)]
        if filled[0] != filled[1]:
            counts.update((place, meaning(cell), filled[0]) for place, cell in zip(others, words, strict=True) if cell)
    for place in sorted(others, key=lambda place: -counts[place, "sale", True] - counts[place, "sale", False]):
        out, into = counts[place, "sale", True], counts[place, "sale", False]
        if max(out, into) >= LEAST_SOLD and max(out, into) >= ONE_SIDE * (out + into):
            is_out = out > into
            back = counts[place, "return", not is_out]
            return Sides(debit, credit, "debit" if is_out else "credit", "words", table.columns[place], back)
    return None
