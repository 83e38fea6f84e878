"""Values of a tag that came from a file: kept by the hash of the customer's id, with the day they were set."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from analysis.errors import AnalysisError
from analysis.params import Params
from analysis.privacy.salted import Hash, Salted
from analysis.tags.params import MOST_VALUES

if TYPE_CHECKING:
    import numpy as np

    from analysis.intake.standard.merges import Merges
    from analysis.profiles.result import Profiles

MOST_ROWS = 200_000


class ImportedValue(Params):
    """One value of one customer, and the day it was set."""

    customer: Hash
    value: str = Field(min_length=1, max_length=80)
    set_on: date


class ImportedValues(Salted):
    """Values of one tag, newest last; ids stand as hashes with a salt of the list's own."""

    rows: tuple[ImportedValue, ...] = Field(default=(), max_length=MOST_ROWS)

    def of(
        self, profiles: Profiles, *, several: bool
    ) -> tuple[tuple[str, ...], np.ndarray, np.ndarray | None, np.ndarray]:
        """Return the values, each customer's place in them (-1 without), who has which, and the day each was set.

        The latest day counts, of one day the last row; with ``several``, every value that a customer was given.
        """
        import numpy as np

        known = tuple(dict.fromkeys(sorted(row.value for row in self.rows)))
        places = {value: place for place, value in enumerate(known)}
        where = {self.hashed(str(one)): row for row, one in enumerate(profiles.customers["customer_id"])}
        n = len(profiles.customers)
        codes, set_on = np.full(n, -1), np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
        held = np.zeros((len(known), n), dtype=bool) if several else None
        for one in sorted(self.rows, key=lambda one: one.set_on):
            row = where.get(one.customer)
            if row is None or one.set_on > profiles.as_of:
                continue  # nobody knew it yet on the day that is looked at
            codes[row], set_on[row] = places[one.value], np.datetime64(one.set_on, "D")
            if held is not None:
                held[places[one.value], row] = True
        return known, codes, held, set_on


@dataclass(frozen=True)
class TagImport:
    """What an import did.

    Attributes
    ----------
    values : ImportedValues
        To be kept with the study under the tag's key.
    n_matched, n_unknown : int
        Rows whose id is a customer, and rows whose id is none; the latter are kept out.
    n_empty : int
        Rows without an id or a value.
    n_replaced : int
        Customers who had another value before.
    """

    values: ImportedValues
    n_matched: int
    n_unknown: int
    n_empty: int
    n_replaced: int


def import_values(
    profiles: Profiles,
    ids: Iterable[Any],
    values: Iterable[Any],
    *,
    on: date,
    days: Iterable[date] | None = None,
    before: ImportedValues | None = None,
    how: Literal["append", "overwrite"] = "append",
    several: bool = False,
    merges: Merges | None = None,
) -> TagImport:
    """Take in the values of a tag by customer id.

    Parameters
    ----------
    profiles : Profiles
        Whose customers are known.
    ids, values : iterables of the same length
        As the file shows them.
    on : date
        The day that the values are set, where ``days`` does not say one per row.
    before : ImportedValues, optional
        What was imported for this tag so far; ``append`` adds to it, ``overwrite`` takes its place.
    several : bool
        The tag may have several values for one customer.
    merges : Merges, optional
        Which ids are one customer: a value of an id that was merged into another is that customer's.

    Raises
    ------
    AnalysisError
        ``tag_import_two_values`` (n): one customer has two values on one day, and the tag has one;
        ``tag_import_nobody`` (n): no id of the file is a customer; ``tag_import_too_many`` (n, most);
        ``tag_too_many_values`` (tag, n, most).

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> base = Profiles(pd.DataFrame({"customer_id": ["a", "b"]}), (), date(2024, 1, 1))
    >>> done = import_values(base, ["a", "zz"], ["VIP", "VIP"], on=date(2024, 1, 1))
    >>> done.n_matched, done.n_unknown
    (1, 1)
    """
    kept = before or ImportedValues()
    kept = kept if kept.salt else ImportedValues(salt=secrets.token_hex(16), rows=kept.rows)
    known = {str(one) for one in profiles.customers["customer_id"]}
    others = _merged_into(known, merges)
    rows: dict[tuple[str, date, str], ImportedValue] = {}
    n_unknown = n_empty = 0
    ids, values = list(ids), list(values)
    for one, value, day in zip(ids, values, days or [on] * len(ids), strict=True):
        written, said = _text(one), _text(value)
        written = written if written in known else others(written)
        if not written or not said:
            n_empty += 1
        elif written not in known:
            n_unknown += 1
        else:
            row = ImportedValue(customer=kept.hashed(written), value=said[:80], set_on=day)
            rows[row.customer, row.set_on, row.value] = row
    if not rows:
        raise AnalysisError("tag_import_nobody", n=len(ids))
    if not several and (twice := len(rows) - len({(customer, day) for customer, day, _ in rows})):
        raise AnalysisError("tag_import_two_values", n=twice)
    old = () if how == "overwrite" else kept.rows
    latest = {row.customer: row.value for row in kept.rows}
    n_replaced = sum(latest.get(row.customer, row.value) != row.value for row in rows.values())
    fresh = {(row.customer, row.set_on) for row in rows.values()}
    stays = [row for row in old if several or (row.customer, row.set_on) not in fresh]
    every = (*(row for row in stays if (row.customer, row.set_on, row.value) not in rows), *rows.values())
    if len(every) > MOST_ROWS:
        raise AnalysisError("tag_import_too_many", n=len(every), most=MOST_ROWS)
    if (n_values := len({row.value for row in every})) > MOST_VALUES:
        raise AnalysisError("tag_too_many_values", tag="", n=n_values, most=MOST_VALUES)
    done = ImportedValues(salt=kept.salt, rows=every)
    return TagImport(done, len(rows), n_unknown, n_empty, n_replaced)


def _merged_into(known: set[str], merges: Merges | None) -> Callable[[str], str]:
    """Return what gives the customer that an id was merged into, or the id itself."""
    if merges is None or not merges.same:
        return str
    from analysis.intake.standard.merges import groups

    roots = groups((link.first, link.second) for link in merges.same)
    stands = {roots[hashed]: one for one in known if (hashed := merges.hashed(one)) in roots}
    return lambda written: stands.get(roots.get(merges.hashed(written), ""), written)


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()
