"""Masks: a personal value shown so that its kind and its use stay, and the person does not.

Masking is for what is shown and handed out. The engine keeps the true values, because two customers may look alike once
masked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.privacy.forms import CHINESE_MOBILE, found_in
from analysis.privacy.kinds import KINDS, PersonalKind

if TYPE_CHECKING:
    import pandas as pd

MASK = "***"
_PLACES = ("file", "folder", "path", "table", "home")
_MOBILE = re.compile(CHINESE_MOBILE)
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?=\D?\d)")
_DISTRICT = re.compile(
    r"(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|特别行政区))?(?:[\u4e00-\u9fff]{2,8}?(?:市|自治州|盟|地区))"
    r"(?:[\u4e00-\u9fff]{1,8}?(?:区|县|旗|市))?"
)
_COORDINATE = re.compile(r"(-?\d{1,3}\.\d)\d+")


def mask_value(text: str, kind: PersonalKind) -> str:
    """Mask one value, as ``mask`` does.

    Examples
    --------
    >>> mask_value("13812345678", "phone"), mask_value("张小明", "name"), mask_value("zhang@qq.com", "email")
    ('138****5678', '张*', 'z***@qq.com')
    >>> mask_value("北京市朝阳区建国路 88 号", "address"), mask_value("11010519491231002X", "id_number")
    ('北京市朝阳区***', '110***********002X')
    """
    if kind not in _MASKS:
        raise AnalysisError("personal_kind_unknown", kind=kind, known=KINDS)
    text = text.strip()
    return _MASKS[kind](text) if text else text


def mask(values: pd.Series, kind: PersonalKind) -> pd.Series:
    """Mask values of one kind for display; missing stays missing.

    Parameters
    ----------
    values : Series of any type, read as text
    kind : one of ``kinds.KINDS``
        A name keeps its first character; a phone its first 3 and last 4 digits, and only the last 4 when it is short;
        an identity number its first 3 and last 4; a card its issuer and last 4; an e-mail the first character and
        the domain; an address its province, city and district, or what stands after the last comma; a day of birth
        its year; an IP address its network; coordinates one place after the point.

    Returns
    -------
    Series of str, same index and name

    Raises
    ------
    AnalysisError
        ``personal_kind_unknown`` (kind, known).

    Examples
    --------
    >>> import pandas as pd
    >>> mask(pd.Series(["王小明", "Ann Lee", None]), "name").tolist()
    ['王*', 'A***', nan]
    >>> mask(pd.Series(["13812345678"]), "phone").tolist()
    ['138****5678']
    """
    if kind not in KINDS:
        raise AnalysisError("personal_kind_unknown", kind=kind, known=KINDS)
    text = values.astype("str").where(values.notna())
    shown = {value: mask_value(value, kind) for value in text.dropna().unique()}
    return text.map(shown, na_action="ignore").astype("str").where(values.notna())


def mask_inside(values: pd.Series) -> pd.Series:
    """Mask whatever is personal inside free text; the rest of the text stays.

    Examples
    --------
    >>> import pandas as pd
    >>> mask_inside(pd.Series(["call 13812345678", None])).tolist()
    ['call 138****5678', nan]
    """
    text = values.astype("str").where(values.notna())
    return text.map(mask_text, na_action="ignore").astype("str").where(values.notna())


def mask_text(text: str) -> str:
    """Mask whatever is personal inside one text.

    Examples
    --------
    >>> mask_text("卡号4111111111111111, 邮箱zhang@qq.com哈, 订单号13812345678")
    '卡号411111******1111, 邮箱z***@qq.com哈, 订单号13812345678'
    """
    parts, end = [], 0
    for span in found_in(text):
        parts += [text[end : span.start], mask_value(text[span.start : span.end], span.kind)]
        end = span.end
    return "".join((*parts, text[end:]))


def masked_problem(problem: AnalysisError) -> AnalysisError:
    """Return what cannot be done with whatever is personal in its facts masked: what was typed may be a value.

    Names of files and folders stay, so that they are found.

    Examples
    --------
    >>> masked_problem(AnalysisError("choice_no_date", value="zh@qq.com", field="as_of")).facts["value"]
    'z***@qq.com'
    """
    facts = {
        key: mask_text(value) if isinstance(value, str) and key not in _PLACES else value
        for key, value in problem.facts.items()
    }
    return problem if facts == problem.facts else AnalysisError(problem.code, **facts)


def mask_cells(cells: pd.Series, kinds: Mapping[str, PersonalKind]) -> pd.Series:
    """Mask raw rows kept as JSON: the cells of the named columns, and whatever looks personal in the others.

    Parameters
    ----------
    cells : Series of str
        JSON of one row each: an object by header, or a list.
    kinds : mapping of header to kind
        Columns known to be personal; a list has no headers, so only its values are looked at.

    Examples
    --------
    >>> import pandas as pd
    >>> mask_cells(pd.Series(['{"买家":"王小明","备注":"电话13812345678"}']), {"买家": "name"}).tolist()
    ['{"买家": "王*", "备注": "电话138****5678"}']
    """
    import pandas as pd

    def shown(value: Any, kind: PersonalKind | None = None) -> Any:
        if kind is not None and value is not None:
            return mask_value(str(value), kind)
        return mask_text(value) if isinstance(value, str) else value

    def row(cell: Any) -> str | None:
        if pd.isna(cell):
            return None
        found = json.loads(cell)
        if isinstance(found, dict):
            found = {header: shown(value, kinds.get(header)) for header, value in found.items()}
        elif isinstance(found, list):
            found = [shown(value) for value in found]
        return json.dumps(found, ensure_ascii=False)

    for kind in kinds.values():
        if kind not in KINDS:
            raise AnalysisError("personal_kind_unknown", kind=kind, known=KINDS)
    return pd.Series([row(cell) for cell in cells], index=cells.index, name=cells.name, dtype="str")


def _name(text: str) -> str:
    return text[0] + ("*" if "\u4e00" <= text[0] <= "\u9fff" else MASK)


def _phone(text: str) -> str:
    if _MOBILE.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        before = "+86 " if len(digits) > 12 else ""
        return f"{before}{digits[-11:-8]}****{digits[-4:]}"
    kept = re.sub(r"[^\d+() /.-]", "", text).strip()
    n = sum(map(str.isdigit, kept))
    if n < 11:
        return MASK + (re.sub(r"\D", "", kept)[-4:] if n > 6 else "")
    return _stars(kept, first=3, last=4)


def _signs(text: str, first: int, last: int, least: int) -> str:
    """Keep some first and last letters and digits of a number; only the last ones when it is short."""
    signs = re.sub(r"[^0-9A-Za-z]", "", text)
    if len(signs) >= least:
        return _stars(signs, first=first, last=last)
    return MASK + (signs[-last:] if len(signs) >= 7 and last < 5 else "")


def _stars(text: str, *, first: int, last: int) -> str:
    """Write a star for each letter and digit but some first and last ones."""
    n, place, written = sum(map(str.isalnum, text)), 0, []
    for sign in text:
        hidden = sign.isalnum() and first <= place < n - last
        place += sign.isalnum()
        written.append("*" if hidden else sign)
    return "".join(written)


def _email(text: str) -> str:
    domain = re.search(r"@[^@]*$", text)
    return text[0] + MASK + (domain[0] if domain else "")


def _address(text: str) -> str:
    if (district := _DISTRICT.match(text)) and district.end() < len(text):
        return district[0] + MASK
    parts = re.split(r"[,，]\s*", text)
    if len(parts) > 1 and parts[-1] and not any(map(str.isdigit, parts[-1])) and any(map(str.isdigit, text)):
        return f"{MASK}, {parts[-1]}"
    return (text[0] if not text[0].isdigit() else "") + MASK


def _alipay(text: str) -> str:
    if "@" in text:
        return _email(text)
    return _phone(text) if _MOBILE.fullmatch(text) else text[0] + MASK


def _birth_date(text: str) -> str:
    year = _YEAR.search(text)
    return f"{year[0]}-**-**" if year else MASK


def _ip(text: str) -> str:
    if found := re.match(r"(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}", text):
        return f"{found[1]}.*.*"
    return f"{text.split(':')[0][:4]}:{MASK}" if text.count(":") > 1 else MASK


def _coordinates(text: str) -> str:
    return ", ".join(f"{found[1]}{MASK}" for found in _COORDINATE.finditer(text)) or MASK


_MASKS: dict[PersonalKind, Callable[[str], str]] = {
    "name": _name,
    "phone": _phone,
    "landline": _phone,
    "email": _email,
    "id_number": lambda text: _signs(text, 3, 4, 15),
    "passport": lambda text: _signs(text, 1, 2, 7),
    "permit": lambda text: _signs(text, 1, 2, 7),
    "bank_card": lambda text: _signs(text, 6, 4, 13),
    "plate": lambda text: text[:2] + MASK + text[-2:] if len(text) > 6 else MASK,
    "wechat": lambda text: text[0] + MASK,
    "qq": lambda text: (text[:2] if len(text) > 4 else "") + MASK,
    "alipay": _alipay,
    "address": _address,
    "birth_date": _birth_date,
    "ip": _ip,
    "device_id": lambda text: MASK + (text[-4:] if len(text) > 11 else ""),
    "coordinates": _coordinates,
}
