"""The base of everything a person or a file chooses: closed and frozen, and refused in words when it cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.errors import ChoiceError

KEY = r"^[a-z0-9_]{1,40}$"
MOST_SHOWN = 60  # characters of a wrong value
# What a value should have been, by the beginning of the name that pydantic gives its error.
_KINDS = {
    "int": "whole_number",
    "float": "number",
    "decimal": "number",
    "finite": "number",
    "bool": "yes_no",
    "date": "date",
    "string": "text",
    "tuple": "list",
    "list": "list",
    "dict": "group",
    "model": "group",
    "mapping": "group",
}
# Errors of a limit, with the name under which pydantic tells the limit.
_LIMITS = {
    "greater_than_equal": ("choice_at_least", "ge"),
    "greater_than": ("choice_above", "gt"),
    "less_than_equal": ("choice_at_most", "le"),
    "less_than": ("choice_below", "lt"),
    "too_short": ("choice_too_few", "min_length"),
    "too_long": ("choice_too_many", "max_length"),
    "string_too_short": ("choice_text_too_short", "min_length"),
    "string_too_long": ("choice_text_too_long", "max_length"),
    "string_pattern_mismatch": ("choice_pattern", "pattern"),
}


class _Refusing(type(BaseModel)):  # pyright: ignore[reportGeneralTypeIssues, reportUntypedBaseClass]
    """Lets a constructor refuse as ``model_validate`` does."""

    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **fields: Any) -> Any:
            try:
                return super().__call__(*args, **fields)
            except ValidationError as error:
                raise refusal(cls, error) from None  # its own text is for programmers


class Params(BaseModel, metaclass=_Refusing):
    """Closed (unknown fields are refused) and frozen (a change is a new object).

    Whatever makes one (the constructor, ``model_validate``, ``model_validate_json``, ``model_copy``) refuses with a
    ``ChoiceError``: its code says what is wrong, ``field`` where, ``known`` which names are there.

    Examples
    --------
    >>> class Look(Params):
    ...     by: Literal["day", "week"] = "day"
    >>> try:
    ...     Look.model_validate({"by": "weeek"})
    ... except ChoiceError as problem:
    ...     problem.code, problem.field, problem.nearest
    ('choice_not_offered', 'by', 'week')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        """Return params from a mapping; refuses as the class says."""
        try:
            return super().model_validate(obj, **how)
        except ValidationError as error:
            raise refusal(cls, error) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **how: Any) -> Self:
        """Return params from JSON; refuses as the class says."""
        try:
            return super().model_validate_json(json_data, **how)
        except ValidationError as error:
            raise refusal(cls, error) from None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed; what is changed is checked as if it had been there from the start.

        Examples
        --------
        >>> class Look(Params):
        ...     days: int = 90
        >>> Look().model_copy(update={"days": "30"}).days
        30
        """
        same = super().model_copy(deep=deep)
        if not update:
            return same
        chosen = {name: getattr(same, name) for name in same.model_fields_set}
        return type(self).model_validate({**chosen, **update})


def refusal(kind: type[BaseModel], error: ValidationError) -> ChoiceError:
    """Return what cannot be chosen, as a code and its facts: the first thing that is wrong.

    Where a value may be one of several kinds, what it comes closest to counts: a date that does not exist is no date,
    though the field takes a word as well.
    """
    found = [(one, *_place(kind, one["loc"])) for one in error.errors(include_url=False)]
    paths = [path for _, path, _ in found]
    # What is wrong inside a list makes the list itself wrong, and a misspelt name leaves the right one missing.
    inner = [each for each in found if not any(path != each[1] == path[: len(each[1])] for path in paths)]
    _, path, _ = next((each for each in inner if each[0]["type"] == "extra_forbidden"), inner[0])
    several = [(one, here) for one, at, here in inner if at == path]
    first, here = next(((one, here) for one, here in several if one["type"] != "literal_error"), several[0])
    return _told(first, _path(path) or kind.__name__, tuple(dict.fromkeys(_words(here))), here)


def _told(one: Any, field: str, words: tuple[Any, ...], here: tuple[Any, ...]) -> ChoiceError:
    """Return the refusal of one error; ``words`` are the fixed words that its place takes."""
    problem, kind, context = one.get("ctx", {}).get("error"), one["type"], one.get("ctx", {})
    if isinstance(problem, ChoiceError):
        return ChoiceError(problem.code, **({"field": field} if one["loc"] else {}), **problem.facts)
    if kind == "extra_forbidden":
        return ChoiceError("choice_unknown", name=str(one["loc"][-1]), field=field, known=_fields(here))
    if kind in ("missing", "union_tag_not_found"):
        return ChoiceError("choice_missing", field=field, **({"known": words} if words else {}))
    if kind == "json_invalid":
        return ChoiceError("choice_not_json")
    value = _short(one.get("input"))
    if kind == "union_tag_invalid":
        known = tuple(tag for model in _models(here) for tag in _words((model.model_fields["kind"].annotation,)))
        return ChoiceError("choice_not_offered", value=str(context["tag"]), field=f"{field}.kind", known=known)
    known = {"known": words} if words else {}
    if kind == "literal_error":
        return ChoiceError("choice_not_offered", value=value, field=field, **known)
    if kind in _LIMITS:
        code, name = _LIMITS[kind]
        limit = context[name]
        if limit == KEY:
            return ChoiceError("choice_no_key", value=value, field=field)
        return ChoiceError(
            code, value=value, field=field, limit=f"{limit:g}" if isinstance(limit, float) else str(limit)
        )
    what = _KINDS.get(kind.split("_")[0])
    return ChoiceError(f"choice_no_{what}" if what else "choice_unfit", value=value, field=field, **known)


def _place(kind: type[BaseModel], steps: Sequence[int | str]) -> tuple[tuple[int | str, ...], tuple[Any, ...]]:
    """Return the way to an error in the names of fields, and the types that may stand at its end.

    The steps name as well which of several kinds was tried, which nobody has written.
    """
    path: list[int | str] = []
    here: tuple[Any, ...] = (kind,)
    for step in steps:
        models = _models(here)
        fields = [model.model_fields[step] for model in models if step in model.model_fields]
        tagged = tuple(m for m in models if "kind" in m.model_fields and m.model_fields["kind"].default == step)
        if fields:
            here = tuple(field.annotation for field in fields)
        elif tagged:
            here = tagged
            continue
        elif inner := _inner(here, step):
            here = inner
        elif step is not steps[-1] or not models:
            continue
        path.append(step)
    return tuple(path), here


def _alternatives(kinds: Sequence[Any]) -> Iterator[Any]:
    """Yield each of the types that a value may have."""
    for kind in kinds:
        if get_origin(kind) is Annotated:
            yield from _alternatives(get_args(kind)[:1])
        elif get_origin(kind) in (Union, UnionType):
            yield from _alternatives(get_args(kind))
        else:
            yield kind


def _models(kinds: Sequence[Any]) -> list[type[BaseModel]]:
    found = [kind for kind in _alternatives(kinds) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    for model in found:
        model.model_rebuild()  # one that holds its own kind may not have been asked yet what its fields are
    return found


def _inner(kinds: Sequence[Any], step: int | str) -> tuple[Any, ...]:
    """Return the types inside a list, by a number, or inside a mapping, by a key."""
    found: list[Any] = []
    for kind in _alternatives(kinds):
        origin, inside = get_origin(kind), get_args(kind)
        if isinstance(step, int) and origin in (tuple, list):
            found += [each for each in inside if each is not Ellipsis]
        elif isinstance(step, str) and origin is dict:
            found.append(inside[1])
    return tuple(found)


def _words(kinds: Sequence[Any]) -> list[Any]:
    return [word for kind in _alternatives(kinds) if get_origin(kind) is Literal for word in get_args(kind)]


def _fields(kinds: Sequence[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for model in _models(kinds) for name in model.model_fields))


def _path(steps: Sequence[int | str]) -> str:
    path = ""
    for step in steps:
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
