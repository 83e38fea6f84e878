"""What intake found, in words: the sentences are in ``texts``, their facts in the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.intake.judging.finding import Finding
    from analysis.intake.tables import TableCount
    from analysis.translate import Translate


def finding_sentence(found: Finding, t: Translate) -> str:
    """Return a finding in words."""
    key = found.code if found.code.startswith("note.") else f"finding.{found.code}"
    return t(key, **{"table": found.table, "column": found.column or "", **found.facts})


def rows_answer(counts: Sequence[TableCount], t: Translate) -> str:
    """Return how many rows were read, and how many of them count."""
    read, kept = sum(count.read for count in counts), sum(count.kept for count in counts)
    if read == kept:
        return t("check.all_kept", read=read)
    return t("check.answer", read=read, kept=kept, left=read - kept)
