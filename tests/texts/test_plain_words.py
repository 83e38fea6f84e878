"""One word for one thing, and no figure in a form that nobody says: held over every text."""

from __future__ import annotations

import re

import pytest

from texts import Translator, catalogue

# Each with what is said instead.
NOT_SAID = {
    "en": {
        r"\bstands? alone": "is shown by itself", r"upper rule takes": "the rule that stands first decides",
        r"Personas you believe in": "check a persona of your own", r"so that chance alone decides": "at random",
        r"Worth shipping from": "the smallest effect worth it", r"A guardrail may lose at most": "it may be worse by",
        r"^Its name$": "Name", r"^How it was done$": "Method", r"ready to take along": "ready to download",
        r"out of 1\b": "a share, or no figure",
    },
    "zh": {
        r"客户群": "分群", r"(?<!分)层级": "分层", r"研究(?!中心)": "项目", r"近度": "最近购买",
        r"频度|频率得分": "购买频次",
        r"人物(?!小传)": "典型客户", r"封顶": "按上限截断", r"实际收入": "实际归入", r"没有再来的时间": "没有下单",
        r"满分 1(?!0)": "占比，或不写数字", r"客户卡片": "客户卡", r"[「“](列|匹配)[」”]": "「字段」「关联」",
        r"群组|[各该]人群": "分群",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_word_stands_for_one_thing(language):
    found = [
        f"{key}: {said!r}, say {instead!r}"
        for key, entry in catalogue().items()
        for said, instead in NOT_SAID[language].items()
        if re.search(said, entry[language])
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_writes_days_in_fractions(language):
    found = [key for key, entry in catalogue().items() if re.search(r":number\} (days?|天)", entry[language])]
    assert not found, found


def test_days_are_written_whole_and_small_shares_of_a_day_are_kept():
    assert [Translator("en").whole(value) for value in (4.43, 446.2, 0.25, 0.0)] == ["4", "446", "0.25", "0"]
