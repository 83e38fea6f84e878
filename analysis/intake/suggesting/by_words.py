"""Columns that no header names, and whose few words say what became of each order or what each row is.

An order that was cancelled, or a credit note, must not count as sold because its column is called ``Outcome``. Nearly
all words must be known, with one for a sale and one for what undoes it; where rows with such words are all that a
customer has, the words are about the customer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from analysis.booleans import read_flags
from analysis.engine import fetch_row, fetch_rows, look
from analysis.intake.cells.values import NOTHING, TOTAL_TEXT, category, one_of
from analysis.intake.meaning.paying import tells_ways
from analysis.intake.meaning.words import UNKNOWN, says_counted, words_of
from analysis.intake.roles import EXTRA, IGNORE, normal, roles
from analysis.intake.suggesting.column_guess import ColumnGuess
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.guess import TableGuess

MOST_WORDS = 12  # different ones in a column of states
MOSTLY_KNOWN = 0.9  # share of the rows, and of the words
WEAK = 0.9  # confidence below which words say more than the header that gave a column its role
LEAST_PEOPLE = 3
OTHER_WORDS = 0.5  # of the people with an undone row, so many with another row have other words there
UNDONE = ("cancelled", "refunded")
NO = frozenset(("No", "no", "NO", "N", "n", "Nein", "nein", "Non", "non", "Não", "Nee", "Nie", "Нет", "нет", "否"))
STATE_ROLES = ("status", "payment_state")
MOST_MARKED = 0.5  # share of rows with a day or a remark that undoes them
FEW_KINDS = 6  # different words under a heading of kinds
# Headings that only say that rows are of kinds, and headings of a state that may be that of a country.
KINDS = frozenset(map(normal, (
    "type", "kind", "nature", "entry", "movement", "operation", "s/r", "r/s", "typ", "art", "vorgang", "vorgangstyp",
    "bewegung", "genre", "operación", "tipo", "clase", "movimiento", "movimento", "operazione", "causale", "operação",
    "soort", "mutatie", "rodzaj", "operacja", "вид", "тип", "операция", "tür", "işlem", "種別", "区分", "種類", "类型",
    "性质", "种类", "业务", "종류", "유형", "구분", "نوع", "ประเภท", "slag", "tyyppi", "druh", "típus", "τύπος", "loại",
    "jenis",
)))  # fmt: skip
RESULTS = frozenset(map(normal, (
    "result", "outcome", "progress", "phase", "ergebnis", "zustand", "résultat", "issue", "resultado", "esito",
    "risultato", "uitkomst", "resultaat", "wynik", "результат", "итог", "sonuç", "結果", "结果", "进度", "处理结果",
    "결과", "النتيجة", "ผล", "utfall", "resultat", "tulos", "výsledek",
)))  # fmt: skip
MAY_BE_PLACE = re.compile(r"^(?:state|estado|stato|etat|staat|stan|状态)$")
PLACE_CODE = re.compile(r"[A-Z]{2,3}$")
MOSTLY_STATES = 0.5
_OF_PERSON = re.compile(
    r"subscri|membership|member|account|customer|contract|abonn|\babo\b|mitglied|konto|kunde|vertrag|suscri|cliente|cuenta|socio|iscri|"
    r"assin|подпис|клиент|abonelik|会员|订阅|账户|客户|合同|会員|契約|회원|구독|اشتراك",
    re.IGNORECASE,
)  # what ended is no order
_BY_CREDIT = re.compile(
    r"pay|terms|method|tender|zahl|paie|pago|pagamento|支付|付款|收款|结算|支払|결제", re.IGNORECASE
)


def with_words(guess: TableGuess) -> TableGuess:
    """Give the columns of orders that no header names the role that their words say: a state, or the type of a row.

    Nothing changes where a header names such a column already.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.intake.suggesting.suggest import inspect
    >>> rows = "".join(f"{i},K{i % 7},2024-01-{i + 1:02d},5.5,{'Void' if i == 4 else 'Paid'}\\n" for i in range(20))
    >>> [guess] = inspect(read_file(("Order No,Customer ID,Order date,Amount,Foo\\n" + rows).encode()))
    >>> [(column.role, column.reason) for column in guess.columns][-1]
    ('status', 'values')
    """
    if guess.kind == "customers":
        columns = tuple(_state_of_person(guess, place, column) for place, column in enumerate(guess.columns))
        return guess if columns == guess.columns else replace(guess, columns=columns)
    if guess.kind not in ("orders", "order_heads"):
        return guess
    taken = {column.role for column in guess.columns}
    free = {} if taken & set(STATE_ROLES) else {"states": list(STATE_ROLES)}
    if guess.kind == "orders" and "sale_type" not in taken:
        free = {"row_types": ["sale_type"]} | free
    columns = [_placed(guess, place, column) for place, column in enumerate(guess.columns)]
    if any(column.role in STATE_ROLES for column in columns):
        free.pop("states", None)
    for place, column in enumerate(columns):
        if not any(free.values()) or not _is_open(column):
            continue
        counts = _counts(guess, place)
        for words in free:  # a sale and its return are types of rows before they are states
            if free[words] and says_it(words, column.name, counts) and not _about_people(guess, place, words, counts):
                columns[place] = replace(column, role=free[words].pop(0), confidence=0.6, reason="values")
                break
        else:
            if free.get("row_types") and sorts_rows(column.name, counts):
                columns[place] = replace(column, role=free["row_types"].pop(0), confidence=0.5, reason="values")
            elif free.get("states") and says_results(column.name, counts):
                columns[place] = replace(column, role=free["states"].pop(0), confidence=0.5, reason="values")
    for place, column in enumerate(columns):
        role = undone_by_heading(column)
        if says_counted(column.name) and not _mostly_yes(_counts(guess, place)):
            continue
        if role is not None and role not in {other.role for other in columns}:
            columns[place] = replace(column, role=role, confidence=0.6, reason="values")
    return guess if columns == list(guess.columns) else replace(guess, columns=tuple(columns))


def _mostly_yes(counts: Mapping[str, int]) -> bool:
    """Say whether most rows of a yes/no column say yes: documents of which few count are no list of sales."""
    counts = {cell: n for cell, n in counts.items() if not re.search(TOTAL_TEXT, cell)}
    flags = read_flags(counts, nothing=NOTHING, asked=True)
    yes = sum(n for cell, n in counts.items() if flags is not None and cell in flags.yes)
    return yes >= MOSTLY_STATES * sum(counts.values())


def _placed(guess: TableGuess, place: int, column: ColumnGuess) -> ColumnGuess:
    """Take a state for that of an order or of a country by its words, where its heading may be either.

    Ways to pay under a heading of kinds are what they are.
    """
    if column.role == "sale_type" and tells_ways(_counts(guess, place)):
        held = any(other.role == "payment_method" for other in guess.columns)
        return replace(column, role=IGNORE if held else "payment_method", confidence=0.6, reason="values")
    if not MAY_BE_PLACE.match(normal(column.name)) or column.role not in ("region", "status"):
        return column
    counts = _counts(guess, place)
    role = state_or_place(counts)
    held = {other.role for other in guess.columns}
    if role == "status" and _about_people(guess, place, "states", counts):
        return replace(column, role=IGNORE, reason="better_elsewhere")
    if role is None or role == column.role or role in held:
        return column
    return replace(column, role=role, confidence=0.6, reason="values")


def _state_of_person(guess: TableGuess, place: int, column: ColumnGuess) -> ColumnGuess:
    """Keep the state of a customer, active or cancelled, apart from the one of a country."""
    if column.role != "region" or not MAY_BE_PLACE.match(normal(column.name)):
        return column
    says_state = state_or_place(_counts(guess, place)) == "status"
    return replace(column, role=EXTRA, confidence=0.6, reason="values") if says_state else column


def state_or_place(counts: Mapping[str, int]) -> str | None:
    """Say whether words are the states of orders or those of a country; None where they say neither.

    Examples
    --------
    >>> [state_or_place(dict.fromkeys(words, 1)) for words in (["Paid", "Refunded"], ["NY", "OK"], ["Utah", "Ohio"])]
    ['status', 'region', None]
    """
    if not counts or len(counts) > MOST_WORDS:
        return None
    if all(PLACE_CODE.match(word) for word in counts):
        return "region"
    known = [word for word in counts if words_of("states").meaning(word) != UNKNOWN]
    return "status" if known and len(known) >= MOSTLY_STATES * len(counts) else None


def sorts_rows(header: str, counts: Mapping[str, int]) -> bool:
    """Say whether a column under a heading of kinds tells sales from other rows, or may do so by codes.

    Examples
    --------
    >>> [sorts_rows(header, {"Repair": 9, "Warranty": 1}) for header in ("Art", "Channel")]
    [True, False]
    >>> sorts_rows("Art", {"Bar": 9, "Gutschein": 1})  # ways to pay
    False
    >>> [sorts_rows("Kind", dict.fromkeys(words, 5)) for words in ("SV", ["Haircut", "Colour"])]
    [True, False]
    """
    if normal(header) not in KINDS or not 2 <= len(counts) <= FEW_KINDS or tells_ways(counts):
        return False
    said = {words_of("row_types").meaning(word) for word in counts}
    codes = all(len(word) == 1 for word in counts)
    return codes or bool(said & {"return", "unpaid"})


def undone_by_heading(column: ColumnGuess) -> str | None:
    """Return what a tick, a day or a remark undoes under a heading that says so: Failed, Storno am; None for others.

    Examples
    --------
    >>> from analysis.intake.roles import Evidence
    >>> ticks, days = Evidence(60, 60, 2, number_share=1, flag=True), Evidence(60, 6, 6, date_share=1)
    >>> told = [("Failed", ticks), ("Storno am", days), ("Refunded?", ticks), ("Membership cancelled on", days)]
    >>> [undone_by_heading(ColumnGuess(name, IGNORE, 0.5, "unknown", seen)) for name, seen in told]
    ['cancelled_flag', 'cancelled_flag', 'return_flag', None]
    >>> undone_by_heading(ColumnGuess("Posted", IGNORE, 0.5, "unknown", ticks))
    'cancelled_flag'
    """
    seen = column.evidence
    if column.role != IGNORE or not (seen.flag or (0 < seen.fill <= MOST_MARKED and seen.kind != "number")):
        return None
    if _OF_PERSON.search(column.name):
        return None
    if seen.flag and says_counted(column.name):
        return "cancelled_flag"  # of which a no undoes a row
    said = words_of("states").meaning(column.name.rstrip("?？ "))
    return {"cancelled": "cancelled_flag", "lost": "cancelled_flag", "refunded": "return_flag"}.get(said)


def says_results(header: str, counts: Mapping[str, int]) -> bool:
    """Say whether a column under a heading of results holds a word of a state: the others are asked about.

    Examples
    --------
    >>> [says_results("Result", dict.fromkeys(words, 5)) for words in (["Ok", "Xyz"], ["Red", "Blue"])]
    [True, False]
    """
    if normal(header) not in RESULTS or not 2 <= len(counts) <= FEW_KINDS:
        return False
    return any(words_of("states").meaning(word) != UNKNOWN for word in counts)


def _is_open(column: ColumnGuess) -> bool:
    """Say whether a column of a few words has no role, or one that its header hardly says."""
    seen = column.evidence
    if not 2 <= seen.n_distinct <= MOST_WORDS or seen.kind in ("number", "date"):
        return False
    if column.role == IGNORE:
        return column.reason in ("unknown", "better_elsewhere")
    if column.role == "payment_method":
        return True  # what was paid, and what was not, under a heading of paying
    return column.confidence < WEAK and column.reason != "header" and roles()[column.role].kind == "category"


def says_it(words: str, header: str, counts: Mapping[str, int]) -> bool:
    """Say whether the words of a column, with the rows of each, are states or types of rows beyond doubt.

    Examples
    --------
    >>> says_it("states", "Foo", {"Completed": 9, "Refunded": 1}), says_it("states", "Foo", {"Completed": 9, "Red": 2})
    (True, False)
    >>> [says_it("states", header, {"已收": 9, "未收": 1}) for header in ("收款", "备注")]
    [True, False]
    >>> says_it("states", "Paid?", {"Yes": 7, "No": 2, "Refunded": 1})
    True
    >>> [says_it("row_types", header, {"Invoice": 9, "Credit": 1}) for header in ("Doc", "Payment terms")]
    [True, False]
    """
    if not 2 <= len(counts) <= MOST_WORDS or (words == "row_types" and _BY_CREDIT.search(header)):
        return False
    said = {text: words_of(words).meaning(text) for text in counts}
    if words == "states" and words_of("paying").says(header, "paid"):
        said |= {text: "unpaid" for text in said if text in NO}  # asked about beside the states that are known
    known = [text for text, meaning in said.items() if meaning != UNKNOWN]
    if len(known) < MOSTLY_KNOWN * len(counts) and len(known) < len(counts) - 1:
        return False
    if sum(counts[text] for text in known) < MOSTLY_KNOWN * sum(counts.values()):
        return False
    undone = _undone(words)
    if words == "states" and _BY_CREDIT.search(header):
        undone = (*undone, "unpaid")  # what was paid, and what was not, under a heading of paying
    return "sale" in said.values() and any(meaning in undone for meaning in said.values())


def _undone(words: str) -> tuple[str, ...]:
    return UNDONE if words == "states" else ("return",)


def _counts(guess: TableGuess, place: int) -> dict[str, int]:
    cell = category(f"c{place}")
    with look() as connection, scan(connection, guess.table) as rows:
        found = fetch_rows(
            connection,
            f"SELECT {cell} AS cell, count(*) FROM {rows} GROUP BY 1 HAVING cell IS NOT NULL "
            f"ORDER BY 2 DESC, 1 LIMIT {MOST_WORDS + 1}",
        )
    return {str(text): int(n) for text, n in found}


def _about_people(guess: TableGuess, place: int, words: str, counts: Mapping[str, int]) -> bool:
    """Say whether the customers with an undone row have hardly any other row: then the customer left, not the order."""
    places = {column.role: f"c{index}" for index, column in enumerate(guess.columns)}
    if "customer_id" not in places:
        return False
    undone = one_of(category(f"c{place}"), [text for text in counts if words_of(words).meaning(text) in _undone(words)])
    with look() as connection, scan(connection, guess.table) as rows:
        orders = f"count(DISTINCT {places['order_id']})" if "order_id" in places else "count(*)"
        per_person = (
            f"SELECT bool_or(coalesce({undone}, false)) AS any_row, bool_and(coalesce({undone}, false)) AS each_row, "
            f"{orders} AS orders FROM {rows} GROUP BY {places['customer_id']}"
        )
        n, mixed = fetch_row(
            connection,
            f"SELECT count(*), count(*) FILTER (NOT each_row) FROM ({per_person}) WHERE any_row AND orders > 1",
        )
    return n >= LEAST_PEOPLE and mixed < OTHER_WORDS * n
