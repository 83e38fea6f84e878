"""Which column is the customer of an orders table, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.engine import look
from analysis.intake.decision import Confidence
from analysis.intake.headings import normal, words_for
from analysis.intake.roles import EXTRA, IGNORE, Evidence, header_score, roles
from analysis.intake.suggesting.against import is_nobody
from analysis.intake.suggesting.candidates import (
    FIRM,
    LEAST_BACK,
    SURE_ALONE,
    Candidate,
    belonging,
    candidates,
    is_kind,
    is_tax_number,
    speaks,
)

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.suggesting.column_guess import ColumnGuess
    from analysis.intake.tables import RawTable

NAMED = 0.9  # of a heading that names the customer
FEW_NAMES = 0.5  # names to numbers of customers
CODE = re.compile(r"(?=.*\d)[^\W_]*(?:[-_./#:][^\W_]+)*")
NICK = re.compile(
    r"昵称|暱稱|ニックネーム|닉네임|nick ?name|display ?name|screen ?name|spitzname|pseudo|surnom|apodo|apelido|"
    r"soprannome|никнейм|takma ad",
    re.IGNORECASE,
)  # what people call themselves: others may call themselves so too
RECIPIENT = re.compile(
    r"收件人|收货人|收货姓名|收件姓名|recipient|receiver|consignee|ship(?:ping)? ?(?:to )?name|"
    r"deliver(?:y)? (?:to|name)|empfänger|destinataire|"
    r"destinatari|ontvanger|odbiorca|получател|alıcı|お届け先|수령인|수취인",
    re.IGNORECASE,
)  # who gets the parcel
BUYER = re.compile(
    r"微信名|微信昵称|昵称|旺旺|下单人|订购人|购买人|买家|代理|^buyer|^purchaser|ordered by|주문자|注文者",
    re.IGNORECASE,
)
LEAST_AGAIN, AGAIN, ALIKE = 3, 0.02, 0.98  # people and their share who come back; contacts that stand with one other
# A phone as platforms show it: 138****1234.
HIDDEN = re.compile(r"(?:\+?\d{1,3}[ -]?)?\d{2,4}[ -]?[*＊]{2,6}[ -]?\d{3,4}")
LEAST = 0.3  # below it, nothing says that a column holds customers
NEAR = 0.25  # scores that differ by less leave a choice
OPEN = 0.15  # … and by less than this, of columns that no header names, ask for one
SAME = 0.02  # two columns whose customers differ by less tell them apart alike
LEAST_ORDERS = 20  # fewer may well be of as many customers
MOSTLY = 0.8  # share of the rows that have a phone, and of phones that stay with one name
MORE, MANY_MORE = 1.05, 1.3  # as many phones as names, from which some names and from which many are shared


def with_customer(
    table: RawTable, columns: tuple[ColumnGuess, ...]
) -> tuple[tuple[ColumnGuess, ...], tuple[Candidate, ...], Confidence]:
    """Give the role of the customer to the column of an orders table for which most speaks.

    A column whose header names the customer keeps it, without another look; unless each of its values has one order
    only and another column's customers come back.
    """
    from analysis.intake.suggesting.describe import scan

    key = next((column for column in columns if column.role == "customer_id"), None)
    named = key is not None and header_score(key.name, roles()["customer_id"]) >= 0.9
    if key is not None and named:
        n_orders = min([key.evidence.n_filled, *(one.evidence.n_distinct for one in columns if one.role == "order_id")])
        once = key.evidence.n_distinct >= SURE_ALONE * n_orders >= LEAST_ORDERS or is_nobody(key.evidence)
        one_customer = key.evidence.n_distinct == 1 and key.evidence.n_filled < LEAST_ORDERS
        number = _number(table, key, columns)
        if number is not None:
            return _by_number(columns, key, number), (), "high"
        contact = _contact(key, columns)
        if contact is None and not once and (key.evidence.n_distinct > 1 or one_customer):
            return columns, (), "high"
        if contact is not None and not once:
            return _by_contact(table, columns, key, contact)
    taken = [column.role for column in columns]
    with look() as connection, scan(connection, table) as rows:
        found = candidates(connection, rows, table, [column.evidence for column in columns], taken)
        same = _of_one_person(connection, rows, columns, key) if key is not None and named else None
    if key is not None and same is not None:
        both = [next((one for one in found if columns[one.place] is column), None) for column in (same, key)]
        if both[0] is not None and both[1] is not None:
            best = replace(both[0], codes=(*both[0].codes, "row_numbers"))
            return tuple(_placed(at, one, best) for at, one in enumerate(columns)), (best, both[1]), "middle"
    buyer = _buyer(columns, found)
    if buyer is not None:
        others = sorted((one for one in found if one is not buyer and one.score >= LEAST), key=lambda one: -one.score)
        return _once(tuple(_placed(at, one, buyer) for at, one in enumerate(columns))), (buyer, *others[:1]), "middle"
    guessed = chosen(columns, tuple(one for one in found if one.score >= LEAST))
    key = next((column for column in guessed[0] if column.role == "customer_id"), None)
    contact = _contact(key, guessed[0]) if key is not None else None
    if key is not None and contact is not None:  # names under any other heading are shared as well
        finer = _by_contact(table, guessed[0], key, contact)
        if finer[1] and finer[1][0].name == contact.name:
            return finer
    return guessed


def _buyer(columns: Sequence[ColumnGuess], found: Sequence[Candidate]) -> Candidate | None:
    """Return who bought where another column names who gets the parcel: one who sends to twenty people is one customer.

    Under a heading of buyers, in nearly all rows, and some come back.
    """
    if not any(RECIPIENT.search(one.name) for one in columns):
        return None
    buyers = [
        one for one in found
        if BUYER.search(columns[one.place].name) and not RECIPIENT.search(columns[one.place].name) and one.come_back
        and columns[one.place].evidence.personal not in ("phone", "email")
        and columns[one.place].evidence.n_filled >= NAMED * columns[one.place].evidence.n_rows
    ]  # fmt: skip
    return max(buyers, key=lambda one: one.score, default=None)


def _of_one_person(
    connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[ColumnGuess], key: ColumnGuess
) -> ColumnGuess | None:
    """Return the contact by which people come back where what is called their number is another on every row.

    Then it is the number of a contract or an enrolment. Names and two of phone, e-mail and identity number say so, each
    of which stands with one of the others, both ways.
    """
    seen = key.evidence
    if not SURE_ALONE * seen.n_filled <= seen.n_distinct or seen.n_filled < LEAST_ORDERS:
        return None
    least, most = LEAST_AGAIN, (1 - AGAIN) * seen.n_distinct
    said = {
        kind: place
        for place, one in enumerate(columns)
        for kind in ("phone", "email", "id_number", "name")
        if one.role == kind
        and one.evidence.n_filled >= NAMED * seen.n_filled
        and one.evidence.n_distinct <= min(most, seen.n_distinct - least)
    }
    contacts = [kind for kind in ("phone", "email", "id_number") if kind in said]
    if "name" not in said or len(contacts) < 2:
        return None
    first, second, name = said[contacts[0]], said[contacts[1]], said["name"]
    pairs = ((first, second), (second, first), (first, name), (second, name))
    agree = all(belonging(connection, rows, one, other) >= ALIKE for one, other in pairs)
    return columns[first] if agree else None


def _number(table: RawTable, key: ColumnGuess, columns: Sequence[ColumnGuess]) -> ColumnGuess | None:
    """Return the customers' numbers beside their names, which the customer's column holds: two people may share one.

    Its heading says so, each number stands with one name, and there are as many numbers as names, or more.
    """
    from analysis.intake.suggesting.describe import scan

    places = {one.name: place for place, one in enumerate(columns)}
    beside = [
        one
        for one in columns
        if one.role == IGNORE
        and header_score(one.name, roles()["customer_id"]) >= NAMED
        and one.evidence.personal not in ("phone", "email")
        and one.evidence.n_filled >= MOSTLY * key.evidence.n_filled
        and key.evidence.n_distinct <= one.evidence.n_distinct < SURE_ALONE * one.evidence.n_filled
        and _are_codes(one.evidence)
    ]
    if not beside or _are_codes(key.evidence):
        return None
    with look() as connection, scan(connection, table) as rows:
        fits = [one for one in beside if belonging(connection, rows, places[one.name], places[key.name]) >= MOSTLY]
    return max(fits, key=lambda one: header_score(one.name, roles()["customer_id"]), default=None)


def labelled(columns: tuple[ColumnGuess, ...]) -> tuple[ColumnGuess, ...]:
    """Give the role of the name to what stands beside customers' numbers under a heading of customers: Kd-Nr., Kunde.

    Examples
    --------
    >>> from analysis.intake.suggesting.column_guess import ColumnGuess
    >>> numbers, names = Evidence(60, 60, 9, examples=("K1", "K2")), Evidence(60, 60, 8, examples=("Ann Berg", "Bo Li"))
    >>> key = ColumnGuess("Kd-Nr.", "customer_id", 1.0, "header", numbers)
    >>> [one.role for one in labelled((key, ColumnGuess("Kunde", IGNORE, 0.5, "", names)))]
    ['customer_id', 'name']
    """
    key = next((one for one in columns if one.role == "customer_id"), None)
    # Names far fewer than customers are of who pays: insurers, "self".
    taken = next((one for one in columns if one.role == "name"), None)
    if key is None or not _are_codes(key.evidence):
        return columns
    if taken is not None and taken.evidence.n_distinct >= FEW_NAMES * key.evidence.n_distinct:
        return columns
    beside = [
        one
        for one in columns
        if one.role in (IGNORE, EXTRA)
        and header_score(one.name, roles()["customer_id"]) >= NAMED
        and one.evidence.kind not in ("number", "date", "flag", "empty")
        and not (_are_codes(one.evidence) or is_kind(one.name, one.evidence))
        and 1 < one.evidence.n_distinct <= key.evidence.n_distinct
    ]
    if len(beside) != 1 or (taken is not None and beside[0].evidence.n_distinct <= taken.evidence.n_distinct):
        return columns
    named = {beside[0].name: "name"} | ({} if taken is None else {taken.name: IGNORE})
    return tuple(
        replace(one, role=named[one.name], reason="header_part") if one.name in named else one for one in columns
    )


def _are_codes(seen: Evidence) -> bool:
    """Say whether cells are numbers or codes, not names: each has a digit, and no blank between letters."""
    cells = [cell.strip() for cell in seen.examples]
    return bool(cells) and all(CODE.fullmatch(cell) for cell in cells) and seen.decimal_share == 0


def _by_number(columns: tuple[ColumnGuess, ...], key: ColumnGuess, number: ColumnGuess) -> tuple[ColumnGuess, ...]:
    """Give the role of the customer to numbers; the names that had it are the customers' names."""
    left = without_customer(key)
    left = left if left != IGNORE else "name"

    def placed(one: ColumnGuess) -> ColumnGuess:
        if one is number:
            return replace(one, role="customer_id", confidence=key.confidence, reason="header")
        if one is key:
            return replace(one, role=left, reason="better_elsewhere")
        return replace(one, role=IGNORE, reason="better_elsewhere") if one.role == left else one

    return tuple(map(placed, columns))


def _contact(key: ColumnGuess, columns: Sequence[ColumnGuess]) -> ColumnGuess | None:
    """Return the phones or e-mails that tell more people apart than the names which the customer's column holds.

    Names alone: an id is the customer whatever stands beside it, and a company has many phones.
    """
    cells = key.evidence.examples
    are_codes = any(letter.isdigit() for cell in cells for letter in cell) and not NICK.search(key.name)
    if not cells or are_codes or speaks(key.name) == "business":
        return None
    if any(FIRM.search(cell) for cell in cells):
        return None
    hidden = _are_hidden(key)
    beside = [
        one
        for one in columns
        if (one.evidence.personal in ("phone", "email") or _is_bare_number(one) or (hidden and _are_hidden_phones(one)))
        and one.evidence.n_filled >= MOSTLY * key.evidence.n_filled
        and _more(one) * key.evidence.n_distinct < one.evidence.n_distinct < SURE_ALONE * one.evidence.n_filled
    ]
    return max(beside, key=lambda one: one.evidence.n_filled, default=None)


def _are_hidden(one: ColumnGuess) -> bool:
    """Say whether names are masked, 王* or J***: then many people bear one."""
    cells = one.evidence.examples
    return sum("*" in cell or "＊" in cell for cell in cells) >= MOSTLY * max(1, len(cells))


def _are_hidden_phones(one: ColumnGuess) -> bool:
    """Say whether a column holds phones of which some digits are masked, and those that are left tell people apart."""
    cells = one.evidence.examples
    return bool(cells) and sum(HIDDEN.fullmatch(cell.strip()) is not None for cell in cells) >= MOSTLY * len(cells)


def _is_bare_number(one: ColumnGuess) -> bool:
    """Say whether a column holds numbers of a tax office, or numbers of which nobody says what they are of."""
    bare = normal(one.name) in {normal(word) for word in words_for("number")}
    return one.role == IGNORE and (bare or is_tax_number(one.name)) and _are_codes(one.evidence)


def _more(one: ColumnGuess) -> float:
    """Return how many more there must be than names: people change their phones, and seldom their e-mail or number."""
    return MORE if one.evidence.personal == "phone" or _are_hidden_phones(one) else 1.0


def _by_contact(
    table: RawTable, columns: tuple[ColumnGuess, ...], key: ColumnGuess, contact: ColumnGuess
) -> tuple[tuple[ColumnGuess, ...], tuple[Candidate, ...], Confidence]:
    """Give the role to phones or e-mails where many people share a name, and mark it; a few leave the name, marked."""
    from analysis.intake.suggesting.describe import scan

    places = {one.name: place for place, one in enumerate(columns)}
    taken = [one.role for one in columns]
    with look() as connection, scan(connection, table) as rows:
        found = candidates(connection, rows, table, [one.evidence for one in columns], taken)
        of_one = belonging(connection, rows, places[contact.name], places[key.name])
    both = [next((one for one in found if one.place == places[name]), None) for name in (contact.name, key.name)]
    by_contact, by_name = both
    if by_contact is None or by_name is None or of_one < MOSTLY or not by_contact.come_back:
        return columns, (), "high"
    sent = any(RECIPIENT.search(one.name) for one in columns) and not RECIPIENT.search(key.name)
    least = MORE if _are_hidden(key) else MANY_MORE
    shared = by_contact.n >= least * by_name.n and not (sent and contact.evidence.personal == "phone")
    best, other = (by_contact, by_name) if shared else (by_name, by_contact)
    best = replace(best, codes=(*best.codes, "shared_names"))
    return tuple(_placed(place, one, best) for place, one in enumerate(columns)), (best, other), "middle"


def chosen(
    columns: tuple[ColumnGuess, ...], found: Sequence[Candidate]
) -> tuple[tuple[ColumnGuess, ...], tuple[Candidate, ...], Confidence]:
    """Give the role to the first candidate; without one no column has it."""
    ranked = sorted(found, key=lambda one: (-one.score, one.place))
    best = ranked[0] if ranked else None
    if best is not None and best.come_back == 0:  # the finer of two ids gives way to the one that people keep
        best = next((one for one in ranked[1:] if _coarser(one, best)), best)
        ranked.sort(key=lambda one: one is not best)
    rivals = tuple(one for one in ranked[1:] if best is not None and one.score >= best.score - NEAR)
    confidence = _confidence(best, [one for one in rivals if best is not None and not _alike(one, best)])
    return (
        _once(tuple(_placed(place, column, best) for place, column in enumerate(columns))),
        ((best, *rivals) if best is not None else ()),
        confidence,
    )


def _once(columns: tuple[ColumnGuess, ...]) -> tuple[ColumnGuess, ...]:
    """Leave each kind of personal data to one column: to what was taken for the customer, whatever others are called.

    A ticket names who comes and who bought it.

    Examples
    --------
    >>> from analysis.intake.suggesting.column_guess import ColumnGuess
    >>> visitor, buyer = (ColumnGuess(one, "name", 0.9, how, Evidence(9, 9, 9)) for one, how in (
    ...     ("Nom", "header"), ("Nom acheteur", "better_elsewhere")))
    >>> [(one.role, one.reason) for one in _once((visitor, buyer))]
    [('ignore', 'better_elsewhere'), ('name', 'better_elsewhere')]
    """
    freed = {one.role for one in columns if one.reason == "better_elsewhere" and one.role != IGNORE}
    return tuple(
        replace(one, role=IGNORE, reason="better_elsewhere")
        if one.role in freed and one.reason != "better_elsewhere"
        else one
        for one in columns
    )


def _coarser(one: Candidate, fine: Candidate) -> bool:
    """Say whether a column with words of its own groups what another gives one value for each row."""
    return (
        bool(one.codes) and one.come_back > 0 and one.n < fine.n and {"header", "header_part"} & set(one.codes) != set()
    )


def _alike(one: Candidate, other: Candidate) -> bool:
    return abs(one.n - other.n) <= SAME * other.n and abs(one.come_back - other.come_back) <= SAME * other.n


def _confidence(best: Candidate | None, rivals: Sequence[Candidate]) -> Confidence:
    if best is None:
        return "low"
    said = set(best.codes)
    if "header" in said:
        if not rivals or best.come_back or not rivals[0].come_back:
            return "high"
        return "low" if _are_people(rivals[0]) and rivals[0].come_back >= LEAST_BACK * rivals[0].n else "middle"
    headed = bool(said & {"header_part", "header_personal"}) or best.named
    if ("personal_email" in said and headed) or ("joins" in said and "header_part" in said):
        return "high"
    if "personal_email" in said:  # from values alone nobody is taken in silence
        return "middle"
    if best.named:
        return "middle" if rivals else "high"
    if "people_like" in said:  # names of articles and places look alike
        return "low"
    if said & {"header_part", "firms", "joins", "personal_phone"}:
        return "middle"
    return "low" if rivals and rivals[0].score > best.score - OPEN else "middle"


def _are_people(one: Candidate) -> bool:
    """Say whether a column holds e-mails, or its heading names a customer: who bought, where another takes part."""
    return bool({"personal_email", "header", "header_part"} & set(one.codes))


def _placed(place: int, column: ColumnGuess, best: Candidate | None) -> ColumnGuess:
    if best is not None and place == best.place:
        if column.role == "customer_id":
            return column
        by_header = header_score(column.name, roles()["customer_id"])
        reason = "header" if by_header >= 0.9 else "header_part" if by_header else "values"
        return replace(column, role="customer_id", confidence=round(best.score, 2), reason=reason)
    if column.role == "customer_id":
        return replace(column, role=without_customer(column), reason="better_elsewhere")
    return column


def without_customer(column: ColumnGuess) -> str:
    """Return the role of a column that is not the customer after all: personal data stays what it is."""
    seen, known = column.evidence, roles()
    by_header = next(
        (key for key in ("email", "phone", "name", "company") if header_score(column.name, known[key]) >= 0.9), None
    )
    return (seen.personal if seen.personal in known else by_header) or IGNORE
