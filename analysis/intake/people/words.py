"""How tables join and which ids may be one customer, in plain sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.intake.people.identity import Identity
    from analysis.intake.people.join import Join
    from analysis.translate import Translate


def join_answer(join: Join, left: str, right: str, t: Translate) -> str:
    """Return by which columns two tables join, and how many rows of each find a partner.

    Parameters
    ----------
    join : Join
    left, right : str
        What both tables are called.
    t : Translator
    """
    first, second = join.left.column, join.right.column
    columns = t("match.by_same", column=first) if first == second else t("match.by_both", left=first, right=second)
    shares = {"left_share": join.left.share, "right_share": join.right.share}
    return t(f"match.answer_{join.kind}", left=left, right=right, columns=columns, **shares)


def pairs_answer(found: Identity, t: Translate) -> str:
    """Return how many pairs of ids look like one customer, and how many of them beyond doubt."""
    return t("match.same_answer", n=len(found.matches), sure=sum(match.sure for match in found.matches))
