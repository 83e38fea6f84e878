"""Studies to open the segment pages with, and what a page says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.recipe import Recipe, SegmentationPlan
from analysis.workspace import Workspace
from tests.pages.conftest import MakeStudy
from tests.pages.conftest import forget as forget

MEMBERS = "会员号,城市,年龄\n" + "".join(f"M{i:03},{'上海' if i % 3 else '北京'},{20 + i % 40}\n" for i in range(60))
THREE = "客户编号,下单日期,实付金额\nA1,2024-01-05,30\nA2,2024-02-06,80\nA3,2024-03-07,55\nA3,2024-03-20,70\n"
ONE_ORDER = "客户编号,下单日期,实付金额\n" + "".join(
    f"C{i:03},2024-{1 + i % 6:02}-{1 + i % 27:02},{20 + i}\n"
    # Ten customers come back, on days of their own.
    + "".join(f"C{i:03},2024-06-{20 + again},{i}\n" for again in range(i % 4 if i > 90 else 0))
    for i in range(1, 101)
)


@pytest.fixture
def sample_study(make_study: MakeStudy, root: Path) -> str:
    """Return the id of a study of the Chinese shop."""
    return make_study(root / "sample_data" / "中文店铺.xlsx")


@pytest.fixture
def saved(portrait_home: Path) -> Callable[[str], Recipe]:
    """Return ``saved(study)``: the recipe as it stands in the workspace."""

    def load(study: str) -> Recipe:
        workspace = Workspace.open(portrait_home)
        recipe = workspace.load_recipe(study).recipe
        workspace.close()
        return recipe

    return load


@pytest.fixture
def plan(saved: Callable[[str], Recipe]) -> Callable[[str, str], SegmentationPlan]:
    """Return ``plan(study, method)``: one saved segmentation."""

    def of(study: str, method: str) -> SegmentationPlan:
        found = saved(study).plan(method)
        assert found is not None
        return found

    return of


def words(app: AppTest) -> str:
    """Return every sentence of a page, without the marks that keep Markdown plain."""
    found = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.error, *app.info, *app.warning]
    return "\n".join(str(element.value) for element in found).replace("\\", "")


def look(app: AppTest, method: str, view: str) -> AppTest:
    """Open one of the closer views of a segment page."""
    return app.get_by_key(f"closer_{method}").set_value(view).run()


def type_into(app: AppTest, method: str, row: int, **cells: object) -> AppTest:
    """Change cells of the table of segments."""
    if app.get_by_key(f"closer_{method}").value != "table":
        look(app, method, "table")
    key = next(editor.key for editor in app.data_editor if (editor.key or "").startswith(f"edit_{method}_"))
    app.session_state[key] = {"edited_rows": {row: cells}, "added_rows": [], "deleted_rows": []}
    return app.run()


@pytest.fixture
def read_words() -> Callable[[AppTest], str]:
    """Return ``words``."""
    return words


@pytest.fixture(name="look")
def look_fixture() -> Callable[..., AppTest]:
    """Return ``look``."""
    return look


@pytest.fixture
def edit_cell() -> Callable[..., AppTest]:
    """Return ``type_into``."""
    return type_into
