"""Opens pages the way the app does: through the frame, in one language, on a study of a file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analysis.errors import AnalysisError
from analysis.study import prepare, prepared_version, read, suggest
from analysis.workspace import Workspace
from analysis.workspace.runs import save_prepared

LOCALES = {"en": "en-GB", "zh": "zh-CN"}
MakeStudy = Callable[..., str]


def _caches() -> tuple[Any, Any]:
    from streamlit.runtime.caching.cache_data_api import _data_caches
    from streamlit.runtime.caching.cache_resource_api import _resource_caches

    return _resource_caches, _data_caches


def forget() -> None:
    """Forget what the app has cached, as a restart of the server does; the tests that follow find it again."""
    for caches in _caches():
        caches._function_caches = {}


@pytest.fixture(autouse=True)
def fresh_server(
    portrait_home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Give every test a server of its own home; results stay cached, since a study's id and data tell them apart.

    What a test finds cached was opened in the home of another, and reads the same files in its own.
    """
    from analysis.engine import allow
    from ui import compute, undo, work

    allow(tmp_path_factory.getbasetemp())

    monkeypatch.setattr(work, "QUICK_SECONDS", 120)  # a test has no browser that would ask again
    before = [caches._function_caches for caches in _caches()]
    yield
    for caches, cached in zip(_caches(), before, strict=True):
        caches._function_caches = cached
    compute.own_workspace.clear()
    work._server.clear()
    undo.known_changes.clear()


@pytest.fixture(scope="session")
def kept_studies() -> dict[tuple[Path | str, str], tuple[Path, str]]:
    """Return the homes that stand ready to be copied, with the study in each."""
    return {}


@pytest.fixture
def make_study(
    portrait_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
    kept_studies: dict[tuple[Path | str, str], tuple[Path, str]],
) -> MakeStudy:
    """Return ``make_study(path_or_csv_text, name)``: the id of a study of that file with the suggested recipe.

    A file is read once in a run of the tests; each test gets a copy of the home in which that was done.
    """

    def make(source: Path | str, name: str = "Shop") -> str:
        if (source, name) not in kept_studies:
            home = tmp_path_factory.mktemp("kept")
            kept_studies[source, name] = home, _begin(home, source, name)
        home, study = kept_studies[source, name]
        assert not any(portrait_home.iterdir()), "a test makes its first study before it keeps anything else"
        shutil.copytree(home, portrait_home, dirs_exist_ok=True)
        return study

    return make


def _begin(home: Path, source: Path | str, name: str) -> str:
    """Keep a study, as the Start page does."""
    if isinstance(source, str):
        path = home.with_name(f"{home.name}.csv")
        path.write_text(source, "utf-8")
        source = path
    workspace = Workspace.open(home)
    study = workspace.create_study(name)
    stored = [workspace.store_raw(study, table) for table in read(source)]
    recipe = suggest(stored).model_copy(update={"name": name})
    workspace.save_recipe(study, recipe, 0)
    workspace.close()
    keep_prepared(home, study)
    return study


def keep_prepared(home: Path, study: str) -> None:
    """Keep with a study what its pages prepare first, as its first visitor does."""
    workspace = Workspace.open(home)
    stored, recipe = workspace.raw_tables(study), workspace.load_recipe(study).recipe
    assert recipe is not None
    try:
        found = prepare(stored, recipe)
    except AnalysisError:
        pass  # the page will say why
    else:
        save_prepared(found, workspace.run_folder(study, prepared_version(stored, recipe)))
    workspace.close()


@pytest.fixture
def open_page(root: Path) -> Callable[..., AppTest]:
    """Return ``open_page("segments/rfm", "zh", study="…")``: the app, run, on that page."""

    def open_it(
        page: str,
        language: str = "en",
        *,
        study: str | None = None,
        asked_language: str | None = None,
        reading: str | None = None,
        experiment: str | None = None,
        opened: str | None = None,
    ) -> AppTest:
        app = AppTest.from_file(root / "ui" / "main.py", default_timeout=60)
        app.context["locale"] = LOCALES[language]
        if study is not None:
            app.query_params["study"] = study
        if asked_language is not None:
            app.query_params["lang"] = asked_language
        if reading is not None:
            app.query_params["reading"] = reading
        if experiment is not None:
            app.query_params["experiment"] = experiment
        if opened is not None:  # an expander that is drawn once a reader opens it
            app.session_state[opened] = True
        return app.switch_page(f"../pages/{page}.py").run()

    return open_it
