"""What the tests of the Data pages share: a small file, the way a study begins, and what a page shows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from streamlit.testing.v1 import AppTest

from analysis.recipe import Recipe
from analysis.study import read, suggest
from analysis.workspace import Workspace
from tests.pages.conftest import keep_prepared
from ui.data.caches import CACHES, CACHES_OF_FEW_ROWS

SAMPLES = Path(__file__).resolve().parents[3] / "sample_data"
ORDERS = (
    "买家昵称,下单时间,实付金额,订单状态,收货人手机\n"
    "甲,2024-01-01,30,交易成功,13800138000\n"
    "乙,2024-01-02,40,交易成功,13800138001\n"
    "甲,2024-01-05,50,交易成功,13800138000\n"
    "丙,2024-01-06,60,退款成功,13800138002\n"
    "乙,2024-01-07,70,交易成功,13800138001\n"
    "甲,2024-01-07,70,交易成功,13800138000\n"
    "甲,2024-01-07,70,交易成功,13800138000\n"
)


class Desk:
    """What a test does beside the page."""

    orders = ORDERS
    samples = SAMPLES

    kept_studies: ClassVar[dict[tuple[Path | str | bytes, str], tuple[Path, str]]] = {}
    folders: ClassVar[pytest.TempPathFactory]

    @classmethod
    def begin(cls, source: Path | str | bytes, name: str = "") -> str:
        """Keep a study of one file, as the Start page does, and return its id; bytes are kept as uploaded, too.

        What is begun in an empty home is kept as it stands: the next test with the same file gets a copy, and with the
        same id what the app has already computed of it.
        """
        home = Path(os.environ["PORTRAIT_HOME"])
        if any(home.iterdir()):
            return cls._begin(source, name)
        if (source, name) not in cls.kept_studies:
            study = cls._begin(source, name)
            keep_prepared(home, study)
            cls.kept_studies[source, name] = cls.folders.mktemp("begun") / "home", study
            shutil.copytree(home, cls.kept_studies[source, name][0])
            return study
        begun, study = cls.kept_studies[source, name]
        shutil.copytree(begun, home, dirs_exist_ok=True)
        return study

    @staticmethod
    def _begin(source: Path | str | bytes, name: str) -> str:
        from analysis.intake.reading.read import read_file

        content = source.encode() if isinstance(source, str) else source
        tables = read(content) if isinstance(content, Path) else read_file(content, name=name)
        workspace = Workspace.open()
        study = workspace.create_study(name)
        stored = [workspace.store_raw(study, table) for table in tables]
        if isinstance(source, bytes):
            workspace.keep_original(source)
        workspace.save_recipe(study, suggest(stored).model_copy(update={"name": name}), 0)
        workspace.close()
        return study

    @staticmethod
    def recipe(study: str) -> Recipe:
        """Return the recipe as saved."""
        workspace = Workspace.open()
        found = workspace.load_recipe(study).recipe
        workspace.close()
        assert found is not None
        return found

    @staticmethod
    def studies() -> list[Any]:
        """Return all studies that are kept."""
        workspace = Workspace.open()
        found = workspace.studies()
        workspace.close()
        return found

    @staticmethod
    def widget(app: AppTest, start: str) -> Any:
        """Return the one widget whose key begins so (the rest of the key is the revision it shows)."""
        found = [
            element
            for element in (
                *app.radio, *app.selectbox, *app.text_input, *app.button, *app.get("button_group"), *app.date_input,
                *app.get("file_uploader"), *app.get("data_editor"), *app.text_area,
            )
            if (element.key or "").startswith(start)
        ]  # fmt: skip
        assert len(found) == 1, (start, [element.key for element in found])
        return found[0]

    @staticmethod
    def edit(app: AppTest, start: str, rows: dict[int, dict[str, Any]]) -> AppTest:
        """Edit cells of the data editor whose key begins so, as a person would, and run."""
        app.session_state[Desk.widget(app, start).key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
        return app.run()

    @staticmethod
    def words(app: AppTest) -> str:
        """Return what the page says, without the backslashes that keep Markdown plain."""
        parts = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.text]
        return "\n".join(str(part.value) for part in parts).replace("\\", "")


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Desk]]:
    """Return files and ways to look at what is kept and shown."""
    Desk.folders = tmp_path_factory
    yield Desk
    for caches in (CACHES, CACHES_OF_FEW_ROWS):  # rows lie in the home of this test
        caches["prepared"].clear()  # pyright: ignore[reportFunctionMemberAccess]
