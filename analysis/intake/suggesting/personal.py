"""Which columns hold personal data, told by what they are used as, what their cells show and what they are called."""

from __future__ import annotations

from analysis.intake.roles import EXTRA, IGNORE, Evidence, PersonalKind, personal_by_header, roles


def personal_kind_of(header: str, role: str, evidence: Evidence) -> PersonalKind | None:
    """Say what kind of personal data a column holds, from its role, its cells, and for want of a role its header.

    Examples
    --------
    >>> [personal_kind_of(header, "ignore", Evidence(3, 3, 3)) for header in ("收货人手机", "金额")]
    ['phone', None]
    """
    by_role = roles()[role].personal if role in roles() else None
    if by_role or evidence.personal:
        return by_role or evidence.personal
    if evidence.says_flag or role not in (EXTRA, IGNORE, "customer_id"):
        return None
    return personal_by_header(header)
