"""The registry of known exports: each a small TOML file in a folder of its kind, validated here.

Where a table is recognised, the file says what its columns are; everything else is read in the general way, which must
come to the same without the file. How to add one: ``docs/known-exports.md``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from analysis.intake.choices import Kind
from analysis.intake.roles import EXTRA, IGNORE, normal, roles
from analysis.params import Params

LEAST_HEADERS = 4  # fewer stand in anybody's table
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

    def without_amounts(self, columns: Sequence[str]) -> str:
        """Return the header of amounts that alone keeps a table from being this export; empty where it is not so."""
        there = set(map(normal, columns))
        money = set(map(normal, self.money))
        if self.kind != "orders" or money & there:
            return ""
        for headers in self.headers:
            needed = {normal(header): header for header in headers}
            lost = [header for name, header in needed.items() if name in money]
            if lost and len(needed) - len(lost) >= LEAST_HEADERS and set(needed) - money <= there:
                return lost[0]
        return ""

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


def without_amounts(columns: Sequence[str]) -> tuple[KnownExport, str] | None:
    """Return the export that a table would be if it had a column of amounts, and the header of that column.

    Examples
    --------
    >>> found = without_amounts(["交易时间", "交易类型", "交易对方", "商品", "收/支", "当前状态", "交易单号"])
    >>> (found[0].name, found[1]) if found else None
    ('微信支付 个人账单', '金额(元)')
    """
    found = [(one, lost) for one in known_exports().values() if (lost := one.without_amounts(columns))]
    return max(found, key=lambda entry: max(map(len, entry[0].headers)), default=None)
