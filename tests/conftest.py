"""What every test shares: where things lie, and a home of its own for whatever a test keeps."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.thorough import THOROUGH

if TYPE_CHECKING:
    from xdist.scheduler import LoadFileScheduling

    from analysis.study import Prepared

# Tests run in parallel already: numeric libraries with threads of their own would only wait for each other.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# No test is timed: a busy machine is no fault of the code. Fewer examples than usual, so that a run stays short: each
# run draws new ones, and ``just thorough`` tries many.
settings.register_profile("portrait", deadline=None, max_examples=100 if THOROUGH else 10)
settings.load_profile("portrait")

ROOT = Path(__file__).resolve().parent.parent

# What is imported for the tests stays to the end: nobody looks for garbage among it, over and over again.
gc.disable()


def pytest_configure(config: pytest.Config) -> None:
    """Let examples in docstrings keep keys of workspaces nowhere else either."""
    if "PORTRAIT_KEYS" not in os.environ:
        os.environ["PORTRAIT_KEYS"] = tempfile.mkdtemp()
        config.add_cleanup(functools.partial(shutil.rmtree, os.environ["PORTRAIT_KEYS"], ignore_errors=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Give all browser tests to one process, before anything else.

    They wait more than they compute, so the others work meanwhile, and none is left to the end; with one server and one
    browser on the machine none has to wait for another. Examples in docstrings come last: they are short, so that all
    processes end at about the same time.
    """
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    browser = "tests/browser"

    class BrowserFirst(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return browser if nodeid.startswith(f"{browser}/") else super()._split_scope(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            first = min(self.workqueue, key=lambda scope: (scope != browser, not scope.startswith("tests/")))
            self.workqueue.move_to_end(first, last=False)
            super()._assign_work_unit(node)

    return BrowserFirst(config, log)


def pytest_collection_finish() -> None:
    """Look for garbage again, but only among what the tests themselves make."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def portrait_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty home, so that it neither sees nor leaves studies of this machine."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PORTRAIT_HOME", str(home))
    monkeypatch.delenv("PORTRAIT_DATABASE_URL", raising=False)
    return home


@pytest.fixture(scope="session", autouse=True)
def portrait_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the keys of workspaces in a folder of the run, and none in the keyring of this machine."""
    place = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTRAIT_KEYS", str(place))
        yield place


@pytest.fixture(scope="session", autouse=True)
def scanned_once() -> Iterator[None]:
    """Let Streamlit look for components among the installed packages once, and not for every page that a test opens."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture(scope="session", autouse=True)
def waited_for() -> Iterator[None]:
    """Wait for the thread of a page's script to end, and do not ask a thousand times a second whether it has."""
    from streamlit.testing.v1 import local_script_runner

    ask = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        assert runner._script_thread is not None
        runner._script_thread.join(timeout)
        ask(runner, 0.1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(scope="module", autouse=True)
def let_go() -> Iterator[None]:
    """Let go of what the pages of a module have computed, and of the places it lay in.

    Each database that is closed walks the whole heap of its process, and each that is opened names every place.
    """
    yield
    if "ui.data.caches" in sys.modules:
        sys.modules["ui.data.caches"].clear()
    if "analysis.engine" in sys.modules:
        engine: Any = sys.modules["analysis.engine"]
        engine._SHARED.clear()
        engine._PLACES.clear()
        engine._KEYS.clear()


@pytest.fixture(scope="module")
def no_collecting() -> Iterator[None]:
    """Keep statsmodels from collecting garbage in every correction of p values: seconds each, late in a suite."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", lambda: 0)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real files; they are not part of the project, so tests skip without it."""
    folder = Path(os.environ.get("PORTRAIT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real files at {folder}; set PORTRAIT_SHARED_DATA to the folder that holds them")
    return folder


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., Prepared]:
    """Return ``study_of(lines, header)``: tuples of cells as a file, read, cleaned and profiled."""

    from analysis.study import prepare, read, suggest

    def make(lines: Sequence[Sequence[object]], header: str = "customer id,order id,order date,amount") -> Prepared:
        path = tmp_path / "orders.csv"
        rows = [header, *(",".join(str(cell) for cell in line) for line in lines)]
        path.write_text("\n".join(rows) + "\n", "utf-8")
        tables = read(path)
        return prepare(tables, suggest(tables))

    return make
