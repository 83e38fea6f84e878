"""The forms that personal values have: of a whole cell, and inside a text, also where they touch Chinese characters.

No form relies on the edges of words, which regular expressions do not see beside Chinese characters. A number is told
from an order number by its check character, and by the words before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analysis.privacy.checks import is_bank_card, is_firm_code, is_id_number, is_luhn
from analysis.privacy.kinds import PersonalKind

EMAIL = r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".\d]{2,}"
CHINESE_MOBILE = r"(?:(?:\+|00)?86[ -]?|0)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
LEAST = 0.8  # share of the cells that have a form, from which the column has it
MOST_LOOKED_AT = 1_000

_ASCII_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
_PHONE = (
    rf"{CHINESE_MOBILE}|(?:\+?\d{{1,3}}[- ]?)?(?:\(\d{{2,4}}\) ?|\d{{2,4}}[- ])\d{{3,4}}[- ]\d{{3,4}}|\+\d{{8,14}}|"
    r"(?=(?:\D*\d){8,15}\D*$)(?:\+|00)[1-9]\d{0,2}(?:[ ./-]{1,3}\(?\d{1,9}\)?){1,6}|"  # +49 151 1234567
    r"(?=(?:\D*\d){9,12}\D*$)\(?0\d{1,5}\)?(?:[ /-]{1,3}\d{2,8}){1,4}"  # 0151/123 45 67
)
_LANDLINE = r"(?:(?:\+|00)86[ -]?)?(?:\(0?\d{2,3}\)|（0?\d{2,3}）|0\d{2,3})[ -]?[2-9]\d{6,7}(?:(?:-|转|ext\.?)\d{1,6})?"
_PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•. -]?"
    r"(?=[A-Z]*\d)(?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳])"
)
_IP = r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IP6 = r"(?=(?:[^:]*:){2})(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}"
_MAC = r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"
_COORDINATES = r"-?\d{1,3}\.\d{3,}\s*[,，;/ ]\s*-?\d{1,3}\.\d{3,}"
_PASSPORT = r"[DEGPS]\d{8}|E[A-HJ-NP-Z]\d{7}"
_PERMIT = r"[HMC]\d{8}(?:\d{2})?"
_CARD = r"\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,3}|\d{13,19}"
_ID = r"[1-9]\d{16}[\dXx]"
_STREET = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Terrace|Way|Close|Crescent|"
    "Gardens|Parkway|Pkwy|Highway|Hwy|Row|Mews"
)
_ADDRESS_EN = rf"\d{{1,5}}[A-Za-z]?,? (?:[A-Z][A-Za-z'’.]* ){{1,4}}(?:{_STREET})(?![A-Za-z])\.?"
_ADDRESS_ZH = (
    r"(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|市|区|县|旗|镇|乡|州)){0,4}[\u4e00-\u9fff0-9A-Za-z]{1,16}?"
    r"(?:路|街|巷|弄|大道|胡同|村|小区|花园|苑|里|道)[\u4e00-\u9fff0-9A-Za-z \-－]{0,16}?\d+ ?"
    r"(?:号院?|弄|栋|幢|座|单元|室|楼|组)"
    r"(?:[\u4e00-\u9fff0-9A-Za-z \-－]{0,16}?\d+ ?(?:号楼?|栋|幢|座|单元|室|楼|层|户))*"
)
# What stands before a number that is a code of something; a word of people takes it back.
_CODE_BEFORE = re.compile(
    r"(?:单号?|订单|编号|编码|流水|货号|款号|条码|运单|快递|发票|票号|批号|型号|价格?|金额|版本|sku|order|invoice|tracking|"
    r"parcel|ref|reference|ean|isbn|upc|gtin|serial|item|batch|version|no|nr|number|id|v|#)[号码 \s.:：#=(（-]*$|"
    r"[A-Za-z]{1,12}[-_]?$",
    re.IGNORECASE,
)
_PERSON = (
    "电话|手机|联系|致电|拨打|微信|支付宝|卡|账户|身份证|证件|phone|mobile|mob|tel|cell|call|contact|whatsapp|text|card|"
    "qq|wx|vx|ip"
)
_OF_PERSON = re.compile(rf"(?:{_PERSON})[ .:：#-]{{0,3}}$", re.IGNORECASE)
# Family names of most people in China: before a phone number they begin a name.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖"
    "邹熊金陆郝孔崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易武乔贺赖龚"
)
_CALLING = "Call|Please|Contact|Ring|Text|Phone|Mail|Email|Dear|Ask|Tel|Mobile|Order"
_BEFORE_PHONE = r"(?=[ ,，:：(（-]{0,2}(?:电话|手机)?[:： ]{0,2}"
_SAID = r"[号码账户是为其的a-zA-Z.()（） :：=#-]{0,12}?"


@dataclass(frozen=True)
class Span:
    """Where in a text a personal value stands: ``text[start:end]``."""

    kind: PersonalKind
    start: int
    end: int


@dataclass(frozen=True)
class _Inside:
    """A form inside text: whether a match can be it, and whether it is doubtful behind the words of a code."""

    kind: PersonalKind
    form: re.Pattern[str]
    is_valid: Callable[[str], bool] = lambda _: True
    may_be_code: bool = False


def _number(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\d.])(?:{form})(?![\dA-Za-z]|\.\d)")


def _behind(words: str, form: str) -> re.Pattern[str]:
    """Compile a form that has no look of its own and is known by the words before it."""
    return re.compile(rf"(?:{words}){_SAID}(?P<value>{form})(?![0-9A-Za-z])", re.IGNORECASE)


# The sure ones first: what one of them has taken is not looked at again.
_INSIDE = (
    _Inside("email", re.compile(rf"(?<![A-Za-z0-9._%+-]){_ASCII_EMAIL}")),  # begun once in each run of such signs
    _Inside("email", re.compile(rf"(?<!\S){EMAIL}(?!\S)")),
    _Inside("id_number", _number(_ID), is_id_number),
    _Inside("id_number", _behind("身份证|证件|identity|id card", r"[1-9]\d{16}[\dXx]|[1-9]\d{14}")),
    _Inside("bank_card", _number(_CARD), is_bank_card, may_be_code=True),
    _Inside("passport", _behind("护照|passport", r"[A-Z]{1,2}\d{6,8}|\d{9}")),
    _Inside("permit", _behind("通行证|回乡证|台胞证|居住证|permit", r"[HMC]\d{8}(?:\d{2})?|\d{8}(?:\d{2})?")),
    _Inside("device_id", _behind("imei|设备号|device id|idfa|oaid|android ?id", r"[0-9A-Fa-f][0-9A-Fa-f-]{13,40}")),
    _Inside("device_id", re.compile(rf"(?<![0-9A-Fa-f:-]){_MAC}(?![0-9A-Fa-f:-])")),
    _Inside("qq", _behind("(?<![a-z])qq|扣扣", r"[1-9]\d{4,10}")),
    _Inside("wechat", _behind("微信|wechat|weixin|(?<![a-z])(?:wx|vx)", r"[A-Za-z][A-Za-z0-9_-]{5,19}")),
    _Inside("alipay", _behind("支付宝|alipay", r"(?=[^\s]*\d)[A-Za-z0-9._-]{5,30}")),
    _Inside("phone", _number(CHINESE_MOBILE), may_be_code=True),
    _Inside("landline", _number(r"(?:\(0\d{2,3}\)|（0\d{2,3}）)[ -]?[2-9]\d{6,7}|0\d{2,3}[ -][2-9]\d{6,7}")),
    _Inside("landline", _behind("电话|座机|固话|tel|phone", r"0\d{9,11}|[2-9]\d{6,7}")),
    _Inside("phone", _number(r"\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,6}|\(\d{3}\) ?\d{3}[ -]\d{4}")),
    _Inside("phone", _behind("phone|mobile|tel|cell|call|contact", r"(?=(?:\D*\d){7,12})\d[\d -]{5,15}\d")),
    _Inside("plate", re.compile(_PLATE + r"(?![A-Z0-9])")),
    _Inside("coordinates", re.compile(rf"(?<![\d.]){_COORDINATES}(?![\d.])")),
    _Inside("ip", _number(_IP), may_be_code=True),
    _Inside("birth_date", _behind("生日|出生|birth|born on|dob", r"(?:19|20)\d\d[-/.年]?\d{1,2}[-/.月]?\d{1,2}日?")),
    _Inside("name", _behind("姓名|收货人|收件人|寄件人|联系人", r"[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff])")),
    _Inside("name", re.compile(r"(?i:name|recipient|contact) ?[:：] ?(?P<value>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2})")),
    _Inside(
        "name",
        re.compile(
            rf"(?P<value>(?!周[一二三四五六日末])[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}){_BEFORE_PHONE}{CHINESE_MOBILE}(?!\d))"
        ),
    ),
    _Inside(
        "name",
        re.compile(
            rf"(?P<value>(?!(?:{_CALLING}) )[A-Z][a-z'’-]+(?: [A-Z][\w'’-]+){{1,2}})(?=(?: at| on)?[ ,:(-]{{1,3}}"
            rf"(?:\+\d[\d ()-]{{7}}|\(\d{{3}}\) ?\d|{CHINESE_MOBILE}|{_ASCII_EMAIL}))"
        ),
    ),
    _Inside("address", re.compile(_ADDRESS_ZH)),
    _Inside("address", re.compile(rf"(?<![\dA-Za-z]){_ADDRESS_EN}")),
)
# Nothing is found in a text without any of these, and most cells have none.
_MAY_HOLD = re.compile(
    r"\d{4}|@|\d[ )-]\d|\d\.\d|[:：]|\d ?[号室栋幢弄]|\d [A-Z]|姓名|[收寄]件?货?人|联系人|微信|wechat|weixin|wx|vx",
    re.IGNORECASE,
)


def found_in(text: str) -> tuple[Span, ...]:
    """Find the personal values inside a text, in its order; none overlaps another.

    Examples
    --------
    >>> [(one.kind, one.start) for one in found_in("卡号4111111111111111, 电话13812345678联系")]
    [('bank_card', 2), ('phone', 22)]
    >>> found_in("订单号13812345678"), found_in("SKU-20240305, ￥12.50")
    ((), ())
    """
    if not _MAY_HOLD.search(text):
        return ()
    found: list[Span] = []
    for one in _INSIDE:
        for match in one.form.finditer(text):
            start, end = match.span("value" if "value" in one.form.groupindex else 0)
            value = text[start:end]
            if any(start < other.end and other.start < end for other in found) or not one.is_valid(value):
                continue
            if one.may_be_code and _is_code(text, start):
                continue
            if not is_firm_code(value):
                found.append(Span(one.kind, start, end))
    return tuple(sorted(found, key=lambda span: span.start))


def _is_code(text: str, start: int) -> bool:
    """Say whether the words before a number call it the number of an order or a thing: "order no", not "phone no"."""
    code = _CODE_BEFORE.search(text[max(0, start - 40) : start])
    return code is not None and not any(
        _OF_PERSON.search(before) for before in (code[0].rstrip(" .:：#-"), code.string[: code.start()])
    )


def _is_permit_or_id(text: str) -> PersonalKind | None:
    if not is_id_number(text):
        return None
    return "permit" if text[:2] in ("81", "82", "83") and len(text) == 18 else "id_number"


# In order: the first that fits is what the cell is.
_WHOLE: tuple[tuple[PersonalKind, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("email", re.compile(EMAIL), lambda _: True),
    ("permit", re.compile(_ID), lambda text: _is_permit_or_id(text) == "permit"),
    ("id_number", re.compile(rf"{_ID}|[1-9]\d{{14}}"), is_id_number),
    ("bank_card", re.compile(_CARD), is_bank_card),
    ("landline", re.compile(_LANDLINE), lambda text: not re.fullmatch(CHINESE_MOBILE, text)),
    ("phone", re.compile(_PHONE), lambda _: True),
    ("plate", re.compile(_PLATE), lambda _: True),
    ("device_id", re.compile(rf"{_MAC}|\d{{15}}"), lambda text: not text.isdigit() or is_luhn(text)),
    ("ip", re.compile(rf"{_IP}|{_IP6}"), lambda _: True),
    ("coordinates", re.compile(_COORDINATES), lambda _: True),
    ("passport", re.compile(_PASSPORT), lambda _: True),
    ("permit", re.compile(_PERMIT), lambda _: True),
)
CHECKED: frozenset[PersonalKind] = frozenset(("id_number", "bank_card"))  # known by a check character
# Forms that other codes have as well: a heading must say so.
DOUBTFUL: frozenset[PersonalKind] = frozenset(("device_id", "passport", "permit"))


def form_of(text: str, *, checked: bool = True) -> PersonalKind | None:
    """Name the kind of personal data that a whole cell has the form of, or None.

    Without ``checked`` an identity number may have a wrong check character.

    Examples
    --------
    >>> form_of("138 1234 5678"), form_of("010-64881234"), form_of("京A·12345"), form_of("91350100M000100Y43")
    ('phone', 'landline', 'plate', None)
    """
    if not 6 < len(text) < 81 or not ("@" in text or ":" in text or any(map(str.isdigit, text))):
        return None
    found: PersonalKind | None = next(
        (kind for kind, form, is_valid in _WHOLE if form.fullmatch(text) and is_valid(text)), None
    )
    if found is None and not checked and re.fullmatch(_ID, text) and is_id_number(text, checked=False):
        return "id_number"
    return found


def kind_by_form(cells: Iterable[str], *, least: float = LEAST, checked: bool = True) -> PersonalKind | None:
    """Say which kind of personal data a column's cells show, by their form alone.

    Parameters
    ----------
    cells : iterable of str
        Filled ones; up to the first 1,000 are looked at.
    least : float, 0..1
        Share of the cells that must have the form (identity and card numbers with a valid check character).
    checked : bool
        As ``form_of``.

    Returns
    -------
    kind or None
        A mobile beside a landline is a phone. Names, addresses and ids of WeChat, QQ and Alipay have no form of their
        own, passports and devices share theirs with other codes: they are known by their heading.

    Examples
    --------
    >>> kind_by_form(["13812345678", "+44 20 7946 0958"]), kind_by_form(["2024-03-05", "12.50"])
    ('phone', None)
    """
    plain = [text for cell, _ in zip(cells, range(MOST_LOOKED_AT), strict=False) if (text := cell.strip())]
    if not plain:
        return None
    rows = Counter(plain)
    found: Counter[PersonalKind] = Counter()
    for text, n in rows.items():
        if kind := form_of(text, checked=checked):
            found[kind] += n
    if found["phone"] and found["landline"]:
        found["phone"] += found.pop("landline")
    if not found:
        return None
    [(kind, n)] = found.most_common(1)
    return kind if n >= least * len(plain) and kind not in DOUBTFUL else None
