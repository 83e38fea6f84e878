"""The first screen and ``portrait inspect`` must not wait for packages they do not use."""

from __future__ import annotations

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


def test_an_unknown_name_is_an_ordinary_import_error() -> None:
    import analysis

    with pytest.raises(AttributeError, match="no attribute 'nothing_of_the_kind'"):
        analysis.nothing_of_the_kind  # noqa: B018
    with pytest.raises(ImportError):
        exec("from analysis import nothing_of_the_kind")
