"""Roles that no header names, filled from the cells: personal data, the only date, money, what rows add up to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.engine import fetch_row, look
from analysis.intake.meaning.currency import are_codes, said_in_heading
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import WHOLE_HEADER, Evidence, normal, roles
from analysis.intake.suggesting.against import GROSS, is_own_number, numbers_each_row, speaks_against
from analysis.intake.suggesting.arithmetic import (
    MOST_PARTS,
    Sum,
    above_all,
    best_product,
    gross_of_net,
    numbers_of,
    reduced_of,
    sum_of,
)
from analysis.intake.suggesting.by_headers import sides_of
from analysis.intake.suggesting.candidates import is_tax_number
from analysis.intake.suggesting.column_guess import Taken
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.other_money import NO_MONEY, is_other_money, is_rate, is_tax, is_unnamed_money, lessened
from analysis.intake.suggesting.proven.one_order import by_papers
from analysis.intake.suggesting.receipts import by_full_number, came_in
from analysis.intake.tables import RawTable

MOSTLY_FILLED, MOSTLY_FULL = 0.9, 0.98
_OWN_NUMBER = ("id", "number", "no", "num", "№", "编号", "号码", "nr", "numero", "número")
LEAST_PAPERS = 10  # numbers, from which it is no chance that each stands for one customer and day
MAY_BE_PRICE = ("amount", "value", "sale", "charge", "betrag", "importe", "importo", "valor", "bedrag", "kwota", "金额")
# What a price is of: per lesson, pro Nacht, par séance, 每课时.
_PER = re.compile(
    r"(?:\b(?:per|pro|je|par|por|za|за|per ogni|a)\s+|/\s*)([^\W\d_]{3,})|[每](课时|课|晚|次|小时|天|人|件)",
    re.IGNORECASE,
)
MOST_STEM = 5  # letters: lesson and lessons, noche and noches, Nacht and Nächte
FEE = re.compile(  # the only money of a school, a club, a landlord or a charity, where nothing is sold
    r"^(?:fees?|(?:school|course|class|club|membership|member|entry|visit|lesson|session|monthly|annual|tuition)fees?|feepaid|feespaid|feecharged|"
    r"tuition|charges?|rent|premium|dues|donations?|contribution|fare|takings|beitrag|mitgliedsbeitrag|gebuhr|kursgebuhr|teilnahmegebuhr|honorar|miete|"
    r"gifts?|geschenk|spende|cotisation|frais|honoraires|loyer|don|dons|cuota|tarifa|honorarios|alquiler|donativo|donacion|aportacion|quota|retta|canone|donazione|"
    r"mensalidade|taxa|aluguel|doacao|contributie|lesgeld|huur|donatie|skladka|oplata|czynsz|darowizna|взнос|плата|аренда|пожертвование|aidat|ucret|"
    r"kira|bagis|会費|料金|月謝|家賃|寄付|寄付金|회비|요금|수강료|기부금|رسوم|اشتراك|تبرع|ค่าเรียน|ค่าธรรมเนียม|บริจาค|学费|费用|会费|课程费|捐款|善款|租金|保费|avgift|gava|kontingent)$"
)
# Where no column names the customer, these tell customers apart, best first.
KEY_FALLBACKS = ("email", "phone", "id_number", "company", "name")


def fill_by_values(
    table: RawTable,
    evidence: Sequence[Evidence],
    kind: str,
    roles_taken: dict[str, int],
    columns_taken: dict[int, Taken],
) -> None:
    """Fill what headers left open from the cells: personal data anywhere, and the only date of an orders table."""
    catalogue = roles()
    for index, column in enumerate(evidence):
        taxed = column.personal == "phone" and is_tax_number(table.columns[index])
        if taxed or index in columns_taken:
            continue
        if column.personal in catalogue and column.personal not in roles_taken:
            roles_taken[column.personal] = index
            columns_taken[index] = (catalogue[column.personal], 0.6)
    free = [index for index in range(len(table.columns)) if index not in columns_taken]
    if kind not in ("orders", "order_heads"):
        return
    dates = [
        index
        for index in free
        if evidence[index].kind == "date" and not speaks_against("order_date", table.columns[index], evidence[index])
    ]
    # Of several dates that no header names, the first is taken where an order's number says what the rows are; it is
    # marked, and the others are within reach.
    by_full_number(table, evidence, roles_taken, columns_taken)
    of_whom = {"customer_id", *KEY_FALLBACKS} & set(roles_taken)
    worth = {"amount", "unit_price"} & set(roles_taken) or (
        len(dates) > 1 and _only_money(table, evidence, columns_taken) is not None
    )
    told = "order_id" in roles_taken or (of_whom and worth)
    if "order_date" not in roles_taken and (len(dates) == 1 or (dates and told)):
        roles_taken["order_date"] = dates[0]
        columns_taken[dates[0]] = (catalogue["order_date"], 0.55)
    codes = [index for index in free if are_codes(evidence[index].examples)]
    told = "amount" in roles_taken and said_in_heading(table.columns[roles_taken["amount"]])
    if "currency" not in roles_taken and len(codes) == 1 and not told:
        roles_taken["currency"] = codes[0]
        columns_taken[codes[0]] = (catalogue["currency"], 0.9)
    if kind == "order_heads":
        return
    if "adjusted" in roles_taken and not {"amount", "unit_price"} & set(roles_taken):
        index = roles_taken["amount"] = roles_taken.pop("adjusted")  # in place of no other
        columns_taken[index] = (catalogue["amount"], 0.6)
    _per_unit(table, evidence, roles_taken, columns_taken)
    if "amount" not in roles_taken and "quantity" not in roles_taken and "unit_price" in roles_taken:
        index = roles_taken.pop("unit_price")  # a price without a quantity is what was paid
        roles_taken["amount"] = index
        columns_taken[index] = (catalogue["amount"], 0.6)
    if "order_id" not in roles_taken and {"parent_order", "customer_id", *KEY_FALLBACKS} & set(roles_taken):
        # Beside the number of a customer, one that each row has of its own is that of the order, unless rows are lines.
        are_lines = bool({"product", "quantity"} & set(roles_taken))
        own = [
            i for i, name in enumerate(table.columns) if i not in columns_taken
            and (normal(name) in _OWN_NUMBER or (is_own_number(i, name, evidence[i]) and not are_lines))
            and ("parent_order" in roles_taken or (numbers_each_row(evidence[i]) and not are_lines))
        ]  # fmt: skip
        for index in (own or _bare_numbers(table, evidence, roles_taken, columns_taken))[:1]:
            roles_taken["order_id"] = index
            columns_taken[index] = (catalogue["order_id"], 0.6)
    _sold_side(table, roles_taken, columns_taken)
    _promised_or_paid(table, evidence, roles_taken, columns_taken)
    _by_products(table, evidence, roles_taken, columns_taken)
    _less_share(table, evidence, roles_taken, columns_taken)
    _less_discount(table, evidence, roles_taken, columns_taken)
    _with_tax(table, evidence, roles_taken, columns_taken)
    by_papers(table, evidence, roles_taken, columns_taken)
    if "amount" in roles_taken or "unit_price" in roles_taken:
        return
    found = _only_money(table, evidence, columns_taken)
    if found is not None:
        roles_taken["amount"] = found
        columns_taken[found] = (catalogue["amount"], 0.5)


def _only_money(table: RawTable, evidence: Sequence[Evidence], columns_taken: dict[int, Taken]) -> int | None:
    """Return the only column that a heading calls what is paid, else the only money, else the money above all other."""
    free = [
        index for index, seen in enumerate(evidence)
        if index not in columns_taken and seen.kind == "number" and not NO_MONEY.search(normal(table.columns[index]))
        and not is_rate(table.columns[index], seen)
    ]  # fmt: skip
    fees = [index for index in free if FEE.search(normal(table.columns[index]))]
    if len(fees) == 1:
        return fees[0]
    decimals = [i for i in free if evidence[i].decimal_share > 0.3 and not is_other_money(table.columns[i])]
    money = [index for index in free if is_unnamed_money(table.columns[index], evidence[index])] or decimals
    if len(money) < 2:
        return money[0] if money else None
    numbers = numbers_of(table, {table.columns[index]: evidence[index] for index in money})
    largest = above_all(numbers)
    return None if largest is None else table.columns.index(largest)


def _bare_numbers(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> list[int]:
    """Return columns under a bare Number each of whose values stands with one customer and day, as on papers."""
    person = next((roles_taken[role] for role in ("customer_id", *KEY_FALLBACKS) if role in roles_taken), None)
    if person is None or "order_date" not in roles_taken:
        return []
    of_row = f"(c{person}, c{roles_taken['order_date']})"
    found = []
    for index, name in enumerate(table.columns):
        seen = evidence[index]
        several = max(evidence[person].n_distinct, LEAST_PAPERS) < seen.n_distinct < seen.n_filled
        if index in columns_taken or normal(name) not in _OWN_NUMBER or not several or seen.fill < MOSTLY_FILLED:
            continue
        with look() as connection, scan(connection, table) as rows:
            n, same = fetch_row(
                connection,
                f"SELECT count(*), count(*) FILTER (n = 1) FROM (SELECT count(DISTINCT {of_row}) AS n FROM {rows} "
                f"WHERE c{index} IS NOT NULL GROUP BY c{index})",
            )
        found += [index] if same >= MOSTLY_FULL * n else []
    return found


def _sold_side(table: RawTable, roles_taken: dict[str, int], columns_taken: dict[int, Taken]) -> None:
    """Take the side that sales stand in, where debit and credit are columns of their own and nothing else is money."""
    sides = sides_of(table)
    taken = roles_taken.get("amount")
    if sides is None or "unit_price" in roles_taken or taken not in (None, sides.debit, sides.credit):
        return
    for place in (sides.debit, sides.credit):
        role, _ = columns_taken.pop(place, (None, 0))
        if role is not None:
            roles_taken.pop(role.key)
    roles_taken["amount"] = sides.chosen
    columns_taken[sides.chosen] = (roles()["amount"], 0.6)


def _with_tax(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take what was paid with its taxes, as everywhere, where the amount found is the sum without them."""
    amount, words = roles_taken.get("amount"), words_of("amounts")
    if amount is None:
        return
    gross = any(GROSS.match(normal(name)) for name in table.columns)
    untaxed = gross or words.says(table.columns[amount], "goods") or is_tax(table.columns[amount])
    free = {
        table.columns[index]: seen for index, seen in enumerate(evidence)
        if index not in columns_taken and seen.kind == "number"
    }  # fmt: skip
    taxes = [name for name in free if is_tax(name)]
    said = [name for name in free if words.says(name, "total") and name not in taxes]
    ends = [name for name in free if name not in taxes and not is_other_money(name)]
    totals = [*said, *(name for name in ends if name not in said and not words.says(name, "goods"))]
    if not taxes or not totals:
        return
    chosen = table.columns[amount]
    numbers = numbers_of(table, {chosen: evidence[amount], **free})
    others = [name for name in free if name not in (*taxes, *said) and is_unnamed_money(name, free[name])]
    parts = [*taxes, *others]  # no tips, nor shipping
    end = None
    for name in totals if untaxed else ():
        rest = [part for part in parts if part != name]
        found = sum_of(name, (chosen,), rest, numbers) if {name, *rest} <= numbers.keys() else None
        if found is not None and any(found.sign(tax) > 0 for tax in taxes):
            end = name
            break
    for name in totals if end is None else ():  # of less than the amount, as after a discount that nobody wrote
        whole = (name in said or GROSS.match(normal(name))) and not came_in(name) and "discount" not in roles_taken
        if whole and any(lessened(*(numbers[one] for one in (chosen, tax, name))) for tax in taxes if name in numbers):
            end = name
            break
    if end is not None:
        columns_taken.pop(amount)
        roles_taken["amount"] = table.columns.index(end)
        columns_taken[roles_taken["amount"]] = (roles()["amount"], WHOLE_HEADER)
        return
    if not untaxed or "shipping" not in roles_taken or evidence[amount].kind != "number":
        return
    sent = table.columns[roles_taken["shipping"]]
    names = [chosen, sent, *taxes, *ends]
    numbers = numbers_of(table, {name: evidence[table.columns.index(name)] for name in names})
    end = gross_of_net(chosen, sent, taxes, ends, numbers) if set(names) <= numbers.keys() else None
    if end is not None:
        columns_taken.pop(amount)
        roles_taken["amount"] = table.columns.index(end)
        columns_taken[roles_taken["amount"]] = (roles()["amount"], WHOLE_HEADER)


def _per_unit(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take a price per lesson and a count of lessons for price and quantity, where no amount stands beside them."""
    if {"amount", "quantity", "unit_price"} & roles_taken.keys() - {"unit_price"}:
        return
    numbers = [index for index, seen in enumerate(evidence) if seen.kind == "number"]
    for price in numbers:
        unit = _PER.search(table.columns[price])
        stem = normal(unit[1] or unit[2])[:MOST_STEM] if unit else ""
        counts = [
            index for index in numbers
            if stem and index != price and index not in columns_taken and evidence[index].decimal_share == 0
            and stem in normal(table.columns[index]) and not _PER.search(table.columns[index])
        ]  # fmt: skip
        if len(counts) == 1 and columns_taken.get(price, (None, 0.0))[0] in (None, roles()["unit_price"]):
            for role, index in (("unit_price", price), ("quantity", counts[0])):
                roles_taken[role] = index
                columns_taken[index] = (roles()[role], 0.6)
            return


def _less_share(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take what is left of an amount times a discount, with its taxes; what is a factor is no money to take off."""
    amount, counts = roles_taken.get("amount"), [roles_taken.get("quantity"), roles_taken.get("unit_price")]
    columns = {name: evidence[index] for index, name in enumerate(table.columns) if index not in counts}
    found = reduced_of(table, columns)
    if amount is None or found is None or table.columns[amount] not in (found.start, found.net, found.total):
        return
    end, discount = table.columns.index(found.total), table.columns.index(found.discount)
    columns_taken.pop(amount)
    roles_taken["amount"] = end
    columns_taken[end] = (roles()["amount"], WHOLE_HEADER)
    if found.by_factor and roles_taken.get("discount") == discount:
        roles_taken.pop("discount")
        columns_taken.pop(discount)


def _less_discount(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take for the amount where a sum ends that takes the discount off the one that was found, with taxes and shipping.

    Of several that add up, the one of most parts is the end.
    """
    amount, discount = roles_taken.get("amount"), roles_taken.get("discount")
    if amount is None or discount is None:
        return
    price = roles_taken.get("unit_price") if "quantity" not in roles_taken else None
    free = [
        index for index, seen in enumerate(evidence)
        if (index not in columns_taken or index == price) and seen.kind == "number"
    ]  # fmt: skip
    taxes = [index for index in free if is_tax(table.columns[index])]
    beside = [discount, *([roles_taken["shipping"]] if "shipping" in roles_taken else []), *taxes]
    others = [index for index in free if index not in taxes]
    paid = [index for index in others if words_of("amounts").says(table.columns[index], "paid")]
    fines = [index for index in others if index not in paid and index != price]  # and whatever else was paid with it
    ends, last = [], others[-1:] if taxes else []  # where a paper ends, however it is headed: all else is added
    more = [*beside, *(index for index in others[:-1] if evidence[index].decimal_share)]
    for parts, totals in ((beside, others), ([discount, *fines], paid if fines else []), (more, last)):
        found = [] if ends else _ends(amount, parts[:MOST_PARTS], totals, table, evidence)
        ends += [one for one in found if totals is not last or [sign for _, sign in one.signs].count(-1) == 1]
    if ends:
        end = max(ends, key=lambda one: len(one.signs))
        columns_taken.pop(amount)
        roles_taken["amount"] = table.columns.index(end.total)
        if roles_taken["amount"] == price:
            roles_taken.pop("unit_price")
        columns_taken[roles_taken["amount"]] = (roles()["amount"], 0.6)


def _ends(
    amount: int, parts: Sequence[int], totals: Sequence[int], table: RawTable, evidence: Sequence[Evidence]
) -> list[Sum]:
    """Find the totals that parts make of an amount, of which the first, a discount, is taken off."""
    chosen = dict.fromkeys((amount, *parts, *totals))
    numbers = numbers_of(table, {table.columns[index]: evidence[index] for index in chosen}) if totals else {}
    start, *names = (table.columns[index] for index in (amount, *parts))
    made = [
        sum_of(name, (start,), names, numbers) for index in totals
        if (name := table.columns[index]) in numbers and {start, *names} <= numbers.keys()
    ]  # fmt: skip
    return [found for found in made if found is not None and found.sign(names[0]) < 0]


def _promised_or_paid(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take what was paid rather than what was promised, planned or asked; without it what was asked or promised."""
    words, now = words_of("amounts"), roles_taken.get("amount")
    named = roles_taken.get("unit_price") if now is None else now
    if named is not None and not words.says(table.columns[named], "promised"):
        return
    free = [
        index for index, seen in enumerate(evidence)
        if index not in columns_taken and seen.kind == "number"
        and (not is_other_money(table.columns[index]) or FEE.search(normal(table.columns[index])))
        and not NO_MONEY.search(normal(table.columns[index]))
    ]  # fmt: skip
    for meaning in ("paid", "goods", "asked", "promised") if now is None else ("paid",):
        said = [index for index in free if words.says(table.columns[index], meaning)]
        if said:
            if now is not None:
                columns_taken.pop(now)
            roles_taken["amount"] = said[0]
            columns_taken[said[0]] = (roles()["amount"], 0.6)
            return


def _by_products(
    table: RawTable, evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]
) -> None:
    """Take for quantity, price and amount the three columns of which two multiplied give the third.

    A column that a header calls the amount is a price where another one is the product of it and a count.
    """
    of_product = ("quantity", "unit_price", "amount")
    taken = {roles_taken[role]: role for role in of_product if role in roles_taken}
    if set(taken.values()) == set(of_product):
        sure = [columns_taken[index][1] for index in taken]
        if min(sure) >= WHOLE_HEADER and normal(table.columns[roles_taken["amount"]]) not in MAY_BE_PRICE:
            return
    numbers = {
        table.columns[index]: seen for index, seen in enumerate(evidence)
        if (index in taken or (index not in columns_taken and not is_other_money(table.columns[index])))
        and seen.number_share >= MOSTLY_FILLED and seen.personal is None and not seen.negative_share > MOSTLY_FILLED
    }  # fmt: skip
    found = best_product(numbers_of(table, numbers)) if len(numbers) >= len(of_product) else None
    if found is None:
        return
    now = {role: table.columns.index(header) for role, header in zip(of_product, found, strict=True)}
    amount, held = now["amount"], roles_taken.get("amount")
    if "currency" in roles_taken and held is not None and said_in_heading(table.columns[amount]):
        return  # an amount times the rate of its currency
    if held is not None and held != amount and held not in (now["unit_price"], now["quantity"]):
        return  # another column is named as the amount
    moved = {index: role for role, index in now.items() if taken.get(index, role) != role}
    named = {index for index in moved if taken[index] != "amount" and columns_taken[index][1] >= WHOLE_HEADER}
    if named or any(role in roles_taken and roles_taken[role] not in moved for role in moved.values()):
        return  # a header says that one of them is something else
    for index in moved:
        columns_taken.pop(index)
        roles_taken.pop(taken[index])
    for role, index in now.items():
        if role not in roles_taken and index not in columns_taken:
            roles_taken[role] = index
            columns_taken[index] = (roles()[role], 0.6)


def fill_key(evidence: Sequence[Evidence], roles_taken: dict[str, int], columns_taken: dict[int, Taken]) -> None:
    """Without a customer number, a phone, an e-mail or a name tells customers apart."""
    if "customer_id" in roles_taken:
        return
    present = [key for key in KEY_FALLBACKS if key in roles_taken]
    full = [key for key in present if evidence[roles_taken[key]].fill >= MOSTLY_FILLED]
    for key in (full or present)[:1]:
        index = roles_taken.pop(key)
        roles_taken["customer_id"] = index
        columns_taken[index] = (roles()["customer_id"], 0.5)
