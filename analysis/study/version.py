"""The version of the engine, made from the code that computes: what other code has kept is never taken for its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# What only shows results; every other room of the engine may change them, or the form in which they are kept.
ONLY_SHOWS = ("charts", "exports", "reports")
# Their releases count, read, fit and round in their own way.
LIBRARIES = ("duckdb", "narwhals", "numpy", "openpyxl", "pandas", "pyarrow", "scikit-learn", "scipy", "statsmodels")


@cache
def engine_version() -> str:
    """Return what names the code that computes, and the releases of the libraries that compute for it.

    Examples
    --------
    >>> len(engine_version())
    32
    """
    import hashlib
    from importlib.metadata import PackageNotFoundError, version
    from importlib.resources import files

    parts = [code_hash(files("analysis"))]
    for library in LIBRARIES:
        try:
            parts.append(f"{library} {version(library)}")
        except PackageNotFoundError:  # packed together without its metadata, it changes with the pack
            parts.append(library)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def code_hash(package: Traversable) -> str:
    """Return the hash of a package's code and tables of data, in a folder or in a zip."""
    import hashlib

    digest = hashlib.sha256()
    for name, content in _sources(package):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources(folder: Traversable, above: str = "") -> Iterator[tuple[str, bytes]]:
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if one.name.endswith((".py", ".toml")):
            yield above + one.name, one.read_bytes()
        elif one.name != "__pycache__" and above + one.name not in ONLY_SHOWS and one.is_dir():
            yield from _sources(one, f"{above}{one.name}/")
