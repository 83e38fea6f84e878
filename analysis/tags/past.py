"""What earlier runs said of the tags: how many had which value, and for how many refreshes nothing used one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.tags.params import Tag


def earlier_counts(
    runs: Iterable[tuple[date, Mapping[str, Any]]], tags: Sequence[Tag], as_of: date
) -> dict[str, dict[str, int]]:
    """Return the counts by value of each tag in the last run on an earlier day with the same definition.

    Parameters
    ----------
    runs : iterable of (day, summary), the newest first
        ``figures.summary`` of each run, as a snapshot or ``summary.json`` holds it.
    tags : sequence of Tag
    as_of : date
        The day that the data says now.

    Returns
    -------
    dict of dict of int
        By tag key and value; ``""`` counts the customers without it.
    """
    found: dict[str, dict[str, int]] = {}
    for day, summary in runs:
        if day >= as_of:
            continue
        for tag in tags:
            kept = summary.get("tags", {}).get(tag.key)
            if tag.key in found or kept is None or kept.get("version") != tag.version or "values" not in kept:
                continue
            counts = {str(value): int(n) for value, n in kept["values"].items()}
            found[tag.key] = counts | {"": max(int(summary["customers"]) - int(kept["customers"]), 0)}
    return found


def unused_for(
    runs: Iterable[tuple[date, Mapping[str, Any]]], tags: Sequence[Tag], used: Iterable[str]
) -> dict[str, int]:
    """Return for how many refreshes in a row nothing has used a tag, 0 for one that is used now.

    Parameters
    ----------
    runs : iterable of (day, summary), the newest first
        Several runs on data of one day count as one refresh.
    tags : sequence of Tag
    used : iterable of str
        Keys of the tags that something uses now.
    """
    used = set(used)
    days: dict[date, list[Mapping[str, Any]]] = {}
    for day, summary in runs:
        days.setdefault(day, []).append(summary.get("tags", {}))
    found = {}
    for tag in tags:
        n = 0
        for kept in () if tag.key in used else days.values():
            there = [one[tag.key] for one in kept if tag.key in one]
            if not there or any(one.get("used_by") for one in there):
                break
            n += 1
        found[tag.key] = n
    return found
