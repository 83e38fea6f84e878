"""What the numbers in the rows of a table add up to: quantity times price, an amount and what is beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.engine import fetch_arrow, fetch_row, look
from analysis.intake.cells.values import number
from analysis.intake.meaning.currency import said_in_heading
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import header_score, normal, roles
from analysis.intake.suggesting.describe import scan
from analysis.intake.suggesting.other_money import NO_MONEY, is_tax, written_as_money
from analysis.intake.suggesting.proven.many_parts import signs_solved
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    import numpy as np

    from analysis.intake.roles import Evidence

LOOKED_AT = 4000  # rows
LEAST_ROWS = 8  # fewer add up by chance
LEAST_VARIED = 3  # rows in which a part is not nought, or a factor not one
MOSTLY = 0.95  # of the rows must add up
NAMED = 0.5  # from which a header names a price
CENT = 0.011  # both sides may be rounded to cents
MOST_COLUMNS = 10  # of numbers
MOST_PARTS = 4
LEAST_MONEY = 2  # columns, of which one is a share of the other

INSTALMENT = re.compile(r"(\d{1,3})\s*(?:/|of|de|von|sur|di|van|из)\s*(\d{1,3})$", re.IGNORECASE)
LEAST_CONTRACTS = 5  # of several rows
MOST_CONTRACTS = 6  # columns that are tried

Numbers = Mapping[str, "np.ndarray"]


@dataclass(frozen=True)
class Sum:
    """A column that is another one, or a product, and parts: ``signs`` says of each part whether it is added (1, -1).

    ``start`` holds one header, or two that are multiplied.
    """

    total: str
    start: tuple[str, ...]
    signs: tuple[tuple[str, int], ...]
    n: int
    of: int

    @property
    def formula(self) -> str:
        """The sum in the headers of its columns."""
        parts = "".join(f" {'+' if sign > 0 else '−'} {name}" for name, sign in self.signs)
        return f"{' × '.join(self.start)}{parts} = {self.total}"

    def sign(self, part: str) -> int:
        """Return how a part goes into the total: 1, -1, or 0."""
        return dict(self.signs).get(part, 0)


def numbers_of(table: RawTable, columns: Mapping[str, Evidence]) -> dict[str, np.ndarray]:
    """Return the numbers of columns, NaN where a cell holds none, of up to 4,000 rows spread over a table in memory."""
    import numpy as np

    told = {name: table.columns.index(name) for name in list(columns)[:MOST_COLUMNS]}
    if not told:
        return {}
    cells = ", ".join(
        f"CAST({number(f'c{place}', decimal=columns[name].decimal)} AS DOUBLE) AS n{place}"
        for name, place in told.items()
    )
    step = max(1, table.n_rows // LOOKED_AT)
    with look() as connection, scan(connection, table) as rows:
        if isinstance(table.rows, Path) or step == 1:
            few = f"(SELECT * FROM {rows} LIMIT {LOOKED_AT})"
        else:
            few = f"(SELECT * FROM (SELECT *, row_number() OVER () AS r FROM {rows}) WHERE r % {step} = 0)"
        taken = fetch_arrow(connection, f"SELECT {cells} FROM {few}")
    return {
        name: np.asarray(taken.column(at).to_numpy(zero_copy_only=False), dtype=float) for at, name in enumerate(told)
    }


def products(numbers: Numbers) -> list[tuple[str, str, str]]:
    """Return columns of which the first two multiplied give the third, in nearly all rows.

    Neither factor may be one in nearly all rows, for then it says nothing.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1.0, 21)
    >>> products({"a": n % 3 + 1, "b": n, "c": (n % 3 + 1) * n})
    [('a', 'b', 'c')]
    """
    found = []
    for first, second in combinations(numbers, 2):
        a, b = numbers[first], numbers[second]
        if min(_varied(a), _varied(b)) < LEAST_VARIED:
            continue
        for total in numbers:
            if total in (first, second) or not _differs(numbers[total]):
                continue
            if _agree(a * b, numbers[total], _rounding(a, b)) is not None:
                found.append((first, second, total))
    return found


@dataclass(frozen=True)
class Instalments:
    """The places of the columns of instalments, of the number of their contract, and of its day where there is one."""

    part: int
    total: int
    contract: int
    day: int | None


def numbers_instalments(seen: Evidence) -> bool:
    """Say whether cells count instalments: 1/10, 2/10.

    Examples
    --------
    >>> from analysis.intake.roles import Evidence
    >>> [numbers_instalments(Evidence(9, 9, 9, examples=cells)) for cells in (("1/3", "2/3"), ("3/2", "1/3"), ())]
    [True, False, False]
    """
    found = [INSTALMENT.match(cell.strip()) for cell in seen.examples]
    return bool(found) and all(one is not None and 0 < int(one[1]) <= int(one[2]) for one in found)


def instalments(
    table: RawTable,
    evidence: Sequence[Evidence],
    *,
    money: Sequence[int],
    contracts: Sequence[int],
    days: Sequence[int],
) -> Instalments | None:
    """Find money that adds up, over the rows of a contract, to other money that stands on each of them; else None.

    Parameters
    ----------
    money, contracts, days : sequence of int
        The places of columns that may hold the amounts, the number of the contract, its day.
    """
    typed = {at: number(f"c{at}", decimal=evidence[at].decimal) for at in money[:MOST_COLUMNS]}
    with look() as connection, scan(connection, table) as rows:

        def share(contract: int, test: str) -> float:
            n, so = fetch_row(
                connection,
                f"SELECT count(*), count(*) FILTER (so) FROM (SELECT {test} AS so FROM {rows} "
                f"WHERE c{contract} IS NOT NULL GROUP BY c{contract} HAVING count(*) > 1)",
            )
            return so / n if n >= LEAST_CONTRACTS else 0.0

        for contract, total, part in product(contracts[:MOST_CONTRACTS], typed, typed):
            if len({contract, total, part}) < len(("contract", "total", "part")):
                continue
            whole, paid = typed[total], typed[part]
            test = f"min({whole}) = max({whole}) AND abs(sum({paid}) - max({whole})) <= {CENT} * count(*)"
            if share(contract, f"{test} AND count(DISTINCT c{contract}) = 1 AND max({paid}) < max({whole})") >= MOSTLY:
                same = (day for day in days if share(contract, f"min(c{day}) = max(c{day})") >= MOSTLY)
                return Instalments(part, total, contract, next(same, None))
    return None


def sum_of(
    total: str, start: Sequence[str], parts: Sequence[str], numbers: Numbers, each: Sequence[np.ndarray] = ()
) -> Sum | None:
    """Find the signs with which parts, the fewest first, make of a column or product another column; else None.

    A sum needs a part, unless a product is itself the total. Also of the rows of ``each`` nearly all must add up.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1.0, 21)
    >>> columns = {"goods": n, "off": n % 2, "post": n % 3, "total": n - n % 2}
    >>> found = sum_of("total", ["goods"], ["off", "post"], columns)
    >>> found.formula, found.n
    ('goods − off = total', 20)
    """
    import numpy as np

    values = numbers[start[0]] if len(start) == 1 else numbers[start[0]] * numbers[start[1]]
    cents = np.full(len(values), CENT) if len(start) == 1 else _rounding(numbers[start[0]], numbers[start[1]])
    way_of = np.where(values < 0, -1, 1)  # what is taken back is taken back with its parts
    blank = {name: way_of * np.nan_to_num(np.abs(numbers[name])) for name in parts}
    many = signs_solved(numbers[total] - values, blank) if len(parts) > MOST_PARTS else {}
    size = {name: np.abs(blank[name]) for name in many or parts[:MOST_PARTS]}
    moved = [name for name in size if np.count_nonzero(size[name]) >= LEAST_VARIED]
    ways = sorted(product((0, -1, 1), repeat=len(moved)), key=lambda way: sum(map(abs, way)))
    ways = [tuple(many[name] for name in moved)] if many else ways
    best: tuple[int, Sum] | None = None
    for way in ways:
        if not any(way) and len(start) == 1:
            continue
        made = values + sum((sign * blank[name] for name, sign in zip(moved, way, strict=True)), np.zeros(len(values)))
        used = [size[name] > 0 for name, sign in zip(moved, way, strict=True) if sign]
        agreed = _agree(made, numbers[total], cents, [*used, *each])
        if agreed is not None and (best is None or agreed[0] > best[0]):
            signs = tuple((name, sign) for name, sign in zip(moved, way, strict=True) if sign)
            best = agreed[0], Sum(total, tuple(start), signs, *agreed)
            if agreed[0] == agreed[1]:
                break
    return best[1] if best else None


def gross_of_net(goods: str, sent: str, taxes: Sequence[str], totals: Sequence[str], numbers: Numbers) -> str | None:
    """Return the total with taxes where goods and shipping make the one without them, as papers add up."""
    for net, gross in permutations(totals, 2):
        first, then = sum_of(net, (goods,), [sent], numbers), sum_of(gross, (net,), taxes, numbers)
        if first is not None and first.sign(sent) > 0 and then is not None and min(dict(then.signs).values()) > 0:
            return gross
    return None


@dataclass(frozen=True)
class Reduced:
    """An amount of which only a share is paid, and where it ends: with taxes in ``total``, else in ``net``.

    ``net`` is "" where no column holds what is left before taxes.

    ``by_factor`` says that the column of discounts holds what is paid of it (0.95, 9.5 折), not what comes off.
    """

    start: str
    discount: str
    net: str
    total: str
    by_factor: bool
    formula: str
    n: int
    of: int
    taxes: tuple[str, ...] = ()


def reduced(
    discounts: Sequence[str], starts: Sequence[str], nets: Sequence[str], taxes: Sequence[str], numbers: Numbers
) -> Reduced | None:
    """Find an amount, a discount that is a factor, a share or a percentage, and what they leave; else None.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1.0, 21) * 100
    >>> columns = {"list": n, "rate": 1 - n % 300 / 2000, "due": n * (1 - n % 300 / 2000)}
    >>> columns |= {"vat": columns["due"] * 0.2, "all": columns["due"] * 1.2}
    >>> reduced(["rate"], ["list"], ["due", "all"], ["vat"], columns).formula
    'list × rate + vat = all'
    """
    import numpy as np

    for discount, start in product(discounts, starts):
        cells = np.abs(numbers[discount])
        paid = np.select([cells > 10, cells > 1], [cells / 100, cells / 10], cells)
        ways = ((True, "{} × {}", paid), (False, "{} × (1 − {})", 1 - cells), (False, "{} × (1 − {})", 1 - cells / 100))
        for by_factor, said, rest in ways:
            share = np.where(np.isfinite(rest), rest, 1.0)
            less = (share != 1) & (numbers[start] != 0)
            if less.sum() < LEAST_VARIED:
                continue
            name, made = said.format(start, discount), numbers[start] * share
            others = [net for net in nets if net not in (discount, start)]
            cents = np.full(len(made), CENT)
            held = next((net for net in others if _agree(made, numbers[net], cents, [less]) is not None), "")
            known = {**numbers, name: numbers[held] if held else made}  # no column may hold it before its taxes
            ends = (sum_of(total, (name,), taxes, known, [less]) for total in others if total != held)
            taxed = next((end for end in ends if taxes and end is not None and min(dict(end.signs).values()) > 0), None)
            if taxed is not None:
                added = tuple(dict(taxed.signs))
                return Reduced(start, discount, held, taxed.total, by_factor, taxed.formula, taxed.n, taxed.of, added)
            agreed = _agree(made, numbers[held], cents, [less]) if held else None
            if agreed is not None:
                return Reduced(start, discount, held, held, by_factor, f"{name} = {held}", *agreed)
    return None


def reduced_of(table: RawTable, columns: Mapping[str, Evidence]) -> Reduced | None:
    """Find what a table says of an amount, a share of it to pay, and where it ends, among some of its columns."""
    money = {
        name: seen for name, seen in columns.items() if seen.kind == "number" and not NO_MONEY.search(normal(name))
    }
    paid = words_of("amounts")
    discounts = [
        name for name in money
        if header_score(name, roles()["discount"]) >= NAMED and not paid.says(name, "paid")
    ]  # fmt: skip
    others = {
        name: seen
        for name, seen in money.items()
        if name not in discounts and (seen.decimal_share > 0 or written_as_money(seen))
    }
    if not discounts or len(others) < LEAST_MONEY:
        return None
    numbers = numbers_of(table, {**{name: money[name] for name in discounts}, **others})
    taxes = [name for name in others if is_tax(name) and name in numbers]
    sums = [name for name in others if name not in taxes and name in numbers]
    return reduced([name for name in discounts if name in numbers], sums, sums, taxes, numbers)


def _agree(
    made: np.ndarray, total: np.ndarray, cents: np.ndarray, each: Sequence[np.ndarray] = ()
) -> tuple[int, int] | None:
    """Return in how many rows of how many two columns agree, where nearly all do, also in the rows of ``each``."""
    import numpy as np

    known = np.isfinite(made) & np.isfinite(total)
    same = known & (np.abs(made - total) <= cents)
    n = int(known.sum())
    if n < LEAST_ROWS or same.sum() < MOSTLY * n or np.count_nonzero(total[known]) < LEAST_VARIED:
        return None
    for rows in each:
        if same[rows & known].sum() < MOSTLY * (rows & known).sum():
            return None
    return int(same.sum()), n


def _differs(values: np.ndarray) -> bool:
    """Say whether a column holds at least three different sums, so that no product of constants is one."""
    import numpy as np

    return len(np.unique(values[np.isfinite(values)])) >= LEAST_VARIED


def _varied(values: np.ndarray) -> int:
    """Count the rows in which a factor is neither nought nor one."""
    import numpy as np

    return int((np.isfinite(values) & (values != 0) & (values != 1)).sum())


def _rounding(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return by how much a product of a count and a price rounded to cents may differ, half a cent for each piece."""
    import numpy as np

    return CENT + 0.005 * np.nan_to_num(np.minimum(np.abs(first), np.abs(second)))


def best_product(numbers: Numbers) -> tuple[str, str, str] | None:
    """Return quantity, price and amount where exactly one product stands in a table.

    A factor whose header names a price, or money of a piece, is the price; else the quantity holds whole numbers, and
    where both factors do, the smaller ones.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1.0, 21)
    >>> best_product({"cc": (n % 3 + 1) * (n + 0.5), "bb": n + 0.5, "aa": n % 3 + 1})
    ('aa', 'bb', 'cc')
    """
    import numpy as np

    found = products(numbers)
    if len(found) != 1:
        return None
    first, second, total = found[0]

    def size(name: str) -> tuple[bool, bool, float]:
        values = numbers[name][np.isfinite(numbers[name])]
        return _names_price(name), bool((values % 1 != 0).mean() > 0.05), float(np.median(np.abs(values)))

    quantity, price = sorted((first, second), key=size)
    told = size(price)[0] and not size(quantity)[0]
    return None if size(quantity)[1] and not told else (quantity, price, total)


def _names_price(header: str) -> bool:
    return header_score(header, roles()["unit_price"]) >= NAMED or said_in_heading(header) is not None


def above_all(numbers: Numbers) -> str | None:
    """Return the column that is above all others in nearly all rows, or that equals the largest of them.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1.0, 21)
    >>> above_all({"premium": n / 5, "hammer": n}), above_all({"a": n, "b": n[::-1]})
    ('hammer', None)
    """
    import numpy as np

    names = list(numbers)
    values = np.abs(np.nan_to_num(np.stack([numbers[name] for name in names])))
    filled = values.max(axis=0) > 0
    for place, name in enumerate(names):
        if filled.sum() >= LEAST_ROWS and (values[place] >= values.max(axis=0))[filled].mean() >= MOSTLY:
            return name
    return None
