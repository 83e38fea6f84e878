"""The answer of a segmentation in plain sentences, whatever its method. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.segments.methods import METHODS
from analysis.segments.names import edited_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.segments.crosstab import Crossing
    from analysis.segments.method import SegmentationResult
    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate

# From which adjusted Rand index on two divisions are called so.
ALIKE = ((0.9, "same"), (0.65, "much"), (0.3, "partly"), (-1.01, "little"))


def answer(
    result: SegmentationResult, edited: EditedSegmentation, t: Translate, *, names: Mapping[str, str] | None = None
) -> list[str]:
    """Return what a segmentation found, in one to four sentences.

    Parameters
    ----------
    result : result of a method
    edited : EditedSegmentation
        The same with a person's names, merges and hidden segments.
    t : Translator
    names : mapping of str, optional
        Words by segment key, where they are known already; else ``edited_names``.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.edit import apply_edits
    >>> from analysis.segments.params import TierParams
    >>> from analysis.segments.scores.tiers import tiers
    >>> from texts import Translator
    >>> customers = pd.DataFrame({"customer_id": list("abcde"), "spend": [60.0, 10.0, 10.0, 10.0, 10.0]})
    >>> found = tiers(Profiles(customers, (Feature("spend", "value", "number", "money"),), None), TierParams())
    >>> answer(found, apply_edits(found.segmentation, ()), Translator("en", "GBP"))[0]
    'Heavy: 20% of the 5 buyers bring 60% of the revenue.'
    """
    named = edited_names(result, edited, t) if names is None else names
    return METHODS[result.segmentation.method].answer(result, edited, named, t)


def crossing_answer(found: Crossing, t: Translate) -> list[str]:
    """Return how alike two segmentations are, and how many customers are elsewhere in the second."""
    word = next(word for least, word in ALIKE if found.adjusted_rand >= least)
    n, n_moved = int(found.table["customers"].sum()), int(found.moved.sum())
    return [
        t(f"beside.alike_{word}", rand=found.adjusted_rand, n=found.n_both),
        t("beside.moved", n=n_moved, share=n_moved / n, all=n),
    ]
