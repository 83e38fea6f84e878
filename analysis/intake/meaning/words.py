"""Lists of words with a meaning, kept as data: which meaning a cell has, in whatever language it is written.

A list is a TOML file of meanings in the order in which they are tried. ``is`` holds whole cells, ``has`` words inside a
cell. Words are compared without case, accents, width, underscores and doubled spaces; Latin, Greek and Cyrillic ones
stand by themselves (``*`` at the end lets them go on), those of other scripts anywhere.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from analysis.intake.roles import simplified
from analysis.params import Params

UNKNOWN = "unknown"
_LETTERS = str.maketrans({"ё": "е", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae"})  # no marks to take off


class Meaning(Params):
    """The words of one meaning."""

    whole: tuple[str, ...] = Field(default=(), alias="is")
    inside: tuple[str, ...] = Field(default=(), alias="has")


def folded(text: str) -> str:
    """Return a cell without what does not change its meaning.

    Examples
    --------
    >>> folded(" Annulée_par client "), folded("訂單已取消"), folded("ＣＬＯＳＥＤ")
    ('annulee par client', '订单已取消', 'closed')
    """
    plain = simplified(unicodedata.normalize("NFKC", text)).casefold().replace("_", " ")
    # Marks over Latin, Greek and Cyrillic letters are ways of writing; those of other scripts are letters of their own.
    plain = "".join(
        unicodedata.normalize("NFD", sign)[0] if sign.isalpha() and _takes_accents(sign) else sign for sign in plain
    )
    plain = re.sub(r"[\u0300-\u036f]", "", plain).translate(_LETTERS)
    return re.sub(r"\s+", " ", plain.replace("–", "-").replace("—", "-")).strip(" \t.!。！")


def _takes_accents(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(("LATIN", "GREEK"))


class Words:
    """Meanings by their words.

    Examples
    --------
    >>> words = Words({"done": Meaning(**{"has": ["bezahlt", "已付款"]}), "open": Meaning(**{"is": ["neu"]})})
    >>> [words.meaning(cell) for cell in ("Bezahlt am 3.", "Unbezahlt", "买家已付款", "Neu", "neu angelegt")]
    ['done', 'unknown', 'done', 'open', 'unknown']
    """

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._whole = {
            name: frozenset(map(folded, each.whole)) for name, each in meanings.items() if each.whole
        }  # fmt: skip
        self._inside = {
            name: re.compile("|".join(map(_inside, each.inside))) for name, each in meanings.items() if each.inside
        }
        self.names = tuple(meanings)

    def meaning(self, cell: str) -> str:
        """Return the first meaning whose words a cell holds, ``unknown`` for none; a whole cell says most."""
        text = folded(cell)
        for name in self.names:
            if text in self._whole.get(name, ()):
                return name
        return next((name for name in self.names if self._holds(text, name)), UNKNOWN)

    def says(self, cell: str, meaning: str) -> bool:
        """Say whether a cell has a meaning, also where others come before it."""
        text = folded(cell)
        return text in self._whole.get(meaning, ()) or self._holds(text, meaning)

    def _holds(self, text: str, meaning: str) -> bool:
        found = self._inside.get(meaning)
        return found is not None and found.search(text) is not None


def _inside(word: str) -> str:
    goes_on = word.endswith("*")
    text = folded(word.rstrip("*"))
    spelt = re.escape(text).replace(r"\ ", r"[\s-]*")
    if not unicodedata.name(text[0], "").startswith(("LATIN", "GREEK", "CYRILLIC")):
        return spelt
    return rf"(?<![^\W\d_]){spelt}" + ("" if goes_on else r"(?![^\W\d_])")


@cache
def words_of(name: str) -> Words:
    """Return the list that ``<name>.toml`` in this folder holds."""
    return Words(_read(name))


def word_list(name: str, meaning: str) -> tuple[str, ...]:
    """Return the whole cells of one meaning as the file writes them."""
    return _read(name)[meaning].whole


def word_parts(name: str, meaning: str) -> tuple[str, ...]:
    """Return the words inside cells of one meaning, without case and accents, as a search in a file needs them."""
    return tuple(folded(word.rstrip("*")) for word in _read(name)[meaning].inside)


@cache
def _read(name: str) -> dict[str, Meaning]:
    entries = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    return {meaning: Meaning(**entry) for meaning, entry in entries.items()}


def means_yuan(heading: str) -> bool:
    """Say whether the heading of a column of money is Chinese, which means yuan where nothing else is said.

    Examples
    --------
    >>> [means_yuan(heading) for heading in ("实付金额", "Total", "Gesamtbetrag €")]
    [True, False, False]
    """
    return "\u4e00" <= heading[:1] <= "\u9fff"


_COUNTED = re.compile(
    r"^(?:is |ist |est )?(?:posted|booked|finali[sz]ed|approved|confirmed|validated|valid|in force"
    r"|gebucht|verbucht|festgeschrieben|bestatigt|freigegeben|gultig|comptabilise|valide|confirme"
    r"|contabilizzat[oa]|registrat[oa]|confermat[oa]|contabilizad[oa]|confirmad[oa]|validad[oa]"
    r"|geboekt|verwerkt|bevestigd|zaksiegowan[aey]|zatwierdzon[aey]|potwierdzon[aey]|проведен[ао]?|подтвержден[ао]?"
    r"|onaylandi|onayli|kesinlesti|(?:是否|是否已|已)?(?:审核|过账|记账|生效|确认|有效)|(?:审核|过账|记账)(?:标志|状态)"
    r"|承認済み?|確定|転記済み?|승인여부|승인|확정여부|확정|전기여부|مرحل|معتمد|อนุมัติ|bokford|bogfort)"
    r"(?: ?\([yj是]/[n否]\))?$"
)


def says_counted(heading: str) -> bool:
    """Say whether a yes under a heading means that a document counts, so that a no is none yet, or none any more.

    Examples
    --------
    >>> [says_counted(one) for one in ("Проведен", "Posted?", "已审核", "Gebucht (J/N)", "Posted on", "Paid")]
    [True, True, True, True, False, False]
    """
    return _COUNTED.match(folded(heading.rstrip("?？ "))) is not None
