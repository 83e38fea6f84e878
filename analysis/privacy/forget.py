"""Which customers of a study were forgotten: nothing but hashes, by which their rows are known and left out."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from analysis.privacy.salted import Hash, Salted


class Forgotten(Salted):
    """The customers of a study who were forgotten, each under every id that was known.

    Attributes
    ----------
    ids : tuple of str
        Hashes of their ids.
    unfinished : bool
        Rows of theirs may still lie in snapshots and in files that nobody names any more: a forgetting was stopped,
        and the workspace ends it when it is opened.

    Examples
    --------
    >>> gone = Forgotten(salt="00" * 16).adding(["M1"])
    >>> gone.hashed("M1") in gone.ids, gone.hashed("M2") in gone.ids
    (True, False)
    """

    ids: tuple[Hash, ...] = ()
    unfinished: bool = False

    def adding(self, customer_ids: Iterable[str], hashes: Iterable[str] = ()) -> Forgotten:
        """Return the list with these ids, and ids that are known as hashes of this salt alone; makes the salt."""
        start = self if self.salt else Forgotten(salt=secrets.token_hex(16))
        new = [*(start.hashed(one) for one in customer_ids), *hashes]
        return start.model_copy(update={"ids": tuple(sorted({*start.ids, *new}))})

    def state(self) -> str:
        """Return what results depend on, as text."""
        return "\n".join([self.salt, *self.ids]) if self.ids else ""
