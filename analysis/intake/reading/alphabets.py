"""Letters beyond ASCII of the languages written in Latin letters, to tell which reading of a text is one of them.

The letters are the main exemplar characters of the Unicode CLDR; languages of one neighbourhood stand together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WESTERN = (
    "àâæçéèêëîïôœùûüÿ",  # French
    "äöüß",  # German
    "áéíñóúüïçàèò",  # Spanish and Catalan
    "áàâãçéêíóôõú",  # Portuguese
    "àéèìîóòù",  # Italian
    "åäöæøéüàšž",  # Danish, Norwegian, Swedish, Finnish
    "áðéíóúýþæö",  # Icelandic
    "áäéèëíïóöúüç",  # Dutch, Albanian
    "õäöüšž",  # Estonian
)
CENTRAL = (
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "ąćęłńóśźż",  # Polish
    "áéíóöőúüű",  # Hungarian
    "ăâîşţșț",  # Romanian
    "čćđšž",  # Croatian, Slovene, Bosnian
)
TURKISH = ("çğıiöşüâîû",)
_WORD = re.compile(r"[^\W\d_]+")


def of_one_language(letters: Iterable[str], alphabets: tuple[str, ...]) -> bool:
    """Say whether all letters beyond ASCII belong to one of the alphabets.

    Examples
    --------
    >>> of_one_language("øíò", WESTERN), of_one_language("říň", CENTRAL)
    (False, True)
    """
    small = {letter.lower()[0] for letter in letters}  # İ becomes an i with a point of its own
    return any(small <= set(alphabet) for alphabet in alphabets)


def letters_beyond_ascii(text: str) -> frozenset[str]:
    """Return the different letters that ASCII lacks."""
    return frozenset(letter for letter in set(text) if letter.isalpha() and not letter.isascii())


def words_beyond_ascii(text: str) -> frozenset[str]:
    """Return the different words that hold a letter that ASCII lacks."""
    return frozenset(word for word in set(_WORD.findall(text)) if not word.isascii())
