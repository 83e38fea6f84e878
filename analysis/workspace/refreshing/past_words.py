"""What a study of an earlier day says of itself, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.history.earlier import LEFT, files_then
from analysis.workspace.refreshing.past import Differing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analysis.translate import Translate
    from analysis.workspace.records import SnapshotInfo

SHOWN = 8  # characters of a version that tell it from another


def version_of(info: SnapshotInfo) -> str:
    """Return what names the code that made a run; a dash for runs that did not keep it."""
    return str(info.summary.get(LEFT, {}).get("engine", "–"))[:SHOWN]


def files_of(info: SnapshotInfo) -> list[str]:
    """Return the names of the files that a run was made of; none for runs that did not keep them."""
    return list((files_then(info.summary) or {}).values())


def listed(info: SnapshotInfo, taken: datetime, t: Translate) -> str:
    """Return a run in one line; ``taken`` on the reader's clock."""
    revenue = info.summary.get("revenue")
    return t(
        "past.listed",
        day=info.as_of,
        customers=info.summary.get("customers"),
        orders=info.summary.get("orders"),
        revenue="–" if revenue is None else f"{revenue:,.2f}",
        taken=f"{taken:%Y-%m-%d %H:%M}",
        files=", ".join(files_of(info)) or "–",
        version=version_of(info),
    )


def differing_words(found: Sequence[Differing], t: Translate) -> list[str]:
    """Return what is otherwise than it was told then, or that nothing is."""
    if not found:
        return [t("past.same")]
    return [t("past.since"), *(t(f"past.{one.figure}", then=one.then, now=one.now) for one in found)]
