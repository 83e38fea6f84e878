"""The outcome that a file of customers holds, such as who left: a column that is called so, or has such an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Feature, Profiles

# What the answer of who is gone is called, in any case; in another language a part of a word.
_GONE = (
    r"(?<![a-z])(churn(ed|er)?|attrition|attrited|exited|cancell?ed|lapsed|terminated|inactive|unsubscribed)(?![a-z])"
    r"|流失|离网|退订|退会|注销|销户"
    r"|gekündigt|kündigung|abgewandert|résili|désabonn|abandono|cancelad[oa]|disdett|abbandon|evasão|opgezegd|rezygnacj"
    r"|отток|ушёл|ушел|отказал|ayrıldı|iptal|解約|退会|離脱|이탈|해지|탈퇴|إلغاء|مغادر|ยกเลิก|เลิกใช้"
)
_OTHERS = (
    r"(?<![a-z])(left|lost|default(ed)?|respon(se|ded)|convert(ed)?|conversion|subscribed|purchased|bought|renewed|"
    r"repurchased?|outcome|target|won)(?![a-z])|违约|逾期|响应|成交|转化|是否购买|是否复购|续费|续约"
)
# An answer of "left" or "default" stands for many things; under a heading that asks for an outcome it is one.
_ANSWER = re.compile(_GONE, re.IGNORECASE)
_WORDS = re.compile(f"{_GONE}|{_OTHERS}", re.IGNORECASE)
_DENIED = re.compile(r"(?<![a-z])(not|non|no|never)(?![a-z])|未|非|没有|不|尚", re.IGNORECASE)
LEAST = 10  # of either answer, below which a share says nothing
MOST_ANSWERS = 5


@dataclass(frozen=True)
class OutcomeColumn:
    """A column that says what became of customers.

    Attributes
    ----------
    feature : Feature
        A flag or a category.
    answer : str or None
        The level that says that it came about; None for a flag, whose answer is yes.
    """

    feature: Feature
    answer: str | None = None

    def came_about(self, profiles: Profiles) -> tuple[np.ndarray, np.ndarray]:
        """Return of which customers the outcome is known, and of which it came about: two bool arrays."""
        column = profiles.customers[self.feature.key]
        known = column.notna().to_numpy()
        if self.answer is None:
            return known, column.fillna(False).to_numpy(dtype=bool)
        return known, known & column.astype(str).eq(self.answer).to_numpy(dtype=bool)


def outcome_of(profiles: Profiles) -> OutcomeColumn | None:
    """Return the column that says what became of the customers, or None.

    A yes-or-no column that is called so; else a category of at most five levels of which one alone says so (attrited
    beside existing). Of several the last one: in files made for this question the outcome closes the row.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(40)], "x": [i % 3 == 0 for i in range(40)]})
    >>> left = Feature("x", "risk", "flag", header="Churn")
    >>> outcome_of(Profiles(base, (left,), date(2024, 1, 1))).feature.header
    'Churn'
    """
    asked = [f for f in profiles.features if f.header and not f.personal and f.key in profiles.customers.columns]
    flags = [OutcomeColumn(f) for f in asked if f.kind == "flag" and _WORDS.search(f.header or "")]
    texts = [OutcomeColumn(f, said) for f in asked if f.kind == "category" and (said := answer_of(f, profiles))]
    return next((one for one in (*reversed(flags), *reversed(texts)) if _both(one, profiles)), None)


def answer_of(feature: Feature, profiles: Profiles) -> str | None:
    """Return the one level of a category that says that an outcome came about, or None."""
    levels = [str(level) for level in profiles.customers[feature.key].dropna().unique()[: MOST_ANSWERS + 1]]
    if not 2 <= len(levels) <= MOST_ANSWERS:
        return None
    words = _WORDS if _WORDS.search(feature.header or "") else _ANSWER
    said = [level for level in levels if words.search(level) and not _DENIED.search(level)]
    return said[0] if len(said) == 1 else None


def _both(outcome: OutcomeColumn, profiles: Profiles) -> bool:
    known, yes = outcome.came_about(profiles)
    return min(int(yes.sum()), int((known & ~yes).sum())) >= LEAST
