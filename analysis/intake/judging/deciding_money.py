"""Decisions about money: which column says what was paid, where no header says it for certain, or none at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.intake.decision import Alternative, Confidence, Decision
from analysis.intake.fixes import CleaningFix, SourceFix
from analysis.intake.headings import says_period
from analysis.intake.judging.asked import (
    ORDERS,
    Asked,
    Used,
    instead_of,
    money_of,
    revenue_of,
    swapped,
    tried,
)
from analysis.intake.judging.money_beside import Beside, beside, with_part
from analysis.intake.judging.money_held import before_taxes, held_beside, paid_beside, said_by_export, still_open
from analysis.intake.judging.readings.totals import other_side, total_beside
from analysis.intake.known.known_export import alike
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import EXTRA, IGNORE, header_score, normal, roles, tells_money
from analysis.intake.suggesting.arithmetic import numbers_instalments
from analysis.intake.suggesting.by_headers import MONEY_IN, MONEY_OUT, has_sides, sides_of
from analysis.intake.suggesting.by_values import FEE
from analysis.intake.suggesting.other_money import is_other_money, is_rate, is_unnamed_money, written_as_money
from analysis.intake.suggesting.receipts import came_in
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.suggesting.column_guess import ColumnGuess

MOST_OFFERED = 3
NAMED = 0.5  # score of a heading that names an amount
LEAST_WHOLE = 0.25  # of the revenue, from which other money may be what was paid instead
COUNTED, MULTIPLIED = "counted", "price_times_quantity"
NO_AMOUNTS = ("order_id", "customer_id", "order_date", "quantity", "rating", "age")  # numbers that are no money
COUNTED_WITHOUT = ("amount", "unit_price", "refunded")  # money: what is left counts orders alone
OTHER_MONEY = ("unit_price", "shipping", "discount", "cost", "spend")
PARTS = ("shipping", "discount", "cost", "taken_off")
CHARGED = re.compile(
    r"(?i)(?<![a-z])(?:fee|fees|paid|charge|charged|price|honorar|honoraires|tarif)(?![a-z])|费$|费用|付款|价$"
)
FEES = re.compile(r"fees?$|gebühr$|gebuhr$|beitrag$|frais|费$|料$|료$")
EXTRAS = re.compile(
    r"extras?$|other|incidental|minibar|foodandbeverage|f&b|addon|zusatz|nebenkosten|sonstige|verzehr|autres|supplement|"
    r"otros|consumos|extraordinari|altr[io]|consumi|outros|overige|dodatk|прочее|допол|ekstra|消费|杂费|其他费|其他收|附加费|"
    r"餐饮|追加|その他|기타|추가"
)
ROOM = re.compile(
    r"room|accommodation|房费|住宿|宿泊|객실|숙박|zimmer|übernacht|ubernacht|chambre|habitaci|alojamiento|camera"
)
PER_PIECE = re.compile(r"unit|each|perpiece|einzel|stück|stuk|jednostk|birim|单价|単価|단가")


def _amounts(asked: Asked) -> Iterator[Decision]:
    """The money of an order that no header names."""
    for one in asked.used:
        column = one.source.column("amount")
        guessed = one.guess.column("amount") if one.as_guessed else None
        if column is None or guessed is None or guessed.name != column.name or guessed.reason != "values":
            continue
        if not _names_other_money(column.name) and not _is_side(one, column.name):
            found = beside(asked, one)
            prices = one.prices_of_receipts
            others = [other.name for other in one.guess.columns if _may_be_instead(other)]
            others = list(dict.fromkeys([*prices, *others]))[:MOST_OFFERED]
            sums = instead_of(asked, one, others)
            told = " ".join(str(note.facts.get("formula", "")) for note in (*found.proofs, *found.doubts))
            beside_it = [name for name in others if name not in prices and name not in told]
            added = (*found.alternatives, *_with_fees(asked, one, beside_it), *_with_other(asked, one, beside_it))
            offered = {other.choice: other for other in added} | {
                other: Alternative(other, _revenue(sums, other), swapped(one, column.name, other, "amount"))
                for other in _whole(asked, one, others, sums)
            }
            offered = offered or {other.choice: other for other in _extras(asked, one)}
            why = tuple(_receipts(column.name, prices)) or _why(one, column.name, found)
            evidence = (*why, *(note for note in found.doubts if note not in why), *held_beside(one, column.name))
            doubted = beside_it or prices or any(note not in found.proofs for note in evidence)
            sure = found.sure and not doubted
            yield Decision(
                "amount", column.name, "high" if sure else "middle", evidence, _effect(asked, one),
                tuple(offered.values()), "found" if sure else "guessed", column=column.name, **one.about,
            )  # fmt: skip


def _receipts(header: str, prices: Sequence[str]) -> Iterator[Note]:
    """Say that an amount came in bit by bit, beside the price of its order."""
    yield from (Note("receipts", {"header": header, "other": price}) for price in prices[:1])


def _with_fees(asked: Asked, one: Used, others: Sequence[str]) -> Iterator[Alternative]:
    """Offer a fee together with another fee beside it."""
    amount = one.source.column("amount")
    if amount is not None and FEE.search(normal(amount.name)):
        for other in others:
            if FEES.search(normal(other)):
                yield next(with_part(asked, one, amount.name, other, money_of(asked, one, [other])))


def _with_other(asked: Asked, one: Used, others: Sequence[str]) -> Iterator[Alternative]:
    """Offer an amount that no header names together with other money of which nobody knows: food, and drinks."""
    amount = one.source.column("amount")
    seen = {column.name: column.evidence for column in one.guess.columns}
    if amount is not None and is_unnamed_money(amount.name, seen[amount.name]):
        for other in others:
            if is_unnamed_money(other, seen[other]):
                yield next(with_part(asked, one, amount.name, other, money_of(asked, one, [other])))


def _extras(asked: Asked, one: Used) -> Iterator[Alternative]:
    """Offer what was charged beside an amount that no header names, also where it is written in whole money."""
    amount = one.source.column("amount")
    named = [
        column.name for column in one.guess.columns
        if column.role == IGNORE and column.evidence.kind == "number" and EXTRAS.search(normal(column.name))
        and column.evidence.personal is None and column.evidence.n_distinct > 1 and not is_other_money(column.name)
    ][:MOST_OFFERED]  # fmt: skip
    sums = money_of(asked, one, named) if amount is not None else {}
    for name, money in sums.items():
        if amount is not None and money > 0:
            yield next(with_part(asked, one, amount.name, name, sums))


def _may_be_instead(column: ColumnGuess) -> bool:
    """Say whether a column may be what was paid in place of the one that was taken."""
    seen = column.evidence
    if column.is_converted or column.role != IGNORE or seen.kind != "number" or is_rate(column.name, seen):
        return False
    said = any(words_of("amounts").says(column.name, meaning) for meaning in ("paid", "asked", "promised"))
    return said or seen.decimal_share > 0 or _may_be_money(column) or written_as_money(seen)


def _why(one: Used, header: str, found: Beside) -> tuple[Note, ...]:
    """Return what speaks for an amount that no header names."""
    if FEE.search(normal(header)) or any(words_of("amounts").says(header, one) for one in ("paid", "goods")):
        return (Note("says_paid", {"header": header}), *found.proofs)
    if one.source.column("order_id") and any(numbers_instalments(column.evidence) for column in one.guess.columns):
        return (Note("instalments", {"header": header}), *found.proofs)
    seen = next(column.evidence for column in one.guess.columns if column.name == header)
    return found.proofs or (Note("only_decimals" if seen.decimal_share else "only_money", {}),)


def _effect(asked: Asked, one: Used) -> dict[str, Any]:
    """Return the rows of a table, and the revenue that they make where it is known."""
    revenue = revenue_of(asked, one)
    return {"rows": one.guess.table.n_rows} | ({} if revenue is None else {"revenue": round(revenue, 6)})


def _revenue(sums: Mapping[str, float], header: str) -> dict[str, Any]:
    return {"revenue": sums[header]} if header in sums else {}


def _sides(asked: Asked) -> Iterator[Decision]:
    """Which of debit and credit is what was sold: the words of the rows say it, or the headings, or nobody."""
    for one in asked.used:
        amount = one.source.column("amount") if one.source.kind == "orders" and one.as_guessed else None
        guessed = one.guess.column("amount")
        if amount is None or guessed is None or guessed.name != amount.name or not _is_side(one, amount.name):
            continue
        found = sides_of(one.guess.table)
        if found is None or alike(one.guess.table.columns) is not None:
            continue
        other = one.guess.table.columns[found.other]
        facts = {"header": found.header, "n": found.back, "other": other}
        sure: Confidence = "high" if found.by == "words" and not found.back else "middle"
        evidence = [Note(f"side_by_{found.by}", facts)] + ([Note("side_back", facts)] if found.back else [])
        yield Decision(
            "worth", amount.name, "low" if found.by == "customer" else sure, tuple(evidence), _effect(asked, one),
            (
                other_side(asked, one, amount.name, other),
            ),
            "found" if sure == "high" else "guessed", column=amount.name, **one.about,
        )  # fmt: skip


def _is_side(one: Used, header: str) -> bool:
    """Say whether money stands in a column of debits and one of credits, of which this is one."""
    headers = one.guess.table.columns
    return has_sides(headers) and any(side.match(normal(header)) for side in (MONEY_IN, MONEY_OUT))


def _worth(asked: Asked) -> Iterator[Decision]:
    """What orders are worth, where a known export lacks its amounts, or orders are counted and numbers stand unused."""
    orders = [one for one in asked.used if one.source.kind in ORDERS]
    none_tells = not any(tells_money(_present(one)) for one in orders)
    for one in orders:
        if one.source.kind != "orders" or not one.as_guessed or _is_side(one, _amount(one)):
            continue
        if tells_money(_present(one)):
            yield from _taken_for_amount(asked, one)
        elif none_tells and not tells_money({column.role for column in one.guess.columns}):
            yield from _counted(asked, one)


def _counted(asked: Asked, one: Used) -> Iterator[Decision]:
    """Orders without amounts, unless there is nothing that could be one."""
    unused = [column for column in one.guess.columns if _may_be_money(column)]
    says = [Note("money_unused", {"columns": ", ".join(column.name for column in unused)})] if unused else []
    evidence = (*said_by_export(one), *says)
    numbers = [column.name for column in unused if column.evidence.kind == "number"][:MOST_OFFERED]
    sums = money_of(asked, one, numbers)
    if evidence:
        yield Decision(
            "worth", COUNTED, "middle", evidence, {"rows": one.guess.table.n_rows},
            (*_together(one, numbers, sums), *(
                Alternative(name, _revenue(sums, name), _as_amount(one, name)) for name in numbers
            )), "guessed", **one.about,
        )  # fmt: skip


def _together(one: Used, names: Sequence[str], sums: Mapping[str, float]) -> Iterator[Alternative]:
    """Offer two columns of money that nobody calls a total as one amount: work and parts, food and drinks."""
    seen = {column.name: column.evidence for column in one.guess.columns}
    money = [name for name in names if is_unnamed_money(name, seen[name])]
    if len(money) == len(("amount", "added")):
        effect = {"revenue": round(sum(sums[name] for name in money), 6)} if set(money) <= sums.keys() else {}
        roles_ = ((money[0], "amount"), (money[1], "added"))
        yield Alternative(" + ".join(money), effect, SourceFix(source=one.place, roles=roles_))


def _taken_for_amount(asked: Asked, one: Used) -> Iterator[Decision]:
    """An amount that is not, or not for certain, what was paid for the goods, and no better one stands beside it."""
    amount, guessed = one.source.column("amount"), one.guess.column("amount")
    name = amount.name if amount else None
    if name != (guessed.name if guessed else None) or (guessed and _said_by_amounts(guessed)):
        return  # chosen by a person, or said already
    evidence = list(said_by_export(one))
    if name and PER_PIECE.search(normal(name)) and not one.source.column("quantity"):
        evidence.append(Note("price_of_one", {"header": name}))
    if name:
        evidence += held_beside(one, name)
        evidence += [Note("says_promised", {"header": name})] if words_of("amounts").says(name, "promised") else []
    prices = one.prices_of_receipts
    evidence += _receipts(name or "", prices)
    reduced, paid = before_taxes(one, name or ""), paid_beside(one, name or "")
    rest = still_open(one, name or "")
    first = [*(reduced[1] if reduced else ()), *([paid] if paid else []), *(rest[:1] if rest else ())]
    alternatives = (
        _other_amounts(asked, one, name, [*prices, *first]) if evidence else _instead(asked, one, name, first)
    )
    for note in evidence:
        if name and note.code == "shipping_beside":
            other = str(note.facts["other"])
            without = [*with_part(asked, one, name, other, money_of(asked, one, [other]))][1:]
            alternatives = (*without, *(each for each in alternatives if each.choice != COUNTED))
    if reduced and reduced[2] and name:
        untaxed = [*with_part(asked, one, name, reduced[2], money_of(asked, one, [reduced[2]]))][1:]
        alternatives = (*untaxed, *alternatives)
    evidence += [reduced[0]] if reduced else []
    evidence += [Note("money_unused", {"columns": paid})] if paid and not rest else []
    evidence += [Note("still_open", {"header": name, "other": rest[1], "total": rest[0]})] if rest else []
    for note, where in asked.noted("amounts_corrected"):
        if where is not one or not name:
            continue
        other = str(note.facts["column"])
        evidence.append(Note("adjusted", {"header": name, "other": other, "n": note.facts["n"]}))
        left = SourceFix(source=one.place, roles=((other, IGNORE),))
        alternatives = (Alternative(name, _revenue(money_of(asked, one, [name]), name), left), *alternatives)
    for note, where in asked.noted("refunded_in_part"):
        if where is one:
            alternatives = alternatives or _other_amounts(asked, one, name)
            evidence.append(Note(note.code, {key: note.facts[key] for key in ("states", "n")}))
            left = CleaningFix(field="excluded_states", value=tuple(note.facts["without"]))
            then = tried(asked, one, left)
            known = {} if then is None else {"revenue": then}
            alternatives = (Alternative("not_sold", known, left), *alternatives[:1])
    found = beside(asked, one) if alike(one.guess.table.columns) is None else Beside()
    told, totals = total_beside(asked, one, name) if alike(one.guess.table.columns) is None else ((), ())
    extras = list(_extras(asked, one)) if name and ROOM.search(normal(name)) else []
    offered = {other.choice for other in found.alternatives}
    extras = [other for other in extras if other.choice not in offered and not found.proofs]
    evidence += [*found.doubts, *told, *(Note("extras_beside", {"formula": other.choice}) for other in extras)]
    alternatives = (*totals, *extras, *alternatives)
    offered = {other.choice: other for other in (*found.alternatives, *alternatives)}
    if evidence:
        yield Decision(
            "worth", name or MULTIPLIED, "middle", (*evidence, *found.proofs), _effect(asked, one),
            tuple(offered.values()), "guessed", column=name, **one.about,
        )  # fmt: skip
    elif found.proofs:
        yield Decision(
            "worth", name or MULTIPLIED, "high", found.proofs, _effect(asked, one), found.alternatives, column=name,
            **one.about,
        )  # fmt: skip


def _amount(one: Used) -> str:
    column = one.source.column("amount")
    return column.name if column else ""


def _present(one: Used) -> set[str]:
    return {column.role for column in one.source.columns}


def _said_by_amounts(guessed: ColumnGuess) -> bool:
    return guessed.reason == "values" and not _names_other_money(guessed.name)


def _names_other_money(header: str) -> bool:
    return any(header_score(header, roles()[role]) >= 0.5 for role in OTHER_MONEY)


def _may_be_money(column: ColumnGuess) -> bool:
    """Say whether a column may hold what was paid: by a header that names money, or by cents."""
    if column.role in NO_AMOUNTS or column.evidence.personal or is_rate(column.name, column.evidence):
        return False
    if header_score(column.name, roles()["amount"]) >= 0.9:
        return True
    named = _names_other_money(column.name) or header_score(column.name, roles()["amount"]) >= 0.5
    named = named or CHARGED.search(column.name) is not None
    is_number = column.evidence.kind == "number"
    if is_number and is_unnamed_money(column.name, column.evidence):
        return True
    return is_number and (column.evidence.decimal_share > 0.3 or (named and column.evidence.number_share > 0.9))


def _as_amount(one: Used, name: str) -> SourceFix:
    return SourceFix(source=one.place, roles=((name, "amount"),))


def _other_amounts(asked: Asked, one: Used, chosen: str | None, first: Sequence[str] = ()) -> tuple[Alternative, ...]:
    """Offer the columns of numbers that may be what was paid instead, and counting orders alone."""
    others = [
        column.name for column in one.guess.columns
        if column.name != chosen and column.evidence.kind == "number" and _may_be_money(column)
        and not _is_part_of_money(one, column.name)
    ]  # fmt: skip
    offered = list(_instead(asked, one, chosen, list(dict.fromkeys([*first, *others]))[:MOST_OFFERED]))
    left = tuple((column.name, IGNORE) for column in one.source.columns if column.role in COUNTED_WITHOUT)
    if left:
        offered.append(Alternative(COUNTED, {}, SourceFix(source=one.place, roles=left)))
    return tuple(offered)


def _instead(asked: Asked, one: Used, chosen: str | None, others: Sequence[str]) -> tuple[Alternative, ...]:
    """Offer other columns as the amount."""
    sums = instead_of(asked, one, others) if others else {}
    return tuple(
        Alternative(
            name, _revenue(sums, name), swapped(one, chosen, name, "amount") if chosen else _as_amount(one, name)
        )
        for name in _whole(asked, one, others, sums)
    )


def _whole(asked: Asked, one: Used, names: Sequence[str], sums: Mapping[str, float]) -> list[str]:
    """Leave out of columns of money those that are no other reading of the revenue: small parts of it, and deposits.

    What a heading says was paid may be little.
    """
    revenue, amount, words = revenue_of(asked, one), one.source.column("amount"), words_of("amounts")
    unnamed = amount is not None and header_score(amount.name, roles()["amount"]) < NAMED
    if not revenue or (unnamed and not any(words.says(_amount(one), meaning) for meaning in words.names)):
        return list(names)
    paid = [name for name in names if came_in(name)]
    least = LEAST_WHOLE * abs(revenue)
    whole = [name for name in names if abs(sums.get(name, revenue)) >= least]
    return [name for name in names if name in paid or (name in whole and not words_of("paying").says(name, "deposit"))]


def _is_part_of_money(one: Used, header: str) -> bool:
    """Say whether a column holds a part of what was paid, as a tax, what it was sent for, or what came off it.

    Where pieces are counted, so is the price of one.
    """
    parts = (*PARTS, "unit_price") if one.source.column("quantity") else PARTS
    of_role = any(column.name == header and column.role in parts for column in one.source.columns)
    return of_role or (is_other_money(header) and not FEE.search(normal(header)))


def _spend_of_a_year(asked: Asked) -> Iterator[Decision]:
    """What customers spent, where the column says the sum of the current year alone."""
    for one in asked.used:
        column = one.source.column("spend") if one.source.kind == "customers" and one.as_guessed else None
        if column is None or not says_period(column.name, "now") or one.guess.column("spend") is None:
            continue
        others = [
            other.name for other in one.guess.columns
            if other.evidence.kind == "number" and other.role in (IGNORE, EXTRA) and says_period(other.name, "before")
        ][:MOST_OFFERED]  # fmt: skip
        yield Decision(
            "worth", column.name, "middle", (Note("of_a_year", {"header": column.name}),), {},
            tuple(Alternative(name, {}, swapped(one, column.name, name, "spend")) for name in others), "guessed",
            column=column.name, **one.about,
        )  # fmt: skip


OF_MONEY: tuple[Callable[[Asked], Iterator[Decision]], ...] = (_amounts, _sides, _worth, _spend_of_a_year)
