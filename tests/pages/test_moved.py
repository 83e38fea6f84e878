"""What moved, and the brief on the first screen, on a study that was refreshed once; both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.intake.reading.read import read_file
from analysis.recipe import SegmentationPlan
from analysis.segments.params import RfmParams
from analysis.study import suggest
from analysis.study.refresh import refresh
from analysis.workspace import Workspace, desk
from analysis.workspace.refreshing.refreshing import keep_run, refresh_study
from commands.refresh import listed
from tests.history.months import HEADERS, file_of, rows_of
from tests.pages.test_every_page import LATIN_IN_CHINESE
from texts import LANGUAGES, Translator


@pytest.fixture
def study(portrait_home: Path) -> str:
    workspace = Workspace.open(portrait_home)
    old = [*rows_of(date(2023, 12, 1), 31, seed=3), *rows_of(date(2024, 1, 1), 31, seed=1)]
    tables = file_of(old, "old.csv")
    plans = (SegmentationPlan(params=RfmParams()),)
    recipe = suggest(tables).model_copy(update={"segmentations": plans})
    found = desk.begin(workspace, tables, name="Shop", recipe=recipe)
    refresh_study(workspace, found, file_of(rows_of(date(2024, 2, 1), 29, seed=2), "new.csv"), listed=listed)
    workspace.close()
    return found


def csv_of(rows: list[Any]) -> bytes:
    return "\n".join([",".join(HEADERS), *(",".join(map(str, row)) for row in rows)]).encode()


def said(app: Any) -> str:
    return " ".join(str(one.value) for one in [*app.markdown, *app.caption]).replace("\\", "")


def test_the_first_screen_is_the_brief_and_every_view_of_what_moved_opens(
    open_page: Callable[..., Any], study: str
) -> None:
    for language in LANGUAGES:
        t = Translator(language)
        app = open_page("customers/overview", language, study=study)
        assert not app.exception and not app.error, (app.exception, app.error)
        words = said(app)
        assert t("brief.happened") in words and t("brief.needs") in words
    assert language == "zh"  # in which every view is opened: its words must hold no Latin letters
    view = next(one for one in app.segmented_control if (one.key or "").startswith("overview_view"))
    view.set_value("segments").run()
    assert not app.exception, app.exception
    button = next(one for one in app.button if (one.key or "").startswith("brief_list_needs"))
    button.click().run()
    assert not app.exception, app.exception
    moved = app.switch_page("../pages/customers/moved.py").run()
    assert not moved.exception and not moved.error, (moved.exception, moved.error)
    for name in ("flow", "bridge", "definition", "drift", "matrix"):
        control = next(one for one in moved.segmented_control if (one.key or "").startswith("moved_view"))
        control.set_value(name).run()
        assert not moved.exception and not moved.error, (name, moved.exception, moved.error)
    alarms = moved.switch_page("../pages/customers/alarms.py").run()
    assert not alarms.exception and not alarms.error, (alarms.exception, alarms.error)
    next(one for one in alarms.button if one.key == "alarm_keep").click().run()
    next(one for one in alarms.button if one.key == "alarm_add_list").click().run()
    assert not alarms.exception and not alarms.error, (alarms.exception, alarms.error)
    assert t("alarms.rules", n=1) in [one.label for one in alarms.expander]
    told = LATIN_IN_CHINESE.sub("", t("moved.question") + said(moved).replace(":gray", "").replace(":small", ""))
    told = re.sub(r":material/\w+:|Yurdakul|NIST|EWMA|Shop|web|shop|fair|tea|pot|cup|tray|book", "", told)
    assert not re.search(r"[A-Za-z]{3,}", told), told
    for name in ("moved", "alarms"):
        there = open_page(f"customers/{name}", "en", study=study)
        assert not there.exception and not there.error, (there.exception, there.error)


def test_a_study_with_one_state_offers_the_next_files(open_page: Callable[..., Any], portrait_home: Path) -> None:
    workspace = Workspace.open(portrait_home)
    found = desk.begin(workspace, file_of(rows_of(date(2024, 1, 1), 31, seed=1), "old.csv"), name="Shop")
    workspace.close()
    app = open_page("customers/moved", "en", study=found)
    assert not app.exception, app.exception
    assert "one state of this study" in said(app)


def test_the_next_export_dropped_on_start_is_offered_to_its_study(
    open_page: Callable[..., Any], portrait_home: Path
) -> None:
    workspace = Workspace.open(portrait_home)
    months = [rows_of(date(2024, month, 1), 28, seed=month) for month in (1, 2)]
    january, february = (csv_of(rows) for rows in months)
    found = desk.begin(workspace, read_file(january, name="january.csv"), name="Shop", originals=[january])
    keep_run(workspace, found, (result := refresh(workspace.raw_tables(found))), listed(result))
    for button in ("begin_anew", "take_into"):
        app = open_page("data/start", "en")
        app.get("file_uploader")[0].upload("february.csv", february).run()
        assert not app.exception and len(workspace.studies()) == 1, app.exception
        app.get_by_key(button).click().run()
        assert not app.exception and not app.error, (app.exception, app.error)
        known = {one.id for one in workspace.studies()}
        if button == "begin_anew":
            assert len(known) == 2 and len(workspace.raw_tables(found)) == 1
            workspace.delete_study(next(iter(known - {found})))
    assert {one.id for one in workspace.studies()} == {found} and len(workspace.raw_tables(found)) == 2
    assert app.query_params["study"] == found and "What happened" in said(app)


def test_the_study_of_an_earlier_run_can_be_looked_at_and_not_changed(
    open_page: Callable[..., Any], study: str
) -> None:
    from ui import session

    t = Translator("en")
    app = open_page("segments/rfm", "en", study=study)
    workspace = Workspace.open()
    first, before = workspace.snapshots(study)[-1], workspace.load_recipe(study)
    app.session_state[session._PAST] = first.id
    app.run()
    assert not app.exception and not app.error and "read only" in said(app), (app.exception, app.error)
    assert app.query_params["run"] == first.id
    next(one for one in app.segmented_control if one.key == "rfm_fit").set_value("frozen").run()
    assert not app.exception and "Nothing was changed" in " ".join(one.value for one in app.error)
    assert workspace.load_recipe(study) == before and len(workspace.snapshots(study)) == 2
    files = app.switch_page("../pages/data/files.py").run()
    assert t("past.not_here", day=first.as_of) in said(files) and not files.get("file_uploader")
    files.get_by_key("past_back").click().run()
    assert not files.exception and files.get("file_uploader")
