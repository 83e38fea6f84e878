"""Which columns hold personal data: by what they are called, used as, and what their cells show; and in free text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from analysis.intake.headings import normal
from analysis.intake.roles import (
    EXTRA,
    IGNORE,
    WHOLE_HEADER,
    Evidence,
    personal_by_header,
    personal_words,
    roles,
)
from analysis.intake.suggesting.candidates import FIRM, is_person, speaks
from analysis.privacy.forms import CHECKED, form_of, found_in, kind_by_form
from analysis.privacy.kinds import SENSITIVE, SENSITIVE_OF, PersonalKind, SensitiveKind
from analysis.privacy.masks import mask_text
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from analysis.intake.tables import RawTable

LOOKED_AT = 500  # different cells of a column
FEW = 3  # different cells, below which check characters alone say nothing
MANY_NAMES = 30  # different cells, above which family names under a heading of days are no days of the week (周一)
_PLAUSIBLE = 0.5  # share of the cells that may be what the whole header says
_SURE = 0.8  # the same where a part of the header says so, or nothing but the cells
_LEAST_INSIDE = 0.01  # share of the cells of a text that hold a value
_BARE_NAMES = frozenset(map(normal, ("name", "名称", "title", "contact", "nombre", "nom", "nome")))
# Kinds that are digits and little else: other codes may look the same, and the header then decides.
_DIGITS: frozenset[PersonalKind] = frozenset(("phone", "landline", "bank_card", "ip"))


@dataclass(frozen=True)
class PersonalColumn:
    """One column that holds personal data.

    Attributes
    ----------
    table, header : str
        The key of its table, and its heading as the file has it.
    kind : kind or None
        What a cell is; None where persons are named inside a text only.
    by : "check", "form", "heading" or "text"
        What told: check characters, the form of the cells, the heading, or what stands inside texts.
    share : float, 0..1
        Of the different cells that were looked at: those that are, or hold, such a value.
    sensitive : tuple of kinds
        What the law calls sensitive.
    inside : mapping of kind to share
        Of the cells that hold such a value among other words.
    """

    table: str
    header: str
    kind: PersonalKind | None
    by: Literal["check", "form", "heading", "text"]
    share: float
    sensitive: tuple[SensitiveKind, ...] = ()
    inside: Mapping[PersonalKind, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonalData(Tabular, rows="columns", columns=("table", "header", "kind", "by", "share", "sensitive")):
    """Where personal data stands: one ``PersonalColumn`` per column that has any, in the order of the tables."""

    columns: tuple[PersonalColumn, ...]


def find_personal(tables: Iterable[RawTable]) -> PersonalData:
    """Find the columns of raw tables that hold personal data, by a sample of their cells.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> rows = "".join(f"{1000 + i},1381234{5000 + i},3.5,电话139{i:08d}\\n" for i in range(20))
    >>> found = find_personal(read_file(f"订单号,手机号,金额,备注\\n{rows}".encode(), name="a.csv"))
    >>> [(one.header, one.kind, list(one.inside)) for one in found.columns]
    [('手机号', 'phone', []), ('备注', None, ['phone'])]
    """
    from analysis.intake.suggesting.describe import samples

    found = (
        personal_column(header, cells, table.key)
        for table in tables
        for header, cells in zip(table.columns, samples(table), strict=True)
    )
    return PersonalData(tuple(one for one in found if one is not None))


def personal_column(header: str, cells: Sequence[str], table: str = "") -> PersonalColumn | None:
    """Say what personal data a column holds, or None.

    Parameters
    ----------
    cells : sequence of str
        A sample of the filled cells.

    Examples
    --------
    >>> personal_column("订单号", ["13812345678", "13912345678"]) is None
    True
    >>> found = personal_column("银行卡号", ["4111111111111111"])
    >>> found.kind, found.sensitive
    ('bank_card', ('finance',))
    """
    different = _different(cells)
    if not different:
        return None
    kind, by = _kind_of(header, different)
    if kind is not None:
        share = _share(different, lambda cell: _may_be(kind, cell))
        sensitive = {SENSITIVE_OF[kind]} if kind in SENSITIVE_OF else set()
        return PersonalColumn(table, header, kind, by, share, _in_order(sensitive | sensitive_by_header(header)))
    inside = _inside(header, different)
    sensitive = sensitive_by_header(header)
    if not inside and not sensitive:
        return None
    share = max(inside.values(), default=1.0)
    return PersonalColumn(table, header, None, "text" if inside else "heading", share, _in_order(sensitive), inside)


def personal_kind_of(header: str, role: str, evidence: Evidence) -> PersonalKind | None:
    """Say what kind of personal data a column holds, from its role, its cells, and for want of a role its header.

    Examples
    --------
    >>> [personal_kind_of(header, "ignore", Evidence(3, 3, 3)) for header in ("收货人手机", "金额")]
    ['phone', None]
    """
    by_role = roles()[role].personal if role in roles() else None
    if by_role or (evidence.personal and not _is_code(header, evidence.personal)):
        return by_role or evidence.personal
    if evidence.says_flag or role not in (EXTRA, IGNORE, "customer_id"):
        return None
    return personal_by_header(header)


def shown_cell(header: str, cell: str) -> str:
    """Mask what is personal inside a cell of a column that is not personal as a whole; codes of things stay.

    Examples
    --------
    >>> shown_cell("备注", "打13812345678"), shown_cell("订单号", "13812345678")
    ('打138****5678', '13812345678')
    """
    return cell if cell.strip().isdigit() and _is_thing(header) else mask_text(cell)


@lru_cache(4096)
def sensitive_by_header(header: str) -> frozenset[SensitiveKind]:
    """Return what of the law's sensitive data a heading speaks of.

    Examples
    --------
    >>> [sorted(sensitive_by_header(header)) for header in ("过敏史", "Annual income", "城市")]
    [['health'], ['finance'], []]
    """
    name, words = normal(header), personal_words()["sensitive"]
    return frozenset(kind for kind in SENSITIVE if any(word in name for word in words[kind]))


def _different(cells: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for cell in cells if (text := cell.strip())))[:LOOKED_AT]


def _kind_of(header: str, cells: list[str]) -> tuple[PersonalKind | None, Literal["check", "form", "heading"]]:
    def fits(kind: PersonalKind, least: float) -> bool:
        named = kind != "name" or (least == _PLAUSIBLE and normal(header) not in _BARE_NAMES)
        return _share(cells, lambda cell: _may_be(kind, cell)) >= least and (
            named or _share(cells, is_person) >= _PLAUSIBLE
        )

    whole, part, form = personal_by_header(header, WHOLE_HEADER), personal_by_header(header), kind_by_form(cells)
    if form in CHECKED and (len(cells) >= FEW or whole == form):
        return form, "check"
    if whole is not None and fits(whole, _PLAUSIBLE):
        return whole, "heading"
    shifted = _is_figure(header)  # what is no figure under such a heading has slipped into the wrong column
    is_code = _is_code(header, form) if form is not None else False
    if form is not None and form not in CHECKED and (not is_code or (shifted and form in ("phone", "landline"))):
        return form, "form"
    if _is_thing(header) and not shifted:
        return None, "form"
    if part is not None and fits(part, _SURE):
        return part, "heading"
    if _share(cells, _is_address) >= _SURE:
        return "address", "form"
    chinese = all("\u4e00" <= cell[0] <= "\u9fff" for cell in cells)
    said = speaks(header)
    may_name = shifted or said == "for" or (chinese and said is None)
    if may_name and len(cells) >= (MANY_NAMES if shifted else FEW) and _share(cells, is_person) >= _SURE:
        return "name", "form"
    return None, "form"


def _is_code(header: str, kind: PersonalKind) -> bool:
    """Say whether a heading calls digits that look like a person's the code of a thing."""
    return kind in _DIGITS and personal_by_header(header) is None and _is_thing(header)


@lru_cache(4096)
def _is_thing(header: str) -> bool:
    """Say whether a heading names a thing: Chinese words anywhere, others as whole words."""
    return _holds_word(header, "things")


@lru_cache(4096)
def _is_figure(header: str) -> bool:
    """Say whether a heading is one of amounts, counts or days."""
    return _holds_word(header, "figures")


def _holds_word(header: str, words_of: str) -> bool:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    tokens = {normal(part) for part in re.split(r"[\W_\d]+", spaced)}
    words = personal_words()[words_of]["words"]
    return any(word in tokens if word.isascii() else word in normal(header) for word in words)


def _inside(header: str, cells: list[str]) -> dict[PersonalKind, float]:
    """Return the kinds that stand inside the cells, with the share of cells; codes of things hold nobody."""
    counted: Counter[PersonalKind] = Counter()
    for cell in cells:
        counted.update({one.kind for one in found_in(cell)})
    least = max(1, _LEAST_INSIDE * len(cells))
    return {kind: n / len(cells) for kind, n in sorted(counted.items()) if n >= least and not _is_code(header, kind)}


def _share(cells: list[str], fits: Callable[[str], object]) -> float:
    return sum(1 for cell in cells if fits(cell)) / len(cells)


def _in_order(kinds: Iterable[SensitiveKind]) -> tuple[SensitiveKind, ...]:
    found = set(kinds)
    return tuple(kind for kind in SENSITIVE if kind in found)


def _is_address(cell: str) -> bool:
    return any(one.kind == "address" for one in found_in(cell))


def _may_be(kind: PersonalKind, cell: str) -> bool:
    """Say whether a cell can be what its heading says it is."""
    return form_of(cell) == kind or bool(kind in _SHAPES and _SHAPES[kind].fullmatch(cell) and not FIRM.search(cell))


_SHAPES: dict[PersonalKind, re.Pattern[str]] = {
    "name": re.compile(r"(?=.*[^\W\d_])[^\d@/\\]{1,40}"),
    "phone": re.compile(r"(?=(?:\D*[\d*]){6,20}\D*$)[\d +()./*#xXext转-]{6,30}"),
    "landline": re.compile(r"(?=(?:\D*[\d*]){6,20}\D*$)[\d +()（）./*#xXext转-]{6,30}"),
    "id_number": re.compile(r"(?=.*\d{3})[\w ./*-]{6,25}"),
    "passport": re.compile(r"(?=.*\d{4})[A-Za-z0-9*]{6,12}"),
    "permit": re.compile(r"(?=.*\d{4})[A-Za-z0-9*()]{7,18}"),
    "bank_card": re.compile(r"(?=(?:\D*[\d*]){12,34}\D*$)[A-Z]{0,2}[\d *-]{12,40}"),
    "plate": re.compile(r"(?=.*\d)[\w· -]{4,10}"),
    "wechat": re.compile(r"(?=.*[A-Za-z0-9])[\w@.-]{2,40}"),
    "qq": re.compile(r"[1-9]\d{4,11}"),
    "alipay": re.compile(r"[\w@.*+-]{4,60}"),
    "address": re.compile(r"(?!https?:)(?=.*[^\W\d_]).{4,200}"),
    "birth_date": re.compile(r"(?=.*\d{2}).{4,24}"),
    "device_id": re.compile(r"(?=.*\d)[0-9A-Za-z:_-]{8,64}"),
    "coordinates": re.compile(r"-?\d{1,3}\.\d{2,}°?[NSEW]?(?:\s*[,，;/ ]\s*-?\d{1,3}\.\d{2,}°?[NSEW]?)?"),
}
