"""What intake found, in words: the sentences are in ``texts``, their facts in the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.intake.judging.finding import Finding
    from analysis.translate import Translate


def finding_sentence(found: Finding, t: Translate) -> str:
    """Return a finding in words."""
    key = found.code if found.code.startswith("note.") else f"finding.{found.code}"
    return t(key, **{"table": found.table, "column": found.column or "", **found.facts})
