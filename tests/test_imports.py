"""The first screen and ``portrait inspect`` must not wait for packages they do not use."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("pandas", "duckdb", "sklearn", "statsmodels", "scipy", "pyarrow", "altair", "numpy", "streamlit", "sqlalchemy")


@pytest.mark.parametrize(
    "module", ["analysis", "analysis.study", "analysis.recipe", "analysis.intake.reading.read", "cli"]
)
def test_importing_loads_no_heavy_package(root: Path, module: str) -> None:
    code = f"import sys; import {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


def test_every_exported_name_is_there_and_documented() -> None:
    import analysis

    assert analysis.__all__ == sorted(analysis.__all__)
    for name in analysis.__all__:
        assert getattr(analysis, name).__doc__, name
    assert set(analysis.__all__) <= set(dir(analysis))


def test_a_type_checker_is_told_of_the_names_that_are_offered(root: Path) -> None:
    from analysis.door import HOMES

    told = {}
    for node in ast.walk(ast.parse((root / "analysis" / "__init__.py").read_text("utf-8"))):
        if isinstance(node, ast.If):
            for line in node.body:
                if isinstance(line, ast.AnnAssign):  # a name of another package, which the engine does not know
                    assert isinstance(line.target, ast.Name)
                    told[line.target.id] = HOMES[line.target.id]
                    continue
                assert isinstance(line, ast.ImportFrom)
                told |= {name.asname or name.name: (line.module, name.name) for name in line.names}
    assert told == {name: ("analysis" * home.startswith(".") + home, own) for name, (home, own) in HOMES.items()}


def test_a_function_called_as_a_room_is_the_function_whatever_was_imported_before(root: Path) -> None:
    code = (
        "from analysis import compare, overview, personas, refresh\n"
        "import analysis.study.refresh, analysis.compare.explain, analysis.overview.overview, analysis.personas.build\n"
        "from analysis import compare as c, overview as o, personas as p, refresh as r\n"
        "from analysis.compare.compare import compare as at_home\n"
        "print(all(map(callable, (compare, overview, personas, refresh, c, o, p, r))), at_home is compare)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "True True"


def test_help_begins_with_every_name_on_one_screen() -> None:
    import analysis

    lines = (analysis.__doc__ or "").splitlines()
    assert len(lines) <= 44
    assert set(analysis.__all__) <= set(re.findall(r"\w+", "\n".join(lines)))
    assert max(map(len, lines)) <= 120


def test_a_misspelt_name_says_which_one_was_meant() -> None:
    import analysis

    with pytest.raises(AttributeError, match="no attribute 'compare_too'; did you mean 'compare_two'"):
        analysis.compare_too  # noqa: B018


def test_an_unknown_name_is_an_ordinary_import_error() -> None:
    import analysis

    with pytest.raises(AttributeError, match="no attribute 'nothing_of_the_kind'"):
        analysis.nothing_of_the_kind  # noqa: B018
    with pytest.raises(ImportError):
        exec("from analysis import nothing_of_the_kind")
