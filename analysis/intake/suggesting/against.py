"""What the cells of a column, or the columns of a table, say against a role that a header suggests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.intake.decision import Confidence
from analysis.intake.headings import is_numbering
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import Evidence, header_score, normal, roles

if TYPE_CHECKING:
    from analysis.intake.suggesting.column_guess import ColumnGuess
    from analysis.intake.tables import RawTable

HONORIFICS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "mx",
        "herr",
        "frau",
        "hr",
        "fr",
        "m",
        "mme",
        "mlle",
        "sr",
        "sra",
        "srta",
        "sig",
        "sigra",
        "dhr",
        "mevr",
        "pan",
        "pani",
        "г",
        "г-н",
        "г-жа",
        "bay",
        "bayan",
        "先生",
        "女士",
        "小姐",
        "様",
        "さん",
        "님",
    ]
)
PERSONAL = ("name", "phone", "email", "company", "id_number")
FEW, MANY = 5, 40  # values of a column of people, and rows, from which so few are kinds
ABOUT = (
    "gender", "age", "age_band", "birth_year", "birth_date", "marital_status", "education", "occupation", "income",
    "recency_days", "n_orders", "spend", "signup_date", "last_order_date", "name", "email", "phone",
)  # fmt: skip
OF_ORDERS = ("product", "product_id", "order_id", "quantity", "unit_price", "status")
LEAST_ROWS, LEAST_COLUMNS = 20, 3
WEIGHTS = ("weight", "weights", "count", "counts", "n", "anzahl", "gewicht", "权重", "人数", "件数")
_CODES = re.compile(r"(?:[A-Za-z]{0,4}[-_/#]?\d[\dA-Za-z-]*(?: |$))+$")
NAMED = 0.9  # score of a header that says what it is
NAMES_ORDERS = 0.7  # of a header, from which "orders" may head their numbers
LEAST_NUMBERED = 10  # rows from which it is no chance that a number stands once in each
_SUM = r"(?:total|montant|betrag|summe|amount|importe|importo|valor|wartosc|kwota|bedrag|sales|tutar|сумма|金额|合计)"
_NET = re.compile(
    rf"^{_SUM}?(?:net|netto|neto|nett|liquido|ht|exclvat|exvat|excltax|净额|净收入|нетто|不含税|未税|税前|税抜){_SUM}?$"
)
GROSS = re.compile(
    rf"^{_SUM}?(?:gross|brutto|bruto|lordo|brut|ttc|inclvat|incltax|毛额|总额|брутто|含税|价税|税込){_SUM}?$"
)
FEE_TAKEN = re.compile(
    r"fee|gebuhr|provision|frais|comision|comissao|commission|provvigion|tarifa|手续费|服务费|佣金|手数料|수수료|комисс|komisyon|prowizj|kosten"
)
_PLAIN = re.compile(rf"^{_SUM}$")
_OF_PAYING = re.compile(
    r"^(?:total)?fees?$|(?:processing|platform|stripe|paypal|transaction|gateway|merchant|payment|card|application)fees?|"
    r"(?:transaktions|zahlungs|plattform|paypal)gebuhr|^gebuhr(?:en)?$|frais(?:de)?(?:paiement|plateforme|transaction|bancaires)|"
    r"comision(?:de)?(?:pago|plataforma|transaccion)|手续费|平台费|平台服务费|決済手数料|결제수수료"
)  # what those take who handle the payment, never the customer's to see
_LESSENED = re.compile(
    r"discount|rabatt|remise|descuento|sconto|desconto|korting|rabat|скидк|indirim|优惠|折扣|割引|할인"
)
_TAX = re.compile(r"^(?:mwst|ust|umsatzsteuer|vat|tax|salestax|iva|tva|btw|moms|ндс|kdv|税额|税金|消费税)")
RUNNING = re.compile(
    r"(?i)^(?:row|line|s|sr|seq|record|index|lfd|nr|no|unnamed|#)?[\W_]*(?:number|no|nr|num|id|index|idx|#|0)?\.?$|"
    r"^(?:序号|编号|行号|번호|連番|№|"
    r"rank|ranking|rang|排名|名次|順位|순위|posición|место|sıra)$"
)

_NOBODY = re.compile(r"97[89][\d-]{10,14}$|(?:https?://|www\.)\S+$", re.IGNORECASE)  # a book, the address of a page
_PART = re.compile(
    r"(firstname|givenname|forename|vorname|prenom|voornaam|imie)|surname|lastname|familyname|nachname|familienname|"
    r"nomdefamille|apellido|cognome|sobrenome|achternaam|nazwisko"
)
CENTS = 0.3  # of the cells have decimals, from which a count is none
OF_GUESTS = re.compile(
    r"guests?\b|covers?\b|\bpax\b|person|people|gäste|couverts?|convives|comensales|coperti|hóspedes|gasten|gości|гост|kişi|"
    r"人数|人數|位数|客数|名様|인원|ลูกค้า|ผู้เข้าพัก|ضيوف",
    re.I,
)  # how many sat at a table or came
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?", re.I)
_NO_NUMBER = re.compile(r"(?:time|length|duration|minutes|type|status|时间|時間|时长|时段|类型|種別|状态)\W*$", re.I)


def speaks_against(role: str, header: str, seen: Evidence) -> bool:
    """Say whether cells cannot be what a header promises.

    A day of birth is no day of an order, money no count, two values in many rows no names or phones, Mr. and Ms. no
    jobs, a time of the day, the length of a booking or one of a few words (monthly, yearly) no number of it, a deposit
    or guests at a table no quantity.

    Examples
    --------
    >>> [speaks_against("phone", "PhoneService", Evidence(60, 60, n)) for n in (3, 59)]
    [True, False]
    >>> [speaks_against("order_id", one, Evidence(60, 60, 9)) for one in ("Booking length", "Booking ref")]
    [True, False]
    >>> [speaks_against("quantity", one, Evidence(60, 60, 9)) for one in ("Anzahlung", "จำนวนลูกค้า", "Artikelanzahl")]
    [True, True, False]
    >>> speaks_against("order_id", "contract", Evidence(60, 60, 2, examples=("monthly", "yearly")))
    True
    """
    if role == "order_date":
        return seen.old_share > 0.5 or header_score(header, roles()["birth_date"]) >= 0.9
    if role == "order_id":
        clock = bool(seen.examples) and all(_CLOCK.fullmatch(cell.strip()) for cell in seen.examples)
        few = 1 < seen.n_distinct <= FEW and seen.n_filled >= MANY
        kinds = few and bool(seen.examples) and not any(sign.isdigit() for cell in seen.examples for sign in cell)
        return clock or kinds or _NO_NUMBER.search(header) is not None
    if role == "quantity" and header_score(header, roles()["quantity"]) < NAMED:
        of_money = words_of("paying").says(header, "means") or seen.decimal_share > CENTS
        return of_money or OF_GUESTS.search(header) is not None
    if role in PERSONAL:
        is_kind = 1 < seen.n_distinct <= FEW and seen.n_filled >= MANY
        says_name = role == "name" and re.search(r"name|nom\b|nombre|nome|имя|이름|名", normal(header)) is not None
        return is_kind and (seen.kind == "flag" or not says_name)
    if role == "n_orders":
        return seen.decimal_share > 0.05 or numbers_orders_of_rows(header, seen)
    if role == "spend" and normal(header) == "purchases":
        return seen.decimal_share <= 0.05
    if role == "job_role":
        cells = [cell.strip().rstrip(".").lower() for cell in seen.examples]
        return bool(cells) and all(cell in HONORIFICS for cell in cells)
    return False


def is_nobody(seen: Evidence) -> bool:
    """Say whether cells are numbers of books or addresses of pages, whatever their heading: never a customer.

    Examples
    --------
    >>> [is_nobody(Evidence(60, 60, 60, examples=(one,))) for one in ("https://a.example/k/7", "9783161484100", "K7")]
    [True, True, False]
    """
    return bool(seen.examples) and all(_NOBODY.match(cell.strip()) for cell in seen.examples)


def part_of_name(header: str) -> str | None:
    """Return which part of a name a heading names, ``given`` or ``family``: many people share it.

    Examples
    --------
    >>> [part_of_name(one) for one in ("Buyer Surname", "Prénom payeur", "Customer name")]
    ['family', 'given', None]
    """
    found = _PART.search(normal(header))
    return None if found is None else "given" if found[1] else "family"


def numbers_each_row(seen: Evidence) -> bool:
    """Say whether a column names every row by a value of its own.

    Examples
    --------
    >>> [numbers_each_row(Evidence(n, n, different)) for n, different in ((60, 60), (60, 7), (2, 2))]
    [True, False, False]
    """
    return seen.n_rows >= LEAST_NUMBERED and seen.n_distinct == seen.n_filled >= 0.98 * seen.n_rows


def numbers_orders_of_rows(header: str, seen: Evidence) -> bool:
    """Say whether a column gives each row the number of its order, and does not count how often somebody bought.

    Examples
    --------
    >>> codes = Evidence(60, 60, 60, number_share=1, examples=("1001", "1002"))
    >>> [numbers_orders_of_rows(one, codes) for one in ("Order no", "单号", "number", "Total orders")]
    [True, True, True, False]
    >>> numbers_orders_of_rows("Order no", Evidence(60, 60, 7, number_share=1))
    False
    """
    if not numbers_each_row(seen) or seen.decimal_share or seen.kind == "date":
        return False
    return is_numbering(header) or header_score(header, roles()["order_id"]) > NAMES_ORDERS


def is_net_of_fees(header: str, headers: Sequence[str]) -> bool:
    """Say whether a column holds what is left after fees or taxes: what was paid stands beside it, with them.

    Examples
    --------
    >>> is_net_of_fees("Netto", ["Datum", "Brutto", "Gebühr", "Netto"]), is_net_of_fees("Netto", ["Brutto", "Netto"])
    (True, False)
    >>> is_net_of_fees("Total HT", ["Date", "Total HT", "TVA", "Total TTC"])
    True
    >>> [is_net_of_fees("Net total", ["Price", "Fees", "Net total", *more]) for more in ([], ["Quantity"])]
    [True, False]
    >>> [is_net_of_fees("Net", ["Amount", fee, "Net"]) for fee in ("Processing fee", "Shipping fee")]
    [True, False]
    """
    if not _NET.match(normal(header)):
        return False
    names = [normal(one) for one in headers]
    if any(map(GROSS.match, names)):
        return any(FEE_TAKEN.search(name) or _TAX.match(name) for name in names)
    if any(map(_PLAIN.match, names)) and any(map(_OF_PAYING.search, names)) and not any(map(_LESSENED.search, names)):
        return True
    priced, counted = (
        any(header_score(one, roles()[role]) >= NAMED for one in headers) for role in ("unit_price", "quantity")
    )
    return priced and not counted and any(map(FEE_TAKEN.search, names))


def is_own_number(index: int, header: str, seen: Evidence) -> bool:
    """Say whether a column numbers what the rows are: named as numbers, or the first column, of numbers or codes.

    Examples
    --------
    >>> deals = Evidence(60, 60, 60, number_share=1, examples=("1", "2"))
    >>> is_own_number(0, "Deal", deals), is_own_number(3, "Deal", deals), is_own_number(3, "Gift ID", deals)
    (True, False, True)
    """
    if seen.personal or seen.kind == "date" or RUNNING.match(header.strip()):
        return False
    codes = seen.decimal_share == 0 and bool(_CODES.match(" ".join(seen.examples)))
    return is_numbering(header) or (index == 0 and codes)


def is_running_number(header: str, seen: Evidence) -> bool:
    """Say whether a column only numbers the rows: whole numbers, each once, under a heading of numbers or ranks.

    Examples
    --------
    >>> [is_running_number(one, Evidence(60, 60, 60, number_share=1)) for one in ("Lead Number", "排名", "Visits")]
    [True, True, False]
    """
    counts = seen.number_share >= 0.9 and seen.decimal_share == 0 and seen.n_distinct == seen.n_rows
    return counts and (bool(RUNNING.match(header.strip())) or is_numbering(header))


def describes_people(table: RawTable, as_customers: Sequence[ColumnGuess]) -> Confidence | None:
    """Say how sure it is that each row of a table without a customer's number is a customer; None when it is none.

    Two headers of people, or of what a customer bought, say so. Else every column has to be a figure or a kind: no
    day, no article, no text that names each row, as lists of towns, pages or days have.
    """
    said = {column.role for column in as_customers if column.reason.startswith("header")}
    if table.n_rows < LEAST_ROWS or len(table.columns) < LEAST_COLUMNS:
        return None
    if any(normal(name) in WEIGHTS for name in table.columns):
        return None  # a row stands for many
    kinds = [column.evidence.kind for column in as_customers]
    sold = {role for column in as_customers for role in OF_ORDERS if header_score(column.name, roles()[role]) >= 0.9}
    if len(said & set(ABOUT)) >= 2 and len(sold) < 2:
        return "high"
    if sold or (not said & set(ABOUT) and any(numbers_orders_of_rows(one.name, one.evidence) for one in as_customers)):
        return None
    names = any(
        column.evidence.kind == "text" and column.evidence.n_distinct > 0.5 * column.evidence.n_filled
        for column in as_customers
    )
    figures = sum(kind in ("number", "flag") for kind in kinds)
    return "middle" if not names and "date" not in kinds and figures > len(kinds) / 2 else None
