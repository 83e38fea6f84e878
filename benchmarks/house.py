"""How the house stands: files per room, the largest files, imports against the way of the data, circles of modules.

``python -m benchmarks.house`` prints it and ends with 1 when an import goes back, a circle stands, or a room or file is
too large; the limits are those of ``docs/architecture.md``.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analysis", "ui", "texts", "commands")
BESIDE = ("tests", "benchmarks")  # rooms of their own order, where a file is as long as elsewhere
MOST_FILES = 18
MOST_LINES = 400


def rooms(root: Path = ROOT) -> dict[str, int]:
    """Return the number of Python files of each folder, ``__init__.py`` not counted."""
    found: dict[str, int] = {}
    for file in _files(root):
        if file.name != "__init__.py":
            room = file.parent.relative_to(root).as_posix()
            found[room] = found.get(room, 0) + 1
    return found


def long_files(root: Path = ROOT, most: int = MOST_LINES) -> dict[str, int]:
    """Return the files with more lines than ``most``, with their lines; those of tests and benchmarks as well."""
    files = _files(root, (*PACKAGES, *BESIDE))
    lines = {file.relative_to(root).as_posix(): len(file.read_text("utf-8").splitlines()) for file in files}
    return {name: n for name, n in lines.items() if n > most}


def imports(root: Path = ROOT) -> dict[str, set[str]]:
    """Return what each module of the packages imports, wherever the import stands and for types too."""
    modules = {_module(file, root): file for file in _files(root)}
    return {name: _imported(file, name, modules) for name, file in modules.items()}


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or in a round."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    names = sorted(graph)
    place = {name: i for i, name in enumerate(names)}
    pairs = [(place[one], place[other]) for one in names for other in graph[one] if other in place]
    if not pairs:
        return []
    rows, columns = np.array(pairs).T
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(names), len(names)))
    n, labels = connected_components(matrix, directed=True, connection="strong")
    groups = [[name for name, label in zip(names, labels, strict=True) if label == group] for group in range(n)]
    return sorted(group for group in groups if len(group) > 1)


def back_arrows(graph: Mapping[str, set[str]], layers: Mapping[str, list[list[str]]]) -> list[tuple[str, str]]:
    """Return the imports from a lower layer to a higher one, or between rooms that stand beside each other.

    Parameters
    ----------
    graph : mapping of set
        By module, what it imports.
    layers : mapping of list
        By package, its layers from the highest down, each a list of the rooms that share it.
    """
    found = []
    for container, floors in layers.items():
        level = {f"{container}.{room}": i for i, floor in enumerate(floors) for room in floor}
        for module, others in graph.items():
            for other in others:
                one, two = _room(module, level), _room(other, level)
                if one and two and one != two and level[two] <= level[one]:
                    found.append((module, other))
    return sorted(found)


def contracts(root: Path = ROOT) -> dict[str, list[list[str]]]:
    """Return the layers that ``pyproject.toml`` states, by the package that they stand in."""
    stated = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    found = {}
    for contract in stated:
        if contract["type"] == "layers":
            floors = [[room.strip() for room in floor.replace(":", "|").split("|")] for floor in contract["layers"]]
            for container in contract.get("containers", []):
                found[container] = floors
    return found


def main() -> int:
    """Print how the house stands; 1 when something does not hold."""
    graph = imports()
    print(f"{'room':<36} files")
    for room, n in sorted(rooms().items()):
        print(f"{room:<36} {n:>5}{'  too many' if n > MOST_FILES else ''}")
    crowded = [room for room, n in rooms().items() if n > MOST_FILES]
    long, round_, back = long_files(), circles(graph), back_arrows(graph, contracts())
    print(f"\nfiles over {MOST_LINES} lines: {len(long)}", *(f"  {name}: {n}" for name, n in long.items()), sep="\n")
    print(f"circles of modules: {len(round_)}", *(f"  {' ↔ '.join(group)}" for group in round_), sep="\n")
    print(f"back arrows: {len(back)}", *(f"  {one} → {other}" for one, other in back), sep="\n")
    return int(bool(crowded or long or round_ or back))


def _files(root: Path, packages: Sequence[str] = PACKAGES) -> Iterator[Path]:
    for package in (*packages, "pages"):
        yield from sorted((root / package).rglob("*.py"))


def _module(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _imported(file: Path, name: str, modules: Mapping[str, Path]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {part for part in parts if part in modules} or {node.module}
            if any(part not in modules for part in parts):
                found.add(node.module)
    return {other for other in found if other in modules and other != name}


def _room(module: str, level: Mapping[str, int]) -> str | None:
    return next((room for room in level if module == room or module.startswith(f"{room}.")), None)


if __name__ == "__main__":
    sys.exit(main())
