"""The history of a tag: every definition it had, when it changed, and what the change did."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from analysis.params import Params
from analysis.tags.params import Source, Tag

if TYPE_CHECKING:
    from analysis.tags.change import TagChange


class TagVersion(Params):
    """One definition that a tag had, and what putting the next in its place did.

    ``money_in`` and ``money_out`` are what the customers who came in and went out have spent; None without money.
    """

    version: int = Field(ge=1)
    source: Source
    until: date
    n_before: int
    n_after: int
    n_in: int
    n_out: int
    n_moved: int
    money_in: float | None = None
    money_out: float | None = None


class TagHistory(Params):
    """The definitions that a tag had before the one it has, the oldest first."""

    versions: tuple[TagVersion, ...] = Field(default=(), max_length=200)

    def grown(self, before: Tag, change: TagChange, on: date) -> TagHistory:
        """Return the history with one definition more: ``before``, which ``change`` tells the end of."""
        money = [None if value != value else value for value in (change.revenue_in, change.revenue_out)]
        one = TagVersion(
            version=before.version, source=before.source, until=on, n_before=change.n_before, n_after=change.n_after,
            n_in=change.n_in, n_out=change.n_out, n_moved=change.n_moved, money_in=money[0], money_out=money[1],
        )  # fmt: skip
        return TagHistory(versions=(*self.versions, one)[-200:])


def changed(before: Tag, after: Tag) -> Tag:
    """Return the tag with its version counted on where its definition is another.

    Examples
    --------
    >>> from analysis.tags.params import Top
    >>> one = Tag(key="big", type="value", source=Top(feature="spend", share=0.2))
    >>> changed(one, one.model_copy(update={"source": Top(feature="spend", share=0.1)})).version
    2
    """
    same = before.source == after.source and before.several == after.several
    return after if same else after.model_copy(update={"version": before.version + 1})
