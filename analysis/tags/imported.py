"""Values of a tag that came from a file: kept by the hash of the customer's id, with the day they were set."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from analysis.errors import AnalysisError
from analysis.params import Params
from analysis.privacy.masks import mask_text
from analysis.privacy.salted import Hash, Salted
from analysis.tags.params import MOST_VALUES

if TYPE_CHECKING:
    import numpy as np

    from analysis.intake.standard.merges import Merges
    from analysis.profiles.result import Profiles

MOST_ROWS = 200_000
MOST_LETTERS = 80


class ImportedValue(Params):
    """One value of one customer, and the day it was set."""

    customer: Hash
    value: str = Field(min_length=1, max_length=MOST_LETTERS)
    set_on: date


class ImportedValues(Salted):
    """Values of one tag, newest last; ids stand as hashes with a salt of the list's own."""

    rows: tuple[ImportedValue, ...] = Field(default=(), max_length=MOST_ROWS)

    def of(
        self, profiles: Profiles, *, several: bool, merges: Merges | None = None
    ) -> tuple[tuple[str, ...], np.ndarray, np.ndarray | None, np.ndarray, int]:
        """Return the values, each customer's place in them (-1 without), who has which, and the day each was set.

        The latest day counts, of one day the last row; with ``several``, every value that a customer was given. What
        was given to an id that is now another customer's is that customer's, as long as ``merges`` share the salt.
        Last comes how many customers were given two values on the day that counts: ids that became one later.
        """
        import numpy as np

        known = tuple(dict.fromkeys(sorted(row.value for row in self.rows)))
        places = {value: place for place, value in enumerate(known)}
        where = {self.hashed(str(one)): row for row, one in enumerate(profiles.customers["customer_id"])}
        if merges is not None and merges.same and merges.salt == self.salt:
            from analysis.intake.standard.merges import groups

            roots = groups((link.first, link.second) for link in merges.same)
            stands = {roots[one]: row for one, row in where.items() if one in roots}
            where = {one: stands[top] for one, top in roots.items() if top in stands} | where
        n = len(profiles.customers)
        codes, set_on = np.full(n, -1), np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
        held = np.zeros((len(known), n), dtype=bool) if several else None
        disputed = np.zeros(n, dtype=bool)
        for one in sorted(self.rows, key=lambda one: one.set_on):
            row = where.get(one.customer)
            if row is None or one.set_on > profiles.as_of:
                continue  # nobody knew it yet on the day that is looked at
            place, day = places[one.value], np.datetime64(one.set_on, "D")
            disputed[row] = set_on[row] == day and (disputed[row] or codes[row] != place)
            codes[row], set_on[row] = place, day
            if held is not None:
                held[place, row] = True
        return known, codes, held, set_on, 0 if several else int(disputed.sum())


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
        Customers whose latest value is another than before; none where the tag may have several and they are added.
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
        Which ids are one customer: a value of an id that was merged into another is that customer's. The values are
        kept under its salt, if it has one, so that they follow what is merged later.

    Raises
    ------
    AnalysisError
        ``tag_import_two_values`` (n): one customer has two values on one day, and the tag has one;
        ``tag_import_nobody`` (n): no id of the file is a customer; ``tag_import_too_many`` (n, most);
        ``tag_import_long`` (n, most): values longer than ``most`` characters; ``tag_import_personal`` (n): values that
        hold a phone number, an e-mail or the like; ``tag_too_many_values`` (tag, n, most).

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
    if not kept.salt:
        kept = ImportedValues(salt=(merges and merges.salt) or secrets.token_hex(16), rows=kept.rows)
    known = {str(one) for one in profiles.customers["customer_id"]}
    others = _merged_into(known, merges)
    rows: dict[tuple[str, date, str], ImportedValue] = {}
    n_unknown = n_empty = 0
    ids, values = list(ids), list(values)
    _refuse_unfit({_text(value) for value in values})
    for one, value, day in zip(ids, values, days or [on] * len(ids), strict=True):
        written, said = _text(one), _text(value)
        written = written if written in known else others(written)
        if not written or not said:
            n_empty += 1
        elif written not in known:
            n_unknown += 1
        else:
            row = ImportedValue(customer=kept.hashed(written), value=said, set_on=day)
            rows[row.customer, row.set_on, row.value] = row
    if not rows:
        raise AnalysisError("tag_import_nobody", n=len(ids))
    on_a_day = Counter((customer, day) for customer, day, _ in rows)
    if not several and (twice := {customer for (customer, _), n in on_a_day.items() if n > 1}):
        raise AnalysisError("tag_import_two_values", n=len(twice))
    old = () if how == "overwrite" else kept.rows
    fresh = {(row.customer, row.set_on) for row in rows.values()}
    stays = [row for row in old if several or (row.customer, row.set_on) not in fresh]
    every = (*(row for row in stays if (row.customer, row.set_on, row.value) not in rows), *rows.values())
    if len(every) > MOST_ROWS:
        raise AnalysisError("tag_import_too_many", n=len(every), most=MOST_ROWS)
    if (n_values := len({row.value for row in every})) > MOST_VALUES:
        raise AnalysisError("tag_too_many_values", tag="", n=n_values, most=MOST_VALUES)
    done = ImportedValues(salt=kept.salt, rows=every)
    before_of, now_of = _latest(kept.rows), _latest(every)
    n_replaced = 0 if several and how == "append" else sum(now_of.get(c, v) != v for c, v in before_of.items())
    return TagImport(done, len(rows), n_unknown, n_empty, n_replaced)


def _latest(rows: Iterable[ImportedValue]) -> dict[str, frozenset[str]]:
    """Return what each customer was given on the last day that they were given anything."""
    of_day: dict[str, tuple[date, frozenset[str]]] = {}
    for row in rows:
        day, values = of_day.get(row.customer, (row.set_on, frozenset()))
        if row.set_on >= day:
            of_day[row.customer] = (row.set_on, (values if row.set_on == day else frozenset()) | {row.value})
    return {customer: values for customer, (_, values) in of_day.items()}


def _refuse_unfit(values: set[str]) -> None:
    """Refuse values that are too long to be words, and those that tell of a person."""
    if n_long := sum(len(value) > MOST_LETTERS for value in values):
        raise AnalysisError("tag_import_long", n=n_long, most=MOST_LETTERS)
    if n_personal := sum(mask_text(value) != value for value in values):
        raise AnalysisError("tag_import_personal", n=n_personal)


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
