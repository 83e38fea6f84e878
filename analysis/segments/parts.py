"""One way into a segment: the conditions by which a method defines its segments exactly."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.conditions import AllOf, AnyOf, Expression


@dataclass(frozen=True)
class Part:
    """One way into a segment.

    Attributes
    ----------
    segment : str
        The segment before merges that is meant.
    when : Expression, optional
        What has to hold; None for those whom nothing before took.
    unless : tuple of Expression
        What stands above and must not hold: the first that holds decides.
    """

    segment: str
    when: Expression | None
    unless: tuple[Expression, ...] = ()


def any_of(parts: list[Expression]) -> Expression:
    """Return conditions of which one has to hold as one expression."""
    return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))


def all_of(parts: list[Expression]) -> Expression:
    """Return conditions that all have to hold as one expression."""
    return parts[0] if len(parts) == 1 else AllOf(parts=tuple(parts))
