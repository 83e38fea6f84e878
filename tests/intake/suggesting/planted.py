"""Columns with personal data planted among columns without, in both languages: what the finder is measured on."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from analysis.privacy.checks import is_luhn

N = 60
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂"
_FIRST = (
    "Ann",
    "Bob",
    "Carla",
    "David",
    "Emma",
    "Frank",
    "Grace",
    "Henry",
    "Ivy",
    "Jack",
    "Liam",
    "Mia",
    "Noah",
    "Olivia",
)
_LAST = (
    "Lee",
    "Smith",
    "Brown",
    "Wilson",
    "Taylor",
    "Davies",
    "Evans",
    "Thomas",
    "Johnson",
    "Walker",
    "O'Brien",
    "Clarke",
)
_DISTRICTS = (
    "北京市朝阳区",
    "上海市浦东新区",
    "浙江省杭州市西湖区",
    "广东省深圳市南山区",
    "江苏省南京市鼓楼区",
    "四川省成都市武侯区",
)
_ROADS = ("建国路", "世纪大道", "文三路", "科技园路", "中山北路", "人民南路", "解放街")
_STREETS = ("High Street", "Church Road", "Park Avenue", "Mill Lane", "Queens Drive", "King Street")
_CITIES = ("London", "Leeds", "Bristol", "Austin", "Boston")


@dataclass(frozen=True)
class Planted:
    """A column: its heading, its cells, and the kind that the finder must say (None: nobody's)."""

    header: str
    cells: list[str]
    kind: str | None


def _id18(r: random.Random) -> str:
    born = f"19{r.randint(50, 99)}{r.randint(1, 12):02}{r.randint(1, 28):02}"
    body = f"{r.choice((110105, 310115, 330106, 440305))}{born}{r.randint(0, 999):03}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]  # ISO 7064 writes them as powers of two
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _card(r: random.Random, prefix: str, length: int) -> str:
    body = prefix + "".join(str(r.randint(0, 9)) for _ in range(length - len(prefix) - 1))
    return next(body + str(last) for last in range(10) if is_luhn(body + str(last)))


def _mobile(r: random.Random) -> str:
    return f"1{r.choice((38, 39, 50, 86, 99, 77))}{r.randint(0, 99_999_999):08}"


def _hex(r: random.Random, n: int) -> str:
    return "".join(r.choice("0123456789abcdef") for _ in range(n))


def _zh_name(r: random.Random) -> str:
    return r.choice(_SURNAMES) + "".join(r.choice(_GIVEN) for _ in range(r.choice((1, 2, 2))))


def _en_name(r: random.Random) -> str:
    return f"{r.choice(_FIRST)} {r.choice(_LAST)}"


def _zh_address(r: random.Random) -> str:
    return f"{r.choice(_DISTRICTS)}{r.choice(_ROADS)}{r.randint(1, 300)}号{r.randint(1, 20)}栋{r.randint(101, 2500)}室"


def _en_address(r: random.Random) -> str:
    return f"{r.randint(1, 300)} {r.choice(_STREETS)}, {r.choice(_CITIES)}"


def _email(r: random.Random) -> str:
    return f"{r.choice(_FIRST).lower()}{r.randint(1, 999)}@{r.choice(('qq.com', '163.com', 'gmail.com', 'shop.co.uk'))}"


def _us_phone(r: random.Random) -> str:
    a, b, c = r.randint(201, 989), r.randint(200, 999), r.randint(0, 9999)
    return r.choice((f"({a}) {b}-{c:04}", f"{a}-{b}-{c:04}", f"+1 {a} {b} {c:04}"))


def _uk_phone(r: random.Random) -> str:
    return f"+44 20 {r.randint(3000, 8999)} {r.randint(0, 9999):04}"


def _point(r: random.Random) -> str:
    return f"{r.uniform(20, 45):.6f}"


Maker = Callable[[random.Random], str]
Column = tuple[str, str | None, Maker]

ZH: tuple[Column, ...] = (
    ("身份证号", "id_number", _id18),
    ("证件", "id_number", _id18),
    ("字段7", "id_number", _id18),
    ("银行卡号", "bank_card", lambda r: _card(r, "622202", 19)),
    ("收款", "bank_card", lambda r: _card(r, "621700", 19)),
    ("手机号", "phone", _mobile),
    ("收货人手机", "phone", lambda r: f"+86 {_mobile(r)}"),
    ("联系方式", "phone", _mobile),
    ("列3", "phone", lambda r: (m := _mobile(r))[:3] + "-" + m[3:7] + "-" + m[7:]),
    ("客户编号", "phone", _mobile),
    ("座机", "landline", lambda r: f"010-{r.randint(60000000, 89999999)}"),
    ("公司电话", "phone", lambda r: f"0{r.randint(510, 599)}-{r.randint(6000000, 8999999)}"),
    ("邮箱", "email", _email),
    ("账号", "email", _email),
    ("姓名", "name", _zh_name),
    ("收货人", "name", _zh_name),
    ("买家", "name", _zh_name),
    ("联系人姓名", "name", _zh_name),
    ("收货地址", "address", _zh_address),
    ("详细地址", "address", _zh_address),
    ("送货", "address", _zh_address),
    (
        "家庭住址",
        "address",
        lambda r: f"{r.choice(_ROADS)}{r.randint(1, 300)}弄{r.randint(1, 30)}号{r.randint(101, 900)}室",
    ),
    ("护照号", "passport", lambda r: f"E{r.randint(10**7, 10**8 - 1)}"),
    ("台胞证号", "permit", lambda r: str(r.randint(10**7, 10**8 - 1))),
    ("回乡证", "permit", lambda r: f"H{r.randint(10**7, 10**8 - 1)}"),
    ("车牌号", "plate", lambda r: f"京{r.choice('ABCN')}{r.randint(10000, 99999)}"),
    ("车", "plate", lambda r: f"沪A{r.randint(1000, 9999)}{r.choice('ABCD')}"),
    ("微信号", "wechat", lambda r: f"wx_{_hex(r, 8)}"),
    ("QQ", "qq", lambda r: str(r.randint(10**6, 10**10))),
    ("支付宝账号", "alipay", lambda r: r.choice((_mobile(r), _email(r)))),
    ("生日", "birth_date", lambda r: f"19{r.randint(50, 99)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"),
    ("出生日期", "birth_date", lambda r: f"19{r.randint(50, 99)}年{r.randint(1, 12)}月{r.randint(1, 28)}日"),
    ("登录IP", "ip", lambda r: ".".join(str(r.randint(1, 254)) for _ in range(4))),
    ("设备号", "device_id", lambda r: _hex(r, 32)),
    ("经度", "coordinates", _point),
    ("坐标", "coordinates", lambda r: f"{_point(r)},{_point(r)}"),
    ("会员手机", "phone", _mobile),
    ("电子邮箱", "email", _email),
    ("会员姓名", "name", _zh_name),
    ("身份证号码", "id_number", _id18),
)
EN: tuple[Column, ...] = (
    ("ID number", "id_number", _id18),
    ("col_9", "id_number", _id18),
    ("Card number", "bank_card", lambda r: _card(r, "4", 16)),
    ("Credit Card", "bank_card", lambda r: _card(r, "53", 16)),
    ("paid_with", "bank_card", lambda r: _card(r, "34", 15)),
    ("Phone", "phone", _us_phone),
    ("Mobile number", "phone", _uk_phone),
    ("billing_phone", "phone", _us_phone),
    ("Unnamed: 4", "phone", _uk_phone),
    ("Tel", "phone", _mobile),
    ("customer_id", "phone", _mobile),
    ("Home phone", "landline", _us_phone),
    ("Email", "email", _email),
    ("login", "email", _email),
    ("Billing Email", "email", _email),
    ("Contact e-mail", "email", _email),
    ("Customer name", "name", _en_name),
    ("Name", "name", _en_name),
    ("Recipient", "name", _en_name),
    ("Full Name", "name", _en_name),
    ("Client", "name", _en_name),
    ("First Name", "name", lambda r: r.choice(_FIRST)),
    ("Last name", "name", lambda r: r.choice(_LAST)),
    ("Shipping address", "address", _en_address),
    ("Address line 1", "address", _en_address),
    ("Street", "address", lambda r: f"{r.randint(1, 300)} {r.choice(_STREETS)}"),
    ("deliver_to", "address", _en_address),
    ("Passport number", "passport", lambda r: f"{r.randint(10**8, 10**9 - 1)}"),
    ("Travel permit", "permit", lambda r: f"H{r.randint(10**9, 10**10 - 1)}"),
    (
        "License plate",
        "plate",
        lambda r: f"{r.choice('ABCDEFG')}{r.choice('KLM')}{r.randint(10, 99)} {r.choice('XYZ')}AB",
    ),
    ("WeChat ID", "wechat", lambda r: f"wx_{_hex(r, 8)}"),
    ("QQ number", "qq", lambda r: str(r.randint(10**6, 10**10))),
    ("Alipay account", "alipay", _email),
    ("Date of birth", "birth_date", lambda r: f"{r.randint(1, 12)}/{r.randint(1, 28)}/19{r.randint(50, 99)}"),
    ("birthday", "birth_date", lambda r: f"19{r.randint(50, 99)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"),
    ("IP address", "ip", lambda r: ".".join(str(r.randint(1, 254)) for _ in range(4))),
    ("source", "ip", lambda r: ".".join(str(r.randint(1, 254)) for _ in range(4))),
    ("Device ID", "device_id", lambda r: f"{_hex(r, 8)}-{_hex(r, 4)}-{_hex(r, 4)}-{_hex(r, 12)}"),
    ("latitude", "coordinates", _point),
    ("GPS coordinates", "coordinates", lambda r: f"{_point(r)}, -{_point(r)}"),
)
NOBODYS: tuple[Column, ...] = (
    ("订单号", None, _mobile),
    ("订单编号", None, lambda r: str(r.randint(10**17, 10**18))),
    ("运单号", None, lambda r: f"SF{r.randint(10**11, 10**12)}"),
    ("商品编码", None, lambda r: str(r.randint(10**12, 10**13))),
    ("价格", None, lambda r: f"{r.uniform(1, 900):.2f}"),
    ("城市", None, lambda r: r.choice(("北京", "金华", "高州", "马鞍山", "石家庄", "温州"))),
    ("省市区", None, lambda r: r.choice(_DISTRICTS)),
    ("下单时间", None, lambda r: f"2024-0{r.randint(1, 9)}-1{r.randint(0, 9)} 12:30:0{r.randint(0, 9)}"),
    ("商品名称", None, lambda r: r.choice(("白色连衣裙", "高跟鞋", "黄金项链", "马丁靴"))),
    ("品牌", None, lambda r: r.choice(("李宁", "安踏", "王老吉", "周大福", "马克华菲"))),
    ("评价", None, lambda r: r.choice(("质量很好，下次再来", "物流慢了点", "给5星", "和图片一样"))),
    ("店铺", None, lambda r: r.choice(("杭州旗舰店", "上海一店"))),
    ("统一社会信用代码", None, lambda r: "91350100M000100Y43"),
    ("数量", None, lambda r: str(r.randint(1, 20))),
    ("order_id", None, _mobile),
    ("Invoice", None, lambda r: str(r.randint(536365, 581587))),
    ("SKU", None, lambda r: f"{r.randint(10000, 99999)}{r.choice('ABC')}"),
    ("Barcode", None, lambda r: str(r.randint(10**12, 10**13 - 1))),
    ("Price", None, lambda r: f"{r.uniform(1, 900):.2f}"),
    ("City", None, lambda r: r.choice(("New York", "Los Angeles", "San Jose", "Salt Lake City"))),
    ("Product", None, lambda r: r.choice(("Red Shoes", "Blue Jacket", "White Metal Lantern", "Jumbo Bag"))),
    ("Brand", None, lambda r: r.choice(("Ralph Lauren", "Calvin Klein", "Hugo Boss", "Tom Ford"))),
    ("Category", None, lambda r: r.choice(("Home Garden", "Kids Toys"))),
    ("Order date", None, lambda r: f"{r.randint(1, 12)}/{r.randint(1, 28)}/2024 8:26"),
    ("Version", None, lambda r: f"{r.randint(1, 9)}.{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 20)}"),
    ("Company", None, lambda r: f"{r.choice(_LAST)} {r.choice(('Ltd', 'Inc', 'Group'))}"),
    ("Comment", None, lambda r: r.choice(("Great shoes, 5 stars", "Too small for me", "Arrived in 2 days"))),
    ("Tracking", None, lambda r: str(r.randint(10**11, 10**12))),
    ("channel", None, lambda r: r.choice(("Web Shop", "Mobile App", "Retail Store"))),
    ("VAT", None, lambda r: f"GB{r.randint(10**8, 10**9)}"),
)


def planted(columns: tuple[Column, ...]) -> list[Planted]:
    """Fill each column with 60 cells, the same every time."""
    return [
        Planted(header, [make(r) for r in [random.Random(place)] for _ in range(N)], kind)
        for place, (header, kind, make) in enumerate(columns)
    ]
