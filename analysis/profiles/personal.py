"""Personal data: recognise it in values, and mask it for the screen and for exports.

Masking is for display only. The engine keeps the true values, because two customers may look alike once masked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, get_args

from analysis.errors import AnalysisError
from analysis.intake.roles import PersonalKind as PersonalKind

if TYPE_CHECKING:
    import pandas as pd


KINDS: tuple[PersonalKind, ...] = get_args(PersonalKind)

MASK = "***"
_REGION_CHARACTERS = 6
_DETECTION_SHARE = 0.8
_DETECTION_SAMPLE = 1_000
_FIRMS = 0.1  # share of ids with a word of firms

_EMAIL = r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".\d]{2,}"
_CHINESE_MOBILE = r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
_INTERNATIONAL = r"(?:\+|00)[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,5}"
_ID_NUMBER = r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_NUMBER_INSIDE = re.compile(rf"(?<!\d)(?:{_ID_NUMBER}|{_CHINESE_MOBILE})(?!\d)")
_SHORTEST_NUMBER = 11
# GB 11643: the weights of the first 17 digits; the remainder by 11 picks the check character.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def mask(values: pd.Series, kind: PersonalKind) -> pd.Series:
    """Mask values of one kind for display; missing stays missing.

    Parameters
    ----------
    values : Series of any type, read as text
    kind : "name", "phone", "email", "id_number" or "address"
        A name keeps its first character; a phone or id number its last 4 characters, and only if there are more than
        6; an e-mail the first character and the domain; an address its first 6 characters, and only if there are more.

    Returns
    -------
    Series of str, same index and name

    Raises
    ------
    AnalysisError
        ``personal_kind_unknown`` with ``kind``.

    Examples
    --------
    >>> import pandas as pd
    >>> mask(pd.Series(["王小明", "Ann Lee", None]), "name").tolist()
    ['王***', 'A***', nan]
    >>> mask(pd.Series(["13812345678"]), "phone").tolist()
    ['***5678']
    """
    if kind not in KINDS:
        raise AnalysisError("personal_kind_unknown", kind=kind)
    text = values.astype("str").str.strip()
    text = text.where(values.notna())
    filled = text.fillna("")
    length = filled.str.len()
    if kind == "name":
        masked = filled.str.slice(0, 1) + MASK
    elif kind == "address":
        masked = (
            filled.str.slice(0, _REGION_CHARACTERS).where(length > _REGION_CHARACTERS, filled.str.slice(0, 1)) + MASK
        )
    elif kind == "email":
        domain = filled.str.extract(r"(@[^@]*)$", expand=False).fillna("")
        masked = filled.str.slice(0, 1) + MASK + domain
    else:
        masked = MASK + filled.str.slice(-4).where(length > _REGION_CHARACTERS, "")
    return masked.where(length > 0, filled).where(text.notna())


class _WithFeatures(Protocol):
    """Profiles, as far as masking needs to know them."""

    @property
    def customers(self) -> pd.DataFrame: ...
    @property
    def features(self) -> tuple[Any, ...]: ...


_Profiles = TypeVar("_Profiles", bound=_WithFeatures)


def masked(profiles: _Profiles, *, id_kind: PersonalKind | None = None) -> _Profiles:
    """Return the profiles with every personal feature masked, for display and export.

    Parameters
    ----------
    profiles : Profiles
    id_kind : kind, optional
        When the customer id is itself a phone number, an e-mail or a name: masks ``customer_id`` as well, so that
        ids may repeat in the result. When left out, ``id_kind_of`` the ids that are there.
    """
    hidden = {feature.key: feature.personal for feature in profiles.features if feature.personal is not None}
    customers = profiles.customers
    if id_kind is None and "customer_id" in customers.columns:
        id_kind = id_kind_of(customers["customer_id"])
    if id_kind is not None:
        hidden["customer_id"] = id_kind
    columns = {key: mask(customers[key], _kind(kind)) for key, kind in hidden.items() if key in customers.columns}
    frozen: Any = profiles
    return replace(frozen, customers=customers.assign(**columns))


def id_kind_of(ids: pd.Series) -> PersonalKind | None:
    """Say what kind of personal data customer ids themselves are: as ``personal_kind``, or the names of people.

    Firms are no people: where one id in ten bears a word such as Ltd, ids are taken for firms.

    Examples
    --------
    >>> import pandas as pd
    >>> id_kind_of(pd.Series(["Nadia Naylor", "Connor Armitage"])), id_kind_of(pd.Series(["K-001", "K-002"]))
    ('name', None)
    """
    from analysis.intake.suggesting.candidates import FIRM, is_person

    if kind := personal_kind(ids):
        return kind
    sample = [text for one in ids.dropna().head(_DETECTION_SAMPLE) if (text := str(one).strip())]
    if not sample or sum(1 for one in sample if FIRM.search(one)) >= _FIRMS * len(sample):
        return None
    return "name" if sum(map(is_person, sample)) >= _DETECTION_SHARE * len(sample) else None


def mask_cells(cells: pd.Series, kinds: Mapping[str, str]) -> pd.Series:
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
    ['{"买家": "王***", "备注": "电话***5678"}']
    """
    import pandas as pd

    rows = [None if pd.isna(cell) else json.loads(cell) for cell in cells]
    named = {
        header: mask(
            pd.Series([row.get(header) if isinstance(row, dict) else None for row in rows]), _kind(kind)
        ).tolist()
        for header, kind in kinds.items()
    }
    result: list[str | None] = []
    for place, row in enumerate(rows):
        if isinstance(row, dict):
            row = {
                key: None if value is None else named[key][place] if key in named else _mask_inside(value)
                for key, value in row.items()
            }
        elif isinstance(row, list):
            row = [_mask_inside(value) for value in row]
        result.append(None if row is None else json.dumps(row, ensure_ascii=False))
    return pd.Series(result, index=cells.index, name=cells.name, dtype="str")


def mask_inside(values: pd.Series) -> pd.Series:
    """Mask e-mails, Chinese mobile numbers and id numbers inside free text; the rest of the text stays.

    Examples
    --------
    >>> import pandas as pd
    >>> mask_inside(pd.Series(["call 13812345678", None])).tolist()
    ['call ***5678', nan]
    """
    text = values.astype("str").where(values.notna())
    return text.map(_mask_inside, na_action="ignore").astype("str").where(values.notna())


def personal_kind(values: pd.Series) -> PersonalKind | None:
    """Say which kind of personal data a column's values show, by their form alone.

    Parameters
    ----------
    values : Series
        Up to the first 1,000 that are not missing are looked at, as text.

    Returns
    -------
    "email", "id_number", "phone" or None
        When at least 80 % of the values have the form (id numbers with a valid check character). Names and addresses
        have no form of their own; they are recognised by their header.

    Examples
    --------
    >>> import pandas as pd
    >>> personal_kind(pd.Series(["13812345678", "+44 20 7946 0958"]))
    'phone'
    """
    sample = values.dropna().head(_DETECTION_SAMPLE).astype("str").str.strip()
    sample = sample[sample != ""]
    if sample.empty:
        return None
    if sample.str.fullmatch(_EMAIL).mean() >= _DETECTION_SHARE:
        return "email"
    if (
        sample.str.fullmatch(_ID_NUMBER).mean() >= _DETECTION_SHARE
        and sample.map(_id_is_valid).mean() >= _DETECTION_SHARE
    ):
        return "id_number"
    if sample.str.fullmatch(f"(?:{_CHINESE_MOBILE}|{_INTERNATIONAL})").mean() >= _DETECTION_SHARE:
        return "phone"
    return None


def _kind(kind: str) -> PersonalKind:
    for known in KINDS:
        if known == kind:
            return known
    raise AnalysisError("personal_kind_unknown", kind=kind)


def _id_is_valid(value: str) -> bool:
    if len(value) != 18 or not (value[:17].isascii() and value[:17].isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == value[17].upper()


def _mask_inside(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if "@" in value:
        value = re.sub(_EMAIL, lambda match: match[0][0] + MASK + match[0][match[0].rindex("@") :], value)
    if len(value) >= _SHORTEST_NUMBER:
        value = _NUMBER_INSIDE.sub(lambda match: MASK + match[0][-4:], value)
    return value
