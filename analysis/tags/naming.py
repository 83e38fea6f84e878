"""One name for one thing: names of tags that are the same, or nearly, to a reader."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

from analysis.intake.headings import simplified

if TYPE_CHECKING:
    from analysis.tags.params import Tag

NEAR = 0.85  # likeness 0..1 from which two names of four letters or more may be one
SHORTEST = 4
# What stands for the same grade of customer, in the words of shops.
_ONE_THING = (
    (
        "vip",
        "vipcustomer",
        "vipmember",
        "seniormember",
        "高级会员",
        "贵宾",
        "贵宾会员",
        "尊享会员",
        "重要客户",
        "vip客户",
        "vip会员",
    ),
    ("new", "newcustomer", "新客", "新客户", "新用户"),
    ("lost", "lostcustomer", "churned", "churnedcustomer", "流失", "流失客户", "流失用户"),
    ("repeat", "repeatbuyer", "repeatcustomer", "returningcustomer", "老客", "老客户", "复购客户", "回头客"),
    ("dormant", "sleeping", "inactive", "沉睡", "沉睡客户", "沉默客户", "休眠客户"),
)


@dataclass(frozen=True)
class Alike:
    """Two tags whose names are one to a reader.

    ``why`` is ``same`` (written in another way: width, case, traditional characters), ``near`` (a letter or two apart)
    or ``thing`` (two words for one thing).
    """

    first: str
    second: str
    why: Literal["same", "near", "thing"]


def plain_name(name: str) -> str:
    """Return a name without what makes no difference: width, case, spaces and marks, traditional characters.

    Examples
    --------
    >>> plain_name("ＶＩＰ "), plain_name("高級會員") == plain_name("高级会员")
    ('vip', True)
    """
    text = simplified(unicodedata.normalize("NFKC", name)).translate(_MORE).casefold()
    return "".join(letter for letter in text if letter.isalnum())


# Characters of the words for customers and grades that headings of files do not hold.
_MORE = str.maketrans("級會員貴賓優質戶舊復購買顧", "级会员贵宾优质户旧复购买顾")


def alike_names(tags: Sequence[Tag]) -> tuple[Alike, ...]:
    """Return pairs of tags, by key, that a reader would take for one; retired ones are left out.

    Examples
    --------
    >>> from analysis.tags.params import Tag, Top
    >>> top = Top(feature="spend", share=0.2)
    >>> names = ("VIP", "ＶＩＰ", "高级会员", "高級會員")
    >>> tags = [Tag(key=f"t{n}", name_zh=name, type="value", source=top) for n, name in enumerate(names)]
    >>> [(one.first, one.second, one.why) for one in alike_names(tags)][:3]
    [('t0', 't1', 'same'), ('t0', 't2', 'thing'), ('t0', 't3', 'thing')]
    """
    found = []
    named = [(tag.key, _names(tag)) for tag in tags if not tag.retired]
    for place, (key, names) in enumerate(named):
        for other, others in named[place + 1 :]:
            why = _why(names, others)
            if why is not None:
                found.append(Alike(key, other, why))
    return tuple(found)


def _names(tag: Tag) -> tuple[str, ...]:
    written = {plain_name(name) for name in (tag.name_en, tag.name_zh) if name}
    return tuple(sorted(written or {plain_name(tag.key)}))


def _why(names: Sequence[str], others: Sequence[str]) -> Literal["same", "near", "thing"] | None:
    pairs = [(one, other) for one in names for other in others]
    if any(one == other for one, other in pairs):
        return "same"
    if any(one in group and other in group for group in _ONE_THING for one, other in pairs):
        return "thing"
    for one, other in pairs:
        digits = [[letter for letter in name if letter.isdigit()] for name in (one, other)]
        long = min(len(one), len(other)) >= SHORTEST
        # "Ordered in 30 days" and "… in 90 days" are two things: numbers tell them apart.
        if long and digits[0] == digits[1] and SequenceMatcher(None, one, other).ratio() >= NEAR:
            return "near"
    return None
