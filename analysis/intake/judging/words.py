"""What intake found, in words: the sentences are in ``texts``, their facts in the findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.intake.judging.finding import Finding
    from analysis.intake.tables import TableCount
    from analysis.translate import Translate


def finding_sentence(found: Finding, t: Translate) -> str:
    """Return a finding in words; one that is told in several ways says which in its facts."""
    key = found.code if found.code.startswith("note.") else f"finding.{found.code}"
    if "form" in found.facts:
        key += f"_{found.facts['form']}"
    return t(key, **{"table": found.table, "column": found.column or "", **found.facts})


def effect_sentences(found: Finding, t: Translate) -> list[str]:
    """Return how many rows and how much revenue a finding is about; what its sentence has said is not said again."""
    said = re.findall(r"[\d,.]*\d", finding_sentence(found, t))
    parts = []
    if found.rows and t.number(found.rows) not in said:
        parts.append(t("quality.effect", rows=found.rows))
    if found.money:
        parts.append(t("quality.only_money", money=found.money))
    return parts


def rows_answer(counts: Sequence[TableCount], t: Translate) -> str:
    """Return how many rows were read, and how many of them count."""
    read, kept = sum(count.read for count in counts), sum(count.kept for count in counts)
    if read == kept:
        return t("check.all_kept", read=read)
    return t("check.answer", read=read, kept=kept, left=read - kept)
