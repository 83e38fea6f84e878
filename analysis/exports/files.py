"""The recipe as a YAML file: written for people to read, read as data and never as code."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, get_args

from analysis.errors import AnalysisError
from analysis.intake.recipe_lines import with_lines
from analysis.recipe import Recipe

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
        ``recipe_field_twice`` (``field``, ``line``); ``recipe_line_nowhere`` (``line``);
        what ``Recipe`` refuses, such as ``choice_unknown`` (``field``).
    """
    import yaml

    if len(text) > MOST_CHARACTERS:
        raise AnalysisError("recipe_too_long", characters=len(text), most=MOST_CHARACTERS)
    try:
        content = yaml.load(text, Loader=_loader())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise AnalysisError(
            "recipe_not_yaml", line=1 if mark is None else mark.line + 1
        ) from None  # which quotes the text
    if not isinstance(content, dict):
        raise AnalysisError("recipe_not_yaml", line=1)
    version = content.get("version")
    if isinstance(version, int) and version > _KNOWN_VERSION:
        raise AnalysisError("recipe_newer", found=version, supported=_KNOWN_VERSION)
    try:
        return Recipe.model_validate(with_lines(content))
    except RecursionError as error:
        raise AnalysisError("recipe_not_yaml", line=1) from error


@cache
def _loader() -> Any:
    """Return a safe loader that leaves dates as they are written and refuses tags and a field that stands twice."""
    import yaml
    from yaml.composer import ComposerError

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: ClassVar = {
            first: [(tag, shape) for tag, shape in pairs if tag != "tag:yaml.org,2002:timestamp"]
            for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if getattr(event, "tag", None) is not None:  # no recipe needs one, and each is a way of its own to a value
                raise ComposerError(None, None, "a tag", event.start_mark)
            return super().compose_node(parent, index)  # type: ignore[no-untyped-call]

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise AnalysisError("recipe_field_twice", field=key.value, line=key.start_mark.line + 1)
                seen.add(key.value)
            return super().construct_mapping(node, deep=deep)

    return Loader
