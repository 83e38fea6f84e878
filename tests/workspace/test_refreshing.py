"""The next files of a study are taken in whole or not at all, once, by one process at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pandas as pd
import pytest

import cli
from analysis.conditions import Condition
from analysis.errors import AnalysisError
from analysis.figures import summary
from analysis.history.arrival import as_json
from analysis.history.earlier import earlier_of, left_behind, state_of
from analysis.history.schedule import schedule_line
from analysis.history.telling import brief
from analysis.history.watch import Watch, new_files, with_taken
from analysis.intake.judging.quality import quality_dict
from analysis.recipe import SegmentationPlan
from analysis.segments.params import ClusterParams, RfmParams, RulesParams, SegmentRule, Tier, TierParams
from analysis.study import suggest
from analysis.study.refresh import refresh
from analysis.tags.imported import ImportedValue, ImportedValues
from analysis.tags.params import Imported, Tag
from analysis.workspace import Workspace, desk
from analysis.workspace.refreshing.due import run_due
from analysis.workspace.refreshing.lock import only_refresh
from analysis.workspace.refreshing.refreshing import _kept_run, _run_before, look, refresh_study, runs_before
from analysis.workspace.refreshing.watching import save_watch, watch_of
from commands.refresh import listed
from tests.history.months import HEADERS, file_of, rows_of

OLD = [*rows_of(date(2023, 12, 1), 31, seed=3), *rows_of(date(2024, 1, 1), 31, seed=1)]
FEBRUARY = rows_of(date(2024, 2, 1), 29, seed=2)


def text_of(rows: list[Any]) -> str:
    return "\n".join([",".join(HEADERS), *(",".join(map(str, row)) for row in rows)])


@pytest.fixture
def workspace(portrait_home: Path) -> Iterator[Workspace]:
    found = Workspace.open(portrait_home)
    yield found
    found.close()


@pytest.fixture
def study(workspace: Workspace) -> str:
    tables = file_of(OLD, "old.csv")
    recipe = suggest(tables).model_copy(update={"segmentations": (SegmentationPlan(params=RfmParams()),)})
    return desk.begin(workspace, tables, name="Shop", recipe=recipe)


def state(workspace: Workspace, study: str) -> Any:
    return (
        [table.fingerprint for table in workspace.raw_tables(study)],
        workspace.load_recipe(study).revision,
        len(workspace.snapshots(study)),
    )


def test_a_refresh_keeps_files_run_and_what_differed_and_tells_the_month(workspace: Workspace, study: str) -> None:
    new = file_of([*OLD[-10:], *FEBRUARY], "new.csv")
    assert [one.mode for one in look(workspace, study, new)] == ["overlap"]
    done = refresh_study(workspace, study, new, listed=listed)
    snapshots = workspace.snapshots(study)
    assert [one.as_of for one in snapshots] == [date(2024, 3, 1), date(2024, 2, 1)]
    assert done.snapshot_id == snapshots[0].id and done.earlier.as_of == date(2024, 2, 1)
    left = snapshots[0].summary["history"]
    assert [one["file"] for one in left["files"]] == ["old.csv", "new.csv"] and left["engine"]
    assert [one["code"] for one in left["arrived"]] == ["overlap"]
    assert {"arrived_overlap", "overlap"} <= set(done.brief.codes)
    files = {table.fingerprint for table in workspace.raw_tables(study)}
    now = state_of(done.result.standard, done.result.profiles.as_of)
    assert [one.id for one in runs_before(snapshots, files, now)] == [snapshots[1].id]
    kept = state(workspace, study)
    with pytest.raises(AnalysisError, match="arrival_nothing_new"):
        refresh_study(workspace, study, new, listed=listed)
    assert state(workspace, study) == kept


def test_a_refresh_is_the_run_from_nothing_in_everything_it_tells(workspace: Workspace, study: str) -> None:
    plans = (SegmentationPlan(params=RfmParams()), SegmentationPlan(params=ClusterParams()))
    saved = workspace.load_recipe(study)
    assert saved.recipe is not None
    workspace.save_recipe(study, saved.recipe.model_copy(update={"segmentations": plans}), saved.revision)
    refresh_study(workspace, study, file_of(FEBRUARY, "february.csv"), listed=listed)
    there, recipe = workspace.raw_tables(study), workspace.load_recipe(study).recipe
    before = _kept_run(workspace, study, there)
    assert before is not None
    march = [*FEBRUARY[-9:], *rows_of(date(2024, 3, 1), 31, seed=4)]
    done = refresh_study(workspace, study, file_of(march, "march.csv"), listed=listed)
    read_anew = [
        *file_of(OLD, "old.csv"), *file_of(FEBRUARY, "february.csv"), *file_of(march, "march.csv")
    ]  # fmt: skip
    anew = refresh(read_anew, recipe, before)
    brief_anew = brief(
        anew, earlier_of(before), read_since=before.info.taken_at, arrived=as_json(done.arrivals),
    )  # fmt: skip
    found = done.result
    assert summary(found) == summary(anew) and len(summary(anew)["segmentations"]) == 2
    assert left_behind(found) == left_behind(anew)
    assert found.fitted == anew.fitted and found.recipe == anew.recipe
    pd.testing.assert_frame_equal(found.to_frame(), anew.to_frame(), check_exact=True)
    assert found.decisions == anew.decisions
    assert found.quality is not None and anew.quality is not None
    assert quality_dict(found.quality) == quality_dict(anew.quality) and found.quality.findings == anew.quality.findings
    assert repr(found.cards.cards) == repr(anew.cards.cards) and found.cards.counted == anew.cards.counted
    assert [(part.key, part.said) for part in done.brief.parts] == [(part.key, part.said) for part in brief_anew.parts]


def test_a_whole_export_takes_the_place_of_the_files_before_it_when_asked(workspace: Workspace, study: str) -> None:
    done = refresh_study(workspace, study, file_of([*OLD, *FEBRUARY], "all.csv"), listed=listed, replaces=True)
    assert done.arrivals[0].mode == "replace"
    assert [table.file for table in workspace.raw_tables(study)] == ["all.csv"]
    assert "overlap" not in done.brief.codes and len(workspace.load_recipe(study).recipe.sources) == 1  # type: ignore[union-attr]


def test_what_is_refused_or_fails_while_it_is_put_in_place_leaves_the_study_as_it_was(
    workspace: Workspace, study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(workspace, study)
    with pytest.raises(AnalysisError, match="arrival_foreign"):
        refresh_study(workspace, study, file_of([("x", "y")], "visits.csv", ("page", "seconds")), listed=listed)
    assert state(workspace, study) == before

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.workspace.snapshots.write_tables", fail)
    with pytest.raises((AnalysisError, OSError)):
        refresh_study(workspace, study, file_of(FEBRUARY, "new.csv"), listed=lambda result: listed(result))
    assert state(workspace, study)[:2] == before[:2]


def test_a_run_before_that_is_damaged_is_made_again_and_stops_no_refresh(workspace: Workspace, study: str) -> None:
    there, recipe = workspace.raw_tables(study), workspace.load_recipe(study).recipe
    assert recipe is not None
    first = _run_before(workspace, study, there, recipe, None, listed, lambda _: None)
    folder = workspace.home / "studies" / study / "snapshots" / first.info.id
    (folder / "profiles.parquet").write_bytes(b"junk")
    assert _kept_run(workspace, study, there) is None
    again = _run_before(workspace, study, there, recipe, None, listed, lambda _: None)
    assert again.info.summary["history"]["months"] and len(again.profiles) == len(first.profiles)
    assert earlier_of(again).as_of == first.info.as_of


def test_a_second_refresh_says_who_holds_the_lock(workspace: Workspace) -> None:
    refused = pytest.raises(AnalysisError, match="refresh_running")
    with only_refresh(workspace.home), refused as why, only_refresh(workspace.home):
        pass
    assert why.value.facts["process"] == str(os.getpid())
    with only_refresh(workspace.home):
        pass


def test_a_watched_folder_takes_each_whole_file_once(tmp_path: Path) -> None:
    watch = Watch(folder=str(tmp_path), pattern="orders_*.csv")
    old = time.time() - 60
    for name, text in (("orders_1.csv", "a"), ("orders_2.csv", ""), ("other.csv", "b"), (".orders_3.csv", "c")):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (old, old))
    (tmp_path / "orders_9.csv").write_text("being written")
    found = new_files(watch, settled=0.05)
    os.utime(tmp_path / "orders_9.csv")
    assert [path.name for path in found.whole][:1] == ["orders_1.csv"]
    assert "orders_2.csv" in [path.name for path in found.unfinished]
    taken = with_taken(watch, found.whole)
    assert "orders_1.csv" not in [path.name for path in new_files(taken, settled=0).whole]
    (tmp_path / "orders_1.csv").write_text("other content")
    assert "orders_1.csv" in [path.name for path in new_files(taken, settled=0).whole]
    with pytest.raises(AnalysisError, match="watch_folder_gone"):
        new_files(watch.model_copy(update={"folder": str(tmp_path / "nowhere")}))


def test_what_is_due_runs_once_and_three_failures_are_told(workspace: Workspace, study: str, tmp_path: Path) -> None:
    (tmp_path / "february.csv").write_text(text_of(FEBRUARY))
    old = time.time() - 60
    os.utime(tmp_path / "february.csv", (old, old))
    save_watch(workspace, study, Watch(folder=str(tmp_path)))
    now = datetime(2024, 3, 4, 7, tzinfo=UTC)
    [ran] = run_due(workspace, listed=listed, now=now, settled=0)
    assert ran.refreshed is not None and ran.files == ("february.csv",)
    assert run_due(workspace, listed=listed, now=now, settled=0) == ()
    [again] = run_due(workspace, listed=listed, now=now + timedelta(days=8), settled=0)
    assert again.refreshed is None and again.problem is None
    (tmp_path / "february.csv").unlink()
    tmp_path.rmdir()
    for day in range(20, 23):
        [failed] = run_due(workspace, listed=listed, now=now + timedelta(days=day), settled=0)
        assert failed.problem is not None and failed.problem.code == "watch_folder_gone"
    watch = watch_of(workspace, study)
    assert watch is not None and watch.is_failing and watch.next_run(now) == now
    save_watch(workspace, study, None)
    assert watch_of(workspace, study) is None


def test_the_command_says_what_came_prints_the_brief_and_ends_with_its_code(
    workspace: Workspace, study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "february.csv"
    file.write_text(text_of(FEBRUARY))
    assert cli.main(["refresh", "Shop", str(file), "--html", str(tmp_path / "brief.html"), "--language", "en"]) == 0
    told = capsys.readouterr()
    assert "What happened" in told.out and "february.csv continues the study." in told.err
    assert "What moved" in (tmp_path / "brief.html").read_text("utf-8")
    assert cli.main(["refresh", "Shop", str(file), "--language", "zh"]) == 0
    assert "没有变化" in capsys.readouterr().err
    assert cli.main(["refresh", "Shop", str(tmp_path / "none.csv")]) == 2
    assert cli.main(["refresh"]) == 2
    assert cli.main(["refresh", "Shop", "--watch", str(tmp_path), "--language", "en"]) == 0
    assert "refresh --due" in capsys.readouterr().out


def test_the_line_for_each_scheduler() -> None:
    assert (
        schedule_line("day", PurePosixPath("/d"), system="cron", python="py")
        == "0 7 * * * py -m cli refresh --due --home /d"
    )
    assert schedule_line("month", PureWindowsPath(r"C:\my data"), system="windows", python="py") == (
        r'schtasks /Create /TN Portrait /ST 07:00 /SC MONTHLY /D 1 /TR "py -m cli refresh --due --home \"C:\my data\""'
    )
    agent = schedule_line("week", PurePosixPath("/a&b"), system="launchd", python="py")
    import plistlib

    found = plistlib.loads(agent.encode())
    assert found["StartCalendarInterval"] == {"Hour": 7, "Minute": 0, "Weekday": 1}
    assert found["ProgramArguments"][-1] == "/a&b"


def test_a_cut_by_hand_stays_with_its_people_and_at_its_edges(workspace: Workspace, study: str) -> None:
    lot, at_least = [f"c{n:02}" for n in range(12)], 250.0
    has_tag = Condition(feature="tag_lot", op="in", values=("A",))
    plans = (
        SegmentationPlan(params=RulesParams(rules=(SegmentRule(key="lot_a", name="A", when=has_tag),))),
        SegmentationPlan(params=TierParams(by="amount", tiers=(Tier(key="big", at_least=at_least), Tier(key="rest")))),
    )
    kept = workspace.load_recipe(study)
    tags = (Tag(key="lot", type="static", source=Imported()),)
    assert kept.recipe is not None
    workspace.save_recipe(study, kept.recipe.model_copy(update={"tags": tags, "segmentations": plans}), kept.revision)
    values = ImportedValues(salt="ab" * 16)
    rows = tuple(ImportedValue(customer=values.hashed(one), value="A", set_on=date(2024, 2, 1)) for one in lot)
    workspace.save_document(
        "tag_values", values.model_copy(update={"rows": rows}), "lot", study_id=study, revision=None
    )

    done = refresh_study(workspace, study, file_of(FEBRUARY, "new.csv"), listed=listed)
    found, before = done.result, done.earlier.moment
    customers = found.profiles.customers.set_index("customer_id")
    of = {kind: one.segmentation.labels.set_axis(customers.index) for kind, one in found.edited.items()}
    in_lot = {one for one in lot if one in customers.index}
    assert set(of["rules"].index[of["rules"] == "rule_lot_a"]) == in_lot
    was = before.labels_of("rules")
    assert set(was.index[was == "rule_lot_a"]) <= in_lot and len(in_lot) > 5
    big = of["tiers"] == "tier_big"
    assert 0 < big.sum() < len(big) and ((customers["spend"] >= at_least) == big).all()
