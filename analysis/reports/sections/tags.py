"""The tags of the study: what each means, and how many customers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.privacy.small_groups import leaves_few
from analysis.reports.content import Page, Table
from analysis.reports.parts import column
from analysis.tags.words import definition, name_of

if TYPE_CHECKING:
    from analysis.reports.material import Material
    from analysis.translate import Translate


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return the dictionary of tags with counts; a count of fewer than five, or of all but so few, is left out."""
    tagged, profiles = material.result.tagged, material.result.profiles
    if tagged is None or not tagged.values:
        return ()
    n = len(profiles.customers)
    tags = [one.tag for one in tagged.values.values()]
    counts = [one.n for one in tagged.values.values()]
    shown = [None if leaves_few(count, n) else count for count in counts]
    table = Table(
        (
            column(t("report.tag"), "text", [name_of(tag, t) for tag in tags]),
            column(t("workbook.definition"), "text", [definition(tag, profiles, t) for tag in tags]),
            column(t("workbook.customers"), "count", shown),
            column(t("workbook.share"), "share", [None if count is None else count / n for count in shown]),
        )
    )
    known = [i for i, count in enumerate(shown) if count is not None]
    if known:
        most = max(known, key=lambda i: (counts[i] < n, counts[i]))  # what all have tells nobody apart
        facts = {"tag": name_of(tags[most], t), "share": counts[most] / n, "n": n}
        title = t("report.tags.most", tags=len(tags), **facts)
    else:
        title = t("report.tags.few", tags=len(tags))
    return (Page(title, table=table, notes=(t("report.note.n", n=n, day=profiles.as_of),)),)
