"""Tables beside the Chinese shop: who brought whom, what people did on the site, what they said; and a till of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from sample_data.planted import FIRST_DAY, LAST_DAY, Sheet, moment, one_of

STEPS = ("浏览商品", "加入购物车", "提交订单", "支付成功")
# By group: who goes on from each step to the next.
GOES_ON = {"高频忠诚客": (0.9, 0.9, 0.95), "促销型散客": (0.85, 0.8, 0.35), "沉睡老客": (0.6, 0.7, 0.9)}
BROUGHT = (25, 18, 12)  # by the three best referrers
IN_A_DAY = 15  # by the one who brings them all at once
LAST_EVENTS = 60  # days of the site's record

_GLAD = {
    "味道": ("茶很香，回甘明显", "味道清爽，家里人都喜欢", "口感醇厚，很好喝", "香气浓，耐泡，好喝"),
    "服务": ("客服很耐心，推荐得准", "店员热情，服务周到"),
    "价格": ("价格实惠，会回购", "性价比很高"),
}
_CROSS = {
    "包装": ("礼盒压坏了，包装太差", "包装破了，送人很没面子", "盒子变形，包装很不用心"),
    "物流": ("快递太慢，等了一周", "物流慢，催了三次还没到"),
}
_POINTS = ("积分一直没有到账，问了也没用", "会员积分没到账，很失望", "买了两次积分都没有到账")
REVIEWS = 600
CROSS_BY_GROUP = {"大额低频送礼客": ("包装", 0.6), "一次性新客": ("物流", 0.35)}
POINTS_MISSING = 0.3  # of the loyal customers' reviews

BASKET_HEADERS = ("Order ID", "Customer ID", "Order Date", "Product", "Amount")
PAIR = ("Matcha bowl", "Bamboo whisk")
THREE = ("Scone mix", "Clotted cream", "Strawberry jam")
ALONE = (
    "Assam 100g", "Darjeeling 100g", "Earl Grey 100g", "Sencha 100g", "Oolong 100g", "White tea 50g", "Rooibos 100g",
    "Peppermint 50g", "Chamomile 50g", "Ginger tea 50g", "Tea strainer", "Glass teapot", "Mug blue", "Mug green",
    "Honey jar", "Sugar tin", "Tea towel", "Gift card", "Short biscuits", "Lemon curd",
)  # fmt: skip
BASKETS = 1_500


def build(seed: int, truth: Iterable[tuple[str, str]]) -> tuple[Sheet, ...]:
    """Return the sheets that go with the shop, about its own members, whose groups ``truth`` names."""
    rng = np.random.default_rng([seed, 4])
    groups: dict[str, list[str]] = {}
    for customer, group in sorted(truth):
        groups.setdefault(group, []).append(customer)
    return (_referrals(rng, groups), _events(rng, groups), _reviews(rng, groups))


def _referrals(rng: np.random.Generator, groups: dict[str, list[str]]) -> Sheet:
    """Three members bring many over a year, one brings many in a day, eighty bring one each."""
    new = list(rng.permutation(groups["一次性新客"]))
    loyal = list(rng.permutation(groups["高频忠诚客"]))
    rows: list[tuple[Any, ...]] = []
    for n in (*BROUGHT, *[1] * 80):
        who = loyal.pop()
        rows += [(who, new.pop(), _day(rng, 360)) for _ in range(n)]
    at_once = one_of(rng, groups["促销型散客"])
    when = _day(rng, 90)
    rows += [(at_once, new.pop(), when) for _ in range(IN_A_DAY)]
    headers = ("推荐人会员号", "被推荐人会员号", "推荐日期")
    return Sheet("推荐", headers, tuple(sorted(rows, key=lambda row: (row[2], row[1]))), {"推荐日期": "yyyy-mm-dd"})


def _events(rng: np.random.Generator, groups: dict[str, list[str]]) -> Sheet:
    """One visit of each member of three groups, as far as it goes."""
    rows: list[tuple[Any, ...]] = []
    for group, chances in GOES_ON.items():
        for who in groups[group]:
            when = moment(rng, (LAST_DAY - FIRST_DAY).days - int(rng.integers(LAST_EVENTS)))
            for step, goes_on in zip(STEPS, (*chances, 0.0), strict=True):
                rows.append((who, when, step))
                when += timedelta(seconds=int(rng.integers(20, 900)))
                if rng.random() >= goes_on or when.date() > LAST_DAY:
                    break
    headers = ("会员号", "事件时间", "事件")
    return Sheet("浏览记录", headers, tuple(sorted(rows, key=lambda row: row[1])), {"事件时间": "yyyy-mm-dd hh:mm:ss"})


def _reviews(rng: np.random.Generator, groups: dict[str, list[str]]) -> Sheet:
    """Gift givers find boxes broken, new customers wait, the loyal miss their points; all others are glad."""
    everyone = [(who, group) for group, people in groups.items() for who in people]
    rows: list[tuple[Any, ...]] = []
    for place in sorted(rng.choice(len(everyone), REVIEWS, replace=False)):
        who, group = everyone[place]
        aspect, chance = CROSS_BY_GROUP.get(group, ("", 0.0))
        if rng.random() < chance:
            stars, text = int(rng.integers(1, 3)), one_of(rng, _CROSS[aspect])
        elif group == "高频忠诚客" and rng.random() < POINTS_MISSING:
            stars, text = int(rng.integers(1, 4)), one_of(rng, _POINTS)
        else:
            stars, text = int(rng.integers(4, 6)), one_of(rng, _GLAD[one_of(rng, sorted(_GLAD))])
        rows.append((who, _day(rng, 330), stars, text))
    headers = ("会员号", "评价日期", "评分", "评价内容")
    return Sheet("评价", headers, tuple(sorted(rows, key=lambda row: (row[1], row[0]))), {"评价日期": "yyyy-mm-dd"})


def baskets(seed: int) -> list[tuple[str, str, str, str, str]]:
    """Return the lines of a tea shop's till: a pair and a set of three go together, everything else is chance."""
    rng = np.random.default_rng([seed, 5])
    prices = {name: 3 + place % 7 * 1.5 for place, name in enumerate((*PAIR, *THREE, *ALONE))}
    rows: list[tuple[str, str, str, str, str]] = []
    for order in range(BASKETS):
        inside = {one_of(rng, ALONE) for _ in range(int(rng.integers(1, 4)))}
        inside |= {name for name in (*PAIR, *THREE) if rng.random() < 0.05}
        if rng.random() < 0.05:
            inside |= set(PAIR)
        if rng.random() < 0.04:
            inside |= set(THREE)
        who, when = f"T{int(rng.integers(1, 301)):03}", _day(rng, 365).date()
        rows += [(f"B{order:05}", who, str(when), name, f"{prices[name]:.2f}") for name in sorted(inside)]
    return sorted(rows, key=lambda row: (row[2], row[0], row[3]))


def _day(rng: np.random.Generator, most: int) -> datetime:
    """Draw one of the last days, as a workbook holds it."""
    day: date = LAST_DAY - timedelta(days=int(rng.integers(most)))
    return datetime.combine(day, datetime.min.time())
