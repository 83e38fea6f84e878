"""Other money in the rows of an amount: what the amount holds of it by the rows themselves, and what nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.intake.decision import Alternative
from analysis.intake.fixes import SourceFix
from analysis.intake.judging.asked import Asked, Used, exactly, instead_of, money_of, revenue_of, share_taken, swapped
from analysis.intake.judging.readings.shapes import (
    added_up,
    is_above,
    is_made_up,
    is_part,
    is_part_of,
    is_rest,
    is_version,
)
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import EXTRA, IGNORE, header_score, normal, roles
from analysis.intake.suggesting.against import FEE_TAKEN
from analysis.intake.suggesting.arithmetic import Sum, numbers_instalments, numbers_of, sum_of
from analysis.intake.suggesting.by_headers import is_open
from analysis.intake.suggesting.other_money import is_tax, is_unnamed_money, written_as_money, written_by_sheet
from analysis.notes import Note

if TYPE_CHECKING:
    import numpy as np

    from analysis.intake.suggesting.column_guess import ColumnGuess

MOST_UNKNOWN = 2  # columns that are asked about at once
TWO = 2  # factors: quantity and price
MOSTLY = 0.98
HALF = 0.5  # of the amount, from which other money is another sum of the same thing rather than a part of it
NET = re.compile(r"\bnet|净|実|순|нетто|صافي|สุทธิ", re.IGNORECASE)
KNOWN_PARTS = ("discount", "shipping", "added", "taken_off")


@dataclass(frozen=True)
class Beside:
    """What rows say about an amount: sums that hold, columns of which nobody knows, and the readings they give.

    ``sure`` says that others add up to it, in nearly all rows, and that nothing is left in doubt.
    """

    proofs: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    sure: bool = False


def beside(asked: Asked, one: Used) -> Beside:
    """Look at the other money in the rows of a table of orders that tells what was paid."""
    base, factors = _base(one), (*_of_roles(one, "quantity"), *_of_roles(one, "unit_price"))
    columns = [column for column in one.guess.columns if not column.is_converted]
    unknown = [column for column in columns if _may_count(one, column)] if base else []
    chosen = one.guess.column("amount")
    guessed = chosen is not None and chosen.reason == "values" and len(factors) > 1
    reduced = one.source.column("discount") is not None and _is_price(one, base)
    discount = _of_roles(one, "discount") if len(base) == 1 and len(factors) == TWO else ()
    held = any(words_of("paying").says(column.name, "deposit") for column in one.guess.columns) and bool(base)
    if not (unknown or guessed or reduced or discount or held or _fees(one)) and not any(_left_out(one, base)):
        return Beside()
    known = [column for column in columns if _is_known_part(one, column) and column not in unknown]
    of_base = {column.name: column.evidence for column in one.guess.columns if column.name in (*base, *factors)}
    others = {column.name: column.evidence for column in (*unknown, *known)}
    numbers = numbers_of(one.guess.table, {**of_base, **others})
    total = numbers[base[0]] if len(base) == 1 else numbers[base[0]] * numbers[base[1]]
    looked_at = [column.name for column in unknown if column.name in numbers]
    parts = [name for name in looked_at if is_part(numbers[name], total)]
    versions = [name for name in looked_at if name not in parts and is_version(numbers[name], total)]
    of_known = [column.name for column in known if column.name in numbers]
    sums = [name for name in of_known if _names_amount(name) and is_version(numbers[name], total)]
    together = [*parts, *(name for name in of_known if name not in sums)]
    within = _sum_within(base, factors, together, numbers)
    if within is None and parts:
        within = _sum_of_counts(one, base, together, numbers)
    related = [found for name in (*versions, *sums) if (found := sum_of(name, base, together, numbers)) is not None]
    above = _made_of(
        base, [name for name in looked_at if name not in (*parts, *versions)], [*looked_at, *of_known], numbers
    )
    related += above
    if within is None:
        rest = [*(name for name in looked_at if name not in parts), *together]
        made = _sum_within(base, (), rest, numbers)
        if made is None and unknown:  # also of sums in whole money, of which nobody knows that they are money
            free = {column.name: column.evidence for column in one.guess.columns if _is_free(one, column, numbers)}
            more = numbers_of(one.guess.table, free)
            made = _sum_within(base, (), [*more, *sums, *rest], {**numbers, **more}) if more or sums else None
        within = made if is_made_up(made) else None
    versions += [name for name in sums if NET.search(" ".join(base)) and is_above(numbers[name], total)]
    return _judged(asked, one, base, parts, versions, within, related, numbers, above)


def _is_free(one: Used, column: ColumnGuess, known: Mapping[str, np.ndarray]) -> bool:
    seen = column.evidence
    is_number = seen.kind == "number" and seen.number_share >= MOSTLY and seen.personal is None
    says_other = words_of("figures").says(column.name, "no_money")
    return is_number and not says_other and column.name not in known and _role(one, column) in (IGNORE, EXTRA)


def _made_of(
    base: tuple[str, ...], totals: Sequence[str], others: Sequence[str], numbers: Mapping[str, np.ndarray]
) -> list[Sum]:
    """Find larger money that an amount and other money make up: what the insurance pays, and the whole bill."""
    found = []
    if len(base) != 1:
        return found
    for name in totals:
        if is_above(numbers[name], numbers[base[0]]):
            rest = [other for other in others if other != name and not is_tax(other)]
            made = sum_of(name, base, rest, numbers)
            found += [made] if made is not None and all(sign > 0 for _, sign in made.signs) else []
    return found


def _names_amount(header: str) -> bool:
    return header_score(header, roles()["amount"]) >= HALF


def _sum_of_counts(
    one: Used, base: tuple[str, ...], parts: Sequence[str], numbers: Mapping[str, np.ndarray]
) -> Sum | None:
    """Find an amount that is a count times a rate under any headings, with parts: days of a hire, and its insurance."""
    priced = _of_roles(one, "unit_price")
    parts = [name for name in parts if name not in priced]
    free = {
        column.name: column.evidence for column in one.guess.columns
        if column.evidence.kind == "number" and column.name not in (*base, *parts)
    }  # fmt: skip
    if len(base) != 1:
        return None
    both = {**numbers_of(one.guess.table, free), **{name: numbers[name] for name in (*base, *parts)}}
    for pair in combinations([name for name in free if name in both], 2):
        found = sum_of(base[0], pair, parts, both)
        if found is not None and found.signs:
            return found
    return None


def _judged(
    asked: Asked,
    one: Used,
    base: tuple[str, ...],
    parts: Sequence[str],
    versions: Sequence[str],
    within: Sum | None,
    related: Sequence[Sum],
    numbers: Mapping[str, np.ndarray],
    above: Sequence[Sum],
) -> Beside:
    """Tell what is proven of what nobody knows, and offer the readings of the latter."""
    totals = [
        found
        for found in related
        if found in above
        or (
            dict(found.signs).keys() & parts
            and _may_be_paid(base, found, parts)
            and not (is_part_of(within, found) or is_rest(found))
        )
    ]
    told = {name for found in (*related, *((within,) if within else ())) for name in (*found.start, *dict(found.signs))}
    shared = any(where is one for _, where in asked.noted("order_totals_split"))  # parts are those of the lines
    told |= {name for name in parts if is_open(name, one.guess.table.columns)}
    open_parts = [] if shared else [name for name in parts if name not in told][:MOST_UNKNOWN]
    if within is not None:  # made of other parts: what is paid in advance, or given back, is none of them
        open_parts = [name for name in open_parts if not words_of("paying").says(name, "deposit")]
    doubtful = list(_doubtful(base, versions, [*(found.total for found in related), *added_up(within)]))
    if added_up(within):
        doubtful = [name for name in doubtful if not is_open(name)]
    offered = [*(found.total for found in totals), *doubtful]
    sums = money_of(asked, one, open_parts) | instead_of(asked, one, offered)
    open_parts = [name for name in open_parts if sums.get(name) != 0]  # in rows alone that are no sales
    doubts = [
        Note("money_beside", {"header": " × ".join(base), "other": name, "n": _filled(numbers[name])})
        for name in open_parts
    ]
    doubts += [_adds_up(found) for found in totals]
    doubts += [Note("money_unused", {"columns": ", ".join(doubtful)})] if doubtful else []
    if any(numbers_instalments(column.evidence) for column in one.guess.columns):
        offered += open_parts  # an instalment may be all that was paid of a total
    alternatives = [_instead(one, name, sums) for name in offered]
    for name in open_parts:
        both = list(with_part(asked, one, " × ".join(base), name, sums))
        alternatives += both if within is None else both[:1]  # what an amount is not made of cannot come off it
    proofs = [_adds_up(found) for found in (*((within,) if within else ()), *related) if found not in totals]
    discount = one.source.column("discount")
    if within is not None and discount is not None and within.sign(discount.name) > 0:
        doubts.append(_adds_up(within))
        alternatives += [*with_part(asked, one, base[0], discount.name, money_of(asked, one, [discount.name]))][1:]
    elif within is None and not related and discount is not None and _is_price(one, base):
        doubts.append(Note("discount_beside", {"header": base[0], "other": discount.name}))
        alternatives += [*with_part(asked, one, base[0], discount.name, money_of(asked, one, [discount.name]))][1:]
    held = dict(within.signs) if within else {}
    left = [name for name in _left_out(one, base) if name in numbers and _filled(numbers[name]) and name not in held]
    for name in left:
        alternatives += [*with_part(asked, one, base[0], name, money_of(asked, one, [name]))][:1]
    proofs += [Note("left_out", {"header": base[0], "others": ", ".join(left)})] if left else []
    unnetted = _not_off(asked, one, base, numbers)
    for name in filter(None, (unnetted, _tax_in(within))):
        alternatives = [*list(with_part(asked, one, base[0], name, money_of(asked, one, [name])))[1:], *alternatives]
    for name in _given_back(within):
        doubts.append(Note("deposit_in", {"header": base[0], "other": name}))
        alternatives += list(with_part(asked, one, base[0], name, money_of(asked, one, [name])))[1:]
    for name in _after_fees(one, base, within, related):
        doubts.append(Note("after_fees", {"header": base[0], "other": name}))
        product = Alternative("price_times_quantity", {}, SourceFix(source=one.place, roles=((base[0], IGNORE),)))
        paid = _instead(one, name, instead_of(asked, one, [name])) if name in numbers else product
        alternatives = [paid, *alternatives]
    if unnetted:
        shared = share_taken(asked, one, unnetted)
        n = shared[1] if shared else _filled(numbers[unnetted])
        doubts.append(Note("discount_not_off", {"header": base[0], "other": unnetted, "n": n}))
    return Beside(tuple(proofs), tuple(doubts), tuple(alternatives), bool(added_up(within)) and not doubts)


def _is_price(one: Used, base: tuple[str, ...]) -> bool:
    """Say whether an amount is a price for want of a quantity, from which a discount may still come off."""
    priced = len(base) == 1 and header_score(base[0], roles()["unit_price"]) >= HALF
    return priced and one.source.column("quantity") is None


def _not_off(asked: Asked, one: Used, base: tuple[str, ...], numbers: Mapping[str, np.ndarray]) -> str:
    """Name a discount where the amount is quantity times price also in the rows that hold one; else nothing."""
    factors = (*_of_roles(one, "quantity"), *_of_roles(one, "unit_price"))
    seen = {column.name: column.evidence for column in one.guess.columns}
    for name in _of_roles(one, "discount"):
        if len(base) == 1 and len(factors) == TWO and name in numbers:
            less = _has(numbers[name])
            other = less & (numbers[name] != 1)  # a factor of one takes nothing off
            held = {header: values[other if other.any() else less] for header, values in numbers.items()}
            if sum_of(base[0], factors, (), held) is not None:
                money = written_as_money(seen[name]) or written_by_sheet(seen[name])
                return name if money or share_taken(asked, one, name) else ""
    return ""


def _tax_in(within: Sum | None) -> str:
    """Name the tax that an amount holds by the rows themselves; else nothing."""
    return next((name for name, sign in within.signs if sign > 0 and is_tax(name)), "") if within else ""


def _fees(one: Used) -> list[str]:
    """Name the fees that somebody took of what was paid."""
    return [
        column.name
        for column in one.guess.columns
        if _role(one, column) == IGNORE and column.evidence.kind == "number" and FEE_TAKEN.search(normal(column.name))
    ]


def _after_fees(one: Used, base: tuple[str, ...], within: Sum | None, related: Sequence[Sum]) -> Iterator[str]:
    """Name what was paid where an amount is what is left of it after fees, by the rows themselves."""
    fees = _fees(one)
    for found in related if len(base) == 1 else ():
        if found.start == base and any(sign > 0 and name in fees for name, sign in found.signs):
            yield found.total
    if within is not None and any(sign < 0 and name in fees for name, sign in within.signs):
        yield " × ".join(name for name in within.start if name not in fees)


def _given_back(within: Sum | None) -> Iterator[str]:
    """Name a deposit that an amount holds beside what it is paid for; with what is left to pay it makes the price."""
    names = [*within.start, *(name for name, sign in within.signs if sign > 0)] if within else []
    rest = any(words_of("figures").says(name, "of_shop") and not is_tax(name) for name in names)
    if within is not None and len(within.start) == 1 and len(names) > 1 and not rest:
        yield from (name for name in names if words_of("paying").says(name, "deposit"))


def _has(values: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.nan_to_num(values) != 0


def _left_out(one: Used, base: tuple[str, ...]) -> Iterator[str]:
    """Name the taxes and the shipping that an amount of goods alone leaves out."""
    if len(base) != 1 or not words_of("amounts").says(base[0], "goods"):
        return
    for column in one.guess.columns:
        tax = is_tax(column.name) and _role(one, column) == IGNORE and column.evidence.kind == "number"
        if tax or _role(one, column) == "shipping":
            yield column.name


def _may_be_paid(base: tuple[str, ...], found: Sum, unknown: Sequence[str]) -> bool:
    """Say whether another sum may be what was paid: more than the amount, or less and called no subtotal.

    Beside what was paid itself only the price, where it leaves out money of which nobody knows, as a fine.
    """
    words = words_of("amounts")
    if any(words.says(name, "paid") for name in base):
        return any(sign < 0 and name in unknown for name, sign in found.signs)
    if any(sign > 0 for _, sign in found.signs):
        return True
    if any(words.says(name, "total") and not words.says(name, "goods") for name in base):
        return False
    return not words.says(found.total, "goods") or NET.search(found.total) is not None


def _base(one: Used) -> tuple[str, ...]:
    """Return the header of the amount, or those of quantity and price; none where a table tells no money."""
    amount = one.source.column("amount")
    if amount is not None:
        return (amount.name,)
    quantity, price = one.source.column("quantity"), one.source.column("unit_price")
    return (quantity.name, price.name) if quantity and price else ()


def _of_roles(one: Used, role: str) -> tuple[str, ...]:
    column = one.source.column(role)
    return (column.name,) if column is not None else ()


def _role(one: Used, guessed: ColumnGuess) -> str:
    return next((column.role for column in one.source.columns if column.name == guessed.name), IGNORE)


def _is_known_part(one: Used, column: ColumnGuess) -> bool:
    """Say whether a column is money of which its heading says what it is: a discount, a tax, a tip, a fee."""
    role = _role(one, column)
    if role in KNOWN_PARTS or (role == "unit_price" and one.source.column("quantity") is None):
        return True
    is_money = column.evidence.number_share >= MOSTLY and (
        written_as_money(column.evidence) or _names_amount(column.name)
    )
    return role == IGNORE and is_money and not words_of("figures").says(column.name, "no_money")


def _may_count(one: Used, column: ColumnGuess) -> bool:
    """Say whether a column without a role holds money of which its heading does not say what it is."""
    seen, name = column.evidence, column.name
    if _role(one, column) not in (IGNORE, "coupon") or seen.number_share < MOSTLY or seen.personal is not None:
        return False
    return is_unnamed_money(name, seen)


def _sum_within(
    base: tuple[str, ...], factors: Sequence[str], parts: Sequence[str], numbers: Mapping[str, np.ndarray]
) -> Sum | None:
    """Find quantity times price, with parts, in the amount, or parts that make it up alone."""
    if len(base) != 1:
        return None
    starts = [tuple(factors)] if len(factors) == TWO else []
    for start in (*starts, *((name,) for name in parts)):
        found = sum_of(base[0], start, [name for name in parts if name not in start], numbers)
        if found is not None:
            return found
    return None


def _doubtful(base: tuple[str, ...], versions: Sequence[str], made: Sequence[str]) -> Iterator[str]:
    """Name other sums: what was paid beside what was asked or promised, and those under headings that nobody knows."""
    words = words_of("amounts")
    promised = any(words.says(name, meaning) for name in base for meaning in ("asked", "promised"))
    for name in versions:
        if name in made:
            continue
        amounts = header_score(name, roles()["amount"])
        said = amounts >= HALF or any(words.says(name, meaning) for meaning in words.names)
        net = any(NET.search(one) for one in base) and amounts >= HALF
        if (promised and words.says(name, "paid")) or not said or net:
            yield name


def _filled(values: np.ndarray) -> int:
    return int(_has(values).sum())


def _adds_up(found: Sum) -> Note:
    return Note("adds_up", {"formula": found.formula, "n": found.n, "of": found.of})


def _instead(one: Used, name: str, sums: Mapping[str, float]) -> Alternative:
    effect = {"revenue": sums[name]} if name in sums else {}
    chosen = one.source.column("amount")
    if chosen is None:
        return Alternative(name, effect, SourceFix(source=one.place, roles=((name, "amount"),)))
    return Alternative(name, effect, swapped(one, chosen.name, name, "amount"))


def with_part(asked: Asked, one: Used, written: str, name: str, sums: Mapping[str, float]) -> Iterator[Alternative]:
    """Offer an amount with a part added, and with it taken off; a discount that is a share takes off its share."""
    revenue, shared = revenue_of(asked, one), share_taken(asked, one, name)
    taken = f"{written} − {name}"
    if shared is not None:
        taken = f"{written} × {name}" if shared[0] == "factor" else f"{written} × (1 − {name})"
    for role, said, times in (("added", f"{written} + {name}", 1), ("taken_off", taken, -1)):
        fix = SourceFix(source=one.place, roles=((name, role),))
        more = None if name not in sums else times * abs(sums[name])
        if shared is not None and role == "taken_off":
            more = -shared[2]
        about = None if revenue is None or more is None else round(revenue + more, 6)  # what returns hold, a run says
        yield Alternative(said, {} if about is None else {"revenue": exactly(asked, one, fix, about)}, fix)
