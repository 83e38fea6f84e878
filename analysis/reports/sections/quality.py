"""How good the data is: rows that count, rows that do not and why, and what the figures rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.judging.deciding_words import guess_line
from analysis.intake.judging.finding import masked_finding
from analysis.intake.judging.words import finding_sentence
from analysis.reports.content import Page, Table
from analysis.reports.parts import column

if TYPE_CHECKING:
    from analysis.reports.material import Material
    from analysis.translate import Translate

MOST, OWNERS = 6, 3  # findings; so few where everything stands on two pages


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return the rows that count by file, the reasons of the others, and what was guessed."""
    result = material.result
    counts = result.standard.counts
    table = Table(
        (
            column(t("report.table"), "text", [count.table for count in counts]),
            column(t("report.rows_read"), "count", [count.read for count in counts]),
            column(t("report.rows_kept"), "count", [count.kept for count in counts]),
            column(t("report.rows_aside"), "count", [count.read - count.kept for count in counts]),
        )
    )
    reasons: dict[str, int] = {}
    for count in counts:
        for reason, n in count.set_aside.items():
            reasons[reason] = reasons.get(reason, 0) + n
    said = [
        t("overview.read.reason", reason=t(f"reason.{reason}"), n=n)
        for reason, n in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    ]
    most = OWNERS if material.preset == "owner" else MOST
    findings = result.quality.first[:most] if result.quality is not None else ()
    told = [finding_sentence(masked_finding(one), t) for one in findings]
    guesses = [guess_line(one, t) for one in result.decisions if one.is_guess]
    read, kept = sum(count.read for count in counts), sum(count.kept for count in counts)
    key = "check.all_kept" if read == kept else "report.quality.rows"
    return (
        Page(
            t(key, read=read, kept=kept, left=read - kept).rstrip(".。"), tuple(said), points=(*told, *guesses),
            table=table if material.is_full or (len(counts) > 1 and material.preset != "owner") else None,
            notes=(t("report.note.quality"),),
        ),
    )  # fmt: skip
