"""How far a decoded text makes sense in the languages that its encoding writes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise

from analysis.intake.reading.alphabets import TURKISH, of_one_language

# Words of headers that no other language writes so, or not in these bytes.
JAPANESE = (
    "番号", "顧客", "注文", "金額", "日付", "商品", "数量", "会員", "氏名", "住所", "電話", "性別", "年齢", "店舗",
    "売上", "合計", "単価", "支払", "購入", "都道府県", "価格", "備考", "生年月日", "担当", "請求",
)  # fmt: skip
ENOUGH_HANGUL = 16
# Hungarian passes for Western but for two letters, õ and û, which no other language has beside these alone.
# A third of the letters of Cyrillic text, and more, are vowels; letters of other alphabets read as such have few.
VOWELS, LEAST_VOWELS = frozenset("аеиоуыэюяёєіїѝ"), 0.3
# Romanian has ţ, Czech ý and Croatian đ; Turkish, read so, seems to have two of them.
APART = ("ţŢ", "ýÝ", "đĐ")
HUNGARIAN, HUNGARIAN_ALONE = frozenset("áéíóöõúüûÁÉÍÓÖÕÚÜÛ"), frozenset("õûÕÛ")
THAI_MARKS = frozenset(
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
THAI_IN_FRONT = frozenset("เแโใไ")
COMMON_ARABIC, LEAST_COMMON = "اليمنو", 0.3
CONTEXT = 1_000_000
WORDS = "àÀ"  # of French and Italian, by themselves
MARKS = frozenset("€–—‘’“”„…§°©®«»·№")  # beside the letters of any language


def plausibility(text: str, encoding: str) -> float:
    """Return how far a decoded text makes sense, 0..1: the share of its characters beyond ASCII that are common.

    Examples
    --------
    >>> plausibility("会员号", "gb18030"), plausibility("浼氬憳鍙", "gb18030") < 0.7
    (1.0, True)
    """
    beyond = beyond_ascii(text)
    total = sum(beyond.values())
    if not total:
        return 0.5 if encoding in _SCORES else 1.0
    score = _SCORES.get(encoding)
    if score is None:
        return 1 - beyond.get("\ufffd", 0) / total
    return score(beyond, total, text) / total


def beyond_ascii(text: str) -> Counter[str]:
    """Count the characters of a text that are not ASCII, but for blanks in numbers, which tell no encoding."""
    found = Counter(text)
    found.pop("\u00a0", None)
    for code in range(128):
        found.pop(chr(code), None)
    return found


def _chinese(beyond: Counter[str], _: int, __: str) -> float:
    good = _common("gb2312", (0xB0, 0xD7), (0xA1, 0xA3), beyond)
    return good * 0.8 if hangul_bytes(beyond) >= ENOUGH_HANGUL else good


def hangul_bytes(beyond: Counter[str]) -> int:
    """Count the different characters, when all are such that their bytes in GBK are hangul in EUC-KR, or return 0.

    Three in five common hanzi are, so of sixteen different ones all are with a chance of 0.6 ** 16 = 3 in 10,000.
    """
    hanzi = [character for character in beyond if character.isalpha()]
    return len(hanzi) if all(_is_common(one, "gb2312", (0xB0, 0xC8), (0xB0, 0xC8)) for one in hanzi) else 0


def _korean(beyond: Counter[str], _: int, __: str) -> float:
    hangul = {character: n for character, n in beyond.items() if "\uac00" <= character <= "\ud7a3"}
    return sum(hangul.values()) * (0.995 if len(hangul) >= ENOUGH_HANGUL else 0.5)


def _taiwanese(beyond: Counter[str], _: int, __: str) -> float:
    return _common("big5", (0xA4, 0xC6), (0xA1, 0xA2), beyond) * 0.99


def _japanese(beyond: Counter[str], total: int, text: str) -> float:
    kana = sum(n for character, n in beyond.items() if "\u3040" <= character <= "\u30ff")
    good = _common("cp932", (0x88, 0x97), (0x81, 0x82), beyond)
    half = sum(n for character, n in beyond.items() if "\uff61" <= character <= "\uff9f")
    # A Japanese text nearly always has kana; without any, hanzi of another encoding are more likely, unless they are
    # words of Japanese tables. Kana of half width are single bytes, so any Western text seems to hold some.
    if kana * 20 >= total:
        return min(total, good + kana) - half / 2
    known = sum(len(word) for word in JAPANESE if word in text)
    return good * (0.97 if known >= 4 else 0.1)


def _japanese_of_unix(beyond: Counter[str], total: int, text: str) -> float:
    """Count common signs, where kana or words of Japanese tables say that it is no Chinese, whose bytes look alike."""
    kana = sum(n for character, n in beyond.items() if "\u3040" <= character <= "\u30ff")
    known = sum(len(word) for word in JAPANESE if word in text)
    good = min(total, _common("euc_jp", (0xB0, 0xCF), (0xA1, 0xA3), beyond) + kana)
    return good * (1 if kana * 20 >= total or known >= 4 else 0.1)


def _common(name: str, common: tuple[int, int], marks: tuple[int, int], beyond: Counter[str]) -> float:
    return sum(n for character, n in beyond.items() if _is_common(character, name, common, marks))


@cache
def _is_common(character: str, name: str, common: tuple[int, int], marks: tuple[int, int]) -> bool:
    try:
        lead = character.encode(name)[0]
    except UnicodeEncodeError:
        return False
    return common[0] <= lead <= common[1] or marks[0] <= lead <= marks[1]


_LATIN = set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœŒ€£°·–—‘’“”…ªº«»¿¡®©™§²³½")


def _western(beyond: Counter[str], total: int, text: str) -> float:
    """Count Latin letters and marks where they make sense: an accented letter stands beside other letters."""
    text = _slices(text)
    padded = f" {text} "
    around = Counter(
        neighbours for neighbours in zip(padded, text, padded[2:], strict=False) if neighbours[1] in beyond
    )
    good = sum(n * _fits(*neighbours) for neighbours, n in around.items())
    seen = sum(around.values())
    letters = {character for character in beyond if character.isalpha()}
    if letters <= HUNGARIAN and letters & HUNGARIAN_ALONE and len(letters) > 2:
        good *= 0.8
    return total * (good / seen if seen else 0.0) * 0.98


def _slices(text: str) -> str:
    """Return evenly spread parts of a long text: its neighbours tell the same as all of it."""
    if len(text) <= CONTEXT:
        return text
    part = CONTEXT // 20
    return "\n".join(text[start : start + part] for start in range(0, len(text) - part, (len(text) - part) // 19))


def _fits(before: str, character: str, after: str) -> float:
    if character not in _LATIN:
        return 0.0
    if not character.isalpha():
        if character in "£€" and after.isalpha():
            return 0.0
        inside = before.isalpha() and after.isalpha() and character not in "’·ªº"
        return 0.0 if inside or (character in "‘“–—" and before.isalpha()) else 1.0
    if character.isupper() and before.islower():
        return 0.0
    if before in _LATIN and before.isalpha() and after in _LATIN and after.isalpha():
        return 0.0  # three accented letters in a row: a word of another alphabet
    return 1.0 if before.isalpha() or after.isalpha() or character in WORDS else 0.5


def _one_script(beyond: Counter[str], total: int, text: str) -> float:
    """Count the letters of the script that most of them are of, unless a capital follows a small one.

    Neither is one letter of four in a row that ASCII lacks, in Latin script, or one beside an ASCII letter in others.
    """
    scripts: Counter[str] = Counter()
    for character, n in beyond.items():
        if character.isalpha():
            scripts[unicodedata.name(character, "?").split(" ")[0]] += n
    script, letters = max(scripts.items(), key=lambda pair: pair[1], default=("", 0))
    whole, text = len(text), _slices(text)
    pairs = [(one, two) for one, two in pairwise(text) if one.isalpha() and two.isalpha()]
    odd = sum(1 for before, after in pairs if before.islower() and after.isupper())
    if script == "LATIN":
        fours = zip(text, text[1:], text[2:], text[3:], strict=False)
        odd += sum(1 for four in fours if all(map(_is_beyond_letter, four)))
    else:
        odd += sum(1 for one, two in pairs if one.isascii() != two.isascii())
    marks = sum(n for character, n in beyond.items() if character in MARKS) if letters else 0
    return max(0.0, letters + marks - odd * whole / max(1, len(text)))


def _central(beyond: Counter[str], total: int, text: str) -> float:
    strange = sum(any(letter in beyond for letter in letters) for letters in APART) > 1
    return _one_script(beyond, total, text) * (0.5 if strange else 1)


def _turkish(beyond: Counter[str], total: int, text: str) -> float:
    letters = {letter for letter in beyond if letter.isalpha()}
    return _one_script(beyond, total, text) * (0.998 if of_one_language(letters, TURKISH) else 0.5)


def _cyrillic(beyond: Counter[str], total: int, text: str) -> float:
    letters = Counter({letter: n for letter, n in beyond.items() if letter.isalpha()})
    vowels = sum(n for letter, n in letters.items() if letter.lower() in VOWELS)
    strange = vowels < LEAST_VOWELS * letters.total()
    return _one_script(beyond, total, text) * (0.5 if strange else 1)


def _koi8(beyond: Counter[str], total: int, text: str) -> float:
    """Count Cyrillic letters; in this encoding a text of the other one seems to be in capitals."""
    letters = Counter({letter: n for letter, n in beyond.items() if letter.isalpha()})
    capitals = sum(n for letter, n in letters.items() if letter.isupper())
    return _cyrillic(beyond, total, text) * (0.85 if 2 * capitals > letters.total() else 0.999)


def _thai(beyond: Counter[str], total: int, text: str) -> float:
    """Count Thai signs that stand as they can: marks above and below on a letter, vowels in front before one."""
    text = _slices(text)
    odd = sum(
        1
        for before, sign in pairwise(f" {text}")
        if (sign in THAI_MARKS and not "\u0e01" <= before <= "\u0e4e")
        or (before in THAI_IN_FRONT and not "\u0e01" <= sign <= "\u0e2e")
        or ("\u0e01" <= sign <= "\u0e4e" and before.isascii() and before.isalpha())
    )
    good = sum(n for sign, n in beyond.items() if "\u0e01" <= sign <= "\u0e5b")
    return max(0.0, min(total, good) - 2 * odd) * 0.999


def _arabic(beyond: Counter[str], total: int, text: str) -> float:
    """Count Arabic letters; among those of a text the commonest six are a third and more."""
    letters = Counter({letter: n for letter, n in beyond.items() if "\u0600" <= letter <= "\u06ff"})
    common = sum(letters[letter] for letter in COMMON_ARABIC)
    strange = common < LEAST_COMMON * letters.total()
    return _one_script(beyond, letters.total(), text) * (0.5 if strange else 0.999) if letters else 0.0


def _is_beyond_letter(character: str) -> bool:
    return not character.isascii() and character.isalpha()


_SCORES: dict[str, Callable[[Counter[str], int, str], float]] = {
    "gb18030": _chinese,
    "gbk": _chinese,
    "big5": _taiwanese,
    "cp932": _japanese,
    "shift_jis": _japanese,
    "euc_jp": _japanese_of_unix,
    "euc_kr": _korean,
    "cp1250": _central,
    "cp1251": _cyrillic,
    "koi8_r": _koi8,
    "cp874": _thai,
    "cp1254": _turkish,
    "cp1256": _arabic,
    "cp1252": _western,
    "mac_roman": lambda beyond, total, text: _western(beyond, total, text) * 0.97,
}
