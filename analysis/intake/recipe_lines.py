"""Lines that answer a question in a recipe: written for one who edits the file, and read where they were pasted.

A line names the place of a choice and says its value, ``sources[0].columns["day"].date_order: dmy``. It may stand
anywhere at the left edge of a recipe, best at its end, and says what holds in place of what stands at that place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from analysis.errors import AnalysisError
from analysis.intake.fixes import AnyFix, ColumnFix, SourceFix
from analysis.intake.roles import IGNORE

_STEP = re.compile(r"""(?:^|\.)([a-z_]+)|\[(\d+|"(?:[^"\\]|\\.)*")\]""")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*$")
_SAYS_OTHER = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")  # words that YAML reads as something else
ACCEPTED = "accepted"
NOT_SOLD = "not_sold"


def recipe_line(fix: AnyFix | None) -> str:
    """Return the lines that apply a fix to a recipe; empty without one.

    Examples
    --------
    >>> recipe_line(ColumnFix(source=0, column="day", field="date_order", value="dmy"))
    'sources[0].columns["day"].date_order: dmy'
    """
    if fix is None:
        return ""
    if isinstance(fix, SourceFix):
        kind = [_line(f"sources[{fix.source}].kind", fix.value)] if fix.value else []
        kind += [] if fix.instead_of is None else [_line(f"sources[{fix.instead_of}].kind", IGNORE)]
        return "\n".join([*kind, *(_line(_column(fix.source, name, "role"), role) for name, role in fix.roles)])
    if isinstance(fix, ColumnFix):
        return _line(_column(fix.source, fix.column, fix.field), fix.value)
    if fix.kind == "cleaning" and fix.field == NOT_SOLD:  # a line for each word, so that they are answered apart
        return "\n".join(
            _line(f"cleaning.{NOT_SOLD}[{json.dumps(word, ensure_ascii=False)}]", True) for word in fix.value
        )
    return _line(f"cleaning.{fix.field}" if fix.kind == "cleaning" else "as_of", fix.value)


def accepting_line(decision: str) -> str:
    """Return the line that says that a reading is right.

    Examples
    --------
    >>> accepting_line("customer_guessed:0:Phone")
    'accepted["customer_guessed:0:Phone"]: true'
    """
    return _line(f"{ACCEPTED}[{json.dumps(decision, ensure_ascii=False)}]", True)


def _column(source: int, name: str, field: str) -> str:
    return f"sources[{source}].columns[{json.dumps(name, ensure_ascii=False)}].{field}"


def _line(place: str, value: object) -> str:
    plain = isinstance(value, str) and _PLAIN.match(value) and value.lower() not in _SAYS_OTHER
    key = f"'{place.replace(chr(39), chr(39) * 2)}'" if re.search(r": |:$| #|'", place) else place
    return f"{key}: {value if plain else json.dumps(value, ensure_ascii=False, default=str)}"


def with_lines(content: Mapping[Any, Any]) -> dict[str, Any]:
    """Put into a recipe, as a file holds it, what lines that name a place say.

    Raises
    ------
    AnalysisError
        ``recipe_line_nowhere`` (``line``) where a recipe has no such place.

    Examples
    --------
    >>> recipe = {"sources": [{"columns": [{"name": "day"}]}], 'sources[0].columns["day"].date_order': "dmy"}
    >>> with_lines(recipe)
    {'sources': [{'columns': [{'name': 'day', 'date_order': 'dmy'}]}]}
    >>> with_lines({'cleaning.not_sold["Phase 3"]': True, 'cleaning.not_sold["Phase 4"]': True})
    {'cleaning': {'not_sold': ['Phase 3', 'Phase 4']}}
    """
    lines = {key: value for key, value in content.items() if isinstance(key, str) and ("." in key or "[" in key)}
    made = {key: value for key, value in content.items() if key not in lines}
    for key, value in lines.items():
        steps: list[str | int] = [name or json.loads(index) for name, index in _STEP.findall(key)]
        if "".join(found.group() for found in _STEP.finditer(key)) != key or len(steps) < len(("cleaning", "field")):
            raise AnalysisError("recipe_line_nowhere", line=key)
        try:
            _put(made, steps, value)
        except (KeyError, IndexError, TypeError, AttributeError, StopIteration) as problem:
            raise AnalysisError("recipe_line_nowhere", line=key) from problem
    return made


def _put(made: dict[str, Any], steps: list[str | int], value: Any) -> None:
    if steps[0] == ACCEPTED:
        known = list(made.get(ACCEPTED) or ())
        made[ACCEPTED] = [*(one for one in known if one != steps[1]), *([steps[1]] if value else [])]
        return
    if steps[0] == "cleaning":
        made["cleaning"] = made.get("cleaning") or {}
    if steps[:2] == ["cleaning", NOT_SOLD] and len(steps) > len(("cleaning", NOT_SOLD)):
        known = [one for one in made["cleaning"].get(NOT_SOLD) or () if one != steps[2]]
        made["cleaning"][NOT_SOLD] = [*known, *([steps[2]] if value else [])]
        return
    place: Any = made
    for step in steps[:-1]:
        place = _within(place, step)
    place[str(steps[-1])] = value


def _within(place: Any, step: str | int) -> Any:
    """Return what stands at a place: a part by its name, or one of a list by its number or its own name."""
    if isinstance(step, str) and not isinstance(place, dict):
        return next(one for one in place if one["name"] == step)
    return place[step]  # pyright: ignore[reportUnknownVariableType]
