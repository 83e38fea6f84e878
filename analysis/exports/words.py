"""What can be taken along, in plain sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.privacy.consent import consent_is_known
from analysis.privacy.small_groups import LEAST

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from analysis.study import StudyResult
    from analysis.study.for_others import SharedStudy
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


def contact_mark(customers: pd.DataFrame, confirmed: date | None, t: Translate) -> str:
    """Return what each row of a list says of consent; empty where a column tells it of each customer.

    Parameters
    ----------
    customers : DataFrame, one row per customer
    confirmed : date, optional
        The day on which a person confirmed that these customers may be contacted.
    """
    if consent_is_known(customers):
        return ""
    return t("contact.confirmed", day=confirmed) if confirmed else t("contact.unconfirmed")


def left_out(shared: SharedStudy, t: Translate) -> str:
    """Return what is not in figures for others."""
    return left_out_words(sum(shared.left_out.values()), t)


def left_out_words(n: int, t: Translate) -> str:
    """Return the sentence on ``n`` segments that are not shown apart."""
    return t("workbook.for_others", n=n, least=LEAST) if n else t("workbook.for_others_all", least=LEAST)
