"""What other money is beside an amount by its size: a part of it, another sum of the same thing, or more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.meaning.words import words_of
from analysis.intake.roles import header_score, roles

if TYPE_CHECKING:
    import numpy as np

    from analysis.intake.suggesting.arithmetic import Sum

LEAST_ROWS = 2
ADDS_UP = 0.99  # of the rows
NAMED = 0.5  # score of a heading that names a discount
MOSTLY = 0.98
HALF = 0.5  # of the amount, from which other money is another sum of the same thing rather than a part of it


def is_above(values: np.ndarray, total: np.ndarray) -> bool:
    """Say whether a sum is in nearly all rows above another."""
    import numpy as np

    rows = np.isfinite(values) & np.isfinite(total) & (values != 0) & (total != 0)
    return bool(rows.sum() >= LEAST_ROWS and (np.abs(values[rows]) > np.abs(total[rows])).mean() >= MOSTLY)


def is_part(values: np.ndarray, total: np.ndarray) -> bool:
    """Say whether money is part of another: of one sign, in nearly no row above it, and small or rare as a rule."""
    import numpy as np

    rows = np.isfinite(values) & np.isfinite(total) & (values != 0) & (total != 0)
    if rows.sum() < LEAST_ROWS:
        return False
    of_one_sign = max((values[rows] > 0).mean(), (values[rows] < 0).mean()) >= MOSTLY
    share = np.abs(values[rows]) / np.abs(total[rows])
    small = np.median(share) < HALF or rows.mean() < HALF  # in few rows it may be the whole, as what went back is
    return bool(of_one_sign and (share <= 1).mean() >= MOSTLY and small)


def is_version(values: np.ndarray, total: np.ndarray) -> bool:
    """Say whether money is another sum of the same thing: between half of it and twice as much."""
    import numpy as np

    rows = np.isfinite(values) & np.isfinite(total) & (values > 0) & (total > 0)
    if rows.sum() < LEAST_ROWS or np.array_equal(values[rows], total[rows]):
        return False
    share = values[rows] / total[rows]
    return bool(((share >= HALF) & (share <= 1 / HALF)).mean() >= MOSTLY)


def is_made_up(made: Sum | None) -> bool:
    """Say whether a sum is made up of parts: each is added, or one is taken off beside several that are.

    What was paid in advance is none that makes a total smaller, a discount is whatever stands beside it.
    """
    signs = dict(made.signs) if made is not None else {}
    off = [name for name, sign in signs.items() if sign < 0]
    held = any(words_of("paying").says(name, "deposit") or words_of("amounts").says(name, "paid") for name in off)
    reduced = len(off) < len(signs) and all(header_score(name, roles()["discount"]) >= NAMED for name in off)
    several = len(off) < len(signs) - 1 and made is not None and made.n == made.of
    return bool(signs) and not held and (not off or reduced or several)


def is_part_of(whole: Sum | None, other: Sum) -> bool:
    """Say whether another sum is one of several parts that make up a total in all rows, as its heading says as well."""
    if whole is None or whole.n < whole.of or len(whole.signs) < len(("one", "two")):
        return False
    words, names = words_of("amounts"), (*whole.start, *dict(whole.signs))
    is_total = words.says(whole.total, "total") and not words.says(whole.total, "goods")
    return is_total and is_made_up(whole) and other.total in names and not words.says(other.total, "total")


def added_up(within: Sum | None) -> tuple[str, ...]:
    """Name the parts that add up to an amount in nearly all rows: none of them is another reading of it."""
    if within is None or within.n < ADDS_UP * within.of or any(sign < 0 for _, sign in within.signs):
        return ()
    return (*within.start, *dict(within.signs))


def is_rest(found: Sum) -> bool:
    """Say whether a sum is what was left to pay when a gift card, or what was paid before, had paid its part."""
    return all(sign < 0 and words_of("paying").says(name, "means") for name, sign in found.signs)
