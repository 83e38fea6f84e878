"""The recipe as a YAML file: written for people to read, read as data and never as code."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from pydantic import ValidationError

from analysis.errors import AnalysisError
from analysis.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CHARACTERS = 400_000  # some four thousand columns; reading takes ten seconds a million
_KNOWN_VERSION = max(get_args(Recipe.model_fields["version"].annotation))


def recipe_to_yaml(recipe: Recipe) -> str:
    """Return a recipe as YAML: every choice is written, also one that is left to the data (``null``).

    Examples
    --------
    >>> recipe_from_yaml(recipe_to_yaml(Recipe(name="Spring"))) == Recipe(name="Spring")
    True
    """
    import yaml

    content = recipe.model_dump(mode="json")
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def recipe_from_yaml(text: str) -> Recipe:
    """Read a recipe.

    Raises
    ------
    AnalysisError
        ``recipe_too_long`` (``characters``, ``most``);
        ``recipe_not_yaml`` (``line``); ``recipe_newer`` (``found``, ``supported``);
        ``recipe_unknown_field`` (``field``); ``recipe_field_twice`` (``field``, ``line``);
        ``recipe_missing_field`` (``field``); ``recipe_unreadable`` (``field``, ``problem``, ``value``).
    """
    import yaml

    if len(text) > MOST_CHARACTERS:
        raise AnalysisError("recipe_too_long", characters=len(text), most=MOST_CHARACTERS)
    try:
        content = yaml.load(text, Loader=_loader())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise AnalysisError("recipe_not_yaml", line=1 if mark is None else mark.line + 1) from error
    if not isinstance(content, dict):
        raise AnalysisError("recipe_not_yaml", line=1)
    version = content.get("version")
    if isinstance(version, int) and version > _KNOWN_VERSION:
        raise AnalysisError("recipe_newer", found=version, supported=_KNOWN_VERSION)
    try:
        return Recipe.model_validate(content)
    except (ValidationError, RecursionError) as error:
        raise _refusal(error) from error


@cache
def _loader() -> Any:
    """Return a safe loader that leaves dates as they are written and refuses a field that stands twice."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: ClassVar = {
            first: [(tag, shape) for tag, shape in pairs if tag != "tag:yaml.org,2002:timestamp"]
            for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise AnalysisError("recipe_field_twice", field=key.value, line=key.start_mark.line + 1)
                seen.add(key.value)
            return super().construct_mapping(node, deep=deep)

    return Loader


def _refusal(error: ValidationError | RecursionError) -> AnalysisError:
    if isinstance(error, RecursionError):
        return AnalysisError("recipe_not_yaml", line=1)
    found = error.errors(include_url=False)
    # Of several readings that a field allows, the one that is no fixed word says what is wrong with the value.
    first = next((one for one in found if one["type"] != "literal_error"), found[0])
    field = _path(first["loc"] if first is found[0] else first["loc"][:-1])
    if first["type"] == "extra_forbidden":
        return AnalysisError("recipe_unknown_field", field=field)
    if first["type"] in {"missing", "union_tag_not_found"}:
        return AnalysisError("recipe_missing_field", field=field)
    problem = first["msg"].removeprefix("Value error, ").rstrip(".")
    return AnalysisError("recipe_unreadable", field=field, problem=problem, value=_short(first.get("input")))


def _path(parts: Sequence[int | str]) -> str:
    path = ""
    for part in parts:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "recipe"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
