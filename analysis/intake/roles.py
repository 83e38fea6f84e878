"""The roles columns play, and how well a header and its cells fit each of them."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from analysis.intake.headings import composed_roles
from analysis.intake.headings import normal as normal
from analysis.intake.headings import simplified as simplified
from analysis.intake.headings import without_accents as without_accents
from analysis.privacy.kinds import KINDS
from analysis.privacy.kinds import PersonalKind as PersonalKind

EXTRA, IGNORE = "extra", "ignore"
PLACES = ("region", "city", "country")
LEAST_PERSONAL = 0.5
WHOLE_HEADER = 0.9  # from which not a part of a header but the whole names a role
TWO_ROWS = " / "  # between the rows of a header, as ``layout.header_titles`` joins them
LOWER_ROW = 0.95
COMPOSED = 0.9  # a header whose every word is known, as ``headings.toml`` puts them together
LEAST_PART = 0.4  # a word that is less of the header than this says nothing about it


@dataclass(frozen=True)
class Role:
    """A part a column can play: in which tables, in which dimension, and what its cells must look like."""

    key: str
    tables: tuple[str, ...]
    kind: str
    words: tuple[str, ...]
    dimension: str | None = None
    personal: PersonalKind | None = None
    exact: bool = False


@cache
def roles() -> dict[str, Role]:
    """Return every role by key, in the order of ``roles.toml``."""
    entries = tomllib.loads(Path(__file__).with_name("roles.toml").read_text("utf-8"))
    return {
        key: Role(
            key,
            tuple(entry["tables"]),
            entry["kind"],
            tuple(normal(word) for word in entry["words"]),
            entry.get("dimension"),
            entry.get("personal"),
            entry.get("exact", False),
        )
        for key, entry in entries.items()
    }


def header_score(header: str, role: Role) -> float:
    """Score 0..1 how well a header names a role: 1 for the first word, 0.9 for the last, 0.59–0.8 when contained.

    A header that is put together of known words (``headings.toml``) counts like the last word.

    Of a header of two rows (``买家 / 昵称``) the whole counts, or a little less the lower row alone.

    Examples
    --------
    >>> header_score("买家昵称", roles()["customer_id"]) > header_score("买家留言", roles()["customer_id"])
    True
    >>> header_score("商品 / 实付金额", roles()["amount"]), header_score("订单 / 编号", roles()["order_id"]) > 0.9
    (0.95, True)
    """
    name = normal(header)
    if not name:
        return 0.0
    if TWO_ROWS in header:
        lower = header.rsplit(TWO_ROWS, 1)[1]
        return max(header_score(header.replace(TWO_ROWS, " "), role), LOWER_ROW * header_score(lower, role))
    score = _word_score(name, role.words, role.exact)
    return COMPOSED if score < COMPOSED and role.key in composed_roles(header) else score


@lru_cache(16_384)
def _word_score(name: str, words: tuple[str, ...], exact: bool) -> float:
    if name in words:
        return 1.0 - 0.1 * words.index(name) / len(words)
    if exact:
        return 0.0
    best = 0.0
    for word in words:
        chinese = not word.isascii()
        if len(word) < (2 if chinese else 4) or word not in name:
            continue
        share = len(word) / len(name)
        if share >= LEAST_PART:
            best = max(best, 0.45 + 0.35 * share)
    return best


def tells_money(present: Collection[str]) -> bool:
    """Say whether columns of these roles tell what a line of orders is worth.

    Examples
    --------
    >>> tells_money({"order_date", "amount"}), tells_money({"quantity", "unit_price"}), tells_money({"refunded"})
    (True, True, False)
    """
    return "amount" in present or {"quantity", "unit_price"} <= set(present)


def personal_by_header(header: str, least: float = LEAST_PERSONAL) -> PersonalKind | None:
    """Name the kind of personal data a header promises, or None; from ``WHOLE_HEADER`` on its whole text says so.

    Examples
    --------
    >>> personal_by_header("收货人手机"), personal_by_header("微信号"), personal_by_header("金额")
    ('phone', 'wechat', None)
    """
    best = max((*_personal_roles(), *roles().values()), key=lambda role: header_score(header, role))
    return best.personal if header_score(header, best) >= least else None


@cache
def personal_words() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the words of ``personal.toml`` by part and key, reduced as headers are."""
    parts = tomllib.loads(Path(__file__).with_name("personal.toml").read_text("utf-8"))
    return {part: {key: tuple(map(normal, words)) for key, words in lists.items()} for part, lists in parts.items()}


@cache
def _personal_roles() -> tuple[Role, ...]:
    """Return the kinds that are no role of a column as if they were, to be scored beside them."""
    known = personal_words()["kinds"]
    return tuple(Role(kind, (), "text", known[kind], personal=kind) for kind in KINDS if kind in known)


def kind_fits(kind: str, evidence: Evidence, *, places: bool = False) -> float:
    """Say how well the cells fit a role's kind, 0 (impossible) to 1; of ``places`` there are many values."""
    if evidence.n_filled == 0:
        return 0.0
    if evidence.says_flag and kind in ("id", "phone", "email", "id_number", "date", "text"):
        return 0.0
    if kind == "date":
        if evidence.date_share >= 0.5:
            return 1.0
        return 0.7 if evidence.serial_share >= 0.9 else 0.0
    if kind == "number":
        return 1.0 if evidence.number_share >= 0.8 and evidence.date_share < 0.9 else 0.0
    if kind == "phone":
        return 1.0 if evidence.personal == "phone" else 0.6 if evidence.number_share > 0.5 else 0.3
    if kind == "email":
        return 1.0 if evidence.personal == "email" else 0.0
    if kind == "id_number":
        return 1.0 if evidence.personal == "id_number" else 0.4
    if kind == "id":
        decimals = evidence.decimal_share > 0.2
        return 0.0 if decimals or (evidence.date_share > 0.9 and evidence.number_share < 0.9) else 1.0
    if kind == "category":
        few = evidence.n_distinct <= max(50, 0.2 * evidence.n_filled) or (places and evidence.number_share < 0.5)
        return 1.0 if few else 0.5
    if kind == "flag":
        return 1.0 if evidence.n_distinct <= 10 or evidence.date_share >= 0.5 else 0.3
    return 1.0 if evidence.number_share < 0.9 else 0.4


@dataclass(frozen=True)
class Evidence:
    """What the cells of one column look like.

    Attributes
    ----------
    n_rows, n_filled, n_distinct : int
        Over all rows; ``fill`` is their ratio 0..1.
    number_share, decimal_share, date_share, serial_share : float
        Shares 0..1 of a sample of filled cells that read as a number, as one with decimals, as a date, and as a number
        in the range of Excel's day numbers or Unix times.
    negative_share, money_share : float
        Shares of the sample below zero, and with at most two decimals.
    personal : str or None
        Kind of personal data that most cells are.
    flag : bool
        The cells of the sample say yes or no (``booleans.read_flags``).
    examples : tuple of str
        A few frequent cells.
    old_share : float
        Share of the sample that are dates before 1990, as those of births are and those of orders are not.
    """

    n_rows: int
    n_filled: int
    n_distinct: int
    number_share: float = 0.0
    decimal_share: float = 0.0
    date_share: float = 0.0
    serial_share: float = 0.0
    negative_share: float = 0.0
    personal: PersonalKind | None = None
    decimal: str = "point"
    examples: tuple[str, ...] = ()
    flag: bool = False
    old_share: float = 0.0

    @property
    def says_flag(self) -> bool:
        """Whether the cells say yes or no in words, not in 0 and 1, which may be a key or a number as well."""
        return self.flag and self.number_share < 0.9

    @property
    def fill(self) -> float:
        """Share of rows with a value, 0..1."""
        return self.n_filled / self.n_rows if self.n_rows else 0.0

    @property
    def kind(self) -> str:
        """The plain kind of the column: empty, flag (yes or no), date, number, category or text."""
        if self.n_filled == 0:
            return "empty"
        if self.flag:
            return "flag"
        if self.date_share >= 0.8 and (self.number_share < 0.9 or self.serial_share < 0.5):
            return "date"
        if self.number_share >= 0.9:
            return "number"
        return "category" if self.n_distinct <= max(50, 0.05 * self.n_filled) else "text"
