"""The registry of known exports: each a small TOML file in a folder of its kind, validated here.

Where a table is recognised, the file says what its columns are; everything else is read in the general way, which must
come to the same without the file. How to add one: ``docs/known-exports.md``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence, Set
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from analysis.intake.choices import Kind
from analysis.intake.roles import EXTRA, IGNORE, normal, roles
from analysis.params import Params

LEAST_HEADERS = 4  # fewer stand in anybody's table
SURELY = 6  # headers from which a table is still the export if it lacks one of them
# Roles beside the amount without which the money of an order is another.
BESIDE_AMOUNT = ("status", "payment_state", "refunded", "direction", "sale_type")
AMOUNT = "amount"
Level = Literal["order", "line", "payment", "invoice", "deal", "customer", "subscription"]


class KnownExport(Params):
    """What is known of one export.

    Attributes
    ----------
    name : str
        What people call it.
    certain : bool
        The layout was taken from the maker's documentation or a real file, not put together from memory.
    kind : str
        Kind of table.
    level : str
        What one row is.
    headers : tuple of tuple of str
        One set of headers per language or version; a table that has all of one is this export.
    roles : dict
        Role of a column, and the headers that it may stand under, the best first.
    sample : dict
        Cells that a plausible row holds, by header, where the role alone does not say it.
    not_sold : tuple of str
        States, types or directions of rows that are no sale.
    cannot_tell : tuple of str
        What the export leaves open, in words for whoever reads this file.
    """

    name: str
    certain: bool = False
    kind: Kind
    level: Level
    headers: tuple[tuple[str, ...], ...] = Field(min_length=1)
    roles: dict[str, tuple[str, ...]]
    sample: dict[str, str] = Field(default_factory=dict)
    not_sold: tuple[str, ...] = ()
    cannot_tell: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _roles_are_known(self) -> KnownExport:
        unknown = [role for role in self.roles if role not in roles() or self.kind not in roles()[role].tables]
        if unknown:
            raise ValueError(f"no roles of {self.kind}: {', '.join(unknown)}")
        return self

    def fits(self, columns: Sequence[str]) -> bool:
        """Say whether a table with these headers is this export."""
        there = set(map(normal, columns))
        return any(set(map(normal, needed)) <= there for needed in self.headers)

    @property
    def money(self) -> tuple[str, ...]:
        """The headers that say what was paid: amounts, or else prices of one piece."""
        return self.roles.get("amount") or self.roles.get("unit_price", ())

    def lacks(self, columns: Sequence[str]) -> dict[str, str] | None:
        """Return the headers of money that are missing from a table that is else this export, and the role of each.

        One more header may be missing, if enough are left; None where it is another table.
        """
        there = set(map(normal, columns))
        for headers in self.headers:
            needed = set(map(normal, headers))
            lost = self._lost(needed, there)
            rest = needed - set(map(normal, lost)) - set(map(normal, self.money))
            left = needed & there
            if len(left) >= LEAST_HEADERS and len(rest - there) <= (len(left) >= SURELY):
                return lost
        return None

    def _lost(self, needed: Set[str], there: Set[str]) -> dict[str, str]:
        """Return the best header of amounts, where another one holds another sum, and what else says the money."""
        own = [header for header in self.money if normal(header) in needed] or list(self.money)
        lost = {header: AMOUNT for header in own[:1] if normal(header) not in there}
        for role in BESIDE_AMOUNT if "amount" in self.roles else (*BESIDE_AMOUNT, "quantity"):
            told = role == "status" and "payment_state" in self.roles  # then it is the state of the parcel
            headers = () if told else self.roles.get(role, ())
            if headers and not set(map(normal, headers)) & there:
                lost[headers[0]] = role
        return lost

    def roles_of(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the role of every header; those without one are extra features of customers, else ignored."""
        free = {normal(column): column for column in reversed(columns)}
        found = dict.fromkeys(columns, EXTRA if self.kind == "customers" else IGNORE)
        for role, headers in self.roles.items():
            column = next((free[normal(header)] for header in headers if normal(header) in free), None)
            if column is not None:
                found[column] = role
        return found


@cache
def known_exports() -> dict[str, KnownExport]:
    """Return every known export by the name of its file."""
    files = sorted(Path(__file__).parent.glob("*/*.toml"))
    return {file.stem: KnownExport(**tomllib.loads(file.read_text("utf-8"))) for file in files}


def recognised(columns: Sequence[str]) -> KnownExport | None:
    """Return the export whose headers a table has, the one that asks for most of them; None for an unknown table.

    Examples
    --------
    >>> found = recognised(["交易时间", "交易类型", "交易对方", "商品", "收/支", "金额(元)", "当前状态", "交易单号"])
    >>> found.name if found else None
    '微信支付 个人账单'
    """
    fitting = [one for one in known_exports().values() if one.fits(columns)]
    return max(fitting, key=lambda one: max(map(len, one.headers)), default=None)


def alike(columns: Sequence[str]) -> tuple[KnownExport, dict[str, str]] | None:
    """Return the export of orders that a table is or nearly is, and the role of each header of money that it lacks.

    Examples
    --------
    >>> found = alike(["交易时间", "交易类型", "交易对方", "商品", "收/支", "当前状态", "交易单号"])
    >>> (found[0].name, found[1]) if found else None
    ('微信支付 个人账单', {'金额(元)': 'amount'})
    """
    there = set(map(normal, columns))
    found = [
        (one, lost)
        for one in known_exports().values()
        if one.kind == "orders" and (lost := one.lacks(columns)) is not None
    ]
    return max(
        found, key=lambda entry: max(len(there & set(map(normal, one))) for one in entry[0].headers), default=None
    )
