"""Check characters: whether a number can be what it looks like.

References
----------
GB 11643-1999 (identity numbers, ISO 7064 MOD 11-2), GB 32100-2015 (credit codes of firms, MOD 31-3), ISO/IEC 7812-1
(cards, the Luhn formula).
"""

from __future__ import annotations

import re
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_REGIONS = frozenset(
    (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
     64, 65, 71, 81, 82, 83, 91)
)  # fmt: skip
_FIRM_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FIRM = re.compile(rf"[1-9ANY][1-59]\d{{6}}[{_FIRM_SIGNS}]{{10}}")
# First digits of issuers, with the lengths of their cards.
_ISSUERS = (
    (re.compile(r"62|81"), (16, 17, 18, 19)),
    (re.compile(r"4"), (13, 16, 19)),
    (re.compile(r"5[1-5]|2[2-7]"), (16,)),
    (re.compile(r"3[47]"), (15,)),
    (re.compile(r"35"), (16,)),
    (re.compile(r"60|6[45]|9[5-9]"), (16, 19)),
)


def is_id_number(text: str, *, checked: bool = True) -> bool:
    """Say whether a text is an identity number: its region, its day of birth, and of 18 signs the check character.

    Without ``checked`` the check character may be wrong, as in numbers that were made up or typed by hand.

    Examples
    --------
    >>> is_id_number("11010519491231002X"), is_id_number("110105194912310021"), is_id_number("110105491231002")
    (True, False, True)
    """
    if not (len(text) > 2 and text[:-1].isascii() and text[:-1].isdigit()) or int(text[:2]) not in _REGIONS:
        return False
    if len(text) == 15:
        return text.isdigit() and _is_day("19" + text[6:12])
    if len(text) != 18 or not _is_day(text[6:14]):
        return False
    if not checked:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == text[17].upper()


def is_firm_code(text: str) -> bool:
    """Say whether a text is the unified credit code of a firm, which is not personal.

    Examples
    --------
    >>> is_firm_code("91350100M000100Y43"), is_firm_code("91350100M000100Y44")
    (True, False)
    """
    code = text.upper()
    if not _FIRM.fullmatch(code):
        return False
    total = sum(_FIRM_SIGNS.index(sign) * 3**place % 31 for place, sign in enumerate(code[:17]))
    return _FIRM_SIGNS[-total % 31] == code[17]


def is_bank_card(text: str) -> bool:
    """Say whether digits, with blanks or dashes between, are a card of a known issuer with a valid last digit.

    Examples
    --------
    >>> is_bank_card("4111 1111 1111 1111"), is_bank_card("4111111111111112"), is_bank_card("1234567890123452")
    (True, False, False)
    """
    digits = text.replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()) or not any(
        issuer.match(digits) and len(digits) in lengths for issuer, lengths in _ISSUERS
    ):
        return False
    return is_luhn(digits) and len(set(digits)) > 1


def is_luhn(digits: str) -> bool:
    """Say whether the last of some digits checks the others."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0


def _is_day(text: str) -> bool:
    try:
        return 1850 <= date(int(text[:4]), int(text[4:6]), int(text[6:8])).year <= 2100
    except ValueError:
        return False
