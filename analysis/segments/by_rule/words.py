"""What segments by rules found, in plain sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate


def answer(result: Any, edited: EditedSegmentation, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return how many customers the rules cover, how many none covers, and how many fulfil two."""
    n = len(result.segmentation.labels)
    covered = n - result.n_other
    facts = {"n": len(result.rules), "covered": covered, "customers": n, "share": covered / n}
    sentences = [t("rules.answer", **facts)]
    if result.n_other:
        sentences.append(t("rules.answer_other", n=result.n_other))
    twice = covered - int(result.rules["only"].sum())
    if twice:
        sentences.append(t("rules.answer_twice", n=twice))
    return sentences
