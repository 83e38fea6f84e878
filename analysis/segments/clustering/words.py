"""What clusters found and how far to trust them, in plain sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analysis.segments.clustering.trust.stability import DOUBTFUL, STABLE
from analysis.segments.result import leading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate

Clearness = Literal["strong", "clear", "weak", "none"]
# Kaufman and Rousseeuw (1990), Finding Groups in Data, table 4: from which mean silhouette on.
CLEARNESS: tuple[tuple[float, Clearness], ...] = ((0.71, "strong"), (0.51, "clear"), (0.26, "weak"), (-1.01, "none"))


def clearness(silhouette: float) -> Clearness:
    """Return how clearly groups part, by their mean silhouette (-1..1).

    Examples
    --------
    >>> clearness(0.5), clearness(0.8), clearness(-0.2)
    ('weak', 'strong', 'none')
    """
    return next(word for least, word in CLEARNESS if silhouette >= least)


def answer(result: ClusterResult, edited: EditedSegmentation, names: Mapping[str, str], t: Translate) -> list[str]:
    """Return how many groups part how clearly, which one brings most, and who is outside."""
    segmentation = result.segmentation
    n = int(segmentation.segments["customers"].sum())
    sentences = [t(f"clusters.answer_{clearness(result.silhouette)}", k=result.k, n=n)]
    if top := leading(edited.table, names):
        sentences.append(t("clusters.answer_top", **top))
    if segmentation.n_outside:
        sentences.append(t("clusters.answer_outside", n=segmentation.n_outside))
    return sentences


def trust(result: ClusterResult, stable: Mapping[str, float], t: Translate) -> list[str]:
    """Return whether there are groups at all, and whether the same ones would come out of other customers.

    Parameters
    ----------
    stable : mapping of str
        How well each group is found again (0..1, NaN where it could not be measured), as ``stability`` gives it.
    """
    sentences = []
    if result.recommended is not None and result.recommended.verdict == "none":
        sentences.append(t("reason.k_no_groups"))
    known = [value for value in stable.values() if value == value]
    if known:
        mean, shaky = sum(known) / len(known), sum(value < DOUBTFUL for value in known)
        word = "stable" if mean >= STABLE and not shaky else "partly" if mean >= DOUBTFUL else "unstable"
        word += "_all" if word == "partly" and not shaky else ""
        sentences.append(t(f"clusters.stability_{word}", mean=mean, k=result.k, n=shaky))
    return sentences


def why_k(result: ClusterResult, t: Translate) -> list[str]:
    """Return why this number of groups was suggested; nothing when a person chose it."""
    reasons = result.recommended.reasons if result.recommended is not None else ()
    return [t(f"reason.{note.code}", **note.facts) for note in reasons]
