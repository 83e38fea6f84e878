"""The outcome that a file of customers holds, such as who left: a yes-or-no column that is called so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles

# What such columns are called; a word of the header, in any case, or a part of one in another language.
_WORDS = re.compile(
    r"(?<![a-z])(churn(ed)?|attrition|attrited|exited|cancell?ed|left|lapsed|lost|default(ed)?|respon(se|ded)|"
    r"convert(ed)?|conversion|subscribed|purchased|bought|renewed|repurchased?|outcome|target|won)(?![a-z])"
    r"|流失|离网|退订|违约|逾期|响应|成交|转化|是否购买|是否复购|续费|续约"
    r"|gekündigt|kündigung|abgewandert|résili|désabonn|abandono|cancelad[oa]|disdett|abbandon|evasão|opgezegd|rezygnacj"
    r"|отток|ушёл|ушел|отказал|ayrıldı|iptal|解約|退会|離脱|이탈|해지|탈퇴|إلغاء|مغادر|ยกเลิก|เลิกใช้",
    re.IGNORECASE,
)
LEAST = 10  # of either answer, below which a share says nothing


def outcome_of(profiles: Profiles) -> Feature | None:
    """Return the yes-or-no feature that says what became of the customers, or None.

    Of several the last one: in files made for this question the outcome closes the row.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(40)], "x": [i % 3 == 0 for i in range(40)]})
    >>> left = Feature("x", "risk", "flag", header="Churn")
    >>> outcome_of(Profiles(base, (left,), date(2024, 1, 1))).header
    'Churn'
    """
    found = [feature for feature in profiles.features if _is_outcome(feature, profiles)]
    return found[-1] if found else None


def _is_outcome(feature: Feature, profiles: Profiles) -> bool:
    if feature.kind != "flag" or feature.personal or not feature.header or not _WORDS.search(feature.header):
        return False
    values = profiles.customers[feature.key].dropna().astype(bool)
    return min(int(values.sum()), int((~values).sum())) >= LEAST
