"""What clusters found and how far to trust them, in plain sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.segments.result import leading
from analysis.stats.stability import DOUBTFUL, STABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.segments.clustering.result import ClusterResult
    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate

# Kaufman and Rousseeuw (1990), Finding Groups in Data, table 4: a strong structure from this mean silhouette on.
STRONG = 0.71


def headline(result: ClusterResult) -> str:
    """Return the code of the one sentence on how far the groups are apart: the verdict of the test alone decides it.

    ``strong``, ``clear``, ``weak``, ``winding``, ``no_groups`` (of the data) or ``none`` (of a division that a person
    chose).
    """
    if result.verdict == "clear":
        return "strong" if result.silhouette >= STRONG else "clear"
    return "no_groups" if result.verdict == "none" and result.recommended is not None else result.verdict


def answer(
    result: ClusterResult,
    edited: EditedSegmentation,
    names: Mapping[str, str],
    t: Translate,
    *,
    stable: Mapping[str, float] | None = None,
) -> list[str]:
    """Return how many groups part how clearly, which one brings most, and who is outside.

    Where ``stable`` is known (as in ``trust``), the first sentence says also whether the groups are found again: how
    far they are apart and whether they come again are one verdict, so that no two sentences seem to contradict.
    """
    segmentation = result.segmentation
    n = int(segmentation.segments["customers"].sum())
    n_winding = result.recommended.n_winding if result.recommended is not None else 0
    apart, again = headline(result), None if stable is None else found_again(stable)
    verdict = f"answer_{apart}" if apart == "winding" or again is None else f"verdict_{apart}_{again}"
    sentences = [t(f"clusters.{verdict}", k=result.k, n=n, n_winding=n_winding)]
    if top := leading(edited.table, names):
        sentences.append(t("clusters.answer_top", **top))
    if segmentation.n_outside:
        sentences.append(t("clusters.answer_outside", n=segmentation.n_outside))
    return sentences


def found_again(stable: Mapping[str, float]) -> str | None:
    """Return whether the groups come again in other customers: ``stable``, ``partly``, ``unstable``; None if unknown.

    Examples
    --------
    >>> found_again({"cluster_1": 0.98, "cluster_2": 0.97}), found_again({"cluster_1": float("nan")})
    ('stable', None)
    """
    known = [value for value in stable.values() if value == value]
    if not known:
        return None
    mean = sum(known) / len(known)
    if mean >= STABLE and min(known) >= DOUBTFUL:
        return "stable"
    return "partly" if mean >= DOUBTFUL else "unstable"


def trust(result: ClusterResult, stable: Mapping[str, float], t: Translate) -> list[str]:
    """Return whether the same groups would come out of other customers.

    Parameters
    ----------
    stable : mapping of str
        How well each group is found again (0..1, NaN where it could not be measured), as ``stability`` gives it.
    """
    sentences = []
    known = [value for value in stable.values() if value == value]
    if known:
        mean, shaky = sum(known) / len(known), sum(value < DOUBTFUL for value in known)
        word = found_again(stable)
        word = "partly_all" if word == "partly" and not shaky else word
        sentences.append(t(f"clusters.stability_{word}", mean=mean, k=result.k, n=shaky))
    return sentences


def why_k(result: ClusterResult, t: Translate) -> list[str]:
    """Return why this number of groups was suggested; nothing when a person chose it."""
    reasons = result.recommended.reasons if result.recommended is not None else ()
    return [t(f"reason.{note.code}", **note.facts) for note in reasons]
