"""Studies, a server that has just started, what is kept, and what a page says: as the segment pages have them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from analysis.workspace import Workspace
from analysis.workspace.records import StoredExperiment
from tests.pages.conftest import forget
from tests.pages.segments.conftest import sample_study as sample_study
from tests.pages.segments.conftest import words


@pytest.fixture
def restart() -> Callable[[], None]:
    """Return what forgets all that the app has cached, as a restart of the server does."""
    return forget


@pytest.fixture
def kept(portrait_home: Path) -> Callable[[str | None], list[StoredExperiment]]:
    """Return ``kept(study)``: the experiments as they stand in the workspace."""

    def load(study: str | None = None) -> list[StoredExperiment]:
        workspace = Workspace.open(portrait_home)
        found = workspace.experiments(study)
        workspace.close()
        return found

    return load


@pytest.fixture
def read_words() -> Callable[[AppTest], str]:
    """Return what reads every sentence of a page, what went well included."""
    return lambda app: "\n".join([words(app), *(str(found.value).replace("\\", "") for found in app.success)])


@pytest.fixture
def picker() -> Callable[[AppTest], Selectbox]:
    """Return what finds the menu of experiments on a page."""
    return lambda app: next(one for one in app.selectbox if str(one.key).startswith("experiment_picker_"))
