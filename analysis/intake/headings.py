"""What a header says: reduced to its letters, and taken apart into words that are known in every language."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

_ACCENTS = re.compile("[\u0300-\u036f]")
_POLITE = re.compile(
    r"^(?:[おご](?=[\u4e00-\u9fff])|御(?=[名住客注支请予会电氏]))"
)  # of Japanese headings, before what they say

LONGEST = 60  # letters of a header; longer ones are questions and sentences
LONGEST_WORD = 30
GLUED = 3  # letters from which a word is known inside a longer one
BETWEEN = ("small", "unit")  # words that may stand anywhere

# Traditional characters of headers, states and arms of a test, with the simplified ones of the lists of words.
_TO_SIMPLIFIED = str.maketrans(
    "戶編號訂單時間數價錢額會員買賣購貨費實際應稱類別總計給優級電話郵聯繫絡區國顧狀態帳賬帐產種點擊後來門開關閉銷無敗績積險營業務職歲齡資備註評經驗標題發條進對舊現組測試參與觸達贈禮紅領維樣線沒",
    "户编号订单时间数价钱额会员买卖购货费实际应称类别总计给优级电话邮联系络区国顾状态账账账产种点击后来门开关闭销无败绩积险营业务职岁龄资备注评经验标题发条进对旧现组测试参与触达赠礼红领维样线没",
)


def simplified(text: str) -> str:
    """Return a Chinese header or state in simplified characters.

    Examples
    --------
    >>> simplified("訂單編號"), simplified("下单帐号")
    ('订单编号', '下单账号')
    """
    return text.translate(_TO_SIMPLIFIED)


@lru_cache(4096)
def normal(header: str) -> str:
    """Reduce a header to what it says: no case, spaces, signs or units in brackets.

    Examples
    --------
    >>> normal("Customer_ID "), normal("实付金额（元）"), normal("Order.Date"), normal("お客様名")
    ('customerid', '实付金额', 'orderdate', '客様名')
    """
    plain = without_accents(simplified(unicodedata.normalize("NFKC", header)).casefold())
    plain = re.sub(r"\bin (?:thousands?|millions?|lakhs?|lacs?|crores?)\b", "", plain.replace("_", " "))
    plain = re.sub(r"[(\[{<【].*?[)\]}>】]", "", plain) or plain
    return _POLITE.sub("", re.sub(r"[\W_]+", "", plain))


def without_accents(text: str) -> str:
    """Return a text without the accents of Latin, Greek and Cyrillic letters, which many exports drop.

    Examples
    --------
    >>> without_accents("número de client"), without_accents("müşteri"), without_accents("データ")
    ('numero de client', 'musteri', 'データ')
    """
    if text.isascii():
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).replace("ı", "i").replace("ł", "l")
    return unicodedata.normalize("NFC", bare)


@lru_cache(maxsize=8192)
def composed_roles(header: str) -> frozenset[str]:
    """Return the roles that a header names word by word, as ``headings.toml`` puts them together.

    Nothing of the header may be left over, so that one word more (a tax, a fee, a refund) says something else. Words
    may be glued together, but for very short ones.

    Examples
    --------
    >>> [sorted(composed_roles(one)) for one in ("Réf. de la commande", "Lieferort", "收货人城市", "Order tax")]
    [['order_id'], ['city'], ['city'], []]
    """
    name, edges = _spelt(header)
    if not name or len(name) > LONGEST:
        return frozenset()
    words, ways, begun = _catalogue()
    found: set[str] = set()
    seen: set[tuple[int, frozenset[str]]] = set()
    ahead: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
    while ahead:
        start, said = ahead.pop()
        if start == len(name):
            found |= ways.get(said, frozenset())
            continue
        for end in range(start + 1, min(len(name), start + LONGEST_WORD) + 1):
            word = name[start:end]
            if word not in words or not _stands_alone(word, start in edges, end in edges):
                continue
            for meaning in words[word]:
                then = said if meaning in BETWEEN else said | {meaning}
                if then in begun and (end, then) not in seen:
                    seen.add((end, then))
                    ahead.append((end, then))
    return frozenset(found)


def _spelt(header: str) -> tuple[str, frozenset[int]]:
    """Return a header in its letters alone, and where in them its words begin and end."""
    plain = unicodedata.normalize("NFKC", header)
    plain = re.sub(r"[(\[{<【].*?[)\]}>】]", " ", plain) if normal(re.sub(r"[(\[{<【].*", "", plain)) else plain
    parts = [normal(part) for part in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", plain)]
    edges, length = {0}, 0
    for part in parts:
        length += len(part)
        edges.add(length)
    return "".join(parts), frozenset(edges)


def _stands_alone(word: str, begins: bool, ends: bool) -> bool:
    """Say whether a word may stand where it is found: very short ones only by themselves, but 订单号 and orderno."""
    if len(word) >= GLUED or not word.isalpha() or ord(word[0]) >= 0x0E00:
        return True
    return ends and (begins or word in ("id", "no", "nr"))


@lru_cache(maxsize=4096)
def is_numbering(header: str) -> bool:
    """Say whether the last word of a header is one for a number, a code or a reference.

    Examples
    --------
    >>> [is_numbering(one) for one in ("Lead Number", "线索编号", "Number of visits", "Age")]
    [True, True, False, False]
    """
    words = {normal(one) for one in words_for("number")}
    tokens = [normal(part) for part in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", header) if normal(part)]
    if not tokens:
        return False
    glued = not tokens[-1].isascii() and any(len(word) > 1 and tokens[-1].endswith(word) for word in words)
    return tokens[-1] in words or glued


@lru_cache(maxsize=4096)
def says_period(header: str, meaning: str) -> bool:
    """Say whether a header names the current year (``now``) or the one ``before``.

    Examples
    --------
    >>> says_period("Sales YTD", "now"), says_period("上年销售额", "before"), says_period("Display", "before")
    (True, True, False)
    """
    words, (name, edges) = {normal(one) for one in words_for(meaning)}, _spelt(header)
    parts = sorted(edges)
    spelt = {name[start:end] for start in parts for end in parts if start < end}
    return bool(words & spelt) or any(word in name for word in words if ord(word[0]) >= 0x0E00)


def words_for(meaning: str) -> tuple[str, ...]:
    """Return the words of one meaning, as they are written."""
    return tuple(_listed()["words"][meaning])


@cache
def _listed() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("headings.toml").read_text("utf-8"))


@cache
def _catalogue() -> tuple[dict[str, list[str]], dict[frozenset[str], frozenset[str]], frozenset[frozenset[str]]]:
    """Return what each word means, the roles of meanings that stand together, and all that may become one of them."""
    catalogue = _listed()
    words: dict[str, list[str]] = {}
    for meaning, listed in catalogue["words"].items():
        for word in {normal(one) for one in listed}:
            words.setdefault(word, []).append(meaning)
    ways: dict[frozenset[str], frozenset[str]] = {}
    for role, listed in catalogue["headings"].items():
        for way in listed:
            needed = [one for one in way if not one.endswith("?")]
            maybe = [one[:-1] for one in way if one.endswith("?")]
            for n in range(len(maybe) + 1):
                for more in combinations(maybe, n):
                    together = frozenset([*needed, *more])
                    ways[together] = ways.get(together, frozenset()) | {role}
    begun = frozenset(
        frozenset(part) for way in ways for n in range(len(way) + 1) for part in combinations(sorted(way), n)
    )
    return words, ways, begun
