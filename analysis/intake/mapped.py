"""A raw table together with what the recipe says it is: what every later step reads columns by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    from analysis.intake.choices import Source

TABLE = "same_customer"  # ids as written and the one that stands for them, where some are one customer
FORGOTTEN = "forgotten_customer"  # the customers of these tables who were forgotten


@dataclass(frozen=True)
class Mapped:
    """A raw table and the source of the recipe that says what it is; ``view`` names its rows on the connection.

    ``merged`` says that some customer ids of the study are the same customer, ``forgets`` that some customers were
    forgotten. ``lent`` names the roles that its lines
    take from the table of their orders; the view holds them as ``lent_<role>``. ``sisters`` are the other tables of the
    same source, such as other months, and ``others`` those of other sources.
    """

    index: int
    table: RawTable
    source: Source | None
    view: str
    merged: bool = False
    forgets: bool = False
    lent: tuple[str, ...] = ()
    sisters: tuple[Mapped, ...] = ()
    others: tuple[Mapped, ...] = ()

    @property
    def lines(self) -> str:
        """Name of the table of its typed order lines, those set aside included."""
        return f"lines_{self.index}"

    def raw(self, role: str) -> str | None:
        """Return the stored column with a role, or None."""
        column = self.source.column(role) if self.source else None
        if column is None:
            return None
        return f"c{self.table.columns.index(column.name)}"

    def customer(self, typed: str, raw: str | None = None) -> str:
        """Read a typed customer id, as SQL, as the one id of its customer; every kind of table passes its ids here.

        ``raw`` is the stored column behind it, when that is another than the customer's.
        """
        raw = raw or self.raw("customer_id")
        return canonical_sql(raw, typed) if self.merged and raw else typed

    def is_forgotten(self, customer: str) -> str:
        """Write the test, as SQL, that the customer of an id, read by ``customer``, was forgotten."""
        return f"{customer} IN (FROM {FORGOTTEN})" if self.forgets else "false"


def canonical_sql(raw: str, typed: str) -> str:
    """Read a customer id as the id of its customer.

    The join is on the cell as it is stored: DuckDB turns an equality with a plain column into a hash join, one with an
    expression into a comparison of everything with everything.
    """
    return f"coalesce((SELECT canonical FROM {TABLE} WHERE written = {raw}), {typed})"
