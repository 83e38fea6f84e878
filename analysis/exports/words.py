"""What can be taken along, in plain sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.study import StudyResult
    from analysis.translate import Translate


def answer(result: StudyResult, t: Translate) -> list[str]:
    """Return how many customers there are, how many segments by each method, and how many rows were set aside."""
    sentences = [t("export.answer", customers=len(result.profiles.customers), day=result.profiles.as_of)]
    for method, edited in result.edited.items():
        sentences.append(t(f"export.answer.{method}", n=len(edited.segmentation.segments)))
    n_set_aside = sum(sum(count.set_aside.values()) for count in result.standard.counts)
    if n_set_aside:
        sentences.append(t("export.answer.set_aside", n=n_set_aside))
    return sentences
