"""The Chinese shop: tea and home goods, sold in one store and on three platforms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from sample_data.planted import (
    FIRST_DAY,
    N_DAYS,
    Business,
    Group,
    Sheet,
    day_of,
    moment,
    one_of,
    order_days,
    pick,
    season,
)

ORDER_HEADERS = (
    "订单编号", "会员号", "下单时间", "商品名称", "品类", "数量", "单价", "优惠金额", "实付金额", "订单状态", "渠道",
    "省份", "城市",
)  # fmt: skip
MEMBER_HEADERS = (
    "会员号", "姓名", "性别", "手机号", "出生年份", "城市", "省份", "会员等级", "注册日期", "来源渠道", "是否订阅短信",
)  # fmt: skip
DONE, SHIPPED, REFUNDED, CANCELLED = "交易成功", "已发货", "交易关闭(退款成功)", "已取消"
STORE, MINI = "门店", "微信小程序"

_FESTIVALS = [(date(2024, 1, 18), date(2024, 2, 6)), (date(2024, 8, 28), date(2024, 9, 14))]
_PROMOTIONS = [
    (date(2024, 3, 5), date(2024, 3, 8)), (date(2024, 5, 31), date(2024, 6, 18)), (date(2024, 8, 8), date(2024, 8, 10)),
    (date(2024, 10, 28), date(2024, 11, 11)), (date(2024, 12, 10), date(2024, 12, 12)),
    (date(2025, 1, 6), date(2025, 1, 15)), (date(2025, 3, 5), date(2025, 3, 8)), (date(2025, 5, 28), date(2025, 6, 18)),
]  # fmt: skip
_CLOSED = [(date(2024, 2, 9), date(2024, 2, 15), 0.25), (date(2025, 1, 28), date(2025, 2, 3), 0.25)]
SEASONS = {
    "everyday": season(1.0, [(first, last, 2.2) for first, last in _PROMOTIONS] + _CLOSED),
    "promotion": season(0.02, [(first, last, 60.0) for first, last in _PROMOTIONS]),
    "festival": season(0.01, [(first, last, 120.0) for first, last in _FESTIVALS]),
}
GROUPS = (
    Group("高频忠诚客", 130, (11, 15), (3, 18), {"日常": 0.9, "小物": 0.1}, (0.6, 0.4), (1, 1), (0.02, 0.10),
          {MINI: 0.50, STORE: 0.28, "天猫": 0.17, "抖音": 0.05}, "everyday"),
    Group("大额低频送礼客", 150, (2, 3), (158, 182), {"礼盒": 1.0}, (0.85, 0.15), (1, 2), (0.0, 0.05),
          {"天猫": 0.45, STORE: 0.25, MINI: 0.30}, "festival"),
    Group("促销型散客", 280, (4, 6), (13, 31), {"小物": 1.0}, (0.55, 0.45), (1, 2), (0.20, 0.35),
          {"抖音": 0.48, "天猫": 0.44, MINI: 0.08}, "promotion"),
    Group("一次性新客", 370, (1, 1), (14, 48), {"日常": 1.0}, (1.0,), (1, 1), (0.08, 0.15),
          {"抖音": 0.50, MINI: 0.25, "天猫": 0.15, STORE: 0.10}, "everyday"),
    Group("沉睡老客", 270, (3, 4), (310, 440), {"日常": 0.95, "小物": 0.05}, (0.7, 0.3), (1, 1), (0.03, 0.12),
          {"天猫": 0.50, MINI: 0.30, STORE: 0.20}, "everyday"),
)  # fmt: skip
PRODUCTS = {
    "日常": (
        ("西湖龙井 雨前一级 100g", "绿茶", 128.0), ("碧螺春 散装 100g", "绿茶", 118.0), ("正山小种 125g", "红茶", 88.0),
        ("滇红金针 200g", "红茶", 96.0), ("安溪铁观音 清香型 250g", "乌龙茶", 98.0),
        ("凤凰单丛 鸭屎香 150g", "乌龙茶", 138.0), ("云南普洱熟茶饼 357g", "普洱茶", 138.0),
        ("福鼎老寿眉 茶饼 350g", "白茶", 158.0), ("手工青瓷盖碗", "茶具", 128.0),
        ("竹制干泡茶盘", "茶具", 139.0), ("藤编收纳筐 大号", "家居", 89.0), ("大豆蜡香薰 白茶香", "家居", 99.0),
    ),
    "小物": (
        ("茉莉花茶 三角茶包 15袋", "花草茶", 29.9), ("桂花乌龙 冷泡茶包 12袋", "花草茶", 35.9),
        ("🍵 抹茶拿铁粉 随身装", "花草茶", 25.9), ("陶瓷小茶宠", "茶具", 22.0), ("玻璃公道杯", "茶具", 32.9),
        ("木质杯垫 4片装", "家居", 19.9),
        ("棉麻茶巾 2条装", "家居", 18.8), ("六安瓜片 尝鲜装 30g", "绿茶", 39.9),
    ),
    "礼盒": (
        ("明前龙井礼盒 250g", "礼盒", 688.0), ("金骏眉礼盒 200g", "礼盒", 898.0), ("陈年普洱礼盒 500g", "礼盒", 1080.0),
        ("汝窑茶具套装礼盒", "礼盒", 768.0), ("大红袍双罐礼盒", "礼盒", 598.0), ("紫砂壶 手作礼盒", "礼盒", 1280.0),
    ),
}  # fmt: skip
_CITIES = {
    ("浙江省", "杭州市"): 30, ("上海市", "上海市"): 14, ("浙江省", "宁波市"): 8, ("江苏省", "苏州市"): 8,
    ("江苏省", "南京市"): 7, ("广东省", "深圳市"): 6, ("广东省", "广州市"): 6, ("北京市", "北京市"): 6,
    ("四川省", "成都市"): 5, ("福建省", "厦门市"): 4, ("湖北省", "武汉市"): 3, ("陕西省", "西安市"): 2,
    ("山东省", "青岛市"): 2, ("湖南省", "长沙市"): 2, ("安徽省", "合肥市"): 2,
}  # fmt: skip
_STORE_CITIES = ("杭州市", "上海市", "宁波市")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = {
    "女": [
        "婷",
        "雪",
        "静怡",
        "欣怡",
        "雨桐",
        "梓涵",
        "丽华",
        "佳琪",
        "晓燕",
        "玉兰",
        "思雨",
        "若曦",
        "慧敏",
        "春梅",
        "诗涵",
        "芳",
    ],
    "男": [
        "伟",
        "强",
        "志明",
        "建国",
        "浩然",
        "宇轩",
        "俊杰",
        "海涛",
        "文博",
        "子豪",
        "国栋",
        "磊",
        "一鸣",
        "家辉",
        "晨",
        "勇",
    ],
}
_LEVELS = {
    "高频忠诚客": {"黑金会员": 0.35, "金卡会员": 0.55, "银卡会员": 0.10},
    "大额低频送礼客": {"黑金会员": 0.15, "金卡会员": 0.60, "银卡会员": 0.25},
    "促销型散客": {"银卡会员": 0.35, "普通会员": 0.65},
    "沉睡老客": {"金卡会员": 0.10, "银卡会员": 0.50, "普通会员": 0.40},
}
_NO_ORDER = "未下单"
N_NO_ORDER, N_ONLY_CANCELLED, N_GUESTS, N_EXTRA = 150, 12, 60, 200


def build(seed: int) -> Business:
    """Draw the shop: orders sorted by time, members sorted by id, and the planted groups."""
    rng = np.random.default_rng([seed, 1])
    kinds = [group for group in GROUPS for _ in range(group.size)]
    everyone: list[Group | None] = [*kinds, *([None] * N_NO_ORDER)]
    everyone = [everyone[int(i)] for i in rng.permutation(len(everyone))]
    orders: list[tuple[datetime, list[Any]]] = []
    members, truth, buyers, idle = [], [], [], []
    latest_needed = True
    for number, group in enumerate(everyone):
        member_id = f"HY{100001 + number}"
        province, city = pick(rng, _CITIES)
        days = order_days(rng, group, SEASONS[group.season]) if group else []
        if group is GROUPS[0] and latest_needed:  # one customer buys on the last day, so that day ends the data
            days[-1], latest_needed = N_DAYS - 1, False
        for day in days:
            orders.append(_order(rng, group or GROUPS[3], member_id, (province, city), moment(rng, day)))
        if group:
            truth.append((member_id, group.name))
            if len(days) > 1:
                buyers.append((group, member_id, (province, city), days))
        else:
            idle.append((GROUPS[3], member_id, (province, city), [N_DAYS - 300, N_DAYS - 20]))
        members.append(_member(rng, member_id, group, (province, city), days))
    called_off = [one_of(rng, buyers) for _ in range(N_EXTRA)] + idle[:N_ONLY_CANCELLED]
    for group, member_id, place, days in called_off:
        when = moment(rng, int(rng.integers(days[0], days[-1] + 1)))
        state = REFUNDED if rng.random() < 0.6 else CANCELLED
        orders.append(_order(rng, group, member_id, place, when, state=state))
    for _ in range(N_GUESTS):  # the till sells to people who are no members
        when = moment(rng, int(rng.integers(0, N_DAYS - 1)))
        orders.append(_order(rng, GROUPS[3], None, ("浙江省", "杭州市"), when, channel=STORE))
    sheets = (
        Sheet("订单", ORDER_HEADERS, _numbered(orders), {"下单时间": "yyyy-mm-dd hh:mm:ss"}),
        Sheet("会员", MEMBER_HEADERS, _untidy(rng, members), {"注册日期": "yyyy-mm-dd"}),
    )
    return Business("中文店铺", sheets, tuple(truth))


def _order(rng, group, member_id, place, when, *, state=None, channel=None) -> tuple[datetime, list[Any]]:
    """Draw the lines of one order; the id is given later, in the order of time."""
    channel = channel or pick(rng, group.channels)
    province, city = place
    if channel == STORE and city not in _STORE_CITIES:
        channel = MINI
    if group.season == "festival" and channel != STORE and rng.random() < 0.4:  # presents go to somebody else's city
        province, city = one_of(rng, list(_CITIES))
    if state is None:
        state = SHIPPED if channel != STORE and (N_DAYS - day_of(when.date())) <= 4 else DONE
    lines = []
    taken: set[str] = set()
    for _ in range(1 + int(rng.choice(len(group.lines), p=group.lines))):
        name, category, price = one_of(rng, PRODUCTS[pick(rng, group.tiers)])
        if name in taken:
            continue
        taken.add(name)
        quantity = int(rng.integers(group.quantity[0], group.quantity[1] + 1))
        discount = round(quantity * price * float(rng.uniform(*group.discount)), 1)
        paid = round(quantity * price - discount, 2)
        lines.append((member_id, when, name, category, quantity, price, discount, paid, state, channel, province, city))
    return when, lines


def _numbered(orders: list[tuple[datetime, list[Any]]]) -> tuple[tuple[Any, ...], ...]:
    rows, in_day, today = [], 0, None
    for when, lines in sorted(orders, key=lambda order: (order[0], str(order[1][0][0]))):
        in_day = in_day + 1 if when.date() == today else 1
        today = when.date()
        rows += [(f"TD{today:%Y%m%d}{in_day:04d}", *line) for line in lines]
    return tuple(rows)


def _member(rng, member_id: str, group: Group | None, place: tuple[str, str], days: list[int]) -> list[Any]:
    gender = "女" if rng.random() < 0.62 else "男"
    name = one_of(rng, _SURNAMES) + one_of(rng, _GIVEN[gender])
    phone = f"120{int(rng.integers(0, 10**8)):08d}"  # no Chinese mobile number starts with 12
    first = days[0] if days else int(rng.integers(60, N_DAYS - 10))
    newcomer = group is None or (group.season == "everyday" and group.orders == (1, 1))
    before = int(rng.integers(0, 4)) if newcomer else int(rng.integers(5, 700))
    level = pick(rng, _LEVELS.get(group.name if group else _NO_ORDER, {"普通会员": 1.0}))
    source = pick(rng, (group or GROUPS[3]).channels)
    if source == STORE and place[1] not in _STORE_CITIES:
        source = MINI
    birth = int(np.clip(round(float(rng.normal(1988, 9))), 1952, 2005))
    sms = "是" if rng.random() < 0.7 else "否"
    registered = FIRST_DAY + timedelta(days=first - before)
    return [member_id, name, gender, phone, birth, place[1], place[0], level, registered, source, sms]


def _untidy(rng: np.random.Generator, members: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Make the members look like a real export: harmless, each kind on different rows."""
    gender, phone, birth = (MEMBER_HEADERS.index(header) for header in ("性别", "手机号", "出生年份"))
    city, sms = (MEMBER_HEADERS.index(header) for header in ("城市", "是否订阅短信"))
    rows = [list(member) for member in members]
    order = iter(int(i) for i in rng.permutation(len(rows)))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for _ in range(60):
        rows[next(order)][birth] = None
    for _ in range(40):
        rows[next(order)][gender] = None
    for _ in range(30):
        row = rows[next(order)]
        row[gender] = "M" if row[gender] == "男" else "F"
    for _ in range(25):
        row = rows[next(order)]
        row[city] = row[city] + " "
    for _ in range(20):
        rows[next(order)][sms] = None
    for _ in range(12):
        row = rows[next(order)]
        row[birth] = str(row[birth]).translate(wide)
    for _ in range(10):
        row = rows[next(order)]
        row[phone] = row[phone].translate(wide)
    rows[next(order)][1] = "<b>王小明</b>"
    doubled = [list(rows[next(order)]) for _ in range(8)]
    return tuple(tuple(row) for row in [*rows, *doubled])
